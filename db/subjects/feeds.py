"""The store's feeds: at their slugs, what stands in them, their seq, their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from db import (
    articles,
    feeds,
    memberships,
    rendered,
    saving,
    slugs,
    touched,
)
from db.subject import Subject
from feeds.clock import from_ms
from feeds.model.outgoing import FeedInfo, FeedKey, FeedKind, FeedPage, RenderedFeed


class Feeds(Subject):
    """Our feeds: what stands in them, their sequence, their bytes."""

    def slug_now(self, kind: FeedKind, slug: str) -> str | None:
        """The present slug of what is, or was, known by this one."""
        return slugs.current(self.engine, kind, slug)

    def slug_given_at(self, kind: FeedKind, slug: str) -> datetime | None:
        """Since when the slug is the present one."""
        return slugs.given_at(self.engine, kind, slug)

    def info(self, key: FeedKey) -> FeedInfo | None:
        """The feed of that key."""
        self._begin_all()
        return feeds.info(self.engine, key)

    def every(self, kind: FeedKind | None = None) -> tuple[FeedInfo, ...]:
        """Feeds that can be subscribed to."""
        self._begin_all()
        return feeds.every(self.engine, kind)

    def page(self, key: FeedKey, *, entries: int, window: timedelta, most: int) -> FeedPage | None:
        """The newest `entries` and everything within `window` of the newest, at most `most`."""
        self._begin_all()
        with self.engine.read():
            found = feeds.info(self.engine, key)
            feed_id = feeds.id_of(self.engine, key)
            if found is None or feed_id is None:
                return None
            ids = memberships.page(self.engine, feed_id, entries=entries, window=window, most=most)
            return FeedPage(info=found, articles=articles.by_ids(self.engine, ids))

    def number_touched(self, now: datetime, most: int = 5000) -> int:
        """Gives committed touches their seq; answers how many."""
        if not self.engine.rows("SELECT 1 AS one FROM touched WHERE seq IS NULL LIMIT 1"):
            return 0
        return touched.number(self.engine, now, most)

    def seq(self) -> int:
        """The last seq given."""
        return touched.seq(self.engine)

    def rendered(self, key: FeedKey, format: str, recipe: str) -> tuple[int, RenderedFeed] | None:
        """The bytes last rendered with that recipe."""
        return rendered.kept(self.engine, key, format, recipe)

    def keep_rendered(
        self, key: FeedKey, format: str, recipe: str, changed_seq: int, feed: RenderedFeed
    ) -> RenderedFeed:
        """Keeps the bytes; same bytes keep their time."""
        with self.write():
            return rendered.keep(self.engine, key, format, recipe, changed_seq, feed)

    def note_read(self, keys: Sequence[FeedKey], now: datetime) -> None:
        """These feeds were asked for."""
        with self.write():
            feeds.note_read(self.engine, keys, now)

    def stale(self, *, read_since: datetime, recipe: str, most: int) -> tuple[FeedKey, ...]:
        """Feeds read lately whose kept bytes are older than what they hold."""
        return feeds.stale(self.engine, read_since=read_since, recipe=recipe, most=most)

    def _begin_all(self) -> None:
        """The feed of everything exists before the first article does."""
        if not self.engine.rows("SELECT 1 AS one FROM feeds WHERE kind = 'all'"):
            with self.write():
                saving.feed_all(self.engine, from_ms(0))
