"""Work that people asked for: claimed from the store, run by kind, its progress written as it goes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from feeds.errors import FeedwrightError
from feeds.ingest.pipeline import PollTools
from feeds.model.kept import Job
from feeds.model.settings import Settings
from feeds.protocols import Store

JOB_LEASE = timedelta(seconds=120)
"""A job whose worker said nothing for so long is taken over."""

log = logging.getLogger("feedwright.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTools:
    """What a job is handed: a way to the store, the poll's tools, the settings, and where to tell progress."""

    in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]]
    poll: PollTools
    settings: Settings
    clock: Callable[[], datetime]


Tell = Callable[[int, int, str], Awaitable[None]]
JobWork = Callable[[dict[str, Any], JobTools, Tell], Awaitable[dict[str, Any]]]


async def run_next_job(tools: JobTools, kinds: Mapping[str, JobWork], *, owner: str) -> bool:
    """Runs the oldest waiting job; answers False where there is none."""
    now = tools.clock()
    job: Job | None = await tools.in_store(
        lambda store: store.claim_job(owner=owner, now=now, until=now + JOB_LEASE)
    )
    if job is None:
        return False
    log.info("job %d: %s, asked for by %s", job.id, job.kind, job.asked_by)
    state, message, result = await _run(job, tools, kinds)
    await tools.in_store(
        lambda store: store.finish_job(
            job.id,
            state="done" if state else "failed",
            message=message,
            result=result,
            now=tools.clock(),
        )
    )
    return True


async def _run(
    job: Job, tools: JobTools, kinds: Mapping[str, JobWork]
) -> tuple[bool, str, dict[str, Any] | None]:
    work = kinds.get(job.kind)
    if work is None:
        return False, f"This Feedwright knows no work of the kind {job.kind!r}.", None

    async def tell(done: int, total: int, message: str) -> None:
        until = tools.clock() + JOB_LEASE
        await tools.in_store(
            lambda store: store.job_progress(job.id, done=done, total=total, message=message, until=until)
        )

    try:
        return True, "done", await work(job.arguments, tools, tell)
    except FeedwrightError as error:
        return False, str(error), None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        log.exception("job %d (%s) failed in our own code", job.id, job.kind)
        return False, f"It failed in our own code ({type(error).__name__}); the log says where.", None
