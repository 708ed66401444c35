"""The store's work on request."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

from db import jobs
from db.connected import Connected
from feeds.model.kept import Job, JobState


class JobStore(Connected):
    """Fulfils `feeds.protocols_jobs`."""

    def add_job(self, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime) -> int:
        """Asks for work; answers the job's id."""
        return jobs.add(self.engine, kind, arguments, asked_by=asked_by, now=now)

    def claim_job(
        self,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        long_kinds: Collection[str] = (),
        is_long: bool | None = None,
    ) -> Job | None:
        """The oldest job that waits, or whose worker fell silent; with `is_long`, of one lane only."""
        with self.write():
            return jobs.claim(
                self.engine, owner=owner, now=now, until=until, long_kinds=long_kinds, is_long=is_long
            )

    def hold_job(self, job_id: int, *, owner: str, until: datetime) -> Literal["held", "cancelled", "lost"]:
        """Holds the owner's job for longer; tells where it is to end, or is another's by now."""
        return jobs.hold(self.engine, job_id, owner=owner, until=until)

    def job_progress(self, job_id: int, *, owner: str, done: int, total: int, message: str) -> None:
        """How far the owner's job is."""
        jobs.progress(self.engine, job_id, owner=owner, done=done, total=total, message=message)

    def finish_job(
        self,
        job_id: int,
        *,
        owner: str,
        state: JobState,
        message: str,
        result: dict[str, Any] | None,
        now: datetime,
    ) -> bool:
        """How the owner's job ended; False where it is another's by now, and nothing is written."""
        return jobs.finish(
            self.engine, job_id, owner=owner, state=state, message=message, result=result, now=now
        )

    def cancel_job(self, job_id: int, *, now: datetime) -> bool:
        """Ends a job that waits, and asks one that runs to end; False where it has ended, or there is none."""
        with self.write():
            return jobs.cancel(self.engine, job_id, now=now)

    def latest_jobs(self, *, most: int) -> tuple[Job, ...]:
        """The newest jobs, newest first."""
        return jobs.latest(self.engine, most=most)

    def forget_jobs(self, *, before: datetime) -> int:
        """Lets go of work that ended before then; answers how much."""
        with self.write():
            return jobs.forget(self.engine, before=before)

    def job(self, job_id: int) -> Job | None:
        """One job."""
        return jobs.by_id(self.engine, job_id)
