"""What is asked for every page, feed and tick takes as many steps in a large store as in a small one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.large_store import clone
from db.engines.sqlite import SqliteEngine
from db.store import Store
from feeds.actions.gathering.poll import claim_due
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.publishing.search import read_batch, search
from feeds.model.deltas import Place
from feeds.model.outgoing import FeedKey, FeedPage
from feeds.model.people import Actor, Step
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import NO_PAUSE, NOON, Newsroom, item, rss
from web.app import create_app

ALL = FeedKey(kind="all")
MIX = FeedKey(kind="query", slug="sources/h0-example,h8-example/not-sources/h4-example")
ARTICLES, TIMES, MOST = 40, 50, 10
SLACK = 1.3
"""Deeper trees, and which rows share a page, cost some steps more."""


@pytest.fixture
def stores(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Store, Store]]:
    """The same articles once, and fifty times."""
    with cloned(sqlite_store, tmp_path, monkeypatch, (1, TIMES)) as opened:
        yield opened[0], opened[1]


@contextmanager
def cloned(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, several: tuple[int, ...]
) -> Iterator[list[Store]]:
    """Stores that hold the same articles that many times."""
    monkeypatch.setattr("db.archives.SIZE", MOST)
    room = Newsroom(store)
    items = [
        item(
            n,
            extra=f"<dc:creator>Mara Lindqvist{chr(97 + n % 26) * 3}</dc:creator>",
            body=f"The pilot waits for tide {n}.",
            date=NOON - timedelta(days=n + 1),
        )
        for n in range(ARTICLES)
    ]
    for place in range(0, ARTICLES, 4):
        room.add(f"https://h{place}.example/feed", rss(*items[place : place + 4]))
    room.round()

    async def in_store(work: Callable[[Store], Any]) -> Any:
        return work(store)

    while asyncio.run(read_batch(in_store, excerpt_chars=300, now=NOON)):
        pass
    opened = []
    for times in several:
        path = folder / f"{times}.db"
        clone(str(store.engine.path), str(path), times)  # type: ignore[attr-defined]
        opened.append(Store(SqliteEngine(path)))
    yield opened
    for one in opened:
        one.close()


def steps(store: Store, work: Callable[[Store], object]) -> int:
    """How many steps SQLite's machine takes for it."""
    engine, taken = store.engine, 0
    assert isinstance(engine, SqliteEngine)

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    engine.connection.set_progress_handler(count, 1)
    work(store)
    engine.connection.set_progress_handler(None, 0)
    return taken


def archive_document(store: Store) -> FeedPage | None:
    """The document in the middle."""
    info = store.feeds.info(ALL)
    assert info is not None
    key = FeedKey(kind="all", archive=info.article_count // MOST // 2)
    return store.feeds.page(key, entries=MOST, window=timedelta(0), most=MOST)


WORKS: dict[str, Callable[[Store], object]] = {
    "a page of all": lambda store: store.feeds.page(ALL, entries=MOST, window=timedelta(0), most=MOST),
    "a page of the past": lambda store: store.feeds.page_before(
        ALL, sort_at=NOON - timedelta(days=9), article_id=0, most=MOST
    ),
    "from when to when": lambda store: store.feeds.span(ALL),
    "a list by title": lambda store: store.feeds.by_title("author", most=MOST),
    "the largest": lambda store: store.feeds.largest("topic", most=MOST),
    "names like another": lambda store: store.feeds.similar("author", "mara-x", most=MOST),
    "a common word": lambda store: search(store, "pilot", most=MOST),
    "a common word, second page": lambda store: search(store, "pilot", most=MOST, offset=MOST),
    "note what was read": lambda store: store.feeds.note_read([(ALL, "atom")], NOON),
    "claim nothing": lambda store: claim_due(
        store, owner="a", now=NOON - timedelta(days=1), settings=NO_PAUSE
    ),
    "publish nothing": lambda store: publish_touched(store, NOON),
    "a document with its links": lambda store: store.feeds.page(
        ALL, entries=MOST, window=timedelta(0), most=MOST, is_linked=True
    ),
    "an archive document": archive_document,
    "a mix": lambda store: store.feeds.page(MIX, entries=MOST, window=timedelta(0), most=MOST),
    "all that stands in a feed, first page": lambda store: store.deltas.page(ALL, None, most=MOST),
    "all that stands in a feed, in the middle": lambda store: store.deltas.page(
        ALL, Place(start=store.feeds.seq(), position=store.feeds.seq() // 2), most=MOST
    ),
    "what changed lately": lambda store: store.deltas.page(ALL, Place.at(store.feeds.seq() - 3), most=MOST),
    "one feed": lambda store: store.feeds.info(ALL),
}

PAGES = (
    "/",
    "/all",
    "/all.atom",
    "/topics",
    "/authors",
    "/sources",
    "/sources/h0-example",
    "/search?q=pilot",
    "/changes",
    "/articles/1",
)


def page_steps(store: Store, tmp_path: Path) -> dict[str, int]:
    """How many steps each page takes in a web process that has been asked for it once."""
    settings = Settings(
        path=tmp_path / "config.toml", site=SiteSettings(title="Quay", base_url="https://quay.example")
    )
    app = create_app(
        settings=settings,
        store_factory=lambda: store,
        clock=lambda: NOON,
        is_refreshing=False,
        is_keeping=False,
    )
    client = app.test_client()
    found = {}
    for path in PAGES:
        assert client.get(path).status_code == 200, path
        found[path] = steps(store, lambda _store, path=path: client.get(path))  # type: ignore[misc]
    return found


def test_pages_of_a_store_ten_times_as_large_take_no_more_steps(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.search.NEWEST", 200)
    # Both are larger than a page, and than what is looked through of a common word.
    with cloned(sqlite_store, tmp_path, monkeypatch, (12, 120)) as opened:
        small, large = (page_steps(store, tmp_path) for store in opened)
    grown = {path: (small[path], large[path]) for path in PAGES if large[path] > small[path] * SLACK + 20}
    assert not grown


def test_a_store_fifty_times_as_large_takes_no_more_steps(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.search.NEWEST", 2 * MOST)
    small, large = stores
    assert (small.upkeep.counts()["articles"], large.upkeep.counts()["articles"]) == (
        ARTICLES,
        ARTICLES * TIMES,
    )
    for store in stores:
        assert store.upkeep.check() == ()
    took = {name: (steps(small, work), steps(large, work)) for name, work in WORKS.items()}
    grown = {name: told for name, told in took.items() if told[1] > told[0] * SLACK + 20}
    assert not grown
    archived = [archive_document(store) for store in stores]
    assert [len(page.articles) if page else None for page in archived] == [MOST, MOST]
    assert len(search(large, "pilot", most=MOST, offset=MOST)) == MOST


LOG_WORKS: dict[str, Callable[[Store], object]] = {
    "the newest lines": lambda store: store.changes.changes(most=MOST),
    "of one subject": lambda store: store.changes.changes(subject="source/1", most=MOST),
    "of one person": lambda store: store.changes.changes(who="mara", most=MOST),
    "of nobody": lambda store: store.changes.changes(who="nobody", most=MOST),
    "who changed something": lambda store: store.changes.changers(),
}


def paused(store: Store, who: str, subject: str) -> None:
    step = Step(subject=subject, before={"state": "active"}, after={"state": "paused"})
    store.changes.add_change(
        Actor(name=who, via="page"), kind="source", what=f"paused {subject}", steps=(step,), now=NOON
    )


def test_a_log_fifty_times_as_long_takes_no_more_steps(sqlite_store: Store) -> None:
    store = sqlite_store
    took: list[dict[str, int]] = []
    for lines in (100, 4_900):
        with store.write():
            for number in range(lines):
                paused(store, "jon", f"source/{2 + number}")
            if not took:
                paused(store, "mara", "source/1")
        took.append({name: steps(store, work) for name, work in LOG_WORKS.items()})
    assert {
        name: (took[0][name], took[1][name]) for name in took[0] if took[1][name] > took[0][name] * SLACK + 20
    } == {}
    assert store.changes.changers() == ("jon", "mara")
    assert [one.what for one in store.changes.changes(subject="source/1", most=MOST)] == ["paused source/1"]
    assert [one.what for one in store.changes.changes(who="mara", words="paused", most=MOST)] == [
        "paused source/1"
    ]
