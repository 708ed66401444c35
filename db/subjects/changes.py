"""The store's log of changes, what people decide over what sources say, and lists for those who decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from db import (
    article_lists,
    articles,
    author_lists,
    author_merges,
    changes,
    daily_counts,
    hand_picks,
    memberships,
    overrides,
    pins,
    polls,
    saving,
    slugs,
    source_lists,
    sources,
    topics,
)
from db.subject import Subject
from feeds.errors import NotFoundError
from feeds.model.articles import Article, Topic
from feeds.model.authors import Author
from feeds.model.incoming import Source
from feeds.model.kept import ArticleFilter, PollRow, SourceFilter, SourceRow, SourceTally
from feeds.model.leading import leading, taken_out
from feeds.model.outgoing import FeedKey
from feeds.model.people import Actor, Change, Effect, HandPick, Override, Step, Wording
from feeds.text.pictures import picture_key

_SHOWN_AS = {
    "correction": ("text", "dates"),
    "picture": ("pictures", "text"),
    "credit": ("pictures", "text"),
}
"""What partners are told that changed."""


class Changes(Subject):
    """What people change, and what they decide over what sources say."""

    def add_change(
        self,
        actor: Actor,
        *,
        kind: str,
        what: str,
        steps: Sequence[Step],
        effects: Sequence[Effect] = (),
        undoes_id: int | None = None,
        now: datetime,
    ) -> Change:
        """A new line of the log."""
        with self.write():
            return changes.add(
                self.engine,
                actor,
                kind=kind,
                what=what,
                steps=steps,
                effects=effects,
                undoes_id=undoes_id,
                now=now,
            )

    def change(self, change_id: int) -> Change | None:
        """One line of the log."""
        return changes.by_id(self.engine, change_id)

    def changes(
        self,
        *,
        who: str = "",
        kind: str = "",
        words: str = "",
        wordings: Mapping[str, Sequence[Wording]] | None = None,
        subject: str = "",
        most: int,
        offset: int = 0,
    ) -> tuple[Change, ...]:
        """The newest lines that fit; `wordings` holds for each of the words how lines are stored that a page says with it."""
        return changes.find(
            self.engine,
            who=who,
            kind=kind,
            words=words,
            wordings=wordings or {},
            subject=subject,
            most=most,
            offset=offset,
        )

    def later_changes(self, subjects: Sequence[str], after: int) -> tuple[Change, ...]:
        """Later changes of these subjects that nobody took back."""
        return changes.later(self.engine, subjects, after)

    def changers(self) -> tuple[str, ...]:
        """Everybody who changed something."""
        return changes.names(self.engine)

    def set_override(
        self,
        article_id: int,
        field: str,
        value: str | None,
        *,
        who: str,
        now: datetime,
        pictures: Sequence[str] | None = None,
    ) -> None:
        """Sets what the field of the article shows, and marks every feed that shows it as changed.

        A picture and its credit are set for the picture that leads now, or for `pictures`, as `Override` has them.
        """
        with self.write():
            if value is None:
                if field == "authors":
                    saving.give_authors_back(self.engine, article_id)
                overrides.drop(self.engine, article_id, field)
            else:
                of = self._pictures_meant(article_id, field) if pictures is None else pictures
                overrides.put(self.engine, article_id, field, value, who=who, now=now, pictures=of)
                if field == "authors":
                    saving.lay_authors(self.engine, article_id, value.splitlines(), now)
            fields = _SHOWN_AS.get(field, (field,))
            saving.settle(self.engine, article_id, now, is_changed=True, fields=fields)

    def _pictures_meant(self, article_id: int, field: str) -> Sequence[str]:
        if field not in overrides.OF_PICTURES:
            return ()
        if field == "credit":
            shown = next(iter(articles.by_ids(self.engine, [article_id])), None)
            lead = leading(shown.images) if shown else None
            return (picture_key(lead.url),) if lead else ()
        former = next(
            (one for one in self.overrides_of([article_id]).get(article_id, ()) if one.field == field), None
        )
        article = self.original_article(article_id)
        return tuple(
            dict.fromkeys(
                (*(former.pictures if former else ()), *taken_out(article.images if article else ()))
            )
        )

    def overrides_of(self, ids: Sequence[int]) -> dict[int, tuple[Override, ...]]:
        """What people set for each of these articles in place of the source's words."""
        return overrides.of_articles(self.engine, ids)

    def original_article(self, article_id: int) -> Article | None:
        """The article as its source tells it."""
        return next(iter(articles.by_ids(self.engine, [article_id], is_original=True)), None)

    def set_pick(
        self, article_id: int, topic_slug: str, is_in: bool | None, *, who: str, now: datetime
    ) -> None:
        """Puts the article into the topic, or keeps it out, whatever the rule says."""
        with self.write():
            topic_id = slugs.holder(self.engine, "topic", topic_slug)
            if topic_id is None:
                raise NotFoundError(f"There is no topic {topic_slug!r}.")
            if is_in is None:
                hand_picks.drop(self.engine, article_id, topic_id)
            else:
                hand_picks.put(self.engine, article_id, topic_id, is_in=is_in, who=who, now=now)

    def picks_of(self, ids: Sequence[int]) -> dict[int, tuple[HandPick, ...]]:
        """What was picked by hand for each article."""
        return hand_picks.of_articles(self.engine, ids)

    def set_pin(self, article_id: int, is_pinned: bool, *, who: str, now: datetime) -> None:
        """Pins the article to the top of its feeds' pages, or lets its date decide again."""
        with self.write():
            if is_pinned:
                pins.put(self.engine, article_id, who=who, now=now)
            else:
                pins.drop(self.engine, article_id)

    def pinned_of(self, ids: Sequence[int]) -> frozenset[int]:
        """Those of the articles that are pinned."""
        return pins.among(self.engine, ids)

    def retire_topic(self, slug: str, now: datetime) -> None:
        """Ends the topic and its feed; articles leave it."""
        with self.write():
            for article_id in topics.retire(self.engine, slug, now):
                saving.settle(self.engine, article_id, now, is_changed=True, fields=("topics",))

    def topic_of_id(self, topic_id: int) -> Topic | None:
        """The topic of that id."""
        return topics.by_id(self.engine, topic_id)

    def retired_topic(self, topic_id: int) -> Topic | None:
        """A retired topic as it was."""
        return topics.by_id(self.engine, topic_id, is_retired=True)

    def author_bundle(self, author_id: int) -> dict[str, Any]:
        """What an author holds, and into whom they were merged."""
        return author_merges.possessions_of(self.engine, author_id)

    def unmerge_author(self, author_id: int, bundle: dict[str, Any], now: datetime) -> None:
        """Gives a merged author back what they held."""
        with self.write():
            author_merges.unmerge(self.engine, author_id, bundle, now)

    def source_page(
        self, wanted: SourceFilter, trouble: Sequence[str], *, most: int, offset: int
    ) -> tuple[SourceRow, ...]:
        """Sources that fit, most harm first."""
        ids = source_lists.find(self.engine, wanted, trouble, most=most, offset=offset)
        return tuple(sources.require(self.engine, one) for one in ids)

    def source_alone(self, source_id: int) -> Source | None:
        """The source of that id, without its state and counts."""
        return sources.alone(self.engine, source_id)

    def polls(self, source_id: int, most: int) -> tuple[PollRow, ...]:
        """The last polls of a source that brought a document or failed."""
        return polls.of_source(self.engine, source_id, most)

    def quiet_polls(self, source_id: int, now: datetime, days: int) -> tuple[int, ...]:
        """For each of the last days how many polls of a source found nothing new."""
        return polls.quiet_of_source(self.engine, source_id, now, days)

    def source_count(self, wanted: SourceFilter, trouble: Sequence[str]) -> int:
        """How many sources fit."""
        return source_lists.count(self.engine, wanted, trouble)

    def source_tally(self, trouble: Sequence[str]) -> SourceTally:
        """How many sources there are of each group."""
        return source_lists.tally(self.engine, trouble)

    def author_page(self, words: str, *, most: int, offset: int) -> tuple[tuple[Author, int], ...]:
        """Authors whose name holds the words."""
        ids = author_lists.find(self.engine, words, most=most, offset=offset)
        return tuple(author_lists.with_count(self.engine, one) for one in ids)

    def author_count(self, words: str) -> int:
        """How many authors' names hold the words."""
        return author_lists.count(self.engine, words)

    def author_id(self, slug: str) -> int | None:
        """Who has, or had, the slug."""
        return author_merges.id_of_slug(self.engine, slug)

    def author_of_id(self, author_id: int) -> tuple[Author, int]:
        """The author of that id, with the number of their articles."""
        return author_lists.with_count(self.engine, author_id)

    def shown_ids(self, key: FeedKey, *, entries: int, window: timedelta, most: int) -> tuple[int, ...]:
        """The articles that a feed shows."""
        target = 0 if key.kind == "all" else slugs.holder(self.engine, key.kind, key.slug)
        feed_id = None if target is None else memberships.feed_id(self.engine, key.kind, target)
        if feed_id is None:
            return ()
        return tuple(memberships.page(self.engine, feed_id, entries=entries, window=window, most=most))

    def daily_articles(self, now: datetime, days: int) -> tuple[int, ...]:
        """For each of the last days how many articles came."""
        return daily_counts.overall(self.engine, now, days)

    def daily_of_sources(self, ids: Sequence[int], now: datetime, days: int) -> dict[int, tuple[int, ...]]:
        """The same for each of these sources."""
        return daily_counts.of_sources(self.engine, ids, now, days)

    def has_more_articles_than(self, count: int) -> bool:
        """True if more are published; found out without counting them all."""
        return article_lists.has_more_than(self.engine, count)

    def article_page(self, wanted: ArticleFilter, *, most: int, offset: int) -> tuple[Article, ...]:
        """Articles that fit, newest first."""
        ids = article_lists.find(self.engine, wanted, most=most, offset=offset)
        return articles.by_ids(self.engine, ids)
