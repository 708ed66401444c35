"""The store's authors: who they are, and who is one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import (
    author_facts,
    author_links,
    author_merges,
    author_pairs,
    author_rows,
    authors,
    slugs,
)
from db.subject import Subject
from feeds.errors import NotFoundError, RequestError
from feeds.model.authors import Author, AuthorFacts, AuthorLooks
from feeds.model.kept import AuthorTraces

NO_LOOKS = AuthorLooks()


class Authors(Subject):
    """Who authors are, and who is one person."""

    def put(
        self,
        *,
        slug: str | None,
        name: str,
        known_as: Sequence[str],
        bio: str,
        links: Sequence[str],
        origin: str,
        looks: AuthorLooks = NO_LOOKS,
        now: datetime,
    ) -> Author:
        """Adds the declared author or changes it."""
        with self.write():
            return authors.put(
                self.engine,
                slug=slug,
                name=name,
                known_as=known_as,
                bio=bio,
                links=links,
                origin=origin,
                looks=looks,
                now=now,
            )

    def rename(self, old: str, new: str, now: datetime) -> None:
        """Gives it a new slug; the old one leads to the new one."""
        with self.write():
            owner = slugs.holder(self.engine, "author", old)
            if owner is None:
                raise NotFoundError(f"There is no author {old!r}.")
            authors.rename(self.engine, owner, new, now)

    def set_facts(self, slug: str, facts: AuthorFacts, now: datetime) -> Author:
        """What an admin says of an author."""
        with self.write():
            return authors.set_facts(self.engine, authors.require(self.engine, slug), facts, now)

    def merge(self, old: str, new: str, now: datetime) -> Author:
        """All of the old one's becomes the new one's; old addresses lead there."""
        with self.write():
            pair = authors.require(self.engine, old), authors.require(self.engine, new)
            merged = authors.merge(self.engine, *pair, now)
            author_pairs.drop(self.engine, pair[1], pair[1])
            return merged

    def split(self, slug: str, name: str, domain: str | None, now: datetime) -> Author:
        """What is signed with that name (at that publisher) becomes another author's."""
        with self.write():
            author_id = authors.require(self.engine, slug)
            new = author_merges.split(self.engine, author_id, name, domain, now)
            author_pairs.keep(self.engine, author_id, new, now)
            return author_rows.must(self.engine, new)

    def lead(self, former: str, slug: str, now: datetime) -> bool:
        """Makes a slug that nobody had lead to the author; False if somebody has it."""
        with self.write():
            return slugs.lead(self.engine, "author", former, authors.require(self.engine, slug), now)

    def former_slugs(self) -> dict[str, tuple[str, ...]]:
        """By present slug, the former ones."""
        return slugs.former_by_present(self.engine, "author")

    def set_apart(self, one: str, other: str, now: datetime, *, is_apart: bool) -> bool:
        """Sets whether these two are two people; False if that was set already."""
        with self.write():
            pair = authors.require(self.engine, one), authors.require(self.engine, other)
            if pair[0] == pair[1]:
                raise RequestError(
                    f"{one!r} and {other!r} are one author here: take them apart with `author split`."
                )
            if is_apart:
                return author_pairs.keep(self.engine, *pair, now)
            return author_pairs.drop(self.engine, *pair)

    def apart(self) -> frozenset[tuple[int, int]]:
        """Pairs of authors who are two people, the smaller id first."""
        return author_pairs.every(self.engine)

    def traces(self, ids: Sequence[int]) -> dict[int, AuthorTraces]:
        """In which sources each author's name was found, and with which addresses beside it."""
        return author_facts.traces(self.engine, ids)

    def every(self) -> tuple[tuple[Author, int], ...]:
        """All authors that have articles or are declared, with their number of articles."""
        return authors.every(self.engine)

    def people(self) -> tuple[Author, ...]:
        """The people among them."""
        return authors.people(self.engine)

    def links(self, ids: Sequence[int]) -> dict[int, list[str]]:
        """The addresses beside each author's bylines."""
        return author_links.of_authors(self.engine, ids)

    def article_counts(self, ids: Sequence[int]) -> dict[int, int]:
        """How many articles the feed of each author holds."""
        return authors.article_counts(self.engine, ids)
