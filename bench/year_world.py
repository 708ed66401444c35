"""The world of `bench.year`: sources of many tempers whose stories are born as the clock moves, and whoever is told by push.

Nothing here remembers more than a source's document holds, so that what grows over the year is ours.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from bench.growth import SYLLABLES
from feeds.http.requests import Request, Response
from feeds.model.deliveries import Sent
from feeds.model.fetched import Failed
from tests.fakes import NOON, MovedClock, item, rss

Temper = Literal["steady", "busy", "quiet", "bursts", "edits", "breaks", "rotates", "pages", "complete"]
TEMPERS: tuple[Temper, ...] = (
    "steady", "steady", "busy", "quiet", "edits", "breaks", "steady", "bursts", "rotates", "steady",
    "quiet", "steady", "busy", "edits", "breaks", "steady", "bursts", "quiet", "pages", "complete",
)  # fmt: skip
A_DAY: dict[Temper, float] = {
    "steady": 2.0, "busy": 5.0, "quiet": 0.1, "bursts": 0.3, "edits": 2.0, "breaks": 1.5, "rotates": 1.0, "pages": 0.5,
    "complete": 2.0,
}  # fmt: skip
"""Articles a day and source, beside bursts."""
HELD = 20
"""Entries that a source's document holds."""
WORDS = 100
TOPICS = ("Harbour", "Council", "Sea", "Kitchen", "Culture", "Weather", "Sports", "Courts")
FAULTS = ("unreachable", "500", "404", "slow", "429", "no feed")
RECEIVER, HOOK, HUB, ALERTS = "reader.example", "partner.example", "hub.example", "alerts.example"


@dataclass(slots=True)
class Story:
    """One article as its source tells it."""

    serial: int
    born: datetime
    title: str
    body: str
    author: str
    category: str


@dataclass(slots=True)
class YearSource:
    """One site: its present document, and when it will say something new."""

    number: int
    temper: Temper
    chance: random.Random
    next_at: datetime
    stories: deque[Story] = field(default_factory=lambda: deque(maxlen=HELD))
    serial: int = 0
    revision: int = 0
    down_until: datetime | None = None
    next_fault_at: datetime | None = None
    fault: str = ""
    told: bytes = b""
    told_as: tuple[int, int] = (-1, -1)

    @property
    def host(self) -> str:
        """One in ten is a host of a shared domain."""
        return (
            f"h{self.number}.platform{self.number % 3}.example"
            if self.number % 10 == 0
            else f"site{self.number}.example"
        )

    @property
    def url(self) -> str:
        """Where its feed is."""
        return f"https://{self.host}/feed"

    def advance(self, now: datetime) -> None:
        """What has happened there until now."""
        while self.next_at <= now:
            many = self.chance.randint(8, 18) if self.temper == "bursts" and self.chance.random() < 0.3 else 1
            for _ in range(many):
                self._write(self.next_at)
            rate = A_DAY[self.temper] * (0.5 if self.next_at.weekday() >= 5 else 1.2)
            self.next_at += timedelta(days=self.chance.expovariate(rate))
        if self.temper == "edits" and self.stories and self.chance.random() < 0.3:
            story = self.chance.choice(self.stories)
            story.body = f"Corrected: {self._words(8)} {story.body[:900]}"
            self.revision += 1

    def trouble(self, now: datetime) -> str:
        """What is wrong with it now; empty while it is well. Broken ones break about once a month, for up to twelve days."""
        if self.temper != "breaks":
            return ""
        self.next_fault_at = self.next_fault_at or now + timedelta(days=self.chance.uniform(5, 40))
        if self.down_until is None and now >= self.next_fault_at:
            self.fault = self.chance.choice(FAULTS)
            self.down_until = now + timedelta(days=self.chance.uniform(1, 12))
        if self.down_until is not None and now >= self.down_until:
            self.down_until, self.next_fault_at = None, now + timedelta(days=self.chance.uniform(10, 45))
        return self.fault if self.down_until is not None else ""

    def document(self, now: datetime) -> bytes:
        """Its feed. One that rotates ids does so for a week in every eight, with each document."""
        turn = now.toordinal() if self.temper == "rotates" and now.isocalendar().week % 8 == 0 else 0
        if self.told_as != (self.revision, turn):
            told = (self._item(one, turn) for one in reversed(self.stories))
            self.told = rss(*told, title=f"Source {self.number}").encode()
            self.told_as = (self.revision, turn)
        return self.told

    def page(self, path: str) -> str | None:
        """The page of a story that it still tells."""
        story = next((one for one in self.stories if path == f"/{one.serial}"), None)
        if story is None:
            return None
        parts = "".join(f"<p>{story.body}</p>" for _ in range(3))
        return f"<html><head><title>{story.title}</title></head><body><article><h1>{story.title}</h1>{parts}</article></body></html>"

    def _write(self, born: datetime) -> None:
        self.serial += 1
        self.revision += 1
        self.stories.append(
            Story(
                serial=self.serial,
                born=born,
                title=f"{self._words(4).capitalize()} {self.serial}",
                body=self._words(WORDS),
                author=f"{self.chance.choice('ABCDEFG')}. Reporter{self.number}",
                category=self.chance.choice(TOPICS),
            )
        )

    def _words(self, count: int) -> str:
        choices = self.chance.choices
        return " ".join(
            a + b for a, b in zip(choices(SYLLABLES, k=count), choices(SYLLABLES, k=count), strict=True)
        )

    def _item(self, story: Story, turn: int) -> str:
        named = f"{self.number}-{story.serial}"
        return item(
            story.serial,
            title=story.title,
            guid=f"{named}-{turn}" if turn else named,
            link=f"https://{self.host}/{story.serial}",
            date=story.born,
            body=story.title if self.temper == "pages" else story.body,
            extra=f"<dc:creator>{story.author}</dc:creator><category>{story.category}</category>",
        )


@dataclass(slots=True)
class YearWorld:
    """The way outside: sources answer polls, receivers take what is sent."""

    clock: MovedClock
    sources: dict[str, YearSource]
    statuses: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    """What was sent to whom: messages."""

    async def get(self, request: Request) -> Response | Failed:
        """The answer at this moment."""
        parts = urlsplit(request.url)
        source = self.sources.get(parts.hostname or "")
        answer = self._told(request, parts.hostname or "", parts.query) if source is None else None
        if answer is None and source is not None:
            answer = self._of_source(source, request, parts.path)
        assert answer is not None
        if parts.path == "/feed":
            self.statuses[str(answer.status) if isinstance(answer, Response) else answer.state] += 1
        return answer

    async def mail(self, _message: EmailMessage) -> Sent:
        """A mail server that takes everything."""
        self.taken["mail"] += 1
        return Sent(is_taken=True, status=250)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _of_source(self, source: YearSource, request: Request, path: str) -> Response | Failed:
        now = self.clock()
        if path != "/feed":
            page = source.page(path)
            return _response(request, 404 if page is None else 200, page or "", ("Content-Type", "text/html"))
        source.advance(now)
        fault = source.trouble(now)
        if fault in ("unreachable", "slow"):
            return Failed(url=request.url, state=fault, detail="No whole answer came.")
        if fault == "no feed":
            return _response(
                request, 200, "<html><body><p>Back soon.</p></body></html>", ("Content-Type", "text/html")
            )
        if fault:
            return _response(request, int(fault), "", ("Retry-After", "7200"))
        body = source.document(now)
        etag = f'"{source.told_as[0]}-{source.told_as[1]}"'
        if dict(request.headers).get("If-None-Match") == etag:
            return Response(url=request.url, status=304, headers=(("ETag", etag),), body=b"")
        return Response(url=request.url, status=200, headers=(("ETag", etag),), body=body)

    def _told(self, request: Request, host: str, query: str) -> Response | Failed:
        self.taken[host] += 1
        if host == RECEIVER and request.method == "GET":
            return _response(request, 200, parse_qs(query)["hub.challenge"][0])
        is_away = host == HOOK and self.clock().day in (10, 11, 12)
        return _response(request, 503 if is_away else 200, "")


def made_world(count: int, clock: MovedClock) -> YearWorld:
    """So many sources, each with some days behind it, always the same."""
    found = {}
    for number in range(count):
        chance = random.Random(number)
        temper = TEMPERS[number % len(TEMPERS)]
        began = NOON - timedelta(days=min(20.0, 10 / A_DAY[temper]), hours=chance.uniform(0, 24))
        source = YearSource(number=number, temper=temper, chance=chance, next_at=began)
        found[source.host] = source
    return YearWorld(clock, found)


def _response(request: Request, status: int, body: str, *headers: tuple[str, str]) -> Response:
    return Response(url=request.url, status=status, headers=headers, body=body.encode())
