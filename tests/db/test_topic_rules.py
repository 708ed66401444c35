"""Rules that change: tried before, held against what is stored, explained after; over both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting import matching, topics
from feeds.actions.sorting.explain import explain_article, explain_topic
from feeds.errors import NotFoundError, RequestError
from feeds.model.articles import TopicRule
from feeds.model.outgoing import FeedKey
from feeds.model.settings import PublishSettings
from tests.fakes import NOON, Newsroom, item, rss
from tests.feeds.actions.test_discovery import tools
from tests.feeds.actions.test_sources import quiet, settings

FEED = "https://harbour.example/feed"


def put(newsroom: Newsroom, slug: str, **rule: Any) -> None:
    topics.put_topic(
        newsroom.store,
        slug=slug,
        title=slug,
        description="",
        rule=TopicRule(**rule),
        settings=settings(""),
        now=newsroom.clock(),
        asked_by="test",
    )


def rematch(newsroom: Newsroom) -> int:
    result = asyncio.run(matching.rematch(tools(newsroom), quiet))
    publish_touched(newsroom.store, newsroom.clock())
    return int(result["changed"])


def held(newsroom: Newsroom, slug: str) -> list[str]:
    key = FeedKey(kind="topic", slug=slug)
    page = newsroom.store.feeds.page(key, entries=50, window=timedelta(days=2), most=500)
    assert page is not None
    return [article.title for article in page.articles]


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.add(
        FEED,
        rss(
            item(
                1,
                title="Ferry and fog",
                body="News.",
                date=NOON - timedelta(days=1),
                extra="<category>Sea</category>",
            ),
            item(2, title="Ferry and football", body="News.", date=NOON - timedelta(days=2)),
            item(
                3,
                title="Council meets",
                body="News.",
                date=NOON - timedelta(days=3),
                extra="<category>Town</category>",
            ),
        ),
    )
    newsroom.round()
    return newsroom


def test_a_changed_rule_is_tried_per_feed_before_it_is_saved(room: Newsroom) -> None:
    put(room, "sea", categories=("Sea",))
    put(room, "ferries", phrases=("ferry",), parent="sea")
    rematch(room)
    assert (held(room, "ferries"), held(room, "sea")) == (
        ["Ferry and fog", "Ferry and football"],
        ["Ferry and fog", "Ferry and football"],
    )
    rule = TopicRule(expressions=("ferry -football", "council"), parent="sea")
    trial = topics.try_rule(room.store, rule, slug="ferries", most=10)
    assert [(one.slug, one.added, one.dropped) for one in trial.feeds] == [("ferries", 1, 1), ("sea", 1, 1)]
    assert [(article.title, why) for article, why in trial.added] == [("Council meets", "“council” in title")]
    assert [article.title for article, _ in trial.dropped] == ["Ferry and football"]
    assert held(room, "ferries") == ["Ferry and fog", "Ferry and football"]
    put(room, "ferries", expressions=("ferry -football", "council"), parent="sea")
    assert rematch(room) == 2
    assert held(room, "ferries") == ["Ferry and fog", "Council meets"]
    assert rematch(room) == 0


def test_rematching_moves_no_id_and_no_date(room: Newsroom) -> None:
    before = [room.store.articles.get(n) for n in (1, 2, 3)]
    put(room, "all", expressions=("ferry OR council",))
    room.clock.move(days=3)
    rematch(room)
    after = [room.store.articles.get(n) for n in (1, 2, 3)]
    for one, other in zip(before, after, strict=True):
        assert replace(other, topics=()) == one  # type: ignore[type-var]


def test_the_rule_meets_articles_by_every_source_that_carries_them(room: Newsroom) -> None:
    spec_url = "https://harbour.example/second"
    room.add(spec_url, rss(item(1, title="Ferry and fog", date=NOON - timedelta(days=1))))
    room.again()
    slug = next(row.source.slug for row in room.store.sources.every() if row.source.fetch_url == spec_url)
    put(room, "second", source_slugs=(slug,))
    rematch(room)
    assert held(room, "second") == ["Ferry and fog"]


def test_why_and_why_not(room: Newsroom) -> None:
    put(room, "sea", categories=("Sea",), exclude=("title:fog",))
    rematch(room)
    ids = {article.title: article.id for article in room.store.feeds.page(
        FeedKey(kind="all"), entries=9, window=timedelta(0), most=9).articles}  # type: ignore[union-attr]  # fmt: skip
    found = explain_topic(room.store, ids["Ferry and fog"], "sea")
    assert (found.is_in, found.evidence) == (False, "excluded by title “fog” (“fog” in title)")
    found = explain_topic(room.store, ids["Council meets"], "sea")
    assert (found.is_in, found.evidence) == (False, "no part of the rule holds")
    told = explain_article(room.store, ids["Council meets"], PublishSettings())
    assert [(one.key.kind, one.is_shown) for one in told.feeds] == [("all", True), ("source", True)]
    assert told.others == ("sea",)
    with pytest.raises(NotFoundError, match="no topic 'see'"):
        explain_topic(room.store, 1, "see")
    with pytest.raises(NotFoundError, match="no article 99"):
        explain_article(room.store, 99, PublishSettings())


def test_rules_that_cannot_be_are_refused(room: Newsroom) -> None:
    put(room, "sea", categories=("Sea",))
    put(room, "ferries", phrases=("ferry",), parent="sea")
    for rule, told in (
        ({"expressions": ("ferry AND",)}, "cannot be read"),
        ({"categories": ("x",), "parent": "nowhere"}, "no topic 'nowhere'"),
        ({"categories": ("Sea",), "parent": "ferries"}, "be its own parent"),
    ):
        with pytest.raises(RequestError, match=told):
            put(room, "sea", **rule)


def test_labels_that_several_sources_use_and_no_topic_meets_are_suggested(room: Newsroom) -> None:
    for number in (1, 2):
        extra = "<category>Weather</category><category>Sea</category>"
        room.add(f"https://s{number}.example/feed", rss(item(f"w{number}", extra=extra)))
    room.again()
    put(room, "sea", categories=("sea",))
    assert [(one.label, one.source_count) for one in topics.suggestions(room.store, 5)] == [("Weather", 2)]
