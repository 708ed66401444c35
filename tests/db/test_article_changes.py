"""`/changes`: every correction and withdrawal of what everybody may read, once each, without the text that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from feeds.actions.publishing.publish import publish_touched
from feeds.model.outgoing import FeedKey
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import Newsroom, item, rss
from web.app import create_app

FEED = "https://harbour.example/feed"


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.add(FEED, rss(*(item(number, title=f"Story {number}") for number in range(5))))
    newsroom.round()
    return newsroom


@pytest.fixture
def app(room: Newsroom, tmp_path: Path) -> Flask:
    site = SiteSettings(title="Reader", base_url="https://reader.example")
    return create_app(
        settings=Settings(path=tmp_path / "config.toml", site=site),
        store_factory=lambda: room.store,
        clock=room.clock,
        is_refreshing=False,
    )


def article_id(room: Newsroom, title: str) -> int:
    found = [one.id for one in room.store.topics.matchable(after_id=0, most=99) if one.title == title]
    return found[0]


def told(room: Newsroom) -> list[tuple[str, str]]:
    return [(one.what, one.article.title if one.article else "") for one in room.store.feeds.changes(most=50)]


def test_nothing_is_told_before_anything_changed(room: Newsroom, app: Flask) -> None:
    assert told(room) == []
    assert app.test_client().get("/changes.atom").status_code == 200
    assert "Nothing was corrected" in app.test_client().get("/changes").text


def test_an_edit_of_the_source_a_correction_here_and_a_withdrawal(room: Newsroom, app: Flask) -> None:
    room.web.put(
        FEED, rss(item(1, title="Story 1", body="It does not run at all."), *map(item, (0, 2, 3, 4)))
    )
    room.again()
    room.clock.move(minutes=1)
    two = article_id(room, "Story 2")
    room.store.changes.set_override(two, "correction", "The pier is green.", who="Ada", now=room.clock())
    room.clock.move(minutes=1)
    three = article_id(room, "Story 3")
    room.store.articles.withdraw(three, reason="asked", now=room.clock())
    publish_touched(room.store, room.clock())
    assert told(room) == [("withdrawn", ""), ("corrected", "Story 2"), ("changed", "Story 1")]
    web = app.test_client()
    for path in ("/changes", "/changes.atom", "/changes.rss", "/changes.json"):
        text = web.get(path).text
        assert "was withdrawn on" in text
        assert "The pier is green." in text
        assert "Story 1" in text
        assert "Story 3" not in text
    ids = [one.urn for one in room.store.feeds.changes(most=50)]
    assert len(set(ids)) == 3
    room.store.articles.restore(three, room.clock())
    publish_touched(room.store, room.clock())
    assert told(room) == [("corrected", "Story 2"), ("changed", "Story 1")]


def test_what_nobody_may_read_is_not_told(room: Newsroom) -> None:
    room.store.articles.withdraw(article_id(room, "Story 3"), reason="asked", now=room.clock())
    publish_touched(room.store, room.clock())
    [source] = room.store.sources.every()
    assert len(told(room)) == 1
    room.store.engine.run("UPDATE sources SET is_private = 1 WHERE id = :id", {"id": source.source.id})
    assert told(room) == []


def test_what_keep_lets_go_of_was_not_withdrawn(room: Newsroom) -> None:
    room.clock.move(days=900)
    room.store.articles.purge(before=room.clock(), now=room.clock(), most=9)
    publish_touched(room.store, room.clock())
    assert told(room) == []


def test_pages_of_changes_follow_each_other_without_gap(room: Newsroom) -> None:
    # At one moment, as a retraction of a whole series is.
    for number in range(5):
        room.store.articles.withdraw(article_id(room, f"Story {number}"), reason="x", now=room.clock())
    publish_touched(room.store, room.clock())
    met: list[int] = []
    place = None
    while part := room.store.feeds.changes(most=2, before=place):
        met += [one.article_id for one in part]
        place = (part[-1].at, part[-1].article_id)
    assert len(met) == len(set(met)) == 5


def test_a_held_feed_of_changes_is_made_anew_when_something_changed(room: Newsroom, app: Flask) -> None:
    web = app.test_client()
    first = web.get("/changes.atom")
    room.clock.move(minutes=1)
    room.store.articles.withdraw(article_id(room, "Story 3"), reason="asked", now=room.clock())
    publish_touched(room.store, room.clock())
    app.extensions["feedwright"].cache.refresh()
    assert web.get("/changes.atom").headers["ETag"] != first.headers["ETag"]
    info = room.store.feeds.info(FeedKey(kind="changes"))
    assert info is not None
    assert info.changed_at == room.clock()
