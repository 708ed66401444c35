"""Notices that the system clock was ahead, puts back the future times that it left in the store, and opens an alert."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from db.store import Store

AHEAD_MOST = timedelta(minutes=2)
"""Clocks of several machines may differ by so much; a time further ahead is wrong."""
CLOCK = "clock"
SHOWN_FOR = timedelta(hours=1)

log = logging.getLogger("feedwright.clock")


def ahead(store: Store, now: datetime) -> timedelta | None:
    """How far the newest sign of life lies in the future; None if that is nothing to speak of."""
    newest = max((at for at, _ in store.kept.beats().values()), default=now)
    return newest - now if newest - now > AHEAD_MOST else None


def mend_clock(store: Store, now: datetime) -> bool:
    """Puts back the times that a clock ahead of `now` left behind, and opens an alert; True if it did."""
    by = ahead(store, now)
    if by is None:
        for alert in store.alerts.open_ones():
            if alert.kind == CLOCK and now - alert.opened_at >= SHOWN_FOR:
                store.alerts.close(CLOCK, "", now)
        return False
    with store.write():
        count = store.upkeep.put_back_future(now=now, by=by)
        message = (
            f"A clock was ahead by {_in_words(by)}, or this one is behind. The times that it left behind were put"
            f" right ({count} sources). Set the clock of each machine by NTP (timedatectl set-ntp true)."
        )
        store.alerts.open(CLOCK, "", message, now)
    log.warning(message)
    return True


def _in_words(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours" if minutes < 48 * 60 else f"{round(minutes / 1440)} days"
