"""Articles whose own page is gone for good, where their source is set to be checked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.page_checks import check_batch
from feeds.model.articles import Article, Tombstone
from feeds.model.incoming import SourceOptions
from tests.fakes import Newsroom, item, rss

FEED = "https://harbour.example/feed"


def room(newsroom: Newsroom, *, is_checked: bool = True) -> Newsroom:
    spec = replace(spec_at(FEED), options=SourceOptions(check_pages=is_checked))
    newsroom.store.sources.add(spec, newsroom.clock())
    newsroom.web.put(FEED, rss(*(item(n) for n in range(1, 5))))
    newsroom.round()
    return newsroom


def look(newsroom: Newsroom) -> int:
    async def in_store(work: Any) -> Any:
        return work(newsroom.store)

    return asyncio.run(check_batch(in_store, newsroom.tools().visits, newsroom.clock()))


def test_only_a_page_that_is_gone_for_good_takes_its_article_back(newsroom: Newsroom) -> None:
    room(newsroom)
    for number, status in ((1, 410), (2, 404), (3, 200), (4, 500)):
        newsroom.web.put(f"https://harbour.example/{number}", "x", status=status)
    assert look(newsroom) == 0
    newsroom.clock.move(days=2)
    assert look(newsroom) == 4
    assert look(newsroom) == 0
    found = [newsroom.store.articles.get(number) for number in range(1, 5)]
    assert sum(isinstance(one, Tombstone) for one in found) == 1
    (gone,) = (one for one in found if isinstance(one, Tombstone))
    assert gone.reason == "its page is gone for good"
    newsroom.again()
    assert sum(isinstance(newsroom.store.articles.get(n), Article) for n in range(1, 5)) == 3
    newsroom.clock.move(days=8)
    assert look(newsroom) == 3
    newsroom.clock.move(days=120)
    assert look(newsroom) == 0


def test_sources_that_are_not_set_so_are_left_alone(newsroom: Newsroom) -> None:
    room(newsroom, is_checked=False)
    newsroom.clock.move(days=2)
    assert look(newsroom) == 0


def test_robots_txt_is_obeyed(newsroom: Newsroom) -> None:
    room(newsroom)
    newsroom.web.put("https://harbour.example/robots.txt", "User-agent: *\nDisallow: /")
    for number in range(1, 5):
        newsroom.web.put(f"https://harbour.example/{number}", "x", status=410)
    newsroom.clock.move(days=2)
    look(newsroom)
    assert all(isinstance(newsroom.store.articles.get(n), Article) for n in range(1, 5))


def test_an_article_that_an_admin_restored_stays_though_its_page_is_gone(newsroom: Newsroom) -> None:
    room(newsroom)
    for number in range(1, 5):
        newsroom.web.put(f"https://harbour.example/{number}", "x", status=410 if number == 1 else 200)
    newsroom.clock.move(days=2)
    look(newsroom)
    (gone,) = (n for n in range(1, 5) if isinstance(newsroom.store.articles.get(n), Tombstone))
    newsroom.store.articles.restore(gone, newsroom.clock())
    newsroom.again()
    newsroom.clock.move(days=8)
    assert look(newsroom) == 3
    assert isinstance(newsroom.store.articles.get(gone), Article)
