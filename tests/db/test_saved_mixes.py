"""Saved mixes: feeds of their own that always hold what the same mix at its typed address holds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from feeds.actions.declaring.declare import declare
from feeds.actions.declaring.export import stored_declarations
from feeds.actions.editing import saved_mixes
from feeds.actions.editing.changes import Desk, undo
from feeds.actions.operating.jobs import run_next_job
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting.authors import merge_authors
from feeds.actions.sorting.matching import note_languages
from feeds.config.load import parse
from feeds.errors import NotFoundError, RequestError
from feeds.model.articles import TopicRule
from feeds.model.outgoing import FeedKey
from feeds.model.people import Actor
from feeds.model.settings import Settings
from tests.fakes import ALL_JOBS, Newsroom, item, rss
from tests.feeds.actions.test_sources import tools

HARBOUR, NOTICES = "https://harbour.example/feed", "https://notices.example/feed"
PATH = "topics/pier,sea/not-sources/notices-example"
FILE = "[site]\ntitle = 'x'\n"


def told(number: int, title: str, author: str = "Ines Halvorsen") -> str:
    return item(number, title=title, extra=f"<dc:creator>{author}</dc:creator>")


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    for slug in ("pier", "sea"):
        newsroom.store.topics.put(
            slug=slug, title=slug.capitalize(), description="", rule=TopicRule(phrases=(slug,)),
            origin="admin", now=newsroom.clock(),
        )  # fmt: skip
    newsroom.add(HARBOUR, rss(told(1, "The pier"), told(2, "The sea"), told(3, "Trains")))
    newsroom.add(
        NOTICES, rss(item(9, link="https://notices.example/9", title="Pier notice"), title="Notices")
    )
    newsroom.round()
    return newsroom


def settings(text: str = FILE) -> Settings:
    return parse(text, Path("/tmp/nowhere/config.toml"), {})


def desk(room: Newsroom) -> Desk:
    return Desk(store=room.store, actor=Actor(name="Ada", via="page"), settings=settings(), now=room.clock())


def work(room: Newsroom) -> None:
    kit = tools(room.store, room.web, room.clock)
    while asyncio.run(run_next_job(kit, ALL_JOBS, owner="x")):
        pass
    publish_touched(room.store, room.clock())


def save(room: Newsroom, path: str = PATH, slug: str = "shore") -> None:
    saved_mixes.put_mix(desk(room), slug=slug, path=path, title="The shore", description=None)
    work(room)


def titles(room: Newsroom, key: FeedKey) -> list[str]:
    page = room.store.feeds.page(key, entries=50, window=room.clock() - room.clock(), most=50)
    assert page is not None
    return sorted(one.title for one in page.articles)


def both(room: Newsroom, path: str = PATH, slug: str = "shore") -> list[str]:
    """What stands in the saved mix, which is what stands in the typed one."""
    publish_touched(room.store, room.clock())
    found = titles(room, FeedKey(kind="mix", slug=slug))
    assert found == titles(room, FeedKey(kind="query", slug=path))
    return found


def test_a_saved_mix_holds_what_was_stored_and_what_comes(room: Newsroom) -> None:
    save(room)
    assert both(room) == ["The pier", "The sea"]
    room.web.put(HARBOUR, rss(told(4, "A pier in spring"), told(1, "The pier"), told(3, "Trains to the sea")))
    room.again()
    assert both(room) == ["A pier in spring", "The pier", "The sea", "Trains to the sea"]


def test_what_is_withdrawn_or_loses_its_topic_leaves_it(room: Newsroom) -> None:
    save(room)
    [pier] = [one for one in room.store.topics.every() if one.slug == "pier"]
    room.store.topics.put(
        slug="pier", title=pier.title, description="", rule=TopicRule(phrases=("harbour master",)),
        origin="admin", now=room.clock(),
    )  # fmt: skip
    room.store.jobs.add("rematch", {"topics": ["pier"]}, asked_by="test", now=room.clock())
    work(room)
    assert both(room) == ["The sea"]
    [sea] = room.store.feeds.page_before(
        FeedKey(kind="mix", slug="shore"), sort_at=room.clock(), article_id=0, most=9
    )
    room.store.articles.withdraw(sea.id, reason="asked", now=room.clock())
    assert both(room) == []


def test_it_is_changed_to_another_mix(room: Newsroom) -> None:
    save(room)
    save(room, "sources/notices-example")
    assert both(room, "sources/notices-example") == ["Pier notice"]


def test_languages_that_are_found_out_count(room: Newsroom) -> None:
    save(room, "languages/nn")
    assert both(room, "languages/nn") == []
    [pier] = [one for one in room.store.topics.matchable(after_id=0, most=9) if one.title == "The pier"]
    note_languages(room.store, [(pier.id, "nn-NO")], room.clock())
    assert both(room, "languages/nn") == ["The pier"]


def test_authors_who_become_one_bring_their_articles(room: Newsroom) -> None:
    room.web.put(HARBOUR, rss(told(5, "Of whales", "Jonas Weir"), told(1, "The pier")))
    room.again()
    save(room, "authors/jonas-weir")
    assert both(room, "authors/jonas-weir") == ["Of whales"]
    merge_authors(room.store, "jonas-weir", "ines-halvorsen", room.clock())
    work(room)
    assert titles(room, FeedKey(kind="mix", slug="shore")) == ["Of whales", "The pier", "The sea", "Trains"]


def test_its_articles_stand_in_archives_that_never_change(room: Newsroom) -> None:
    room.web.put(HARBOUR, rss(*(told(100 + number, f"Sea {number}") for number in range(210))))
    room.again()
    save(room, "topics/sea")
    info = room.store.feeds.info(FeedKey(kind="mix", slug="shore"))
    assert info is not None
    assert (info.article_count, info.archive_count) == (211, 2)
    first = titles(room, FeedKey(kind="mix", slug="shore", archive=1))
    assert len(first) == 100
    save(room, "topics/sea,pier")
    assert titles(room, FeedKey(kind="mix", slug="shore", archive=1)) == first


def test_renaming_leads_on_and_giving_up_is_taken_back(room: Newsroom) -> None:
    save(room)
    saved_mixes.rename_mix(desk(room), "shore", "coast")
    assert room.store.feeds.slug_now("mix", "shore") == "coast"
    change = saved_mixes.retire_mix(desk(room), "shore")
    assert change is not None
    assert room.store.feeds.info(FeedKey(kind="mix", slug="coast")) is None
    with pytest.raises(NotFoundError, match="none yet"):
        saved_mixes.found_mix(room.store, "coast")
    undo(room.store, change.id, Actor(name="Ada", via="page"), settings=settings(), now=room.clock())
    work(room)
    assert both(room, slug="coast") == ["The pier", "The sea"]


def test_what_names_nobody_or_no_mix_is_refused(room: Newsroom) -> None:
    with pytest.raises(RequestError, match="There is no topics/peir here"):
        save(room, "topics/peir")
    with pytest.raises(RequestError, match="stands alone"):
        save(room, "topics")
    assert room.store.mixes.every() == ()


def test_the_file_declares_mixes_and_keeps_what_vanishes_standing(room: Newsroom) -> None:
    text = FILE + f"[[mix]]\nslug = 'shore'\ntitle = 'The shore'\npath = '/mix/{PATH}'\n"
    declared = "[[topic]]\nslug = 'pier'\nphrases = ['pier']\n[[topic]]\nslug = 'sea'\nphrases = ['sea']\n"
    declare(room.store, settings(text + declared), room.clock())
    work(room)
    assert both(room) == ["The pier", "The sea"]
    assert [one.path for one in stored_declarations(room.store).mixes] == [PATH]
    declare(room.store, settings(FILE + declared), room.clock())
    room.web.put(HARBOUR, rss(told(7, "Another pier"), told(1, "The pier, again"), told(2, "The sea")))
    room.again()
    assert titles(room, FeedKey(kind="mix", slug="shore")) == ["The pier, again", "The sea"]
    declare(room.store, settings(text + declared), room.clock())
    work(room)
    assert both(room) == ["Another pier", "The pier, again", "The sea"]
