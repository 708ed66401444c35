"""Rounds of polling over a generated farm: ours, the bare-aiohttp floor, and lemon24/reader, in the same run.

    .venv/bin/python -m bench.poll [--feeds N] [--engine sqlite|postgres] [--rounds N]
                                   [--reader-python PATH] [--peer-rounds N] [--keep FOLDER]

CPU seconds are user and system time of each contestant's process and all its children (on PostgreSQL the
server's too), taken before and after each round: start and imports lie before the first. Each contestant
is one living process. Every kind of round is gone through once unmeasured, then `--rounds` times, and the mean
is shown. Ours is the scheduler as it is, with address guard and domain slots on and no pause.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import psutil

from bench.farm import ENTRIES, Farm, farm
from bench.processes import PeakMemory, cpu_of
from bench.real_input import database
from feeds.actions.declaring.declare import refresh
from feeds.clock import system_clock, to_ms
from feeds.config.load import load
from parts.store import open_store, prepare_store

ROOT = Path(__file__).resolve().parent.parent
WARM = 8
"""Feeds polled beforehand, so that processes are started and modules imported when measuring begins."""
PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of round, and what it may cost: times the floor, or times reader's."""

    name: str
    is_conditional: bool
    is_new: bool
    target: float


KINDS = (
    Kind(name="all 304", is_conditional=True, is_new=False, target=3.0),
    Kind(name="all 200, same body", is_conditional=False, is_new=False, target=1.7),
    Kind(name="one in ten new, 304", is_conditional=True, is_new=True, target=3.5),
    Kind(name="one in ten new, 200", is_conditional=False, is_new=True, target=2.0),
)
COLD = "cold: everything new"
COLD_TARGET = 0.75


@dataclass(slots=True)
class Cost:
    """What rounds of one kind cost one contestant."""

    cpu: float = 0.0
    wall: float = 0.0
    rounds: int = 0
    peak: int = 0

    def add(self, cpu: float, wall: float, peak: int) -> None:
        """One more round."""
        self.cpu, self.wall, self.rounds = self.cpu + cpu, self.wall + wall, self.rounds + 1
        self.peak = max(self.peak, peak)

    @property
    def mean(self) -> float:
        """CPU seconds a round."""
        return self.cpu / self.rounds


class Contestant(Protocol):
    """Somebody who polls the farm."""

    name: str
    process: psutil.Process

    def prepare(self, count: int) -> None:
        """Makes the first so many feeds ready to be polled; not measured."""

    def poll(self, count: int) -> None:
        """Polls the first so many feeds, and returns when all is stored."""

    def settle(self) -> None:
        """Returns when nothing is left of the cold round that would be done beside the next ones."""

    def cpu(self) -> float:
        """CPU seconds used so far."""


@dataclass(slots=True)
class Driven:
    """A contestant that polls when a line tells it to, and answers with a line."""

    name: str
    running: subprocess.Popen[str]
    process: psutil.Process = field(init=False)
    is_adding: bool = False

    def __post_init__(self) -> None:
        self.process = psutil.Process(self.running.pid)
        self._hear("ready")

    def prepare(self, count: int) -> None:
        """Adds the feeds, where that is a step of its own."""
        if self.is_adding:
            self._say(str(count))
            self._hear("added")

    def poll(self, count: int) -> None:
        """One round."""
        self._say("go" if self.is_adding else str(count))
        self._hear("done")

    def settle(self) -> None:
        """Nothing: it does nothing between rounds."""

    def cpu(self) -> float:
        """CPU seconds of the process and its children."""
        return cpu_of([self.process])

    def _say(self, line: str) -> None:
        assert self.running.stdin is not None
        self.running.stdin.write(f"{line}\n")
        self.running.stdin.flush()

    def _hear(self, wanted: str) -> None:
        assert self.running.stdout is not None
        line = self.running.stdout.readline().strip()
        if line != wanted:
            sys.exit(f"{self.name} said {line!r} instead of {wanted!r}; what it wrote above says why.")


class Ours:
    """The real scheduler process over the real store; made due through the store, watched through the store."""

    name = "ours"

    def __init__(self, home: Path, url: str, land: Farm) -> None:
        path = write_config(home, url, land)
        settings = load(path, {})
        prepare_store(settings)
        self._store = open_store(settings)
        refresh(self._store, path, {}, system_clock())
        self._ids = [
            row.source.id for row in sorted(self._store.sources.every(), key=lambda one: one.source.id)
        ]
        self._store.sources.poll_soon(self._ids, system_clock() + timedelta(days=1))
        self._log = (home / "scheduler.log").open("wb")
        self._running = subprocess.Popen(
            [sys.executable, "-m", "scheduler"],
            cwd=ROOT,
            env={**os.environ, "FEEDWRIGHT_CONFIG": str(path)},
            stderr=self._log,
        )
        self.process = psutil.Process(self._running.pid)
        self._roots, self._harness = [self.process], frozenset[int]()
        if self._store.engine.name == "postgres":
            backend = int(self._store.engine.rows("SELECT pg_backend_pid() AS pid")[0]["pid"])
            server = psutil.Process(backend).parent()
            assert server is not None
            self._roots, self._harness = [self.process, server], frozenset({backend})
        self._wait("the scheduler does not start", lambda: "scheduler" in self._store.kept.beats())

    def prepare(self, count: int) -> None:
        """Nothing: the sources are declared."""

    def poll(self, count: int) -> None:
        """Makes the sources due, and waits until all are polled, let go of, and their changes numbered."""
        began = to_ms(system_clock())
        self._store.sources.poll_soon(self._ids[:count], system_clock())

        def is_done() -> bool:
            row = self._store.engine.rows(
                "SELECT (SELECT count(*) FROM poll_states WHERE last_polled_at >= :began) AS polled,"
                " (SELECT count(*) FROM hosts WHERE claimed_by IS NOT NULL) AS held,"
                " (SELECT count(*) FROM touched WHERE seq IS NULL) AS waiting",
                {"began": began},
            )[0]
            return row["polled"] >= count and not row["held"] and not row["waiting"]

        self._wait("a round does not end", is_done)

    def settle(self) -> None:
        """Waits until the search has read what is new: a batch at a time, beside the polls."""
        self._wait("the search does not keep up", lambda: not self._store.search.behind(1)[2])

    def cpu(self) -> float:
        """CPU seconds of scheduler and workers, and of the database server where there is one."""
        return cpu_of(self._roots, without=self._harness)

    def counts(self) -> dict[str, int]:
        """Articles, and sources whose last poll did not go well."""
        return self._store.upkeep.counts()

    def close(self) -> None:
        """Ends the scheduler."""
        self._running.terminate()
        self._running.wait(timeout=20)
        self._log.close()
        self._store.close()

    def _wait(self, complaint: str, true: Condition) -> None:
        until = time.monotonic() + PATIENCE_S
        while not true():
            if time.monotonic() > until or self._running.poll() is not None:
                sys.exit(f"{complaint}; {self._log.name} says why.")
            time.sleep(0.05)


class Condition(Protocol):
    """Something that is true at last."""

    def __call__(self) -> bool:
        """True when it is."""


def main() -> int:
    """Prints the table; exits non-zero where something was not stored as it should."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--feeds", type=int, default=1000)
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--rounds", type=int, default=5, help="measured rounds of each warm kind")
    options.add_argument("--reader-python", help="the Python of a venv that has lemon24/reader")
    options.add_argument("--peer-rounds", type=int, default=1, help="measured rounds of reader")
    options.add_argument("--keep", type=Path, help="keep config, database and log here")
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = chosen.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-poll-"))
        )
        home.mkdir(parents=True, exist_ok=True)
        land = stack.enter_context(farm(chosen.feeds))
        url = stack.enter_context(database(chosen.engine, home))
        ours = Ours(home, url, land)
        stack.callback(ours.close)
        floor = stack.enter_context(driven("floor", home, land, [sys.executable, "bench/peer_floor.py"]))
        contestants: list[tuple[Contestant, int]] = [(floor, chosen.rounds), (ours, chosen.rounds)]
        if chosen.reader_python:
            reader = [chosen.reader_python, "bench/peer_reader.py"]
            peer = stack.enter_context(driven("reader", home, land, reader, "reader.db"))
            contestants.append((peer, chosen.peer_rounds))
        else:
            print("lemon24/reader is left out: --reader-python names the Python of a venv that has it.")
        costs, new = run(land, contestants, chosen.rounds)
        show(costs, chosen.engine)
        return 0 if is_right(ours.counts(), chosen.feeds * ENTRIES + new) else 1


def run(
    land: Farm, contestants: list[tuple[Contestant, int]], rounds: int
) -> tuple[dict[tuple[str, str], Cost], int]:
    """All rounds, contestant after contestant in each; returns their costs and how many entries were added."""
    costs: dict[tuple[str, str], Cost] = defaultdict(Cost)
    for one, _ in contestants:
        for count in (WARM, land.feeds):
            one.prepare(count)
            measured = measure(one, count)
            if count == land.feeds:
                costs[COLD, one.name].add(*measured)
        told(COLD, one.name, costs[COLD, one.name])
    for one, _ in contestants:
        one.settle()
    new = 0
    for kind in KINDS:
        land.nginx.answer_conditionally(kind.is_conditional)
        for turn in range(rounds + 1):
            if kind.is_new:
                new += land.publish(turn)
            for one, most in contestants:
                if turn > most:
                    continue
                one.prepare(land.feeds)
                measured = measure(one, land.feeds)
                if turn:
                    costs[kind.name, one.name].add(*measured)
        for one, _ in contestants:
            told(kind.name, one.name, costs[kind.name, one.name])
    return costs, catch_up(land, contestants, new)


def catch_up(land: Farm, contestants: list[tuple[Contestant, int]], new: int) -> int:
    """The number of entries added, when ours has seen the last of them."""
    for one, _ in contestants:
        if one.name == "ours":
            one.poll(land.feeds)
    return new


def measure(one: Contestant, count: int) -> tuple[float, float, int]:
    """CPU seconds, seconds, and peak memory of one round."""
    with PeakMemory(one.process) as memory:
        before, began = one.cpu(), time.monotonic()
        one.poll(count)
        wall = time.monotonic() - began
        cpu = one.cpu() - before
    return cpu, wall, memory.peak


@contextmanager
def driven(name: str, home: Path, land: Farm, command: list[str], *more: str) -> Iterator[Driven]:
    """A contestant that is driven by lines, ended with the context."""
    urls = home / "urls.txt"
    urls.write_text("\n".join(land.urls()))
    running = subprocess.Popen(
        [*command, str(urls), *(str(home / text) for text in more)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Driven(name=name, running=running, is_adding=name == "reader")
    finally:
        with contextlib.suppress(OSError):
            running.terminate()
        running.wait(timeout=20)


def write_config(home: Path, url: str, land: Farm, poll: str = "") -> Path:
    """A site with every feed of the farm as a source; `poll` are more settings of `[poll]`."""
    sources = "".join(
        f'[[source]]\nurl = "{address}"\nslug = "s{place}"\n' for place, address in enumerate(land.urls())
    )
    path = home / "config.toml"
    path.write_text(
        f'[site]\ntitle = "Measured"\nbase_url = "https://measured.example"\n[database]\nurl = "{url}"\n'
        f'[fetch]\nallow = ["127.0.0.0/8"]\n[poll]\npause = 0\n{poll}{sources}'
    )
    return path


def told(kind: str, name: str, cost: Cost) -> None:
    """Tells what is known so far."""
    print(f"  {kind}, {name}: {cost.mean:.2f} s CPU, {cost.wall / cost.rounds:.1f} s", file=sys.stderr)


def show(costs: dict[tuple[str, str], Cost], engine: str) -> None:
    """Prints the table."""
    print(f"\nCPU seconds a round, on {engine}")
    print("| round | floor | ours | reader | ours / floor | ours / reader | target | wall clock | peak PSS |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    targets = {COLD: f"{COLD_TARGET:g} × reader"} | {kind.name: f"{kind.target:g} × floor" for kind in KINDS}
    for name, target in targets.items():
        floor, ours, peer = costs[name, "floor"], costs[name, "ours"], costs.get((name, "reader"))
        reader = (f"{peer.mean:.2f}", f"{ours.mean / peer.mean:.2f}") if peer else ("–", "–")
        print(
            f"| {name} | {floor.mean:.2f} | {ours.mean:.2f} | {reader[0]} | {ours.mean / floor.mean:.2f} |"
            f" {reader[1]} | {target} | {ours.wall / ours.rounds:.1f} s | {ours.peak / 1e6:.0f} MB |"
        )


def is_right(counts: dict[str, int], articles: int) -> bool:
    """True if every entry is stored and every source well; says what is not."""
    print(
        f"\nstored: {counts['articles']} of {articles} articles; {counts['troubled_sources']} sources troubled"
    )
    return counts["articles"] == articles and not counts["troubled_sources"]


if __name__ == "__main__":
    sys.exit(main())
