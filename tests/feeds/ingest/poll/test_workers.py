"""Pools of worker processes: who hangs, takes too much or is killed is replaced, and ordinary documents wait for nobody."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.ingest.poll.tasks import PageTask, ParseTask
from feeds.ingest.poll.worker_limits import TooSlowError, cpu_limit
from feeds.ingest.poll.workers import ProcessWorkers
from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Failed
from tests.fakes import item, rss
from tests.feeds.ingest.reading import atom, task

MEGABYTE = 1024 * 1024


def overflowing(_task: object) -> None:
    raise OverflowError("a fault of ours")


def exhausting(_task: object) -> None:
    raise MemoryError


def costly(entries: int) -> str:
    """A document that takes half a second for each entry."""
    return rss(*(item(number, body="&lt;img src='a.jpg'&gt;" * 45_000) for number in range(entries)))


def ask(workers: ProcessWorkers, body: bytes | str) -> DraftFeed | Failed:
    async def asked() -> DraftFeed | Failed:
        return await workers.drafts(task(body))

    return asyncio.run(asked())


def processes() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def test_a_document_that_takes_too_long_is_given_up_and_the_pool_lives_on() -> None:
    pool = ProcessWorkers(count=1, timeout=timedelta(seconds=1), memory=1500 * MEGABYTE)
    try:
        assert isinstance(ask(pool, rss(item(1))), DraftFeed)
        found = ask(pool, costly(12))
        assert isinstance(found, Failed)
        assert found.state == "unreadable"
        assert "longer than 1 s of CPU time" in found.detail
        assert isinstance(ask(pool, rss(item(3))), DraftFeed)
    finally:
        pool.close()


def test_a_process_that_takes_too_much_memory_is_told_so_and_the_pool_lives_on() -> None:
    pool = ProcessWorkers(count=1, timeout=timedelta(seconds=60), memory=330 * MEGABYTE)
    try:
        assert isinstance(ask(pool, rss(item(1))), DraftFeed)
        found = ask(pool, rss(*(item(n, body="word " * 20_000) for n in range(600))))
        assert isinstance(found, Failed), "the document is too small for this test"
        assert "memory" in found.detail
        assert isinstance(ask(pool, atom()), DraftFeed)
    finally:
        pool.close()


def test_ordinary_documents_do_not_wait_for_costly_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.ingest.poll.workers.REST_AFTER_S", 0.5)
    before = processes()

    async def settled(wanted: int) -> None:
        async with asyncio.timeout(20):
            while len(processes() - before) != wanted:
                await asyncio.sleep(0.05)

    async def tried() -> tuple[list[str], int]:
        pool = ProcessWorkers(
            count=1, timeout=timedelta(seconds=30), memory=1500 * MEGABYTE, quick=timedelta(seconds=0.4)
        )
        try:
            dear, ordinary = task(costly(3)), task(rss(item(1)))
            dear = replace(dear, source=replace(dear.source, id=7))
            ordinary = replace(ordinary, source=replace(ordinary.source, id=8))
            await pool.drafts(ordinary)
            ended: list[str] = []

            async def read(name: str, one: ParseTask) -> None:
                assert isinstance(await pool.drafts(one), DraftFeed)
                ended.append(name)

            # First it is not known to be costly: ordinary ones wait for a moment.
            first = asyncio.create_task(read("costly", dear))
            await asyncio.sleep(0.05)
            await read("ordinary", ordinary)
            again = asyncio.create_task(read("costly", dear))
            await asyncio.sleep(0.05)
            await read("ordinary", ordinary)
            await settled(2)
            await asyncio.gather(first, again)
            # One that is read quickly again is ordinary from then on.
            await pool.drafts(replace(ordinary, source=dear.source))
            left = len(pool._slow)
            await settled(1)
            return ended, left
        finally:
            pool.close()

    ended, left = asyncio.run(tried())
    assert ended == ["ordinary", "ordinary", "costly", "costly"]
    assert left == 0


def test_a_busy_machine_makes_no_document_too_slow() -> None:
    """The process is stopped for longer than its limit while it reads: by the clock it takes too long."""
    before = processes()
    pool = ProcessWorkers(count=1, timeout=timedelta(seconds=3), memory=1500 * MEGABYTE)

    async def tried() -> object:
        await pool.drafts(task(rss(item(1))))
        (process,) = processes() - before
        # Of three seconds of CPU a slow machine needs half for this.
        reading = asyncio.create_task(pool.drafts(task(costly(1))))
        await asyncio.sleep(0.2)
        os.kill(process, signal.SIGSTOP)
        await asyncio.sleep(4)
        os.kill(process, signal.SIGCONT)
        return await reading

    try:
        assert isinstance(asyncio.run(tried()), DraftFeed)
    finally:
        pool.close()


def test_a_document_whose_process_was_killed_from_outside_is_read_once_more() -> None:
    before = processes()
    pool = ProcessWorkers(count=1, timeout=timedelta(seconds=30), memory=1500 * MEGABYTE)

    async def tried() -> object:
        await pool.drafts(task(rss(item(1))))
        (process,) = processes() - before
        reading = asyncio.create_task(pool.drafts(task(costly(2))))
        await asyncio.sleep(0.2)
        os.kill(process, signal.SIGKILL)
        return await reading

    try:
        assert isinstance(asyncio.run(tried()), DraftFeed)
    finally:
        pool.close()


@pytest.mark.parametrize(("make", "state"), [(overflowing, "our-fault"), (exhausting, "unreadable")])
def test_a_fault_of_our_own_code_is_not_the_documents(make: Callable[[object], None], state: str) -> None:
    pool = ProcessWorkers(count=1, timeout=timedelta(seconds=30), memory=1500 * MEGABYTE)
    try:
        found = asyncio.run(pool._run(make, task(rss(item(1)))))
        assert isinstance(found, Failed)
        assert found.state == state
    finally:
        pool.close()


def endless() -> None:
    while True:
        with contextlib.suppress(Exception):
            sum(range(1000))


def test_code_that_spends_too_much_cpu_time_is_ended_and_its_process_lives_on() -> None:
    began = time.process_time()
    with pytest.raises(TooSlowError), cpu_limit(0.2):
        endless()
    assert 0.05 < time.process_time() - began < 1


def test_a_pool_whose_process_was_killed_is_made_anew() -> None:
    before = processes()
    pool = ProcessWorkers(count=1, timeout=timedelta(seconds=20), memory=1500 * MEGABYTE)
    try:
        assert isinstance(ask(pool, rss(item(1))), DraftFeed)
        (process,) = processes() - before
        os.kill(process, signal.SIGKILL)
        time.sleep(1)
        found = [ask(pool, rss(item(number))) for number in range(3)]
        assert isinstance(found[-1], DraftFeed)
    finally:
        pool.close()


def test_the_imports_for_reading_pages_are_not_held_against_the_first_page() -> None:
    async def tried() -> tuple[object, int]:
        pool = ProcessWorkers(
            count=1, timeout=timedelta(seconds=30), memory=1500 * MEGABYTE, quick=timedelta(seconds=0.8)
        )
        try:
            listing = task(rss(item(1)))
            feed = await pool.drafts(listing)
            assert isinstance(feed, DraftFeed)
            page = PageTask(
                body=b"<html><body><article><h1>Story 1</h1><p>The ferry runs again.</p></article></body></html>",
                url="https://harbour.example/1", content_type="text/html", form="page", name="",
                source=listing.source, listed=feed.drafts[0], now=listing.now,
            )  # fmt: skip
            return await pool.page(page), len(pool._slow)
        finally:
            pool.close()

    found, slow = asyncio.run(tried())
    assert isinstance(found, Draft | Failed)
    assert slow == 0
