"""Keeps costly documents out of the way of ordinary ones: a pool that is remade, and room for large bodies."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from pebble import ProcessPool

from feeds.memory import give_back


class Lane:
    """A pool of processes that is made when it is needed, and made anew where it broke."""

    def __init__(self, *, count: int, most_tasks: int, prepare: Callable[[int], None], memory: int) -> None:
        self._count, self._most_tasks, self._prepare, self._memory = count, most_tasks, prepare, memory
        self._pool: ProcessPool | None = None

    def schedule(self, make: Callable[[Any], Any], task: object, seconds: float) -> Future[Any]:
        """The work, begun when a process is free, and given up so many seconds after it began."""
        if self._pool is None or not self._pool.active:
            # A pool breaks when a process of it is killed by somebody else, and takes no work ever after.
            self.close()
            self._pool = ProcessPool(
                max_workers=self._count,
                max_tasks=self._most_tasks,
                context=multiprocessing.get_context("spawn"),
                initializer=self._prepare,
                initargs=[self._memory],
            )
        future: Future[Any] = self._pool.schedule(make, args=[task], timeout=seconds)
        return future

    def close(self) -> None:
        """Ends its processes."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join(timeout=5)

    async def rest(self) -> None:
        """Ends its processes, and blocks nobody meanwhile."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            await asyncio.to_thread(pool.join, 5)


class Room:
    """Leave to hold a large body: taken once it turns out to be large, given back when the block ends."""

    def __init__(self, permits: asyncio.Semaphore) -> None:
        self._permits = permits
        self._is_inside = False

    async def enter(self) -> None:
        """Returns when there is room."""
        if not self._is_inside:
            await self._permits.acquire()
            self._is_inside = True

    async def __aenter__(self) -> Room:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._is_inside:
            self._is_inside = False
            self._permits.release()
            give_back()
