"""Full-text search over both engines: folded the same, newest first, nothing that was withdrawn."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from feeds.actions.search import read_batch, search
from feeds.folding import sought_words
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
ITEMS = (
    item(1, title="The ferry waits", body="A pilot boat came at noon.", date=NOON - timedelta(days=1)),
    item(2, title="Ånund Østby's ferry", body="Straße nach Łódź, b2b 2026.", date=NOON - timedelta(days=2)),
    item(
        3,
        title="渋谷の天気は晴れ",
        body="東京",
        date=NOON - timedelta(days=3),
        extra="<dc:creator>Ines Halvorsen</dc:creator>",
    ),
    item(
        4,
        title="Ελλάδα и Москва",
        body="مرحبا بالعالم",
        date=NOON - timedelta(days=4),
        extra="<category>Zeppelins</category>",
    ),
)


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.add(FEED, rss(*ITEMS))
    newsroom.round()
    read(newsroom)
    return newsroom


def read(newsroom: Newsroom) -> int:
    async def in_store(work: Any) -> Any:
        return work(newsroom.store)

    async def all_batches() -> int:
        count = 0
        while found := await read_batch(in_store):
            count += found
        return count

    return asyncio.run(all_batches())


def titles(newsroom: Newsroom, query: str, **how: int) -> list[str]:
    return [article.title for article in search(newsroom.store, query, **{"most": 10, **how})]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ferry", [0, 1]),
        ("FERRY waits", [0]),
        ("ferr", []),
        ("ferr*", [0, 1]),
        ('"pilot boat"', [0]),
        ('"boat pilot"', []),
        ("boat pilot", [0]),
        ("anund ostby", [1]),
        ("strasse LODZ", [1]),
        ("b2b", [1]),
        ("2026", [1]),
        ("天気", [2]),
        ("気天", []),
        ("halvorsen", [2]),
        ("ελλαδα", [3]),
        ("МОСКВА", [3]),
        ("مرحبا", [3]),
        ("", []),
        ("!!! --", []),
        ('" OR 1=1; DROP TABLE texts', []),
        ("a:b & (c | !d) <-> *", []),
        ("NEAR(ferry boat)", []),
        ("ferry*" * 50, []),
        ("ferry " * 200, [0, 1]),
    ],
)
def test_words_are_found_folded_and_nothing_typed_is_an_error(
    room: Newsroom, query: str, expected: list[int]
) -> None:
    names = ["The ferry waits", "Ånund Østby's ferry", "渋谷の天気は晴れ", "Ελλάδα и Москва"]
    assert titles(room, query) == [names[number] for number in expected]


def test_pages_of_what_is_found(room: Newsroom) -> None:
    assert titles(room, "ferry", most=1) == ["The ferry waits"]
    assert titles(room, "ferry", most=1, offset=1) == ["Ånund Østby's ferry"]


def test_what_is_withdrawn_never_shows_not_even_before_it_is_read_again(room: Newsroom) -> None:
    (found,) = search(room.store, "waits", most=5)
    room.store.withdraw(found.id, reason="asked for", now=room.clock())
    assert titles(room, "waits") == []
    room.again()
    read(room)
    assert titles(room, "waits") == []
    room.store.restore(found.id, room.clock())
    room.again()
    read(room)
    assert titles(room, "waits") == ["The ferry waits"]


def test_an_edit_is_found_by_its_new_words_only(room: Newsroom) -> None:
    room.web.put(FEED, rss(item(1, title="The zeppelin waits", body="No boats."), *ITEMS[1:]))
    room.again()
    assert read(room) == 1
    assert titles(room, "zeppelin waits") == ["The zeppelin waits"]
    assert titles(room, "pilot") == []
    assert read(room) == 0


def test_what_a_query_means() -> None:
    assert [(one.words, one.is_prefix) for one in sought_words('Ferry "Pilot  Boat" quay* "x* y"')] == [
        ("ferry", False),
        ("pilot boat", False),
        ("quay", True),
        ("x y", False),
    ]
