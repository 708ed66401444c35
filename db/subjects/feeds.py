"""The store's feeds: at their slugs, what stands in them, their seq, their bytes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db import (
    archives,
    article_changes,
    articles,
    feed_states,
    feeds,
    memberships,
    mixes,
    pins,
    rendered,
    retold,
    saving,
    slugs,
    touched,
    withdrawals,
)
from db.mixes import ResolvedMix, ResolvedTerm
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.model.articles import Article
from feeds.model.mixes import FEED_KINDS, mix_title, parse_mix
from feeds.model.outgoing import (
    ArticleChange,
    FeedInfo,
    FeedKey,
    FeedKind,
    FeedPage,
    FormerState,
    RenderedFeed,
)

MOST_ENDED = 20
"""How many withdrawn articles the document of a feed still mentions."""


class Feeds(Subject):
    """Our feeds: what stands in them, their sequence, their bytes."""

    def slug_now(self, kind: FeedKind, slug: str) -> str | None:
        """The present slug of what is, or was, known by this one."""
        return slugs.current(self.engine, kind, slug)

    def slug_given_at(self, kind: FeedKind, slug: str) -> datetime | None:
        """Since when the slug is the present one."""
        return slugs.given_at(self.engine, kind, slug)

    def slugs_after(self, kind: FeedKind, slug: str, *, most: int) -> list[str]:
        """All slugs of that kind, former ones and those given up too, that stand after this one in the alphabet."""
        return slugs.after(self.engine, kind, slug, most=most)

    def info(self, key: FeedKey) -> FeedInfo | None:
        """The feed of that key; of an archive document, where there is one of that number."""
        if key.kind == "query":
            mix = self.mix(key)
            return _mix_info(key, mix, feeds.site_uuid(self.engine)) if mix is not None else None
        self._begin_all()
        if key.kind == "changes":
            return self._changes_info()
        found = feeds.info(self.engine, key.whole())
        if found is None or not 0 <= key.archive <= found.archive_count:
            return None
        return replace(found, key=key)

    def site_uuid(self) -> uuid.UUID:
        """The site's own id, from which the ids of feeds are made."""
        return feeds.site_uuid(self.engine)

    def found(self, query: str, folded_query: str, articles: Sequence[Article]) -> FeedPage:
        """A search as a feed. Its id comes from the folded words, so that case and marks make no other feed."""
        self._begin_all()
        whole = mixes.all_feed(self.engine)
        moments = [max(one.updated_at, one.first_seen_at) for one in articles]
        info = FeedInfo(
            key=FeedKey(kind="search", slug=query),
            feed_urn=feeds.urn_of(self.engine, f"search/{folded_query}"),
            title=f"“{query}”",
            article_count=len(articles),
            changed_at=max(moments, default=whole.changed_at),
        )
        return FeedPage(info=info, articles=tuple(articles))

    def id_of(self, key: FeedKey) -> int | None:
        """The number of the feed with that present key, which it keeps through renames."""
        self._begin_all()
        return feeds.id_of(self.engine, key)

    def of_ids(self, ids: Sequence[int]) -> dict[int, FeedInfo]:
        """By their numbers, those of these feeds that anybody may read."""
        found: dict[int, FeedInfo] = {}
        for one in dict.fromkeys(ids):
            if listed := feeds.of_ids(self.engine, [one]):
                found[one] = listed[0]
        return found

    def mix(self, key: FeedKey) -> ResolvedMix | None:
        """The mix of that key with the feeds that it names; None if one of its words is unknown."""
        self._begin_all()
        terms: list[ResolvedTerm] = []
        for term in parse_mix(key.slug).terms:
            kind = FEED_KINDS.get(term.kind)
            named = mixes.named_feeds(self.engine, kind, term.words) if kind is not None else {}
            if kind is not None and any(word not in named or named[word].slug != word for word in term.words):
                return None
            terms.append(
                ResolvedTerm(term=term, feeds=tuple(named[word] for word in term.words if word in named))
            )
        return ResolvedMix(terms=tuple(terms), all_feed=mixes.all_feed(self.engine))

    def every(self, kind: FeedKind | None = None) -> tuple[FeedInfo, ...]:
        """Feeds that can be subscribed to."""
        self._begin_all()
        return feeds.every(self.engine, kind)

    def each(self, kind: FeedKind | None = None) -> Iterator[FeedInfo]:
        """The same one by one: what is written of all of them need not hold them all."""
        self._begin_all()
        yield from feeds.each(self.engine, kind)

    def page(
        self, key: FeedKey, *, entries: int, window: timedelta, most: int, is_linked: bool = False
    ) -> FeedPage | None:
        """The newest `entries` and everything within `window` of the newest, at most `most`.

        With `is_linked`, what a document has to hold that leads on to archive documents: also what has joined since the
        last of them was closed, so that nothing falls between, and what was taken out. Of an archive document, what
        stands in it.
        """
        # Within a reading transaction PostgreSQL could not begin it.
        self._begin_all()
        with self.engine.read():
            found = self.info(key)
            if found is None:
                return None
            if key.kind == "query":
                mix = self.mix(key)
                assert mix is not None
                ids = mixes.page(self.engine, mix, entries=entries, window=window, most=most)
                return FeedPage(info=found, articles=articles.by_ids(self.engine, ids))
            if key.kind == "changes":
                return FeedPage(info=found, articles=(), changes=self.changes(most=entries))
            feed_id = feeds.id_of(self.engine, key.whole())
            assert feed_id is not None
            if key.archive:
                return self._archive(found, feed_id)
            ids = memberships.page(self.engine, feed_id, entries=entries, window=window, most=most)
            if not is_linked:
                return FeedPage(info=found, articles=articles.by_ids(self.engine, ids))
            chosen = set(ids)
            late = [one for one in archives.open_articles(self.engine, feed_id) if one not in chosen]
            shown = articles.by_ids(self.engine, [*ids, *late])
            if late:
                shown = tuple(sorted(shown, key=lambda one: (one.sort_at, one.id), reverse=True))
            left = memberships.left_lately(self.engine, feed_id, most=MOST_ENDED)
            return FeedPage(info=found, articles=shown, ended=withdrawals.ended(self.engine, left))

    def changes(self, *, most: int, before: tuple[datetime, int] | None = None) -> tuple[ArticleChange, ...]:
        """Corrections and withdrawals of what everybody may read, newest first; those before a time and article id."""
        place = (to_ms(before[0]), before[1]) if before is not None else (2**62, 0)
        rows = article_changes.newest(self.engine, before=place, most=most)
        ids = list(dict.fromkeys(row["article_id"] for row in rows if row["what"] != "withdrawn"))
        shown = {one.id: one for one in articles.by_ids(self.engine, ids)}
        site = feeds.site_uuid(self.engine)
        return tuple(
            ArticleChange(
                urn=f"urn:uuid:{uuid.uuid5(site, 'change/{article_id}/{what}/{at}'.format(**row))}",
                article_id=row["article_id"],
                at=from_ms(row["at"]),
                what=row["what"],
                note=row["note"],
                article=shown.get(row["article_id"]),
            )
            for row in rows
            if row["what"] == "withdrawn" or row["article_id"] in shown
        )

    def _changes_info(self) -> FeedInfo:
        whole, last = mixes.all_feed(self.engine), self.changes(most=1)
        return FeedInfo(
            key=FeedKey(kind="changes"),
            feed_urn=feeds.urn_of(self.engine, "changes"),
            title="Corrections and withdrawals",
            article_count=len(last),
            changed_seq=whole.changed_seq,
            changed_at=last[0].at if last else whole.changed_at,
        )

    def _archive(self, info: FeedInfo, feed_id: int) -> FeedPage | None:
        ids = archives.articles_of(self.engine, feed_id, info.key.archive)
        if ids is None:
            return None
        stored = articles.by_ids(self.engine, ids)
        shown = tuple(one for one in stored if one.status == "published" and not one.source.is_private)
        return FeedPage(info=info, articles=shown, ended=withdrawals.ended(self.engine, ids))

    def page_before(
        self, key: FeedKey, *, sort_at: datetime, article_id: int, most: int
    ) -> tuple[Article, ...]:
        """Articles of the feed that stand after that place, newest first."""
        with self.engine.read():
            if key.kind == "query":
                mix = self.mix(key)
                place = {"sort_at": to_ms(sort_at), "article_id": article_id}
                found = mixes.before(self.engine, mix, most=most, **place) if mix is not None else []
                return articles.by_ids(self.engine, found)
            feed_id = feeds.id_of(self.engine, key)
            if feed_id is None:
                return ()
            ids = memberships.page_before(
                self.engine, feed_id, sort_at=to_ms(sort_at), article_id=article_id, most=most
            )
            return articles.by_ids(self.engine, ids)

    def pinned(self, key: FeedKey, most: int) -> tuple[Article, ...]:
        """Articles of the feed that people pinned, the last pinned first."""
        feed_id = feeds.id_of(self.engine, key)
        return articles.by_ids(self.engine, pins.of_feed(self.engine, feed_id, most=most)) if feed_id else ()

    def span(self, key: FeedKey) -> tuple[datetime, datetime] | None:
        """When the feed's oldest and newest articles stand; None if it is empty, or there is none."""
        feed_id = feeds.id_of(self.engine, key)
        found = memberships.span(self.engine, feed_id) if feed_id is not None else None
        return (from_ms(found[0]), from_ms(found[1])) if found else None

    def number_touched(self, now: datetime, most: int = 5000) -> int:
        """Gives committed touches their seq; returns how many."""
        if not self.engine.rows("SELECT 1 AS one FROM touched WHERE seq IS NULL LIMIT 1"):
            return 0
        return touched.number(self.engine, now, most)

    def retell(self, now: datetime, most: int) -> int:
        """Marks some articles as changed whose source, author or topic was renamed; returns how many."""
        if not self.engine.rows("SELECT 1 AS one FROM retold LIMIT 1"):
            return 0
        with self.write():
            return retold.go_on(self.engine, now, most)

    def seq(self) -> int:
        """The last seq given."""
        return touched.seq(self.engine)

    def rendered(self, key: FeedKey, format: str, recipe: str) -> tuple[int, RenderedFeed] | None:
        """The bytes last rendered with that recipe."""
        return rendered.kept(self.engine, key, format, recipe)

    def keep_rendered(
        self,
        key: FeedKey,
        format: str,
        recipe: str,
        changed_seq: int,
        feed: RenderedFeed,
        prints: Sequence[bytes] = (),
        *,
        within_s: float | None = None,
    ) -> RenderedFeed:
        """Keeps the bytes; same bytes keep their time. With the prints of the entries, for `former_state`.

        Raises StoreBusyError if the store cannot be written to within that time.
        """
        if key.kind in ("query", "changes"):
            # Anybody may make up a query: stored, these would grow without end. The feed of changes has no row in `feeds`.
            return feed
        with self.write(within_s=within_s):
            return rendered.keep(self.engine, key, format, recipe, changed_seq, feed, prints)

    def former_state(
        self, key: FeedKey, format: str, tags: Sequence[str], present: str
    ) -> FormerState | None:
        """The latest state of the feed that one of the tags stands for; None if the present tag is another by now."""
        feed_id = feeds.id_of(self.engine, key)
        if feed_id is None:
            return None
        return feed_states.former(self.engine, feed_id, format, tags, present)

    def prune_rendered(self, *, before: datetime, most: int) -> int:
        """Lets go of rendered bytes that nobody has asked for since then; returns how many."""
        with self.write():
            return rendered.prune(self.engine, before=before, most=most)

    def count_unread(self, *, before: datetime) -> int:
        """How many documents are kept that nobody has asked for since then."""
        return rendered.count_unread(self.engine, before=before)

    def prune_states(self, *, before: datetime) -> int:
        """Lets go of states that ended before then; returns how many."""
        with self.write():
            return feed_states.prune(self.engine, before=before)

    def largest(self, kind: FeedKind, *, most: int) -> tuple[FeedInfo, ...]:
        """The feeds of that kind that hold the most articles."""
        return feeds.largest(self.engine, kind, most=most)

    def find(
        self, kind: FeedKind, words: str, *, most: int, offset: int = 0
    ) -> tuple[int, tuple[FeedInfo, ...]]:
        """Feeds of that kind whose titles or slugs hold the words, the largest first; and how many there are."""
        return feeds.find(self.engine, kind, words, most=most, offset=offset)

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
        """True if the feed exists and is not public."""
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
        """Lets go of changes published before then, up to that seq; returns how many."""
        with self.write():
            return touched.prune(self.engine, before=before, upto=upto, most=most)

    def _begin_all(self) -> None:
        """The feed of everything exists before the first article does."""
        if not self.engine.rows("SELECT 1 AS one FROM feeds WHERE kind = 'all'"):
            with self.write():
                saving.feed_all(self.engine, from_ms(0))


def _mix_info(key: FeedKey, mix: ResolvedMix, site: uuid.UUID) -> FeedInfo:
    named = tuple(
        (one.term, tuple(feed.title for feed in one.feeds) or tuple(word.upper() for word in one.term.words))
        for one in mix.terms
    )
    return FeedInfo(
        key=key,
        feed_urn=mix.urn(site),
        title=mix_title(named),
        terms=named,
        changed_seq=max(feed.changed_seq for feed in mix.named),
        changed_at=max(feed.changed_at for feed in mix.named),
    )
