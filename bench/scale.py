"""Whether a tick costs with 100,000 sources what it costs with 1,000, on either engine.

    .venv/bin/python -m bench.scale [--engine sqlite|postgres] [--sources N ...]

For each size: seconds to open the store (no source is loaded), wall milliseconds of a claim that finds
nothing due, of a claim of 50 due sources, of writing 50 answers that found nothing new, and of publishing nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from db.engines.postgres import PostgresEngine
from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.poll import claim_due, save_polls
from feeds.actions.publishing.publish import publish_touched
from feeds.ingest.poll.pipeline import Polled
from feeds.model.fetched import NotModified
from feeds.model.settings import PollSettings
from tests import postgres
from tests.fakes import NOON

ROUNDS = 15
A = TypeVar("A")
B = TypeVar("B")
SITE = "00000000-0000-4000-8000-000000000000"
NO_PAUSE = PollSettings(pause=timedelta(0))


def main() -> int:
    """Prints a row for each size and the ratio of the largest to the smallest."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--sources", type=int, nargs="+", default=[1_000, 100_000])
    chosen = options.parse_args()
    names = ("open", "idle claim", "claim of 50", "50 unchanged", "idle publish")
    print(f"{'sources':>9}{'hosts':>8}" + "".join(f"{name:>14}" for name in names) + "   (ms, median)")
    rows = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-scale-")))
        address = stack.enter_context(postgres.server(SITE)) if chosen.engine == "postgres" else ""
        for place, count in enumerate(chosen.sources):
            url = (
                stack.enter_context(postgres.database(address, f"scale_{place}"))
                if address
                else made_file(folder / f"{place}.db")
            )
            hosts = filled(url, count)
            rows.append(measured(url))
            print(f"{count:>9}{hosts:>8}" + "".join(f"{one:>14.2f}" for one in rows[-1]))
    ratios = [large / small for small, large in zip(rows[0], rows[-1], strict=True)]
    print(f"{'ratio':>17}" + "".join(f"{one:>14.2f}" for one in ratios))
    return 0


def made_file(path: Path) -> str:
    """Its path, with an empty database of the present schema there."""
    engine = SqliteEngine(path)
    migrate(engine)
    Store(engine).kept.site_id(lambda: SITE)
    engine.close()
    return str(path)


def filled(url: str, count: int) -> int:
    """Adds so many sources on four tenths as many hosts, due over the coming day; returns how many hosts."""
    store = opened(url)
    hosts = max(count * 4 // 10, 1)
    for start in range(0, count, 1000):
        with store.write():
            for number in range(start, min(start + 1000, count)):
                store.sources.add(spec_at(f"https://h{number % hosts}.example/{number}/feed"), NOON)
        print(f"\r{start} sources", end="", file=sys.stderr, flush=True)
    with store.write():
        store.engine.run(
            "UPDATE poll_states SET next_poll_at = next_poll_at + source_id * 7919 % 86400000 + 3600000, is_imported = 1"
        )
        store.engine.run(
            "UPDATE hosts SET next_due_at = (SELECT min(next_poll_at) FROM poll_states p WHERE p.host = hosts.host)"
        )
    store.close()
    print("\r", end="", file=sys.stderr)
    return hosts


def measured(url: str) -> list[float]:
    """Median milliseconds of each step."""
    started = time.perf_counter()
    store = opened(url)
    opening = (time.perf_counter() - started) * 1000
    idle, busy, saving, publishing = [], [], [], []
    for turn in range(ROUNDS):
        early, late = NOON + timedelta(seconds=turn), NOON + timedelta(hours=3, minutes=turn)
        idle.append(timed(lambda at: claim_due(store, owner="a", now=at, settings=NO_PAUSE), early)[0])
        span, dues = timed(lambda at: claim_due(store, owner="a", now=at, settings=NO_PAUSE), late)
        busy.append(span)
        polled = [
            Polled(due=due, result=NotModified(url=due.source.fetch_url), feed=None, at=late) for due in dues
        ]
        saving.append(
            timed(lambda some: save_polls(store, some, settings=NO_PAUSE, chance=lambda: 0.5), polled)[0]
        )
        store.polls.release(owner="a")
        publishing.append(timed(lambda at: publish_touched(store, at), late)[0])
    store.close()
    return [opening, *(statistics.median(one) for one in (idle, busy, saving, publishing))]


def opened(url: str) -> Store:
    """A store over its own connection."""
    return Store(PostgresEngine(url) if url.startswith("postgresql:") else SqliteEngine(Path(url)))


def timed(work: Callable[[A], B], argument: A) -> tuple[float, B]:
    """Wall milliseconds of the work, and what it answers."""
    started = time.perf_counter()
    found = work(argument)
    return (time.perf_counter() - started) * 1000, found


if __name__ == "__main__":
    sys.exit(main())
