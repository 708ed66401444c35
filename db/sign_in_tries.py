"""Failed tries to sign in, by address and by name (table `sign_in_tries`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.engines.engine import Engine
from feeds.clock import from_ms, to_ms


def note(engine: Engine, tried: Sequence[str], *, since: datetime, now: datetime) -> dict[str, int]:
    """Counts a try for each of these; counts that began before `since` begin anew. Answers the counts."""
    found: dict[str, int] = {}
    for key in sorted(tried):
        rows = engine.rows(
            "INSERT INTO sign_in_tries (tried, since_at, fail_count) VALUES (:key, :now, 1) ON CONFLICT (tried) DO UPDATE"
            " SET fail_count = CASE WHEN sign_in_tries.since_at < :since THEN 1 ELSE sign_in_tries.fail_count + 1 END,"
            " since_at = CASE WHEN sign_in_tries.since_at < :since THEN :now ELSE sign_in_tries.since_at END"
            " RETURNING fail_count",
            {"key": key, "now": to_ms(now), "since": to_ms(since)},
        )
        found[key] = rows[0]["fail_count"]
    return found


def since(engine: Engine, tried: Sequence[str]) -> datetime | None:
    """When the latest of these counts began."""
    rows = engine.rows(
        "SELECT max(since_at) AS at FROM sign_in_tries WHERE tried IN (:tried*)", {"tried": list(tried)}
    )
    return None if rows[0]["at"] is None else from_ms(rows[0]["at"])


def forget(engine: Engine, tried: Sequence[str]) -> None:
    """These count from nothing again."""
    engine.run("DELETE FROM sign_in_tries WHERE tried IN (:tried*)", {"tried": list(tried)})


def drop(engine: Engine, *, before: datetime) -> None:
    """Lets go of counts that began before then."""
    engine.run("DELETE FROM sign_in_tries WHERE since_at < :before", {"before": to_ms(before)})
