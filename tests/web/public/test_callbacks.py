"""What sources tell us: pings by token and by address, and the page for people who wonder who we are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from db.store import Store
from feeds.actions.gathering.pings import ping_token
from feeds.model.push import HubSubscription
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import MovedClock, Newsroom, item, rss
from web.app import create_app

FEED = "https://harbour.example/feed"


@pytest.fixture
def newsroom(sqlite_store: Store) -> Newsroom:
    made = Newsroom(sqlite_store)
    made.add(FEED, rss(item(1)))
    made.round()
    made.clock.move(minutes=5)
    return made


@pytest.fixture
def app(newsroom: Newsroom, tmp_path: Path) -> Flask:
    clock: MovedClock = newsroom.clock
    site = SiteSettings(title="Reader", base_url="https://reader.example", contact="desk@reader.example")
    return create_app(
        settings=Settings(path=tmp_path / "config.toml", site=site),
        store_factory=lambda: newsroom.store,
        clock=clock,
        is_refreshing=False,
    )


def due(newsroom: Newsroom) -> bool:
    (row,) = newsroom.store.sources.every()
    return row.poll.next_poll_at is not None and row.poll.next_poll_at <= newsroom.clock()


def test_a_ping_makes_its_source_due_and_a_second_one_within_a_minute_waits_for_its_end(
    newsroom: Newsroom, app: Flask
) -> None:
    (row,) = newsroom.store.sources.every()
    token = ping_token(newsroom.store, row.source.id, lambda: "a" * 64)
    assert ping_token(newsroom.store, row.source.id, lambda: "b" * 64) == token
    assert not due(newsroom)
    answer = app.test_client().post(f"/ping/{token}")
    assert (answer.status_code, due(newsroom)) == (202, True)
    newsroom.round()
    newsroom.clock.move(seconds=20)
    assert app.test_client().post(f"/ping/{token}").status_code == 202
    assert not due(newsroom)
    newsroom.clock.move(seconds=40)
    assert due(newsroom)


@pytest.mark.parametrize("token", ["1-x", "1", "x", "99999999999999999999-aa", "1-" + "0" * 32, "é-1"])
def test_a_guessed_token_is_nothing(newsroom: Newsroom, app: Flask, token: str) -> None:
    ping_token(newsroom.store, 1, lambda: "a" * 64)
    assert app.test_client().post(f"/ping/{token}").status_code == 404
    assert not due(newsroom)


def test_a_publisher_may_tell_us_as_it_tells_a_hub(newsroom: Newsroom, app: Flask) -> None:
    client = app.test_client()
    assert (
        client.post("/hub", data={"hub.mode": "publish", "hub.url": "https://x.example/"}).status_code == 404
    )
    assert client.post("/hub", data={"hub.mode": "subscribe", "hub.url": FEED}).status_code == 400
    assert client.post("/hub", data={"hub.mode": "publish", "hub.url": "x" * 9000}).status_code == 413
    assert not due(newsroom)
    assert client.post("/hub", data={"hub.mode": "publish", "hub.url": FEED}).status_code == 202
    assert due(newsroom)


def test_nobody_learns_from_a_publish_which_private_addresses_are_polled(
    newsroom: Newsroom, app: Flask
) -> None:
    secret = "https://quiet.example/feed?token=s3cr3t"
    newsroom.add(secret, rss(item(1)))
    newsroom.round()
    asked = [
        app.test_client().post("/hub", data={"hub.mode": "publish", "hub.url": url})
        for url in (secret, "https://nobody.example/feed")
    ]
    assert [one.status_code for one in asked] == [404, 404]
    assert asked[0].data == asked[1].data


def test_a_hubs_challenge_comes_back_as_plain_text_and_nothing_else_does(
    newsroom: Newsroom, app: Flask
) -> None:
    (row,) = newsroom.store.sources.every()
    newsroom.store.hubs.put_subscription(
        HubSubscription(
            source_id=row.source.id,
            hub_url="https://hub.example/",
            hub_urls=("https://hub.example/",),
            feed_url=FEED,
            document_url=FEED,
            token="t" * 43,
            secret="s" * 43,
            state="asked",
            pending="subscribe",
            pending_until_at=newsroom.clock() + timedelta(hours=1),
        )
    )
    client, path = app.test_client(), f"/websub/{'t' * 43}"
    question = {"hub.mode": "subscribe", "hub.topic": FEED, "hub.challenge": "<script>alert(1)</script>"}
    wrong = client.get(path, query_string=question | {"hub.topic": "<script>"})
    assert (wrong.status_code, "<script>" in wrong.text) == (404, False)
    assert client.get(path, query_string=question | {"hub.challenge": ""}).status_code == 404
    assert client.get(f"{path}x", query_string=question).status_code == 404
    assert client.get(path).status_code == 404
    right = client.get(path, query_string=question)
    assert (right.status_code, right.text) == (200, question["hub.challenge"])
    assert right.mimetype == "text/plain"
    assert right.headers["X-Content-Type-Options"] == "nosniff"
    assert right.headers["Cache-Control"] == "no-store"
    assert client.post(f"{path}x", data=b"<rss/>").status_code == 404
    assert client.post(path, data=b"<rss/>").status_code == 202
    assert not newsroom.store.engine.rows("SELECT id FROM pushes")
    assert not due(newsroom)


def test_the_page_for_site_owners_says_who_we_are_and_how_to_reach_us(app: Flask) -> None:
    page = app.test_client().get("/bot").text
    assert "Feedwright/" in page
    assert 'href="mailto:desk@reader.example"' in page
    assert "with 1 second between" in page
    assert "every 15 minutes" in page
