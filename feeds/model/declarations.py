"""What `config.toml` declares: sources, topics, authors, mixes, proxies; each class a `[[section]]`, each field a key.

`feeds.config.load` fills them and says what is wrong. Spans are `timedelta` here and seconds (or `"15m"`, `"2h"`) in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta

from feeds.model.articles import TopicRule
from feeds.model.incoming import SourceKind, SourceOptions
from feeds.model.lists import ListDeclaration
from feeds.model.partners import PartnerDeclaration
from feeds.model.rights import Share


@dataclass(frozen=True, kw_only=True)
class _SourceBasics:
    """What a `[[source]]` says first: where it is, what it is called, what its articles are."""

    url: str
    slug: str | None = None
    title: str | None = None
    topics: tuple[str, ...] = ()
    """Slugs of topics that every article of this source belongs to."""
    author: str | None = None
    language: str | None = None
    timezone: str | None = None
    share: Share | None = None
    """Unset: full, but an excerpt of texts that we read from its pages."""
    ours: bool = False
    interval: timedelta | None = None
    kind: SourceKind = "feed"
    """feed, sitemap, page (a list of links) or folder (its url is a path)."""


@dataclass(frozen=True, kw_only=True)
class _SourceEnd:
    """What a `[[source]]` says last: whether it is polled, and what it was before."""

    paused: bool = False
    """true: it is not polled; its articles stay."""
    was: tuple[str, ...] = ()
    """Former addresses or slugs of the same source."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDeclaration(_SourceEnd, SourceOptions, _SourceBasics):
    """A `[[source]]`: the only list of its keys, with the fields of `SourceOptions` in the middle.

    Python puts the fields of the last base first. `config export` writes the keys in this order.
    """

    def options(self) -> SourceOptions:
        """The options alone, as they are stored with the source."""
        return SourceOptions(**{one.name: getattr(self, one.name) for one in fields(SourceOptions)})


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDeclaration:
    """A `[[topic]]`."""

    slug: str
    title: str | None = None
    description: str = ""
    categories: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    url_parts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    """Expressions, any of which suffices."""
    exclude: tuple[str, ...] = ()
    """Expressions that keep an article out."""
    parent: str | None = None
    """The topic above: everything of this one belongs there too."""
    medtop: tuple[str, ...] = ()
    """IPTC Media Topics, told in feeds."""
    paused: bool = False
    """true: it stays as it is, and nothing new joins it."""
    was: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    def rule(self) -> TopicRule:
        """The rule that the declaration states."""
        return TopicRule(
            categories=self.categories,
            phrases=self.phrases,
            url_parts=self.url_parts,
            source_slugs=self.sources,
            expressions=self.match,
            exclude=self.exclude,
            parent=self.parent,
            medtop=self.medtop,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorDeclaration:
    """An `[[author]]`."""

    name: str
    slug: str | None = None
    known_as: tuple[str, ...] = ()
    role: str = ""
    bio: str = ""
    links: tuple[str, ...] = ()
    picture: str | None = None
    fediverse: str | None = None
    """Their handle there; pages of their articles name it."""
    was: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixDeclaration:
    """A `[[mix]]`: a mix that is a feed of its own."""

    slug: str
    path: str
    """What it is made of, as its address below `/mix/` spells it."""
    title: str | None = None
    description: str = ""
    was: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyDeclaration:
    """A `[[proxy]]`: sources name it."""

    name: str
    url: str
    """http://host:port, `env:NAME` or `file:PATH`."""
    line: int = field(default=0, compare=False)


AnyDeclaration = (
    SourceDeclaration
    | TopicDeclaration
    | AuthorDeclaration
    | MixDeclaration
    | ListDeclaration
    | PartnerDeclaration
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """All that the file declares, and therefore owns."""

    sources: tuple[SourceDeclaration, ...] = ()
    topics: tuple[TopicDeclaration, ...] = ()
    authors: tuple[AuthorDeclaration, ...] = ()
    proxies: tuple[ProxyDeclaration, ...] = ()
    mixes: tuple[MixDeclaration, ...] = ()
    lists: tuple[ListDeclaration, ...] = ()
    partners: tuple[PartnerDeclaration, ...] = ()
