"""Work that people asked for, and how far it is (table `jobs`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from db.engine import Engine, Row, one
from feeds.clock import from_ms, to_ms
from feeds.model.kept import Job, JobState

_COLUMNS = "id, kind, arguments, asked_by, state, done, total, message, result, asked_at, finished_at"


def waiting(engine: Engine, kind: str, arguments: dict[str, Any]) -> int | None:
    """A job that asks for just that, and is not begun before this transaction ends."""
    row = one(
        engine.rows(
            "SELECT id FROM jobs WHERE state = 'waiting' AND kind = :kind AND arguments = :arguments ORDER BY id LIMIT 1"
            " /*for update*/",
            {"kind": kind, "arguments": msgspec.json.encode(arguments).decode()},
        )
    )
    return row["id"] if row else None


def add(engine: Engine, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime) -> int:
    """Asks for work; answers the job's id."""
    rows = engine.rows(
        "INSERT INTO jobs (kind, arguments, asked_by, state, done, total, message, asked_at)"
        " VALUES (:kind, :arguments, :by, 'waiting', 0, 0, '', :now) RETURNING id",
        {
            "kind": kind,
            "arguments": msgspec.json.encode(arguments).decode(),
            "by": asked_by,
            "now": to_ms(now),
        },
    )
    found: int = rows[0]["id"]
    return found


def claim(engine: Engine, *, owner: str, now: datetime, until: datetime) -> Job | None:
    """The oldest job that waits, or whose worker fell silent; it is the owner's until then."""
    waiting = one(
        engine.rows(
            "SELECT id FROM jobs WHERE state = 'waiting' OR (state = 'running' AND claimed_until_at <= :now)"
            " ORDER BY id LIMIT 1 /*skip locked*/",
            {"now": to_ms(now)},
        )
    )
    if waiting is None:
        return None
    rows = engine.rows(
        "UPDATE jobs SET state = 'running', claimed_by = :owner, claimed_until_at = :until WHERE id = :id"
        f" RETURNING {_COLUMNS}",
        {"id": waiting["id"], "owner": owner, "until": to_ms(until)},
    )
    return _job(rows[0])


def progress(engine: Engine, job_id: int, *, done: int, total: int, message: str, until: datetime) -> None:
    """How far the job is; holds it for longer."""
    engine.run(
        "UPDATE jobs SET done = :done, total = :total, message = :message, claimed_until_at = :until WHERE id = :id",
        {"id": job_id, "done": done, "total": total, "message": message, "until": to_ms(until)},
    )


def finish(
    engine: Engine,
    job_id: int,
    *,
    state: JobState,
    message: str,
    result: dict[str, Any] | None,
    now: datetime,
) -> None:
    """How the job ended."""
    engine.run(
        "UPDATE jobs SET state = :state, message = :message, result = :result, finished_at = :now, claimed_by = NULL"
        " WHERE id = :id",
        {
            "id": job_id,
            "state": state,
            "message": message,
            "result": None if result is None else msgspec.json.encode(result).decode(),
            "now": to_ms(now),
        },
    )


def forget(engine: Engine, *, before: datetime) -> int:
    """Lets go of work that ended before then, with what it was told and what came of it; answers how much."""
    return engine.run("DELETE FROM jobs WHERE finished_at < :before", {"before": to_ms(before)})


def by_id(engine: Engine, job_id: int) -> Job | None:
    """One job."""
    row = one(engine.rows(f"SELECT {_COLUMNS} FROM jobs WHERE id = :id", {"id": job_id}))
    return _job(row) if row else None


def _job(row: Row) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        arguments=msgspec.json.decode(row["arguments"]),
        asked_by=row["asked_by"],
        state=row["state"],
        done=row["done"],
        total=row["total"],
        message=row["message"],
        result=None if row["result"] is None else msgspec.json.decode(row["result"]),
        asked_at=from_ms(row["asked_at"]),
        finished_at=None if row["finished_at"] is None else from_ms(row["finished_at"]),
    )
