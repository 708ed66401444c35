"""The store's work on request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from db import jobs
from db.connected import Connected
from feeds.model.kept import Job, JobState


class JobStore(Connected):
    """Fulfils `feeds.protocols_jobs`."""

    def add_job(
        self, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime, is_once: bool = False
    ) -> int:
        """Asks for work; answers the job's id. With `is_once`, where the same waits to be begun, that one's."""
        with self.write():
            there = jobs.waiting(self.engine, kind, arguments) if is_once else None
            return there or jobs.add(self.engine, kind, arguments, asked_by=asked_by, now=now)

    def claim_job(self, *, owner: str, now: datetime, until: datetime) -> Job | None:
        """The oldest job that waits, or whose worker fell silent."""
        with self.write():
            return jobs.claim(self.engine, owner=owner, now=now, until=until)

    def job_progress(self, job_id: int, *, done: int, total: int, message: str, until: datetime) -> None:
        """How far a job is."""
        jobs.progress(self.engine, job_id, done=done, total=total, message=message, until=until)

    def finish_job(
        self, job_id: int, *, state: JobState, message: str, result: dict[str, Any] | None, now: datetime
    ) -> None:
        """How a job ended."""
        jobs.finish(self.engine, job_id, state=state, message=message, result=result, now=now)

    def forget_jobs(self, *, before: datetime) -> int:
        """Lets go of work that ended before then; answers how much."""
        with self.write():
            return jobs.forget(self.engine, before=before)

    def job(self, job_id: int) -> Job | None:
        """One job."""
        return jobs.by_id(self.engine, job_id)
