"""The last polls of each source that brought a document or failed (table `polls`); the others counted by day (`quiet_polls`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.daily_counts import DAY_MS
from db.engines.engine import Engine
from feeds.clock import from_ms, to_ms
from feeds.model.articles import PollReport
from feeds.model.kept import PollRow

FRESH = timedelta(minutes=1)


def note(engine: Engine, report: PollReport, now: datetime, *, kept: int) -> None:
    """Keeps what a poll did, and forgets the oldest beyond those that are kept.

    One that our own network made fail moved nothing, and is not held against the source.
    """
    polled_at = report.poll.last_polled_at
    if polled_at is None or now - polled_at > FRESH:
        return
    engine.run(
        "INSERT INTO polls (source_id, polled_at, status, detail, entry_count, new_count, changed_count)"
        " VALUES (:source, :now, :status, :detail, :entries, :new, :changed)",
        {
            "source": report.source_id,
            "now": to_ms(now),
            "status": report.status,
            "detail": report.detail[:500],
            "entries": report.entry_count,
            "new": report.new_count,
            "changed": report.changed_count,
        },
    )
    engine.run(
        "DELETE FROM polls WHERE source_id = :source AND id <= (SELECT id FROM polls WHERE source_id = :source"
        " ORDER BY id DESC LIMIT 1 OFFSET :kept)",
        {"source": report.source_id, "kept": kept},
    )


def of_source(engine: Engine, source_id: int, most: int) -> tuple[PollRow, ...]:
    """The last ones, newest first."""
    rows = engine.rows(
        "SELECT polled_at, status, detail, entry_count, new_count, changed_count FROM polls WHERE source_id = :source"
        " ORDER BY id DESC LIMIT :most",
        {"source": source_id, "most": most},
    )
    return tuple(
        PollRow(
            polled_at=from_ms(row["polled_at"]),
            status=row["status"],
            detail=row["detail"],
            entry_count=row["entry_count"],
            new_count=row["new_count"],
            changed_count=row["changed_count"],
        )
        for row in rows
    )


def count_quiet(engine: Engine, reports: Sequence[PollReport]) -> None:
    """Counts polls that found nothing new."""
    engine.run_many(
        "INSERT INTO quiet_polls (day, source_id, poll_count) VALUES (:day, :source, 1)"
        " ON CONFLICT (day, source_id) DO UPDATE SET poll_count = quiet_polls.poll_count + 1",
        [
            {"day": to_ms(one.poll.last_polled_at) // DAY_MS, "source": one.source_id}
            for one in reports
            if one.poll.last_polled_at is not None
        ],
    )


def quiet_of_source(engine: Engine, source_id: int, now: datetime, days: int) -> tuple[int, ...]:
    """For each of the last days (in UTC, today last) how many of the source's polls found nothing new."""
    last = to_ms(now) // DAY_MS
    wanted = list(range(last - days + 1, last + 1))
    rows = engine.rows(
        "SELECT day, poll_count FROM quiet_polls WHERE day IN (:days*) AND source_id = :source",
        {"days": wanted, "source": source_id},
    )
    counts = {row["day"]: row["poll_count"] for row in rows}
    return tuple(counts.get(day, 0) for day in wanted)


def prune_quiet(engine: Engine, *, before: datetime) -> int:
    """Forgets the counts of the oldest day, where that is one before then; returns how many."""
    return engine.run(
        "DELETE FROM quiet_polls WHERE day = (SELECT min(day) FROM quiet_polls) AND day < :day",
        {"day": to_ms(before) // DAY_MS},
    )
