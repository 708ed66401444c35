"""Private addresses: more text for whom they were given, nothing for anybody else, and no trace of their secret."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from feeds.actions.declaring.partner_keys import hash_of
from feeds.actions.declaring.specs import spec_at
from feeds.actions.editing.private_addresses import give, revoke
from feeds.actions.editing.withdrawals import withdraw
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import RequestError
from feeds.model.incoming import SourceOptions
from feeds.model.people import Actor
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import Newsroom, item, rss
from web.app import create_app
from web.server.paths import without_token

OPEN, CLOSED = "https://open.example/feed", "https://closed.example/feed"
TEXT = "The pilot boat waits for the tide, and nobody on the quay minds. "
TOKEN = "a-token-of-somebody"
ADA = Actor(name="Ada", via="command")


@pytest.fixture
def room(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.setenv("PASSWORD", "tide")
    newsroom.web.put(OPEN, rss(item(1, link="https://open.example/1", title="Open", body=TEXT * 20)))
    newsroom.store.sources.add(replace(spec_at(OPEN), share="excerpt"), newsroom.clock())
    newsroom.web.put(
        CLOSED, rss(item(2, link="https://closed.example/2", title="Closed", body=TEXT * 20), title="Closed")
    )
    newsroom.store.sources.add(
        replace(spec_at(CLOSED), options=SourceOptions(user="reader", password="env:PASSWORD")),
        newsroom.clock(),
    )
    newsroom.round()
    return newsroom


@pytest.fixture
def app(room: Newsroom, tmp_path: Path) -> Flask:
    return create_app(
        settings=Settings(
            path=tmp_path / "config.toml",
            site=SiteSettings(title="Reader", base_url="https://reader.example"),
        ),
        store_factory=lambda: room.store,
        clock=room.clock,
        is_refreshing=False,
    )


def given(room: Newsroom, *opened: str, token: str = TOKEN, **changes: object) -> int:
    values: dict[str, object] = {"name": "Mara", "share": "full", "ends_at": None, **changes}
    made, _ = give(
        room.store,
        opened=opened,
        actor=ADA,
        new_token=lambda: token,
        now=room.clock(),
        **values,  # type: ignore[arg-type]
    )
    return made.id


def get(app: Flask, path: str, **headers: str) -> TestResponse:
    return app.test_client().get(
        path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def texts(app: Flask, path: str) -> dict[str, str]:
    answer = get(app, path)
    assert answer.status_code == 200, answer.text
    return {one["title"]: one.get("content_html", "") for one in json.loads(answer.data)["items"]}


def test_a_member_reads_the_whole_text_and_everybody_else_an_excerpt(room: Newsroom, app: Flask) -> None:
    given(room)
    assert len(texts(app, "/all.json")["Open"]) < 500
    assert len(texts(app, f"/p/{TOKEN}/all.json")["Open"]) > 1000
    assert len(texts(app, f"/p/{TOKEN}/sources/open-example.json")["Open"]) > 1000
    for path in ("all.atom", "all.rss", "all", "sources/open-example"):
        answer = get(app, f"/p/{TOKEN}/{path}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_its_links_stay_below_it_and_its_id_is_its_own(room: Newsroom, app: Flask) -> None:
    given(room)
    told = json.loads(get(app, f"/p/{TOKEN}/all.json").data)
    assert told["feed_url"] == f"https://reader.example/p/{TOKEN}/all.json"
    public = json.loads(get(app, "/all.json").data)
    assert [one["id"] for one in told["items"]] == [one["id"] for one in public["items"]]
    atom = get(app, f"/p/{TOKEN}/all.atom").text
    assert atom.split("<id>")[1] != get(app, "/all.atom").text.split("<id>")[1]


def test_it_names_no_hub(room: Newsroom, app: Flask) -> None:
    given(room)
    for extension in ("atom", "rss", "json"):
        answer = get(app, f"/p/{TOKEN}/all.{extension}")
        assert "Link" not in answer.headers
        assert "https://reader.example/hub" not in answer.text
        assert "<cloud" not in answer.text
        assert "https://reader.example/hub" in get(app, f"/all.{extension}").text


def test_a_source_with_credentials_stands_in_addresses_that_name_it_alone(room: Newsroom, app: Flask) -> None:
    given(room)
    assert get(app, f"/p/{TOKEN}/sources/closed-example.json").status_code == 404
    assert "Closed" not in texts(app, f"/p/{TOKEN}/all.json")
    given(room, "sources/closed-example", token="another")
    assert len(texts(app, "/p/another/sources/closed-example.json")["Closed"]) > 1000
    page = get(app, "/p/another/sources/closed-example").text
    [article] = [part.split('"')[0] for part in page.split('href="') if "/articles/" in part.split('"')[0]]
    assert article.startswith("/p/another/articles/")
    assert TEXT.strip() in get(app, article).text
    assert get(app, article.replace("another", TOKEN)).status_code == 404
    assert get(app, "/sources/closed-example.atom").status_code == 404
    for path in ("/feeds.opml", "/all.atom", "/", "/sources"):
        assert "losed" not in get(app, path).text


def test_it_opens_what_it_names_and_nothing_else(room: Newsroom, app: Flask) -> None:
    given(room, "sources/open-example", share="headline")
    assert texts(app, f"/p/{TOKEN}/sources/open-example.json")["Open"] == ""
    assert get(app, f"/p/{TOKEN}/all.atom").status_code == 404
    assert get(app, f"/p/{TOKEN}/nothing").status_code == 404


def test_what_did_not_change_answers_304(room: Newsroom, app: Flask) -> None:
    given(room)
    first = get(app, f"/p/{TOKEN}/all.atom")
    again = get(app, f"/p/{TOKEN}/all.atom", If_None_Match=first.headers["ETag"])
    assert again.status_code == 304
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_revoked_and_ended_addresses_answer_that_they_are_gone(room: Newsroom, app: Flask) -> None:
    first = given(room)
    given(room, token="brief", ends_at=room.clock() + timedelta(days=1))
    assert get(app, f"/p/{TOKEN}/all.atom").status_code == 200
    revoke(room.store, first, actor=ADA, now=room.clock())
    assert get(app, f"/p/{TOKEN}/all.atom").status_code == 410
    assert get(app, "/p/brief/all.atom").status_code == 200
    room.clock.move(days=2)
    assert get(app, "/p/brief/all.atom").status_code == 410
    assert get(app, "/p/nobody/all.atom").status_code == 404


def test_the_token_is_kept_as_a_hash_and_its_use_is_noted(room: Newsroom, app: Flask) -> None:
    given(room)
    [row] = room.store.engine.rows("SELECT * FROM private_addresses")
    assert TOKEN not in str(row)
    assert row["token_hash"] == hash_of(TOKEN)
    assert room.store.private.every()[0].used_at is None
    get(app, f"/p/{TOKEN}/all.atom")
    assert room.store.private.every()[0].used_at == room.clock()
    assert [(one.who, one.what) for one in room.store.changes.changes(most=5)] == [
        ("Ada", "gave Mara a private address")
    ]


def test_logs_hold_no_token(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    assert without_token(f"/p/{TOKEN}/all.atom") == "/p/…/all.atom"
    assert without_token("/admin/start/xyz") == "/admin/start/…"
    assert without_token("/topics/p/x") == "/topics/p/x"
    assert without_token("/topics/x\nERROR it burns\r\u2028") == "/topics/x\ufffdERROR it burns\ufffd\ufffd"

    def broken(token: str) -> str:
        raise ValueError(len(token))

    app.add_url_rule("/p/<token>/broken", view_func=broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.DEBUG):
        assert get(app, f"/p/{TOKEN}/broken").status_code == 500
    assert "/p/…/broken" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("path", ["topics/nowhere", "feeds", "sources", "mix/topics/nowhere", ""])
def test_an_address_for_a_feed_that_is_not_there_is_refused(room: Newsroom, path: str) -> None:
    if path:
        with pytest.raises(RequestError, match="There is no feed"):
            given(room, path)
    with pytest.raises(RequestError, match="Say who the address"):
        given(room, name=" ")
    with pytest.raises(RequestError, match="past"):
        given(room, ends_at=room.clock() - timedelta(days=1))
    assert room.store.private.every() == ()


def test_alerts_are_a_feed_for_whom_it_names_them(room: Newsroom, app: Flask) -> None:
    given(room)
    assert get(app, f"/p/{TOKEN}/alerts.atom").status_code == 404
    given(room, "alerts", token="admins")
    room.store.alerts.open("disk", "", "Only 3 MB are free & shrinking.", room.clock())
    found = json.loads(get(app, "/p/admins/alerts.json").data)["items"]
    assert [one["title"] for one in found] == ["Grave: the disk is nearly full"]
    assert "Only 3 MB are free &amp; shrinking." in found[0]["content_html"]
    room.clock.move(hours=1)
    room.store.alerts.close("disk", "", room.clock())
    ended = json.loads(get(app, "/p/admins/alerts.json").data)["items"]
    assert [one["title"] for one in ended] == ["Well again: the disk has room"]
    assert ended[0]["summary"].startswith("The disk has room. Told before: “")
    assert ended[0]["id"] == found[0]["id"]
    assert ended[0]["date_modified"] > found[0]["date_modified"]
    assert get(app, "/alerts.atom").status_code == 404
    assert get(app, "/p/admins/all.atom").status_code == 404


def test_nobody_is_told_what_a_private_source_was_called_or_took_back(room: Newsroom, app: Flask) -> None:
    (closed,) = (one.source for one in room.store.sources.every() if one.source.is_private)
    with room.store.write():
        room.store.sources.rename(closed.id, "another-name", room.clock())
    (article_id,) = (
        row["id"] for row in room.store.engine.rows("SELECT id FROM articles WHERE title = 'Closed'")
    )
    withdraw(room.store, article_id, "The informant was named.", room.clock())
    publish_touched(room.store, room.clock())
    for path in (f"/sources/{closed.slug}", f"/sources/{closed.slug}.atom", f"/articles/{article_id}"):
        answer = get(app, path)
        assert answer.status_code == 404, path
        assert b"another-name" not in answer.data
        assert b"informant" not in answer.data
