"""How many articles came on each of the last days, overall and by source (table `memberships`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.engines.engine import Engine, chunks
from feeds.clock import to_ms

DAY_MS = 86_400_000


def overall(engine: Engine, now: datetime, days: int) -> tuple[int, ...]:
    """For each of the last days (in UTC, today last) how many articles were published here."""
    first = _first(now, days)
    rows = engine.rows(
        "SELECT m.sort_at / :day AS day, count(*) AS found FROM memberships m"
        " WHERE m.feed_id = (SELECT f.id FROM feeds f WHERE f.kind = 'all') AND m.left_seq IS NULL AND m.sort_at >= :since"
        " GROUP BY m.sort_at / :day",
        {"day": DAY_MS, "since": first * DAY_MS},
    )
    counts = {row["day"] - first: row["found"] for row in rows}
    return tuple(counts.get(place, 0) for place in range(days))


def of_sources(engine: Engine, ids: Sequence[int], now: datetime, days: int) -> dict[int, tuple[int, ...]]:
    """The same for each of these sources."""
    first = _first(now, days)
    counts: dict[int, dict[int, int]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT f.target_id, m.sort_at / :day AS day, count(*) AS found FROM feeds f JOIN memberships m"
            " ON m.feed_id = f.id AND m.left_seq IS NULL AND m.sort_at >= :since"
            " WHERE f.kind = 'source' AND f.target_id IN (:ids*) GROUP BY f.target_id, m.sort_at / :day",
            {"day": DAY_MS, "since": first * DAY_MS, "ids": part},
        ):
            counts.setdefault(row["target_id"], {})[row["day"] - first] = row["found"]
    return {one: tuple(counts.get(one, {}).get(place, 0) for place in range(days)) for one in ids}


def _first(now: datetime, days: int) -> int:
    return to_ms(now) // DAY_MS - days + 1
