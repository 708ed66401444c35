"""What is asked of a store about authors: who they are, and who is one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.articles import (
    Author,
    AuthorFacts,
    AuthorLooks,
)
from feeds.model.kept import AuthorTraces

NO_LOOKS = AuthorLooks()


class AuthorStore(Protocol):
    """Who writes, and what an admin decided of them."""

    def put_author(
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
        """Adds the declared author or changes it; found authors of these names become it."""
        ...

    def rename_author(self, old: str, new: str, now: datetime) -> None:
        """A new slug; the old one leads to it for ever."""
        ...

    def set_author(self, slug: str, facts: AuthorFacts, now: datetime) -> Author:
        """What an admin says of an author; raises NotFoundError, RequestError for a name that is another's."""
        ...

    def merge_authors(self, old: str, new: str, now: datetime) -> Author:
        """All of the old one's becomes the new one's, whose author is the answer; old addresses lead there."""
        ...

    def split_author(self, slug: str, name: str, domain: str | None, now: datetime) -> Author:
        """What is signed with that name (at that publisher) becomes another author's, who is the answer."""
        ...

    def set_apart(self, one: str, other: str, now: datetime, *, is_apart: bool) -> bool:
        """Whether the authors of these slugs are two people; False where that was so already."""
        ...

    def authors_apart(self) -> frozenset[tuple[int, int]]:
        """Pairs of ids of whom an admin said that they are two people, the smaller id first."""
        ...

    def author_traces(self, ids: Sequence[int]) -> dict[int, AuthorTraces]:
        """Where each author was met: sources, and addresses beside their bylines."""
        ...

    def authors(self) -> tuple[tuple[Author, int], ...]:
        """All authors that have articles or are declared, with their number of articles."""
        ...
