"""The processes that turn bytes into drafts: spawned, limited in time and memory, killable one by one.

Parsing and sanitizing can both be attacked; a process that hangs is ended and replaced, and the
source is told that it took too long. (`ProcessPoolExecutor` cannot end one hanging task.)

A document that is not read within `QUICK` goes to a slow lane of one process, and so does from then on
whatever its source brings, until that is read quickly again: ordinary documents never wait for costly ones.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pebble import ProcessExpired

from feeds.ingest.lanes import Lane, Room, give_back
from feeds.ingest.languages import detect, is_asked
from feeds.model.articles import Draft, DraftFeed
from feeds.model.incoming import Failed, Source
from feeds.protocols import LanguageTask, PageTask, ParseTask
from feeds.urls import shown_url

READER = "feeds.ingest.drafts"
PAGE_READER = "feeds.ingest.pagedrafts"
TASKS_A_PROCESS = 2000
"""After so many documents a process is replaced, so that fragmented memory does not grow for years.

In the slow lane each document has a process of its own: what one takes is given back at once.
"""
QUICK = timedelta(seconds=2)
"""How long a document may keep ordinary ones waiting; a feed of 30 entries takes a hundredth of it."""
REST_AFTER_S = 60.0
"""The slow lane's process ends when nothing was slow for so long: it holds 60 MB."""
LARGE_AT_ONCE = 2
"""Large bodies in memory at one time, from when they are read until they are drafts; of slow sources, one."""
LARGE = 500_000
"""Bytes of a document after which free memory is given back."""
MOST_SLOW = 10_000
NICENESS = 5
"""Reading documents waits for whoever answers requests or keeps time."""

LANGUAGES = "languages"
Task = ParseTask | PageTask | LanguageTask

log = logging.getLogger("feedwright.workers")


class ProcessWorkers:
    """Worker processes behind `feeds.protocols.Workers`."""

    def __init__(
        self,
        *,
        count: int,
        timeout: timedelta,
        memory: int,
        quick: timedelta = QUICK,
        among: tuple[str, ...] = (),
    ) -> None:
        self._among = among
        self._timeout, self._quick = timeout.total_seconds(), quick.total_seconds()
        self._lane = Lane(count=count, most_tasks=TASKS_A_PROCESS, prepare=_prepare, memory=memory)
        self._slow_lane = Lane(count=1, most_tasks=1, prepare=_prepare, memory=memory)
        self._turn = asyncio.Lock()
        self._resting: asyncio.TimerHandle | None = None
        self._rest: asyncio.Task[None] | None = None
        self._slow: dict[int | str, None] = {}
        self._large, self._large_and_slow = asyncio.Semaphore(LARGE_AT_ONCE), asyncio.Semaphore(1)

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
        wanted = replace(task, among=task.among or self._among)
        found: tuple[str | None, ...] | Failed = await self._run(_find_languages, wanted)
        return found

    def room(self, source: Source) -> Room:
        """Room for a large body; slow sources share one, so that they take none from the others."""
        return Room(self._large_and_slow if _key(source, source.fetch_url) in self._slow else self._large)

    def close(self) -> None:
        """Ends all processes."""
        if self._resting is not None:
            self._resting.cancel()
        self._lane.close()
        self._slow_lane.close()

    async def _run(self, make: Callable[[Any], Any], task: Task) -> Any:
        try:
            key = LANGUAGES if isinstance(task, LanguageTask) else _key(task.source, task.url)
            if key not in self._slow:
                # Short texts of our own cannot be made to hang; the first ones wait for the model.
                is_ours = isinstance(task, LanguageTask)
                seconds = self._timeout if is_ours else min(self._quick, self._timeout)
                if isinstance(task, PageTask):
                    await asyncio.wrap_future(self._lane.schedule(_load, PAGE_READER, self._timeout))
                try:
                    return await asyncio.wrap_future(self._lane.schedule(make, task, seconds))
                except FutureTimeout:
                    self._note_slow(key)
                    if seconds >= self._timeout:
                        raise
            return await self._run_slow(make, task, key)
        except FutureTimeout:
            detail = f"Reading it took longer than {self._timeout:.0f} s; it was given up."
        except (ProcessExpired, BrokenExecutor, MemoryError):
            detail = "Reading it took too much memory; it was given up."
        except (RecursionError, ValueError, TypeError, LookupError, AttributeError, AssertionError) as error:
            log.warning("reading %s failed in our own code", _named(task), exc_info=error)
            detail = f"Reading it failed: {type(error).__name__}."
        return Failed(url=_named(task), state="unreadable", detail=detail)

    async def _run_slow(self, make: Callable[[Any], Any], task: Task, key: int | str) -> Any:
        async with self._turn:
            if self._resting is not None:
                self._resting.cancel()
            try:
                found, seconds = await asyncio.wrap_future(
                    self._slow_lane.schedule(_timed, (make, task), self._timeout)
                )
            finally:
                loop = asyncio.get_running_loop()
                self._resting = loop.call_later(REST_AFTER_S, self._let_rest)
        if seconds < self._quick / 2:
            self._slow.pop(key, None)
        return found

    def _note_slow(self, key: int | str) -> None:
        self._slow[key] = None
        while len(self._slow) > MOST_SLOW:
            del self._slow[next(iter(self._slow))]

    def _let_rest(self) -> None:
        if not self._turn.locked():
            self._rest = asyncio.get_running_loop().create_task(self._slow_lane.rest())


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

    def room(self, source: Source) -> Room:
        """Room for one."""
        return Room(asyncio.Semaphore(1))

    def close(self) -> None:
        """Nothing to end."""


def _key(source: Source, url: str) -> int | str:
    """Whose document it is; an address that is only looked at has no source yet."""
    return source.id or url


def _timed(work: tuple[Callable[[Any], Any], Task]) -> tuple[Any, float]:
    """What was made, and the CPU seconds that it took."""
    make, task = work
    _load(PAGE_READER if isinstance(task, PageTask) else READER)
    began = time.process_time()
    return make(task), time.process_time() - began


def _find_languages(task: LanguageTask) -> tuple[str | None, ...]:
    return tuple(
        detect(text, task.among) if is_asked(declared, text) else None for declared, text in task.texts
    )


def _named(task: Task) -> str:
    return "" if isinstance(task, LanguageTask) else shown_url(task.url)


def _load(module: str) -> None:
    """Imports that take a second are not held against the first document that needs them."""
    importlib.import_module(module)


def _make(task: ParseTask) -> DraftFeed | Failed:
    """Imported where it runs: the parsers take 45 MB, which only the worker processes should pay for."""
    found: DraftFeed | Failed = importlib.import_module(READER).make_drafts(task)
    if len(task.body) > LARGE:
        give_back()
    return found


def _make_page(task: PageTask) -> Draft | Failed:
    found: Draft | Failed = importlib.import_module(PAGE_READER).make_page_draft(task)
    if len(task.body) > LARGE:
        give_back()
    return found


def _prepare(memory: int) -> None:
    """What a new process does first; the time of a document begins after it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    _load(READER)
