"""Authors page by page, and one with the number of their articles (tables `authors`, `article_authors`)."""

from __future__ import annotations

from db import author_rows
from db.engines.engine import Engine
from feeds.model.authors import Author

_SHOWN = (
    "u.merged_into IS NULL AND (u.origin <> 'found' OR EXISTS (SELECT 1 FROM article_authors b WHERE b.author_id = u.id))"
    " AND (:words = '' OR lower(u.name) LIKE :part)"
)


def find(engine: Engine, words: str, *, most: int, offset: int) -> list[int]:
    """Ids of authors whose name holds the words, by name."""
    rows = engine.rows(
        f"SELECT u.id FROM authors u WHERE {_SHOWN} ORDER BY u.name, u.id LIMIT :most OFFSET :offset",
        {**_values(words), "most": most, "offset": offset},
    )
    return [row["id"] for row in rows]


def count(engine: Engine, words: str) -> int:
    """How many there are."""
    found: int = engine.rows(f"SELECT count(*) AS found FROM authors u WHERE {_SHOWN}", _values(words))[0][
        "found"
    ]
    return found


def with_count(engine: Engine, author_id: int) -> tuple[Author, int]:
    """The author of that id, with the number of their published articles."""
    rows = engine.rows(
        "SELECT count(DISTINCT a.id) AS found FROM article_authors b JOIN articles a ON a.id = b.article_id"
        " AND a.status = 'published' WHERE b.author_id = :id",
        {"id": author_id},
    )
    return author_rows.must(engine, author_id), rows[0]["found"]


def _values(words: str) -> dict[str, object]:
    return {"words": words, "part": f"%{words.lower()}%"}
