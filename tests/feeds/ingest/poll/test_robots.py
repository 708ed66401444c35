"""robots.txt as RFC 9309 means it, asked for once a day and host."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from feeds.http.requests import Response
from feeds.ingest.poll.robots import RobotRules, Robots, rules_of
from feeds.model.fetched import Failed
from tests.fakes import FakeWeb, MovedClock

PAGE = "https://n.example/news/1"


def answer(body: str | bytes = b"", status: int = 200) -> Response:
    content = body.encode() if isinstance(body, str) else body
    return Response(url="https://n.example/robots.txt", status=status, headers=(), body=content)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /admin/", True),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/1", True),
        ("User-agent: Feedwright\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: feedwright\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: OtherBot\nDisallow: /", True),
        ("\ufeffUser-agent: *\r\nDisallow: /news\r\n", False),
        ("<html>not a robots file</html>", True),
        ("User-agent: *\nDisallow: /*.pdf$", True),
        ("Disallow: /\n" * 3, True),
    ],
)
def test_what_the_file_says_holds(text: str, expected: bool) -> None:
    assert rules_of(answer(text)).may_read(PAGE) is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer(status=404), True),
        (answer(status=403), True),
        (answer(status=429), False),
        (answer(status=500), False),
        (answer(status=503), False),
        (Failed(url="x", state="unreachable", detail=""), False),
        (Failed(url="x", state="large", detail=""), True),
    ],
)
def test_no_file_opens_everything_and_trouble_nothing(given: Response | Failed, expected: bool) -> None:
    assert rules_of(given).may_read(PAGE) is expected


def test_a_wish_for_slowness_is_heard_within_bounds() -> None:
    assert rules_of(answer("User-agent: *\nCrawl-delay: 7")).delay() == timedelta(seconds=7)
    assert rules_of(answer("User-agent: *\nCrawl-delay: 86400")).delay() == timedelta(seconds=60)
    assert RobotRules().delay() == timedelta(0)


def test_hostile_files_end_soon() -> None:
    rules = rules_of(answer(b"User-agent: *\n" + b"Disallow: /" + b"*a" * 20_000 + b"\n"))
    assert rules.may_read(PAGE)
    assert rules_of(answer(b"\xff\x00" * 400_000)).may_read(PAGE)


def test_a_host_is_asked_once_a_day_and_sooner_where_it_could_not_answer() -> None:
    web, clock = FakeWeb(), MovedClock()
    robots = Robots(web, clock)
    waited: list[str] = []

    async def wait_for_slot(url: str) -> None:
        waited.append(url)

    def may_read(url: str) -> bool:
        rules = asyncio.run(
            robots.of(url, wait_for_slot=wait_for_slot, timeout=timedelta(seconds=5), is_sample=False)
        )
        return rules.may_read(url)

    web.put("https://n.example/robots.txt", "User-agent: *\nDisallow: /private/")
    assert may_read(PAGE)
    assert not may_read("https://n.example/private/1")
    assert len(web.asked) == 1
    assert waited == ["https://n.example/robots.txt"]
    clock.move(hours=25)
    assert may_read(PAGE)
    assert len(web.asked) == 2
    web.put("https://down.example/robots.txt", "", status=500)
    assert not may_read("https://down.example/a")
    clock.move(hours=2)
    web.put("https://down.example/robots.txt", "", status=404)
    assert may_read("https://down.example/a")
