"""What declarations may not say of each other: two of one name, or names that nobody declares."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from feeds.model.settings import Declarations
from feeds.urls import same_url_key, slugify

Problem = tuple[int, str]


def declared_problems(declared: Declarations) -> list[Problem]:
    """Lines and sentences about declarations that contradict each other; empty where none does."""
    return [
        *_twice("source.slug", ((one.slug, one.line) for one in declared.sources)),
        *_twice("source.url", ((same_url_key(one.url), one.line) for one in declared.sources)),
        *_twice("topic.slug", ((one.slug, one.line) for one in declared.topics)),
        *_twice("author.slug", ((one.slug or slugify(one.name), one.line) for one in declared.authors)),
        *_still_used(declared),
        *_undeclared(declared),
    ]


def _twice(what: str, named: Iterator[tuple[str | None, int]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for name, line in named:
        if name is None:
            continue
        if name in first:
            yield line, f"{what}: {name} is declared twice, first in line {first[name]}"
        first.setdefault(name, line)


def _still_used(declared: Declarations) -> Iterator[Problem]:
    groups = (
        ("source", [({one.slug, one.url}, one.was, one.line) for one in declared.sources]),
        ("topic", [({one.slug}, one.was, one.line) for one in declared.topics]),
        ("author", [({one.slug}, one.was, one.line) for one in declared.authors]),
    )
    for kind, rows in groups:
        present = {name: line for names, _, line in rows for name in names if name}
        claimed: dict[str, int] = {}
        for _, was, line in rows:
            for name in was:
                if name in present:
                    yield line, f"{kind}.was: {name} is still declared in line {present[name]}"
                elif name in claimed:
                    yield line, f"{kind}.was: {name} is claimed by line {claimed[name]} too"
                claimed.setdefault(name, line)


def _undeclared(declared: Declarations) -> Iterator[Problem]:
    topics = [one.slug for one in declared.topics]
    sources = [one.slug or slugify(one.title or "") for one in declared.sources]
    for source in declared.sources:
        for slug in source.topics:
            if slug not in topics:
                yield source.line, f"source.topics: no [[topic]] has the slug {slug}{_nearest(slug, topics)}"
    for topic in declared.topics:
        for slug in topic.sources:
            if slug not in sources:
                yield topic.line, f"topic.sources: no [[source]] has the slug {slug}{_nearest(slug, sources)}"


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]}?" if near else ""
