"""What readers are promised, tried over the real store and the real web: stable bytes, 304s, nothing missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from db.store import Store
from feeds.actions.publishing.publish import Renderer, publish_touched, site_info
from feeds.model.articles import TopicRule
from feeds.model.outgoing import FeedKey, Format
from feeds.model.settings import PublishSettings, Settings, SiteSettings
from tests.conftest import open_store
from tests.fakes import NOON, MovedClock, Newsroom, item, rss
from web.app import create_app
from web.context import WebContext

FEED = "https://harbour.example/feed"
FORMATS: tuple[Format, ...] = ("atom", "rss", "jsonfeed")
TOPIC = FeedKey(kind="topic", slug="ferries")


def settings(folder: Path) -> Settings:
    return Settings(
        path=folder / "config.toml", site=SiteSettings(title="Reader", base_url="https://reader.example")
    )


@pytest.fixture
def busy(newsroom: Newsroom) -> Newsroom:
    newsroom.store.topics.put(
        slug="ferries",
        title="Ferries",
        description="",
        rule=TopicRule(categories=("ferry",)),
        origin="admin",
        now=NOON,
    )
    newsroom.add(
        FEED,
        rss(
            *(item(n, extra="<category>ferry</category><dc:creator>Jane Roe</dc:creator>") for n in range(5))
        ),
    )
    newsroom.round()
    return newsroom


def test_the_same_data_gives_the_same_bytes_whatever_the_clock_says(busy: Newsroom, tmp_path: Path) -> None:
    site, publish = site_info(settings(tmp_path)), PublishSettings()

    def every_feed(days: int) -> dict[tuple[str, str], bytes]:
        busy.store.engine.run("DELETE FROM rendered")
        found: dict[tuple[str, str], bytes] = {}
        for info in busy.store.feeds.every():
            for format in FORMATS:
                made = Renderer(busy.store, site=site, publish=publish, now=NOON + timedelta(days=days)).feed(
                    info.key, format
                )
                assert made is not None
                found[info.key.path(), format] = made.body
        return found

    today = every_feed(0)
    assert len(today) == 4 * len(FORMATS)
    assert every_feed(1) == today
    assert every_feed(-400) == today


@pytest.fixture
def app(busy: Newsroom, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    opened: list[Store] = []

    def factory() -> Store:
        opened.append(open_store(database_url))
        return opened[-1]

    made = create_app(
        settings=settings(tmp_path), store_factory=factory, clock=MovedClock(), is_refreshing=False
    )
    yield made
    for store in opened:
        store.close()


def test_after_a_second_poll_of_unchanged_sources_every_feed_answers_304(busy: Newsroom, app: Flask) -> None:
    client = app.test_client()
    context: WebContext = app.extensions["feedwright"]
    paths = [
        f"{info.key.path()}.{ending}"
        for info in busy.store.feeds.every()
        for ending in ("atom", "rss", "json")
    ]
    tags = {path: client.get(path).headers["ETag"] for path in paths}
    busy.web.put(
        FEED,
        rss(
            *(item(n, extra="<category>ferry</category><dc:creator>Jane Roe</dc:creator>") for n in range(5)),
            extra="<lastBuildDate>Sun, 22 Nov 2026 23:00:00 GMT</lastBuildDate>",
        ),
    )
    busy.again(days=1)
    context.cache.refresh()
    assert {
        path: client.get(path, headers={"If-None-Match": tags[path]}).status_code for path in paths
    } == dict.fromkeys(paths, 304)


def test_a_reader_who_comes_once_a_day_misses_none_of_200_articles_a_day(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    newsroom.store.topics.put(
        slug="ferries",
        title="F",
        description="",
        rule=TopicRule(phrases=("ferry",)),
        origin="admin",
        now=NOON,
    )
    newsroom.add(FEED, rss(item("first")))
    newsroom.round()
    site = site_info(settings(tmp_path))
    seen: set[str] = set()
    number = 0
    for _day in range(4):
        for _poll in range(8):
            batch = []
            for _ in range(25):
                number += 1
                late = timedelta(days=40) if number % 7 == 0 else timedelta(hours=1)
                batch.append(item(number, date=newsroom.clock.now - late))
            newsroom.web.put(FEED, rss(*batch))
            newsroom.again(hours=3)
        publish_touched(newsroom.store, newsroom.clock())
        made = Renderer(newsroom.store, site=site, publish=PublishSettings(), now=newsroom.clock()).feed(
            TOPIC, "atom"
        )
        assert made is not None
        seen |= set(re.findall(r"<title[^>]*>Story (\d+)</title>", made.body.decode()))
    assert len(seen) == number == 800
