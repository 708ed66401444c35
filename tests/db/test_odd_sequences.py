"""What publishers do to their documents, poll by poll, over both engines: nothing lost, repeated or flooded."""

from __future__ import annotations

from datetime import timedelta

from feeds.model.articles import Article
from feeds.model.outgoing import FeedKey
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"


def shown(newsroom: Newsroom) -> dict[str, Article]:
    """What the feed of everything holds, by title."""
    page = newsroom.store.feed_page(
        FeedKey(kind="all", slug=""), entries=500, window=timedelta(days=2), most=500
    )
    assert page is not None
    found = {article.title: article for article in page.articles}
    assert len(found) == len(page.articles)
    return found


def counts(newsroom: Newsroom, **span: float) -> tuple[int, int]:
    (saved,) = newsroom.again(**span)
    assert saved.report is not None
    return saved.report.new_count, saved.report.changed_count


def release(number: int) -> str:
    return item(
        number, title=f"Version {number}", guid="", link=f"https://harbour.example/changes#v{number}"
    )


def test_entries_without_guid_that_share_a_page_are_told_apart_by_their_fragments(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(release(2), release(1)))
    newsroom.round()
    before = shown(newsroom)
    assert sorted(before) == ["Version 1", "Version 2"]
    newsroom.web.put(FEED, rss(release(3), release(2), release(1)))
    assert counts(newsroom) == (1, 0)
    newsroom.web.put(FEED, rss(release(4), release(3)))
    assert counts(newsroom) == (1, 0)
    after = shown(newsroom)
    assert len(after) == 4
    assert {title: after[title].urn for title in before} == {title: one.urn for title, one in before.items()}


def test_a_fragment_that_comes_or_tracks_makes_no_other_article(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, guid=""), item(2, guid="")))
    newsroom.round()
    for fragment in ("#xtor=RSS-1", "#utm_source=rss", "#comments", "#xtor=RSS-2&amp;top"):
        told = [item(n, guid="", link=f"https://harbour.example/{n}{fragment}") for n in (1, 2)]
        newsroom.web.put(FEED, rss(*told))
        assert counts(newsroom)[0] == 0
    assert len(shown(newsroom)) == 2


def test_a_source_that_was_empty_at_first_floods_nobody_later(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss())
    newsroom.round()
    newsroom.again()
    newsroom.web.put(FEED, rss(*(item(n, date=NOON - timedelta(days=10 * n + 1)) for n in range(30))))
    assert counts(newsroom) == (30, 0)
    assert {title: one.sort_at for title, one in shown(newsroom).items()} == {
        f"Story {n}": NOON - timedelta(days=10 * n + 1) for n in range(30)
    }
    # That was the import: what comes now is news.
    newsroom.web.put(FEED, rss(item("late", title="Late", date=NOON - timedelta(days=400))))
    assert counts(newsroom) == (1, 0)
    assert shown(newsroom)["Late"].sort_at == newsroom.clock.now
