"""What is asked of a store about work on request."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from feeds.model.kept import Job, JobState


class JobStore(Protocol):
    """Work that people asked for, and how far it is."""

    def add_job(
        self, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime, is_once: bool = False
    ) -> int:
        """Asks for work; answers the job's id. With `is_once`, where the same waits to be begun, that one's."""
        ...

    def claim_job(self, *, owner: str, now: datetime, until: datetime) -> Job | None:
        """The oldest job that waits, or whose worker fell silent."""
        ...

    def job_progress(self, job_id: int, *, done: int, total: int, message: str, until: datetime) -> None:
        """How far a job is."""
        ...

    def finish_job(
        self, job_id: int, *, state: JobState, message: str, result: dict[str, Any] | None, now: datetime
    ) -> None:
        """How a job ended."""
        ...

    def forget_jobs(self, *, before: datetime) -> int:
        """Lets go of work that ended before then; answers how much."""
        ...

    def job(self, job_id: int) -> Job | None:
        """One job."""
        ...
