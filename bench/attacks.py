"""Whether hostile sources make good ones late: 200 good sources alone, then with 20 hostile ones among them.

    .venv/bin/python -m bench.attacks [--engine sqlite|postgres] [--good N] [--hostile N] [--seconds N] [--every SECONDS] [--kinds NAME …]

The real scheduler with its worker processes polls sources at loopback addresses of their own, every few seconds,
with no pause. Lateness is the time at which the farm got a request, less the `next_poll_at` that the poll
before it had left in the database (read four times a second). What hostile sources fail at makes them rest for a
quarter of an hour; here they are made due again as often as the good ones, which is harder than life. The
delay is the time from a request to the poll's end, with its document read. Memory is PSS of scheduler and workers,
each second. Exits non-zero where the 95th percentile of lateness is more than a tenth above that of the good alone.
"""

from __future__ import annotations

import argparse
import bisect
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import fmean, median, quantiles

import psutil

from bench.farm import free_port, host
from bench.hostile import KINDS
from bench.processes import pss_of
from bench.real_input import database
from db.store import Store
from feeds.actions.declaring.declare import refresh
from feeds.clock import system_clock
from feeds.config.load import load
from feeds.model.settings import Settings
from parts.store import open_store, prepare_store

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 90.0
MOST_RATIO = 1.1


@dataclass(slots=True)
class Seen:
    """What the database said of each good source while it was polled, as seconds since 1970."""

    due: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory: list[float] = field(default_factory=list)
    fullest: dict[int, float] = field(default_factory=dict)
    """Each process, when all together held the most."""

    def weigh(self, scheduler: psutil.Process) -> None:
        """What scheduler and workers hold now."""
        with contextlib.suppress(psutil.Error):
            found = {pid: size / 1e6 for pid, size in pss_of(scheduler).items()}
            self.memory.append(sum(found.values()))
            if self.memory[-1] == max(self.memory):
                self.fullest = found

    def note(self, store: Store) -> None:
        """One more look."""
        rows = store.engine.rows(
            "SELECT s.slug, p.next_poll_at, p.last_polled_at FROM poll_states p JOIN sources s ON s.id = p.source_id"
            " WHERE s.slug LIKE 'good-%'"
        )
        for row in rows:
            place = int(row["slug"].removeprefix("good-"))
            for known, ms in ((self.due, row["next_poll_at"]), (self.ended, row["last_polled_at"])):
                if ms is not None and (not known[place] or known[place][-1] != ms / 1000):
                    known[place].append(ms / 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run gave, in seconds and megabytes."""

    lateness: tuple[float, ...]
    delays: tuple[float, ...]
    memory: tuple[float, ...]
    scheduler: float
    workers: float
    """Of these, when all together held the most."""


def main() -> int:
    """Prints both runs and their ratio."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--good", type=int, default=200)
    options.add_argument("--hostile", type=int, default=20)
    options.add_argument("--seconds", type=float, default=70.0, help="how long each run is measured")
    options.add_argument("--every", type=float, default=6.0, help="seconds between two polls of a source")
    options.add_argument("--kinds", nargs="*", choices=sorted(KINDS), default=list(KINDS))
    options.add_argument("--log", action="store_true", help="show what the schedulers wrote")
    chosen = options.parse_args()
    alone = run(chosen, hostile=0)
    told("good sources alone", alone)
    among = run(chosen, hostile=chosen.hostile)
    told(f"with {chosen.hostile} hostile ones", among)
    ratio = high(among.lateness) / high(alone.lateness)
    print(f"95th percentile of lateness, with hostile ones / alone: {ratio:.2f} (at most {MOST_RATIO:g})")
    return 0 if ratio <= MOST_RATIO else 1


def run(chosen: argparse.Namespace, *, hostile: int) -> Measured:
    """One scheduler over a fresh database."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-attacks-")))
        log = home / "asked.log"
        good = stack.enter_context(server(log))
        bad = stack.enter_context(server(Path(os.devnull))) if hostile else 0
        url = stack.enter_context(database(chosen.engine, home))
        settings = prepared(home, url, chosen, hostile, good, bad)
        store = stack.enter_context(contextlib.closing(open_store(settings)))
        enemies = [row.source.id for row in store.sources.every() if row.source.slug.startswith("bad-")]
        store.sources.poll_soon(enemies, system_clock() + timedelta(days=1))
        scheduler = stack.enter_context(scheduling(settings, home, is_shown=chosen.log))
        wait_until_polled(store, chosen.good)
        # Every source has its place in time now.
        time.sleep(chosen.every)
        return watched(store, scheduler, chosen, enemies, log)


def watched(
    store: Store, scheduler: psutil.Process, chosen: argparse.Namespace, enemies: Sequence[int], log: Path
) -> Measured:
    """What happens from now on."""
    seen, began, turn = Seen(), time.time(), 0
    stopping = threading.Event()

    def weigh() -> None:
        while not stopping.wait(1):
            seen.weigh(scheduler)

    weighing = threading.Thread(target=weigh, daemon=True)
    weighing.start()
    while time.time() < began + chosen.seconds:
        if enemies and time.time() >= began + turn * chosen.every:
            store.sources.poll_soon(enemies, system_clock())
            turn += 1
        seen.note(store)
        time.sleep(0.25)
    stopping.set()
    weighing.join()
    if not scheduler.is_running():
        sys.exit("The scheduler ended; --log shows why.")
    asked = [line.split() for line in log.read_text(encoding="ascii").splitlines()]
    own = seen.fullest.get(scheduler.pid, 0.0)
    return judged(
        seen, own, [(float(at), int(place)) for at, place in asked if float(at) > began + chosen.every]
    )


def judged(seen: Seen, own: float, asked: Sequence[tuple[float, int]]) -> Measured:
    """Lateness and delay of each request to a good source."""
    lateness: list[float] = []
    delays: list[float] = []
    for at, place in asked:
        number = bisect.bisect_right(seen.due[place], at) - 1
        if number >= 0:
            lateness.append(at - seen.due[place][number])
        number = bisect.bisect_left(seen.ended[place], at - 0.005)
        if number < len(seen.ended[place]):
            delays.append(max(seen.ended[place][number] - at, 0.0))
    return Measured(
        lateness=tuple(lateness),
        delays=tuple(delays),
        memory=tuple(seen.memory),
        scheduler=own,
        workers=sum(seen.fullest.values()) - own,
    )


def told(name: str, found: Measured) -> None:
    """Prints a run."""
    third = len(found.memory) // 3
    first, last = fmean(found.memory[:third]), fmean(found.memory[-third:])
    print(
        f"{name}: {len(found.lateness)} polls\n"
        f"  lateness: median {median(found.lateness):.2f} s, 95th percentile {high(found.lateness):.2f} s,"
        f" most {max(found.lateness):.2f} s\n"
        f"  delay:    median {median(found.delays):.2f} s, 95th percentile {high(found.delays):.2f} s,"
        f" most {max(found.delays):.2f} s\n"
        f"  memory:   first third {first:.0f} MB, last third {last:.0f} MB, most {max(found.memory):.0f} MB"
        f" (scheduler {found.scheduler:.0f}, workers {found.workers:.0f})",
        flush=True,
    )


def high(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[-1]


def prepared(home: Path, url: str, chosen: argparse.Namespace, hostile: int, good: int, bad: int) -> Settings:
    """A site with these sources, each at its own address, in a database of its own."""
    kinds = [chosen.kinds[number % len(chosen.kinds)] for number in range(hostile)]
    sources = [
        *((f"good-{number}", f"http://{host(number)}:{good}/good/{number}") for number in range(chosen.good)),
        *(
            (f"bad-{number}", f"http://127.200.0.{number + 1}:{bad}/{kind}")
            for number, kind in enumerate(kinds)
        ),
    ]
    path = home / "config.toml"
    path.write_text(
        f'[site]\ntitle = "Measured"\n[database]\nurl = "{url}"\n[fetch]\nallow = ["127.0.0.0/8"]\n'
        "[poll]\npause = 0\n"
        + "".join(
            f'[[source]]\nurl = "{url}"\nslug = "{slug}"\ninterval = {chosen.every}\n'
            for slug, url in sources
        )
    )
    settings = load(path, {})
    prepare_store(settings)
    store = open_store(settings)
    refresh(store, path, {}, system_clock())
    store.close()
    return settings


def wait_until_polled(store: Store, count: int) -> None:
    """Returns once so many sources were polled."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        row = store.engine.rows(
            "SELECT count(*) AS polled FROM poll_states WHERE last_polled_at IS NOT NULL"
        )[0]
        if row["polled"] >= count:
            return
        time.sleep(0.2)
    sys.exit("The scheduler does not poll; --log shows why.")


@contextmanager
def server(log: Path) -> Iterator[int]:
    """The port of a server in a process of its own."""
    port = free_port()
    running = subprocess.Popen([sys.executable, "-m", "bench.hostile", str(port), str(log)], cwd=ROOT)
    try:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        running.wait(timeout=10)


@contextmanager
def scheduling(settings: Settings, home: Path, *, is_shown: bool) -> Iterator[psutil.Process]:
    """The scheduler, as `./run` starts it."""
    with (home / "scheduler.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "scheduler"],
            cwd=ROOT,
            env={**os.environ, "FEEDWRIGHT_CONFIG": str(settings.path)},
            stderr=None if is_shown else log,
        )
        try:
            yield psutil.Process(running.pid)
        finally:
            running.terminate()
            running.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
