"""What is stored of a draft: each column of `articles` and `contents` once, and the statements made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal, get_type_hints

import msgspec

from db.engines.engine import Row
from feeds.clock import to_ms
from feeds.model.articles import Draft
from feeds.model.passed_on import COLUMNS, PassedOn
from feeds.text.urls import same_url_key

Table = Literal["articles", "contents"]
_TEXTS = frozenset(name for name, kind in get_type_hints(PassedOn).items() if kind == str | None)
_READERS = {
    name: msgspec.json.Decoder(kind) for name, kind in get_type_hints(PassedOn).items() if name not in _TEXTS
}
"""Of the columns that hold JSON."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One column, filled from a draft."""

    name: str
    table: Table
    of: Callable[[Draft], object]
    changed: str = ""
    """SQL of what it holds after a change, where that is not the new draft's value."""
    is_read: bool = True
    """False if `Article` does not show it as it is stored."""


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _passed_on(name: str) -> Callable[[Draft], object]:
    read: Callable[[Draft], object] = attrgetter(name)
    if name in _TEXTS:
        return read
    return lambda draft: None if (value := read(draft)) is None else _json(value)


STORED: tuple[Stored, ...] = (
    Stored("url", "articles", lambda draft: draft.url),
    Stored("canonical_url", "articles", lambda draft: draft.canonical_url),
    Stored(
        "url_key",
        "articles",
        lambda draft: same_url_key(draft.canonical_url) if draft.canonical_url else None,
        is_read=False,
    ),
    Stored("title", "articles", lambda draft: draft.title),
    # What is found out counts where nothing is declared (`db.languages`).
    Stored("language", "articles", lambda draft: draft.language, is_read=False),
    Stored("rights", "articles", lambda draft: draft.rights),
    Stored(
        "published_at",
        "articles",
        lambda draft: None if draft.published_at is None else to_ms(draft.published_at),
        changed="COALESCE(published_at, :published_at)",
    ),
    Stored("hash", "articles", lambda draft: draft.hash, is_read=False),
    Stored("is_date_guessed", "articles", lambda draft: int(draft.is_date_guessed)),
    Stored("is_title_guessed", "articles", lambda draft: int(draft.is_title_guessed)),
    Stored(
        "expires_at",
        "articles",
        lambda draft: None if draft.expires_at is None else to_ms(draft.expires_at),
        is_read=False,
    ),
    Stored("is_restricted", "articles", lambda draft: int(draft.is_restricted)),
    Stored("terms", "articles", lambda draft: _json(draft.terms) if draft.terms else None),
    Stored("summary", "contents", lambda draft: draft.summary),
    Stored("content_html", "contents", lambda draft: draft.content_html),
    Stored("images", "contents", lambda draft: _json(draft.images)),
    Stored("enclosures", "contents", lambda draft: _json(draft.enclosures)),
    *(Stored(name, one.table, _passed_on(name)) for name, one in COLUMNS.items()),
)
"""A column that sources state and we pass on is a field of `feeds.model.passed_on.PassedOn`, and stands here by that."""

SHOWN = ", ".join(f"{'a' if one.table == 'articles' else 'c'}.{one.name}" for one in STORED if one.is_read)
"""What `Article` reads of them: `articles` as `a`, `contents` as `c`."""


def values_of(draft: Draft, table: Table) -> dict[str, object]:
    """What the draft's row of that table holds, by column."""
    return {one.name: one.of(draft) for one in STORED if one.table == table}


def insertion(table: Table, others: Iterable[str]) -> str:
    """The statement for a new row: `others` are columns that no draft fills."""
    names = [*others, *(one.name for one in STORED if one.table == table)]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


def assignments(table: Table) -> str:
    """What a changed draft sets in its row."""
    return ", ".join(f"{one.name} = {one.changed or f':{one.name}'}" for one in STORED if one.table == table)


def passed_on(row: Row) -> PassedOn:
    """The columns of `PassedOn`, as the row holds them."""
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    for name, reader in _READERS.items():
        if values[name] is not None:
            values[name] = reader.decode(values[name])
    return PassedOn(**values)
