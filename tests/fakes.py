"""Hand-written stand-ins for the world: a clock that is moved, a web that is a dict, chance that is fixed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.poll import Saved, claim_due, poll_now
from feeds.actions.job_kinds import KINDS, LONG_KINDS
from feeds.actions.operating.alerts import Outage
from feeds.actions.operating.jobs import Lane
from feeds.actions.publishing.publish import publish_touched
from feeds.http.requests import Request, Response, Transport
from feeds.ingest.poll.pipeline import PollTools
from feeds.ingest.poll.requests import Asking
from feeds.ingest.poll.workers import InlineWorkers
from feeds.model.fetched import Failed
from feeds.model.incoming import Source
from feeds.model.settings import FetchSettings, PollSettings
from parts.polling import assembled_tools

T = TypeVar("T")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ALL_JOBS = Lane(kinds=KINDS, long_kinds=LONG_KINDS, is_long=None)
NO_PAUSE = PollSettings(pause=timedelta(0))


@dataclass(slots=True)
class MovedClock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> datetime:
        """The time after moving on by the span."""
        self.now += timedelta(**span)
        return self.now


@dataclass(slots=True)
class FakeWeb:
    """Pages by address; every request is remembered. A page with an ETag answers 304 to its own."""

    pages: dict[str, Response | Failed] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def put(self, url: str, body: str | bytes, *, status: int = 200, **headers: str) -> None:
        """From now on the address answers that."""
        content = body.encode() if isinstance(body, str) else body
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.pages[url] = Response(url=url, status=status, headers=named, body=content)

    async def get(self, request: Request) -> Response | Failed:
        self.asked.append(request)
        page = self.pages.get(request.url)
        if page is None:
            return Response(url=request.url, status=404, headers=(), body=b"")
        if isinstance(page, Failed):
            return page
        sent = dict(request.headers).get("If-None-Match")
        if sent and sent == page.header("ETag"):
            return Response(url=request.url, status=304, headers=page.headers, body=b"")
        return page

    async def close(self) -> None:
        """Nothing to let go of."""


def fake_tools(
    web: Transport,
    clock: Callable[[], datetime],
    in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]],
    fetching: FetchSettings,
) -> PollTools:
    """What a poll is handed, over any transport; leave is given at once."""

    async def leave(_url: str) -> None:
        return None

    return assembled_tools(
        web,
        InlineWorkers(),
        clock=clock,
        in_store=in_store,
        wait_for_slot=leave,
        pause=leave,
        asking=Asking(limits=fetching),
    )


@dataclass(slots=True)
class Newsroom:
    """A store, a web and a clock together: what a scheduler process does, step by step."""

    store: Store
    clock: MovedClock = field(default_factory=MovedClock)
    web: FakeWeb = field(default_factory=FakeWeb)
    settings: PollSettings = NO_PAUSE
    outage: Outage = field(default_factory=Outage)
    fetching: FetchSettings = field(default_factory=FetchSettings)

    def add(self, url: str, body: str | bytes = "") -> Source:
        """A source at the address, which answers that body."""
        if body:
            self.web.put(url, body)
        return self.store.sources.add(spec_at(url), self.clock())

    def round(self, owner: str = "one") -> tuple[Saved, ...]:
        """Everything due is polled and written, what was touched is published."""
        dues = claim_due(self.store, owner=owner, now=self.clock(), settings=self.settings)
        tools = self.tools()
        saved = asyncio.run(
            poll_now(
                dues, tools, self._in_store, settings=self.settings, chance=lambda: 0.0, outage=self.outage
            )
        )
        self.store.polls.release(owner=owner)
        publish_touched(self.store, self.clock())
        return saved

    def again(self, **span: float) -> tuple[Saved, ...]:
        """Everything is made due, and polled after the span."""
        self.clock.move(**(span or {"hours": 1}))
        self.store.sources.poll_soon([row.source.id for row in self.store.sources.every()], self.clock())
        return self.round()

    def tools(self) -> PollTools:
        """What a poll is handed: the fake web, everything else real; leave is given at once."""
        return fake_tools(self.web, self.clock, self._in_store, self.fetching)

    async def _in_store(self, work: Callable[[Store], T]) -> T:
        return work(self.store)


def rss(*items: str, title: str = "Harbour News", extra: str = "") -> str:
    """An RSS 2.0 document of these items."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>{title}</title><link>https://harbour.example/</link><description>d</description>{extra}"
        + "".join(items)
        + "</channel></rss>"
    )


def item(
    number: int | str,
    *,
    title: str | None = None,
    guid: str | None = None,
    link: str | None = None,
    date: datetime | None = NOON - timedelta(hours=2),
    body: str = "The ferry runs again.",
    extra: str = "",
) -> str:
    """One RSS item; `guid=""` leaves the guid out."""
    link = f"https://harbour.example/{number}" if link is None else link
    guid = f"harbour-{number}" if guid is None else guid
    return (
        f"<item><title>{title or f'Story {number}'}</title>"
        + (f"<link>{link}</link>" if link else "")
        + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
        + (f"<pubDate>{date.strftime('%a, %d %b %Y %H:%M:%S +0000')}</pubDate>" if date else "")
        + f"<description>{body}</description>{extra}</item>"
    )


InStore = Callable[[Callable[[Store], T]], Awaitable[T]]
