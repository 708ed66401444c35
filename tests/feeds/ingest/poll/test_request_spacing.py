"""The pause counts from the end of an answer, for all hosts of a registrable domain."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from feeds.http.requests import Request, Response
from feeds.ingest.poll import request_spacing as module
from feeds.ingest.poll.request_spacing import Noting, Pauses
from feeds.model.fetched import Failed
from tests.fakes import FakeWeb, MovedClock

PAUSE = timedelta(seconds=2)


class SlowWeb(FakeWeb):
    """Takes five seconds to answer, or to fail."""

    def __init__(self, clock: MovedClock, fault: Exception | None = None) -> None:
        super().__init__()
        self._clock, self._fault = clock, fault

    async def get(self, request: Request) -> Response | Failed:
        self._clock.move(seconds=5)
        if self._fault is not None:
            raise self._fault
        return Response(url="https://news.other.example/feed", status=200, headers=(), body=b"")


class World:
    """A moved clock, and how long was slept."""

    def __init__(self, pause: timedelta = PAUSE) -> None:
        self.clock = MovedClock()
        self.slept: list[float] = []
        self.pauses = Pauses(self.clock, pause, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.move(seconds=seconds)

    def wait(self, url: str) -> None:
        asyncio.run(self.pauses.wait(url))


def test_a_domain_rests_for_the_pause_after_its_answer_and_others_do_not() -> None:
    world = World()
    world.pauses.note("https://a.harbour.example/feed")
    world.clock.move(seconds=0.5)
    world.wait("https://sea.example/feed")
    assert world.slept == []
    world.wait("https://b.harbour.example/other")
    assert world.slept == [1.5]
    world.wait("https://a.harbour.example/feed")
    assert world.slept == [1.5]


def test_the_end_of_a_slow_request_counts_and_where_it_was_led_to() -> None:
    world = World()
    request = Request(url="https://harbour.example/feed", timeout=timedelta(seconds=30), max_bytes=10)
    asyncio.run(Noting(SlowWeb(world.clock), world.pauses).get(request))
    world.wait("https://harbour.example/feed")
    world.clock.move(seconds=-2)
    world.wait("https://www.other.example/")
    assert world.slept == [2.0, 2.0]


def test_a_request_that_breaks_off_counts_too() -> None:
    world = World()
    request = Request(url="https://harbour.example/feed", timeout=timedelta(seconds=30), max_bytes=10)
    with pytest.raises(RuntimeError):
        asyncio.run(Noting(SlowWeb(world.clock, RuntimeError("cut")), world.pauses).get(request))
    world.wait("https://harbour.example/feed")
    assert world.slept == [2.0]


def test_a_clock_that_is_set_back_makes_no_wait_longer_than_the_pause() -> None:
    world = World()
    world.pauses.note("https://harbour.example/feed")
    world.clock.move(days=-1)
    world.wait("https://harbour.example/feed")
    assert world.slept == [2.0]


def test_without_a_pause_nothing_is_remembered_and_never_more_than_so_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    none = World(timedelta(0))
    none.pauses.note("https://harbour.example/feed")
    none.wait("https://harbour.example/feed")
    assert none.slept == []
    monkeypatch.setattr(module, "MOST_DOMAINS", 2)
    world = World()
    for name in ("a", "b", "c"):
        world.pauses.note(f"https://{name}.example/")
    for name in ("a", "b"):
        world.wait(f"https://{name}.example/")
    assert world.slept == [2.0]
