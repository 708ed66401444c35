"""Something odd about a source, seen against its own past: gone quiet, flooding, ids churning. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model.incoming import PollState

QUIET, FLOOD, CHURN = "quiet", "flood", "churn"
QUIET_GAPS = 10
QUIET_AT_LEAST = timedelta(days=3)
FLOOD_AT_LEAST = 20
FLOOD_TIMES = 10
CHURN_AT_LEAST = 5
CHURN_PART = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """One word, and what an admin reads."""

    kind: str
    message: str


def quiet(poll: PollState, now: datetime) -> Oddity | None:
    """That nothing new came for ten times the usual gap, and at least three days."""
    if poll.gap is None or poll.last_new_at is None:
        return None
    silent = now - poll.last_new_at
    if silent <= max(poll.gap * QUIET_GAPS, QUIET_AT_LEAST):
        return None
    return Oddity(
        kind=QUIET,
        message=f"has brought nothing new for {_span(silent)}; before, something came about every {_span(poll.gap)}."
        " Look whether its feed has moved.",
    )


def noticed(
    before: PollState, after: PollState, *, entries: int, new: int, renamed: int, is_read: bool, now: datetime
) -> Oddity | None:
    """What is odd after a poll that succeeded; `renamed` are known articles under other ids than before.

    A poll that read no document (`is_read`) says nothing about flood or churn: what was odd stays.
    """
    if not is_read and before.oddity in (FLOOD, CHURN):
        return Oddity(kind=before.oddity, message="")
    if is_read and before.is_imported:
        if renamed >= CHURN_AT_LEAST and renamed >= entries * CHURN_PART:
            return Oddity(
                kind=CHURN,
                message=f"gave {renamed} of {entries} known articles other ids. Nothing was published twice;"
                " tell the people who run it.",
            )
        usual = _expected(before, now)
        if new >= FLOOD_AT_LEAST and new > usual * FLOOD_TIMES:
            return Oddity(
                kind=FLOOD,
                message=f"brought {new} articles at once, where about {max(round(usual), 1)} would be usual."
                " Look at them; pause it if they are not wanted.",
            )
    return quiet(after, now)


def _expected(poll: PollState, now: datetime) -> float:
    if poll.gap is None or poll.last_ok_at is None:
        return FLOOD_AT_LEAST
    return (now - poll.last_ok_at) / poll.gap + 1


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    if hours < 2:
        return f"{round(span.total_seconds() / 60)} minutes"
    return f"{round(hours)} hours" if hours < 48 else f"{round(hours / 24)} days"
