"""The processes that turn bytes into drafts: spawned, limited in time and memory, killable one by one.

Parsing and sanitizing can both be attacked: what takes too much CPU time is given up (`feeds.ingest.poll.worker_limits`), a
process that hangs is ended and replaced. (`ProcessPoolExecutor` cannot end one hanging task.) A document whose
process was killed is read once more, because what killed it may have had nothing to do with it.

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
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pebble import ProcessExpired

from feeds.ingest.poll.health import our_fault
from feeds.ingest.poll.lanes import Lane, Room
from feeds.ingest.poll.tasks import LanguageTask, PageTask, ParseTask
from feeds.ingest.poll.worker_limits import (
    ENDED_BY,
    TooSlowError,
    be_quiet_when_swallowed,
    cpu_limit,
    cpu_seconds,
    end_limit,
)
from feeds.ingest.rules.languages import detect, is_asked
from feeds.memory import give_back
from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Failed
from feeds.model.incoming import Source
from feeds.text.urls import shown_url

READER = "feeds.ingest.poll.drafts"
PAGE_READER = "feeds.ingest.poll.pagedrafts"
TASKS_A_PROCESS = 2000
"""After so many documents a process is replaced, so that fragmented memory does not grow for years.

In the slow lane each document has a process of its own: what one takes is given back at once.
"""
QUICK = timedelta(seconds=2)
"""CPU time for which a document may keep ordinary ones waiting; a feed of 30 entries takes a hundredth of it."""
WALL_TIMES, WALL_AT_LEAST_S = 10.0, 60.0
"""How much longer than its CPU time a document may take by the clock, and what it may always take."""
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
    """Worker processes behind `tasks.Workers`."""

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
        key = LANGUAGES if isinstance(task, LanguageTask) else _key(task.source, task.url)
        try:
            try:
                return await self._read(make, task, key)
            except _KILLED:
                # Somebody else may have ended the process: the document is read once more, in one of its own.
                log.warning("a process ended while it read %s; it is read once more", _named(task))
                self._note_slow(key)
                return await self._read(make, task, key)
        except _GivenUpError:
            detail = f"Reading it took longer than {self._timeout:.0f} s of CPU time; it was given up."
        except FutureTimeout:
            detail = f"Reading it took longer than {_wall(self._timeout):.0f} s; it was given up."
        except MemoryError:
            detail = "Reading it took too much memory; it was given up."
        except _KILLED:
            detail = "The process that read it ended twice; it was given up."
        except Exception as error:
            # Our rules run on whatever came; one document or page must not end its whole poll.
            log.warning("reading %s failed in our own code", _named(task), exc_info=error)
            return our_fault(_named(task), "Reading it failed", error)
        return Failed(url=_named(task), state="unreadable", detail=detail)

    async def _read(self, make: Callable[[Any], Any], task: Task, key: int | str) -> Any:
        if key in self._slow:
            return await self._run_slow(make, task, key)
        # Short texts of our own cannot be made to hang; the first ones wait for the model.
        seconds = self._timeout if isinstance(task, LanguageTask) else min(self._quick, self._timeout)
        try:
            found, spent = await self._in_lane(self._lane, make, task, seconds)
            if spent > seconds:
                self._note_slow(key)
            return found
        except (_GivenUpError, FutureTimeout):
            self._note_slow(key)
            if seconds >= self._timeout:
                raise
        return await self._run_slow(make, task, key)

    async def _in_lane(
        self, lane: Lane, make: Callable[[Any], Any], task: Task, seconds: float
    ) -> tuple[Any, float]:
        """What was made and the CPU seconds that it took, or why there is nothing, as an exception."""
        try:
            found: tuple[Any, float] | None = await asyncio.wrap_future(
                lane.schedule(_within_limit, (make, task, seconds), _wall(seconds))
            )
        except ProcessExpired as error:
            if error.exitcode == -ENDED_BY:
                raise _GivenUpError from error
            raise
        except asyncio.CancelledError as error:
            present = asyncio.current_task()
            if present is not None and present.cancelling():
                raise
            # Nobody cancelled the poll: the pool was remade, because another process of it was killed.
            raise BrokenExecutor from error
        if found is None:
            raise _GivenUpError
        return found

    async def _run_slow(self, make: Callable[[Any], Any], task: Task, key: int | str) -> Any:
        async with self._turn:
            if self._resting is not None:
                self._resting.cancel()
            try:
                found, seconds = await self._in_lane(self._slow_lane, make, task, self._timeout)
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


class _GivenUpError(Exception):
    """The document took more CPU time than it may."""


_KILLED = (ProcessExpired, BrokenExecutor)


def _wall(seconds: float) -> float:
    """How long a document may take by the clock: generous, since a busy machine makes all of them wait."""
    return max(WALL_AT_LEAST_S, WALL_TIMES * seconds)


def _within_limit(work: tuple[Callable[[Any], Any], Task, float]) -> tuple[Any, float] | None:
    """What was made, and the CPU seconds that it took; None if it took more than it may. Runs in a worker."""
    make, task, seconds = work
    _load(PAGE_READER if isinstance(task, PageTask) else READER)
    began = cpu_seconds()
    try:
        with cpu_limit(seconds):
            return make(task), cpu_seconds() - began
    except TooSlowError:
        return None
    finally:
        # Once more: an exception that came while the block ended may have left the timers running.
        end_limit()


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
    be_quiet_when_swallowed()
    os.nice(NICENESS)
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    _load(READER)
