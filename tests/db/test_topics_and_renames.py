"""What a document alone cannot tell of an article's topics: other carriers, names of authors, renamed sources and topics."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.actions.editing import withdrawals
from feeds.actions.gathering import sources
from feeds.actions.operating.jobs import run_next_job
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting.authors import merge_authors, set_author
from feeds.actions.sorting.languages import detect_batch
from feeds.actions.sorting.topics import put_topic
from feeds.config.expressions import asks_for, parse_expression, with_source_renamed
from feeds.config.stated import stated_source
from feeds.ingest.poll.workers import InlineWorkers
from feeds.model.articles import TopicRule
from feeds.model.authors import AuthorFacts
from feeds.model.kept import SourceSpec
from feeds.model.outgoing import FeedKey
from tests.db.test_topic_rules import held, put, rematch
from tests.fakes import ALL_JOBS, Newsroom, item, rss
from tests.feeds.actions.test_discovery import tools
from tests.feeds.actions.test_sources import settings

FEED, OTHER = "https://harbour.example/feed", "https://harbour.example/second"


def story(title: str = "Ferry waits", *, body: str = "News.", author: str = "") -> str:
    by = f"<dc:creator>{author}</dc:creator>" if author else ""
    return rss(item(1, title=title, body=body, extra=by))


def seq(newsroom: Newsroom, kind: str, slug: str = "") -> int:
    info = newsroom.store.feeds.info(FeedKey(kind=kind, slug=slug))  # type: ignore[arg-type]
    assert info is not None
    return info.changed_seq


def run_jobs(newsroom: Newsroom) -> None:
    while asyncio.run(run_next_job(tools(newsroom), ALL_JOBS, owner="test")):
        pass
    publish_touched(newsroom.store, newsroom.clock())


@pytest.fixture
def carried(newsroom: Newsroom) -> Newsroom:
    """One article that two sources carry; `second` is one of them."""
    newsroom.add(FEED, story())
    newsroom.round()
    second = newsroom.add(OTHER, story())
    newsroom.store.sources.rename(second.id, "second", newsroom.clock())
    newsroom.again()
    return newsroom


@pytest.mark.parametrize(
    "rule", [TopicRule(source_slugs=("second",)), TopicRule(expressions=("source:second -title:fog",))]
)
def test_an_edit_at_one_carrier_takes_nothing_away_that_another_brings(
    carried: Newsroom, rule: TopicRule
) -> None:
    put(carried, "theirs", **{"source_slugs": rule.source_slugs, "expressions": rule.expressions})
    rematch(carried)
    carried.web.put(FEED, story("Ferry sails"))
    carried.again()
    assert held(carried, "theirs") == ["Ferry sails"]
    stays = carried.store.engine.rows(
        "SELECT m.left_seq FROM memberships m JOIN feeds f ON f.id = m.feed_id WHERE f.kind = 'topic'"
    )
    assert [row["left_seq"] for row in stays] == [None]
    carried.web.put(FEED, story("Ferry in fog"))
    carried.again()
    assert held(carried, "theirs") == (["Ferry in fog"] if rule.source_slugs else [])


def test_a_topic_that_a_second_carrier_brings_shows_in_the_first_ones_feed(newsroom: Newsroom) -> None:
    first = newsroom.add(FEED, story())
    newsroom.round()
    second = newsroom.add(OTHER, story())
    put(newsroom, "theirs", source_slugs=(second.slug,))
    before = seq(newsroom, "source", first.slug)
    newsroom.again()
    assert held(newsroom, "theirs") == ["Ferry waits"]
    assert seq(newsroom, "source", first.slug) > before


def test_rules_and_sources_follow_what_is_renamed(carried: Newsroom) -> None:
    store, now = carried.store, carried.clock()
    put(carried, "sea", phrases=("ferry",))
    put(carried, "theirs", source_slugs=("second",), expressions=('source:"second" fog',), parent="sea")
    source = store.sources.get("second")
    assert source is not None
    store.sources.change(source.source.id, replace(_spec(carried, "second"), topic_slugs=("theirs",)), now)
    store.sources.rename(source.source.id, "harbour-two", now)
    store.topics.rename("sea", "water", now)
    store.topics.rename("theirs", "others", now)
    (others, water) = store.topics.every()
    assert (others.slug, others.rule.source_slugs, others.rule.expressions, others.rule.parent) == (
        "others",
        ("harbour-two",),
        ("source:harbour-two fog",),
        "water",
    )
    assert water.slug == "water"
    row = store.sources.get("harbour-two")
    assert row is not None
    assert row.source.topic_slugs == ("others",)
    # A file that still has the former names means the same.
    put(carried, "others", source_slugs=("second",), parent="water")
    (others, _) = store.topics.every()
    assert (others.rule.source_slugs, others.rule.parent) == (("harbour-two",), "water")
    rematch(carried)
    assert held(carried, "others") == held(carried, "water") == ["Ferry waits"]


def _spec(newsroom: Newsroom, slug: str) -> SourceSpec:
    row = newsroom.store.sources.get(slug)
    assert row is not None
    return spec_at(row.source.fetch_url)


def test_a_restored_article_is_held_against_the_rules_of_now(newsroom: Newsroom) -> None:
    newsroom.add(FEED, story())
    newsroom.round()
    withdrawals.withdraw(newsroom.store, 1, "a mistake", newsroom.clock())
    put(newsroom, "sea", phrases=("ferry",))
    rematch(newsroom)
    withdrawals.restore(newsroom.store, 1, newsroom.clock())
    assert held(newsroom, "sea") == ["Ferry waits"]


def test_a_rule_that_names_a_source_gets_the_one_that_is_called_so_later(carried: Newsroom) -> None:
    put(carried, "theirs", source_slugs=("quay",))
    put(carried, "wide", expressions=("source:second*",))
    run_jobs(carried)
    assert (held(carried, "theirs"), held(carried, "wide")) == ([], ["Ferry waits"])
    sources.change(
        carried.store, "second", {"slug": "quay"}, settings=settings(""), now=carried.clock.move(hours=1)
    )
    run_jobs(carried)
    assert (held(carried, "theirs"), held(carried, "wide")) == (["Ferry waits"], [])


def test_a_removed_source_comes_back_as_it_is_set_now(newsroom: Newsroom) -> None:
    source = newsroom.add(FEED, story())
    newsroom.round()
    put(newsroom, "sea", phrases=("fog",))
    run_jobs(newsroom)
    sources.remove(newsroom.store, source.slug, settings=settings(""), now=newsroom.clock())
    publish_touched(newsroom.store, newsroom.clock())
    before = seq(newsroom, "all")
    stated = stated_source({"url": FEED, "share": "headline", "topics": ["sea"]}, settings(""))
    sources.add(newsroom.store, stated, settings=settings(""), now=newsroom.clock())
    run_jobs(newsroom)
    # Readers who hold the feed in memory are told: it shows less from now on.
    assert seq(newsroom, "all") > before
    assert held(newsroom, "sea") == ["Ferry waits"]


NYNORSK = "Ferja går att etter to dagar med skodde, og ingen veit kvifor kapteinen ikkje sa noko."


def test_rules_by_language_know_what_was_declared_set_and_found_out(newsroom: Newsroom) -> None:
    source = newsroom.add(FEED, story(body=NYNORSK))
    newsroom.round()
    put(newsroom, "nynorsk", expressions=("language:nn",))
    run_jobs(newsroom)
    assert held(newsroom, "nynorsk") == []
    find_out(newsroom)
    assert held(newsroom, "nynorsk") == ["Ferry waits"]
    # An edit is looked at again; until then it is taken to be in the language that it was in.
    newsroom.web.put(FEED, story("Ferry sails", body=NYNORSK))
    newsroom.again()
    assert held(newsroom, "nynorsk") == ["Ferry sails"]
    newsroom.web.put(FEED, story("Ferry sails", body="Паром снова ходит после двух дней тумана."))
    newsroom.again()
    find_out(newsroom)
    assert held(newsroom, "nynorsk") == []
    newsroom.web.put(FEED, story("Ferry sails", body="Ice."))
    newsroom.again()
    find_out(newsroom)
    sources.change(
        newsroom.store, source.slug, {"language": "nn"}, settings=settings(""), now=newsroom.clock()
    )
    run_jobs(newsroom)
    assert held(newsroom, "nynorsk") == ["Ferry sails"]


def find_out(newsroom: Newsroom) -> None:
    async def in_store(work: Any) -> Any:
        return work(newsroom.store)

    assert asyncio.run(detect_batch(in_store, InlineWorkers(), newsroom.clock()))
    publish_touched(newsroom.store, newsroom.clock())


def test_rules_by_author_know_everybody_by_all_their_names(newsroom: Newsroom) -> None:
    newsroom.add(FEED, story(author="Jane Roe"))
    newsroom.add(OTHER, rss(item(2, title="Fog", extra="<dc:creator>J. M. Roe</dc:creator>")))
    put(newsroom, "jane", expressions=('author:"Jane Roe"',))
    newsroom.round()
    run_jobs(newsroom)
    assert held(newsroom, "jane") == ["Ferry waits"]
    merge_authors(newsroom.store, "j-m-roe", "jane-roe", newsroom.clock())
    run_jobs(newsroom)
    assert sorted(held(newsroom, "jane")) == ["Ferry waits", "Fog"]
    newsroom.web.put(OTHER, rss(item(3, title="Ice", extra="<dc:creator>J. M. Roe</dc:creator>")))
    newsroom.again()
    assert sorted(held(newsroom, "jane")) == ["Ferry waits", "Fog", "Ice"]
    set_author(newsroom.store, "jane-roe", AuthorFacts(known_as=("Roe, Jane",)), newsroom.clock())
    run_jobs(newsroom)
    assert sorted(held(newsroom, "jane")) == ["Ferry waits", "Fog", "Ice"]


def test_subjects_of_a_topic_show_in_every_feed_that_holds_its_articles(newsroom: Newsroom) -> None:
    newsroom.add(FEED, story())
    newsroom.round()
    put(newsroom, "sea", phrases=("ferry",))
    rematch(newsroom)
    before = seq(newsroom, "all")
    put_topic(
        newsroom.store, slug="sea", title="sea", description="", rule=TopicRule(phrases=("ferry",), medtop=("medtop:20000735",)),
        settings=settings(""), now=newsroom.clock(), asked_by="test",
    )  # fmt: skip
    publish_touched(newsroom.store, newsroom.clock())
    assert seq(newsroom, "all") > before


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("source:second", "source:new-one"),
        ('fog -source:"second"', "fog -source:new-one"),
        ("source:second* OR source:second-hand", "source:second* OR source:second-hand"),
        ("(source:second)", "(source:new-one)"),
    ],
)
def test_only_terms_that_name_the_source_follow_it(written: str, after: str) -> None:
    assert with_source_renamed(written, "second", "new-one") == after
    parse_expression(after)


def test_terms_are_found_however_deep() -> None:
    assert asks_for(parse_expression("ferry AND (fog OR NOT author:jane)"), "author")
    assert not asks_for(parse_expression("ferry -fog"), "author")
