"""What entered or changed in a feed since a reader had it last, for `A-IM: feed` (RFC 3229): made once, held for others."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass

from feeds.actions.publishing.publish import Renderer
from feeds.clock import Clock
from feeds.errors import FeedwrightError
from feeds.model.outgoing import FeedKey, Format, SiteInfo
from feeds.model.settings import PublishSettings
from web.server.conditional import Representation, represent, tags_of
from web.server.stores import StorePerThread

FORMATS: tuple[Format, ...] = ("atom", "rss", "jsonfeed")
"""What feed readers take."""
MOST_TAGS = 10
"""Of one request that are looked for."""
TAG_CHARS = 64
"""Ours have half of them."""
MOST_BYTES = 16_000_000
PATIENCE = 1.0
"""Seconds that a reader waits for a part; then the whole is sent."""
_Place = tuple[FeedKey, Format, str, str]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """A part of a feed, under the tag of the whole."""

    shown: Representation
    since: str
    """The tag of the state that the reader has."""


class Partials:
    """The parts that this process made lately, for readers that come from the same state to the same one."""

    def __init__(
        self,
        *,
        stores: StorePerThread,
        site: SiteInfo,
        publish: PublishSettings,
        clock: Clock,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._stores, self._site, self._publish, self._clock = stores, site, publish, clock
        self._most_bytes = most_bytes
        self._held: OrderedDict[_Place, Partial | None] = OrderedDict()
        self._bytes = 0
        self._lock, self._making = threading.Lock(), threading.Lock()

    def get(self, key: FeedKey, format: Format, whole: Representation, if_none_match: str) -> Partial | None:
        """What the reader with one of these tags lacks of `whole`; None if the whole has to be sent."""
        if key.archive or key.kind in ("query", "changes") or format not in FORMATS:
            return None
        tags = tuple(one for one in tags_of(if_none_match) if len(one) <= TAG_CHARS)[:MOST_TAGS]
        if not tags:
            return None
        place = (key, format, whole.etag, " ".join(tags))
        if self._has(place):
            return self._of(place)
        # Of many readers that arrive at once one makes it, the others wait for it a moment.
        if not self._making.acquire(timeout=PATIENCE):
            return None
        try:
            if not self._has(place):
                self._hold(place, self._made(key, format, whole, tags))
            return self._of(place)
        except FeedwrightError as fault:
            # The whole is in memory, and good for everybody.
            log.warning("a part of %s could not be made, the whole is sent: %s", key.path(), fault)
            self._stores.drop()
            return None
        finally:
            self._making.release()

    def _has(self, place: _Place) -> bool:
        return place in self._held

    def _of(self, place: _Place) -> Partial | None:
        with self._lock:
            if place in self._held:
                self._held.move_to_end(place)
            return self._held.get(place)

    def _made(
        self, key: FeedKey, format: Format, whole: Representation, tags: tuple[str, ...]
    ) -> Partial | None:
        renderer = Renderer(
            self._stores.get(), site=self._site, publish=self._publish, now=self._clock(), is_keeping=False
        )
        found = renderer.since(key, format, tags, whole.etag)
        if found is None:
            return None
        since, made = found
        shown = represent(
            made.body, made.media_type, etag=whole.etag, changed_at=whole.changed_at, links=whole.links
        )
        return Partial(shown=shown, since=since)

    def _hold(self, place: _Place, partial: Partial | None) -> None:
        with self._lock:
            self._held[place] = partial
            self._bytes += _size(partial)
            while self._bytes > self._most_bytes and len(self._held) > 1:
                _, oldest = self._held.popitem(last=False)
                self._bytes -= _size(oldest)


def _size(partial: Partial | None) -> int:
    return 500 + (len(partial.shown.body) + len(partial.shown.gzipped or b"") if partial else 0)
