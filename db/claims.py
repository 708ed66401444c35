"""Claims due work: hosts that nobody holds, their due sources, and a turn at the domain for each (spans tables)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from db import domains, hosts, poll_states, sources
from db.engines.engine import Engine, Row
from feeds.clock import from_ms, to_ms
from feeds.model.incoming import DueSource

SLOT_WAIT = timedelta(seconds=20)
"""A due source whose domain gives leave only later than this goes back to the queue until then."""


def claim(
    engine: Engine,
    *,
    owner: str,
    now: datetime,
    until: datetime,
    most: int,
    pause: timedelta,
    busy: Collection[str] = (),
) -> tuple[DueSource, ...]:
    """Due sources of hosts that are the owner's from now on, each with its domain's leave."""
    due = hosts.due(engine, owner=owner, now=now, most=most, busy=busy)
    waiting = {row["host"]: row["domain"] for row in due}
    if not waiting:
        return ()
    rows = sources.due(engine, list(waiting), now=now, most=most)[:most]
    hosts.set_due(engine, list(waiting.keys() - {row["host"] for row in rows}))
    slots = domains.lock_slots(engine, (waiting[row["host"]] for row in rows), owner=owner, now=now)
    ready = _with_slots(
        engine, [row for row in rows if waiting[row["host"]] in slots], slots, waiting, now, pause
    )
    claimed = sorted({row["host"] for row, _ in ready})
    numbers = hosts.claim(engine, claimed, owner=owner, until=until)
    domains.hold(engine, (waiting[host] for host in claimed), owner=owner, until=until)
    return tuple(
        DueSource(
            source=sources.read(row),
            poll=poll_states.read(row),
            host=row["host"],
            claim_no=numbers[row["host"]],
            slot_at=from_ms(slot),
            has_answer=bool(row["has_answer"]),
        )
        for row, slot in ready
    )


def _with_slots(
    engine: Engine,
    rows: Sequence[Row],
    slots: dict[str, int],
    waiting: dict[str, str],
    now: datetime,
    pause: timedelta,
) -> list[tuple[Row, int]]:
    """The rows whose domain gives leave soon, with their slot; the others are put off until theirs."""
    latest = to_ms(now + SLOT_WAIT)
    ready: list[tuple[Row, int]] = []
    later: list[tuple[int, int]] = []
    for row in rows:
        domain = waiting[row["host"]]
        slot = max(slots[domain], to_ms(now))
        if slot > latest:
            later.append((row["id"], slot))
            continue
        wait = timedelta(0) if row["is_sample"] else pause
        slots[domain] = slot + wait // timedelta(milliseconds=1)
        ready.append((row, slot))
    domains.set_slots(engine, slots)
    if later:
        poll_states.postpone(engine, later)
        hosts.set_due(engine, [row["host"] for row in rows])
    return ready
