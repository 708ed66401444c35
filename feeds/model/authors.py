"""Who writes: authors as they are known, and what is declared or said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person or desk we know."""

    id: int
    slug: str
    name: str
    domain: str
    """The publisher whose name space the name belongs to; empty for declared authors and agencies."""
    bio: str = ""
    links: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    origin: Literal["file", "admin", "opml", "found"] = "found"
    kind: Literal["person", "desk", "agency"] = "person"
    role: str = ""
    picture_url: str | None = None
    fediverse: str | None = None
    """Their handle there, as `@ines@example.social`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorLooks:
    """What is declared of an author beside names, biography and links."""

    role: str = ""
    picture_url: str | None = None
    fediverse: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorFacts:
    """What an admin says of an author; None leaves a field as it is."""

    bio: str | None = None
    role: str | None = None
    picture_url: str | None = None
    links: tuple[str, ...] | None = None
    known_as: tuple[str, ...] = ()
    """Names to be added."""
