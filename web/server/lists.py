"""The lists of all our feeds, remembered for a moment: counting every feed's articles is dear."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.clock import Clock
from feeds.model.outgoing import FeedInfo, FeedKind
from web.server.stores import StorePerThread

KEEP = timedelta(seconds=5)


class FeedLists:
    """All feeds of a kind, at most a few seconds old."""

    def __init__(self, *, stores: StorePerThread, clock: Clock, keep: timedelta = KEEP) -> None:
        self._stores, self._clock, self._keep = stores, clock, keep
        self._lists: dict[FeedKind | None, tuple[datetime, tuple[FeedInfo, ...]]] = {}

    def get(self, kind: FeedKind | None = None) -> tuple[FeedInfo, ...]:
        """The feeds of that kind, or all, by kind and title."""
        now = self._clock()
        remembered = self._lists.get(kind)
        if remembered is not None and timedelta(0) <= now - remembered[0] < self._keep:
            return remembered[1]
        infos = self._stores.get().feeds.every(kind)
        self._lists[kind] = (now, infos)
        return infos
