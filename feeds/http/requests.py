"""What is asked of a transport, and what it answers: requests and whole, decoded responses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from feeds.model.fetched import Failed, Hop


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
    is_to_source: bool = False
    """It asks a source: signed where `[fetch] signed` is set."""
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
