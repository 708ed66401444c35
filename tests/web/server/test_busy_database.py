"""Readers are served while another program holds the write lock of the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from db.engines.sqlite import SqliteEngine
from db.store import Store
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import StoreBusyError
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import Newsroom, item, rss
from web.app import create_app

PLACES = ("/all.atom", "/sources/harbour-example.rss", "/sources/harbour-example.json")


def test_a_feed_that_nobody_asked_for_before_is_shown_without_being_kept(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.server.feedcache.KEEP_WITHIN_S", 0.05)
    room = Newsroom(sqlite_store)
    room.add("https://harbour.example/feed", rss(item(1), item(2)))
    room.round()
    publish_touched(sqlite_store, room.clock())
    engine = sqlite_store.engine
    assert isinstance(engine, SqliteEngine)

    def client() -> FlaskClient:
        app = create_app(
            settings=Settings(
                path=tmp_path / "config.toml", site=SiteSettings(base_url="https://reader.example")
            ),
            store_factory=lambda: sqlite_store,
            clock=room.clock,
            is_refreshing=False,
        )
        return app.test_client()

    with closing(sqlite3.connect(engine.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        shown = {place: client().get(place) for place in PLACES}
        assert {place: one.status_code for place, one in shown.items()} == dict.fromkeys(PLACES, 200)
        assert engine.rows("SELECT * FROM rendered") == []
        with pytest.raises(StoreBusyError), engine.write(within_s=0.01):
            pass
        assert engine.rows("PRAGMA busy_timeout")[0]["timeout"] == 30_000, "others wait as long as before"
        other.execute("ROLLBACK")
    for place in PLACES:
        again = client().get(place)
        assert (again.status_code, again.headers["ETag"]) == (200, shown[place].headers["ETag"])
    assert len(engine.rows("SELECT * FROM rendered")) == len(PLACES)
