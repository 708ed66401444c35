"""A year of a site of 200 sources under a moved clock, with `[keep]` on: do memory, disk and the ticks' cost stay flat?

    .venv/bin/python -m bench.year [--days N] [--sources N] [--step HOURS] [--engine postgres]

Every tick of the real scheduler runs, and a web process's cache and pages, over a real database; the network is made up
(`bench.year_world`). Prints a row each month, then what each tick cost and each table held, and a verdict over what grew
between the 4th month (`[keep]` has set in) and the last. Exits with 1 where something grew that should not.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from flask import Flask

from bench.year_report import YARDSTICK, Month, measured, print_report, yardstick
from bench.year_world import HOOK, HUB, RECEIVER, TOPICS, YearWorld, made_world
from db.store import Store
from feeds.actions.delivering.digests import ask_for, confirm
from feeds.actions.delivering.hub import ask
from feeds.actions.delivering.webhooks import new_webhook_secret
from feeds.config.load import load
from feeds.model.outgoing import FeedKey
from feeds.model.partners import PartnerSpec
from feeds.model.people import Actor
from feeds.model.settings import Settings
from parts.store import open_store, prepare_store
from scheduler import Clockwork
from tests import postgres
from tests.fakes import NOON, MovedClock, fake_tools
from web.app import create_app

MONTH = timedelta(days=365) / 12
SITE = "00000000-0000-4000-8000-000000000000"
BASE = "http://news.example"
ORDER = (
    "declare", "lists", "poll", "push", "subscribe", "publish", "postman.watch", "deliver", "short_jobs", "long_jobs",
    "upkeep", "language", "search", "check", "tidy", "checkpoint", "watch", "alert", "backup", "certificate",
)  # fmt: skip
CRAWL_EVERY = 10
"""Days between two visits of whoever reads all archive documents of a topic.

What nobody reads is kept for 7 days: so one visit's worth of it is there at the end of every month, and in the months
of the verdict it is of one topic.
"""
Tick = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Year:
    """The site, its clock, and what was measured of it."""

    settings: Settings
    clock: MovedClock
    world: YearWorld
    chance: random.Random
    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """CPU milliseconds of each tick of the present month, by its name."""
    months: list[Month] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    """Statuses that readers got."""

    def close_month(self, number: int) -> None:
        """Measures the store, and begins another month."""
        month = measured(self.settings, number, self.clock())
        month.rss = psutil.Process().memory_info().rss
        month.polls = sum(self.world.statuses.values())
        month.spent = dict(self.spent)
        self.spent = defaultdict(list)
        self.months.append(month)
        print(f"{month.row()}\n      {month.costs()}", flush=True)


def main() -> int:
    """Plays the year and prints what was seen; 1 where something grew that should not."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--sources", type=int, default=200)
    options.add_argument("--step", type=float, default=24, help="hours between two rounds of all ticks")
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    chosen = options.parse_args()
    began, clock = time.monotonic(), MovedClock()
    with ExitStack() as stack:
        logging.disable(logging.WARNING)
        stack.callback(logging.disable, logging.NOTSET)
        folder = Path(tempfile.mkdtemp(prefix="feedwright-year-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = "year.db"
        if chosen.engine == "postgres":
            address = stack.enter_context(postgres.server(SITE))
            url = stack.enter_context(postgres.database(address, "year"))
        world = made_world(chosen.sources, clock)
        settings = made_site(folder, url, world, step=timedelta(hours=chosen.step))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(
            "scheduler.poll_tools",
            lambda settings, clock, in_store: fake_tools(world, clock, in_store, settings.fetch),
        )
        patch.setattr("scheduler.SEARCH_PAUSE_S", 0)
        patch.setattr("parts.postman.open_transport", lambda *_a, **_k: world)
        patch.setattr("parts.postman.open_mail", lambda _settings: world.mail)
        year = Year(settings, clock, world, random.Random(3))
        print(Month.head())
        asyncio.run(live(year, timedelta(days=chosen.days), timedelta(hours=chosen.step)))
        print(
            f"\n{time.process_time():.0f} s of CPU;"
            f" {chosen.days} days of {chosen.sources} sources in {time.monotonic() - began:.0f} s;"
            f" answers of sources {dict(world.statuses)}; sent {dict(world.taken)}; readers got {dict(year.answers)}"
        )
        return print_report(year.months)


async def live(year: Year, span: timedelta, step: timedelta) -> None:
    """Goes through the time, round after round."""
    work = Clockwork(year.settings, clock=year.clock, chance=year.chance.random, owner="year")
    saving = asyncio.create_task(work.saver.write_forever())
    app = create_app(
        settings=year.settings,
        store_factory=lambda: open_store(year.settings),
        clock=year.clock,
        is_refreshing=False,
    )
    every = ticks_of(work)
    rounds = span // step
    for number in range(rounds + 1):
        year.clock.now = NOON + number * step
        for name, tick in every:
            before = time.process_time()
            await tick()
            year.spent[name].append((time.process_time() - before) * 1000)
        year.spent[YARDSTICK].append(yardstick())
        if year.settings.database.url.startswith("postgresql:"):
            vacuum(year.settings)
        subscribe(year, number * step)
        read(year, app, number * step)
        if year.clock.now >= NOON + MONTH * (len(year.months) + 1) or number == rounds:
            year.close_month(len(year.months) + 1)
        if sys.stderr.isatty():
            print(f"\r{number * step / timedelta(days=1):.0f} days", end="\r", file=sys.stderr)
    saving.cancel()
    await work.stop()
    app.extensions["feedwright"].stores.drop()


def vacuum(settings: Settings) -> None:
    """What PostgreSQL's autovacuum would have done in a day, by its own rule: it goes by the real clock, of which a day takes seconds."""
    with psycopg.connect(settings.database.url, autocommit=True) as connection:
        crowded = connection.execute(
            "SELECT relname FROM pg_stat_user_tables WHERE n_dead_tup > 50 + 0.2 * n_live_tup"
        ).fetchall()
        for (name,) in crowded:
            connection.execute(f"VACUUM ANALYZE {name}")


def ticks_of(work: Clockwork) -> tuple[tuple[str, Tick], ...]:
    """All ticks of the scheduler, each run to its end; raises where it has one that is not in `ORDER`."""
    found: dict[str, Tick] = {}
    for part, prefix in ((work, ""), (work.postman, "postman."), (work.watchman, "")):
        for name in dir(part):
            if name.endswith("_tick"):
                found[f"{prefix}{name.removesuffix('_tick')}".replace("postman.deliver", "deliver")] = (
                    getattr(part, name)
                )

    async def poll() -> None:
        while await work.poll_tick():
            await work.drain()

    found |= {"poll": poll, "deliver": work.postman.deliver_all}
    assert set(found) == set(ORDER), set(found) ^ set(ORDER)
    return tuple((name, found[name]) for name in ORDER)


def made_site(folder: Path, url: str, world: YearWorld, *, step: timedelta) -> Settings:
    """A site whose config file declares sources, topics and a partner, with what is told by push."""
    hours = round(step / timedelta(hours=1))
    lines = [
        f'[site]\ntitle = "A year"\nbase_url = "{BASE}"\n[database]\nurl = "{url}"\n[fetch]\nmax_pages = 5',
        f'[poll]\npause = 0\nmin_interval = "{hours}h"\ndefault_interval = "{hours}h"',
        f'[publish]\nhubs = ["https://{HUB}/"]',
        '[keep]\narticles = "90d"\nversions = "60d"',
        '[alerts]\nwebhook = "https://alerts.example/hook"\nnothing_fetched = "1d"',
        '[mail]\nsender = "feeds@news.example"',
    ]
    if "://" not in url:
        lines.append('[backup]\nevery = "14d"\nkeep = 2')
    lines += [f'[[topic]]\nslug = "{one.lower()}"\ncategories = ["{one}"]' for one in TOPICS]
    for source in world.sources.values():
        more = {"pages": "full_text = true\ncheck_pages = true", "complete": "complete = true"}
        lines.append(
            f'[[source]]\nurl = "{source.url}"\nslug = "s{source.number}"\n{more.get(source.temper, "")}'
        )
    config = folder / "config.toml"
    config.write_text("\n".join(lines))
    settings = load(config, {})
    prepare_store(settings)
    return settings


def subscribe(year: Year, since: timedelta) -> None:
    """Whoever is told: a partner and a digest once they can be, a subscriber of the hub who asks again each week."""
    day, rest = divmod(since, timedelta(days=1))
    if rest:
        return
    store, now = open_store(year.settings), year.clock()
    try:
        if day == 1:
            spec = PartnerSpec(
                slug="daily",
                name="The Daily",
                webhooks=(f"https://{HOOK}/hook",),
                webhook_feeds=("topics/council",),
            )
            store.partners.put(spec, origin="admin", now=now)
            new_webhook_secret(
                store, "daily", os.urandom, actor=Actor(name="edda"), settings=year.settings, now=now
            )
            key = FeedKey(kind="topic", slug="sea")
            ask_for(
                store,
                email="ines@mail.example",
                key=key,
                rhythm="daily",
                client="1",
                settings=year.settings,
                now=now,
            )
            confirm(store, store.digests.every()[0].id, settings=year.settings, now=now)
        if day % 7 == 1:
            ask(
                store, year.settings, mode="subscribe", callback_url=f"https://{RECEIVER}/{day % 28}",
                feed_url=f"{BASE}/topics/harbour.atom", lease_seconds=None, secret=None, client="2", now=now,
            )  # fmt: skip
    finally:
        store.close()


def read(year: Year, app: Flask, since: timedelta) -> None:
    """A round of readers, through the app; the web process's cache does what it does every second."""
    before = time.process_time()
    app.extensions["feedwright"].cache.refresh()
    chance, day = year.chance, since // timedelta(days=1)
    topic = TOPICS[day // 3 % len(TOPICS)].lower()
    source = chance.randrange(len(year.world.sources))
    paths = [
        "/", f"/topics/{topic}", f"/topics/{topic}.atom", f"/topics/{topic}.json", f"/sources/s{source}.rss",
        f"/sources/s{source}", f"/search?q=har{chance.choice(('bour', 'ry', 'quay'))}", f"/authors/{_author(year, app)}.atom",
        "/changes.atom",
    ]  # fmt: skip
    if day % CRAWL_EVERY == 0 and not since % timedelta(days=1):
        paths += [f"/topics/{topic}/archive/{number}.atom" for number in range(1, 20)]
        paths += ["/all.atom", "/feeds.opml", "/sitemap.xml"]
    for path in paths:
        with app.test_client() as client:
            year.answers[client.get(path).status_code] += 1
    year.spent["readers"].append((time.process_time() - before) * 1000)


def _author(year: Year, app: Flask) -> str:
    store: Store = app.extensions["feedwright"].stores.get()
    row: Any = store.engine.rows("SELECT min(id) AS low, max(id) AS high FROM authors")[0]
    if row["high"] is None:
        return "nobody"
    wanted = year.chance.randint(row["low"], row["high"])
    return str(
        store.engine.rows("SELECT slug FROM authors WHERE id >= :id ORDER BY id LIMIT 1", {"id": wanted})[0][
            "slug"
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
