"""A new version reads the same entries otherwise: nobody is sent word of it, and what the source itself changed is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db import poll_states
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.editing import withdrawals as article_actions
from feeds.actions.gathering import incoming_pushes as pushes
from feeds.actions.publishing.publish import publish_touched
from feeds.ingest.formats import scan
from feeds.ingest.poll import drafts, fetch, pipeline
from feeds.ingest.rules import versions
from feeds.ingest.rules.fingerprints import RULES
from feeds.ingest.rules.normalize import normalize
from feeds.model.articles import Article, DraftFeed, TopicRule
from feeds.model.deltas import Delta, Place
from feeds.model.incoming import SourceOptions
from feeds.model.outgoing import FeedKey
from tests.fakes import NOON, Newsroom, item, rss
from tests.feeds.actions.test_incoming_pushes import FEED, LINK, asked, push, taken_up
from tests.feeds.actions.test_webhooks import URL, Desk, told
from tests.feeds.ingest.poll.test_visits import WORDS, page
from tests.receivers import receivers

ALL = FeedKey(kind="all")
FORMER = b"1"
MOVED = "<lastBuildDate>Sat, 28 Nov 2026 04:00:00 GMT</lastBuildDate>"
"""The header moves with every poll."""
JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "items": [{"id": "1", "title": "Story 1",'
    ' "content_text": "Boats.", "url": "https://harbour.example/1", "_feedwright": {"comments_url":'
    ' "https://harbour.example/1#comments"}}]}'
)


def story(number: int, **said: Any) -> str:
    comments = f"<comments>https://harbour.example/{number}#comments</comments>"
    return item(number, extra=comments, **said)


@pytest.fixture
def raise_rules(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Rules before the present ones, which read no page of comments; called, the present ones hold."""

    def former(*given: Any, **said: Any) -> DraftFeed:
        made = normalize(*given, **said)
        bare = (replace(one, comments_url=None) for one in made.drafts)
        return replace(made, drafts=tuple(replace(one, hash=versions.version_hash(one)) for one in bare))

    monkeypatch.setattr(drafts, "normalize", former)
    for module in (scan, fetch, pipeline, pushes):
        monkeypatch.setattr(module, "RULES", FORMER, raising=False)
    monkeypatch.setattr(versions, "RULES", f"3-{FORMER.decode()}")

    def raised() -> None:
        monkeypatch.setattr(drafts, "normalize", normalize)
        for module in (scan, fetch, pipeline, pushes):
            monkeypatch.setattr(module, "RULES", RULES, raising=False)
        monkeypatch.setattr(versions, "RULES", f"3-{RULES.decode()}")

    return raised


@pytest.fixture
def desk(newsroom: Newsroom) -> Iterator[Desk]:
    newsroom.add(URL)
    with receivers() as there:
        yield Desk(newsroom, there)


def begun(desk: Desk, document: str) -> Place:
    """The source was read by the former rules, and a partner waits for news; returns its place."""
    desk.room.web.put(URL, document)
    desk.room.round()
    desk.partner()
    return Place.at(desk.room.store.deltas.seq())


def read_again(desk: Desk, document: str) -> None:
    desk.room.web.put(URL, document)
    desk.room.again()


def listed(store: Store, place: Place) -> tuple[Delta, ...]:
    page = store.deltas.page(ALL, place, most=50)
    assert page is not None
    return page.deltas


def article(store: Store, number: int) -> Article:
    found = store.articles.get(number)
    assert isinstance(found, Article)
    return found


def test_what_new_rules_read_otherwise_is_shown_and_listed_and_sent_to_nobody(
    desk: Desk, raise_rules: Callable[[], None]
) -> None:
    place = begun(desk, rss(story(1), story(2)))
    store, before = desk.room.store, article(desk.room.store, 1)
    shown = store.feeds.info(ALL)
    assert before.comments_url is None
    raise_rules()
    # The header moves, and an entry is new: those that stood there are known all the same.
    read_again(desk, rss(story(3), story(1), story(2), extra=MOVED))
    after = article(store, 1)
    assert after.comments_url == "https://harbour.example/1#comments"
    assert (after.urn, after.updated_at, after.title) == (before.urn, before.updated_at, before.title)
    assert told(desk.send()) == [("article.entered", "Story 3")]
    found = {(one.kind, one.article_id, one.fields) for one in listed(store, place)}
    assert found == {("changed", 1, ("url",)), ("changed", 2, ("url",)), ("entered", 3, ())}
    assert store.articles.versions(1) == ()
    now = store.feeds.info(ALL)
    assert shown is not None
    assert now is not None
    assert now.changed_seq > shown.changed_seq, "feeds show it"
    read_again(desk, rss(story(3), story(1), story(2)))
    assert desk.send() == []
    assert store.deltas.seq() == now.changed_seq


def test_an_entry_without_guid_and_address_stays_the_article_that_it_was(
    desk: Desk, raise_rules: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in for its guid is made of its words, which new rules may read otherwise."""
    earlier = vars(drafts)["normalize"]

    def otherwise(*given: Any, **said: Any) -> DraftFeed:
        made: DraftFeed = earlier(*given, **said)
        return replace(made, drafts=tuple(replace(one, guid=f"{one.guid}0") for one in made.drafts))

    def bare(title: str, words: str = "Boats.") -> str:
        return f"<item><title>{title}</title><description>{words}</description></item>"

    monkeypatch.setattr(drafts, "normalize", otherwise)
    begun(desk, rss(bare("Story 1"), bare("Story 2")))
    before = article(desk.room.store, 1)
    raise_rules()
    read_again(desk, rss(bare("Story 3"), bare("Story 1"), bare("Story 2"), extra=MOVED))
    assert told(desk.send()) == [("article.entered", "Story 3")]
    assert article(desk.room.store, 1).urn == before.urn
    read_again(desk, rss(bare("Story 3"), bare("Story 1", "Boats and masts."), bare("Story 2")))
    assert told(desk.send()) == [("article.changed", "Story 1")]
    read_again(desk, rss(bare("Story 1", "Boats and masts."), bare("Story 2", "Masts.")))
    assert told(desk.send()) == [("article.changed", "Story 2")]


def test_what_the_source_changed_in_the_same_poll_is_told(
    desk: Desk, raise_rules: Callable[[], None]
) -> None:
    begun(desk, rss(story(1), story(2), story(3)))
    raise_rules()
    read_again(
        desk, rss(story(1), story(2, title="Another title"), story(3, link="https://harbour.example/x"))
    )
    sent = desk.send()
    assert told(sent) == [("article.changed", "Another title"), ("article.changed", "Story 3")]
    assert [len(desk.room.store.articles.versions(number)) for number in (1, 2, 3)] == [0, 1, 1]
    read_again(desk, rss(story(1, title="A third title"), story(2, title="Another title")))
    assert told(desk.send()) == [("article.changed", "A third title")]
    assert article(desk.room.store, 1).updated_at == desk.room.clock()


def test_what_a_hub_brings_first_is_held_against_the_former_reading_too(
    newsroom: Newsroom, raise_rules: Callable[[], None]
) -> None:
    subscription = asked(newsroom)
    newsroom.web.put(FEED, rss(story(1), story(2)), Link=LINK, Content_Type="application/rss+xml")
    newsroom.again()
    with receivers() as there:
        desk = Desk(newsroom, there)
        desk.partner()
        raise_rules()
        newsroom.clock.move(minutes=5)
        document = rss(story(3), story(1), story(2, title="Another title"))
        assert push(newsroom, subscription, document) == "taken"
        assert taken_up(newsroom) == 1
        publish_touched(newsroom.store, newsroom.clock())
        assert article(newsroom.store, 1).comments_url == "https://harbour.example/1#comments"
        assert sorted(told(desk.send())) == [
            ("article.changed", "Another title"),
            ("article.entered", "Story 3"),
        ]


@pytest.mark.parametrize("document", [JSON, "<!DOCTYPE rss>" + rss(story(1)).split("?>", 1)[1]])
def test_a_document_that_is_no_simple_xml_is_known_as_a_whole(
    desk: Desk, raise_rules: Callable[[], None], document: str
) -> None:
    begun(desk, document)
    raise_rules()
    read_again(desk, document)
    assert article(desk.room.store, 1).comments_url == "https://harbour.example/1#comments"
    assert desk.send() == []


@pytest.mark.parametrize(
    "document", [JSON, "<!DOCTYPE rss>" + rss(story(1)).split("?>", 1)[1], "<!DOCTYPE rss>\n" + rss(story(1))]
)
def test_where_no_entry_was_remembered_only_what_readers_notice_is_told(
    desk: Desk, raise_rules: Callable[[], None], document: str
) -> None:
    begun(desk, document)
    raise_rules()
    # The document moves, so that nobody knows whether its entries are what they were.
    read_again(desk, document + "\n")
    assert article(desk.room.store, 1).comments_url == "https://harbour.example/1#comments"
    assert desk.send() == []
    read_again(desk, document.replace("Story 1", "Another title"))
    assert told(desk.send()) == [("article.changed", "Another title")]


def test_a_title_that_its_source_changed_is_told_though_no_entry_was_remembered(
    desk: Desk, raise_rules: Callable[[], None]
) -> None:
    begun(desk, JSON)
    raise_rules()
    read_again(desk, JSON.replace("Story 1", "Another title"))
    assert told(desk.send()) == [("article.changed", "Another title")]


@pytest.mark.parametrize(
    ("published", "modified", "is_told"),
    [
        # An article of last month is hardly corrected in the very hour of an upgrade.
        (timedelta(days=-30), None, False),
        (timedelta(days=-1), None, True),
        (timedelta(days=-30), timedelta(days=-20), False),
        (timedelta(days=-1), timedelta(days=-1), False),
        (timedelta(days=-30), timedelta(minutes=10), True),
    ],
)
def test_where_no_entry_was_remembered_dates_tell_whose_change_it_is(
    desk: Desk,
    raise_rules: Callable[[], None],
    published: timedelta,
    modified: timedelta | None,
    is_told: bool,
) -> None:
    def dated(at: timedelta | None) -> str:
        dates = {"date_published": published, "date_modified": at}
        stated = {name: (NOON + one).isoformat() for name, one in dates.items() if one is not None}
        return JSON.replace('"content_text"', f'{json.dumps(stated)[1:-1]}, "content_text"')

    begun(desk, dated(min(modified, timedelta(0)) if modified else None))
    raise_rules()
    desk.room.clock.move(minutes=30)
    read_again(desk, dated(modified).replace("Story 1", "Another title"))
    assert article(desk.room.store, 1).title == "Another title"
    assert told(desk.send()) == ([("article.changed", "Another title")] if is_told else [])


def test_what_waits_to_be_told_is_told_though_a_quiet_change_follows(
    desk: Desk, raise_rules: Callable[[], None]
) -> None:
    begun(desk, rss(story(1), story(2)))
    desk.there.status["/hook"] = 503
    read_again(desk, rss(story(1, title="Another title"), story(2)))
    read_again(desk, rss(story(1, title="Another title"), story(2), story(3)))
    # Of what changed nobody noted what it was, as in databases of before.
    store = desk.room.store
    with store.write():
        store.engine.run("UPDATE memberships SET changed_fields = NULL")
    raise_rules()
    read_again(desk, rss(story(1, title="Another title"), story(2), story(3)))
    desk.there.status["/hook"] = 204
    assert sorted(told(desk.send(hours=1))) == [
        ("article.changed", "Another title"),
        ("article.entered", "Story 3"),
    ]


@pytest.mark.parametrize("is_after", [False, True])
def test_an_unnamed_change_beside_or_after_a_quiet_one_is_told(
    desk: Desk, raise_rules: Callable[[], None], is_after: bool
) -> None:
    begun(desk, rss(story(1)))
    raise_rules()
    store = desk.room.store
    feed = store.engine.rows("SELECT id FROM feeds WHERE kind = 'all'")[0]["id"]
    if is_after:
        read_again(desk, rss(story(1)))
    store.engine.run(
        "INSERT INTO touched (feed_id, article_id, what, touched_at) VALUES (:feed, 1, 'changed', 1)",
        {"feed": feed},
    )
    read_again(desk, rss(story(1)))
    assert told(desk.send()) == [("article.changed", "Story 1")]


def test_a_quiet_change_between_others_holds_none_of_them_back(
    desk: Desk, raise_rules: Callable[[], None]
) -> None:
    begun(desk, rss(story(1)))
    raise_rules()
    read_again(desk, rss(story(1)))
    assert desk.send() == []
    read_again(desk, rss(story(1, title="Another title")))
    assert told(desk.send()) == [("article.changed", "Another title")]
    publish_touched(desk.room.store, desk.room.clock())
    assert desk.send() == []


def test_a_topic_that_only_the_new_reading_belongs_to_is_entered(
    desk: Desk, raise_rules: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = desk.room

    def without_labels(*given: Any, **said: Any) -> DraftFeed:
        made = normalize(*given, **said)
        bare = (replace(one, categories=(), comments_url=None) for one in made.drafts)
        return replace(made, drafts=tuple(replace(one, hash=versions.version_hash(one)) for one in bare))

    monkeypatch.setattr(drafts, "normalize", without_labels)
    room.store.topics.put(
        slug="ferries",
        title="Ferries",
        description="",
        rule=TopicRule(categories=("ferry",)),
        origin="admin",
        now=room.clock(),
    )
    document = rss(story(1).replace("</item>", "<category>ferry</category></item>"), story(2))
    place = begun(desk, document)
    desk.partner("/topic", slug="weekly", feeds=("topics/ferries",))
    raise_rules()
    read_again(desk, document)
    assert {one.article_id for one in listed(room.store, place)} == {1, 2}
    # To whom takes all, its labels are our reading; to whom takes the topic, it is new.
    assert [(one.path, told([one])) for one in desk.send()] == [("/topic", [("article.entered", "Story 1")])]


# an article that is not what its source's document told last


@pytest.mark.parametrize("extra", ["", MOVED])
def test_a_former_text_that_was_not_believed_yet_is_told(
    desk: Desk, raise_rules: Callable[[], None], extra: str
) -> None:
    begun(desk, rss(story(1), story(2)))
    read_again(desk, rss(story(1, title="Another title"), story(2)))
    assert told(desk.send()) == [("article.changed", "Another title")]
    read_again(desk, rss(story(1), story(2)))
    assert desk.send() == []
    raise_rules()
    read_again(desk, rss(story(1), story(2), extra=extra))
    assert told(desk.send()) == [("article.changed", "Story 1")]
    assert len(desk.room.store.articles.versions(1)) == 2


def test_a_former_address_that_was_not_believed_yet_is_told(
    desk: Desk, raise_rules: Callable[[], None]
) -> None:
    begun(desk, rss(story(1)))
    read_again(desk, rss(story(1, link="https://harbour.example/x")))
    read_again(desk, rss(story(1)))
    assert len(desk.send()) == 1
    raise_rules()
    read_again(desk, rss(story(1), extra=MOVED))
    assert article(desk.room.store, 1).url == "https://harbour.example/1"
    assert told(desk.send()) == [("article.changed", "Story 1")]


def test_what_a_source_changed_of_a_withdrawn_article_is_told_once_it_is_restored(
    desk: Desk, raise_rules: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As versions before did: its source was not read anew.
    monkeypatch.setattr(poll_states, "forget_document", lambda *_: None)
    begun(desk, rss(story(1), story(2)))
    desk.withdraw(1)
    read_again(desk, rss(story(1, title="Another title"), story(2)))
    article_actions.restore(desk.room.store, 1, desk.room.clock())
    assert ("article.entered", "Story 1") in told(desk.send())
    raise_rules()
    read_again(desk, rss(story(1, title="Another title"), story(2), extra=MOVED))
    assert told(desk.send()) == [("article.changed", "Another title")]
    assert [len(desk.room.store.articles.versions(number)) for number in (1, 2)] == [1, 0]


@pytest.mark.parametrize("is_pushed", [False, True])
def test_what_a_hub_brought_since_the_last_poll_and_the_source_takes_back_is_told(
    newsroom: Newsroom, raise_rules: Callable[[], None], is_pushed: bool
) -> None:
    subscription = asked(newsroom)
    document, later = rss(story(1), story(2)), rss(story(1), story(2), extra=MOVED)
    newsroom.web.put(FEED, document, Link=LINK, Content_Type="application/rss+xml")
    newsroom.again()
    with receivers() as there:
        desk = Desk(newsroom, there)
        desk.partner()
        newsroom.clock.move(minutes=5)
        assert push(newsroom, subscription, rss(story(1, title="Another title"), story(2))) == "taken"
        assert taken_up(newsroom) == 1
        publish_touched(newsroom.store, newsroom.clock())
        assert told(desk.send()) == [("article.changed", "Another title")]
        raise_rules()
        if is_pushed:
            assert push(newsroom, subscription, later) == "taken"
            assert taken_up(newsroom) == 1
            publish_touched(newsroom.store, newsroom.clock())
        else:
            newsroom.web.put(FEED, later, Link=LINK, Content_Type="application/rss+xml")
            newsroom.again()
        assert told(desk.send()) == [("article.changed", "Story 1")]


@pytest.mark.parametrize("was_read", [False, True])
def test_an_article_that_loses_the_text_of_its_page_is_told(
    desk: Desk, raise_rules: Callable[[], None], was_read: bool
) -> None:
    room = desk.room
    spec = replace(spec_at(URL), options=SourceOptions(full_text=True))
    room.store.sources.change(1, spec, room.clock())
    if was_read:
        room.web.put("https://harbour.example/1", page("Story 1"))
    begun(desk, rss(story(1)))
    assert (WORDS[0] in article(room.store, 1).content_html) == was_read
    room.web.put("https://harbour.example/1", "", status=404)
    raise_rules()
    read_again(desk, rss(story(1), extra=MOVED))
    assert WORDS[0] not in article(room.store, 1).content_html
    # A page that was never read takes nothing with it.
    assert told(desk.send()) == ([("article.changed", "Story 1")] if was_read else [])
