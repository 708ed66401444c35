"""The store's search: finding articles, and keeping their words up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import articles, search
from db.kept import Kept
from db.subject import Subject
from feeds.model.articles import Article
from feeds.text.folding import SoughtWords


class Search(Subject):
    """Finding articles, and keeping their words up to date."""

    def find(self, sought: Sequence[SoughtWords], *, most: int, offset: int) -> tuple[Article, ...]:
        """Published articles that hold all that is sought."""
        return articles.by_ids(self.engine, search.find(self.engine, sought, most=most, offset=offset))

    def use_reading(self, reading: str, now: datetime) -> None:
        """By which rules search reads from now on; where they are others, articles are read anew."""
        if Kept(self.engine).get(search.READING) == reading:
            return
        with self.write():
            search.read_anew(self.engine, now)
            Kept(self.engine).put(search.READING, reading)

    def behind(self, most: int) -> tuple[int | None, list[tuple[int, Article | None]]]:
        """The articles of the next changes that search has not read, and up to which seq they reach."""
        after = int(Kept(self.engine).get(search.CURSOR) or 0)
        last, ids = search.behind(self.engine, after, most)
        if last == after:
            return None, []
        found = {one.id: one for one in articles.by_ids(self.engine, ids) if one.status == "published"}
        return last, [(number, found.get(number)) for number in ids]

    def put(self, told: Sequence[tuple[int, str]], seq: int) -> None:
        """Keeps the words of articles, and up to which seq they were read."""
        with self.write():
            search.put(self.engine, told)
            Kept(self.engine).put(search.CURSOR, str(seq))
