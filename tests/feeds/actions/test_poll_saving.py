"""What was polled is written in batches, and a host is let go only when all that came from it is written."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import pytest

from db.store import Store
from feeds.actions.gathering.claims import Claims
from feeds.actions.gathering.poll import claim_due
from feeds.actions.gathering.poll_saving import GATHER_MOST, PollSaver
from feeds.errors import StoreBusyError, StoreUnwritableError
from feeds.ingest.poll.pipeline import Polled
from feeds.model.fetched import NotModified
from feeds.model.incoming import DueSource
from feeds.model.settings import PollSettings
from tests.fakes import NO_PAUSE, Newsroom

T = TypeVar("T")
BUSY = StoreBusyError("The database is busy.")


def claimed(newsroom: Newsroom, count: int) -> tuple[DueSource, ...]:
    for number in range(count):
        newsroom.add(f"https://paper{number}.example/feed.xml")
    found: list[DueSource] = []
    while part := claim_due(newsroom.store, owner="one", now=newsroom.clock(), settings=NO_PAUSE):
        found += part
    assert len(found) == count
    return tuple(found)


def unchanged(newsroom: Newsroom, due: DueSource) -> Polled:
    result = NotModified(url=due.source.fetch_url, etag='"a"', last_modified=None, headers=(), hops=())
    return Polled(due=due, result=result, feed=None, at=newsroom.clock())


def held_hosts(store: Store) -> int:
    found: int = store.engine.rows("SELECT count(*) AS n FROM hosts WHERE claimed_by = 'one'")[0]["n"]
    return found


def saver(
    newsroom: Newsroom, visits: list[int] | None = None, *, fails: int = 0, error: Exception = BUSY
) -> PollSaver:
    left = [fails]

    async def in_store(work: Callable[[Store], T]) -> T:
        if visits is not None:
            visits.append(1)
        if left[0]:
            left[0] -= 1
            raise error
        return work(newsroom.store)

    settings = PollSettings(pause=timedelta(0))
    claims = Claims("one", settings, newsroom.clock)
    return PollSaver(in_store, settings=settings, chance=lambda: 0.0, claims=claims, retry_s=0)


async def written(box: PollSaver, polled: Sequence[Polled]) -> None:
    saving = asyncio.create_task(box.write_forever())
    box.expect(len(polled))
    for one in polled:
        box.put(one)
        box.host_done(one.due.host, unpolled=0)
    await asyncio.wait_for(box.wait_until_idle(), 10)
    while box.under_way:
        await asyncio.sleep(0)
    saving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saving
    await box.write_all()


def test_many_polls_share_few_visits_and_all_hosts_are_let_go(store: Store) -> None:
    newsroom = Newsroom(store=store)
    dues = claimed(newsroom, 2 * GATHER_MOST + 3)
    visits: list[int] = []
    asyncio.run(written(saver(newsroom, visits), [unchanged(newsroom, due) for due in dues]))
    assert held_hosts(store) == 0
    states = store.engine.rows("SELECT status, etag, last_polled_at, next_poll_at FROM poll_states")
    assert {(row["status"], row["etag"]) for row in states} == {("unchanged", '"a"')}
    assert all(row["next_poll_at"] > row["last_polled_at"] for row in states)
    due_at = {row["next_poll_at"] for row in states}
    assert {row["next_due_at"] for row in store.engine.rows("SELECT next_due_at FROM hosts")} == due_at
    assert len(visits) <= 4


def test_a_claim_that_was_taken_over_is_not_written_but_its_neighbours_are(store: Store) -> None:
    newsroom = Newsroom(store=store)
    dues = claimed(newsroom, 3)
    store.engine.run(
        "UPDATE hosts SET claim_no = claim_no + 1, claimed_by = 'two' WHERE host = :host",
        {"host": dues[1].host},
    )
    asyncio.run(written(saver(newsroom), [unchanged(newsroom, due) for due in dues]))
    rows = store.engine.rows("SELECT host, last_polled_at FROM poll_states")
    assert {row["host"] for row in rows if row["last_polled_at"] is None} == {dues[1].host}
    holders = store.engine.rows("SELECT host, claimed_by FROM hosts WHERE claimed_by IS NOT NULL")
    assert [(row["host"], row["claimed_by"]) for row in holders] == [(dues[1].host, "two")]


def test_a_host_that_was_not_polled_to_its_end_is_let_go_and_counted_off(sqlite_store: Store) -> None:
    newsroom = Newsroom(store=sqlite_store)
    dues = claimed(newsroom, 2)

    async def half() -> None:
        box = saver(newsroom)
        box.expect(2)
        box.put(unchanged(newsroom, dues[0]))
        box.host_done(dues[0].host, unpolled=0)
        box.host_done(dues[1].host, unpolled=1)
        await box.write_all()
        assert box.under_way == 0

    asyncio.run(half())
    assert held_hosts(sqlite_store) == 0
    rows = sqlite_store.engine.rows("SELECT host FROM poll_states WHERE last_polled_at IS NULL")
    assert [row["host"] for row in rows] == [dues[1].host]


@pytest.mark.parametrize("error", [BUSY, StoreUnwritableError("The disk is full.")], ids=["busy", "full"])
def test_what_a_store_does_not_take_now_is_written_later(
    store: Store, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    newsroom = Newsroom(store=store)
    polled = [unchanged(newsroom, due) for due in claimed(newsroom, 2)]
    asyncio.run(written(saver(newsroom, fails=3, error=error), polled))
    assert "2 polls wait until the store takes them" in caplog.text
    assert not store.engine.rows("SELECT 1 AS one FROM poll_states WHERE last_polled_at IS NULL")
    assert held_hosts(store) == 0


def test_polls_that_our_own_code_cannot_write_are_dropped_and_their_hosts_let_go(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    newsroom = Newsroom(store=store)
    polled = [unchanged(newsroom, due) for due in claimed(newsroom, 2)]
    asyncio.run(written(saver(newsroom, fails=1, error=RuntimeError("a bug")), polled))
    assert "2 polls could not be written" in caplog.text
    assert not store.engine.rows("SELECT 1 AS one FROM poll_states WHERE last_polled_at IS NOT NULL")
    assert held_hosts(store) == 0


def test_hosts_whose_release_fails_are_let_go_on_the_next_try(store: Store) -> None:
    newsroom = Newsroom(store=store)
    dues = claimed(newsroom, 2)
    box = saver(newsroom, fails=2)
    for due in dues:
        box.host_done(due.host, unpolled=0)
    asyncio.run(box.write_all())
    assert held_hosts(store) == 0
