"""The only caller of the system clock; everybody else is handed `now`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """The present moment as an aware UTC time, cut to milliseconds as the store keeps them."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 (UTC), rounded down; the store's form of a time."""
    since = moment - EPOCH
    # A division of spans costs three times as much, and an article has ten moments.
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def from_ms(ms: int) -> datetime:
    """The aware UTC time of a stored number of milliseconds."""
    return EPOCH + timedelta(milliseconds=ms)
