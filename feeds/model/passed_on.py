"""What a source says of an article beside its text and is passed on: each column once, with its type.

A field added here is by itself a field of `ParsedEntry`, `Draft`, `Article` and `DocumentEntry`. It is read from and
written to `_feedwright` of JSON Feed, cleaned by its kind, compared between versions, stored, told as changed, shown by
`./run article show`, and stands in the table of docs/publishing.md. docs/map.md ("Add a column of articles") says what is left
to do by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeVar

from feeds.model.episodes import Episode

Part = Literal[
    "title", "text", "summary", "authors", "pictures", "files", "topics", "labels", "url", "language", "dates",
    "rights", "source",
]  # fmt: skip
"""What of an article may change, as partners are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What all rooms need to know of a column."""

    key: str
    """Its name in `_feedwright` of JSON Feed and in `--json`."""
    kind: Literal["address", "source type", "episode"]
    """How it is cleaned; an address is made absolute, and stays out where it may hold a secret."""
    part: Part
    """As what partners are told that it changed."""
    about: str
    """For the docs: what it is."""
    read: str
    """For the docs: where it stands in documents of sources."""
    written: str
    """For the docs: where it stands in what we publish."""
    is_of_text: bool = False
    """True if it goes with the text: it is shown only where that is shared in full."""
    table: Literal["articles", "contents"] = "contents"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """The columns, in the order in which they came."""

    license_url: str | None = field(
        default=None,
        metadata={
            "column": Column(
                key="license",
                kind="address",
                part="rights",
                table="articles",
                about="The address of its licence",
                read="Atom `link rel=license` (RFC 4946) · `cc:license`, `creativeCommons:license`, `dcterms:license` · JSON-LD `license`"
                " · HTML `link rel=license`",
                written="Atom and RSS `link rel=license` · ninjs `rightsInfo` · API `license_url`",
            )
        },
    )
    source_type: str | None = field(
        default=None,
        metadata={
            "column": Column(
                key="digital_source_type",
                kind="source type",
                part="rights",
                about="By which means its text was made (IPTC digital source type)",
                read="Atom and RSS `category` of that scheme · JSON-LD and microdata `digitalSourceType`",
                written="Atom and RSS `category` of that scheme · ninjs `digitalSourceType` · API `digital_source_type`",
            )
        },
    )
    episode: Episode | None = field(
        default=None,
        metadata={
            "column": Column(
                key="episode",
                kind="episode",
                part="files",
                is_of_text=True,
                about="What it is as an episode of a podcast",
                read="RSS `itunes:…`, `podcast:…`",
                written="RSS `itunes:…`, `podcast:…`",
            )
        },
    )
    comments_url: str | None = field(
        default=None,
        metadata={
            "column": Column(
                key="comments_url",
                kind="address",
                part="url",
                about="The address of the page where readers talk about it",
                read="RSS `comments` · Atom `link rel=replies` of an HTML type (RFC 4685)",
                written="RSS `comments` · Atom `link rel=replies` · API `comments_url`",
            )
        },
    )


COLUMNS: dict[str, Column] = {one.name: one.metadata["column"] for one in fields(PassedOn)}
"""By the name of the field."""

Made = TypeVar("Made", bound=PassedOn)


def with_passed_on(made: Made, given: PassedOn) -> Made:
    """The value with all columns as `given` has them."""
    values: dict[str, Any] = {
        name: value for name in COLUMNS if (value := getattr(given, name)) != getattr(made, name)
    }
    # Most articles have none of them, and a copy costs what reading its row does.
    return replace(made, **values) if values else made


def joined(first: PassedOn, second: PassedOn) -> PassedOn:
    """Each column as the first says it, else as the second does."""
    return PassedOn(**{name: getattr(first, name) or getattr(second, name) for name in COLUMNS})


def kept_where(given: PassedOn, is_kept: Callable[[Column], bool]) -> PassedOn:
    """The columns of which that is true; the others are empty."""
    return PassedOn(**{name: getattr(given, name) for name, one in COLUMNS.items() if is_kept(one)})


def texts_of(given: PassedOn) -> dict[str, str | None]:
    """The columns that are plain texts, by the name of the field."""
    return {name: getattr(given, name) for name, one in COLUMNS.items() if one.kind != "episode"}
