"""What comes in: a source and its polling state, what a parser read.

Every field says where it stands in Atom, RSS, JSON Feed and HTML: these types are the mapping
table of the readers. Times are aware UTC, addresses absolute once normalized, text is plain text
unless the name ends in `_html`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.pages import NO_DATES, PageDates
from feeds.model.passed_on import PassedOn
from feeds.model.reverts import Returned
from feeds.model.rights import Share, Terms

Audience = Literal["public", "private"]
SourceKind = Literal["feed", "sitemap", "page", "folder"]
Pictures = Literal["all", "credited", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What a source wants otherwise than most. Secrets stand here as references, never as themselves.

    Each field is by itself a key of `[[source]]`: `SourceDeclaration` inherits it. docs/map.md ("Add a setting") says the rest.
    """

    full_text: bool = False
    """Articles are read from their own pages; always so for sitemaps and pages."""
    pictures: Pictures = "all"
    """Which of its pictures may be passed on: all, credited (no credit, no picture) or none."""
    check_pages: bool = False
    """Articles whose own page answers 410 are taken back."""
    complete: bool = False
    """Its document lists every article that it still publishes; what leaves it is taken back."""
    terms_agreed: bool = False
    """Whoever runs the site has leave for what the source's terms of use (RSL) restrict."""
    links: str | None = None
    """CSS selector of the links to articles (kind `page`)."""
    only: tuple[str, ...] = ()
    """Parts of addresses, one of which an article's address must hold (kinds `sitemap`, `page`)."""
    headers: tuple[str, ...] = ()
    """`Name: value`, where the value may be `env:NAME` or `file:PATH`; sent to the source's own origin only."""
    user: str | None = None
    password: str | None = None
    """`env:NAME` or `file:PATH`."""
    user_agent: str | None = None
    timeout: timedelta | None = None
    max_bytes: int | None = None
    proxy: str | None = None
    """The name of a `[[proxy]]`."""
    audience: Audience | None = None
    """Who may read its articles; unset: nobody but private addresses where it needs credentials, else everybody."""


NO_OPTIONS = SourceOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed elsewhere that we poll. `fetch_url` may be secret; only `public_url` leaves the house."""

    # A folder's `fetch_url` is a `file:` address, and its host `localhost`.

    id: int
    slug: str
    title: str
    """What we call it: the admin's title, else the feed's own, else its host."""
    own_title: str | None = None
    """The admin's title alone; drafts depend on this one, which no poll changes."""
    fetch_url: str
    first_url: str
    """The address it was first added with: the name space of computed ids; never changes."""
    public_url: str | None
    """None if the address holds credentials or tokens."""
    home_url: str | None = None
    """Atom link rel=alternate · RSS channel/link · JSON Feed home_page_url."""
    domain: str
    """Registrable domain of `first_url`, by the whole Public Suffix List."""
    author_name: str | None = None
    """The admin's `author`: who wrote what has no byline."""
    language: str | None = None
    timezone: str = "UTC"
    share: Share = "full"
    is_ours: bool = False
    is_sample: bool = False
    interval: timedelta | None = None
    topic_slugs: tuple[str, ...] = ()
    kind: SourceKind = "feed"
    options: SourceOptions = NO_OPTIONS
    is_private: bool = False
    """Its articles are stored, and stand in no public feed or page."""
    state: Literal["active", "paused", "gone", "removed"] = "active"
    origin: Literal["file", "admin", "opml", "found", "list"] = "admin"
    """`list`: a list added it, and nobody changed its settings since."""
    paused_by: str | None = None
    """The slug of the list that paused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skips:
    """Hours (0 to 23) and days (lower-case English names), GMT, in which a source wants to be left alone.

    RSS skipHours, skipDays.
    """

    hours: frozenset[int] = frozenset()
    days: frozenset[str] = frozenset()


NO_SKIPS = Skips()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permanent redirect as it was met: where to, since when, how often in a row."""

    url: str
    since_at: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """What the last polls of a source left behind."""

    etag: str | None = None
    """The ETag exactly as it was sent, quotes and `W/` included."""
    last_modified: str | None = None
    """The Last-Modified exactly as it was sent."""
    body_hash: str | None = None
    prints: bytes = b""
    """What the scan remembers of the entries of the last document."""
    is_imported: bool = False
    """False until the first import has been stored."""
    failure_count: int = 0
    next_poll_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    status: str = "new"
    """One word of `feeds.ingest.poll.health`."""
    status_detail: str = ""
    interval: timedelta = timedelta(hours=1)
    reason: str = ""
    """Why the interval is what it is."""
    gap: timedelta | None = None
    """The average gap between new articles, as learned."""
    asked: timedelta | None = None
    """What the source's document asks for (ttl, updatePeriod); its answers ask anew each time."""
    skips: Skips = NO_SKIPS
    identity: Literal["guid", "address"] = "guid"
    """What tells the source's articles apart: its guids, or guid and address together; once distrusted, for ever."""
    oddity: str = ""
    """What was odd after the last poll: one word of `feeds.ingest.poll.anomalies`."""
    move: Move | None = None
    """A permanent redirect that is not believed yet."""
    license_url: str | None = None
    """The licence that the last document's HTTP headers named."""
    returned: tuple[Returned, ...] = ()
    """Articles that it tells by a former text, which is not believed yet."""
    page_dates: PageDates = NO_DATES
    """How far it is believed where its listing dates a page anew."""
    told_until_at: datetime | None = None
    """Until when its hub has promised to tell us of new articles; kept with the subscription, not by polls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSource:
    """One claimed piece of work: the source, its state, the claim it belongs to."""

    source: Source
    poll: PollState
    host: str
    claim_no: int
    slot_at: datetime
    """When the domain gives leave for the first request."""
    has_answer: bool = False
    """What its address answered to a look is kept: the first poll may be spared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """One statement about authorship, as the source wrote it.

    Atom author/name, uri, email · RSS author, dc:creator, itunes:author · JSON Feed authors[].
    """

    text: str
    url: str | None = None
    email: str | None = None
    is_feed_level: bool = False
    links: tuple[str, ...] = ()
    """JSON-LD url and sameAs of a person: where else they are at home, without what is their publisher's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """An attached file. Atom link rel=enclosure · RSS enclosure · JSON Feed attachments[]."""

    url: str
    media_type: str | None = None
    length: int | None = None
    title: str | None = None
    duration_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture with its own credit. media:content, media:thumbnail · JSON Feed image · img, figure."""

    url: str
    """Empty where a page or file tells the credit of a picture that it does not hold; normalizing leaves it out."""
    credit: str | None = None
    """media:credit · figcaption credit line."""
    caption: str | None = None
    """media:description · figcaption."""
    alt: str | None = None
    """media:title · img alt."""
    width: int | None = None
    """In pixels, as `height`: media:content, media:thumbnail · img · og:image:width · ImageObject width."""
    height: int | None = None
    media_type: str | None = None
    role: Literal["", "main", "thumbnail"] = ""
    """main: media:content isDefault · thumbnail: media:thumbnail. No part of an article's hash."""
    source_type: str | None = None
    """By which means it was made: an address below IPTC's digitalsourcetype. media:category of that scheme · JSON-LD and
    microdata digitalSourceType."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A source's own sign that an entry was taken back. RFC 6721 at:deleted-entry."""

    ref: str
    """The entry's atom:id."""
    when: str | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Biography:
    """What is said of an author beside the article. Author box of a page · closing paragraph by name."""

    name: str
    text: str
    url: str | None = None
    picture_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry(PassedOn):
    """One item of a source as parsed, before we judge it; what `PassedOn` adds is as written."""

    guid: str | None = None
    """Atom id · RSS guid · JSON Feed id · RDF item rdf:about."""
    url: str | None = None
    """Atom link rel=alternate · RSS link, or guid where isPermaLink · JSON Feed url."""
    title_html: str | None = None
    """Atom title · RSS title · JSON Feed title (escaped)."""
    summary_html: str | None = None
    """Atom summary · RSS description beside content:encoded · JSON Feed summary (escaped)."""
    content_html: str | None = None
    """Atom content · RSS content:encoded, else description · JSON Feed content_html."""
    base_url: str | None = None
    """xml:base in force for the content, else the entry's link."""
    published: str | None = None
    """Atom published · RSS pubDate, dc:date · JSON Feed date_published; as written."""
    updated: str | None = None
    """Atom updated · RSS atom:updated, dcterms:modified · JSON Feed date_modified; as written."""
    more_published: tuple[str, ...] = ()
    """All dates of publishing, where the entry states several (standards know one): the one that counts first, then what counts
    where that is no date, or has not come. In XML the last one, as other readers have it; in all else the first."""
    more_updated: tuple[str, ...] = ()
    """The same of dates of change."""
    bylines: tuple[Byline, ...] = ()
    categories: tuple[str, ...] = ()
    """Atom category label or term · RSS category, dc:subject · JSON Feed tags[]."""
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    """xml:lang · dc:language · JSON Feed language."""
    rights: str | None = None
    """Atom rights · dc:rights · media:copyright."""
    terms: tuple[Terms, ...] = ()
    """RSL: rsl:content."""
    valid: str | None = None
    """dcterms:valid: `start=…; end=…`, or a date; as written."""
    origin_guid: str | None = None
    """atom:source/id: the feed that the entry was copied from."""
    origin_title: str | None = None
    """atom:source/title · RSS source: what that feed is called."""
    biographies: tuple[Biography, ...] = ()
    """Author boxes and closing paragraphs that present an author; they are not in the content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """A page or a file read as one article, and what stood around it."""

    entry: ParsedEntry
    canonical_url: str | None = None
    """link rel=canonical · og:url · JSON-LD mainEntityOfPage; absolute."""
    site_name: str | None = None
    """og:site_name · JSON-LD publisher · what follows the stroke in `<title>`."""
    home_url: str | None = None
    """The page's host."""
    language: str | None = None
    """html lang · JSON-LD inLanguage · og:locale."""
    previous_url: str | None = None
    previous_title: str | None = None
    next_url: str | None = None
    next_title: str | None = None
    """link rel=prev, rel=next · the lines `Previous article …` and `Next article …` with their links."""
    is_title_guessed: bool = False
    """True if the title was made of the file name or of the first words."""
    evidence: tuple[tuple[str, str], ...] = ()
    """Field and where it came from: title, author, date, updated, image, section, tags, body …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document as parsed: what it says of itself, and its entries in document order."""

    format: str
    """rss, rdf, atom, jsonfeed, cdf …, with the version that the document states."""
    title: str | None = None
    subtitle: str | None = None
    home_url: str | None = None
    self_url: str | None = None
    moved_url: str | None = None
    """itunes:new-feed-url · RSS redirect/newLocation."""
    feed_id: str | None = None
    language: str | None = None
    rights: str | None = None
    license_url: str | None = None
    """As of entries; where the document names none, that of the answer's HTTP headers."""
    terms: tuple[Terms, ...] = ()
    """RSL that holds for the whole site."""
    icon_url: str | None = None
    hub_urls: tuple[str, ...] = ()
    ttl: timedelta | None = None
    """RSS ttl, or sy:updatePeriod divided by sy:updateFrequency: the longer one."""
    skips: Skips = NO_SKIPS
    bylines: tuple[Byline, ...] = ()
    entries: tuple[ParsedEntry, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    is_complete: bool = False
    more_urls: tuple[str, ...] = ()
    """Sitemap index: its children, newest first · RFC 5005 link rel=prev-archive, rel=next."""
    is_more_dated: bool = False
    """Sitemap index: it says to the minute when each child changed, so that it changes when one of them does."""
    faults: tuple[str, ...] = field(default=())
    """What was wrong and could be lived with, each a sentence."""
