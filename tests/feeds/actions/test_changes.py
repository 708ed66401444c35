"""Changes are logged with what they did, and taken back as a whole, or refused where something builds on them."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from db.store import Store
from feeds.actions.editing import article_edits, author_edits, source_edits, topic_edits
from feeds.actions.editing.changes import BuiltUponError, Desk, undo, why_not_undone
from feeds.actions.operating.jobs import JobTools, run_next_job
from feeds.actions.publishing.publish import publish_touched
from feeds.config.stated import stated_source
from feeds.errors import OwnedByFileError, RequestError
from feeds.model.articles import Article, Tombstone, TopicRule
from feeds.model.authors import AuthorFacts
from feeds.model.declarations import Declarations, SourceDeclaration
from feeds.model.kept import ArticleFilter
from feeds.model.outgoing import FeedKey
from feeds.model.people import Actor, Change
from feeds.model.settings import Settings
from tests.fakes import ALL_JOBS, NO_PAUSE, Newsroom, item, rss

FEED = "https://harbour.example/feed"
T = TypeVar("T")
LABELS = ("Ferries", "Council", "Seals", "Fog")


def label(name: str) -> str:
    return f"<category>{name}</category>"


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.add(
        FEED,
        rss(
            item(1, title="Ferry stays", extra=label("Ferries")),
            item(2, title="Council meets", extra=label("Council")),
            item(3, title="Seals sleep", extra=label("Seals")),
        ),
    )
    newsroom.round()
    return newsroom


def desk(room: Newsroom, who: str = "mara", **declared: tuple[SourceDeclaration, ...]) -> Desk:
    settings = Settings(path=Path("config.toml"), poll=NO_PAUSE, declarations=Declarations(**declared))  # type: ignore[arg-type]
    return Desk(store=room.store, actor=Actor(name=who), settings=settings, now=room.clock.move(seconds=5))


def take_back(room: Newsroom, change: Change | None, who: str = "mara") -> Change:
    assert change is not None
    at = desk(room, who)
    done = undo(at.store, change.id, at.actor, settings=at.settings, now=at.now)
    work(room)
    return done


def work(room: Newsroom) -> None:
    """What jobs were asked for is done."""

    async def in_store(task: object) -> object:
        return task(room.store)  # type: ignore[operator]

    async def until_done() -> None:
        tools = JobTools(in_store=in_store, poll=room.tools(), settings=desk(room).settings, clock=room.clock)
        while await run_next_job(tools, ALL_JOBS, owner="test"):
            pass

    asyncio.run(until_done())
    publish_touched(room.store, room.clock())


def articles(store: Store) -> dict[str, Article]:
    return {one.title: one for one in store.changes.article_page(ArticleFilter(), most=100, offset=0)}


def in_feed(store: Store, path: str) -> set[str]:
    kind, slug = path.split("/") if "/" in path else (path, "")
    key = FeedKey(kind=kind.removesuffix("s") if slug else "all", slug=slug)  # type: ignore[arg-type]
    page = store.feeds.page(key, entries=500, window=timedelta(0), most=500)
    return {one.title for one in page.articles} if page else set()


def test_a_paused_source_runs_again_and_the_log_tells_both(room: Newsroom) -> None:
    change, _ = source_edits.set_sources(desk(room), ["harbour-example"], "pause")
    assert change
    assert (change.who, change.what) == ("mara", "paused Harbour News")
    assert room.store.sources.every()[0].source.state == "paused"
    done = take_back(room, change, "olav")
    assert room.store.sources.every()[0].source.state == "active"
    assert (done.who, done.undoes_id) == ("olav", change.id)
    kept = room.store.changes.change(change.id)
    assert kept
    assert kept.undone_by_id == done.id


def test_what_changes_nothing_is_not_logged(room: Newsroom) -> None:
    source_edits.set_sources(desk(room), ["harbour-example"], "pause")
    change, _ = source_edits.set_sources(desk(room), ["harbour-example"], "pause")
    assert change is None
    assert len(room.store.changes.changes(most=10)) == 1


def test_a_change_that_fails_leaves_neither_itself_nor_a_line(room: Newsroom) -> None:
    room.add("https://other.example/feed", rss(title="Other"))
    with pytest.raises(RequestError):
        source_edits.change_source(
            desk(room), "harbour-example", {"title": "New", "url": "https://other.example/feed"}
        )
    assert room.store.changes.changes(most=10) == ()
    assert room.store.sources.get("harbour-example").source.title == "Harbour News"  # type: ignore[union-attr]


def test_settings_of_a_source_come_back_one_by_one(room: Newsroom) -> None:
    _, first = source_edits.change_source(
        desk(room), "harbour-example", {"title": "The Harbour", "share": "excerpt"}
    )
    source_edits.change_source(desk(room), "harbour-example", {"language": "nn"})
    take_back(room, first)
    source = room.store.sources.every()[0].source
    assert (source.title, source.share, source.language) == ("Harbour News", "full", "nn")


def test_what_was_changed_again_is_not_overwritten(room: Newsroom) -> None:
    _, first = source_edits.change_source(desk(room), "harbour-example", {"title": "One"})
    _, second = source_edits.change_source(desk(room, "olav"), "harbour-example", {"title": "Two"})
    assert first
    assert second
    with pytest.raises(BuiltUponError, match=r"Later olav set title of One\. Undo that first\.") as caught:
        take_back(room, first)
    assert caught.value.change == second
    take_back(room, second)
    take_back(room, first)
    assert room.store.sources.every()[0].source.title == "Harbour News"
    with pytest.raises(RequestError, match="already"):
        take_back(room, first)


def test_an_added_source_goes_and_a_removed_one_comes_back_with_its_feed(room: Newsroom) -> None:
    at = desk(room)
    added = source_edits.add_source(
        at, stated_source({"url": "https://new.example/feed", "title": "New"}, at.settings)
    )
    take_back(room, room.store.changes.changes(most=1)[0])
    assert [row.source.slug for row in room.store.sources.every()] == ["harbour-example"]
    assert room.store.feeds.info(FeedKey(kind="source", slug=added.slug)) is None
    change, _ = source_edits.set_sources(desk(room), ["harbour-example"], "remove")
    assert room.store.sources.every() == ()
    take_back(room, change)
    assert in_feed(room.store, "sources/harbour-example") == {"Ferry stays", "Council meets", "Seals sleep"}


def test_one_undo_ends_a_mistake_on_three_hundred_sources(room: Newsroom) -> None:
    names = [room.add(f"https://s{number}.example/feed").slug for number in range(300)]
    change, left_out = source_edits.set_sources(desk(room), names, "pause")
    assert left_out == ()
    assert change
    assert change.what == "paused 300 sources"
    assert {row.source.state for row in room.store.sources.every() if row.source.slug in names} == {"paused"}
    take_back(room, change)
    assert {row.source.state for row in room.store.sources.every()} == {"active"}
    assert len(room.store.changes.changes(most=10)) == 2


def test_many_sources_set_to_a_topic_sort_their_articles_once(room: Newsroom) -> None:
    names = [room.add(f"https://s{number}.example/feed").slug for number in range(20)]
    topic_edits.put_topic(
        desk(room), slug="sea", title="Sea", description="", rule=TopicRule(phrases=("nothing",))
    )
    work(room)
    change, _ = source_edits.give_topic(desk(room), [*names, "harbour-example"], "sea")
    waiting = room.store.engine.rows("SELECT count(*) AS found FROM jobs WHERE state = 'waiting'")
    assert waiting[0]["found"] == 1
    work(room)
    assert in_feed(room.store, "topics/sea") == {"Ferry stays", "Council meets", "Seals sleep"}
    take_back(room, change)
    assert in_feed(room.store, "topics/sea") == set()


def test_what_the_file_owns_is_left_out_or_refused(room: Newsroom) -> None:
    room.add("https://other.example/feed", rss(title="Other"))
    declared = SourceDeclaration(url=FEED, line=7)
    change, left_out = source_edits.set_sources(
        desk(room, sources=(declared,)), ["harbour-example", "other-example"], "pause"
    )
    assert left_out == ("Harbour News",)
    assert change
    with pytest.raises(RequestError, match=r"config\.toml:7 declares this source"):
        source_edits.set_sources(desk(room, sources=(declared,)), ["harbour-example"], "pause")
    with pytest.raises(OwnedByFileError):
        source_edits.change_source(desk(room, sources=(declared,)), "harbour-example", {"title": "X"})


def test_a_topic_its_rule_its_address_and_its_end_can_be_taken_back(room: Newsroom) -> None:
    _, _, made = topic_edits.put_topic(
        desk(room), slug="sea", title="Sea", description="", rule=TopicRule(categories=("Ferries",))
    )
    work(room)
    assert in_feed(room.store, "topics/sea") == {"Ferry stays"}
    _, _, ruled = topic_edits.put_topic(
        desk(room), slug="sea", title="Sea", description="", rule=TopicRule(categories=("Ferries", "Seals"))
    )
    work(room)
    moved = topic_edits.rename_topic(desk(room), "sea", "water")
    retired = topic_edits.set_topic_state(desk(room), "water", "retire")
    assert room.store.topics.every() == ()
    assert room.store.feeds.info(FeedKey(kind="topic", slug="water")) is None
    assert all(not one.topics for one in articles(room.store).values())
    with pytest.raises(BuiltUponError):
        take_back(room, made)
    take_back(room, retired)
    assert in_feed(room.store, "topics/water") == {"Ferry stays", "Seals sleep"}
    take_back(room, moved)
    assert room.store.topics.every()[0].slug == "sea"
    take_back(room, ruled)
    assert in_feed(room.store, "topics/sea") == {"Ferry stays"}
    take_back(room, made)
    assert room.store.topics.every() == ()


def test_a_withdrawn_article_leaves_every_feed_and_comes_back(room: Newsroom) -> None:
    one = articles(room.store)["Ferry stays"]
    change = article_edits.withdraw(desk(room), [one.id], "It was a mistake")
    assert isinstance(room.store.articles.get(one.id), Tombstone)
    assert "Ferry stays" not in in_feed(room.store, "all")
    assert change
    assert {effect.feed: effect.left for effect in change.effects} == {"all": 1, "sources/harbour-example": 1}
    take_back(room, change)
    assert "Ferry stays" in in_feed(room.store, "all")


def test_an_override_lies_over_the_sources_words_and_survives_its_edits(room: Newsroom) -> None:
    one = articles(room.store)["Ferry stays"]
    change = article_edits.override(desk(room), one.id, {"title": "Ferry stays in port today"})
    assert "Ferry stays in port today" in in_feed(room.store, "all")
    room.web.put(
        FEED, rss(item(1, title="Ferry stays put", body="New words."), item(2, title="Council meets"))
    )
    room.again()
    shown, told = room.store.articles.get(one.id), room.store.changes.original_article(one.id)
    assert isinstance(shown, Article)
    assert told
    assert (shown.title, told.title) == ("Ferry stays in port today", "Ferry stays put")
    assert "New words." in shown.content_html
    take_back(room, change)
    assert "Ferry stays put" in in_feed(room.store, "all")


def test_a_correction_tells_readers_and_is_taken_back(room: Newsroom) -> None:
    one = articles(room.store)["Ferry stays"]
    room.clock.move(days=1)
    change = article_edits.correct(desk(room), one.id, {"title": "Ferry sails"}, "It <sails> at noon.")
    shown = room.store.articles.get(one.id)
    assert isinstance(shown, Article)
    assert shown.title == "Ferry sails"
    assert shown.content_html.endswith(
        "<strong>Correction, 23 November 2026:</strong> It &lt;sails&gt; at noon.</p>"
    )
    assert shown.updated_at > one.updated_at
    assert change
    assert change.what == "corrected the title of “Ferry stays”"
    with pytest.raises(RequestError, match="Say what was wrong"):
        article_edits.correct(desk(room), one.id, {}, " ")
    take_back(room, change)
    assert room.store.articles.get(one.id) == one


def test_rules_read_what_is_shown(room: Newsroom) -> None:
    topic_edits.put_topic(
        desk(room), slug="ice", title="Ice", description="", rule=TopicRule(phrases=("icebound",))
    )
    work(room)
    one = articles(room.store)["Ferry stays"]
    change = article_edits.override(desk(room), one.id, {"title": "Ferry icebound"})
    assert in_feed(room.store, "topics/ice") == {"Ferry icebound"}
    take_back(room, change)
    assert in_feed(room.store, "topics/ice") == set()


def test_articles_sorted_by_hand_stay_so_through_polls_and_rules(room: Newsroom) -> None:
    topic_edits.put_topic(
        desk(room), slug="sea", title="Sea", description="", rule=TopicRule(categories=("Ferries",))
    )
    work(room)
    found = articles(room.store)
    put = article_edits.pick(desk(room), [found["Council meets"].id, found["Seals sleep"].id], "sea", True)
    out = article_edits.pick(desk(room), [found["Ferry stays"].id], "sea", False)
    assert in_feed(room.store, "topics/sea") == {"Council meets", "Seals sleep"}
    room.web.put(
        FEED,
        rss(
            item(1, title="Ferry stays", body="Edited.", extra=label("Ferries")),
            item(2, title="Council meets", body="Edited, too.", extra=label("Council")),
        ),
    )
    room.again()
    topic_edits.put_topic(
        desk(room), slug="sea", title="Sea", description="", rule=TopicRule(categories=("Ferries", "Fog"))
    )
    work(room)
    assert in_feed(room.store, "topics/sea") == {"Council meets", "Seals sleep"}
    take_back(room, out)
    take_back(room, put)
    assert in_feed(room.store, "topics/sea") == {"Ferry stays"}


def test_a_pick_reaches_the_topics_above(room: Newsroom) -> None:
    rule = TopicRule(phrases=("nothing at all",))
    topic_edits.put_topic(desk(room), slug="water", title="Water", description="", rule=rule)
    below = TopicRule(phrases=("nothing either",), parent="water")
    topic_edits.put_topic(desk(room), slug="sea", title="Sea", description="", rule=below)
    work(room)
    article_edits.pick(desk(room), [articles(room.store)["Seals sleep"].id], "sea", True)
    assert in_feed(room.store, "topics/water") == {"Seals sleep"}


def test_a_merge_is_taken_back_whole(newsroom: Newsroom) -> None:
    by = "<dc:creator>{}</dc:creator>"
    newsroom.add(
        FEED,
        rss(
            item(1, extra=by.format("Ines Halvorsen")),
            item(2, extra=by.format("Ines Halvorsen")),
            item(3, extra=by.format("I. Halvorsen")),
        ),
    )
    newsroom.round()
    before = [(one.slug, one.name, count) for one, count in newsroom.store.authors.every()]
    _, change = author_edits.merge_authors(desk(newsroom), "i-halvorsen", "ines-halvorsen")
    assert in_feed(newsroom.store, "authors/ines-halvorsen") == {"Story 1", "Story 2", "Story 3"}
    assert newsroom.store.feeds.slug_now("author", "i-halvorsen") == "ines-halvorsen"
    take_back(newsroom, change)
    assert [(one.slug, one.name, count) for one, count in newsroom.store.authors.every()] == before
    assert in_feed(newsroom.store, "authors/i-halvorsen") == {"Story 3"}
    assert newsroom.store.feeds.slug_now("author", "i-halvorsen") == "i-halvorsen"


def test_what_is_told_of_an_author_comes_back(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, extra="<dc:creator>Ines Halvorsen</dc:creator>")))
    newsroom.round()
    facts = AuthorFacts(role="Desk", bio="Covers the harbour.", links=("https://ines.example/",))
    _, change = author_edits.set_author(desk(newsroom), "ines-halvorsen", facts)
    assert newsroom.store.authors.every()[0][0].bio == "Covers the harbour."
    take_back(newsroom, change)
    who = newsroom.store.authors.every()[0][0]
    assert (who.role, who.bio, who.links) == ("", "", ())


def test_an_undo_is_not_undone(room: Newsroom) -> None:
    change, _ = source_edits.set_sources(desk(room), ["harbour-example"], "pause")
    done = take_back(room, change)
    assert "make that change again" in str(why_not_undone(room.store, done))


@pytest.mark.parametrize("seed", range(6))
def test_what_was_foretold_is_what_happens(newsroom: Newsroom, seed: int) -> None:
    """Rules drawn by chance, over articles with labels drawn by chance, picks among them."""
    draw = random.Random(seed)
    items = [
        item(
            number,
            title=f"Article {number}",
            extra="".join(label(one) for one in draw.sample(LABELS, draw.randint(0, 3))),
        )
        for number in range(20)
    ]
    newsroom.add(FEED, rss(*items))
    newsroom.round()
    for turn in range(5):
        slug = draw.choice(("one", "two"))
        parent = "two" if slug == "one" and draw.random() < 0.5 and turn > 1 else None
        if parent and parent not in {topic.slug for topic in newsroom.store.topics.every()}:
            parent = None
        rule = TopicRule(
            categories=tuple(draw.sample(LABELS, draw.randint(1, 3))),
            exclude=("label:Fog",) if draw.random() < 0.3 else (),
            parent=parent,
        )
        if "one" in {topic.rule.parent for topic in newsroom.store.topics.every()}:
            rule = TopicRule(categories=rule.categories, exclude=rule.exclude)
        before = {name: in_feed(newsroom.store, f"topics/{name}") for name in ("one", "two")}
        _, _, change = topic_edits.put_topic(desk(newsroom), slug=slug, title=slug, description="", rule=rule)
        work(newsroom)
        after = {name: in_feed(newsroom.store, f"topics/{name}") for name in ("one", "two")}
        foretold = {one.feed: (one.entered, one.left) for one in (change.effects if change else ())}
        real = {
            f"topics/{name}": (len(after[name] - before[name]), len(before[name] - after[name]))
            for name in ("one", "two")
            if after[name] != before[name]
        }
        assert foretold == real, (turn, rule)
        ids = [
            one.id
            for one in draw.sample(sorted(articles(newsroom.store).values(), key=lambda one: one.id), 2)
        ]
        article_edits.pick(desk(newsroom), ids, slug, draw.random() < 0.5)
