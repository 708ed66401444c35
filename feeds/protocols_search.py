"""What searching asks of a store: to find articles, and to keep their words up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from feeds.folding import SoughtWords
from feeds.model.articles import Article


class SearchStore(Protocol):
    """Articles by their words."""

    def search(self, sought: Sequence[SoughtWords], *, most: int, offset: int) -> tuple[Article, ...]:
        """Published articles that hold all that is sought, newest first."""
        ...

    def search_reads(self, reading: str, now: datetime) -> None:
        """By which rules search reads from now on; where they are others, what they bear on is read anew."""
        ...

    def search_behind(self, most: int) -> tuple[int | None, list[tuple[int, Article | None]]]:
        """The articles of the next published changes that search has not read, and up to which seq these reach.

        None for an article that is not published; no seq where it has read them all.
        """
        ...

    def put_texts(self, told: Sequence[tuple[int, str]], seq: int) -> None:
        """Keeps the folded words of articles (empty: takes it out), and up to which seq they were read."""
        ...
