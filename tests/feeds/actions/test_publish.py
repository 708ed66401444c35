"""Publishing as use cases: kept bytes while true, made anew when not, last good ones when that fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.actions.publishing.publish import Renderer, publish_touched, site_info
from feeds.actions.publishing.render_ahead import Ahead
from feeds.errors import RenderError
from feeds.model.outgoing import FeedKey, RenderedFeed, SiteInfo
from feeds.model.settings import PublishSettings, Settings, SiteSettings, WebSettings
from tests.fakestore import NOON, FakeStore, article

SITE = SiteInfo(title="Skerry Reader", base_url="https://reader.example", language="en")
ALL = FeedKey(kind="all")
PUBLISH = PublishSettings()


def feed(store: FakeStore, *, hours: int = 0, site: SiteInfo = SITE) -> RenderedFeed | None:
    now = NOON + timedelta(hours=hours)
    return Renderer(store.as_store(), site=site, publish=PUBLISH, now=now).feed(ALL, "atom")


def test_touches_are_numbered_until_none_is_left() -> None:
    store = FakeStore()
    store.waiting = [5000, 5000, 12]
    assert publish_touched(store.as_store(), NOON) == 10_012
    assert publish_touched(store.as_store(), NOON) == 0


def test_bytes_are_made_once_and_kept() -> None:
    store = FakeStore([article()])
    first = feed(store)
    assert first is not None
    assert first.changed_at == NOON
    assert feed(store, hours=3) is first


def test_a_change_makes_new_bytes_with_a_new_time() -> None:
    store = FakeStore([article()])
    first = feed(store)
    store.change(article(2))
    second = feed(store, hours=1)
    assert first is not None
    assert second is not None
    assert second.etag != first.etag
    assert second.changed_at == NOON + timedelta(hours=1)


def test_a_change_that_does_not_show_keeps_tag_and_time() -> None:
    store = FakeStore([article()])
    first = feed(store)
    store.last_seq += 1
    assert feed(store, hours=1) == first


def test_another_setting_that_shows_makes_new_bytes() -> None:
    store = FakeStore([article()])
    first, second = feed(store), feed(store, site=replace(SITE, title="Other"))
    assert first is not None
    assert second is not None
    assert b"Other" in second.body
    assert first.etag != second.etag


def test_a_feed_that_does_not_exist_is_none() -> None:
    key = FeedKey(kind="topic", slug="nothing")
    store = FakeStore().as_store()
    assert Renderer(store, site=SITE, publish=PUBLISH, now=NOON).feed(key, "rss") is None


def test_what_cannot_be_written_leaves_the_last_good_bytes() -> None:
    store = FakeStore([article()])
    first = feed(store)
    broken = article(2, urn="\x0b")
    store.change(broken)
    assert feed(store, hours=1) is first
    with pytest.raises(RenderError):
        feed(FakeStore([broken]))


def test_all_that_fits_the_window_is_published_and_no_more_than_the_limit() -> None:
    many = [article(number, sort_at=NOON - timedelta(minutes=number)) for number in range(1, 701)]
    shown = feed(FakeStore(many))
    assert shown is not None
    assert shown.body.count(b"<entry>") == 500
    sparse = [article(number, sort_at=NOON - timedelta(days=3 * number)) for number in range(1, 80)]
    few = feed(FakeStore(sparse))
    assert few is not None
    assert few.body.count(b"<entry>") == 50


def test_feeds_read_lately_are_rendered_ahead_in_the_formats_that_are_read() -> None:
    store = FakeStore([article()])
    store.note_read([(ALL, "atom"), (ALL, "rss")], NOON)
    assert Ahead().render(store.as_store(), site=SITE, publish=PUBLISH, now=NOON) == 2
    assert {format for key, format, _ in store.kept_bytes if key == ALL} == {"atom", "rss"}


def test_one_feed_that_cannot_be_written_does_not_stop_the_others() -> None:
    bad = article(1, urn="\x0b", topics=())
    store = FakeStore([bad, article(2)])
    topic = FeedKey(kind="topic", slug="tides")
    store.note_read([(ALL, "atom"), (topic, "atom")], NOON)
    assert Ahead().render(store.as_store(), site=SITE, publish=PUBLISH, now=NOON) == 2
    assert {key for key, format, _ in store.kept_bytes if format == "atom"} == {topic}


def test_published_addresses_come_from_the_settings() -> None:
    bare = Settings(path=Path("/x/config.toml"), web=WebSettings(host="0.0.0.0", port=9000))
    assert site_info(bare).base_url == "http://127.0.0.1:9000"
    public = replace(bare, site=SiteSettings(base_url="https://reader.example/", timezone="Europe/Oslo"))
    assert site_info(public).base_url == "https://reader.example"
    assert site_info(public).timezone == "Europe/Oslo"
