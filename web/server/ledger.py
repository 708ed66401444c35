"""What this process answered to partners, gathered in memory and written into the ledger together, off the request path."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import date
from typing import Any

from db.store import Store
from feeds.errors import StoreError
from feeds.model.statements import LedgerEntry

MOST_KNOWN, MOST_WAITING = 50_000, 200_000

log = logging.getLogger(__name__)


class Ledger:
    """Entries that wait to be written, and which of today's are written already."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[LedgerEntry] = []
        self._known: set[tuple[Any, ...]] = set()
        self._day: date | None = None

    def note(self, entries: Iterable[LedgerEntry]) -> None:
        """Keeps what is new today for the next writing."""
        with self._lock:
            for one in entries:
                if one.at.date() != self._day or len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                    self._day = one.at.date()
                key = (one.partner_id, one.event, one.feed, one.urn, one.seq)
                if key in self._known:
                    continue
                self._known.add(key)
                if len(self._waiting) < MOST_WAITING:
                    self._waiting.append(one)
                elif len(self._waiting) == MOST_WAITING:
                    log.error("the ledger of partners cannot be written for long: entries are lost")

    def flush(self, store: Store) -> None:
        """Writes what waits; while the store takes nothing, it waits on."""
        if not self._waiting:
            return
        with self._lock:
            waiting, self._waiting = self._waiting, []
        try:
            store.ledger.add(waiting)
        except StoreError as error:
            log.warning("what partners fetched is written down later: %s", error)
            with self._lock:
                self._waiting = waiting + self._waiting
