"""Nothing is deleted by surprise: much at once waits for an admin's word."""

from __future__ import annotations

from datetime import timedelta

from feeds.actions.operating.tidy import KEEP, purge_all, purge_of, tidy
from feeds.model.settings import KeepSettings
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
DAY = timedelta(days=1)
HALF = KeepSettings(articles=200 * DAY)


def stored(newsroom: Newsroom, *, old: int, new: int) -> Newsroom:
    items = [item(f"old-{n}", date=NOON - (300 + n) * DAY) for n in range(old)]
    items += [item(f"new-{n}", date=NOON - n * DAY) for n in range(new)]
    newsroom.add(FEED, rss(*items))
    newsroom.round()
    return newsroom


def count(newsroom: Newsroom) -> int:
    return newsroom.store.upkeep.counts()["articles"]


def test_a_first_purge_of_much_waits_and_says_so(newsroom: Newsroom) -> None:
    stored(newsroom, old=40, new=3)
    tidy(newsroom.store, HALF, newsroom.clock())
    assert count(newsroom) == 43
    (alert,) = [one for one in newsroom.store.alerts.open_ones() if one.kind == KEEP]
    assert "40 of 43" in alert.message
    assert "./run tidy --yes" in alert.message


def test_the_admins_word_deletes_them_and_ends_the_alert(newsroom: Newsroom) -> None:
    store = stored(newsroom, old=40, new=3).store
    tidy(store, HALF, newsroom.clock())
    assert purge_of(store, 200 * DAY, newsroom.clock()).is_large
    assert purge_all(store, 200 * DAY, newsroom.clock()) == 40
    assert not [one for one in store.alerts.open_ones() if one.kind == KEEP]
    assert store.engine.rows("SELECT count(*) AS n FROM articles WHERE status = 'published'")[0]["n"] == 3


def test_a_setting_taken_back_ends_the_alert(newsroom: Newsroom) -> None:
    store = stored(newsroom, old=40, new=3).store
    tidy(store, HALF, newsroom.clock())
    tidy(store, KeepSettings(articles=900 * DAY), newsroom.clock())
    assert not [one for one in store.alerts.open_ones() if one.kind == KEEP]


def test_the_few_that_come_of_age_each_day_go_unasked(newsroom: Newsroom) -> None:
    store = stored(newsroom, old=3, new=60).store
    assert tidy(store, HALF, newsroom.clock()) == 3
    assert store.engine.rows("SELECT count(*) AS n FROM articles WHERE status = 'published'")[0]["n"] == 60
