"""The store's search: finding articles, and keeping their words up to date."""

from __future__ import annotations

from collections.abc import Sequence

from db import articles, kept, search
from db.connected import Connected
from feeds.folding import SoughtWords
from feeds.model.articles import Article
from feeds.model.kept import Worded


class SearchStore(Connected):
    """Fulfils `feeds.protocols_search`."""

    def search(self, sought: Sequence[SoughtWords], *, most: int, offset: int) -> tuple[Article, ...]:
        """Published articles that hold all that is sought."""
        return articles.by_ids(self.engine, search.find(self.engine, sought, most=most, offset=offset))

    def search_behind(self, most: int) -> tuple[int | None, list[tuple[int, Worded | None]]]:
        """The articles of the next changes that search has not read, and up to which seq they reach."""
        after = int(kept.value(self.engine, search.CURSOR) or 0)
        last, ids = search.behind(self.engine, after, most)
        if last == after:
            return None, []
        found = search.worded(self.engine, ids)
        return last, [(number, found.get(number)) for number in ids]

    def put_texts(self, told: Sequence[tuple[int, str]], seq: int) -> None:
        """Keeps the words of articles, and up to which seq they were read."""
        with self.write():
            search.put(self.engine, told)
            kept.keep(self.engine, search.CURSOR, str(seq))
