"""What feeds/ asks of others: a store, a transport, workers. Parts are put together in `parts.py`.

A store does much: what is asked of it stands by subject in `feeds/protocols_<subject>.py`, and `Store` joins
these. Actions take the whole `Store`, since most of them work on several subjects in one transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from feeds.model.articles import AuthorLooks, Draft, DraftFeed
from feeds.model.incoming import Failed, Hop, Source
from feeds.protocols_articles import ArticleStore
from feeds.protocols_authors import AuthorStore
from feeds.protocols_changes import ChangeStore
from feeds.protocols_feeds import FeedStore
from feeds.protocols_hubs import HubStore
from feeds.protocols_jobs import JobStore
from feeds.protocols_people import PeopleStore
from feeds.protocols_polling import PollingStore
from feeds.protocols_search import SearchStore
from feeds.protocols_sources import SourceStore
from feeds.protocols_topics import TopicStore
from feeds.protocols_upkeep import UpkeepStore


class Room(Protocol):
    """Leave to hold a large body in memory; whoever opened it gives it back."""

    async def enter(self) -> None:
        """Returns when there is room; at once for one who is inside already."""
        ...

    async def __aenter__(self) -> Room:
        """Itself."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Gives the leave back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the transport is asked for it."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    body: bytes = b""
    """Of a POST; its media type is named in the headers."""
    headers: tuple[tuple[str, str], ...] = ()
    timeout: timedelta
    max_bytes: int
    max_redirects: int = 5
    is_sample: bool = False
    """Allowed to reach the run's own samples."""
    own_headers: tuple[tuple[str, str], ...] = ()
    """Credentials and what else is meant for this host alone: never sent elsewhere, or unencrypted after https."""
    user_agent: str | None = None
    proxy: str | None = None
    """The whole address of a proxy, with its own credentials; the target is judged by us all the same."""
    room: Room | None = None
    """Entered before more than a megabyte is read; waiting for it is not held against the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer, decoded and whole."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    hops: tuple[Hop, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class Transport(Protocol):
    """The only way outside, behind the address guard."""

    async def get(self, request: Request) -> Response | Failed:
        """The answer of any status, or why there is none."""
        ...

    async def close(self) -> None:
        """Lets go of all connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseTask:
    """What a worker needs to turn bytes into drafts; small enough to be sent to another process."""

    body: bytes
    url: str
    content_type: str
    source: Source
    now: datetime
    max_entries: int
    prints: bytes = b""
    """What the scan remembers of the last document; entries in it are not parsed again."""
    license_url: str | None = None
    """As the answer's HTTP headers name it: for what states none itself."""


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
    title: str | None = None
    """Of a text that does not tell its own, as a person stated it."""
    license_url: str | None = None
    """As the answer's HTTP headers name it: for a page that states none itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageTask:
    """Texts, each with the language that its source declares."""

    texts: tuple[tuple[str | None, str], ...]


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


NO_LOOKS = AuthorLooks()


class Store(
    ArticleStore,
    AuthorStore,
    ChangeStore,
    FeedStore,
    HubStore,
    JobStore,
    PeopleStore,
    PollingStore,
    SearchStore,
    SourceStore,
    TopicStore,
    UpkeepStore,
    Protocol,
):
    """Everything kept, all subjects joined. One object holds one connection and is used by one thread at a time.

    Every method is a transaction of its own unless it runs inside `write()`.
    """

    def write(self) -> AbstractContextManager[None]:
        """A writing transaction around several calls; inside another one, a savepoint."""
        ...

    def close(self) -> None:
        """Lets go of the connection."""
        ...
