"""What goes out: which feed, what stands in it, the composed document, the rendered bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from feeds.model.articles import Article
from feeds.model.incoming import Enclosure, Image
from feeds.model.mixes import MixTerm
from feeds.model.passed_on import PassedOn

FeedKind = Literal["all", "topic", "author", "source", "mix", "query", "search", "changes", "test"]
PLURALS = {"topic": "topics", "author": "authors", "source": "sources", "mix": "mixes"}
"""Kinds of feeds that have a slug, as addresses name them."""
Format = Literal["atom", "rss", "jsonfeed", "ninjs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedArticle:
    """An article that stood in a feed and is published no more: its id lives on, and a sentence."""

    id: int
    urn: str
    ended_at: datetime
    first_seen_at: datetime
    is_purged: bool
    """Its content was let go of by `[keep]`; it was not taken back."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedKey:
    """Which feed; `slug` is empty for `all`."""

    kind: FeedKind
    slug: str = ""
    """Of a mix (kind `query`): its path, as `feeds.model.mixes` spells it; of a search: what was typed."""
    archive: int = 0
    """The number of an archive document of the feed, the oldest is 1; 0 for the feed itself."""

    def path(self) -> str:
        """Its address below the site, without format: `/all`, `/topics/<slug>`, `/mix/topics/<slug>` …"""
        if self.kind == "query":
            own = f"/mix/{self.slug}"
        elif self.kind in ("all", "search", "changes", "test"):
            own = f"/{self.kind}"
        else:
            own = f"/{PLURALS[self.kind]}/{self.slug}"
        return f"{own}/archive/{self.archive}" if self.archive else own

    def query_string(self) -> str:
        """What stands behind its address: of a search, the words."""
        return f"?{urlencode({'q': self.slug})}" if self.kind == "search" else ""

    def whole(self) -> FeedKey:
        """The feed that an archive document belongs to; else itself."""
        return FeedKey(kind=self.kind, slug=self.slug) if self.archive else self


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedInfo:
    """A feed of ours as the lists, the OPML and the pages need it."""

    key: FeedKey
    feed_urn: str
    """`urn:uuid:` version 5 of the site's id and the feed's first key; depends on neither address nor slug."""
    title: str
    description: str = ""
    home_url: str | None = None
    """For an author or a source: where they are at home."""
    role: str = ""
    """Of an author: `Staff Writer`."""
    picture_url: str | None = None
    links: tuple[str, ...] = ()
    """Of an author: addresses that are theirs as well (`sameAs`)."""
    article_count: int = 0
    changed_seq: int = 0
    changed_at: datetime
    """When what the feed holds last changed; the feed's own `updated`."""
    archive_count: int = 0
    """How many archive documents the feed has."""
    terms: tuple[tuple[MixTerm, tuple[str, ...]], ...] = ()
    """Of a mix that nobody saved: its terms, each with the titles of its words. `title` is made of them, in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleChange:
    """A correction or withdrawal of an article that was published."""

    urn: str
    """Of the change itself: an article may be corrected several times."""
    article_id: int
    at: datetime
    what: Literal["changed", "corrected", "withdrawn"]
    """changed by its source, corrected here by an admin, or taken back."""
    note: str = ""
    """What the admin says of it."""
    article: Article | None = None
    """None if it was withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """A feed with its articles, newest first, as the store gives it."""

    info: FeedInfo
    articles: tuple[Article, ...]
    ended: tuple[EndedArticle, ...] = ()
    """Those that stood here and are published no more, the last one first."""
    changes: tuple[ArticleChange, ...] = ()
    """Of the feed of changes: what it tells, newest first."""


AiUse = Literal["unset", "all", "answers", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInfo:
    """What every document says of the site: from the config file only."""

    title: str
    base_url: str
    """Absolute, without a slash at the end."""
    language: str
    contact: str | None = None
    timezone: str = "UTC"
    ai: AiUse = "unset"
    """What machines that learn or answer may do with what is ours."""
    license_url: str | None = None
    """The licence of what is ours."""
    hub_urls: tuple[str, ...] = ()
    """Hubs that tell of changes of our feeds, our own first."""
    cloud_url: str | None = None
    """Where rssCloud readers ask to be told; None: nowhere."""
    logo_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAuthor:
    """Someone who wrote an entry, as every format shows them."""

    name: str
    url: str | None = None
    """Their page with us."""
    picture_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """Where an entry was first published."""

    title: str
    feed_id: str
    feed_url: str | None
    home_url: str | None
    updated_at: datetime
    rights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry(PassedOn):
    """One entry, composed: nothing is decided after this."""

    urn: str
    url: str
    title: str
    summary: str
    """Plain text, never empty if there is any text."""
    content_html: str
    """With visible captions, credits and the last line *First published by*; empty for headlines."""
    published_at: datetime
    updated_at: datetime
    authors: tuple[DocumentAuthor, ...] = ()
    topics: tuple[str, ...] = ()
    """Titles of our topics; they stand before its own labels."""
    categories: tuple[str, ...] = ()
    """The labels that its source gave, without those that are topics already."""
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    rights: str | None = None
    terms_urls: tuple[str, ...] = ()
    """Where its source's terms of use, and the licences that they name, can be read."""
    subjects: tuple[str, ...] = ()
    """IPTC Media Topics of its topics, as `medtop:20000735`."""
    source: DocumentSource
    own_url: str | None = None
    """Of an article of ours: its page here."""
    prohibited_use: str | None = None
    """Of an article of ours: the usage that its terms (RSL) prohibit, such as `ai-train`."""
    ended_at: datetime | None = None
    """When it was taken back or let go of; its text is a sentence that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """One feed composed, without format."""

    feed_urn: str
    title: str
    description: str
    page_url: str
    """The HTML page of this feed."""
    base_feed_url: str
    """Its address without extension; a format adds `.atom`, `.rss`, `.json`."""
    updated_at: datetime
    language: str
    site: SiteInfo
    author: DocumentAuthor
    entries: tuple[DocumentEntry, ...] = ()
    archive: int = 0
    """The number of this archive document; 0 for the feed itself."""
    current_url: str = ""
    """Of an archive document: the feed's own address without extension."""
    older_url: str | None = None
    """The archive document before this one, without extension (RFC 5005 `prev-archive`)."""
    newer_url: str | None = None
    """The archive document after this one, without extension (RFC 5005 `next-archive`)."""
    hub_urls: tuple[str, ...] = ()
    """Who tells of its changes: of no archive document, and of nothing that is made for one reader."""
    query_string: str = ""
    """What stands behind its address, beginning with `?`: of a feed that is a search, or is shaped for a partner."""
    dated_at: datetime | None = None
    """The channel's own pubDate in RSS, which only a partner's profile asks for."""
    partner_logo_url: str | None = None
    """The logo that a partner shows beside the channel (`snf:logo` in RSS), which only its profile asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerState:
    """A state of a feed that a reader has, held against the present one. Entries by their prints."""

    etag: str
    """Of the former state, without quotes."""
    changed_seq: int
    """Of the present one."""
    entries: frozenset[bytes]
    """All that stand there at present."""
    unchanged: frozenset[bytes]
    """Those that the reader has as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedFeed:
    """The bytes of a document in a format."""

    body: bytes
    media_type: str
    etag: str
    """Hash of the body, without quotes."""
    changed_at: datetime
    """For Last-Modified; whole seconds, never goes back."""
