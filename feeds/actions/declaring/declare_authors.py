"""`[[author]]` into the store: added, changed, renamed; who vanishes from the file stays as the store's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from db.store import Store
from feeds.errors import RequestError
from feeds.model.authors import Author, AuthorLooks
from feeds.model.declarations import AuthorDeclaration
from feeds.text.urls import slugify

if TYPE_CHECKING:
    from feeds.actions.declaring.declare import DeclareReport


def declare_authors(
    store: Store, declared: Sequence[AuthorDeclaration], report: DeclareReport, now: datetime
) -> None:
    """Every author that the file declares into the store; what vanished from it becomes the store's own."""
    present = {one.slug: one for one, _ in store.authors.every()}
    for one in declared:
        try:
            _author(store, one, present, report, now)
        except RequestError as error:
            report.problems.append(f"line {one.line}: {error}")
    kept = {one.slug or slugify(one.name, "author") for one in declared}
    for slug, author in present.items():
        if author.origin == "file" and slug not in kept:
            # An author cannot be paused: what the file lets go of becomes the store's own.
            store.authors.put(
                slug=slug,
                name=author.name,
                known_as=author.known_as,
                bio=author.bio,
                links=author.links,
                looks=AuthorLooks(
                    role=author.role, picture_url=author.picture_url, fediverse=author.fediverse
                ),
                origin="admin",
                now=now,
            )
            report.changed.append(f"author {slug}")


def _author(
    store: Store, one: AuthorDeclaration, present: dict[str, Author], report: DeclareReport, now: datetime
) -> None:
    slug = one.slug or slugify(one.name, "author")
    former = next((name for name in one.was if name in present), None)
    if slug not in present and former is not None:
        store.authors.rename(former, slug, now)
        report.renamed.append(f"author {former} → {slug}")
        present[slug] = present.pop(former)
    before = present.get(slug)
    after = store.authors.put(
        slug=slug,
        name=one.name,
        known_as=one.known_as,
        bio=one.bio,
        links=one.links,
        looks=AuthorLooks(role=one.role, picture_url=one.picture, fediverse=one.fediverse),
        origin="file",
        now=now,
    )
    for name in one.was:
        store.authors.lead(name, slug, now)
    if after != before:
        (report.changed if before else report.added).append(f"author {slug}")
