"""A whole database into an empty one, between the engines in both directions: nothing is lost, nothing begins anew."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commands.root import cli
from db.copying import copy, tables
from db.engines.engine import Engine
from db.store import Store
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.publishing.search import read_batch
from feeds.clock import system_clock
from feeds.errors import RequestError
from feeds.model.outgoing import FeedKey
from feeds.model.people import NewPasskey
from tests import postgres
from tests.conftest import open_store
from tests.fakes import NOON, MovedClock, Newsroom, item, rss

ALL = FeedKey(kind="all")
FEED = "https://harbour.example/feed"


@pytest.fixture
def other_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the other engine."""
    if database_url.startswith("postgresql:"):
        yield str(tmp_path / "other.db")
        return
    address = request.getfixturevalue("postgres_server")
    with postgres.database(address, f"copy_{os.getpid()}") as url:
        yield url


def fill(store: Store) -> Newsroom:
    newsroom = Newsroom(store)
    newsroom.add(
        FEED,
        rss(
            *(
                item(
                    n, title=f"Fähre „{n}“", extra="<dc:creator>Jane Roe</dc:creator><category>Sea</category>"
                )
                for n in range(1200)
            )
        ),
    )
    newsroom.add("https://pier.example/feed", rss(item("p1", link="https://pier.example/1")))
    newsroom.round()
    newsroom.web.put(FEED, rss(item(1, title="Another title, quite another one"), item(2)))
    newsroom.again()
    store.kept.put("secret", "s3cret: 100 % ' :name \\ \u2028")
    store.alerts.open("disk", "", "Little is free.", newsroom.clock())
    store.jobs.add("poll", {"a": [1, "ü"]}, asked_by="cli", now=newsroom.clock())
    person = store.people.add("mara", "admin", "a hash", newsroom.clock())
    made = NewPasskey(credential="kH-3_x", public_key="pQECAyYgASFYIA", sign_count=7)
    store.people.add_passkey(person.id, made, name="Mårås Telefon", now=newsroom.clock())
    store.people.set_language(person.id, "de")
    store.people.set_email(person.id, "mara@news.example")
    store.people.bind(person.id, "https://id.example", "u-17")
    store.people.add_challenge("a hash", "passkey add", person.id, ends_at=NOON, now=newsroom.clock())
    # Gone again, so that the next id is not the number of rows.
    store.engine.run("DELETE FROM jobs")
    return newsroom


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in tables():
        rows = engine.rows(f"SELECT * FROM {table.name}")
        plain = [
            {name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()} for row in rows
        ]
        found[table.name] = sorted(plain, key=lambda row: [str(row[name]) for name in sorted(row)])
    return found


def test_everything_arrives_and_goes_on_where_it_was(store: Store, other_url: str) -> None:
    newsroom = fill(store)
    read(store, newsroom)
    target = open_store(other_url)
    counts: dict[str, int] = {}
    total = copy(store.engine, target.engine, counts.__setitem__)
    there, here = everything(store.engine), everything(target.engine)
    assert here == there
    assert total == sum(counts.values()) == sum(map(len, there.values()))
    assert counts["articles"] == 1201
    for table in (
        "kept",
        "alerts",
        "versions",
        "feeds",
        "memberships",
        "touched",
        "texts",
        "author_names",
        "passkeys",
        "challenges",
    ):
        assert counts[table], table
    assert [one.urn for one in found(target)] == [one.urn for one in found(store)]
    # Both go on: the same new articles get the same ids, and numbers are not given twice.
    for one in (store, target):
        own = Newsroom(one, MovedClock(newsroom.clock()), newsroom.web)
        own.web.put(FEED, rss(item(5000), item(5001, guid="", link="")))
        own.again()
        publish_touched(one, own.clock())
    assert [one.urn for one in found(target)] == [one.urn for one in found(store)]
    for table in ("articles", "touched", "memberships"):
        ids = [sorted(row["id"] for row in everything(one.engine)[table]) for one in (store, target)]
        assert ids[0] == ids[1]
    moment = newsroom.clock()
    assert (
        target.jobs.add("poll", {}, asked_by="cli", now=moment)
        == store.jobs.add("poll", {}, asked_by="cli", now=moment)
        == 2
    )
    assert target.upkeep.check() == ()
    target.close()


def test_a_database_that_holds_a_site_is_not_written_over(store: Store, other_url: str) -> None:
    target = open_store(other_url)
    copy(store.engine, target.engine, lambda _table, _count: None)
    Newsroom(target).add(FEED)
    with pytest.raises(RequestError, match="already holds sources"):
        copy(store.engine, target.engine, lambda _table, _count: None)
    assert len(target.sources.every()) == 1
    target.close()


def test_the_command_copies_and_refuses_a_running_site(
    database_url: str, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FROM", database_url)
    monkeypatch.setenv("TO", other_url)
    store = open_store(database_url)
    Newsroom(store).add(FEED)
    store.kept.beat("scheduler", system_clock())
    refused = CliRunner().invoke(cli, ["db", "copy", "env:FROM", "env:TO"])
    assert "stop it first" in refused.output
    store.kept.beat("scheduler", system_clock() - timedelta(minutes=2))
    store.close()
    done = CliRunner().invoke(cli, ["db", "copy", "env:FROM", "env:TO"])
    assert done.exit_code == 0, done.output
    assert "sources: 1" in done.output
    target = open_store(other_url)
    assert len(target.sources.every()) == 1
    target.close()


def test_every_table_of_the_schema_is_copied(sqlite_store: Store) -> None:
    rows = sqlite_store.engine.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    present = {row["name"] for row in rows if not row["name"].startswith(("_", "sqlite_"))}
    assert {table.name for table in tables()} == present


def found(store: Store) -> Any:
    page = store.feeds.page(ALL, entries=100, window=timedelta(0), most=100)
    assert page is not None
    return page.articles


def read(store: Store, newsroom: Newsroom) -> None:
    async def run() -> None:
        while await read_batch(newsroom._in_store, excerpt_chars=100, now=newsroom.clock()):
            pass

    asyncio.run(run())
