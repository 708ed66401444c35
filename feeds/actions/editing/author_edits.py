"""What an admin decides of authors, each with its line in the log: the same behind page and command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feeds.actions.editing.changes import Desk, recorded
from feeds.actions.sorting import authors
from feeds.errors import RequestError
from feeds.model.authors import Author, AuthorFacts
from feeds.model.people import Change


def merge_authors(desk: Desk, old: str, new: str) -> tuple[Author, Change | None]:
    """The first becomes the second; the old address leads there."""
    gone, kept = (authors.show_author(desk.store, slug).author for slug in (old, new))
    if gone.id == kept.id:
        raise RequestError("These are the same author already.")
    return recorded(
        desk,
        kind="author",
        what=f"merged {gone.name} into {kept.name}",
        work=lambda: authors.merge_authors(desk.store, gone.slug, kept.slug, desk.now),
        subjects=(f"author/{gone.id}",),
    )


def rename_author(desk: Desk, slug: str, new: str) -> Author:
    """The author at another address; the old one leads there, and renaming again takes it back."""
    with desk.store.write():
        author = authors.rename_author(desk.store, slug, new, settings=desk.settings, now=desk.now)
        what = f"moved {author.name} from /authors/{slug} to /authors/{new}"
        desk.store.changes.add_change(desk.actor, kind="author", what=what, steps=(), now=desk.now)
    return author


def tell_apart(desk: Desk, slugs: Sequence[str], *, is_apart: bool = True) -> int:
    """Says that these are different people, who are not proposed as one again; or takes that back."""
    with desk.store.write():
        count = authors.tell_apart(desk.store, slugs, desk.now, is_apart=is_apart)
        if count:
            verdict = "are different people" if is_apart else "may be one person after all"
            what = f"said that {' and '.join(slugs)} {verdict}"
            desk.store.changes.add_change(desk.actor, kind="author", what=what, steps=(), now=desk.now)
    return count


def split_author(desk: Desk, slug: str, name: str, domain: str | None = None) -> Author:
    """What is signed with the name becomes another author's again; merging them takes that back."""
    whole = authors.show_author(desk.store, slug).author
    with desk.store.write():
        author = authors.split_author(desk.store, slug, name, domain, desk.now)
        desk.store.changes.add_change(
            desk.actor, kind="author", what=f"split {name} from {whole.name}", steps=(), now=desk.now
        )
    return author


def set_author(desk: Desk, slug: str, facts: AuthorFacts) -> tuple[Author, Change | None]:
    """What an admin says of an author. A name that is added can be split off again, and is no step to take back."""
    before = authors.show_author(desk.store, slug).author
    if facts.known_as:
        with desk.store.write():
            authors.set_author(desk.store, slug, AuthorFacts(known_as=facts.known_as), desk.now)
            what = f"added {', '.join(facts.known_as)} to the names of {before.name}"
            desk.store.changes.add_change(desk.actor, kind="author", what=what, steps=(), now=desk.now)
    return recorded(
        desk,
        kind="author",
        what=f"changed what is told of {before.name}",
        work=lambda: authors.set_author(desk.store, slug, replace(facts, known_as=()), desk.now),
        subjects=(f"author/{before.id}",),
    )
