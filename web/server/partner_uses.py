"""Requests of partners by day, counted in this process and written into the store now and then."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from db.store import Store
from feeds.errors import StoreError

FLUSH_AFTER, FLUSH_EVERY = 20, timedelta(seconds=10)
"""They are written down after so many, or so long."""
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Count:
    since: datetime
    stored: int | None = None
    """What the store holds, with the requests to other processes; None before it was asked."""
    pending: int = 0


class PartnerUses:
    """How many requests each partner made on a day."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[int, date], _Count] = {}

    def count(self, store: Store, partner_id: int, now: datetime) -> int:
        """Counts a request; returns how many of today are known."""
        key = (partner_id, now.date())
        with self._lock:
            one = self._counts.setdefault(key, _Count(since=now))
            one.pending += 1
            is_due = one.stored is None or one.pending >= FLUSH_AFTER or now - one.since >= FLUSH_EVERY
        if is_due:
            self._write(store, key, one, now)
        with self._lock:
            return (one.stored or 0) + one.pending

    def flush(self, store: Store, now: datetime, *, is_last: bool = False) -> None:
        """Writes what has waited for long; all of it where the process ends."""
        with self._lock:
            counts = list(self._counts.items())
        for key, one in counts:
            if one.pending and (is_last or now - one.since >= FLUSH_EVERY):
                self._write(store, key, one, now)
        with self._lock:
            for key, one in counts:
                if key[1] != now.date() and not one.pending:
                    self._counts.pop(key, None)

    def _write(self, store: Store, key: tuple[int, date], one: _Count, now: datetime) -> None:
        with self._lock:
            written, one.pending, one.since = one.pending, 0, now
        try:
            total = store.partners.note_use(*key, written)
        except StoreError as error:
            # Reading goes on while nothing can be written; what was counted is written later.
            log.warning("requests of a partner could not be written down: %s", error)
            with self._lock:
                one.pending += written
            return
        with self._lock:
            one.stored = max(one.stored or 0, total)
