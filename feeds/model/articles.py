"""What we hold: drafts, what deciding needs to know, what is to be written, and articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.authors import Author
from feeds.model.incoming import (
    NO_SKIPS,
    Biography,
    Deleted,
    Enclosure,
    Image,
    Pictures,
    PollState,
    Skips,
)
from feeds.model.pages import PageDates, PageMark
from feeds.model.passed_on import PassedOn
from feeds.model.reverts import Returned
from feeds.model.rights import Share, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAuthor:
    """A byline judged: a person or desk, named within one publisher's domain."""

    name: str
    url: str | None = None
    email: str | None = None
    kind: Literal["person", "desk", "agency"] = "person"
    role: str | None = None
    written: str | None = None
    """An agency's name as the byline spells it, where that is another."""
    links: tuple[str, ...] = ()
    """Where else they are at home (JSON-LD sameAs); no part of an article's hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(PassedOn):
    """An entry normalized, not yet stored. Content is sanitized, addresses are absolute."""

    guid: str
    """The source's guid, else its address, else a hash of title and date; never empty."""
    is_guid_given: bool
    url: str | None
    canonical_url: str | None
    title: str
    summary: str
    """Plain text that the source gave as summary; empty if it gave none."""
    content_html: str
    published_at: datetime | None
    """The source's date; None if it gave none that can be read."""
    modified_at: datetime | None
    is_date_guessed: bool = False
    is_title_guessed: bool = False
    expires_at: datetime | None = None
    """When the source wants it to end (dcterms:valid)."""
    authors: tuple[DraftAuthor, ...] = ()
    biographies: tuple[Biography, ...] = ()
    """What the source says of these authors beside the article; no part of its hash."""
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    rights: str | None = None
    terms: tuple[Terms, ...] = ()
    is_restricted: bool = False
    """These terms leave us nothing to pass on but the headline."""
    hash: str = ""
    """Of all that a reader would notice: two drafts with equal hashes are the same version."""
    is_reread: bool = False
    """Its source tells what it told when it was last read, by former rules: what differs is our reading of it."""
    former_guid: bytes = b""
    """What is remembered of the guid that former rules made of this very entry, where it was another one (`guid_mark`)."""
    is_perhaps_reread: bool = False
    """Former rules read its document, of which no entry was remembered: what differs may be our reading of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFeed:
    """A document normalized: its header and its drafts in document order."""

    format: str
    title: str | None = None
    home_url: str | None = None
    self_url: str | None = None
    moved_url: str | None = None
    """Where the document says that it is from now on."""
    language: str | None = None
    rights: str | None = None
    license_url: str | None = None
    terms: tuple[Terms, ...] = ()
    hub_urls: tuple[str, ...] = ()
    ttl: timedelta | None = None
    skips: Skips = NO_SKIPS
    drafts: tuple[Draft, ...] = ()
    faults: tuple[str, ...] = ()
    entry_count: int = 0
    """Of the whole document, those known from the last poll included; `drafts` holds only the others."""
    places: tuple[int, ...] = ()
    """For each draft, which of the parsed entries it was made of."""
    prints: bytes = b""
    """What the next scan is to remember of this document (`feeds.ingest.formats.scan`)."""
    answered_by: str | None = None
    """The domain that answered a poll with it; None if nobody was asked: then no article changes hands."""
    more_urls: tuple[str, ...] = ()
    """Documents that belong to this one: children of a sitemap index, newest first; RFC 5005 archive, next page."""
    is_more_dated: bool = False
    """Of a sitemap index that changes whenever one of its children does."""
    deleted: tuple[Deleted, ...] = ()
    page_marks: tuple[PageMark, ...] = ()
    """Of the pages that this poll read or tried to, and of those whose date it took note of."""
    page_dates: PageDates | None = None
    """How far the source's dates of pages are believed from now on; None if no pages were looked after."""
    is_tried: bool = True
    """False if pages are left that were not asked for yet: a first import goes on."""
    is_part: bool = False
    """It may hold some of the source's entries only, as what a hub brings does."""
    is_whole: bool = True
    """False if the next poll has to read the whole document again, because pages are left."""
    is_complete: bool = False
    """What does not stand in it is no part of the source any more; `names` holds the guids of what does."""
    names: frozenset[str] = frozenset()
    """Of a folder, the guids of all its files, those that this poll did not read included; of a complete document, all."""

    @property
    def read_count(self) -> int:
        """Entries that this poll can speak of: of a listing, those whose pages it read."""
        return len(self.drafts) if self.page_marks else max(self.entry_count, len(self.drafts))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """A stored article as far as deciding needs it."""

    id: int
    urn: str
    source_id: int
    """The source that it belongs to: the one that it was first seen in, or its publisher."""
    canonical_url: str | None
    hash: str
    status: Literal["published", "withdrawn", "purged"]
    updated_at: datetime
    first_seen_at: datetime
    other_urls: tuple[str, ...] = ()
    """Addresses that it had before."""
    title: str = ""
    published_at: datetime | None = None
    former_hashes: tuple[str, ...] = ()
    """Of its last five versions."""
    taken_back: tuple[str, ...] = ()
    """By which words its source took it back (`feeds.model.withdrawals`); where it is published, an admin overruled them."""
    source_domain: str = ""
    is_source_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSighting:
    """An article seen in some source under a guid."""

    source_id: int
    guid: str
    article_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that deciding about one document needs from the store, in one read."""

    articles: tuple[KnownArticle, ...] = ()
    sightings: tuple[KnownSighting, ...] = ()
    """Of the document's guids, in any source."""
    taken_urns: frozenset[str] = frozenset()
    """Of the urns that the document's drafts could claim."""
    recent: tuple[KnownArticle, ...] = ()
    """The source's latest articles, where so much of the document is unknown that its ids may have changed."""
    graves: tuple[tuple[str, KnownArticle, bool], ...] = ()
    """Of the document's tombstones: the id, an article that was met under it, and whether in this source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMatch:
    """A topic that an article belongs to, and why."""

    slug: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An article to be stored for the first time."""

    draft: Draft
    urn: str
    sort_at: datetime
    effective_at: datetime
    updated_at: datetime
    matches: tuple[TopicMatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedArticle:
    """A stored article whose source now says something else."""

    article_id: int
    draft: Draft
    is_major: bool
    updated_at: datetime
    matches: tuple[TopicMatch, ...] = ()
    is_quiet: bool = False
    """Our rules read it otherwise; its source said nothing new. Nobody is sent word of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAgain:
    """A known article met under a guid (or in a source) that it was not known by."""

    article_id: int
    draft: Draft
    matches: tuple[TopicMatch, ...] = ()
    """Topics that it gains by this; those it has stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A stored article that its source takes back."""

    article_id: int
    reason: str
    words: tuple[str, ...] = ()
    """Those to be remembered, of this taking back and of overruled ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one document changes in the store; empty if nothing is new."""

    new: tuple[NewArticle, ...] = ()
    changed: tuple[ChangedArticle, ...] = ()
    seen_again: tuple[SeenAgain, ...] = ()
    withdrawn: tuple[Withdrawal, ...] = ()
    remarked: tuple[tuple[int, str], ...] = ()
    """Articles that new rules read as the old ones did, and the hash that says so; nobody is told."""
    taken_back: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Other words to be remembered of articles that stay as they are: withdrawn ones, and those told as living again."""
    left: tuple[tuple[str, int], ...] = ()
    """Guids that articles do not have any more: names of files that were renamed."""
    renamed_count: int = 0
    """Articles of this source that came under other ids than before."""
    identity: Literal["guid", "address"] = "guid"
    """What tells the source's articles apart from now on."""
    returned: tuple[Returned, ...] = ()
    """Articles that are told by a former text, which is not believed yet; no part of what is to be written."""

    def is_empty(self) -> bool:
        """True if there is nothing to write."""
        several = (self.new, self.changed, self.seen_again, self.withdrawn, self.remarked, self.taken_back)
        return not any(several)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What a poll did, in numbers and a state that health knows."""

    source_id: int
    status: str
    detail: str = ""
    poll: PollState
    was_due_at: datetime | None = None
    """When the source had been due as it was claimed: whoever asked for it since then moved that."""
    entry_count: int = 0
    new_count: int = 0
    changed_count: int = 0
    faults: tuple[str, ...] = ()
    odd: str = ""
    """What is odd about the source, as an admin reads it behind its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRule:
    """What matches a topic: any of these suffices, but for what `exclude` keeps out."""

    categories: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    url_parts: tuple[str, ...] = ()
    source_slugs: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    """As `feeds.config.expressions` reads them."""
    exclude: tuple[str, ...] = ()
    """Expressions that keep an article out, whatever else holds."""
    parent: str | None = None
    """The topic that everything of this one belongs to as well."""
    medtop: tuple[str, ...] = ()
    """IPTC Media Topics, as `medtop:20000735`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Our subject: a slug, a title, and the rule that fills it."""

    id: int
    slug: str
    title: str
    description: str = ""
    rule: TopicRule = TopicRule()
    origin: Literal["file", "admin", "opml", "found"] = "admin"
    state: Literal["active", "paused", "retired"] = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCredit:
    """What an article says of where it came from."""

    slug: str
    title: str
    home_url: str | None
    feed_url: str | None
    """The public address of the source's feed; None if it is private."""
    feed_id: str
    """A urn for the source as it stands in atom:source/id."""
    is_ours: bool
    share: Share
    rights: str | None = None
    pictures: Pictures = "all"
    is_private: bool = False
    """Its articles are for nobody but private addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(PassedOn):
    """A stored entry with our own id, whole, as pages and feeds need it."""

    id: int
    urn: str
    url: str | None
    title: str
    summary: str
    content_html: str
    language: str | None
    rights: str | None
    published_at: datetime | None
    effective_at: datetime
    """The source's date where it can be believed, else when we first saw it."""
    updated_at: datetime
    first_seen_at: datetime
    sort_at: datetime
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    source: SourceCredit
    status: Literal["published", "held", "withdrawn", "purged"] = "published"
    """held: by an admin; it stands nowhere until it is released."""
    is_date_guessed: bool = False
    is_title_guessed: bool = False
    terms: tuple[Terms, ...] = ()
    is_restricted: bool = False
    overruled: tuple[str, ...] = ()
    """By which words its source took it back before an admin restored it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """The sign left for a withdrawn article."""

    urn: str
    withdrawn_at: datetime
    reason: str
    is_silent: bool = False
    """No feed tells that it was here."""
    is_purged: bool = False
    """Its content was let go of by `[keep]`; it was not taken back."""
    is_private: bool = False
    """Its source is private: nobody else is told that it was ever here."""
