"""What lists and pages show of feeds costs nothing that grows: counts are kept, and always what counting would find."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db import touched
from db.store import Store
from feeds.actions.operating.tidy import tidy
from feeds.actions.publishing.publish import Renderer, publish_touched
from feeds.actions.publishing.render_ahead import Ahead
from feeds.model.outgoing import FeedKey, SiteInfo
from feeds.model.settings import KeepSettings, PublishSettings
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
ALL, SOURCE = FeedKey(kind="all"), FeedKey(kind="source", slug="harbour-example")
SITE = SiteInfo(title="Quay", base_url="https://reader.example", language="en")
PUBLISH = PublishSettings()


def counted(store: Store) -> dict[str, tuple[int, int]]:
    """For each feed the number that is kept, and the number that counting finds."""
    rows = store.engine.rows(
        "SELECT f.key, f.article_count, (SELECT count(*) FROM memberships m WHERE m.feed_id = f.id"
        " AND m.left_seq IS NULL AND m.joined_seq > 0) AS found FROM feeds f"
    )
    return {row["key"]: (row["article_count"], row["found"]) for row in rows}


def stands(store: Store) -> bool:
    return all(kept == found for kept, found in counted(store).values())


def signed(number: int, author: str = "Mara Lindqvist") -> str:
    return item(number, extra=f"<dc:creator>{author}</dc:creator>")


def test_counts_follow_articles_that_come_leave_and_come_back(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(signed(1), signed(2), signed(3)))
    newsroom.round()
    assert counted(store)["all/"] == (3, 3)
    assert stands(store)
    info = store.feeds.page(ALL, entries=9, window=timedelta(0), most=9)
    assert info is not None
    gone = info.articles[0].id
    store.articles.withdraw(gone, reason="wrong", now=newsroom.clock())
    publish_touched(store, newsroom.clock())
    assert counted(store)["all/"] == (2, 2)
    assert stands(store)
    store.articles.restore(gone, newsroom.clock())
    publish_touched(store, newsroom.clock())
    assert counted(store)["all/"] == (3, 3)
    newsroom.web.put(FEED, rss(signed(1, "Jon Abara"), signed(2), signed(3)))
    newsroom.again()
    assert stands(store)
    store.sources.set_state(store.sources.every()[0].source.id, "removed", newsroom.clock())
    publish_touched(store, newsroom.clock())
    assert stands(store)


def test_an_article_that_joins_and_leaves_before_the_tick_counts_for_nothing(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    newsroom.web.put(FEED, rss(item(1), item(2)))
    newsroom.clock.move(hours=1)
    store.sources.poll_soon([store.sources.every()[0].source.id], newsroom.clock())
    newsroom.round()
    for _ in range(2):
        store.articles.withdraw(2, reason="wrong", now=newsroom.clock())
        store.articles.restore(2, newsroom.clock())
    publish_touched(store, newsroom.clock())
    assert stands(store)


def test_lists_come_in_pages_by_title_and_the_largest_first(newsroom: Newsroom) -> None:
    for number, title in enumerate(("delta", "Alpha", "charlie", "Bravo"), 1):
        items = [item(f"{title}-{n}", link=f"https://{title.lower()}.example/{n}") for n in range(number)]
        newsroom.add(f"https://{title.lower()}.example/feed", rss(*items, title=title))
    newsroom.round()
    feeds = newsroom.store.feeds
    assert [one.title for one in feeds.by_title("source", most=3)] == ["Alpha", "Bravo", "charlie"]
    assert [one.title for one in feeds.by_title("source", most=3, offset=3)] == ["delta"]
    assert [one.title for one in feeds.largest("source", most=2)] == ["Bravo", "charlie"]
    assert feeds.count("source") == 4
    assert "alpha-example" in [one.key.slug for one in feeds.similar("source", "alpah", most=2)]


def test_the_mark_of_the_list_changes_with_what_the_list_shows(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    before = store.feeds.mark()
    newsroom.web.put(FEED, rss(item(1), item(2)))
    newsroom.again()
    assert store.feeds.mark() == before
    store.sources.rename(store.sources.every()[0].source.id, "quay", newsroom.clock())
    publish_touched(store, newsroom.clock())
    assert store.feeds.mark() != before


def test_every_article_of_a_feed_is_reached_by_going_back(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(*(item(n, date=NOON - timedelta(days=4)) for n in range(25))))
    newsroom.round()
    page = store.feeds.page(ALL, entries=7, window=timedelta(0), most=7)
    assert page is not None
    found, last = [one.id for one in page.articles], page.articles[-1]
    while older := store.feeds.page_before(ALL, sort_at=last.sort_at, article_id=last.id, most=7):
        found += [one.id for one in older]
        last = older[-1]
    assert len(found) == len(set(found)) == 25
    span = store.feeds.span(ALL)
    assert span is not None
    assert span[0] <= last.sort_at <= span[1]
    first = page.articles[-1]
    older = store.feeds.page_before(ALL, sort_at=first.sort_at, article_id=first.id, most=99)
    store.articles.withdraw(older[3].id, reason="wrong", now=newsroom.clock())
    publish_touched(store, newsroom.clock())
    again = store.feeds.page_before(ALL, sort_at=first.sort_at, article_id=first.id, most=99)
    assert [one.id for one in again] == [one.id for one in older if one.id != older[3].id]


def rendered_at(store: Store) -> int:
    seq: int = store.engine.rows("SELECT changed_seq FROM rendered")[0]["changed_seq"]
    return seq


@pytest.fixture
def read_room(newsroom: Newsroom) -> Newsroom:
    """A newsroom whose feed of everything has just been read."""
    newsroom.add(FEED, rss(item(1), item(2)))
    newsroom.round()
    Renderer(newsroom.store, site=SITE, publish=PUBLISH, now=newsroom.clock()).feed(ALL, "atom")
    newsroom.store.feeds.note_read([(ALL, "atom")], newsroom.clock())
    return newsroom


def tick(room: Newsroom, ahead: Ahead) -> int:
    publish_touched(room.store, room.clock())
    assert ahead.is_due(room.store)
    ahead.render(room.store, site=SITE, publish=PUBLISH, now=room.clock())
    return rendered_at(room.store)


def test_a_change_shortly_after_a_reading_is_rendered_at_once(read_room: Newsroom) -> None:
    before, ahead = rendered_at(read_room.store), Ahead()
    read_room.web.put(FEED, rss(item(1), item(2), item(3)))
    read_room.again(seconds=1)
    assert tick(read_room, ahead) > before
    assert not ahead.is_waiting
    assert not ahead.is_due(read_room.store)


def test_a_feed_that_changes_all_the_time_is_rendered_every_few_seconds(read_room: Newsroom) -> None:
    ahead, made = Ahead(), []
    for second in range(30):
        read_room.web.put(FEED, rss(*(item(number) for number in range(1, second + 4))))
        read_room.again(seconds=1)
        made.append(tick(read_room, ahead))
    assert len(set(made[:3])) == 3
    assert 6 <= len(set(made)) <= 10
    # The last change needs no other one to be rendered.
    assert ahead.is_waiting
    read_room.clock.move(seconds=5)
    assert tick(read_room, ahead) > made[-1]
    assert not ahead.is_waiting


def test_a_feed_that_changes_all_the_time_shows_a_loss_at_once(read_room: Newsroom) -> None:
    ahead = Ahead()
    for second in range(6):
        read_room.web.put(FEED, rss(*(item(number) for number in range(1, second + 4))))
        read_room.again(seconds=1)
        before = tick(read_room, ahead)
    assert ahead.is_waiting
    read_room.store.articles.withdraw(1, reason="wrong", now=read_room.clock())
    assert tick(read_room, ahead) > before


def test_published_changes_that_search_has_read_are_let_go_after_a_week(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(item(1), item(2)))
    newsroom.round()
    newsroom.clock.move(days=8)
    keep = KeepSettings()
    tidy(store, keep, newsroom.clock())
    assert store.engine.rows("SELECT 1 AS one FROM touched"), "search has not read them"
    after, last, _ = store.search.behind(500)
    store.search.put([], last, after=after)
    tidy(store, keep, newsroom.clock())
    assert not store.engine.rows("SELECT 1 AS one FROM touched")
    newsroom.web.put(FEED, rss(item(1), item(2), item(3)))
    newsroom.again()
    assert stands(store)
    assert store.feeds.seq() > last


def test_changes_are_numbered_in_the_order_in_which_they_were_saved(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(signed(1), signed(2), signed(3)))
    newsroom.round()
    with store.write():
        for article in (3, 1, 2, 3, 1):
            touched.append(store.engine, [(1, article, "changed")], newsroom.clock())
    before = store.feeds.seq()
    assert [store.feeds.number_touched(newsroom.clock(), most=2) for _ in range(4)] == [2, 2, 1, 0]
    rows = store.engine.rows(
        "SELECT article_id, seq FROM touched WHERE seq > :before ORDER BY id", {"before": before}
    )
    assert [row["article_id"] for row in rows] == [3, 1, 2, 3, 1]
    assert [row["seq"] - before for row in rows] == [1, 2, 3, 4, 5]
