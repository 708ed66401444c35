"""Authors of whom an admin said that they are two people (table `author_pairs`), and are not proposed as one.

A pair is kept by the authors as they were then. Who was merged since stands for whom they became; who comes back
by a split is told apart from the same people as before.
"""

from __future__ import annotations

from datetime import datetime

from db.engines.engine import Engine
from feeds.clock import to_ms

_PAIRS = (
    "SELECT p.one_id, p.other_id, COALESCE(a.merged_into, a.id) AS one, COALESCE(b.merged_into, b.id) AS other"
    " FROM author_pairs p JOIN authors a ON a.id = p.one_id JOIN authors b ON b.id = p.other_id"
)


def keep(engine: Engine, one: int, other: int, now: datetime) -> bool:
    """From now on they are two people; False if that was said before."""
    if (min(one, other), max(one, other)) in every(engine):
        return False
    engine.run(
        "INSERT INTO author_pairs (one_id, other_id, said_at) VALUES (:one, :other, :now)"
        " ON CONFLICT (one_id, other_id) DO NOTHING",
        {"one": min(one, other), "other": max(one, other), "now": to_ms(now)},
    )
    return True


def drop(engine: Engine, one: int, other: int) -> bool:
    """Nobody says any more that they are two people; False if nobody did."""
    rows = engine.rows(_PAIRS)
    rejected = [row for row in rows if {row["one"], row["other"]} == {one, other}]
    engine.run_many(
        "DELETE FROM author_pairs WHERE one_id = :one AND other_id = :other",
        [{"one": row["one_id"], "other": row["other_id"]} for row in rejected],
    )
    return bool(rejected)


def every(engine: Engine) -> frozenset[tuple[int, int]]:
    """The pairs that are two people, by whom they are now, the smaller id first."""
    return frozenset(
        (min(row["one"], row["other"]), max(row["one"], row["other"]))
        for row in engine.rows(_PAIRS)
        if row["one"] != row["other"]
    )
