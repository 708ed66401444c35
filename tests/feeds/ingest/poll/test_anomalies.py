"""Something odd about a source, against its own past."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.ingest.poll.anomalies import noticed, quiet
from feeds.model.incoming import PollState
from tests.fakes import NOON, Newsroom, item, rss

HOURLY = PollState(
    is_imported=True,
    gap=timedelta(hours=1),
    last_new_at=NOON - timedelta(hours=1),
    last_ok_at=NOON - timedelta(hours=1),
)
FEED = "https://harbour.example/feed"


def kind(
    poll: PollState, *, entries: int = 50, new: int = 0, renamed: int = 0, is_read: bool = True
) -> str | None:
    found = noticed(poll, poll, entries=entries, new=new, renamed=renamed, is_read=is_read, now=NOON)
    return found.kind if found else None


@pytest.mark.parametrize(
    ("gap", "silent", "expected"),
    [
        (timedelta(hours=1), timedelta(days=2), False),
        (timedelta(hours=1), timedelta(days=4), True),
        (timedelta(days=1), timedelta(days=9), False),
        (timedelta(days=1), timedelta(days=11), True),
        (timedelta(days=30), timedelta(days=200), False),
        (None, timedelta(days=900), False),
    ],
)
def test_silence_is_odd_by_the_measure_of_its_own_rhythm(
    gap: timedelta | None, silent: timedelta, expected: bool
) -> None:
    found = quiet(replace(HOURLY, gap=gap, last_new_at=NOON - silent), NOON)
    assert (found is not None) is expected


def test_many_at_once_is_a_flood_where_few_are_usual() -> None:
    assert kind(HOURLY, new=25) == "flood"
    assert kind(HOURLY, new=15) is None
    assert kind(replace(HOURLY, last_ok_at=NOON - timedelta(days=2)), new=45) is None
    assert kind(replace(HOURLY, is_imported=False), new=500) is None


def test_other_ids_for_known_articles_are_churn_until_a_document_without_them() -> None:
    assert kind(HOURLY, renamed=40) == "churn"
    assert kind(HOURLY, renamed=4, entries=4) is None
    assert kind(HOURLY, renamed=10) is None
    assert kind(replace(HOURLY, oddity="churn"), is_read=False) == "churn"
    assert kind(replace(HOURLY, oddity="churn")) is None


def alerts(newsroom: Newsroom) -> list[str]:
    return [one.message for one in newsroom.store.alerts.open_ones() if one.kind == "odd"]


def test_a_source_that_gives_all_its_articles_new_ids_publishes_nothing_and_is_told_of(
    newsroom: Newsroom,
) -> None:
    newsroom.add(FEED, rss(*(item(n) for n in range(12))))
    newsroom.round()
    newsroom.web.put(FEED, rss(*(item(n, guid=f"new-{n}") for n in range(12))))
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert (saved.report.new_count, saved.report.changed_count) == (0, 0)
    (message,) = alerts(newsroom)
    assert message.startswith("Harbour News gave 12 of 12 known articles other ids.")
    newsroom.web.put(FEED, rss(*(item(n, guid=f"new-{n}") for n in range(12)), item(20)))
    newsroom.again()
    assert alerts(newsroom) == []


def test_a_source_that_falls_silent_is_told_of_until_it_brings_something(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(*(item(n, date=NOON - timedelta(hours=n + 1)) for n in range(10))))
    newsroom.round()
    newsroom.again(days=2)
    assert alerts(newsroom) == []
    newsroom.again(days=2)
    (message,) = alerts(newsroom)
    assert "nothing new for 4 days; before, something came about every 60 minutes" in message
    newsroom.web.put(FEED, rss(item(50)))
    newsroom.again()
    assert alerts(newsroom) == []
