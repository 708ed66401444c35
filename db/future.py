"""Puts back times that lie in the future because a clock was ahead, so that nothing waits for them (spans tables)."""

from __future__ import annotations

from datetime import datetime, timedelta

from db import hosts
from db.engines.engine import Engine
from feeds.clock import to_ms

CLAIM_MOST = timedelta(minutes=10)
"""No claim reaches further than this."""


def put_back(engine: Engine, *, now: datetime, by: timedelta) -> int:
    """Brings back what a clock that was ahead by so much left behind; returns how many sources that met.

    Claims and slots begin anew. Waits that end later than the clock was ahead were set by it, or are so long
    that a little less does no harm.
    """
    values = {
        "now": to_ms(now),
        "by": by // timedelta(milliseconds=1),
        "far": to_ms(now + CLAIM_MOST),
        "beyond": to_ms(now + by),
    }
    for sql in _STATEMENTS:
        engine.run(sql, values)
    changed = engine.rows(
        "UPDATE poll_states SET next_poll_at = next_poll_at - :by,"
        " last_polled_at = CASE WHEN last_polled_at > :now THEN :now ELSE last_polled_at END,"
        " last_ok_at = CASE WHEN last_ok_at > :now THEN :now ELSE last_ok_at END,"
        " last_new_at = CASE WHEN last_new_at > :now THEN :now ELSE last_new_at END"
        " WHERE last_polled_at > :now OR next_poll_at >= :beyond RETURNING source_id",
        values,
    )
    hosts.set_due_of(engine, [row["source_id"] for row in changed])
    return len(changed)


_STATEMENTS = (
    "UPDATE hosts SET claimed_by = NULL, claimed_until_at = 0 WHERE claimed_until_at > :far",
    "UPDATE hosts SET rest_until_at = rest_until_at - :by WHERE rest_until_at >= :beyond",
    "UPDATE domains SET held_by = NULL, held_until_at = NULL WHERE held_until_at > :far",
    "UPDATE domains SET cool_until_at = cool_until_at - :by WHERE cool_until_at >= :beyond",
    "UPDATE domains SET next_slot_at = CASE WHEN cool_until_at > :now THEN cool_until_at ELSE :now END"
    " WHERE next_slot_at > :far AND next_slot_at > cool_until_at",
    "UPDATE subscriptions SET next_try_at = next_try_at - :by WHERE next_try_at >= :beyond",
    "UPDATE receiving_hosts SET claimed_by = NULL, claimed_until_at = 0 WHERE claimed_until_at > :far",
    "UPDATE receiving_hosts SET next_due_at = next_due_at - :by WHERE next_due_at >= :beyond",
    "UPDATE deliveries SET due_at = due_at - :by WHERE due_at >= :beyond",
    "UPDATE jobs SET claimed_until_at = :now WHERE state = 'running' AND claimed_until_at > :far",
)
