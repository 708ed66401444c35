"""What was frozen, as web servers need it: each address with its class and tag, what moved, what is gone. Pure but for two files.

A class is a set of headers that many addresses share. Addresses are written down as they come; none is held in memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from feeds.text.dates import http_date
from web.freeze.asking import Asked

SELF = "{self}"
"""Stands in a header for the address itself, so that all feeds share one class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A class of answers."""

    headers: tuple[tuple[str, str], ...]
    """Without Content-Type."""
    media_type: str
    suffix: str
    """How its files' names end: `.html` for pages, else what stands behind the dot of the address."""
    is_dated: bool


@dataclass(slots=True, kw_only=True)
class Catalog:
    """The catalog of one state."""

    base_url: str
    folder: str
    """Where `current` stands, absolute."""
    addresses: IO[str]
    """Lines of nginx's map: address, and `class:tag:z:date`."""
    moved: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By former address, without format: the code and where it leads."""
    months: dict[str, str] = field(default_factory=dict)
    kinds: dict[Kind, int] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    longest: int = 0

    @property
    def prefix(self) -> str:
        """The path of the site, before every address; empty if it is at the root."""
        return urlsplit(self.base_url).path

    @property
    def host(self) -> str:
        """The name of the site's host."""
        return urlsplit(self.base_url).hostname or "_"

    def add(self, asked: Asked, past: str) -> int:
        """Writes the address down; returns the number of its class."""
        kind = self.kind_of(asked)
        number = self.kinds.setdefault(kind, len(self.kinds) + 1)
        self.counts[number] += 1
        key = f"{asked.path}?{past.replace(':', '.')}" if past else asked.path
        date = http_date(asked.changed_at) if asked.changed_at is not None else ""
        packed = "z" if asked.gzipped is not None else ""
        self.addresses.write(f'"{key}" "{number}:{asked.etag}:{packed}:{date}";\n')
        self.longest = max(self.longest, len(key))
        return number

    def kind_of(self, asked: Asked) -> Kind:
        """The class of an answer."""
        own = f"<{self.base_url}{asked.path}>"
        return Kind(
            headers=tuple(
                (name, value.replace(own, f"<{SELF}>"))
                for name, value in asked.headers
                if name != "Content-Type"
            ),
            media_type=asked.media_type,
            suffix=file_of(asked).rpartition(".")[2],
            is_dated=asked.changed_at is not None,
        )

    def first_of(self, suffix: str) -> int:
        """The class that was the first with that suffix: files of it need no mark."""
        return next(number for kind, number in self.kinds.items() if kind.suffix == suffix)

    def is_first(self, number: int) -> bool:
        """True for a class that is the first with its suffix."""
        return any(
            found == number and self.first_of(kind.suffix) == number for kind, found in self.kinds.items()
        )


def file_of(asked: Asked, past: str = "", kind: str = "") -> str:
    """The file that holds the answer, below the folder of the site."""
    path = asked.path.lstrip("/")
    if not asked.media_type.startswith("text/html"):
        return path
    return f"{path or 'index'}/{kind}/{past.replace(':', '.')}.html" if past else f"{path or 'index'}.html"


def open_catalog(base_url: str, folder: Path, path: Path) -> Catalog:
    """A catalog of a state of that folder, which writes its addresses into the file at `path`."""
    return Catalog(base_url=base_url, folder=str(folder), addresses=path.open("w", encoding="ascii"))
