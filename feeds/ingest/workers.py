"""The pool of processes that turn bytes into drafts: spawned, limited in time and memory, killable one by one.

Parsing and sanitizing can both be attacked; a process that hangs is ended and replaced, and the
source is told that it took too long. (`ProcessPoolExecutor` cannot end one hanging task.)
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import multiprocessing
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import timedelta
from typing import Any

from pebble import ProcessExpired, ProcessPool

from feeds.ingest.languages import detect, is_asked
from feeds.model.articles import Draft, DraftFeed
from feeds.model.incoming import Failed
from feeds.protocols import LanguageTask, PageTask, ParseTask
from feeds.urls import shown_url

READER = "feeds.ingest.drafts"
PAGE_READER = "feeds.ingest.pagedrafts"
TASKS_A_PROCESS = 2000
"""After so many documents a process is replaced, so that fragmented memory does not grow for years."""

log = logging.getLogger("feedwright.workers")


class ProcessWorkers:
    """Worker processes behind `feeds.protocols.Workers`."""

    def __init__(self, *, count: int, timeout: timedelta, memory: int) -> None:
        self._timeout = timeout.total_seconds()
        self._pool = ProcessPool(
            max_workers=count,
            max_tasks=TASKS_A_PROCESS,
            context=multiprocessing.get_context("spawn"),
            initializer=_limit,
            initargs=[memory],
        )

    async def drafts(self, task: ParseTask) -> DraftFeed | Failed:
        """The document normalized, or why it cannot be read."""
        found: DraftFeed | Failed = await self._run(_make, task)
        return found

    async def page(self, task: PageTask) -> Draft | Failed:
        """What page and listing say together, or why the page cannot be read."""
        found: Draft | Failed = await self._run(_make_page, task)
        return found

    async def languages(self, task: LanguageTask) -> tuple[str | None, ...] | Failed:
        """For each text the language that it is in, where none, or an impossible one, is declared."""
        found: tuple[str | None, ...] | Failed = await self._run(_find_languages, task)
        return found

    async def _run(self, make: Callable[[Any], Any], task: ParseTask | PageTask | LanguageTask) -> Any:
        future = self._pool.schedule(make, args=[task], timeout=self._timeout)
        try:
            found = await asyncio.wrap_future(future)
        except FutureTimeout:
            detail = f"Reading it took longer than {self._timeout:.0f} s; it was given up."
        except (ProcessExpired, MemoryError):
            detail = "Reading it took too much memory; it was given up."
        except (RecursionError, ValueError, TypeError, LookupError, AttributeError, AssertionError) as error:
            log.warning("reading %s failed in our own code", _named(task), exc_info=error)
            detail = f"Reading it failed: {type(error).__name__}."
        else:
            return found
        return Failed(url=_named(task), state="unreadable", detail=detail)

    def close(self) -> None:
        """Ends all processes."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join(timeout=5)


class InlineWorkers:
    """The same work in this process: for a single document on the command line, and for tests."""

    async def drafts(self, task: ParseTask) -> DraftFeed | Failed:
        """The document normalized, or why it cannot be read."""
        return _make(task)

    async def page(self, task: PageTask) -> Draft | Failed:
        """What page and listing say together, or why the page cannot be read."""
        return _make_page(task)

    async def languages(self, task: LanguageTask) -> tuple[str | None, ...] | Failed:
        """For each text the language that it is in, where none, or an impossible one, is declared."""
        return _find_languages(task)

    def close(self) -> None:
        """Nothing to end."""


def _named(task: ParseTask | PageTask | LanguageTask) -> str:
    return "" if isinstance(task, LanguageTask) else shown_url(task.url)


def _make(task: ParseTask) -> DraftFeed | Failed:
    """Imported where it runs: the parsers take 45 MB, which only the worker processes should pay for."""
    found: DraftFeed | Failed = importlib.import_module(READER).make_drafts(task)
    return found


def _make_page(task: PageTask) -> Draft | Failed:
    found: Draft | Failed = importlib.import_module(PAGE_READER).make_page_draft(task)
    return found


def _find_languages(task: LanguageTask) -> tuple[str | None, ...]:
    return tuple(detect(text) if is_asked(declared, text) else None for declared, text in task.texts)


def _limit(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
