"""The store's search: finding articles, and keeping their words up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import articles, retold, search
from db.kept import Kept
from db.subject import Subject
from feeds.model.articles import Article
from feeds.text.folding import SoughtWords

LEAST_FORGOTTEN, FORGOTTEN_PART = 100, 10
"""The index is merged when it forgot so many texts, and one for every ten articles there are."""


class Search(Subject):
    """Finding articles, and keeping their words up to date."""

    def find(self, sought: Sequence[SoughtWords], *, most: int, offset: int) -> tuple[Article, ...]:
        """Published articles that hold all that is sought."""
        return articles.by_ids(self.engine, search.find(self.engine, sought, most=most, offset=offset))

    def use_reading(self, reading: str, now: datetime) -> None:
        """Sets the rules by which search reads articles; if they changed, all articles are read again."""
        former = Kept(self.engine).get(search.READING)
        if former == reading:
            return
        with self.write():
            search.read_anew(self.engine, now)
            if former is not None:
                retold.begin_partly_shown(self.engine)
            Kept(self.engine).put(search.READING, reading)

    def behind(self, most: int) -> tuple[int, int, list[tuple[int, Article | None]]]:
        """The articles of the next changes that search has not read; after which seq, and up to which, they reach."""
        after = self.cursor()
        last, ids = search.behind(self.engine, after, most)
        if last == after:
            return after, after, []
        found = {
            one.id: one
            for one in articles.by_ids(self.engine, ids)
            if one.status == "published" and not one.source.is_private
        }
        return after, last, [(number, found.get(number)) for number in ids]

    def put(self, words: Sequence[tuple[int, str]], seq: int, *, after: int) -> bool:
        """Keeps the words of articles, read after one seq and up to another; False if another process was quicker."""
        with self.write():
            if self.cursor(is_locking=True) != after:
                return False
            kept, forgotten = Kept(self.engine), search.put(self.engine, words)
            kept.put(search.CURSOR, str(seq))
            if forgotten:
                kept.put(search.FORGOTTEN, str(self._number(search.FORGOTTEN) + forgotten))
        return True

    def merge(self) -> bool:
        """Takes some of the deleted texts out of SQLite's index; False if there is nothing to do.

        The index notes what it forgets beside what it holds, and left to itself it keeps both for many months.
        """
        if self.engine.name != "sqlite" or not (self._number(search.MERGING) or self._forgot_much()):
            return False
        with self.write():
            kept, is_first = Kept(self.engine), not self._number(search.MERGING)
            if is_first:
                kept.put(search.FORGOTTEN, "0")
            is_more = search.merge(self.engine, is_first=is_first)
            kept.put(search.MERGING, str(int(is_more)))
        return is_more

    def _forgot_much(self) -> bool:
        forgotten = self._number(search.FORGOTTEN)
        return forgotten >= LEAST_FORGOTTEN and forgotten * FORGOTTEN_PART > search.article_count(self.engine)

    def _number(self, name: str) -> int:
        return int(Kept(self.engine).get(name) or 0)

    def cursor(self, *, is_locking: bool = False) -> int:
        """The seq up to which search has read; `is_locking` keeps other readers out until the transaction ends."""
        if is_locking:
            Kept(self.engine).lock(search.CURSOR, "0")
        return int(Kept(self.engine).get(search.CURSOR) or 0)
