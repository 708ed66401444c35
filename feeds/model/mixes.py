"""A mix: a feed of several terms, named by an address that a person can read and type. Pure.

    topics/harbour,sea/authors/ines-halvorsen/not-sources/noticeboard/languages/en

Each pair narrows (and), commas widen (or), `not-` excludes; a kind may stand twice (both).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

MixKind = Literal["topics", "authors", "sources", "languages"]
KINDS: tuple[MixKind, ...] = ("topics", "authors", "sources", "languages")
FEED_KINDS: dict[str, Literal["topic", "author", "source"]] = {
    "topics": "topic",
    "authors": "author",
    "sources": "source",
}
MOST_TERMS, MOST_WORDS = 8, 32
_WORD = re.compile(r"[\w-]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MixTerm:
    """One pair of an address: any of the words (all of one kind), or none of them."""

    kind: MixKind
    words: tuple[str, ...]
    """Slugs, or language tags; sorted, none twice."""
    is_not: bool = False

    def path(self) -> str:
        """`topics/harbour,sea`, `not-sources/noticeboard`."""
        return f"{'not-' if self.is_not else ''}{self.kind}/{','.join(self.words)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Terms in their one order; all of them must hold."""

    terms: tuple[MixTerm, ...]

    def path(self) -> str:
        """The one spelling of its address below `/mix/`, without format."""
        return "/".join(term.path() for term in self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMix:
    """A mix that an admin saved under a slug; it is a feed like any other."""

    id: int
    slug: str
    title: str
    description: str
    path: str
    """The mix, as its address below `/mix/` spells it."""
    origin: str
    """file or admin."""
    state: str
    """active, paused or retired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What an article has, as terms ask for it."""

    named: Mapping[str, frozenset[int]]
    """By kind (topics, authors, sources), the ids of those that the article belongs to."""
    language: str
    """A tag in lower case; empty if nobody knows."""


def holds(terms: Iterable[tuple[MixTerm, frozenset[int]]], article: Holding) -> bool:
    """True if all terms hold for the article; each comes with the ids that its words name."""
    return all(_holds(term, ids, article) != term.is_not for term, ids in terms)


def _holds(term: MixTerm, ids: frozenset[int], article: Holding) -> bool:
    if term.kind == "languages":
        tag = article.language
        return tag in term.words or ("-" in tag and tag.partition("-")[0] in term.words)
    return bool(ids & article.named[term.kind])


class MixError(ValueError):
    """A path that names no mix; the text says what to do."""


def parse_mix(path: str) -> Mix:
    """The mix that a path names, in its one order; raises MixError if it names none."""
    pieces = [piece for piece in path.split("/") if piece]
    if not pieces:
        raise MixError("A mix needs at least one pair, such as topics/harbour.")
    if len(pieces) % 2:
        raise MixError(f"A mix is made of pairs, such as topics/harbour; “{pieces[-1]}” stands alone.")
    terms = {_term(name, words) for name, words in zip(pieces[::2], pieces[1::2], strict=True)}
    if len(terms) > MOST_TERMS:
        raise MixError(f"A mix has {MOST_TERMS} pairs at most.")
    if sum(len(term.words) for term in terms) > MOST_WORDS:
        raise MixError(f"A mix has {MOST_WORDS} words at most.")
    return Mix(terms=tuple(sorted(terms, key=_order)))


def _term(name: str, words: str) -> MixTerm:
    kind = name.removeprefix("not-")
    if kind not in KINDS:
        raise MixError(
            f"“{name}” is no kind of a mix: topics, authors, sources, languages, or not- before one."
        )
    several = sorted({word.strip().lower() for word in words.split(",") if word.strip()})
    if not several or not all(_WORD.fullmatch(word) for word in several):
        raise MixError(f"“{words}” is no list of words behind {name}.")
    found: MixKind = next(one for one in KINDS if one == kind)
    return MixTerm(kind=found, words=tuple(several), is_not=name.startswith("not-"))


def _order(term: MixTerm) -> tuple[int, bool, tuple[str, ...]]:
    return KINDS.index(term.kind), term.is_not, term.words


Named = Sequence[tuple[MixTerm, Sequence[str]]]
"""The terms of a mix, each with the titles of its words, in their order."""


def mix_title(named: Named, say: Callable[[str], str] = str) -> str:
    """What a mix is called: `Harbour or Sea, by Ines Halvorsen, not from Noticeboard`. `say` gives it in another language."""
    parts: list[str] = []
    for term, titles in named:
        names = f" {say('or')} ".join(titles)
        whether, otherwise = _BEFORE[term.kind]
        before = otherwise if term.is_not else whether
        parts.append(say(before) % {"names": names} if before else names)
    whole = ", ".join(parts)
    return whole[:1].upper() + whole[1:]


_BEFORE = {
    "topics": ("", "without %(names)s"),
    "authors": ("by %(names)s", "not by %(names)s"),
    "sources": ("from %(names)s", "not from %(names)s"),
    "languages": ("in %(names)s", "not in %(names)s"),
}
