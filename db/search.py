"""Words of articles and the index of them (tables `texts`, `_words`): which articles hold which words, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from db.engines.engine import Engine, chunks
from feeds.clock import to_ms
from feeds.text.folding import SoughtWords

CURSOR = "search_seq"
"""Up to which published change articles were read; kept among the small values."""
COMMON = 20_000
"""Words that so many articles hold are looked for by walking over the newest articles; sorting so many takes 20 ms."""
READING = "search_reading"
"""By which rules they were read; kept there, too."""


def behind(engine: Engine, after: int, most: int) -> tuple[int, list[int]]:
    """The articles of the next published changes after that seq, and the last seq among them."""
    rows = engine.rows(
        "SELECT seq, article_id FROM touched WHERE seq > :after ORDER BY seq LIMIT :most",
        {"after": after, "most": most},
    )
    last = rows[-1]["seq"] if rows else after
    return last, list(dict.fromkeys(row["article_id"] for row in rows if row["article_id"]))


def read_anew(engine: Engine, now: datetime, source_id: int | None = None) -> None:
    """Has search read articles again of which more, or less, is shown: the source's, or all that are not shown whole."""
    partly = (
        "s.share <> 'full' OR a.is_restricted = 1 OR (s.options IS NOT NULL AND s.options NOT LIKE :pictures)"
    )
    which = f"s.is_ours = 0 AND ({partly})" if source_id is None else "s.id = :source"
    engine.run(
        "INSERT INTO touched (feed_id, article_id, what, touched_at)"
        " SELECT f.id, a.id, 'changed', :now + 0 FROM articles a JOIN sources s ON s.id = a.source_id"
        " JOIN feeds f ON f.kind = 'source' AND f.target_id = s.id"
        f" WHERE a.status = 'published' AND {which} ORDER BY a.id",
        {"now": to_ms(now), "source": source_id, "pictures": '%"pictures":"all"%'},
    )


def put(engine: Engine, told: Sequence[tuple[int, str]]) -> None:
    """The words of articles; empty words take an article out."""
    ids = [article_id for article_id, _ in told]
    kept = [{"id": article_id, "words": words} for article_id, words in told if words]
    forget, index = _INDEXING[engine.name]
    for part in chunks(ids):
        engine.run(forget, {"ids": part})
    engine.run_many(index, kept)
    for part in chunks(ids):
        engine.run("DELETE FROM texts WHERE article_id IN (:ids*)", {"ids": part})
    engine.run_many("INSERT INTO texts (article_id, words) VALUES (:id, :words)", kept)


def find(engine: Engine, sought: Sequence[SoughtWords], *, most: int, offset: int) -> list[int]:
    """Published articles that hold all that is sought, newest first."""
    query = _QUERIES[engine.name](sought)
    held = _HELD[engine.name]
    where = f"a.id IN ({held})"
    if engine.name == "sqlite" and _is_common(engine, held, query):
        # Of what half of all articles hold, the newest are found sooner by asking the newest ones than by sorting all.
        where = f"EXISTS ({held} AND rowid = a.id)"
    rows = engine.rows(
        f"SELECT a.id FROM articles a WHERE a.status = 'published' AND {where}"
        " ORDER BY a.sort_at DESC, a.id DESC LIMIT :most OFFSET :offset",
        {"query": query, "most": most, "offset": offset},
    )
    return [row["id"] for row in rows]


def _is_common(engine: Engine, held: str, query: str) -> bool:
    rows = engine.rows(f"SELECT count(*) AS n FROM ({held} LIMIT :most)", {"query": query, "most": COMMON})
    return bool(rows[0]["n"] >= COMMON)


def _sqlite(sought: Sequence[SoughtWords]) -> str:
    # Folded words hold letters and digits only, so that nothing in them is an operator.
    return " AND ".join(f'"{one.words}"' + ("*" if one.is_prefix else "") for one in sought)


def _postgres(sought: Sequence[SoughtWords]) -> str:
    return " & ".join(f"({' <-> '.join(one.words.split())}{':*' if one.is_prefix else ''})" for one in sought)


_QUERIES: dict[str, Callable[[Sequence[SoughtWords]], str]] = {"sqlite": _sqlite, "postgres": _postgres}
_HELD = {
    "sqlite": "SELECT rowid FROM _words WHERE _words MATCH :query",
    "postgres": "SELECT article_id FROM _words WHERE vector @@ to_tsquery('simple', :query)",
}
_INDEXING = {
    "sqlite": (
        # What the index forgets must be told to it as it was.
        "INSERT INTO _words (_words, rowid, words) SELECT 'delete', article_id, words FROM texts"
        " WHERE article_id IN (:ids*)",
        "INSERT INTO _words (rowid, words) VALUES (:id, :words)",
    ),
    "postgres": (
        "DELETE FROM _words WHERE article_id IN (:ids*)",
        "INSERT INTO _words (article_id, vector) VALUES (:id, to_tsvector('simple', :words))",
    ),
}
"""For each engine: how the index forgets articles, and how it takes one in."""
