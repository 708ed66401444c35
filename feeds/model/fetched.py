"""What a fetch gave: a body, the word that nothing changed, that it is gone, or that it failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect that was followed."""

    status: int
    from_url: str
    to_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A 200 with its whole decoded body."""

    url: str
    """Where the body came from, after redirects."""
    body: bytes
    content_type: str
    body_hash: str
    """Of the body, and of what the headers say that articles depend on."""
    etag: str | None = None
    last_modified: str | None = None
    license_url: str | None = None
    """HTTP Link rel=license (RSL 1.0 section 4.5)."""
    headers: tuple[tuple[str, str], ...] = ()
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304; validators that came with it replace the stored ones."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    license_url: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A 410: the source says that it will not come back."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No usable answer: `state` is a word of `feeds.ingest.poll.health`, `detail` a sentence."""

    url: str
    state: str
    detail: str
    status: int | None = None
    retry_after: timedelta | None = None


FetchResult = Fetched | NotModified | Gone | Failed
