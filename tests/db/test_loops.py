"""What comes back through a feed of feeds is the article that we hold; two tellings at one address stand once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feeds.actions.gathering import sources
from feeds.config.load import parse
from feeds.model.articles import Article
from feeds.model.declarations import SourceDeclaration
from feeds.model.outgoing import FeedDocument, FeedKey, Format, SiteInfo
from feeds.publish.compose import compose
from feeds.publish.render import FORMATS
from tests.fakes import Newsroom, item, rss

FEED, OTHER, BACK = "https://harbour.example/feed", "https://wire.example/feed", "https://planet.example/all"
SITE = SiteInfo(title="T", base_url="https://t.example", language="en")


def document(newsroom: Newsroom) -> FeedDocument:
    page = newsroom.store.feeds.page(
        FeedKey(kind="all", slug=""), entries=50, window=timedelta(days=2), most=500
    )
    assert page is not None
    return compose(page, SITE, excerpt_chars=300)


def count(newsroom: Newsroom) -> int:
    return newsroom.store.upkeep.counts()["articles"]


@pytest.mark.parametrize("format", ["atom", "rss", "jsonfeed"])
def test_what_we_published_comes_back_as_what_we_hold(newsroom: Newsroom, format: Format) -> None:
    unaddressed = item(3, link="", guid="harbour-3")
    newsroom.add(FEED, rss(item(1, extra="<author>Jane Roe</author>"), item(2), unaddressed))
    newsroom.round()
    assert count(newsroom) == 3
    for _ in range(3):
        body = FORMATS[format].write(document(newsroom))
        if newsroom.store.sources.at(BACK) is None:
            newsroom.add(BACK, body)
        newsroom.web.put(BACK, body)
        newsroom.again()
    assert count(newsroom) == 3
    for entry in document(newsroom).entries:
        assert entry.content_html.count("First published by") == 1


def test_a_second_feedwright_adds_no_line(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    theirs = FORMATS["atom"].write(document(newsroom)).replace(b"urn:uuid:", b"urn:uuid:0")
    newsroom.add(BACK, theirs.replace(b"https://harbour.example/1", b"https://harbour.example/other"))
    newsroom.again()
    (entry,) = (one for one in document(newsroom).entries if one.url.endswith("/other"))
    assert entry.content_html.count("First published by") == 1
    assert "Harbour News" in entry.content_html


def test_an_id_of_ours_at_another_address_is_another_article(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    article = newsroom.store.articles.get(1)
    assert isinstance(article, Article)
    newsroom.add(BACK, rss(item(9, guid=article.urn, link="https://evil.example/x", title="Other")))
    newsroom.again()
    assert count(newsroom) == 2
    kept = newsroom.store.articles.get(1)
    assert isinstance(kept, Article)
    assert kept.title == "Story 1"


def test_one_address_in_two_sources_stands_once(newsroom: Newsroom) -> None:
    shared = "https://harbour.example/shared"
    newsroom.add(FEED, rss(item(1, link=shared, title="Theirs"), item(2)))
    newsroom.round()
    newsroom.add(
        OTHER, rss(item("w1", link=shared, title="The wire's"), item("w2", link="https://wire.example/2"))
    )
    newsroom.again()
    assert count(newsroom) == 4
    assert sorted(entry.title for entry in document(newsroom).entries) == ["Story 2", "Story w2", "Theirs"]


def test_an_address_that_stands_for_several_articles_does_not_count(newsroom: Newsroom) -> None:
    home = "https://harbour.example/"
    newsroom.add(
        FEED,
        rss(
            item(1, link=home),
            item(2, link="https://harbour.example/live"),
            item(3, link="https://harbour.example/live"),
        ),
    )
    newsroom.round()
    newsroom.add(OTHER, rss(item("w1", link=home), item("w2", link="https://harbour.example/live")))
    newsroom.again()
    assert len(document(newsroom).entries) == count(newsroom)


def test_a_feeds_own_new_title_is_adopted_where_the_admin_gave_none(newsroom: Newsroom) -> None:
    stated = parse("", Path("/site/config.toml"), {})
    for url, title in ((FEED, None), (OTHER, "The wire")):
        wanted = SourceDeclaration(url=url, title=title)
        sources.add(newsroom.store, wanted, settings=stated, now=newsroom.clock(), found_title="Harbour News")
        newsroom.web.put(url, rss(item(f"{url}/1")))
    newsroom.round()
    for url in (FEED, OTHER):
        newsroom.web.put(url, rss(item(f"{url}/1"), title="Harbour and Sea"))
    newsroom.again()
    titles = {row.source.slug: row.source.title for row in newsroom.store.sources.every()}
    assert titles == {"harbour-news": "Harbour and Sea", "the-wire": "The wire"}
