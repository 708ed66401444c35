"""A simulated week under a moved clock: a thousand sources of all tempers, polled by the real rules and store.

    .venv/bin/python -m bench.week [--sources N] [--days N]

Checked of every single request: none inside a Retry-After or cool-down window of its registrable
domain, none before the pause after the last one there, never a validator that was given and not sent.
Checked of every new article of a source that answers: it was seen within the interval that was promised when it
appeared. Prints the median and 95th percentile of the delay, and requests an article.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.poll import claim_due, save_polls
from feeds.actions.operating.alerts import Outage
from feeds.actions.publishing.publish import publish_touched
from feeds.http.requests import Request, Response
from feeds.ingest.poll.pipeline import PollTools, poll_source
from feeds.ingest.rules.politeness import domain_cooldown, host_cooldown
from feeds.model.fetched import Failed
from feeds.model.incoming import DueSource
from feeds.model.settings import FetchSettings, PollSettings
from feeds.text.urls import host_of, polite_domain
from tests.fakes import NOON, MovedClock, fake_tools, item, rss

SEED = 11
STEP = timedelta(seconds=20)
ANSWER_TAKES = timedelta(milliseconds=300)
TEMPERS = (
    "busy", "daily", "hourly", "weekly", "silent", "no validators", "throttled", "retry date", "flaky",
    "max-age", "ttl", "skips", "rotating tag", "down for a day",
)  # fmt: skip


FAILING = frozenset({"throttled", "retry date", "flaky", "down for a day"})
"""What these publish while they do not answer cannot be seen in time by anybody."""


@dataclass(slots=True)
class FakeSource:
    """One site: when it publishes, and how it answers."""

    number: int
    temper: str
    url: str
    born: list[datetime]
    asked: list[datetime] = field(default_factory=list)
    given: str | None = None
    refused: int = 0


@dataclass(slots=True)
class FakeWorld:
    """Answers as the sources would at that moment, and holds every request against the rules."""

    clock: MovedClock
    sources: dict[str, FakeSource]
    chance: random.Random
    pause: timedelta
    cool_until: dict[str, datetime] = field(default_factory=dict)
    last_asked: dict[str, datetime] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)

    async def get(self, request: Request) -> Response | Failed:
        """The answer at this moment."""
        now, source = self.clock(), self.sources[request.url]
        domain = polite_domain(host_of(request.url))
        self.requests += 1
        if now < self.cool_until.get(domain, now):
            self.faults["asked inside a cool-down window of the domain"] += 1
        if domain in self.last_asked and now - self.last_asked[domain] < self.pause:
            self.faults["asked before the pause was over"] += 1
        self.last_asked[domain] = now
        sent = dict(request.headers).get("If-None-Match")
        if source.given is not None and sent != source.given:
            self.faults["a validator was given and not sent"] += 1
        source.asked.append(now)
        answer = self._answer(source, sent, now, domain)
        if isinstance(answer, Response):
            self.statuses[answer.status] += 1
            if answer.status == 200:
                source.given = answer.header("ETag")
        return answer

    async def close(self) -> None:
        """Nothing to let go of."""

    def _answer(self, source: FakeSource, sent: str | None, now: datetime, domain: str) -> Response | Failed:
        trouble = self._trouble(source, now, domain)
        if trouble is not None:
            return trouble
        present = [moment for moment in source.born if moment <= now][-20:]
        etag = f'W/"{source.number}-{len(present)}-{present[-1].timestamp() if present else 0}"'
        if source.temper == "rotating tag":
            etag = f'"{now.timestamp()}"'
        headers: tuple[tuple[str, str], ...] = () if source.temper == "no validators" else (("ETag", etag),)
        if source.temper == "max-age":
            headers = (*headers, ("Cache-Control", "public, max-age=10800"))
        if sent == etag:
            return Response(url=source.url, status=304, headers=headers, body=b"")
        extra = {
            "ttl": "<ttl>240</ttl>",
            "skips": "<skipHours>" + "".join(f"<hour>{h}</hour>" for h in range(6)) + "</skipHours>",
        }.get(source.temper, "")
        items = [
            item(
                f"{source.number}-{moment.timestamp()}",
                link=f"https://site{source.number}.example/{moment.timestamp()}",
                date=moment,
            )
            for moment in reversed(present)
        ]
        return Response(url=source.url, status=200, headers=headers, body=rss(*items, extra=extra).encode())

    def _trouble(self, source: FakeSource, now: datetime, domain: str) -> Response | Failed | None:
        draw = self.chance.random()
        if source.temper == "throttled" and draw < 0.2:
            wait = timedelta(seconds=self.chance.choice((600, 3600, 20_000)))
            self.cool_until[domain] = max(self.cool_until.get(domain, now), now + wait)
            headers = (("Retry-After", str(int(wait.total_seconds()))),)
            return Response(url=source.url, status=429, headers=headers, body=b"")
        if source.temper == "retry date" and draw < 0.1:
            until = now + timedelta(hours=3)
            self.cool_until[domain] = max(self.cool_until.get(domain, now), until)
            headers = (("Retry-After", until.strftime("%a, %d %b %Y %H:%M:%S GMT")),)
            return Response(url=source.url, status=503, headers=headers, body=b"")
        if source.temper == "flaky" and draw < 0.3:
            if draw < 0.1:
                return Failed(url=source.url, state="slow", detail="No whole answer in time.")
            return Response(url=source.url, status=self.chance.choice((500, 502, 404)), headers=(), body=b"")
        if source.temper == "down for a day" and timedelta(days=2) < now - NOON < timedelta(days=3):
            return Failed(url=source.url, state="unreachable", detail="No connection came about.")
        return None


def main() -> int:
    """Runs the week and prints what was seen; 1 where a rule was broken, or a source that answers was seen late or not at all."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sources", type=int, default=1000)
    options.add_argument("--days", type=float, default=7)
    chosen = options.parse_args()
    if chosen.days <= 1:
        options.error("--days has to be more than 1: what the last day brings may still come")
    chance = random.Random(SEED)
    clock, settings = MovedClock(), PollSettings()
    world = FakeWorld(clock, made_sources(chosen.sources, chosen.days, chance), chance, settings.pause)
    end = NOON + timedelta(days=chosen.days)
    with tempfile.TemporaryDirectory(prefix="feedwright-week-") as folder:
        engine = SqliteEngine(Path(folder) / "week.db")
        migrate(engine)
        store = Store(engine)
        with store.write():
            for source in world.sources.values():
                store.sources.add(spec_at(source.url), NOON)
        started = time.monotonic()
        asyncio.run(live(store, world, settings, end, chance))
        code = told(store, world, end, time.monotonic() - started)
        store.close()
    return code


async def live(
    store: Store, world: FakeWorld, settings: PollSettings, end: datetime, chance: random.Random
) -> None:
    """Ticks through the time: claims, asks each domain in its slots, saves, publishes."""
    clock = world.clock

    async def in_store(work: Callable[[Store], Any]) -> Any:
        return work(store)

    tools = fake_tools(world, clock, in_store, FetchSettings())
    outage = Outage()
    tick = clock.now
    while tick < end:
        clock.now = tick
        dues = claim_due(store, owner="week", now=tick, settings=settings)
        if dues:
            polled = await asked(dues, tools, clock)
            save_polls(store, polled, settings=settings, chance=chance.random, outage=outage)
            store.polls.release(owner="week")
        if not dues or len(dues) < 50:
            publish_touched(store, tick)
            tick += STEP
        if sys.stderr.isatty():
            print(f"\r{(tick - NOON) / timedelta(days=1):.2f} days", end="", file=sys.stderr)


async def asked(dues: tuple[DueSource, ...], tools: PollTools, clock: MovedClock) -> list:  # type: ignore[type-arg]
    """The polls of one claim, each at its slot; a domain that asks for rest gets it at once."""
    polled = []
    resting: set[str] = set()
    for due in sorted(dues, key=lambda one: one.slot_at):
        domain = polite_domain(due.host)
        if domain in resting or due.host in resting:
            continue
        clock.now = max(clock.now, due.slot_at)
        one = await poll_source(due, tools)
        polled.append(one)
        if domain_cooldown(one.result, due.poll.failure_count) is not None:
            resting.add(domain)
        if host_cooldown(one.result) is not None:
            resting.add(due.host)
    return polled


def made_sources(count: int, days: float, chance: random.Random) -> dict[str, FakeSource]:
    """Sources of all tempers; one in ten is a host of a shared domain."""
    gaps = {"busy": 0.4, "hourly": 1.5, "daily": 20.0, "weekly": 150.0}
    found = {}
    for number in range(count):
        temper = TEMPERS[number % len(TEMPERS)]
        host = f"h{number}.platform{number % 7}.example" if number % 10 == 0 else f"site{number}.example"
        url = f"https://{host}/feed"
        gap = gaps.get(temper, chance.choice((3.0, 8.0, 24.0)))
        moment, born = NOON - timedelta(days=30), []
        while temper != "silent" and moment < NOON + timedelta(days=days):
            moment += timedelta(hours=chance.expovariate(1 / gap))
            born.append(moment.replace(microsecond=0))
        found[url] = FakeSource(number, temper, url, born)
    return found


def told(store: Store, world: FakeWorld, end: datetime, seconds: float) -> int:
    """Prints the figures; returns the exit code."""
    delays: dict[str, list[float]] = defaultdict(list)
    late = Counter[str]()
    rows = store.engine.rows(
        "SELECT s.fetch_url, a.published_at, a.first_seen_at FROM articles a JOIN sources s ON s.id = a.source_id"
    )
    seen: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        seen[row["fetch_url"]][row["published_at"]] = row["first_seen_at"]
    missed = Counter[str]()
    for url, source in world.sources.items():
        for moment in source.born:
            if not NOON < moment < end - timedelta(days=1):
                continue
            found = seen[url].get(int(moment.timestamp() * 1000))
            if found is None:
                missed[source.temper] += 1
                waits = [
                    b - a for a, b in zip(source.asked, source.asked[1:], strict=False) if a <= moment <= b
                ]
                after = next((one for one in source.asked if one >= moment), None)
                print(
                    f"missed: {source.temper} {url} born {moment:%d %H:%M:%S}, asked after {waits} at {after}"
                )
                continue
            delay = (found / 1000 - moment.timestamp()) / 60
            delays[source.temper].append(delay)
            promised = max(
                (b - a for a, b in zip(source.asked, source.asked[1:], strict=False)),
                default=timedelta(days=1),
            )
            if source.temper not in FAILING:
                late[source.temper] += delay > promised.total_seconds() / 60 + 1
    every = [one for some in delays.values() for one in some]
    print(
        f"\n{len(world.sources)} sources, {world.requests} requests, {len(every)} new articles in {seconds:.0f} s"
    )
    print(f"{'temper':<16}{'articles':>9}{'median':>9}{'95 %':>9}{'asked/day':>11}")
    for temper in TEMPERS:
        some = sorted(delays[temper]) or [0.0]
        asks = [len(one.asked) for one in world.sources.values() if one.temper == temper]
        days = (end - NOON) / timedelta(days=1)
        print(
            f"{temper:<16}{len(delays[temper]):>9}{statistics.median(some):>8.0f}m{some[int(len(some) * 0.95)]:>8.0f}m"
            f"{statistics.mean(asks) / days:>11.1f}"
        )
    every.sort()
    print(
        f"delay: median {statistics.median(every):.0f} min, 95th percentile {every[int(len(every) * 0.95)]:.0f} min"
    )
    print(f"requests an article: {world.requests / max(len(every), 1):.1f}; answers: {dict(world.statuses)}")
    answering = sum(count for temper, count in missed.items() if temper not in FAILING)
    print(
        f"missed {sum(missed.values())}, of sources that answer {answering}; of these, later than the interval promised"
        f" {sum(late.values())}"
    )
    print(f"rules broken: {dict(world.faults) or 'none'}")
    return 1 if world.faults or answering or sum(late.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
