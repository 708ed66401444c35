"""Work on request ends whatever happens, belongs to one worker, can be cancelled, and short work passes long work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from db.store import Store
from feeds.actions.operating.jobs import JOB_LEASE, JobTools, JobWork, Lane, Progress, run_next_job
from feeds.model.kept import Job
from feeds.model.settings import Settings
from tests.fakes import NOON, MovedClock, Newsroom

T = TypeVar("T")


def lane(work: JobWork, *, is_long: bool | None = None) -> Lane:
    return Lane(kinds={"short": work, "long": work}, long_kinds=frozenset({"long"}), is_long=is_long)


def kit(store: Store, clock: MovedClock) -> JobTools:
    async def in_store(run: Callable[[Store], T]) -> T:
        return run(store)

    return JobTools(
        in_store=in_store,
        poll=Newsroom(store=store).tools(),
        settings=Settings(path=Path("config.toml")),
        clock=clock,
    )


def asked(store: Store, kind: str = "short") -> int:
    return store.jobs.add(kind, {}, asked_by="a test", now=NOON)


def found(store: Store, number: int) -> Job:
    job = store.jobs.get(number)
    assert job is not None
    return job


@pytest.mark.parametrize("error", [OverflowError("too large"), RuntimeError("a bug"), UnicodeError("x")])
def test_a_job_that_fails_in_our_own_code_ends(store: Store, error: Exception) -> None:
    async def work(_a: dict[str, Any], _t: JobTools, _tell: Progress) -> dict[str, Any]:
        raise error

    number = asked(store)
    tools = kit(store, MovedClock())
    assert asyncio.run(run_next_job(tools, lane(work), owner="one"))
    assert found(store, number).state == "failed"
    assert type(error).__name__ in found(store, number).message
    assert not asyncio.run(run_next_job(tools, lane(work), owner="one"))


def test_a_worker_that_lost_its_job_writes_nothing_over_the_next_ones_result(store: Store) -> None:
    number, clock = asked(store), MovedClock()
    assert store.jobs.claim(owner="first", now=clock(), until=clock() + JOB_LEASE) is not None
    clock.move(minutes=3)
    assert store.jobs.claim(owner="second", now=clock(), until=clock() + JOB_LEASE) is not None
    store.jobs.progress(number, owner="first", done=1, total=2, message="late")
    assert (found(store, number).done, found(store, number).message) == (0, "")
    assert store.jobs.hold(number, owner="first", until=clock() + JOB_LEASE) == "lost"
    assert not store.jobs.finish(
        number, owner="first", state="failed", message="late", result=None, now=clock()
    )
    assert store.jobs.finish(number, owner="second", state="done", message="", result={"n": 1}, now=clock())
    assert (found(store, number).state, found(store, number).result) == ("done", {"n": 1})
    assert found(store, number).message != "late"


def test_a_job_that_is_worked_on_is_held_however_long_it_takes(store: Store) -> None:
    number, clock = asked(store), MovedClock()
    seen: list[bool] = []

    async def work(_a: dict[str, Any], _t: JobTools, _tell: Progress) -> dict[str, Any]:
        for _ in range(5):
            clock.move(seconds=80)
            await asyncio.sleep(0.05)
            seen.append(store.jobs.claim(owner="other", now=clock(), until=clock()) is None)
        return {}

    asyncio.run(run_next_job(kit(store, clock), lane(work), owner="one", look_s=0.01))
    assert seen == [True] * 5
    assert found(store, number).state == "done"


def test_a_job_whose_workers_die_is_given_up_after_three(store: Store) -> None:
    number, clock = asked(store), MovedClock()
    for attempt in range(1, 4):
        job = store.jobs.claim(owner=f"worker {attempt}", now=clock(), until=clock() + JOB_LEASE)
        assert job is not None
        assert job.attempts == attempt
        clock.move(minutes=3)
    assert store.jobs.claim(owner="fourth", now=clock(), until=clock() + JOB_LEASE) is None
    assert found(store, number).state == "failed"
    assert "3 times" in found(store, number).message


def test_short_work_passes_long_work(store: Store) -> None:
    ran: list[str] = []

    async def slow(_a: dict[str, Any], _t: JobTools, _tell: Progress) -> dict[str, Any]:
        while "short" not in ran:
            await asyncio.sleep(0.01)
        ran.append("long")
        return {}

    async def quick(_a: dict[str, Any], _t: JobTools, _tell: Progress) -> dict[str, Any]:
        ran.append("short")
        return {}

    asked(store, "long")
    asked(store, "short")
    tools = kit(store, MovedClock())

    async def both() -> None:
        async with asyncio.timeout(20):
            await asyncio.gather(
                run_next_job(tools, lane(slow, is_long=True), owner="one"),
                run_next_job(tools, lane(quick, is_long=False), owner="one"),
            )

    asyncio.run(both())
    assert ran == ["short", "long"]


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_runs_soon(store: Store) -> None:
    ended: list[str] = []

    async def work(_a: dict[str, Any], _t: JobTools, _tell: Progress) -> dict[str, Any]:
        assert store.jobs.cancel(running, now=NOON)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cleaned up")
        return {}

    running, waiting = asked(store), asked(store)
    assert store.jobs.cancel(waiting, now=NOON)
    assert found(store, waiting).state == "cancelled"
    assert not store.jobs.cancel(waiting, now=NOON)
    asyncio.run(run_next_job(kit(store, MovedClock()), lane(work), owner="one", look_s=0.01))
    assert found(store, running).state == "cancelled"
    assert ended == ["cleaned up"]
    assert store.jobs.claim(owner="x", now=NOON + timedelta(days=1), until=NOON) is None
