"""The store's feeds: at their slugs, what stands in them, their seq, their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from feeds.clock import from_ms, to_ms
from feeds.model.articles import Article
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

    def each(self, kind: FeedKind | None = None) -> Iterator[FeedInfo]:
        """The same one by one: what is written of all of them need not hold them all."""
        self._begin_all()
        yield from feeds.each(self.engine, kind)

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

    def page_before(
        self, key: FeedKey, *, sort_at: datetime, article_id: int, most: int
    ) -> tuple[Article, ...]:
        """Articles of the feed that stand after that place, newest first."""
        with self.engine.read():
            feed_id = feeds.id_of(self.engine, key)
            if feed_id is None:
                return ()
            ids = memberships.page_before(
                self.engine, feed_id, sort_at=to_ms(sort_at), article_id=article_id, most=most
            )
            return articles.by_ids(self.engine, ids)

    def span(self, key: FeedKey) -> tuple[datetime, datetime] | None:
        """When the feed's oldest and newest articles stand; None where it is empty, or there is none."""
        feed_id = feeds.id_of(self.engine, key)
        found = memberships.span(self.engine, feed_id) if feed_id is not None else None
        return (from_ms(found[0]), from_ms(found[1])) if found else None

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

    def largest(self, kind: FeedKind, *, most: int) -> tuple[FeedInfo, ...]:
        """The feeds of that kind that hold the most articles."""
        return feeds.largest(self.engine, kind, most=most)

    def by_title(self, kind: FeedKind, *, most: int, offset: int = 0) -> tuple[FeedInfo, ...]:
        """A page of the feeds of that kind, by their titles."""
        return feeds.by_title(self.engine, kind, most=most, offset=offset)

    def similar(self, kind: FeedKind, slug: str, *, most: int) -> tuple[FeedInfo, ...]:
        """Feeds of that kind whose slugs stand near this one in the alphabet: at most twice as many."""
        return feeds.similar(self.engine, kind, slug, most=most)

    def count(self, kind: FeedKind) -> int:
        """How many feeds of that kind there are."""
        return feeds.count(self.engine, kind)

    def is_hidden(self, key: FeedKey) -> bool:
        """True where the feed is there and nobody's to read."""
        return feeds.is_hidden(self.engine, key)

    def mark(self) -> tuple[int, int]:
        """Changes whenever the list of feeds, or a title in it, does."""
        return feeds.mark(self.engine)

    def note_read(self, read: Sequence[tuple[FeedKey, str]], now: datetime) -> None:
        """These feeds were asked for, each in a format."""
        with self.write():
            feeds.note_read(self.engine, read, now)

    def stale(
        self, *, read_since: datetime, rendered_before: datetime, recipe: str, most: int
    ) -> tuple[tuple[FeedKey, str], ...]:
        """Feeds read lately, each in a format, whose kept bytes are older than what they hold.

        Those rendered since `rendered_before` wait, unless an article has left them: these come first.
        """
        return feeds.stale(
            self.engine,
            read_since=read_since,
            rendered_before=rendered_before,
            recipe=recipe,
            most=most,
        )

    def prune_touched(self, *, before: datetime, upto: int, most: int) -> int:
        """Lets go of changes published before then, up to that seq; answers how many."""
        with self.write():
            return touched.prune(self.engine, before=before, upto=upto, most=most)

    def _begin_all(self) -> None:
        """The feed of everything exists before the first article does."""
        if not self.engine.rows("SELECT 1 AS one FROM feeds WHERE kind = 'all'"):
            with self.write():
                saving.feed_all(self.engine, from_ms(0))
