"""Authors as use cases: who is known, and who may be the same person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from feeds.model.articles import Author
from feeds.protocols import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorRow:
    """An author as lists show them."""

    author: Author
    article_count: int
    same_name: tuple[str, ...]
    """Slugs of others with the same name at other publishers: perhaps the same person, perhaps not."""


def list_authors(store: Store) -> tuple[AuthorRow, ...]:
    """All authors, most articles first."""
    rows = store.authors()
    named: dict[str, list[str]] = defaultdict(list)
    for author, _ in rows:
        named[author.name.casefold()].append(author.slug)
    found = [
        AuthorRow(
            author=author,
            article_count=count,
            same_name=tuple(slug for slug in named[author.name.casefold()] if slug != author.slug),
        )
        for author, count in rows
    ]
    return tuple(sorted(found, key=lambda row: (-row.article_count, row.author.slug)))
