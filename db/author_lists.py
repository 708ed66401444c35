"""Authors page by page, and one with the number of their articles (tables `authors`, `article_authors`)."""

from __future__ import annotations

from typing import Any

from db import author_rows
from db.engines.engine import Engine
from db.words import holds
from feeds.model.authors import Author

_SHOWN = "u.merged_into IS NULL AND (u.origin <> 'found' OR EXISTS (SELECT 1 FROM article_authors b WHERE b.author_id = u.id))"


def find(engine: Engine, words: str, *, most: int, offset: int) -> list[int]:
    """Ids of authors whose name holds the words, by name."""
    shown, values = _shown(words)
    rows = engine.rows(
        f"SELECT u.id FROM authors u WHERE {shown} ORDER BY u.name, u.id LIMIT :most OFFSET :offset",
        {**values, "most": most, "offset": offset},
    )
    return [row["id"] for row in rows]


def count(engine: Engine, words: str) -> int:
    """How many there are."""
    shown, values = _shown(words)
    found: int = engine.rows(f"SELECT count(*) AS found FROM authors u WHERE {shown}", values)[0]["found"]
    return found


def with_count(engine: Engine, author_id: int) -> tuple[Author, int]:
    """The author of that id, with the number of their published articles."""
    rows = engine.rows(
        "SELECT count(DISTINCT a.id) AS found FROM article_authors b JOIN articles a ON a.id = b.article_id"
        " AND a.status = 'published' WHERE b.author_id = :id",
        {"id": author_id},
    )
    return author_rows.must(engine, author_id), rows[0]["found"]


def _shown(words: str) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {}
    return (f"{_SHOWN} AND {holds('u.name', words, values)}" if words else _SHOWN), values
