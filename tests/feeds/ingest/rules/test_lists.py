"""What changed in a list: an entry that has another address is told from one that went and one that came."""

from __future__ import annotations

import time

import pytest

from feeds.ingest.rules.lists import Difference, compare, loses_too_much
from feeds.model.lists import ListedSource

HOME = "https://a.example/"


def entry(url: str, title: str = "", home: str = "", **more: object) -> ListedSource:
    return ListedSource(url=url, title=title, home=home, **more)  # type: ignore[arg-type]


def difference(before: list[ListedSource], after: list[ListedSource]) -> Difference:
    return compare({one.url: one for one in before}, after)


OLD = entry("https://a.example/old", "The Quay", HOME, slug="quay")


@pytest.mark.parametrize(
    "new",
    [
        entry("https://b.example/feed", "The Quay", HOME),
        entry("https://b.example/feed", "the quay", "http://www.a.example"),
        entry("http://www.a.example/old/"),
        entry("https://b.example/feed", was=("https://a.example/old",)),
        entry("https://b.example/feed", was=("quay",)),
        entry("https://b.example/feed", slug="quay"),
    ],
)
def test_one_entry_under_another_address(new: ListedSource) -> None:
    assert difference([OLD], [new]) == Difference(renamed=((OLD.url, new),))


@pytest.mark.parametrize(
    "new",
    [
        entry("https://b.example/feed", "The Quay"),
        entry("https://b.example/feed", "", HOME),
        entry("https://b.example/feed", "The Pier", HOME),
        entry("https://b.example/feed", "The Quay", "https://b.example/"),
        entry("https://b.example/feed", was=("pier", "https://a.example/other")),
    ],
)
def test_another_entry(new: ListedSource) -> None:
    assert difference([OLD], [new]) == Difference(entered=(new,), left=(OLD.url,))


def test_what_two_could_have_been_is_neither() -> None:
    twins = [entry(f"https://b.example/{n}", "The Quay", HOME) for n in range(2)]
    assert difference([OLD], twins) == Difference(entered=tuple(twins), left=(OLD.url,))
    assert difference(twins, [OLD]).renamed == ()


def test_one_former_entry_becomes_one_new_one_only() -> None:
    claims = [entry(f"https://b.example/{n}", was=(OLD.url,)) for n in range(2)]
    found = difference([OLD], claims)
    assert found == Difference(renamed=((OLD.url, claims[0]),), entered=(claims[1],))


def test_an_entry_that_stands_there_still_is_nobodys_former_one() -> None:
    new = entry("https://b.example/feed", "The Quay", HOME, was=(OLD.url,))
    assert difference([OLD], [OLD, new]) == Difference(same=((OLD.url, OLD),), entered=(new,))


def test_an_address_counts_once_in_whatever_spelling() -> None:
    twice = [entry("HTTPS://A.example/x"), entry("feed:https://a.example/x")]
    assert compare({}, twice) == Difference(entered=(twice[0],))


def test_long_lists_are_compared_quickly() -> None:
    before = [entry(f"https://a.example/{n}", "same", HOME) for n in range(5_000)]
    after = [entry(f"https://b.example/{n}", "same", HOME) for n in range(5_000)]
    began = time.process_time()
    assert len(difference(before, after).left) == 5_000
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("present", "left", "is_too_much"),
    [(0, 0, False), (1, 1, True), (2, 1, False), (3, 1, False), (3, 2, True), (10, 5, False), (10, 6, True)],
)
def test_more_than_half_at_once_is_too_much(present: int, left: int, is_too_much: bool) -> None:
    assert loses_too_much(present, left) is is_too_much
