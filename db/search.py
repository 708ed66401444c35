"""Words of articles and the index of them (tables `texts`, `_words`): which articles hold which words, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from db.engines.engine import Engine, chunks
from feeds.clock import to_ms
from feeds.text.folding import SoughtWords

CURSOR = "search_seq"
"""Up to which published change articles were read; kept among the small values."""
NEWEST, NEWER = 2_000, 50_000
"""What many articles hold is looked for among so many of the newest first, which spares sorting all that hold it."""
OFTEN = 4
"""Where one in so many of the newest holds it, it is looked for among more of them before all are sorted."""
READING = "search_reading"
"""By which rules they were read; kept there, too."""
FORGOTTEN, MERGING = "search_forgotten", "search_merging"
"""How many texts the index forgot since it was last merged, and whether it is being merged; kept there, too."""
MERGED_PAGES = 100
"""Pages of the index that one step writes: some 10 ms."""


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


def put(engine: Engine, texts: Sequence[tuple[int, str]]) -> int:
    """The words of articles; empty words take an article out. Returns how many former texts the index had to forget."""
    # By id: where an id is lower than the last, SQLite's index ends a segment and begins another.
    wanted = dict(sorted(texts))
    former: dict[int, str] = {}
    for part in chunks(wanted):
        rows = engine.rows("SELECT article_id, words FROM texts WHERE article_id IN (:ids*)", {"ids": part})
        former |= {row["article_id"]: row["words"] for row in rows}
    # Most changes of articles change none of their words.
    other = {number: words for number, words in wanted.items() if words != former.get(number, "")}
    ids = [number for number in other if number in former]
    kept = [{"id": number, "words": words} for number, words in other.items() if words]
    forget, index = _INDEXING[engine.name]
    for part in chunks(ids):
        engine.run(forget, {"ids": part})
    engine.run_many(index, kept)
    for part in chunks(ids):
        engine.run("DELETE FROM texts WHERE article_id IN (:ids*)", {"ids": part})
    engine.run_many("INSERT INTO texts (article_id, words) VALUES (:id, :words)", kept)
    return len(ids)


def merge(engine: Engine, *, is_first: bool) -> bool:
    """A step of making SQLite's index one segment, without what it forgot; False if nothing is left to do."""
    before = _changes(engine)
    # A number below zero begins with all segments; the steps after it go on with what was begun.
    pages = -MERGED_PAGES if is_first else MERGED_PAGES
    engine.run("INSERT INTO _words (_words, rank) VALUES ('merge', :pages)", {"pages": pages})
    # The statement itself counts as one.
    return _changes(engine) - before > 1


def article_count(engine: Engine) -> int:
    """How many articles are published."""
    rows = engine.rows("SELECT article_count FROM feeds WHERE kind = 'all'")
    return int(rows[0]["article_count"]) if rows else 0


def _changes(engine: Engine) -> int:
    found: int = engine.rows("SELECT total_changes() AS n")[0]["n"]
    return found


def find(engine: Engine, sought: Sequence[SoughtWords], *, most: int, offset: int) -> list[int]:
    """Published articles that hold all that is sought, newest first."""
    query, wanted = _QUERIES[engine.name](sought), offset + most
    found = _among_newest(engine, query, NEWEST)
    if len(found) < wanted and len(found) * OFTEN >= NEWEST:
        found = _among_newest(engine, query, NEWER)
    if len(found) >= wanted:
        return found[offset:wanted]
    # Materialized: PostgreSQL, which guesses how often words occur, would ask for a rare one article by article.
    rows = engine.rows(
        f"WITH held AS MATERIALIZED ({_MATCHING[engine.name]})"
        " SELECT a.id FROM articles a WHERE a.status = 'published' AND a.id IN (SELECT id FROM held)"
        " ORDER BY a.sort_at DESC, a.id DESC LIMIT :most OFFSET :offset",
        {"query": query, "most": most, "offset": offset},
    )
    return [row["id"] for row in rows]


def _among_newest(engine: Engine, query: str, reach: int) -> list[int]:
    """Those of the newest articles that hold what is sought. Their ids lie close together, and so in the index."""
    rows = engine.rows(
        "SELECT id FROM articles WHERE status = 'published' ORDER BY sort_at DESC, id DESC LIMIT :reach",
        {"reach": reach},
    )
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    matching = engine.rows(
        _MATCHING[engine.name] + _WITHIN[engine.name], {"query": query, "low": min(ids), "high": max(ids)}
    )
    known = {row["id"] for row in matching}
    return [one for one in ids if one in known]


def _sqlite(sought: Sequence[SoughtWords]) -> str:
    # Folded words hold letters and digits only, so that nothing in them is an operator.
    return " AND ".join(f'"{one.words}"' + ("*" if one.is_prefix else "") for one in sought)


def _postgres(sought: Sequence[SoughtWords]) -> str:
    return " & ".join(f"({' <-> '.join(one.words.split())}{':*' if one.is_prefix else ''})" for one in sought)


_QUERIES: dict[str, Callable[[Sequence[SoughtWords]], str]] = {"sqlite": _sqlite, "postgres": _postgres}
_MATCHING = {
    "sqlite": "SELECT rowid AS id FROM _words WHERE _words MATCH :query",
    "postgres": "SELECT article_id AS id FROM _words WHERE vector @@ to_tsquery('simple', :query)",
}
_WITHIN = {
    "sqlite": " AND rowid BETWEEN :low AND :high",
    "postgres": " AND article_id BETWEEN :low AND :high",
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
