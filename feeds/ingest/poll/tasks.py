"""What worker processes are given, and the protocol that they stand behind."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from feeds.http.requests import Room
from feeds.ingest.rules.fingerprints import RULES
from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Failed
from feeds.model.incoming import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseTask:
    """What a worker needs to turn bytes into drafts; small enough to be sent to another process."""

    body: bytes
    url: str
    content_type: str
    source: Source
    now: datetime
    max_entries: int
    max_bytes: int = 15_000_000
    """Of a document that is packed by gzip: so many are unpacked."""
    prints: bytes = b""
    """What the scan remembers of the last document; entries in it are not parsed again."""
    rules: bytes = RULES
    """By which rules that document was read."""
    is_reread: bool = False
    """It is that very document, to be read by other rules."""
    is_perhaps_reread: bool = False
    """Other rules read the last document, and no entry of it was remembered."""
    license_url: str | None = None
    """As the answer's HTTP headers name it: for what states none itself."""
    max_ahead: timedelta = timedelta(minutes=10)
    """How far behind `now` a date may lie; a later one has not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    """What a worker needs to turn an article's own page, or file, into a draft."""

    body: bytes
    url: str
    content_type: str
    form: str
    """page, text or markdown."""
    name: str
    """Of the file; empty for pages."""
    source: Source
    listed: Draft
    """What the listing said of it."""
    now: datetime
    max_ahead: timedelta = timedelta(minutes=10)
    """As of documents."""
    title: str | None = None
    """Of a text that does not tell its own, as a person stated it."""
    license_url: str | None = None
    """As the answer's HTTP headers name it: for a page that states none itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageTask:
    """Texts, each with the language that its source declares."""

    texts: tuple[tuple[str | None, str], ...]
    among: tuple[str, ...] = ()
    """The languages that may be found (`[site] languages`); empty: all that news is written in."""


class Workers(Protocol):
    """Processes that turn bytes into drafts, and are killed when they hang."""

    def drafts(self, task: ParseTask) -> Awaitable[DraftFeed | Failed]:
        """The document normalized, or why it cannot be read. Never raises for bad input."""
        ...

    def page(self, task: PageTask) -> Awaitable[Draft | Failed]:
        """What page and listing say together, or why the page cannot be read. Never raises for bad input."""
        ...

    def languages(self, task: LanguageTask) -> Awaitable[tuple[str | None, ...] | Failed]:
        """For each text the language that it is in, where none, or an impossible one, is declared."""
        ...

    def room(self, source: Source) -> Room:
        """Room for a large body of the source, to be held until it has been read."""
        ...

    def close(self) -> None:
        """Ends all processes."""
        ...
