"""Feeds in memory, ready to be sent: the request path asks no store for what is held here.

One thread for each process reads the store's one-row sequence every 250 ms and puts right what
changed. While the store is busy, or a feed cannot be written, the last good bytes are served.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.actions.publishing.publish import Renderer, links_of
from feeds.clock import Clock
from feeds.errors import FeedwrightError, RenderError
from feeds.model.outgoing import FeedKey, Format, SiteInfo
from feeds.model.settings import PublishSettings
from web.server.conditional import Representation, represent
from web.server.stores import StorePerThread

TICK = 0.25
MOST_BYTES = 64_000_000
NOTE_EVERY = timedelta(seconds=30)
"""How often the store hears which feeds were read; the publish tick renders those ahead."""
KEEP_WITHIN_S = 1.0
"""A reader waits no longer than this for others that write; the bytes are then shown without being kept."""
_STRIPES = 64

log = logging.getLogger(__name__)
_Place = tuple[FeedKey, Format]


@dataclass(slots=True, kw_only=True)
class _Entry:
    shown: Representation
    changed_seq: int
    """What the feed's own was when the bytes were asked for."""
    checked_seq: int
    """The sequence up to which these bytes are known to be right."""
    read_no: int
    is_read: bool = True
    waits_since: datetime | None = None
    """Since when it is left to the scheduler, which renders ahead what is read, to make the new bytes."""


class FeedCache:
    """The rendered feeds of this process; with `is_keeping` False, none is held or stored: each is made and handed out."""

    def __init__(
        self,
        *,
        stores: StorePerThread,
        site: SiteInfo,
        publish: PublishSettings,
        clock: Clock,
        on_tick: Callable[[datetime], None] | None = None,
        most_bytes: int = MOST_BYTES,
        patience: timedelta = timedelta(0),
        is_keeping: bool = True,
    ) -> None:
        self._stores, self._site, self._publish, self._clock = stores, site, publish, clock
        self._on_tick, self._most_bytes, self._patience = on_tick, most_bytes, patience
        self._is_keeping = is_keeping
        self._passing = None if is_keeping else self._renderer()
        self._held: dict[_Place, _Entry] = {}
        self._bytes = 0
        self._lock = threading.Lock()
        self._loading = [threading.Lock() for _ in range(_STRIPES)]
        self._seq = -1
        self._read_no = 0
        self._read: set[_Place] = set()
        self._has_new_places = False
        self._noted_at: datetime | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def kept(self, key: FeedKey, format: Format) -> Representation | None:
        """The feed if it is in memory; asks no store."""
        entry = self._held.get((key, format))
        if entry is None:
            return None
        self._read_no += 1
        entry.read_no, entry.is_read = self._read_no, True
        self._read.add((key, format))
        return entry.shown

    def get(self, key: FeedKey, format: Format) -> Representation | None:
        """The feed from memory, else from the store; None if there is no such feed."""
        place = (key, format)
        shown = self.kept(key, format)
        if shown is None:
            # Of many readers that arrive at once one renders, the others wait for it.
            with self._loading[hash(place) % _STRIPES]:
                shown = self.kept(key, format) or self._load(place)
        return shown

    def refresh(self) -> None:
        """Puts right what changed since the last call; what nobody read meanwhile is let go."""
        store = self._stores.get()
        seq = store.feeds.seq()
        if seq < self._seq:
            # An older copy of the database was put back: what is held shows what no longer is.
            for place in list(self._held):
                self._drop(place)
        seqs: dict[FeedKey, int | None] = {}
        renderer = self._renderer()
        for place, entry in sorted(self._held.items(), key=lambda item: item[0][0].path()):
            if entry.checked_seq >= seq:
                continue
            key = place[0]
            if key not in seqs:
                info = store.feeds.info(key)
                seqs[key] = info.changed_seq if info is not None else None
            if seqs[key] == entry.changed_seq:
                entry.checked_seq = seq
            elif seqs[key] is None or not entry.is_read:
                self._drop(place)
            else:
                self._reload(place, entry, seq, seqs[key] or 0, renderer)
        self._seq = seq
        self._note_reads()
        if self._on_tick is not None:
            self._on_tick(self._clock())

    def size(self) -> tuple[int, int]:
        """How many feeds are held, and their bytes."""
        return len(self._held), self._bytes

    def start(self) -> None:
        """Starts the thread that keeps this cache right."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="feed-cache", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        is_failing = False
        while not self._stop.wait(TICK):
            try:
                self.refresh()
                is_failing = False
            except FeedwrightError as fault:
                if not is_failing:
                    log.warning("feeds are served as they were last known: %s", fault)
                is_failing = True
                self._stores.drop()
            except Exception:
                # The root of a thread: were it to die, this process would serve old feeds for ever.
                if not is_failing:
                    log.exception("feeds are served as they were last known")
                is_failing = True
                self._stores.drop()
        self._stores.drop()

    def _load(self, place: _Place, renderer: Renderer | None = None) -> Representation | None:
        checked_seq = self._seq
        key, format = place
        store = self._stores.get()
        info = store.feeds.info(key)
        if info is None:
            return None
        maker = renderer or self._passing or self._renderer()
        feed = maker.feed(key, format)
        if feed is None:
            return None
        shown = represent(
            feed.body,
            feed.media_type,
            etag=feed.etag,
            changed_at=feed.changed_at,
            is_brief=not info.article_count,
            links=links_of(key, format, self._site),
            is_shared=True,
        )
        if not self._is_keeping:
            return shown
        self._read_no += 1
        self._read.add(place)
        self._has_new_places = True
        entry = _Entry(
            shown=shown, changed_seq=info.changed_seq, checked_seq=checked_seq, read_no=self._read_no
        )
        with self._lock:
            old = self._held.get(place)
            self._held[place] = entry
            self._bytes += _size(shown) - (_size(old.shown) if old is not None else 0)
            self._evict(keep=place)
        return shown

    def _renderer(self) -> Renderer:
        return Renderer(
            self._stores.get(),
            site=self._site,
            publish=self._publish,
            now=self._clock(),
            is_keeping=self._is_keeping,
            keep_within_s=KEEP_WITHIN_S,
        )

    def _reload(self, place: _Place, entry: _Entry, seq: int, wanted: int, renderer: Renderer) -> None:
        if self._is_left_to_others(place, entry, wanted, renderer):
            return
        try:
            self._load(place, renderer)
        except RenderError as fault:
            log.error("feed %s is served as it was: %s", place[0].path(), fault)
            entry.checked_seq = seq
            return
        renewed = self._held.get(place)
        if renewed is not None:
            renewed.checked_seq, renewed.is_read, renewed.read_no = seq, False, entry.read_no

    def _is_left_to_others(self, place: _Place, entry: _Entry, wanted: int, renderer: Renderer) -> bool:
        """True while the scheduler may still render it ahead: one process's work serves all."""
        if not self._patience or renderer.kept(*place, wanted) is not None:
            return False
        now = self._clock()
        entry.waits_since = entry.waits_since or now
        return now - entry.waits_since < self._patience

    def _drop(self, place: _Place) -> None:
        with self._lock:
            entry = self._held.pop(place, None)
            if entry is not None:
                self._bytes -= _size(entry.shown)

    def _evict(self, *, keep: _Place) -> None:
        while self._bytes > self._most_bytes and len(self._held) > 1:
            oldest = min((place for place in self._held if place != keep), key=self._age)
            self._bytes -= _size(self._held.pop(oldest).shown)

    def _age(self, place: _Place) -> int:
        return self._held[place].read_no

    def _note_reads(self) -> None:
        now = self._clock()
        is_early = self._noted_at is not None and now - self._noted_at < NOTE_EVERY
        if not self._read or (is_early and not self._has_new_places):
            return
        read, self._read = self._read, set()
        self._noted_at, self._has_new_places = now, False
        self._stores.get().feeds.note_read(sorted(read, key=lambda one: (one[0].path(), one[1])), now)


def _size(shown: Representation) -> int:
    return len(shown.body) + len(shown.gzipped or b"") + len(shown.brotlied or b"")
