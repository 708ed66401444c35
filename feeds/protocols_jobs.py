"""What is asked of a store about work on request."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal, Protocol

from feeds.model.kept import Job, JobState


class JobStore(Protocol):
    """Work that people asked for, and how far it is."""

    def add_job(self, kind: str, arguments: dict[str, Any], *, asked_by: str, now: datetime) -> int:
        """Asks for work; answers the job's id."""
        ...

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
        ...

    def hold_job(self, job_id: int, *, owner: str, until: datetime) -> Literal["held", "cancelled", "lost"]:
        """Holds the owner's job for longer; tells where it is to end, or is another's by now."""
        ...

    def job_progress(self, job_id: int, *, owner: str, done: int, total: int, message: str) -> None:
        """How far the owner's job is."""
        ...

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
        ...

    def cancel_job(self, job_id: int, *, now: datetime) -> bool:
        """Ends a job that waits, and asks one that runs to end; False where it has ended, or there is none."""
        ...

    def latest_jobs(self, *, most: int) -> tuple[Job, ...]:
        """The newest jobs, newest first."""
        ...

    def forget_jobs(self, *, before: datetime) -> int:
        """Lets go of work that ended before then; answers how much."""
        ...

    def job(self, job_id: int) -> Job | None:
        """One job."""
        ...
