"""A copy that is an hour old, polled again, gives the same ids: they are computed, never drawn."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from db.store import Store
from feeds.model.outgoing import FeedKey
from tests.conftest import open_store
from tests.fakes import Newsroom, item, rss

FEED = "https://harbour.example/feed"
ALL = FeedKey(kind="all")


def test_a_restored_copy_polled_again_gives_the_same_ids(sqlite_store: Store, tmp_path: Path) -> None:
    newsroom = Newsroom(sqlite_store)
    newsroom.add(FEED, rss(item(1), item(2, link="", date=None), item(3, guid="", link="")))
    newsroom.round()
    copy = tmp_path / "copy.db"
    sqlite_store.upkeep.backup(str(copy))
    later = rss(
        item(4), item(5, guid="", extra="<dc:creator>Jane Roe</dc:creator>"), item(6, link=""), item(1)
    )
    newsroom.web.put(FEED, later)
    newsroom.again()
    restored = Newsroom(open_store(str(copy)), newsroom.clock, newsroom.web)
    restored.again()
    assert urns(restored.store) == urns(sqlite_store)
    assert len(urns(sqlite_store)) == 6
    first, second = sqlite_store.feeds.info(ALL), restored.store.feeds.info(ALL)
    assert first is not None
    assert second is not None
    assert first.feed_urn == second.feed_urn
    restored.store.close()


def test_a_second_site_that_imports_the_same_gives_the_same_ids(sqlite_store: Store, tmp_path: Path) -> None:
    newsroom = Newsroom(sqlite_store)
    empty = tmp_path / "second.db"
    sqlite_store.upkeep.backup(str(empty))
    document = rss(item(1), item(2, guid="", link=""), item(3, link=""))
    newsroom.add(FEED, document)
    newsroom.round()
    second = Newsroom(open_store(str(empty)))
    second.clock.move(days=3)
    second.add(FEED, document)
    second.round()
    assert urns(second.store) == urns(sqlite_store)
    second.store.close()


def urns(store: Store) -> list[str]:
    page = store.feeds.page(ALL, entries=100, window=timedelta(0), most=100)
    assert page is not None
    return sorted(article.urn for article in page.articles)
