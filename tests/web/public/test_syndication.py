"""Feeds over HTTP: their addresses, what readers get, and what asks no store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from feeds.model.outgoing import FeedKey
from tests.fakestore import NOON, FakeStore, article
from tests.web.newsroom import MovedClock, context_of, make_app, newsroom

FEED = "/topics/tides.atom"


@pytest.fixture
def store() -> FakeStore:
    return newsroom()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def app(store: FakeStore, clock: MovedClock, tmp_path: Path) -> Flask:
    return make_app(store, tmp_path, clock=clock)


@pytest.fixture
def web(app: Flask) -> Client:
    return app.test_client()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/all.atom", "application/atom+xml; charset=utf-8"),
        ("/topics/tides.atom", "application/atom+xml; charset=utf-8"),
        ("/authors/jon-abara.rss", "application/rss+xml; charset=utf-8"),
        ("/sources/tideline.json", "application/feed+json; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
    ],
)
def test_every_feed_has_its_address_and_type(web: Client, path: str, media_type: str) -> None:
    answer = web.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.headers["Cache-Control"].startswith("public, max-age=300, ")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    head = web.head(path)
    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize("path", ["/feed", "/rss", "/feed.xml", "/atom.xml"])
def test_the_usual_guesses_lead_to_everything(web: Client, path: str) -> None:
    answer = web.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (308, "https://reader.example/all.atom")


def test_addresses_come_from_the_settings_never_from_the_host_header(web: Client) -> None:
    answer = web.get("/all.json", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert b"evil.example" not in answer.data
    assert json.loads(answer.data)["feed_url"] == "https://reader.example/all.json"
    assert "evil" not in web.get("/feed", headers={"Host": "evil.example"}).headers["Location"]


def test_a_reader_that_comes_again_gets_304(web: Client) -> None:
    first = web.get(FEED)
    again = web.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Last-Modified"] == first.headers["Last-Modified"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again.headers["Vary"] == "Accept-Encoding"


def test_a_held_feed_asks_no_store_and_is_the_same_to_the_header(web: Client, store: FakeStore) -> None:
    first, asked = web.get(FEED), store.calls
    store.is_busy = True
    second = web.get(FEED)
    assert store.calls == asked
    assert second.data == first.data
    assert dict(second.headers) == dict(first.headers)
    not_modified = web.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert (not_modified.status_code, store.calls) == (304, asked)


def test_a_change_shows_with_the_next_refresh(
    web: Client, app: Flask, store: FakeStore, clock: MovedClock
) -> None:
    before = web.get(FEED)
    store.change(article(9, title="Fog lifts"))
    assert web.get(FEED).data == before.data
    clock.move(seconds=1)
    context_of(app).cache.refresh()
    after = web.get(FEED)
    assert b"Fog lifts" in after.data
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.headers["Last-Modified"] == "Fri, 20 Nov 2026 12:00:01 GMT"


def test_a_feed_that_a_change_did_not_touch_keeps_its_tag(
    web: Client, app: Flask, store: FakeStore, clock: MovedClock
) -> None:
    before = web.get("/topics/town-hall.atom")
    store.change(article(9))
    clock.move(hours=1)
    context_of(app).cache.refresh()
    after = web.get("/topics/town-hall.atom")
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.headers["Last-Modified"] == before.headers["Last-Modified"]


def test_what_nobody_reads_any_more_is_let_go(web: Client, app: Flask, store: FakeStore) -> None:
    cache = context_of(app).cache
    web.get(FEED)
    for number in (8, 9):
        store.change(article(number))
        cache.refresh()
    assert cache.kept(FeedKey(kind="topic", slug="tides"), "atom") is None
    assert cache.size() == (0, 0)


def test_a_database_put_back_from_an_older_copy_shows(web: Client, app: Flask, store: FakeStore) -> None:
    cache = context_of(app).cache
    store.change(article(9, title="Fog lifts"))
    assert b"Fog lifts" in web.get(FEED).data
    cache.refresh()
    del store.held[9]
    store.kept_bytes.clear()
    store.last_seq -= 1
    cache.refresh()
    assert b"Fog lifts" not in web.get(FEED).data


def test_a_feed_that_can_no_longer_be_written_is_served_as_it_was(
    web: Client, app: Flask, store: FakeStore
) -> None:
    before = web.get(FEED)
    store.change(article(9, urn="\x0b"))
    store.kept_bytes.clear()
    context_of(app).cache.refresh()
    assert web.get(FEED).data == before.data


def test_a_feed_that_was_never_written_and_cannot_be_is_busy_not_broken(tmp_path: Path) -> None:
    web = make_app(FakeStore([article(1, urn="\x0b")]), tmp_path).test_client()
    answer = web.get("/all.atom")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


def test_a_busy_store_makes_a_feed_that_is_not_held_wait(web: Client, store: FakeStore) -> None:
    store.is_busy = True
    answer = web.get(FEED)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_renamed_feed_leads_to_its_present_address(web: Client, store: FakeStore) -> None:
    store.former[("topic", "waves")] = "tides"
    answer = web.get("/topics/waves.rss")
    assert answer.status_code == 307
    assert answer.headers["Location"] == "https://reader.example/topics/tides.rss"
    page = web.get("/topics/waves")
    assert (page.status_code, page.headers["Location"]) == (307, "https://reader.example/topics/tides")


def test_a_rename_that_stood_for_thirty_days_is_permanent(
    web: Client, store: FakeStore, clock: MovedClock
) -> None:
    store.former[("topic", "waves")] = "tides"
    store.renamed_at = clock()
    clock.move(days=29)
    assert web.get("/topics/waves.atom").status_code == 307
    clock.move(days=1)
    assert web.get("/topics/waves.atom").status_code == 308
    assert web.get("/topics/waves").status_code == 308


def test_a_feed_that_was_given_up_is_gone(web: Client, store: FakeStore) -> None:
    store.former[("source", "old-post")] = "old-post"
    for path in ("/sources/old-post.atom", "/sources/old-post"):
        answer = web.get(path)
        assert answer.status_code == 410
        assert "retired" in answer.text


@pytest.mark.parametrize("path", ["/topics/tidez.atom", "/topics/tidez", "/topics/TIDE.json"])
def test_a_mistyped_feed_names_the_nearest(web: Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 404
    assert 'href="/topics/tides"' in answer.text
    assert "Tides &amp; Weather" in answer.text


@pytest.mark.parametrize("path", ["/topics/.atom", "/topics/a/b.atom", "/nothing/tides.atom", "/all.xml"])
def test_what_is_no_feeds_address_is_not_found(web: Client, path: str) -> None:
    assert web.get(path).status_code == 404


def test_only_get_and_head_are_answered(web: Client) -> None:
    web.get(FEED)
    answer = web.post(FEED)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_the_store_hears_which_feeds_were_read(
    web: Client, app: Flask, store: FakeStore, clock: MovedClock
) -> None:
    web.get(FEED)
    cache = context_of(app).cache
    cache.refresh()
    assert store.read_keys == [(FeedKey(kind="topic", slug="tides"), "atom")]
    web.get(FEED)
    cache.refresh()
    assert len(store.read_keys) == 1
    clock.move(minutes=1)
    cache.refresh()
    assert len(store.read_keys) == 2


def test_the_oldest_feeds_make_room(store: FakeStore, tmp_path: Path) -> None:
    app = make_app(store, tmp_path)
    cache = context_of(app).cache
    cache._most_bytes = 1
    web = app.test_client()
    for path in ("/all.atom", FEED, "/all.rss"):
        assert web.get(path).status_code == 200
        assert cache.size()[0] == 1
    assert cache.kept(FeedKey(kind="all"), "rss") is not None


def test_the_refreshing_thread_shows_a_change_and_survives_a_busy_store(
    web: Client, app: Flask, store: FakeStore
) -> None:
    cache = context_of(app).cache
    web.get(FEED)
    store.is_busy = True
    cache.start()
    try:
        store.change(article(9, title="Fog lifts"))
        store.is_busy = False
        for _ in range(100):
            if b"Fog lifts" in web.get(FEED).data:
                break
            cache._stop.wait(0.05)
        assert b"Fog lifts" in web.get(FEED).data
    finally:
        cache.stop()


def test_bytes_do_not_depend_on_the_day(tmp_path: Path) -> None:
    bodies = []
    for days in (0, 1):
        clock = MovedClock()
        clock.move(days=days)
        bodies.append(make_app(newsroom(), tmp_path, clock=clock).test_client().get(FEED).data)
    assert bodies[0] == bodies[1]
    assert MovedClock().now == NOON


def test_a_profile_shapes_the_feed_for_its_partner(web: Client) -> None:
    path = "/topics/tides"
    whole = json.loads(web.get(f"{path}.json").data)
    answer = web.get(f"{path}.json?profile=msn")
    shaped = json.loads(answer.data)
    assert shaped["feed_url"] == f"https://reader.example{path}.json?profile=msn"
    fitting = [one["id"] for one in whole["items"] if 20 < len(one["title"]) <= 150]
    assert [one["id"] for one in shaped["items"]] == fitting != [one["id"] for one in whole["items"]]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = web.get(f"{path}.json?profile=msn", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    unknown = web.get(f"{path}.json?profile=nobody")
    assert unknown.status_code == 404
    assert "smartnews" in unknown.text
    # The feed itself is served as before.
    assert json.loads(web.get(f"{path}.json").data) == whole
