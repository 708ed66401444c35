"""By which words sources took articles back, and which articles end now (table `articles`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from db.engines.engine import Engine, Row, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.outgoing import EndedArticle
from feeds.model.withdrawals import ended_word

KEPT_NO_LONGER = "kept no longer"
"""The reason on the tombstone of an article that `[keep]` let go of; one that was withdrawn before keeps its own."""


def is_purged(grave: Row) -> bool:
    """True if the article left because it is kept no longer; False if it had been withdrawn by then."""
    return bool(grave["status"] == "purged" and grave["reason"] == KEPT_NO_LONGER)


def note(engine: Engine, several: Sequence[tuple[int, tuple[str, ...]]]) -> None:
    """Remembers by which words sources took articles back; none where they tell them as living."""
    engine.run_many(
        "UPDATE articles SET taken_back = :words WHERE id = :id",
        [
            {"id": article_id, "words": msgspec.json.encode(words).decode() if words else None}
            for article_id, words in several
        ],
    )


def words_of(taken_back: str | None) -> tuple[str, ...]:
    """The words in the column `taken_back`."""
    return msgspec.json.decode(taken_back, type=tuple[str, ...]) if taken_back else ()


def add(engine: Engine, article_id: int, word: str) -> None:
    """Remembers one word more."""
    row = engine.rows("SELECT taken_back FROM articles WHERE id = :id", {"id": article_id})[0]
    note(engine, [(article_id, tuple(dict.fromkeys((*words_of(row["taken_back"]), word))))])


def over(engine: Engine, *, now: datetime, most: int) -> list[tuple[int, str]]:
    """Published articles whose source let them end before now, and the word that says so."""
    rows = engine.rows(
        "SELECT id, expires_at FROM articles WHERE status = 'published' AND expires_at <= :now"
        " ORDER BY expires_at LIMIT :most",
        {"now": to_ms(now), "most": most},
    )
    return [(row["id"], ended_word(from_ms(row["expires_at"]))) for row in rows]


def ended(engine: Engine, ids: Sequence[int]) -> tuple[EndedArticle, ...]:
    """Of these articles those that everybody could read and that are published no more, the last one first."""
    found: list[EndedArticle] = []
    for part in chunks(ids):
        rows = engine.rows(
            "SELECT a.id, a.urn, a.status, a.first_seen_at, t.withdrawn_at, t.reason FROM articles a"
            " JOIN tombstones t ON t.article_id = a.id JOIN sources s ON s.id = a.source_id"
            " WHERE a.id IN (:ids*) AND a.status <> 'published' AND s.is_private = 0 AND t.is_silent = 0",
            {"ids": part},
        )
        found += [
            EndedArticle(
                id=row["id"],
                urn=row["urn"],
                ended_at=from_ms(row["withdrawn_at"]),
                first_seen_at=from_ms(row["first_seen_at"]),
                is_purged=is_purged(row),
                reason=row["reason"],
            )
            for row in rows
        ]
    return tuple(sorted(found, key=lambda one: (one.ended_at, one.id), reverse=True))
