"""What is asked of a store about articles: one whole, its way out and back, and what is found out later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.articles import Article, Tombstone
from feeds.model.kept import PageCheck, Spoken, Version


class ArticleStore(Protocol):
    """Articles one by one, and in their upkeep."""

    def article(self, article_id: int) -> Article | Tombstone | None:
        """One article whole."""
        ...

    def article_ids(self, urns: Sequence[str]) -> tuple[int, ...]:
        """The ids of the articles that have these urns."""
        ...

    def versions(self, article_id: int) -> tuple[Version, ...]:
        """Former states of an article, newest first."""
        ...

    def first_place(self, source_id: int) -> datetime | None:
        """Where the last of a source's articles stands in the order; None where it has none."""
        ...

    def withdraw(self, article_id: int, *, reason: str, now: datetime, word: str | None = None) -> None:
        """Takes an article out of every feed and leaves its sign; `word` is its source's, which restoring overrules."""
        ...

    def restore(self, article_id: int, now: datetime) -> bool:
        """Puts a withdrawn article into its feeds again; False where it was not withdrawn."""
        ...

    def expire(self, now: datetime, most: int) -> int:
        """Withdraws articles whose source let them end before now; answers how many."""
        ...

    def unspoken(self, most: int) -> tuple[Spoken, ...]:
        """Published articles whose language was not looked at yet."""
        ...

    def note_languages(self, told: Sequence[tuple[int, str]], now: datetime) -> tuple[int, ...]:
        """Notes what was found out of these articles (a language, or "-" for nothing); of which it is something else."""
        ...

    def pages_to_check(
        self, *, seen_before: datetime, seen_since: datetime, checked_before: datetime, most: int
    ) -> tuple[PageCheck, ...]:
        """Articles (first seen within the span) of sources with `check_pages` whose pages were not looked at since."""
        ...

    def note_checked(self, article_id: int, now: datetime) -> None:
        """Notes that the article's page was looked at."""
        ...

    def purge_articles(self, *, before: datetime, now: datetime, most: int) -> int:
        """Removes the content of articles published before then, and keeps their identity; answers how many."""
        ...

    def drop_versions(self, *, before: datetime) -> int:
        """Forgets former states of articles seen before then; answers how many."""
        ...
