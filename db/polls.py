"""The last polls of each source that brought a document or failed (table `polls`); unchanged ones are not noted."""

from __future__ import annotations

from datetime import datetime, timedelta

from db.engines.engine import Engine
from feeds.clock import from_ms, to_ms
from feeds.model.articles import PollReport
from feeds.model.kept import PollRow

KEPT = 30
"""Of each source."""
FRESH = timedelta(minutes=1)


def note(engine: Engine, report: PollReport, now: datetime) -> None:
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
        {"source": report.source_id, "kept": KEPT},
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
