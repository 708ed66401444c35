"""A clock that was a day ahead: what it left behind is put right, and somebody is told."""

from __future__ import annotations

from datetime import timedelta

from db.store import Store
from feeds.actions.gathering.claims import Claims
from feeds.actions.operating.wrong_clock import CLOCK, ahead, mend_clock
from feeds.model.settings import PollSettings
from tests.fakes import Newsroom, item, rss

DAY = timedelta(days=1)


def a_day_ahead(store: Store) -> Newsroom:
    newsroom = Newsroom(store=store)
    newsroom.add("https://a.example/feed", rss(item(1)))
    newsroom.add("https://b.example/feed", rss(item(2)))
    newsroom.clock.move(days=1)
    newsroom.round()
    store.kept.beat("scheduler", newsroom.clock())
    Claims("gone", PollSettings(), newsroom.clock).claim_due(store, newsroom.clock() + timedelta(hours=2))
    store.polls.take_slot("a.example", now=newsroom.clock(), pause=timedelta(seconds=1))
    store.polls.cool("b.example", until=newsroom.clock() + timedelta(hours=1))
    newsroom.clock.move(days=-1)
    return newsroom


def test_times_that_a_clock_left_in_the_future_are_put_back_and_told(store: Store) -> None:
    newsroom = a_day_ahead(store)
    now = newsroom.clock()
    assert ahead(store, now) == DAY
    assert mend_clock(store, now)
    assert ahead(store, now) is None
    (alert,) = [one for one in store.alerts.open_ones() if one.kind == CLOCK]
    assert "24 hours" in alert.message
    newsroom.clock.move(hours=3)
    due = Claims("one", PollSettings(), newsroom.clock).claim_due(store, newsroom.clock())
    assert {one.host for one in due} == {"a.example", "b.example"}
    assert all(one.slot_at - newsroom.clock() < timedelta(minutes=1) for one in due)
    for row in store.sources.every():
        assert row.poll.last_polled_at is not None
        assert row.poll.last_polled_at <= newsroom.clock()


def test_a_wait_that_a_host_asked_for_is_kept(store: Store) -> None:
    newsroom = a_day_ahead(store)
    mend_clock(store, newsroom.clock())
    assert store.polls.cool_until("b.example") == newsroom.clock() + timedelta(hours=1)


def test_the_alert_ends_when_the_clock_stays_right(store: Store) -> None:
    newsroom = a_day_ahead(store)
    mend_clock(store, newsroom.clock())
    newsroom.clock.move(minutes=61)
    store.kept.beat("scheduler", newsroom.clock())
    assert not mend_clock(store, newsroom.clock())
    assert [one for one in store.alerts.open_ones() if one.kind == CLOCK] == []


def test_clocks_that_differ_a_little_are_nothing_to_tell_of(store: Store) -> None:
    newsroom = Newsroom(store=store)
    store.kept.beat("scheduler", newsroom.clock() + timedelta(seconds=90))
    assert not mend_clock(store, newsroom.clock())
