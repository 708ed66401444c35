"""A source that needs credentials is stored, and stands in no public feed, page, list or search."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db.store import Store
from feeds.actions.declaring.specs import spec_at, stored_spec
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.publishing.search import read_batch, search
from feeds.model.audience import is_private
from feeds.model.incoming import SourceOptions
from feeds.model.outgoing import FeedKey
from tests.fakes import Newsroom, item, rss

OPEN, CLOSED = "https://open.example/feed", "https://closed.example/feed"
ALL = FeedKey(kind="all")
LOCKED = SourceOptions(user="reader", password="env:PASSWORD")


def mix(path: str) -> FeedKey:
    return FeedKey(kind="query", slug=path)


def titles(store: Store, key: FeedKey = ALL) -> list[str]:
    page = store.feeds.page(key, entries=99, window=timedelta(0), most=99)
    return sorted(one.title for one in page.articles) if page else []


def found(newsroom: Newsroom, words: str) -> list[str]:
    async def in_store(work: Callable[[Store], Any]) -> Any:
        return work(newsroom.store)

    while asyncio.run(read_batch(in_store, excerpt_chars=300, now=newsroom.clock())):
        pass
    return sorted(one.title for one in search(newsroom.store, words, most=9))


@pytest.fixture
def mixed(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.setenv("PASSWORD", "tide")
    newsroom.add(OPEN, rss(item("o", link="https://open.example/1", title="Open ferry")))
    signed = item(
        "c",
        link="https://closed.example/1",
        title="Closed ferry",
        extra="<dc:creator>Mara Lindqvist</dc:creator>",
    )
    newsroom.web.put(CLOSED, rss(signed))
    newsroom.store.sources.add(replace(spec_at(CLOSED), options=LOCKED), newsroom.clock())
    newsroom.round()
    return newsroom


def change(newsroom: Newsroom, options: SourceOptions) -> None:
    row = newsroom.store.sources.at(CLOSED)
    assert row is not None
    newsroom.store.sources.change(
        row.source.id, replace(stored_spec(row.source, row.host), options=options), newsroom.clock()
    )
    publish_touched(newsroom.store, newsroom.clock())


def test_its_articles_are_stored_and_shown_nowhere(mixed: Newsroom) -> None:
    store = mixed.store
    assert store.engine.rows("SELECT count(*) AS n FROM articles")[0]["n"] == 2
    assert titles(store) == ["Open ferry"]
    assert [one.key.slug for one in store.feeds.every("source")] == ["open-example"]
    assert store.feeds.every("author") == ()
    assert store.feeds.is_hidden(FeedKey(kind="source", slug="closed-example"))
    assert found(mixed, "ferry") == ["Open ferry"]


def test_mixes_neither_show_nor_know_it(mixed: Newsroom) -> None:
    store = mixed.store
    assert titles(store, mix("not-sources/open-example")) == []
    assert titles(store, mix("not-languages/xx")) == ["Open ferry"]
    for unknown in ("sources/closed-example", "not-sources/closed-example", "authors/mara-lindqvist"):
        assert store.feeds.info(mix(unknown)) is None


def test_an_archive_document_lets_go_of_it_once_it_is_private(
    mixed: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.archives.SIZE", 2)
    first = FeedKey(kind="all", archive=1)
    change(mixed, replace(LOCKED, audience="public"))
    assert titles(mixed.store, first) == ["Closed ferry", "Open ferry"]
    change(mixed, LOCKED)
    assert titles(mixed.store, first) == ["Open ferry"]


def test_its_admin_may_make_it_public_and_private_again(mixed: Newsroom) -> None:
    change(mixed, replace(LOCKED, audience="public"))
    assert titles(mixed.store) == ["Closed ferry", "Open ferry"]
    assert len(mixed.store.feeds.every("source")) == 2
    assert found(mixed, "ferry") == ["Closed ferry", "Open ferry"]
    change(mixed, LOCKED)
    assert titles(mixed.store) == ["Open ferry"]
    assert titles(mixed.store, FeedKey(kind="author", slug="mara-lindqvist")) == []
    assert found(mixed, "ferry") == ["Open ferry"]


def test_what_it_brings_later_stays_private_too(mixed: Newsroom) -> None:
    mixed.web.put(
        CLOSED, rss(item("c", link="https://closed.example/1"), item("d", link="https://closed.example/2"))
    )
    mixed.again()
    assert titles(mixed.store) == ["Open ferry"]


@pytest.mark.parametrize(
    ("options", "has_secret_address", "expected"),
    [
        (SourceOptions(), False, False),
        (SourceOptions(user="a", password="env:B"), False, True),
        (SourceOptions(headers=("Authorization: Bearer x",)), False, True),
        (SourceOptions(headers=("X-Key: env:KEY",)), False, True),
        (SourceOptions(headers=("Accept-Language: nn",)), False, False),
        (SourceOptions(), True, True),
        (SourceOptions(audience="public"), True, False),
        (SourceOptions(audience="private"), False, True),
    ],
)
def test_who_is_private(options: SourceOptions, has_secret_address: bool, expected: bool) -> None:
    assert is_private(options, has_secret_address=has_secret_address) is expected


@pytest.mark.parametrize(
    "options",
    [
        SourceOptions(user="env:USER"),
        SourceOptions(password="env:PASSWORD"),
        SourceOptions(headers=("X-Token: env:TOKEN",)),
        SourceOptions(headers=("Cookie: a=b",)),
    ],
)
def test_each_kind_of_credentials_makes_a_source_private(options: SourceOptions) -> None:
    assert is_private(options, has_secret_address=False)
    assert not is_private(replace(options, audience="public"), has_secret_address=False)


def test_that_a_private_source_carries_a_public_article_is_told_nowhere(newsroom: Newsroom) -> None:
    store, guid = newsroom.store, "https://open.example/1"
    newsroom.add(OPEN, rss(item(1, guid=guid, link=guid)))
    newsroom.round()
    newsroom.web.put(CLOSED, rss(item(1, guid=guid, link=guid)))
    closed = store.sources.add(replace(spec_at(CLOSED), options=LOCKED), newsroom.clock())
    newsroom.again()
    carried = store.engine.rows("SELECT source_id FROM sightings ORDER BY source_id")
    assert closed.id in [row["source_id"] for row in carried]
    assert len({row["source_id"] for row in carried}) == 2
    held = store.engine.rows(
        "SELECT m.id FROM memberships m JOIN feeds f ON f.id = m.feed_id WHERE f.kind = 'source' AND f.target_id = :id",
        {"id": closed.id},
    )
    assert held == []
