"""Lists of sources that others keep: what the file says of one, what it names, and what came of each entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.incoming import SourceKind

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EntryState = Literal["followed", "left", "theirs", "waiting", "refused"]
"""followed: its source is the list's; left: the list names it no more; theirs: somebody else added its source;
waiting: its host is new, and the day's share of new hosts is used up; refused: it is no source, as `detail` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeclaration:
    """A `[[list]]`: an OPML or TOML list of sources that is followed."""

    slug: str
    url: str
    """An address, or the path of a file."""
    title: str | None = None
    topics: tuple[str, ...] = ()
    """Slugs of topics that its sources go into."""
    every: timedelta = DAY
    """How often it is read."""
    new_hosts: int = 20
    """Hosts a day that nobody knew here; further ones wait for an admin, or for the next day."""
    paused: bool = False
    """true: it is not read; its sources stay."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSource:
    """One entry of a list."""

    url: str
    title: str = ""
    home: str = ""
    """The address of the site that it belongs to."""
    slug: str | None = None
    folders: tuple[str, ...] = ()
    """Names of the folders that it stands in, from the outside in (OPML)."""
    topics: tuple[str, ...] = ()
    """Some of the list's topics, where it names them (TOML)."""
    language: str | None = None
    timezone: str | None = None
    kind: SourceKind = "feed"
    links: str | None = None
    """CSS selector of the links to articles, where it is a page."""
    only: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    """Former addresses or slugs."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list as it was read."""

    form: Literal["opml", "toml"]
    entries: tuple[ListedSource, ...]
    wrong: tuple[str, ...] = ()
    """A sentence for everything in it that is no entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """What came of one entry."""

    id: int
    list_id: int
    url: str
    """As it is fetched."""
    stated: ListedSource
    state: EntryState
    source_id: int | None = None
    detail: str = ""
    source_state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReading:
    """How the last readings of a list went."""

    next_at: datetime | None = None
    read_at: datetime | None = None
    """When it last told what it names."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    """In a row."""
    fault: str = ""
    """Why the last reading changed nothing; empty if all is well."""
    note: str = ""
    """What else there is to say, such as that it has moved."""
    wrong: tuple[str, ...] = ()
    """What in it is no entry, some of it."""
    unusable: int = 0
    """Entries that could not be read, or taken from anybody; the first of `wrong` are theirs."""
    day: str = ""
    """The day (UTC) on which `hosts` new hosts entered."""
    hosts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedList:
    """A list as it is kept."""

    id: int
    stated: ListDeclaration
    origin: Literal["file", "admin"] = "admin"
    state: Literal["active", "paused", "removed"] = "active"
    reading: ListReading = ListReading()

    @property
    def slug(self) -> str:
        """Its word in commands."""
        return self.stated.slug

    @property
    def title(self) -> str:
        """What it is called."""
        return self.stated.title or self.stated.slug.replace("-", " ").capitalize()
