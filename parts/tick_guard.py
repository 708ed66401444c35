"""Keeps a failing tick from ending the scheduler: the failure is logged, and reported when it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from feeds.errors import FeedwrightError, StoreBusyError, StoreUnwritableError

REPORTED_AFTER = 3
"""Failures in a row after which an admin is told: what fails once is tried again."""

log = logging.getLogger("feedwright.scheduler")


class TickGuard:
    """Wraps ticks; `note` writes down that one keeps failing (its name, and how)."""

    def __init__(self, note: Callable[[str, str], Awaitable[None]]) -> None:
        self._note = note
        self._failures: dict[str, int] = {}

    def guarded(self, tick: Callable[[], Awaitable[object]]) -> Callable[[], Coroutine[Any, Any, None]]:
        """The tick, which raises nothing any more."""
        name = tick.__name__

        async def run() -> None:
            try:
                await tick()
            except (StoreBusyError, StoreUnwritableError) as error:
                # The database has alerts of its own.
                log.warning("%s: %s", name, error)
            except asyncio.CancelledError:
                # The stop ends the processes that a tick may wait for: nothing is wrong with it.
                log.info("%s was ended before it was done; it is tried again", name)
            except Exception as error:
                log.exception("%s failed; it is tried again", name)
                await self._failed(name, error)
            else:
                self._failures.pop(name, None)

        return run

    async def _failed(self, name: str, error: Exception) -> None:
        count = self._failures[name] = self._failures.get(name, 0) + 1
        if count >= REPORTED_AFTER:
            reason = str(error) or type(error).__name__
            with contextlib.suppress(FeedwrightError):
                await self._note(name, f"{reason} ({count} times in a row)")
