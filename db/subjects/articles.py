"""The store's articles: one whole, its way out and back, and what is found out later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import (
    article_lists,
    articles,
    languages,
    memberships,
    own_articles,
    pages,
    poll_states,
    saving,
    sources,
    versions,
    withdrawals,
)
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.model.articles import Article, Tombstone
from feeds.model.kept import PageCheck, Spoken, Version


class Articles(Subject):
    """Articles: one whole, its way out and back, and what is found out later."""

    def get(self, article_id: int) -> Article | Tombstone | None:
        """One article with its text, or the tombstone of one that was withdrawn."""
        return articles.by_id(self.engine, article_id)

    def is_any(self) -> bool:
        """True if anything is published, counted or not yet."""
        return bool(self.engine.rows("SELECT 1 AS one FROM articles WHERE status = 'published' LIMIT 1"))

    def public_after(self, article_id: int, *, most: int) -> list[int]:
        """Ids above that one, in order: of public articles, and of withdrawn ones that were public."""
        return article_lists.public_after(self.engine, article_id, most=most)

    def ids_of(self, urns: Sequence[str]) -> tuple[int, ...]:
        """The ids of the articles that have these urns."""
        return articles.ids_of(self.engine, urns)

    def id_by_guid(self, source_id: int, guid: str) -> int | None:
        """The article that the source told under that guid."""
        rows = self.engine.rows(
            "SELECT article_id FROM sightings WHERE source_id = :source AND guid = :guid",
            {"source": source_id, "guid": guid},
        )
        return rows[0]["article_id"] if rows else None

    def versions(self, article_id: int) -> tuple[Version, ...]:
        """Former states of an article."""
        return versions.of_article(self.engine, article_id)

    def first_place(self, source_id: int) -> datetime | None:
        """The time by which the source's oldest article is sorted."""
        return articles.first_place(self.engine, source_id)

    def withdraw(
        self,
        article_id: int,
        *,
        reason: str,
        now: datetime,
        word: str | None = None,
        is_silent: bool = False,
    ) -> None:
        """Takes an article out of every feed and leaves a tombstone; with `is_silent`, no reader is told."""
        with self.write():
            articles.withdraw(self.engine, article_id, reason=reason, now=now, is_silent=is_silent)
            if word is not None:
                withdrawals.add(self.engine, article_id, word)
            memberships.sync(self.engine, article_id, (), now, is_changed=False)

    def hold(self, article_id: int, now: datetime) -> None:
        """Takes a published article out of every feed and page until it is released; leaves no sign."""
        with self.write():
            if articles.set_held(self.engine, article_id, is_held=True):
                memberships.sync(self.engine, article_id, (), now, is_changed=False)

    def release(self, article_id: int, now: datetime) -> None:
        """An article that was held back in its feeds."""
        with self.write():
            if articles.set_held(self.engine, article_id, is_held=False):
                saving.settle(self.engine, article_id, now, is_changed=True)

    def restore(self, article_id: int, now: datetime) -> bool:
        """A withdrawn article in its feeds again."""
        with self.write():
            is_back = articles.restore(self.engine, article_id, now)
            if is_back:
                saving.settle(self.engine, article_id, now, is_changed=True)
                # What its source told meanwhile was remembered as read, and not taken over.
                source_id = articles.source_of(self.engine, article_id)
                pages.ask_again(self.engine, source_id, article_id, now)
                poll_states.forget_document(self.engine, source_id)
        return is_back

    def expire(self, now: datetime, most: int) -> int:
        """Withdraws articles whose source gave them an end that has come; returns how many."""
        with self.write():
            over = withdrawals.over(self.engine, now=now, most=most)
            for article_id, word in over:
                self.withdraw(article_id, reason="its source let it end", now=now, word=word)
        return len(over)

    def without_language(self, most: int) -> tuple[Spoken, ...]:
        """Published articles whose language was not looked at yet."""
        return languages.unspoken(self.engine, most)

    def note_languages(self, detected: Sequence[tuple[int, str]], now: datetime) -> tuple[int, ...]:
        """Stores the languages that were found and marks the feeds of these articles as changed; returns which articles changed."""
        with self.write():
            found = languages.note(self.engine, detected)
            for article_id in found:
                saving.settle(self.engine, article_id, now, is_changed=True, fields=("language",))
        return tuple(found)

    def pages_to_check(
        self, *, seen_before: datetime, seen_since: datetime, checked_before: datetime, most: int
    ) -> tuple[PageCheck, ...]:
        """Articles of sources that are set to be checked, whose pages are due."""
        due = articles.to_check(
            self.engine,
            seen_before=seen_before,
            seen_since=seen_since,
            checked_before=checked_before,
            most=most,
        )
        return tuple(
            PageCheck(article_id=article_id, url=url, source=sources.require(self.engine, source_id).source)
            for article_id, url, source_id in due
        )

    def note_checked(self, article_id: int, now: datetime) -> None:
        """The article's page was looked at."""
        with self.write():
            articles.note_checked(self.engine, article_id, now)

    def purge(self, *, before: datetime, now: datetime, most: int) -> int:
        """Removes the content of articles published before then, and keeps their identity."""
        old = articles.older(self.engine, before=before, most=most)
        for article_id in old:
            with self.write():
                articles.purge(self.engine, article_id, now=now)
                memberships.sync(self.engine, article_id, (), now, is_changed=False)
        return len(old)

    def count_older(self, *, before: datetime) -> int:
        """How many articles were published here before then."""
        return articles.count_older(self.engine, before=before)

    def drop_versions(self, *, before: datetime, most: int) -> int:
        """Forgets former states of articles seen before then, at most so many; returns how many."""
        return versions.drop(self.engine, before=before, most=most)

    def count_old_versions(self, *, before: datetime) -> int:
        """How many former states were seen before then."""
        return versions.count_older(self.engine, before=before)

    def own_sources(self) -> tuple[str, ...]:
        """The slugs of the sources that are ours and everybody's to read."""
        return tuple(own_articles.slugs(self.engine))

    def own_spans(self) -> tuple[tuple[str, datetime, datetime], ...]:
        """Slug of each source that is ours, with the times of its first and last article."""
        return tuple(
            (slug, from_ms(first), from_ms(last)) for slug, first, last in own_articles.spans(self.engine)
        )

    def own_between(
        self, slug: str, *, since: datetime, before: datetime, most: int
    ) -> tuple[tuple[int, datetime], ...]:
        """Id and last change of the articles of a source that is ours, of a span, newest first."""
        rows = own_articles.between(self.engine, slug, since=to_ms(since), before=to_ms(before), most=most)
        return tuple((article_id, from_ms(at)) for article_id, at in rows)

    def own_newest(self, *, since: datetime, most: int) -> tuple[Article, ...]:
        """The articles of all sources that are ours since then, newest first."""
        ids = own_articles.newest(self.engine, since=to_ms(since), most=most)
        return articles.by_ids(self.engine, ids)
