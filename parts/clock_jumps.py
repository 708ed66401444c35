"""Notices that the wall clock jumped, and restarts the scheduler's triggers, which would wait for moments of the former time."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import Any, Protocol

JUMP_S = 5.0
"""A jump of the wall clock that the triggers have to be told of; slewing by NTP is slower."""

log = logging.getLogger("feedwright.scheduler")


class Triggers(Protocol):
    """The scheduler's triggers, as APScheduler has them."""

    def get_jobs(self) -> list[Any]:
        """All of them."""
        ...


def clock_shift() -> float:
    """The wall clock beside one that never jumps, in seconds."""
    return time.time() - time.monotonic()


def restart_after_jump(clockwork: Triggers, before: float) -> float:
    """Where the wall clock jumped, all triggers begin anew: they would wait for moments of the former time."""
    shift = clock_shift()
    if abs(shift - before) < JUMP_S:
        return shift
    log.warning("the clock jumped by %.0f s; all ticks begin anew", shift - before)
    for job in clockwork.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))
    return shift
