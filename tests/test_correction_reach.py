"""A correction or withdrawal reaches every output within a minute: each is crawled before and after, caches and all."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from db.store import Store
from feeds.actions.editing import article_edits, saved_mixes
from feeds.actions.editing.changes import Desk
from feeds.actions.editing.private_addresses import give
from feeds.actions.publishing.publish import publish_touched, site_info
from feeds.actions.publishing.render_ahead import Ahead
from feeds.actions.publishing.search import read_batch
from feeds.model.articles import TopicRule
from feeds.model.people import Actor
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import NOON, Newsroom, item, rss
from web.app import create_app

FEED = "https://harbour.example/feed"
BASE = "https://reader.example"
ID, OLD = 122, 1
"""The articles that hold it: the newest, and one that stands in an archive document."""
SECRET = "Quicksilver"
"""A word that stands in their title, summary, text and caption, and nowhere else."""
STARTS = (
    "/", "/all.atom", "/all.rss", "/all.json", "/feeds.opml", "/changes", "/changes.atom", "/sitemap.xml",
    "/news-sitemap.xml", "/robots.txt", f"/search?q={SECRET}", f"/search.json?q={SECRET}", "/mix/topics/sea.json",
    "/mix/topics/sea", "/mixes/coast.atom", "/p/token/all.json", "/p/token/all",
    "/api/v1/articles?limit=200", "/api/v1/changes?feed=all&limit=200", f"/api/v1/search?q={SECRET}",
)  # fmt: skip
_LINKS = re.compile(rf'(?:href|xmlUrl|htmlUrl|src|url)="([^"]+)"|<loc>([^<]+)|"({BASE}[^"]+)"')
MOST = 2_000


def told(number: int, title: str) -> str:
    return item(
        number,
        title=title,
        date=NOON - timedelta(hours={500: 1, 501: 3}.get(number, 2)),
        body=f"{title}: all about the sea.",
        extra="<dc:creator>Ines Halvorsen</dc:creator>"
        f'<media:content url="https://harbour.example/{number}.jpg" medium="image">'
        f"<media:description>{title}</media:description></media:content>",
    )


@pytest.fixture
def room(sqlite_store: Store) -> Newsroom:
    newsroom = Newsroom(store=sqlite_store)
    sqlite_store.topics.put(
        slug="sea", title="Sea", description="", rule=TopicRule(phrases=("sea",)), origin="admin",
        now=newsroom.clock(),
    )  # fmt: skip
    others = [told(number, f"Story {number}") for number in range(120)]
    newsroom.add(FEED, rss(told(500, f"{SECRET} in the harbour"), told(501, f"{SECRET} of old"), *others))
    newsroom.store.engine.run("UPDATE sources SET is_ours = 1")
    newsroom.round()
    desk = desk_of(newsroom)
    saved_mixes.put_mix(desk, slug="coast", path="topics/sea", title="Coast", description=None)
    [coast] = sqlite_store.mixes.every()
    sqlite_store.mixes.settle(sqlite_store.mixes.concerned(coast), newsroom.clock())
    give(
        sqlite_store, name="Mara", opened=(), share="full", ends_at=None, actor=desk.actor,
        new_token=lambda: "token", now=newsroom.clock(),
    )  # fmt: skip
    publish_touched(sqlite_store, newsroom.clock())
    return newsroom


def settings_of(folder: Path) -> Settings:
    return Settings(path=folder / "config.toml", site=SiteSettings(title="Reader", base_url=BASE))


def desk_of(room: Newsroom) -> Desk:
    settings = settings_of(Path("/nowhere"))
    return Desk(store=room.store, actor=Actor(name="Ada", via="page"), settings=settings, now=room.clock())


@pytest.fixture
def app(room: Newsroom, tmp_path: Path) -> Flask:
    return create_app(
        settings=settings_of(tmp_path),
        store_factory=lambda: room.store,
        clock=room.clock,
        is_refreshing=False,
    )


def crawl(web: Client, known: Iterable[str] = ()) -> dict[str, str]:
    """Every address of the site that links lead to, or that was known before, with what it answers."""
    found: dict[str, str] = {}
    waiting = [*STARTS, *known]
    while waiting:
        path = waiting.pop()
        if path in found or path.startswith("/static/"):
            continue
        answer = web.get(path)
        assert answer.status_code in (200, 301, 307, 308, 404, 405, 410), path
        found[path] = answer.text
        assert len(found) < MOST
        for links in _LINKS.findall(answer.text):
            link = unescape(next(filter(None, links)))
            link = link.removeprefix(BASE)
            if link.startswith("?"):
                link = path.partition("?")[0] + link
            if link.startswith("/") and not link.startswith("//"):
                waiting.append(link.partition("#")[0])
    return found


def a_minute_later(room: Newsroom, app: Flask, folder: Path) -> None:
    """What the scheduler and the web do within a minute."""

    async def in_store(work: Callable[[Store], Any]) -> Any:
        return work(room.store)

    room.clock.move(seconds=60)
    publish_touched(room.store, room.clock())
    settings = settings_of(folder)
    Ahead().render(room.store, site=site_info(settings), publish=settings.publish, now=room.clock())
    while asyncio.run(read_batch(in_store, excerpt_chars=300, now=room.clock())):
        pass
    app.extensions["feedwright"].cache.refresh()


def hit(found: dict[str, str], word: str) -> set[str]:
    return {path for path, text in found.items() if word in text and "q=" not in path}


def test_a_withdrawn_text_is_found_nowhere_a_minute_later(room: Newsroom, app: Flask, tmp_path: Path) -> None:
    web = app.test_client()
    a_minute_later(room, app, tmp_path)
    before = crawl(web)
    holding = hit(before, SECRET)
    expected = {
        "/", "/all.atom", "/all.rss", "/all.json", "/topics/sea", "/topics/sea.atom", "/mixes/coast.atom",
        "/authors/ines-halvorsen.atom", "/sources/harbour-example.json", "/mix/topics/sea.json",
        "/news-sitemap.xml", "/p/token/all.json", "/p/token/all", f"/articles/{ID}",
        "/api/v1/articles?limit=200", "/api/v1/changes?feed=all&limit=200",
    }  # fmt: skip
    assert expected <= holding, expected - holding
    assert any("/archive/1" in path for path in holding)
    assert SECRET in before[f"/search.json?q={SECRET}"]
    article_edits.withdraw(desk_of(room), [ID, OLD], "It was not true.")
    a_minute_later(room, app, tmp_path)
    after = crawl(web, holding)
    assert hit(after, SECRET) == set()
    assert json.loads(after[f"/search.json?q={SECRET}"])["items"] == []
    assert (
        room.store.engine.rows("SELECT 1 AS one FROM rendered WHERE instr(body, :word)", {"word": SECRET})
        == []
    )
    assert "It was not true" in after[f"/articles/{ID}"]


def test_a_correction_stands_everywhere_a_minute_later(room: Newsroom, app: Flask, tmp_path: Path) -> None:
    web = app.test_client()
    a_minute_later(room, app, tmp_path)
    holding = hit(crawl(web), SECRET)
    words = {"title": "Mercury in the harbour", "summary": "Mercury.", "correction": "It was mercury."}
    for article_id in (ID, OLD):
        article_edits.override(desk_of(room), article_id, words)
    a_minute_later(room, app, tmp_path)
    after = crawl(web, holding)
    for path in holding:
        assert "Mercury" in after[path], path
    told_in = hit(after, "It was mercury.")
    assert {"/all.atom", "/topics/sea.json", f"/articles/{ID}", "/changes", "/changes.atom"} <= told_in


def test_without_a_word_nothing_says_that_it_was_there(room: Newsroom, app: Flask, tmp_path: Path) -> None:
    web = app.test_client()
    a_minute_later(room, app, tmp_path)
    holding = hit(crawl(web), SECRET)
    urn = room.store.engine.rows("SELECT urn FROM articles WHERE id = :id", {"id": ID})[0]["urn"]
    article_edits.withdraw(desk_of(room), [ID, OLD], "Somebody is in danger.", is_silent=True)
    a_minute_later(room, app, tmp_path)
    after = crawl(web, holding)
    assert hit(after, SECRET) == hit(after, urn) == hit(after, "in danger") == set()
    gone = web.get(f"/articles/{ID}")
    assert gone.status_code == 410
    assert "no longer here" in gone.text


def test_what_is_held_back_is_found_nowhere_and_stands_everywhere_once_released(
    room: Newsroom, app: Flask, tmp_path: Path
) -> None:
    web = app.test_client()
    a_minute_later(room, app, tmp_path)
    holding = hit(crawl(web), SECRET)
    urn = room.store.engine.rows("SELECT urn FROM articles WHERE id = :id", {"id": ID})[0]["urn"]
    article_edits.hold(desk_of(room), [ID, OLD])
    a_minute_later(room, app, tmp_path)
    after = crawl(web, holding)
    assert hit(after, SECRET) == hit(after, urn) == set()
    assert json.loads(after[f"/search.json?q={SECRET}"])["items"] == []
    assert web.get(f"/articles/{ID}").status_code == 404
    for one in (ID, OLD):
        article_edits.release(desk_of(room), one)
    a_minute_later(room, app, tmp_path)
    again = crawl(web, holding)
    missing = {path for path in holding if SECRET not in again[path]}
    # What comes back late stands where it would have joined: not in the archive that it left.
    assert {path for path in missing if "/archive/" not in path} == set()


def test_a_picture_that_was_taken_out_is_found_nowhere(room: Newsroom, app: Flask, tmp_path: Path) -> None:
    web = app.test_client()
    a_minute_later(room, app, tmp_path)
    holding = hit(crawl(web), "/500.jpg")
    assert {"/all.atom", "/all.json", "/topics/sea.rss", f"/articles/{ID}"} <= holding
    article_edits.override(desk_of(room), ID, {"picture": ""})
    a_minute_later(room, app, tmp_path)
    assert hit(crawl(web, holding), "/500.jpg") == set()
