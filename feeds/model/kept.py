"""What the store is given and gives beside articles and feeds: specs, rows of lists, jobs, counts, alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from feeds.model.incoming import NO_OPTIONS, PollState, Source, SourceKind, SourceOptions
from feeds.model.rights import Share, Terms

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """What a source is to be, before the store gives it id and slug."""

    fetch_url: str
    public_url: str | None
    host: str
    host_domain: str
    """For politeness: by the list's ICANN part."""
    domain: str
    """For identity: by the whole list."""
    slug: str | None = None
    title: str | None = None
    found_title: str | None = None
    """What its document calls it, as far as somebody looked already."""
    author_name: str | None = None
    language: str | None = None
    timezone: str = "UTC"
    share: Share = "full"
    is_ours: bool = False
    is_sample: bool = False
    interval: timedelta | None = None
    topic_slugs: tuple[str, ...] = ()
    kind: SourceKind = "feed"
    options: SourceOptions = NO_OPTIONS
    origin: Literal["file", "admin", "opml", "found", "list"] = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source as lists show it: with its state and counts."""

    source: Source
    poll: PollState
    article_count: int
    host: str
    rights: str | None = None
    license_url: str | None = None
    """Of the document, else of the answer's HTTP headers."""
    terms: tuple[Terms, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that a person asked for."""

    id: int
    kind: str
    arguments: dict[str, Any]
    asked_by: str
    state: JobState
    done: int
    total: int
    message: str
    result: dict[str, Any] | None
    asked_at: datetime
    finished_at: datetime | None
    attempts: int = 0
    """How often it was begun; a worker that died is followed by another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCount:
    """A label that sources use."""

    label: str
    article_count: int
    source_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchable:
    """What topic rules look at in a stored article."""

    id: int
    source_slugs: tuple[str, ...]
    """All sources that carry it, the one that brought it first in front."""
    source_topics: tuple[str, ...]
    title: str
    summary: str
    text_html: str
    url: str | None
    categories: tuple[str, ...]
    authors: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorTraces:
    """Where an author was met."""

    sources: tuple[tuple[str, int], ...] = ()
    """Slugs of sources, each with its number of articles."""
    links: tuple[str, ...] = ()
    """Profiles and addresses (`mailto:…`) that stood beside the bylines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What tells an article's language."""

    id: int
    declared: str | None
    """By the article, else by its source."""
    title: str
    text_html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCheck:
    """An article whose own page is to be looked at again."""

    article_id: int
    url: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A former state of an article."""

    number: int
    is_major: bool
    """Whether what replaced it was a change that readers should notice."""
    replaced_at: datetime
    title: str
    summary: str
    content_html: str
    rights: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that an admin should look at."""

    kind: str
    """A word of `feeds.model.alerts.KINDS`."""
    subject: str
    message: str
    opened_at: datetime
    closed_at: datetime | None = None
    id: int = 0
    told: Mapping[str, str] = field(default_factory=dict)
    """Which channel took which message of it; emptied as its end is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Whether anything moves: what was polled last, what is due, what waits to be published."""

    source_count: int
    """Of those that are polled."""
    first_added_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    first_due_at: datetime | None = None
    unpublished_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One part of a topic's rule, and by what it holds for an article; None if it does not."""

    text: str
    evidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFilter:
    """Which sources a list shows; an empty text is no condition."""

    group: Literal["all", "trouble", "odd", "paused"] = "all"
    words: str = ""
    kind: str = ""
    topic: str = ""
    origin: str = ""
    """`file`, or anything else for what people added."""
    order: Literal["harm", "name", "new", "polled", "next"] = "harm"
    """Most harm first, by name, by the last new article or poll (latest first), or by the next poll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTally:
    """How many sources there are of each group."""

    all: int
    trouble: int
    odd: int
    paused: int


ArticleMark = Literal["", "held", "withdrawn", "changed", "picked", "pinned"]
"""What people did with an article; nothing: it is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFilter:
    """Which articles a list shows; an empty text is no condition."""

    words: str = ""
    source: str = ""
    topic: str = ""
    author: str = ""
    mark: ArticleMark = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRow:
    """What a former poll did."""

    polled_at: datetime
    status: str
    """One word of `feeds.ingest.poll.health`."""
    detail: str
    entry_count: int
    new_count: int
    changed_count: int


RestKind = Literal["host", "domain", "failing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A host that is asked nothing for now, or less often than usual."""

    host: str
    domain: str
    kind: RestKind
    """`host`: it answered that it cannot serve; `domain`: all of its domain asked to wait; `failing`: polls fail, so they come less often."""
    until_at: datetime
    """When the rest ends; of a failing host, when it is asked next."""
    first_at: datetime | None = None
    """When the domain is asked next, where others come first after the rest."""
    source_count: int = 0
    sources: tuple[RestSource, ...] = ()
    """A few of its sources, failing ones first."""
    cause: RestSource | None = None
    """The source whose answer says why; it may be at another host of the domain. None if no source got that answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestSource:
    """A source at a host that rests, with what its last poll said."""

    slug: str
    title: str
    host: str
    status: str
    detail: str
    failure_count: int
