"""What `config.toml` declares: sources, topics, authors, mixes, proxies; each class a `[[section]]`, each field a key.

`feeds.config.load` fills them and says what is wrong. Spans are `timedelta` here and seconds (or `"15m"`, `"2h"`) in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from feeds.model.articles import TopicRule
from feeds.model.incoming import Audience, Pictures, SourceKind
from feeds.model.lists import ListDeclaration
from feeds.model.partners import PartnerDeclaration
from feeds.model.rights import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDeclaration:
    """A `[[source]]`."""

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
    # From here to `proxy` as in SourceOptions, held equal by a test: inherited fields would come first, and
    # `config export` writes the keys in this order.
    full_text: bool = False
    """Articles are read from their own pages."""
    pictures: Pictures = "all"
    """all, credited (no credit, no picture) or none."""
    check_pages: bool = False
    """true: an article whose own page answers 410 is taken back."""
    complete: bool = False
    """true: what leaves its document is taken back."""
    terms_agreed: bool = False
    """true: you have its leave for what its terms of use (RSL) restrict."""
    links: str | None = None
    """For a page: the CSS selector of the links to articles."""
    only: tuple[str, ...] = ()
    """For sitemaps and pages: an article's address must hold one of these."""
    headers: tuple[str, ...] = ()
    """Sent with each request, as `Name: value`; the value may be `env:NAME` or `file:PATH`."""
    user: str | None = None
    password: str | None = None
    """`env:NAME` or `file:PATH`."""
    user_agent: str | None = None
    timeout: timedelta | None = None
    max_bytes: int | None = None
    proxy: str | None = None
    """The name of a [[proxy]]."""
    audience: Audience | None = None
    """public or private; unset: private where it needs credentials, else public."""
    paused: bool = False
    """true: it is not polled; its articles stay."""
    was: tuple[str, ...] = ()
    """Former addresses or slugs of the same source."""
    line: int = field(default=0, compare=False)


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
