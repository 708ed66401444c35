"""Backups by the clock: taken while it runs, read before they count, old ones removed, failures told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db.store import Store
from feeds.actions.operating.backups import faults_of, is_due, late_fault, newest, taken_at, to_remove
from feeds.model.outgoing import FeedKey
from feeds.model.settings import BackupSettings, DatabaseSettings, FetchSettings, Settings
from parts.backups import SQLITE_ONLY, take_backup
from parts.polling import open_transport
from parts.watchman import Watchman
from tests.conftest import open_store
from tests.fakes import NOON, MovedClock, Newsroom, item, rss

ALL = FeedKey(kind="all")


@pytest.fixture
def stated(tmp_path: Path) -> Settings:
    return Settings(
        path=tmp_path / "config.toml",
        database=DatabaseSettings(url=str(tmp_path / "test.db")),
        backup=BackupSettings(every=timedelta(hours=1), keep=2),
        fetch=FetchSettings(allow=("127.0.0.0/8",)),
    )


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    newsroom = Newsroom(sqlite_store)
    newsroom.add("https://harbour.example/feed", rss(item(1), item(2)))
    newsroom.round()
    return sqlite_store


def watched(stated: Settings, store: Store, clock: MovedClock, spans: list[float]) -> None:
    """The backup tick after each span of hours."""

    async def in_store(work: Any) -> Any:
        return work(store)

    async def run() -> None:
        send = open_transport(stated)
        watchman = Watchman(stated, clock, in_store, send)
        for hours in spans:
            clock.move(hours=hours)
            await watchman.backup_tick()
        await send.close()

    asyncio.run(run())


def test_copies_are_taken_when_due_and_the_oldest_goes(
    stated: Settings, filled: Store, tmp_path: Path
) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups/test-notes.db").write_text("not ours")
    (tmp_path / "backups/test-20200101-000000.db.unfinished").write_text("a process that was killed")
    watched(stated, filled, MovedClock(), [0, 0.5, 0.6, 1.1])
    assert sorted(one.name for one in (tmp_path / "backups").iterdir()) == [
        "test-20261122-130600.db",
        "test-20261122-141200.db",
        "test-notes.db",
    ]
    assert not filled.alerts.open_ones()
    copy = open_store(str(tmp_path / "backups/test-20261122-141200.db"))
    page, there = (one.feeds.page(ALL, entries=9, window=timedelta(0), most=9) for one in (copy, filled))
    copy.close()
    assert page is not None
    assert page == there
    assert len(page.articles) == 2
    assert (tmp_path / "backups/test-20261122-141200.db").stat().st_mode & 0o077 == 0


def test_a_failure_is_told_and_ends_with_the_next_copy(
    stated: Settings, filled: Store, tmp_path: Path
) -> None:
    clock = MovedClock()
    (tmp_path / "backups").write_text("a file where the folder should be")
    watched(stated, filled, clock, [0])
    assert [one.kind for one in filled.alerts.open_ones()] == ["backup"]
    assert "The backup failed: " in filled.alerts.open_ones()[0].message
    (tmp_path / "backups").unlink()
    watched(stated, filled, clock, [0.1])
    assert [one.kind for one in filled.alerts.open_ones()] == ["backup"], "it is not tried again at once"
    watched(stated, filled, clock, [0.1])
    assert not filled.alerts.open_ones()


def test_a_copy_that_lacks_its_articles_does_not_count(filled: Store, tmp_path: Path) -> None:
    filled.upkeep.backup(str(tmp_path / "copy.db"))
    copy = open_store(str(tmp_path / "copy.db"))
    assert faults_of(copy, filled) == ()
    copy.engine.run("DELETE FROM memberships")
    assert faults_of(copy, filled) == ("the feed of all articles is empty in it",)
    copy.close()


def test_a_damaged_copy_does_not_count_and_leaves_the_former_ones(
    stated: Settings, filled: Store, tmp_path: Path
) -> None:
    first = take_backup(stated, NOON)
    filled.engine.script("PRAGMA foreign_keys = OFF")
    filled.engine.run("UPDATE contents SET article_id = article_id + 1000")
    filled.engine.script("PRAGMA foreign_keys = ON")
    clock = MovedClock()
    watched(stated, filled, clock, [2])
    assert [one.name for one in (tmp_path / "backups").iterdir()] == [first.name]
    assert "points to a missing row" in filled.alerts.open_ones()[0].message


def test_postgresql_is_told_to_use_its_own_tools(
    stated: Settings, sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = replace(stated, database=DatabaseSettings(url="postgresql://news@db/news"))
    watched(elsewhere, sqlite_store, MovedClock(), [0, 0.1, 0.1])
    assert "pg_dump" in sqlite_store.alerts.open_ones()[0].message
    # Once, not every minute.
    assert [one.getMessage() for one in caplog.records].count(SQLITE_ONLY) == 1
    watched(replace(elsewhere, backup=BackupSettings()), sqlite_store, MovedClock(), [0])
    assert not sqlite_store.alerts.open_ones()


def test_names_and_ages() -> None:
    names = [
        "news-20261122-110000.db",
        "news-20261122-100000.db",
        "news-20991122-100000.db",
        "news-x.db",
        "o.db",
    ]
    assert newest(names, "news", NOON) == NOON - timedelta(hours=1)
    assert taken_at("newsroom-20261122-110000.db", "news") is None
    assert to_remove(names, "news", 2) == ("news-20261122-100000.db",)
    assert is_due(None, timedelta(hours=1), NOON)
    assert not is_due(NOON - timedelta(minutes=59), timedelta(hours=1), NOON)
    hour = timedelta(hours=1)
    assert late_fault(None, hour, NOON - hour, NOON) is None
    assert late_fault(None, hour, NOON - 3 * hour, NOON)
    assert "11:00" not in str(late_fault(NOON - hour, hour, NOON, NOON))
