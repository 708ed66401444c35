"""Memory of the whole family with 20 sources, pinned to one core: PSS of every process, round after round.

    .venv/bin/python -m bench.memory [--sources N] [--rounds N] [--limit MB] [--polling-limit MB]

Each round one source in ten has a new entry and a reader asks for pages and feeds. Exits non-zero where the family is
above its limit, scheduler and workers above theirs, or these grow: with 20 rounds and more, the mean of the last third
of the rounds is held against that of the third before.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean

import psutil

from bench.farm import Farm, farm, free_port
from bench.poll import write_config
from bench.processes import pss_of
from db.store import Store
from feeds.clock import system_clock, to_ms
from feeds.config.load import load
from parts.store import open_engine

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120.0
GROWTH_ROUNDS = 15
MOST_GROWTH = 1.02
"""What the last rounds may hold, times the ones before: measuring twice differs by a hundredth."""


def main() -> int:
    """Prints the sums; exits non-zero where one is above the limit."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sources", type=int, default=20)
    options.add_argument("--rounds", type=int, default=10, help="rounds after the first")
    options.add_argument("--polling-limit", type=float, default=250.0, help="MB for scheduler and workers")
    options.add_argument("--limit", type=float, default=350.0, help="MB that must not be reached")
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-memory-")))
        land = stack.enter_context(farm(chosen.sources))
        both = measured(home, land, chosen.rounds)
    sums, polling = [whole for whole, _ in both], [part for _, part in both]
    print(f"highest sum: {max(sums):.0f} MB of {chosen.limit:.0f} MB")
    print(f"scheduler and workers: at most {max(polling):.0f} MB of {chosen.polling_limit:.0f} MB")
    is_well = max(sums) < chosen.limit and max(polling) <= chosen.polling_limit
    return 0 if is_well and not (chosen.rounds >= GROWTH_ROUNDS and is_growing(polling)) else 1


def is_growing(rounds: list[float]) -> bool:
    """True if the last third of the rounds held more than the third before; says so."""
    third = len(rounds) // 3
    before, last = fmean(rounds[-2 * third : -third]), fmean(rounds[-third:])
    grows = last > before * MOST_GROWTH
    print(
        f"scheduler and workers: {before:.1f} MB, then {last:.1f} MB: {'it grows' if grows else 'it does not grow'}"
    )
    return grows


def measured(home: Path, land: Farm, rounds: int) -> list[tuple[float, float]]:
    """PSS in MB of all processes, and of scheduler and workers, after each round."""
    config, port = write_config(home, "site.db", land), free_port()
    everywhere = os.sched_getaffinity(0)
    # Children inherit the core; this process goes back to all of them.
    os.sched_setaffinity(0, {min(everywhere)})
    with (home / "family.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "commands", "--config", str(config), "--port", str(port)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    os.sched_setaffinity(0, everywhere)
    family = psutil.Process(running.pid)
    sums: list[tuple[float, float]] = []
    try:
        store = wait_for_store(config, home, running)
        for number in range(rounds + 1):
            began = 0 if number == 0 else to_ms(system_clock())
            if number:
                land.publish(number)
                store.sources.poll_soon([row.source.id for row in store.sources.every()], system_clock())
            wait_for_round(store, land.feeds, began, running)
            read_everything(port, land.feeds)
            sums.append(told(number, family, is_whole=number in (0, rounds)))
        store.close()
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)
    return sums


def told(number: int, family: psutil.Process, *, is_whole: bool) -> tuple[float, float]:
    """Prints what each process holds; returns the sum in MB, and that of scheduler and workers."""
    found = pss_of(family)
    total = sum(found.values()) / 1e6
    scheduler = next(one for one in family.children() if "scheduler" in one.cmdline())
    polling = sum(found.get(pid, 0) for pid in pss_of(scheduler)) / 1e6
    print(
        f"after round {number + 1}: {total:.0f} MB in {len(found)} processes,"
        f" {polling:.1f} MB of it scheduler and workers",
        flush=True,
    )
    if is_whole:
        for pid, size in found.items():
            print(f"  {size / 1e6:6.1f} MB  {' '.join(psutil.Process(pid).cmdline()[1:])[:80]}")
    return total, polling


def read_everything(port: int, sources: int) -> None:
    """Asks for the pages and feeds as readers do."""
    stems = ["/all", *(f"/sources/s{place}" for place in range(sources))]
    for path in ["/", *(stem + ending for stem in stems for ending in ("", ".atom", ".rss", ".json"))]:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            answer.read()


def wait_for_store(config: Path, home: Path, running: subprocess.Popen[bytes]) -> Store:
    """The family's database, once its sources are declared."""
    settings = load(config, {})
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and running.poll() is None:
        if (home / "site.db").exists():
            engine = open_engine(settings)
            if engine.rows("SELECT 1 AS one FROM sqlite_master WHERE name = 'sources'"):
                store = Store(engine)
                if store.sources.every():
                    return store
            engine.close()
        time.sleep(0.2)
    sys.exit(f"The family does not start:\n{(home / 'family.log').read_text()}")


def wait_for_round(store: Store, sources: int, began: int, running: subprocess.Popen[bytes]) -> None:
    """Returns once all sources were polled since then and their changes are numbered."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and running.poll() is None:
        row = store.engine.rows(
            "SELECT (SELECT count(*) FROM poll_states WHERE last_polled_at >= :began) AS polled,"
            " (SELECT count(*) FROM touched WHERE seq IS NULL) AS waiting",
            {"began": began},
        )[0]
        if row["polled"] >= sources and not row["waiting"]:
            time.sleep(1)
            return
        time.sleep(0.1)
    sys.exit("A round does not end.")


if __name__ == "__main__":
    sys.exit(main())
