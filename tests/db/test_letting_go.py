"""What `[keep]` and upkeep let go of, what stays of it, and that finding it costs no more the more was let go of before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.editing.withdrawals import restore, withdraw
from feeds.actions.operating.tidy import MOST_AT_ONCE, tidy
from feeds.actions.publishing.publish import Renderer, publish_touched
from feeds.actions.publishing.render_ahead import Ahead
from feeds.errors import RequestError
from feeds.model.articles import Tombstone
from feeds.model.incoming import SourceOptions
from feeds.model.outgoing import FeedKey, FeedPage, SiteInfo
from feeds.model.settings import KeepSettings, PublishSettings
from tests.db.test_cost import steps
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
ALL = FeedKey(kind="all")
SITE = SiteInfo(title="Skerry Reader", base_url="https://reader.example", language="en")
DAY = timedelta(days=1)
KEEP = KeepSettings(articles=30 * DAY)


def ids(store: Store) -> dict[str, int]:
    return {row["title"]: row["id"] for row in store.engine.rows("SELECT id, title FROM articles")}


def count(store: Store, table: str, condition: str = "1 = 1") -> int:
    found: int = store.engine.rows(f"SELECT count(*) AS n FROM {table} WHERE {condition}")[0]["n"]
    return found


def tag(newsroom: Newsroom, key: FeedKey) -> str:
    """Of the feed as it is rendered now, or was and is still good."""
    made = Renderer(newsroom.store, site=SITE, publish=PublishSettings(), now=newsroom.clock()).feed(
        key, "atom"
    )
    assert made is not None
    return made.etag


def test_of_each_source_so_many_reports_are_kept_and_the_quiet_ones_are_counted(newsroom: Newsroom) -> None:
    newsroom.store = store = Store(newsroom.store.engine, polls_kept=3)
    source = newsroom.add(FEED)
    for number in range(5):
        newsroom.web.put(FEED, rss(item(number)))
        newsroom.again()
        newsroom.again()
    newsroom.again(days=1)
    assert [one.new_count for one in store.changes.polls(source.id, 100)] == [1, 1, 1]
    assert store.changes.quiet_polls(source.id, newsroom.clock(), 3) == (0, 5, 1)
    tidy(store, KeepSettings(), newsroom.clock.move(days=29))
    assert count(store, "quiet_polls") == 2
    tidy(store, KeepSettings(), newsroom.clock.move(days=1))
    assert count(store, "quiet_polls") == 1


def test_the_content_of_what_was_withdrawn_goes_too_and_it_stays_withdrawn(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(item(1), item(2)))
    newsroom.round()
    first = ids(store)["Story 1"]
    withdraw(store, first, reason="It was wrong.", now=newsroom.clock.move(days=1))
    told = store.feeds.changes(most=5)
    tidy(store, KEEP, newsroom.clock.move(days=20))
    assert count(store, "contents") == 2
    newsroom.web.put(FEED, rss(*(item(n, date=newsroom.clock()) for n in range(3, 30))))
    newsroom.again()
    tidy(store, KEEP, newsroom.clock.move(days=12))
    publish_touched(store, newsroom.clock())
    assert count(store, "contents") == 27
    grave = store.articles.get(first)
    assert isinstance(grave, Tombstone)
    assert (grave.reason, grave.is_purged) == ("It was wrong.", False)
    # What is only kept no longer is no withdrawal.
    assert store.feeds.changes(most=5) == told
    with pytest.raises(RequestError, match="no longer kept"):
        restore(store, first, newsroom.clock())


def test_former_versions_go_after_a_year_in_small_steps(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    newsroom.web.put(FEED, rss(item(1, body="The ferry does not run, and nobody knows when it will.")))
    newsroom.again()
    copied = "INSERT INTO versions SELECT article_id, number + :n, hash, is_major, seen_at, body FROM versions WHERE number = 1"
    for number in range(1, MOST_AT_ONCE + 20):
        store.engine.run(copied, {"n": number})
    now = newsroom.clock.move(days=364)
    tidy(store, KeepSettings(), now)
    assert count(store, "versions") == MOST_AT_ONCE + 20
    tidy(store, KeepSettings(versions=timedelta(0)), now + 9 * DAY)
    assert count(store, "versions") == MOST_AT_ONCE + 20
    assert tidy(store, KeepSettings(), now + 9 * DAY) == MOST_AT_ONCE
    assert tidy(store, KeepSettings(), now + 9 * DAY) == 20


def test_bytes_that_nobody_asks_for_go_and_are_made_anew(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.archives.SIZE", 2)
    store = newsroom.store
    newsroom.add(FEED, rss(*(item(n) for n in range(6))))
    newsroom.round()
    read, unread = (FeedKey(kind="all", archive=number) for number in (1, 2))
    tags = [tag(newsroom, key) for key in (ALL, read, unread)]
    store.feeds.note_read([(ALL, "atom")], newsroom.clock())
    newsroom.clock.move(days=6)
    store.feeds.note_read([(read, "atom")], newsroom.clock())
    tidy(store, KeepSettings(), newsroom.clock())
    assert count(store, "rendered") == 3
    newsroom.clock.move(days=2)
    assert store.feeds.count_unread(before=newsroom.clock() - 7 * DAY) == 2
    tidy(store, KeepSettings(), newsroom.clock())
    assert [row["variant"] for row in store.engine.rows("SELECT variant FROM rendered")] == ["archive/1"]
    assert [tag(newsroom, key) for key in (ALL, read, unread)] == tags
    # An archive document never changes: it is not made ahead.
    assert Ahead().render(store, site=SITE, publish=PublishSettings(), now=newsroom.clock()) == 0


def test_alerts_that_ended_a_year_ago_are_forgotten(store: Store) -> None:
    store.alerts.open("source", "harbour", "It cannot be read.", NOON)
    store.alerts.close("source", "harbour", NOON)
    store.alerts.open("source", "council", "It cannot be read.", NOON)
    tidy(store, KeepSettings(), NOON + 364 * DAY)
    assert len(store.alerts.latest(9)) == 2
    tidy(store, KeepSettings(), NOON + 366 * DAY)
    assert [one.subject for one in store.alerts.latest(9)] == ["council"]


def document(store: Store) -> FeedPage | None:
    """What a feed is made from."""
    return store.feeds.page(ALL, entries=5, window=timedelta(0), most=5, is_linked=True)


def pages_due(store: Store, now: datetime) -> int:
    """How many pages of articles are asked whether they are still there."""
    return len(
        store.articles.pages_to_check(
            seen_before=now - DAY, seen_since=now - 90 * DAY, checked_before=now - 7 * DAY, most=5
        )
    )


def test_what_was_let_go_of_makes_nothing_dearer(sqlite_store: Store) -> None:
    newsroom, keep = Newsroom(sqlite_store), KeepSettings(articles=3 * DAY)
    checked = replace(spec_at(FEED), options=SourceOptions(check_pages=True))
    sqlite_store.sources.add(checked, newsroom.clock())
    took = []
    for day in range(40):
        newsroom.web.put(FEED, rss(*(item(f"{day}-{n}", date=newsroom.clock()) for n in range(10))))
        newsroom.again(days=1)
        if day == 1:
            withdraw(
                sqlite_store, min(ids(sqlite_store).values()), reason="It was wrong.", now=newsroom.clock()
            )
        tidy(sqlite_store, keep, newsroom.clock())
        publish_touched(sqlite_store, newsroom.clock())
        took.append(
            (
                steps(sqlite_store, lambda store: store.feeds.changes(most=5)),
                steps(sqlite_store, lambda store: tidy(store, keep, newsroom.clock())),
                steps(sqlite_store, lambda store: store.articles.get(1)),
                steps(sqlite_store, document),
                steps(sqlite_store, lambda store: pages_due(store, newsroom.clock())),
            )
        )
    assert count(sqlite_store, "articles", "status = 'purged'") > 300
    assert len(sqlite_store.feeds.changes(most=5)) == 1
    assert pages_due(sqlite_store, newsroom.clock()) == 5
    assert all(late <= early * 1.3 + 20 for early, late in zip(took[8], took[-1], strict=True)), (
        took[8],
        took[-1],
    )
