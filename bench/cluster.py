"""What more schedulers on one PostgreSQL bring, and whether their bookkeeping carries a million sources.

    .venv/bin/python -m bench.cluster polls [--feeds N] [--seconds S] [--schedulers 1 2]
    .venv/bin/python -m bench.cluster day [--sources N] [--hosts N] [--hours H] [--engine postgres|sqlite]

`polls`: real schedulers poll a farm behind nginx as fast as they can; polls a second, and CPU milliseconds a poll of the schedulers
and of PostgreSQL. Every feed has a host of its own, and answers 304.

`day`: a simulated day under a moved clock. Two owners claim what is due and write what came of it, by the real store and rules; the
answers are made up (nothing new, one in a hundred asks for an hour's rest). Checked of every request: its host and its domain were
not at rest, the domain's pause was over, and only one owner held the host. Lateness is the time since the last poll over the time
that was promised.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from array import array
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psutil

from bench.attacks import scheduling
from bench.farm import farm
from bench.poll import write_config
from bench.processes import cpu_of
from bench.real_input import database
from bench.scale import opened
from db.migrate import migrate
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.poll import claim_due, save_polls
from feeds.clock import to_ms
from feeds.config.load import load
from feeds.ingest.poll.pipeline import Polled
from feeds.model.fetched import Failed, NotModified
from feeds.model.incoming import DueSource
from feeds.model.settings import PollSettings
from feeds.text.urls import polite_domain
from tests.fakes import NOON, MovedClock

SEED = 5
DUE_AT_ONCE = "min_interval = 1\nmax_interval = 1\ndefault_interval = 1\n"
"""Settings of `[poll]` by which every source is due again a second later."""
STEP = timedelta(seconds=20)
REST = timedelta(hours=1)
ASKS_FOR_REST = 0.01
OWNERS = ("one", "two")
SHARED = 100
"""One host in so many belongs to a platform of as many hosts, whose domain all of them share."""
COPIED = (
    "slug, title, feed_title, public_url, home_url, author_name, language, feed_language, timezone, share, is_ours, is_sample,"
    " interval_ms, topic_slugs, state, origin, rights, added_at, kind, options, license_url, terms, is_private"
)


def main() -> int:
    """Runs what is asked for; 1 where a rule was broken."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = options.add_subparsers(dest="kind", required=True)
    polls = kinds.add_parser("polls")
    polls.add_argument("--feeds", type=int, default=1000)
    polls.add_argument("--seconds", type=float, default=60)
    polls.add_argument("--schedulers", type=int, nargs="+", default=[1, 2])
    day = kinds.add_parser("day")
    day.add_argument("--sources", type=int, default=1_000_000)
    day.add_argument("--hosts", type=int, default=250_000)
    day.add_argument("--hours", type=float, default=24)
    day.add_argument("--engine", choices=("sqlite", "postgres"), default="postgres")
    chosen = options.parse_args()
    return measure_polls(chosen) if chosen.kind == "polls" else live_a_day(chosen)


def measure_polls(chosen: argparse.Namespace) -> int:
    """Prints a row for each number of schedulers."""
    print(f"{'schedulers':>10}{'polls/s':>10}{'ms CPU a poll':>15}{'of PostgreSQL':>15}")
    with farm(chosen.feeds) as land:
        for count in chosen.schedulers:
            with ExitStack() as stack:
                home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-cluster-")))
                url = stack.enter_context(database("postgres", home))
                rate, own, base = measured(
                    write_config(home, url, land, DUE_AT_ONCE), home, url, count, chosen, stack
                )
            print(f"{count:>10}{rate:>10.1f}{own:>15.2f}{base:>15.2f}", flush=True)
    return 0


def measured(
    config: Path, home: Path, url: str, count: int, chosen: argparse.Namespace, stack: ExitStack
) -> tuple[float, float, float]:
    """Polls a second, and CPU milliseconds a poll of schedulers and database, once every feed was imported."""
    store = stack.enter_context(closing(opened(url)))
    settings = load(config, {})
    own = [stack.enter_context(scheduling(settings, home, is_shown=False)) for _ in range(count)]
    while imported(store) < chosen.feeds:
        time.sleep(0.5)
    base = [one for one in psutil.process_iter() if one.name() == "postgres" and belongs(one, url)]
    before = polls_of(store), cpu_of(own), cpu_of(base), time.monotonic()
    time.sleep(chosen.seconds)
    after = polls_of(store), cpu_of(own), cpu_of(base), time.monotonic()
    polls, ours, theirs, seconds = (late - early for early, late in zip(before, after, strict=True))
    return polls / seconds, ours * 1000 / polls, theirs * 1000 / polls


def belongs(process: psutil.Process, url: str) -> bool:
    """True for the postmaster of that database's server."""
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    return "-D" in command and command[command.index("-D") + 1] in url.replace("%2F", "/")


def imported(store: Store) -> int:
    """How many sources have been read once."""
    rows = store.engine.rows("SELECT count(*) AS n FROM poll_states WHERE is_imported = 1")
    return int(rows[0]["n"])


def polls_of(store: Store) -> int:
    """How often a host was claimed: with one feed a host, how often one was polled."""
    return int(store.engine.rows("SELECT COALESCE(sum(claim_no), 0) AS n FROM hosts")[0]["n"])


@dataclass(slots=True)
class Day:
    """What was asked when, held against the rules."""

    chance: random.Random
    pause: timedelta
    rest_until: dict[str, float] = field(default_factory=dict)
    asked_at: dict[str, float] = field(default_factory=dict)
    held_by: dict[str, str] = field(default_factory=dict)
    late: array[float] = field(default_factory=lambda: array("d"))
    polls: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def ask(self, due: DueSource, owner: str, clock: MovedClock) -> Polled:
        """The answer of the source at its slot."""
        now = max(clock.now, due.slot_at)
        moment, domain = now.timestamp(), polite_domain(due.host)
        self._hold("asked while its host rested", moment < self.rest_until.get(due.host, 0))
        if domain in self.asked_at:
            gap = moment - self.asked_at[domain]
            self._hold("asked before the domain's pause was over", gap < self.pause.total_seconds() - 0.001)
        self._hold("asked by one while the other held it", self.held_by.setdefault(due.host, owner) != owner)
        self.asked_at[domain] = moment
        last, promised = due.poll.last_polled_at, due.poll.next_poll_at
        if last is not None and promised is not None and promised > last:
            self.late.append((now - last) / (promised - last))
        self.polls += 1
        url = due.source.fetch_url
        if self.chance.random() < ASKS_FOR_REST:
            self.rest_until[due.host] = moment + REST.total_seconds()
            detail = "Too many requests."
            answer = Failed(url=url, state="waiting", detail=detail, status=429, retry_after=REST)
            return Polled(due=due, result=answer, feed=None, at=now)
        return Polled(due=due, result=NotModified(url=url), feed=None, at=now)

    def _hold(self, rule: str, is_broken: bool) -> None:
        if is_broken:
            self.faults[rule] = self.faults.get(rule, 0) + 1


def live_a_day(chosen: argparse.Namespace) -> int:
    """Runs the day and prints what was seen."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-cluster-")))
        url = stack.enter_context(database(chosen.engine, home))
        store = stack.enter_context(closing(opened(url if "://" in url else str(home / url))))
        migrate(store.engine)
        began = time.monotonic()
        fill(store, chosen.sources, chosen.hosts)
        print(
            f"{chosen.sources:,} sources on {chosen.hosts:,} hosts, made in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        settings = PollSettings()
        day = Day(random.Random(SEED), settings.pause)
        began, used = time.monotonic(), time.process_time()
        claims = pass_hours(store, day, settings, chosen.hours)
        wall, used = time.monotonic() - began, time.process_time() - used
    return told(day, chosen.hours, wall, used, claims)


def pass_hours(store: Store, day: Day, settings: PollSettings, hours: float) -> int:
    """Ticks through the hours; returns how many claims brought something."""
    clock, claims = MovedClock(), 0
    tick, end, shown = clock.now, clock.now + timedelta(hours=hours), 0.0
    while tick < end:
        clock.now = tick
        is_done = True
        for owner in OWNERS:
            dues = claim_due(store, owner=owner, now=tick, settings=settings)
            if not dues:
                continue
            claims += 1
            is_done = False
            resting: set[str] = set()
            polled = []
            for due in sorted(dues, key=lambda one: one.slot_at):
                if due.host in resting:
                    continue
                polled.append(day.ask(due, owner, clock))
                if isinstance(polled[-1].result, Failed):
                    resting.add(due.host)
            save_polls(store, polled, settings=settings, chance=day.chance.random)
            store.polls.release(owner=owner)
            for due in dues:
                day.held_by.pop(due.host, None)
        # A claim takes whole hosts: one that is not full may have left some that are due.
        if is_done:
            tick += STEP
        if time.monotonic() - shown > 5:
            shown = time.monotonic()
            print(
                f"\r{(tick - NOON) / timedelta(hours=1):.2f} h, {day.polls:,} polls", end="", file=sys.stderr
            )
    print("\r", end="", file=sys.stderr)
    return claims


def fill(store: Store, sources: int, hosts: int) -> None:
    """So many sources, each polled once, due evenly over the time that each was promised."""
    with store.write():
        store.sources.add(spec_at("https://h0.example/0/feed"), NOON)
    numbers = "WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < :last)"
    name = (
        f"CASE WHEN (k % :hosts) % {SHARED} = 7 THEN 'h' || (k % :hosts) || '.platform'"
        f" || ((k % :hosts) / {SHARED * SHARED}) || '.example' ELSE 'h' || (k % :hosts) || '.example' END"
    )
    domain = (
        f"CASE WHEN (k % :hosts) % {SHARED} = 7 THEN 'platform' || ((k % :hosts) / {SHARED * SHARED})"
        " || '.example' ELSE 'h' || (k % :hosts) || '.example' END"
    )
    spread = {"last": sources - 1, "hosts": hosts, "now": to_ms(NOON)}
    copied = COPIED.split(", ")
    columns = ", ".join("'s' || k AS slug" if one == "slug" else f"s.{one}" for one in copied)
    with store.write():
        store.engine.run(
            f"{numbers} INSERT INTO hosts (host, domain, claim_no, claimed_until_at)"
            f" SELECT {name}, {domain}, 0, 0 FROM n WHERE k < :hosts",
            {**spread, "last": max(hosts - 1, 1)},
        )
        store.engine.run(
            f"{numbers} INSERT INTO sources ({COPIED}, fetch_url, first_url, host, domain)"
            f" SELECT {columns}, 'https://' || {name} || '/' || k || '/feed', 'https://' || {name} || '/' || k || '/feed',"
            f" {name}, {domain} FROM n, sources s WHERE s.slug = 'h0-example'",
            spread,
        )
        hour = 3_600_000
        promised = f"(CASE WHEN k % 100 < 2 THEN 1 WHEN k % 100 < 10 THEN 6 ELSE 24 END * {hour})"
        # 7,919 is prime: neighbours are due at moments far apart.
        store.engine.run(
            "INSERT INTO poll_states (source_id, host, is_imported, failure_count, status, status_detail, interval_ms,"
            " last_polled_at, last_ok_at, next_poll_at)"
            f" SELECT w.id, w.host, 1, 0, 'unchanged', '', w.promised, w.begun, w.begun, w.begun + w.promised FROM"
            f" (SELECT o.id, o.host, o.promised, :now - (o.k * 7919 * 1000) % o.promised AS begun FROM"
            f" (SELECT s.id, s.host, s.id AS k, {promised.replace('k %', 's.id %')} AS promised FROM sources s"
            "   WHERE s.slug <> 'h0-example') o) w",
            {"now": to_ms(NOON)},
        )
        store.engine.run(
            "UPDATE hosts SET next_due_at = (SELECT min(p.next_poll_at) FROM poll_states p WHERE p.host = hosts.host)"
        )
    store.engine.run("ANALYZE")


def told(day: Day, hours: float, wall: float, used: float, claims: int) -> int:
    """Prints the figures; returns the exit code."""
    late: Sequence[float] = sorted(day.late) or [0.0]
    print(f"{day.polls:,} polls in {hours:g} h, {claims:,} claims")
    print(
        f"lateness: median {late[len(late) // 2]:.3f}, 95th percentile {late[int(len(late) * 0.95)]:.3f},"
        f" 99th {late[int(len(late) * 0.99)]:.3f} of what was promised (at most 1.1 at the 95th)"
    )
    print(
        f"bookkeeping: {wall * 1000 / max(day.polls, 1):.2f} ms a poll, {used * 1000 / max(day.polls, 1):.2f} of them CPU of this"
        f" process; {wall:.0f} s for {hours:g} h"
    )
    print(f"rules broken: {day.faults or 'none'}")
    return int(bool(day.faults) or late[int(len(late) * 0.95)] > 1.1)


if __name__ == "__main__":
    sys.exit(main())
