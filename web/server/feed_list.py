"""The list of all our feeds: as OPML, made once for all who ask, and how many there are of each kind."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.clock import Clock
from feeds.memory import give_back
from feeds.model.outgoing import FeedKind, SiteInfo
from feeds.publish.formats.opml import MEDIA_TYPE, write_opml
from web.server.conditional import Representation, represent
from web.server.stores import StorePerThread

KEEP = timedelta(seconds=5)
REST_TIMES = 20
"""A list that takes long to write rests for this many times as long before it is written again."""

LARGE = 1_000_000
"""Bytes of a list whose writing leaves memory behind: of 120,000 feeds 30 MB."""


class FeedLists:
    """What is remembered of the list of feeds in this process."""

    def __init__(self, *, stores: StorePerThread, site: SiteInfo, clock: Clock) -> None:
        self._stores, self._site, self._clock = stores, site, clock
        self._sizes: dict[FeedKind, tuple[datetime, int]] = {}
        self._opml: dict[FeedKind | None, _List] = {}
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

    def opml(self, group: FeedKind | None = None) -> Representation:
        """Every feed, or those of one kind, as OPML; written anew when the list, or a title in it, has changed."""
        store = self._stores.get()
        mark = store.feeds.mark()
        with self._lock:
            kept = self._opml.get(group)
            if kept is None or (mark != kept.mark and time.monotonic() >= kept.rests_until):
                began = time.monotonic()
                shown = represent(write_opml(store.feeds.each(group), self._site, group=group), MEDIA_TYPE)
                if len(shown.body) >= LARGE:
                    give_back()
                now = time.monotonic()
                kept = _List(shown=shown, mark=mark, rests_until=now + REST_TIMES * (now - began))
                self._opml[group] = kept
            return kept.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    shown: Representation
    mark: tuple[int, int]
    rests_until: float
