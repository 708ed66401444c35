"""Places in the past of a feed: months, each beginning where its newest article can stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from web.public.past import MOST_MONTHS, months_of, page_number, place_of, place_text


def test_months_go_back_from_the_newest() -> None:
    span = datetime(2025, 11, 30, 23, 30, tzinfo=UTC), datetime(2026, 2, 1, 0, 30, tzinfo=UTC)
    found = months_of(span, "UTC")
    assert [(one.year, one.month) for one in found] == [
        (2026, 2), (2026, 1), (2025, 12), (2025, 11),
    ]  # fmt: skip
    places = [place_of(one.place) for one in found]
    assert [place[0].date().isoformat() for place in places if place] == [
        "2026-03-01", "2026-02-01", "2026-01-01", "2025-12-01",
    ]  # fmt: skip


def test_months_are_those_of_the_sites_time_zone() -> None:
    span = datetime(2025, 11, 30, 23, 30, tzinfo=UTC), datetime(2026, 2, 1, 0, 30, tzinfo=UTC)
    assert [one.month for one in months_of(span, "Europe/Oslo")] == [2, 1, 12]


def test_a_feed_of_one_month_lists_none_and_one_of_centuries_not_all() -> None:
    now = datetime(2026, 2, 10, tzinfo=UTC)
    assert months_of((now, now), "UTC") == []
    assert months_of(None, "UTC") == []
    assert len(months_of((now - timedelta(days=365 * 90), now), "UTC")) == MOST_MONTHS


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13-01T00:00:00.000Z-1", "2026-01-01T00:00:00Z-1", "x" * 99]
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert place_of(text) is None


def test_a_place_is_read_back_as_it_was_written() -> None:
    moment = datetime(2026, 2, 1, 12, 30, 15, 250_000, tzinfo=UTC)
    assert place_of(place_text(moment, 77)) == (moment, 77)


@pytest.mark.parametrize(
    ("text", "number"), [("1", 1), ("27", 27), ("0", 1), ("-3", 1), ("x", 1), ("9" * 9, 1)]
)
def test_a_page_number_that_is_none_is_the_first(text: str, number: int) -> None:
    assert page_number(text) == number
