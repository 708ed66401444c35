"""What entered, changed or left a feed since a place in its order of changes, and which fields of an article changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, get_args

from feeds.model.articles import Article
from feeds.model.outgoing import EndedArticle, FeedInfo
from feeds.model.passed_on import COLUMNS, Part

FIELDS: tuple[Part, ...] = get_args(Part)

DeltaKind = Literal["entered", "changed", "left", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far somebody has come in a feed's order of changes.

    `floor`: what they hold is whole up to there. `start`: what left up to there they never had. `position`: what was told
    last. All three are one number once everything was told.
    """

    floor: int = 0
    start: int = 0
    position: int = 0

    @classmethod
    def at(cls, seq: int) -> Place:
        """Where everything up to that seq was told."""
        return cls(floor=seq, start=seq, position=seq)

    @classmethod
    def parse(cls, text: str) -> Place:
        """What `text` wrote."""
        floor, start, position = json.loads(text)
        return cls(floor=floor, start=start, position=position)

    def text(self) -> str:
        """The place as a receiver of the outbox keeps it (JSON)."""
        return json.dumps((self.floor, self.start, self.position), separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """One article of a feed: that it entered, changed, left, or was withdrawn."""

    kind: DeltaKind
    seq: int
    article_id: int
    urn: str
    article: Article | None = None
    """As it is now; None for what stands in the feed no more."""
    fields: tuple[str, ...] = ()
    """Of a changed one: what changed since the place's floor."""
    is_quiet: bool = False
    """Of a changed one: all of that by our own doing. It is listed for who asks; nobody is sent word of it."""
    ended: EndedArticle | None = None
    """Of a withdrawn one, and of one that is kept no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaPage:
    """Some of a feed's changes in their order, and the place behind them."""

    info: FeedInfo
    deltas: tuple[Delta, ...]
    place: Place
    has_more: bool


def changed_fields(before: Article, after: Article) -> tuple[str, ...]:
    """Which fields differ between two states of an article."""
    before_shown = dict(_shown(before))
    return tuple(name for name, value in _shown(after) if before_shown[name] != value)


def _shown(one: Article) -> tuple[tuple[Part, object], ...]:
    """Each part, with the columns that are told as it."""
    return tuple(
        (part, (value, *(getattr(one, name) for name, column in COLUMNS.items() if column.part == part)))
        for part, value in _parts(one)
    )


def _parts(one: Article) -> tuple[tuple[Part, object], ...]:
    return (
        ("title", one.title),
        ("text", one.content_html),
        ("summary", one.summary),
        ("authors", [(who.slug, who.name) for who in one.authors]),
        ("pictures", one.images),
        ("files", one.enclosures),
        ("topics", [(topic.slug, topic.title) for topic in one.topics]),
        ("labels", one.categories),
        ("url", one.url),
        ("language", one.language),
        ("dates", (one.published_at, one.updated_at)),
        ("rights", (one.rights, one.is_restricted, one.terms)),
        ("source", one.source),
    )
