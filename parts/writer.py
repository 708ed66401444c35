"""The one thread that holds a process's connection to the store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from db.store import Store

T = TypeVar("T")


class Writer:
    """The one thread that holds the scheduler's connection; everything written goes through it."""

    def __init__(self, open_: Callable[[], Store]) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._store = self._thread.submit(open_).result()

    def run(self, work: Callable[[Store], T]) -> Awaitable[T]:
        """What `work` answers, done in the writer's thread."""
        return asyncio.wrap_future(self._thread.submit(work, self._store))

    def close(self) -> None:
        """Waits for what is under way, then lets go of the connection."""
        self._thread.submit(self._store.close).result()
        self._thread.shutdown()
