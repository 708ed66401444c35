"""People, sign-ins, tries, lists and the log, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.store import Store
from feeds.errors import RequestError
from feeds.model.articles import TopicRule
from feeds.model.kept import ArticleFilter, SourceFilter
from feeds.model.outgoing import FeedKey
from feeds.model.people import Actor, Effect, Step
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
TROUBLE = ("missing", "gone")


def test_people_are_known_by_name_whatever_its_case_and_come_back(store: Store) -> None:
    mara = store.people.add("Mara", "admin", "hash", NOON)
    with pytest.raises(RequestError, match="already"):
        store.people.add("mara", "viewer", None, NOON)
    assert store.people.get("MARA") == mara
    store.people.set_role(mara.id, "editor")
    store.people.set_password(mara.id, "other")
    assert mara.language is None
    store.people.set_language(mara.id, "de")
    assert [one.language for one in store.people.every()] == ["de"]
    store.people.remove(mara.id)
    assert store.people.every() == ()
    assert store.people.of_id(mara.id) is None
    again = store.people.add("Mara", "viewer", None, NOON)
    assert (again.id, again.role, again.password, again.language) == (mara.id, "viewer", None, None)


def test_sign_ins_end_one_by_one_all_but_one_and_by_age(store: Store) -> None:
    mara = store.people.add("mara", "admin", "hash", NOON)
    made = [
        store.people.add_sign_in(f"hash-{number}", mara.id, address="192.0.2.1", browser="B", now=NOON)
        for number in range(4)
    ]
    store.people.note_used(made[0], "192.0.2.9", NOON + timedelta(hours=1))
    assert store.people.sign_ins(mara.id)[0].id == made[0].id
    assert store.people.sign_in_of("hash-0").address == "192.0.2.9"  # type: ignore[union-attr]
    assert store.people.end_sign_ins(mara.id, only=made[1].id) == 1
    assert store.people.end_sign_ins(mara.id, but=made[0].id) == 2
    assert store.people.sign_in_of("hash-2") is None
    assert store.people.forget_sign_ins(used_before=NOON, made_before=NOON) == 0
    later = NOON + timedelta(days=1)
    assert store.people.forget_sign_ins(used_before=later, made_before=NOON) == 1


def test_a_link_is_used_once_and_replaces_the_former_one(store: Store) -> None:
    store.people.add_start_link("one", None, NOON + timedelta(hours=1))
    store.people.add_start_link("two", None, NOON + timedelta(hours=1))
    assert store.people.start_link("one", NOON) == (False, None)
    assert store.people.start_link("two", NOON) == (True, None)
    assert store.people.start_link("two", NOON + timedelta(hours=2)) == (False, None)
    assert store.people.use_start_link("two")
    assert not store.people.use_start_link("two")
    mara = store.people.add("mara", "admin", None, NOON)
    store.people.add_start_link("three", mara.id, NOON + timedelta(hours=1))
    assert store.people.start_link("three", NOON) == (True, mara.id)


def test_tries_count_within_their_span(store: Store) -> None:
    since = NOON - timedelta(minutes=15)
    for number in range(1, 4):
        assert store.people.note_tries(["name:mara"], since=since, now=NOON) == {"name:mara": number}
    later = NOON + timedelta(minutes=16)
    assert store.people.tries_since(["name:mara"]) == NOON
    assert store.people.note_tries(["name:mara"], since=later - timedelta(minutes=15), now=later) == {
        "name:mara": 1
    }
    store.people.forget_tries(["name:mara"])
    assert store.people.tries_since(["name:mara"]) is None


def test_the_log_is_found_by_all_that_it_says(store: Store) -> None:
    first = store.changes.add_change(
        Actor(name="mara"),
        kind="source",
        what="paused Tideline",
        steps=[Step(subject="source/1", before={"state": "active"}, after={"state": "paused"})],
        effects=[Effect(feed="sources/tideline", entered=0, left=2, articles=((1, "A", False),))],
        now=NOON,
    )
    second = store.changes.add_change(
        Actor(name="olav", via="command"),
        kind="topic",
        what="made Sea",
        steps=(),
        undoes_id=first.id,
        now=NOON,
    )
    assert store.changes.change(first.id).undone_by_id == second.id  # type: ignore[union-attr]
    assert [one.id for one in store.changes.changes(most=10)] == [second.id, first.id]
    assert [one.id for one in store.changes.changes(most=1, offset=1)] == [first.id]
    for wanted in ({"who": "mara"}, {"kind": "source"}, {"words": "TIDE"}, {"subject": "source/1"}):
        assert [one.id for one in store.changes.changes(most=10, **wanted)] == [first.id]  # type: ignore[arg-type]
    assert first.effects[0].articles == ((1, "A", False),)
    assert store.changes.changers() == ("mara", "olav")
    assert store.changes.later_changes(["source/1"], 0) == ()


def test_lists_of_sources_articles_and_authors(newsroom: Newsroom) -> None:
    store = newsroom.store
    by = "<dc:creator>Ines Halvorsen</dc:creator>"
    newsroom.add(FEED, rss(item(1, title="Ferry", extra=by), item(2, title="Pier")))
    newsroom.add("https://gone.example/feed")
    newsroom.add("https://ash.example/feed", rss(title="Ash"))
    newsroom.round()
    store.sources.set_state(store.sources.get("ash-example").source.id, "paused", NOON)  # type: ignore[union-attr]
    every = [row.source.slug for row in store.changes.source_page(SourceFilter(), TROUBLE, most=10, offset=0)]
    assert every == ["gone-example", "ash-example", "harbour-example"]
    for order, first in (("name", "ash-example"), ("next", "gone-example")):
        rows = store.changes.source_page(SourceFilter(order=order), TROUBLE, most=1, offset=0)  # type: ignore[arg-type]
        assert rows[0].source.slug == first, order
    tally = store.changes.source_tally(TROUBLE)
    assert (tally.all, tally.trouble, tally.odd, tally.paused) == (3, 1, 0, 1)
    for wanted, count in (
        (SourceFilter(group="trouble"), 1), (SourceFilter(group="paused"), 1), (SourceFilter(group="odd"), 0),
        (SourceFilter(words="ASH"), 1), (SourceFilter(kind="feed"), 3), (SourceFilter(origin="file"), 0),
        (SourceFilter(origin="people"), 3), (SourceFilter(topic="sea"), 0),
    ):  # fmt: skip
        assert store.changes.source_count(wanted, TROUBLE) == count, wanted

    def titles(**wanted: str) -> list[str]:
        return [one.title for one in store.changes.article_page(ArticleFilter(**wanted), most=10, offset=0)]  # type: ignore[arg-type]

    assert sorted(titles()) == ["Ferry", "Pier"]
    assert titles(words="FERR") == ["Ferry"]
    assert titles(author="ines-halvorsen") == ["Ferry"]
    assert sorted(titles(source="harbour-example")) == ["Ferry", "Pier"]
    assert titles(source="ash-example") == []
    assert titles(topic="nothing") == []
    ferry = next(
        one for one in store.changes.article_page(ArticleFilter(), most=9, offset=0) if one.title == "Ferry"
    )
    store.changes.set_override(ferry.id, "title", "Ferry stays", who="mara", now=NOON)
    assert titles(mark="changed") == ["Ferry stays"]
    store.changes.set_override(
        ferry.id, "credit", "Olav Sund", who="mara", now=NOON, pictures=["harbour.example/gale.jpg?"]
    )
    (credit, _) = store.changes.overrides_of([ferry.id])[ferry.id]
    assert (credit.value, credit.pictures) == ("Olav Sund", ("harbour.example/gale.jpg?",))
    store.topics.put(slug="sea", title="Sea", description="", rule=TopicRule(), origin="admin", now=NOON)
    store.changes.set_pick(ferry.id, "sea", True, who="mara", now=NOON)
    assert titles(mark="picked") == ["Ferry stays"]
    store.changes.set_pin(ferry.id, True, who="mara", now=NOON)
    store.changes.set_pin(ferry.id, True, who="mara", now=NOON + timedelta(hours=1))
    assert store.changes.pinned_of([ferry.id, ferry.id + 1]) == {ferry.id}
    assert titles(mark="pinned") == ["Ferry stays"]
    assert [one.title for one in store.feeds.pinned(FeedKey(kind="all"), 3)] == ["Ferry stays"]
    store.articles.withdraw(ferry.id, reason="Doubled", now=NOON)
    assert store.feeds.pinned(FeedKey(kind="all"), 3) == ()
    assert titles(mark="withdrawn") == ["Ferry stays"]
    assert titles() == ["Pier"]

    assert [(one.slug, count) for one, count in store.changes.author_page("INES", most=5, offset=0)] == [
        ("ines-halvorsen", 0)
    ]
    assert store.changes.author_count("") == 1
    assert store.changes.author_count("nobody") == 0


def test_days_polls_and_what_a_feed_shows(newsroom: Newsroom) -> None:
    store = newsroom.store
    source = newsroom.add(
        FEED, rss(item(1, date=NOON - timedelta(days=2)), item(2, date=NOON - timedelta(hours=1)))
    )
    newsroom.round()
    assert store.changes.daily_articles(NOON, 3) == (1, 0, 1)
    assert store.changes.daily_of_sources([source.id, 999], NOON, 3) == {source.id: (1, 0, 1), 999: (0, 0, 0)}
    assert [(one.status, one.new_count) for one in store.changes.polls(source.id, 5)] == [("well", 2)]
    for number in range(4):
        newsroom.web.put(FEED, rss(item(f"more-{number}")))
        newsroom.again()
    assert len(store.changes.polls(source.id, 100)) == 5
    key = FeedKey(kind="source", slug="harbour-example")
    assert len(store.changes.shown_ids(key, entries=5, window=timedelta(0), most=5)) == 5
    assert (
        store.changes.shown_ids(FeedKey(kind="topic", slug="none"), entries=5, window=timedelta(0), most=5)
        == ()
    )
