"""Runs jobs (work that people asked for): claims one, runs it by its kind, writes its progress, stops when it is cancelled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from db.store import Store
from feeds.errors import FeedwrightError
from feeds.ingest.poll.pipeline import PollTools
from feeds.model.kept import Job, JobState
from feeds.model.settings import Settings

JOB_LEASE = timedelta(seconds=120)
"""A job whose worker said nothing for so long is taken over."""
LOOK_EVERY_S = 2.0
"""How often a worker holds its job for longer, and looks whether it was cancelled."""

log = logging.getLogger("feedwright.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTools:
    """What a job is handed: a way to the store, the poll's tools, the settings, and where to tell progress."""

    in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]]
    poll: PollTools
    settings: Settings
    clock: Callable[[], datetime]


Progress = Callable[[int, int, str], Awaitable[None]]
JobWork = Callable[[dict[str, Any], JobTools, Progress], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Which jobs a loop runs: the long ones, or the others, so that short work never waits for long work."""

    kinds: Mapping[str, JobWork]
    long_kinds: frozenset[str]
    is_long: bool | None
    """None if one loop runs all of them."""


class _EndedError(Exception):
    """The job is to end: somebody cancelled it, or another worker has it by now."""

    def __init__(self, why: Literal["cancelled", "lost"]) -> None:
        super().__init__(why)
        self.why = why


async def run_next_job(tools: JobTools, lane: Lane, *, owner: str, look_s: float = LOOK_EVERY_S) -> bool:
    """Runs the lane's oldest waiting job; answers False if there is none."""
    now = tools.clock()
    job: Job | None = await tools.in_store(
        lambda store: store.jobs.claim(
            owner=owner,
            now=now,
            until=now + JOB_LEASE,
            long_kinds=lane.long_kinds,
            is_long=lane.is_long,
        )
    )
    if job is None:
        return False
    log.info("job %d: %s, asked for by %s", job.id, job.kind, job.asked_by)
    state, message, result = await _run(job, tools, lane.kinds, owner, look_s)
    is_written = state is not None and await tools.in_store(
        lambda store: store.jobs.finish(
            job.id, owner=owner, state=state, message=message, result=result, now=tools.clock()
        )
    )
    if not is_written:
        log.warning("job %d: another worker has taken it over; what came of it here is dropped", job.id)
    return True


async def _run(
    job: Job, tools: JobTools, kinds: Mapping[str, JobWork], owner: str, look_s: float
) -> tuple[JobState | None, str, dict[str, Any] | None]:
    """How the job ended; no state where it is another worker's by now."""
    work = kinds.get(job.kind)
    if work is None:
        return "failed", f"This Feedwright knows no work of the kind {job.kind!r}.", None

    async def progress(done: int, total: int, message: str) -> None:
        await tools.in_store(
            lambda store: store.jobs.progress(job.id, owner=owner, done=done, total=total, message=message)
        )

    try:
        return (
            "done",
            "done",
            await _extending(work(job.arguments, tools, progress), job, tools, owner, look_s),
        )
    except _EndedError as ended:
        return ("cancelled", "cancelled", None) if ended.why == "cancelled" else (None, "", None)
    except FeedwrightError as error:
        return "failed", str(error), None
    except Exception as error:
        # Whatever it is, the job must end: one that stays running is begun again for ever.
        log.exception("job %d (%s) failed in our own code", job.id, job.kind)
        return "failed", f"It failed in our own code ({type(error).__name__}); the log has the trace.", None


async def _extending(
    work: Awaitable[dict[str, Any]], job: Job, tools: JobTools, owner: str, look_s: float
) -> dict[str, Any]:
    """What the work answers; its job is held for longer as long as it lasts."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=look_s))[0]:
            how = await tools.in_store(
                lambda store: store.jobs.hold(job.id, owner=owner, until=tools.clock() + JOB_LEASE)
            )
            if how != "held":
                raise _EndedError(how)
        return await task
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
