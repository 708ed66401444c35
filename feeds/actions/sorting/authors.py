"""Lists authors, finds who may be one person, merges and splits them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations

from db.store import Store
from feeds.actions.declaring.declare import require_not_declared
from feeds.actions.sorting.matching import rematch_after_authors
from feeds.actions.sorting.topics import require_slug
from feeds.errors import NotFoundError, RequestError
from feeds.ingest.people.names import folded_words, is_shorter_form
from feeds.model.authors import Author, AuthorFacts
from feeds.model.kept import AuthorTraces
from feeds.model.settings import Settings
from feeds.text.urls import same_url_key

MOST_FAMILY = 50
"""Authors of one family name at one publisher; where there are more, initials say nothing."""
MOST_SHARERS = 3
"""An address beside more names than these is their publisher's, and speaks for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorRow:
    """An author as lists show them."""

    author: Author
    article_count: int
    same_name: tuple[str, ...]
    """Slugs of others with the same name at other publishers: perhaps the same person, perhaps not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One of those who may be the same person, and where they were met."""

    author: Author
    article_count: int
    traces: AuthorTraces
    apart_from: tuple[str, ...] = ()
    """Slugs of those of whom an admin said that they are somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Authors who may be one person, most articles first, and what speaks for it; nothing is merged by itself."""

    candidates: tuple[Candidate, ...]
    evidence: tuple[str, ...]
    shared_links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeGroup:
    """The authors of one proposal, before it is asked where they were met."""

    authors: tuple[Author, ...]
    evidence: tuple[str, ...]
    shared_links: tuple[str, ...]
    article_count: int


def list_authors(store: Store) -> tuple[AuthorRow, ...]:
    """All authors, most articles first."""
    rows = store.authors.every()
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


def propose_merges(store: Store) -> tuple[Proposal, ...]:
    """Every proposal of `merge_groups`, with where its authors were met."""
    return proposals_of(store, merge_groups(store))


def proposals_of(store: Store, groups: Iterable[MergeGroup]) -> tuple[Proposal, ...]:
    """The groups with where their authors were met, which costs as much as they have articles."""
    chosen = tuple(groups)
    traces = store.authors.traces(sorted({author.id for group in chosen for author in group.authors}))
    return tuple(_proposal(group, traces) for group in chosen)


def merge_groups(store: Store) -> tuple[MergeGroup, ...]:
    """Who may be one person: equal names at several publishers, one address beside several names, initials at one publisher.

    Those with a shared address come first, then those with most articles. Who was told apart is not proposed again.
    """
    people = {author.id: author for author in store.authors.people()}
    groups: dict[frozenset[int], list[str]] = defaultdict(list)
    named: dict[str, set[int]] = defaultdict(set)
    linked: dict[str, set[int]] = defaultdict(set)
    for author in people.values():
        for name in (author.name, *author.known_as):
            named[" ".join(name.casefold().split())].add(author.id)
    keys = {
        author_id: {_key(link) for link in links}
        for author_id, links in store.authors.links(tuple(people)).items()
    }
    for author_id, links in keys.items():
        for link in links:
            linked[link].add(author_id)
    for ids in named.values():
        if len(ids) > 1:
            groups[frozenset(ids)].append("the same name")
    for pair in _initialled(people.values()):
        groups[pair].append("the same name with initials, at the same publisher")
    personal = {link: ids for link, ids in linked.items() if len(ids) <= MOST_SHARERS}
    for link, ids in personal.items():
        if len(ids) > 1:
            groups[frozenset(ids)].append(f"the same address {link.removeprefix('mailto:')}")
    apart = store.authors.apart()
    left = [(group, evidence) for ids, evidence in groups.items() for group in without_apart(ids, apart)]
    counts = store.authors.article_counts(sorted({one for group, _ in left for one in group}))
    found = [
        MergeGroup(
            authors=tuple(people[one] for one in group),
            evidence=tuple(evidence),
            shared_links=tuple(
                sorted(set.intersection(*(keys.get(one, set()) for one in group)) & personal.keys())
            ),
            article_count=sum(counts.get(one, 0) for one in group),
        )
        for group, evidence in left
    ]
    return tuple(
        sorted(
            found,
            key=lambda one: (not one.shared_links, -one.article_count, min(who.slug for who in one.authors)),
        )
    )


def _candidate(author: Author, traces: AuthorTraces) -> Candidate:
    return Candidate(author=author, article_count=sum(count for _, count in traces.sources), traces=traces)


def _initialled(several: Iterable[Author]) -> Iterator[frozenset[int]]:
    """Pairs at one publisher of which one name is the other with initials; none where initials fit several names."""
    families: dict[tuple[str, str], list[Author]] = defaultdict(list)
    for one in several:
        words = folded_words(one.name)
        if len(words) > 1:
            families[one.domain, words[-1]].append(one)
    for family in families.values():
        if not 1 < len(family) <= MOST_FAMILY:
            continue
        for author in family:
            fitting = [other for other in family if is_shorter_form(author.name, other.name)]
            if len(fitting) == 1:
                yield frozenset((author.id, fitting[0].id))


def without_apart(ids: Iterable[int], apart: frozenset[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """The groups that are left to be proposed of one: each pair that may be one person, none that was told apart."""
    members = sorted(ids)
    if not any(pair in apart for pair in combinations(members, 2)):
        return (tuple(members),)
    groups: list[tuple[int, ...]] = []
    shown: set[tuple[int, int]] = set()
    for pair in combinations(members, 2):
        if pair in apart or pair in shown:
            continue
        group = list(pair)
        for one in members:
            if one not in group and not any((min(one, two), max(one, two)) in apart for two in group):
                group.append(one)
        groups.append(tuple(sorted(group)))
        shown.update(combinations(sorted(group), 2))
    return tuple(groups)


def tell_apart(store: Store, slugs: Sequence[str], now: datetime, *, is_apart: bool = True) -> int:
    """Says of every two of these authors that they are two people, or takes it back; how many pairs that changed."""
    if len(set(slugs)) < 2:
        raise RequestError("Name at least two authors; `author list` shows them.")
    with store.write():
        return sum(
            store.authors.set_apart(one, other, now, is_apart=is_apart)
            for one, other in combinations(dict.fromkeys(slugs), 2)
        )


def merge_authors(store: Store, old: str, new: str, now: datetime) -> Author:
    """The first becomes the second: articles, names and addresses; article ids stay."""
    with store.write():
        author = store.authors.merge(old, new, now)
        rematch_after_authors(store, now, asked_by="author merge")
    return author


def split_author(store: Store, slug: str, name: str, domain: str | None, now: datetime) -> Author:
    """What is signed with the name becomes another author's again."""
    with store.write():
        author = store.authors.split(slug, name, domain, now)
        rematch_after_authors(store, now, asked_by="author split")
    return author


def set_author(store: Store, slug: str, facts: AuthorFacts, now: datetime) -> Author:
    """What an admin says of an author whom the config file does not own."""
    with store.write():
        author = store.authors.set_facts(slug, facts, now)
        if facts.known_as:
            rematch_after_authors(store, now, asked_by="author set")
    return author


def rename_author(store: Store, name: str, slug: str, *, settings: Settings, now: datetime) -> Author:
    """The author under another slug; the old address leads there."""
    author = show_author(store, name).author
    require_not_declared(settings, "author", author.slug)
    require_slug(slug)
    store.authors.rename(author.slug, slug, now)
    return replace(author, slug=slug)


def show_author(store: Store, slug: str) -> Candidate:
    """The author who has the slug, or had it, with where they were met; raises NotFoundError."""
    author_id = store.changes.author_id(slug)
    if author_id is None:
        raise NotFoundError(f"There is no author {slug!r}: `author list` shows who is known.")
    author, count = store.changes.author_of_id(author_id)
    others = {other for pair in store.authors.apart() if author.id in pair for other in pair} - {author.id}
    return Candidate(
        author=author,
        article_count=count,
        traces=store.authors.traces([author.id])[author.id],
        apart_from=tuple(store.changes.author_of_id(one)[0].slug for one in sorted(others)),
    )


def _proposal(group: MergeGroup, traces: Mapping[int, AuthorTraces]) -> Proposal:
    candidates = [_candidate(author, traces[author.id]) for author in group.authors]
    both = set.intersection(*({slug for slug, _ in one.traces.sources} for one in candidates))
    found = [*group.evidence, *([f"all met in {', '.join(sorted(both))}"] if both else [])]
    return Proposal(
        candidates=tuple(sorted(candidates, key=lambda one: (-one.article_count, one.author.slug))),
        evidence=tuple(dict.fromkeys(found)),
        shared_links=group.shared_links,
    )


def _key(link: str) -> str:
    """What is equal for the spellings of an address, as it is shown."""
    return same_url_key(link).removesuffix("?") if link.startswith(("http://", "https://")) else link
