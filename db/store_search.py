"""The store's search: finding articles, and keeping their words up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import articles, kept, search
from db.connected import Connected
from feeds.folding import SoughtWords
from feeds.model.articles import Article


class SearchStore(Connected):
    """Fulfils `feeds.protocols_search`."""

    def search(self, sought: Sequence[SoughtWords], *, most: int, offset: int) -> tuple[Article, ...]:
        """Published articles that hold all that is sought."""
        return articles.by_ids(self.engine, search.find(self.engine, sought, most=most, offset=offset))

    def search_reads(self, reading: str, now: datetime) -> None:
        """By which rules search reads from now on; where they are others, articles are read anew."""
        if kept.value(self.engine, search.READING) == reading:
            return
        with self.write():
            search.read_anew(self.engine, now)
            kept.keep(self.engine, search.READING, reading)

    def search_behind(self, most: int) -> tuple[int | None, list[tuple[int, Article | None]]]:
        """The articles of the next changes that search has not read, and up to which seq they reach."""
        after = int(kept.value(self.engine, search.CURSOR) or 0)
        last, ids = search.behind(self.engine, after, most)
        if last == after:
            return None, []
        found = {one.id: one for one in articles.by_ids(self.engine, ids) if one.status == "published"}
        return last, [(number, found.get(number)) for number in ids]

    def put_texts(self, told: Sequence[tuple[int, str]], seq: int) -> None:
        """Keeps the words of articles, and up to which seq they were read."""
        with self.write():
            search.put(self.engine, told)
            kept.keep(self.engine, search.CURSOR, str(seq))
