"""Work that people asked for: whose it is until when (its lease), and how far it is (table `jobs`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

import msgspec

from db.engines.engine import Engine, Row, one
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.model.kept import Job, JobState

MOST_ATTEMPTS = 3
_COLUMNS = (
    "id, kind, arguments, asked_by, state, done, total, message, result, asked_at, finished_at, attempts"
)


class Jobs(Subject):
    """Work on request."""

    def add(
        self, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime, is_once: bool = False
    ) -> int:
        """Asks for work; returns the job's id. With `is_once`, where the same waits to be begun, that one's."""
        with self.write():
            there = _waiting(self.engine, kind, arguments) if is_once else None
            return there or self._add(kind, arguments, asked_by=asked_by, now=now)

    def _add(self, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime) -> int:
        rows = self.engine.rows(
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

    def claim(
        self,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        long_kinds: Collection[str] = (),
        is_long: bool | None = None,
    ) -> Job | None:
        """The oldest job that waits, or whose worker fell silent; it is the owner's until then.

        With `is_long` only jobs of `long_kinds`, or only others. A job whose workers fell silent MOST_ATTEMPTS times
        has failed.
        """
        with self.write():
            lane = "" if is_long is None else f" AND kind {'' if is_long else 'NOT '}IN (:kinds*)"
            _give_up(self.engine, now)
            waiting = one(
                self.engine.rows(
                    "SELECT id FROM jobs WHERE (state = 'waiting' OR (state = 'running' AND claimed_until_at <= :now))"
                    f"{lane} ORDER BY id LIMIT 1 /*skip locked*/",
                    {"now": to_ms(now), "kinds": sorted(long_kinds)},
                )
            )
            if waiting is None:
                return None
            rows = self.engine.rows(
                "UPDATE jobs SET state = 'running', claimed_by = :owner, claimed_until_at = :until, attempts = attempts + 1"
                f" WHERE id = :id RETURNING {_COLUMNS}",
                {"id": waiting["id"], "owner": owner, "until": to_ms(until)},
            )
            return _job(rows[0])

    def hold(self, job_id: int, *, owner: str, until: datetime) -> Literal["held", "cancelled", "lost"]:
        """Holds the owner's job for longer; tells where it is to end, or is another's by now."""
        rows = self.engine.rows(
            "UPDATE jobs SET claimed_until_at = :until WHERE id = :id AND state = 'running' AND claimed_by = :owner"
            " RETURNING is_cancelled",
            {"id": job_id, "owner": owner, "until": to_ms(until)},
        )
        if not rows:
            return "lost"
        return "cancelled" if rows[0]["is_cancelled"] else "held"

    def progress(self, job_id: int, *, owner: str, done: int, total: int, message: str) -> None:
        """How far the owner's job is; nothing where it is another's by now."""
        self.engine.run(
            "UPDATE jobs SET done = :done, total = :total, message = :message"
            " WHERE id = :id AND state = 'running' AND claimed_by = :owner",
            {"id": job_id, "owner": owner, "done": done, "total": total, "message": message},
        )

    def finish(
        self,
        job_id: int,
        *,
        owner: str,
        state: JobState,
        message: str,
        result: dict[str, Any] | None,
        now: datetime,
    ) -> bool:
        """How the owner's job ended; False if it is another's by now, and nothing is written."""
        changed = self.engine.run(
            "UPDATE jobs SET state = :state, message = :message, result = :result, finished_at = :now, claimed_by = NULL"
            " WHERE id = :id AND state = 'running' AND claimed_by = :owner",
            {
                "id": job_id,
                "owner": owner,
                "state": state,
                "message": message,
                "result": None if result is None else msgspec.json.encode(result).decode(),
                "now": to_ms(now),
            },
        )
        return changed > 0

    def cancel(self, job_id: int, *, now: datetime) -> bool:
        """Ends a job that waits, and asks one that runs to end; False if it has ended, or there is none."""
        with self.write():
            waiting = self.engine.run(
                "UPDATE jobs SET state = 'cancelled', message = 'cancelled before it began', finished_at = :now"
                " WHERE id = :id AND state = 'waiting'",
                {"id": job_id, "now": to_ms(now)},
            )
            running = self.engine.run(
                "UPDATE jobs SET is_cancelled = 1 WHERE id = :id AND state = 'running'", {"id": job_id}
            )
            return bool(waiting or running)

    def latest(self, *, most: int) -> tuple[Job, ...]:
        """The newest jobs, newest first."""
        rows = self.engine.rows(f"SELECT {_COLUMNS} FROM jobs ORDER BY id DESC LIMIT :most", {"most": most})
        return tuple(_job(row) for row in rows)

    def forget(self, *, before: datetime) -> int:
        """Lets go of work that ended before then, with what it was told and what came of it; returns how much."""
        with self.write():
            return self.engine.run("DELETE FROM jobs WHERE finished_at < :before", {"before": to_ms(before)})

    def get(self, job_id: int) -> Job | None:
        """One job."""
        row = one(self.engine.rows(f"SELECT {_COLUMNS} FROM jobs WHERE id = :id", {"id": job_id}))
        return _job(row) if row else None


def _waiting(engine: Engine, kind: str, arguments: dict[str, Any]) -> int | None:
    """A job that asks for just that, and is not begun before this transaction ends."""
    row = one(
        engine.rows(
            "SELECT id FROM jobs WHERE state = 'waiting' AND kind = :kind AND arguments = :arguments ORDER BY id LIMIT 1"
            " /*for update*/",
            {"kind": kind, "arguments": msgspec.json.encode(arguments).decode()},
        )
    )
    return row["id"] if row else None


def _give_up(engine: Engine, now: datetime) -> None:
    engine.run(
        "UPDATE jobs SET state = 'failed', message = :message, finished_at = :now, claimed_by = NULL"
        " WHERE state = 'running' AND claimed_until_at <= :now AND attempts >= :most",
        {
            "now": to_ms(now),
            "most": MOST_ATTEMPTS,
            "message": f"Its worker died {MOST_ATTEMPTS} times; it was given up. The log says what happened then.",
        },
    )


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
        attempts=row["attempts"],
    )
