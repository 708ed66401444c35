"""Topics: rules tried and changed, stored articles held against them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from feeds.actions.declaring.declare import declare
from feeds.actions.operating.jobs import run_next_job
from feeds.actions.sorting import matching, topics
from feeds.errors import NotFoundError, OwnedByFileError, RequestError
from feeds.model.articles import Article, Topic, TopicRule
from feeds.model.outgoing import FeedKey
from tests.fakes import ALL_JOBS, NOON, Newsroom, item, rss
from tests.feeds.actions.test_sources import settings, tools

SEA = TopicRule(categories=("sea",), phrases=("low water",))


def filled(newsroom: Newsroom, count: int = 3) -> None:
    items = [item(number, extra="<category>Sea</category>") for number in range(count)]
    newsroom.add("https://harbour.example/feed", rss(*items, item("x", body="At low   water we walk.")))
    newsroom.round()


def put(newsroom: Newsroom, slug: str, rule: TopicRule) -> Topic:
    found, _ = topics.put_topic(
        newsroom.store,
        slug=slug,
        title=slug,
        description="",
        rule=rule,
        settings=settings(),
        now=NOON,
        asked_by="test",
    )
    return found


def rematch(newsroom: Newsroom) -> None:
    kit = tools(newsroom.store, newsroom.web, newsroom.clock)
    while asyncio.run(run_next_job(kit, ALL_JOBS, owner="x")):
        pass
    newsroom.round()


def held(newsroom: Newsroom, slug: str) -> int:
    info = newsroom.store.feeds.info(FeedKey(kind="topic", slug=slug))
    assert info is not None
    return info.article_count


def test_a_rule_is_tried_without_changing_anything(newsroom: Newsroom) -> None:
    filled(newsroom)
    trial = topics.try_rule(newsroom.store, SEA, most=2)
    assert (trial.looked_at, trial.match_count, len(trial.matched)) == (4, 4, 2)
    assert newsroom.store.topics.every() == ()
    why = [evidence for _, evidence in topics.try_rule(newsroom.store, SEA, most=9).matched]
    assert why.count("category “Sea”") == 3
    assert "phrase “low water” in" in "".join(why)


def test_a_new_topic_takes_in_what_is_stored_already_and_lets_go_when_its_rule_changes(
    newsroom: Newsroom,
) -> None:
    filled(newsroom)
    put(newsroom, "ocean", SEA)
    assert held(newsroom, "ocean") == 0
    rematch(newsroom)
    assert held(newsroom, "ocean") == 4
    put(newsroom, "ocean", TopicRule(phrases=("low water",)))
    rematch(newsroom)
    assert held(newsroom, "ocean") == 1


def test_a_paused_topic_gets_nothing_new_and_loses_nothing(newsroom: Newsroom) -> None:
    filled(newsroom)
    put(newsroom, "ocean", SEA)
    rematch(newsroom)
    newsroom.store.topics.set_state("ocean", "paused", NOON)
    put(newsroom, "other", TopicRule(categories=("sea",)))
    rematch(newsroom)
    assert (held(newsroom, "ocean"), held(newsroom, "other")) == (4, 3)
    article = newsroom.store.articles.get(1)
    assert isinstance(article, Article)
    assert "ocean" in {topic.slug for topic in article.topics}


def test_many_articles_are_matched_in_batches_and_told(newsroom: Newsroom, monkeypatch: Any) -> None:
    monkeypatch.setattr(matching, "BATCH", 2)
    filled(newsroom, 4)
    put(newsroom, "ocean", SEA)
    told: list[tuple[int, int]] = []

    async def progress(done: int, total: int, _message: str) -> None:
        told.append((done, total))

    result = asyncio.run(matching.rematch(tools(newsroom.store, newsroom.web), progress))
    assert result == {"articles": 5, "changed": 5}
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_labels_show_where_they_lead(newsroom: Newsroom) -> None:
    filled(newsroom)
    put(newsroom, "ocean", SEA)
    (one,) = topics.labels(newsroom.store, 10)
    assert (one.count.label, one.count.article_count, one.topic_slugs) == ("Sea", 3, ("ocean",))


def test_what_cannot_be_is_told(newsroom: Newsroom) -> None:
    with pytest.raises(RequestError, match="needs a rule"):
        put(newsroom, "empty", TopicRule())
    with pytest.raises(OwnedByFileError, match=r"config\.toml:3"):
        put(newsroom, "sea", SEA)
    with pytest.raises(NotFoundError, match="none yet"):
        topics.found_topic(newsroom.store, "nothing")


def test_a_topic_that_the_file_let_go_of_is_ours_once_it_is_resumed(newsroom: Newsroom) -> None:
    file = '[[topic]]\nslug = "sea"\ncategories = ["Sea"]\n'
    declare(newsroom.store, settings(file), NOON)
    with pytest.raises(OwnedByFileError):
        topics.pause_topic(newsroom.store, "sea", settings=settings(file), now=NOON)
    without = settings("[site]\ntitle = 'x'")
    declare(newsroom.store, without, NOON)
    assert topics.found_topic(newsroom.store, "sea").state == "paused"
    filled(newsroom)
    topics.resume_topic(newsroom.store, "sea", settings=without, now=NOON, asked_by="test")
    rematch(newsroom)
    assert held(newsroom, "sea") == 3
    declare(newsroom.store, settings("[site]\ntitle = 'x'\n[[topic]]\nslug = 'new'\nphrases = ['x']"), NOON)
    topic = topics.found_topic(newsroom.store, "sea")
    assert (topic.state, topic.origin) == ("active", "admin")
