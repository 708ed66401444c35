"""The list of all our feeds, written once for all who ask: as OPML, and how many there are of each kind."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

from feeds.clock import Clock
from feeds.model.outgoing import FeedKind, SiteInfo
from feeds.publish.formats.opml import MEDIA_TYPE, write_opml
from web.server.conditional import Representation, represent
from web.server.stores import StorePerThread

KEEP = timedelta(seconds=5)
REST_TIMES = 20
"""A list that takes long to write rests for this many times as long before it is written again."""


class FeedLists:
    """What is remembered of the list of feeds in this process."""

    def __init__(self, *, stores: StorePerThread, site: SiteInfo, clock: Clock) -> None:
        self._stores, self._site, self._clock = stores, site, clock
        self._sizes: dict[FeedKind, tuple[datetime, int]] = {}
        self._opml: Representation | None = None
        self._mark: tuple[int, int] | None = None
        self._rests_until = 0.0
        self._lock = threading.Lock()

    def size(self, kind: FeedKind) -> int:
        """How many feeds of that kind there are, a few seconds old at most."""
        now = self._clock()
        remembered = self._sizes.get(kind)
        if remembered is not None and timedelta(0) <= now - remembered[0] < KEEP:
            return remembered[1]
        found = self._stores.get().feeds.count(kind)
        self._sizes[kind] = (now, found)
        return found

    def opml(self) -> Representation:
        """Every feed as OPML; written anew when the list, or a title in it, has changed."""
        store = self._stores.get()
        mark = store.feeds.mark()
        with self._lock:
            if self._opml is None or (mark != self._mark and time.monotonic() >= self._rests_until):
                began = time.monotonic()
                self._opml = represent(write_opml(store.feeds.each(), self._site), MEDIA_TYPE)
                self._mark = mark
                self._rests_until = time.monotonic() + REST_TIMES * (time.monotonic() - began)
            return self._opml
