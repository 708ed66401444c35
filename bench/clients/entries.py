"""What a client shows of an address, as its program says it: one line of JSON for each address."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

FORMATS = ("atom", "rss", "json")


class MissingError(Exception):
    """The client cannot be had on this machine; the text says why, and what would bring it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as far as the client has named fields for it."""

    id: str
    title: str = ""
    link: str = ""
    authors: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    pictures: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    files: tuple[tuple[str, ...], ...] = ()
    labels: tuple[str, ...] = ()
    language: str = ""
    rights: str = ""
    published: str = ""
    updated: str = ""
    ended: str = ""
    is_new: bool | None = None
    """Whether the client shows it as unread; None if it keeps no such state."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of one address."""

    url: str
    entries: tuple[Entry, ...] = ()
    error: str = ""


class Client(Protocol):
    """Anything that reads feeds."""

    name: str
    formats: tuple[str, ...]
    version: str
    updates: bool
    """Whether what it shows of an article follows the feed; mails that were sent do not."""

    def look(self, urls: Sequence[str]) -> list[Shown]:
        """What it shows of these addresses after reading each of them once more."""
        ...

    def close(self) -> None:
        """Ends what it started."""
        ...


def read_lines(text: str) -> list[Shown]:
    """What a program printed."""
    found: list[Shown] = []
    for line in text.splitlines():
        told = json.loads(line)
        entries = tuple(entry_of(one) for one in told.get("entries") or ())
        found.append(Shown(url=told["url"], entries=entries, error=told.get("error") or ""))
    return found


def entry_of(fields: dict[str, Any]) -> Entry:
    """The entry of these fields; what is null there is empty here."""
    words: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "is_new":
            words[name] = value
        elif name == "files":
            words[name] = tuple(tuple(_text(part) for part in file) for file in value or ())
        elif name in ("authors", "pictures", "credits", "labels"):
            words[name] = tuple(_text(part) for part in value or () if part)
        else:
            words[name] = _text(value)
    return Entry(**words)


def _text(value: object) -> str:
    return "" if value is None else str(value)
