"""Articles stay what they are when a site moves its addresses, and gain the topics of every source that carries them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.model.articles import Article, TopicRule
from feeds.model.kept import SourceSpec
from tests.db.test_store_contract import page, titles
from tests.fakes import Newsroom, item, rss

FEED, OTHER = "https://harbour.example/feed", "https://other.example/feed"
STORIES = range(1, 4)


def document(base: str, *, ending: str = "", is_permalink: bool = True, body: str = "It runs.") -> str:
    """Every story below the base; its guid is its address, or missing."""
    links = [f"{base}/{number}{ending}" for number in STORIES]
    return rss(
        *(
            item(number, link=link, guid=link if is_permalink else "", body=body)
            for number, link in zip(STORIES, links, strict=True)
        )
    )


def by_urn(store: Store) -> dict[str, Article]:
    return {one.urn: one for one in page(store).articles}


def set_to(url: str, *topics: str) -> SourceSpec:
    return replace(spec_at(url), topic_slugs=topics)


def add_topic(newsroom: Newsroom, slug: str, rule: TopicRule = TopicRule()) -> None:  # noqa: B008
    newsroom.store.topics.put(
        slug=slug, title=slug.title(), description="", rule=rule, origin="admin", now=newsroom.clock()
    )


def topics_of(newsroom: Newsroom) -> set[str]:
    (article,) = page(newsroom.store).articles
    return {topic.slug for topic in article.topics}


@pytest.mark.parametrize("is_permalink", [True, False])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("http://harbour.example", ""), ("https://harbour.example", "")),
        (("https://www.harbour.example", ""), ("https://harbour.example", "")),
        (("https://harbour.example", "/"), ("https://harbour.example", "")),
        (("http://www.harbour.example", ""), ("https://harbour.example", "/")),
    ],
)
def test_a_move_of_all_addresses_makes_no_new_articles(
    newsroom: Newsroom, before: tuple[str, str], after: tuple[str, str], is_permalink: bool
) -> None:
    newsroom.add(FEED, document(before[0], ending=before[1], is_permalink=is_permalink))
    newsroom.round()
    known = by_urn(newsroom.store)
    newsroom.web.put(FEED, document(after[0], ending=after[1], is_permalink=is_permalink))
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert saved.report.new_count == 0
    now = by_urn(newsroom.store)
    assert now.keys() == known.keys()
    assert {one.url for one in now.values()} == {f"{after[0]}/{number}{after[1]}" for number in STORIES}


def test_moving_on_and_back_makes_no_new_articles(newsroom: Newsroom) -> None:
    newsroom.add(FEED, document("http://www.harbour.example"))
    newsroom.round()
    for base in ("https://www.harbour.example", "https://harbour.example", "http://harbour.example"):
        newsroom.web.put(FEED, document(base))
        newsroom.again()
    newsroom.web.put(FEED, document("http://www.harbour.example", body="It runs late."))
    newsroom.again()
    assert len(page(newsroom.store).articles) == len(STORIES)


def test_a_new_guid_on_an_address_that_an_article_had_is_that_article(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, link="http://harbour.example/old", guid="a")))
    newsroom.round()
    newsroom.web.put(FEED, rss(item(1, link="https://harbour.example/fresh", guid="a")))
    newsroom.again()
    newsroom.web.put(FEED, rss(item(1, link="https://www.harbour.example/old/", guid="b")))
    newsroom.again()
    (article,) = page(newsroom.store).articles
    assert article.url == "https://www.harbour.example/old/"


def test_an_address_that_was_left_is_free_while_its_former_article_is_told(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, link="https://harbour.example/today", guid="a")))
    newsroom.round()
    moved = item(1, link="https://harbour.example/archive/1", guid="a")
    newsroom.web.put(FEED, rss(moved))
    newsroom.again()
    newsroom.web.put(FEED, rss(item(2, link="https://harbour.example/today", guid="b"), moved))
    newsroom.again()
    assert sorted(titles(newsroom.store)) == ["Story 1", "Story 2"]
    newsroom.web.put(FEED, rss(item(2, link="https://harbour.example/today", guid="c")))
    newsroom.again()
    assert sorted(titles(newsroom.store)) == ["Story 1", "Story 2"]


def test_parts_of_one_page_are_articles_of_their_own(newsroom: Newsroom) -> None:
    for part in ("one", "two"):
        link = f"https://harbour.example/app#!/{part}"
        newsroom.web.put(FEED, rss(item(part, link=link, guid=link)))
        if part == "one":
            newsroom.add(FEED)
            newsroom.round()
    newsroom.again()
    assert sorted(titles(newsroom.store)) == ["Story one", "Story two"]


def test_rows_from_before_the_keys_are_found_by_their_very_address(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, guid="a")))
    newsroom.round()
    newsroom.store.engine.run("UPDATE articles SET url_key = NULL")
    newsroom.web.put(FEED, rss(item(1, guid="b")))
    newsroom.again()
    assert titles(newsroom.store) == ["Story 1"]


def test_an_article_gains_the_topics_of_another_source_and_keeps_its_own(newsroom: Newsroom) -> None:
    for slug in ("ships", "local"):
        add_topic(newsroom, slug)
    newsroom.store.sources.add(set_to(FEED, "ships"), newsroom.clock())
    newsroom.web.put(FEED, rss(item(1)))
    newsroom.round()
    assert topics_of(newsroom) == {"ships"}
    newsroom.store.sources.add(set_to(OTHER, "local", "ships"), newsroom.clock())
    newsroom.web.put(OTHER, rss(item(1)))
    newsroom.again()
    assert topics_of(newsroom) == {"ships", "local"}
    newsroom.web.put(FEED, rss(item(1, body="The ferry does not run.")))
    newsroom.again()
    assert topics_of(newsroom) == {"ships", "local"}


def test_a_change_keeps_a_paused_topic_and_loses_one_that_no_longer_matches(newsroom: Newsroom) -> None:
    add_topic(newsroom, "ferries", TopicRule(phrases=("ferry",)))
    add_topic(newsroom, "running", TopicRule(phrases=("runs again",)))
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    assert topics_of(newsroom) == {"ferries", "running"}
    newsroom.store.topics.set_state("ferries", "paused", newsroom.clock())
    newsroom.web.put(FEED, rss(item(1, body="The boat stays.")))
    newsroom.again()
    assert topics_of(newsroom) == {"ferries"}
