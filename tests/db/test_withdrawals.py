"""What a source takes back and an admin restores: who has the last word, poll by poll, over both engines."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from feeds.actions.operating.tidy import tidy
from feeds.model.articles import Article
from feeds.model.outgoing import FeedKey
from feeds.model.settings import KeepSettings
from tests.fakes import Newsroom

FEED = "https://harbour.example/feed"
FIRST = "2026-11-22T11:00:00Z"


def atom(*entries: str) -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"><title>Harbour</title><id>tag:harbour.example,2026:f</id>'
        f"<updated>2026-11-22T10:00:00Z</updated>{''.join(entries)}</feed>"
    )


def entry(number: int, *, end: str = "", text: str = "The ferry runs again.") -> str:
    valid = f"<dcterms:valid>end={end}</dcterms:valid>" if end else ""
    return (
        f"<entry><id>tag:harbour.example,2026:{number}</id><title>Story {number}</title>"
        f'<link href="https://harbour.example/{number}"/><updated>2026-11-22T09:00:00Z</updated>'
        f"<content>{text}</content>{valid}</entry>"
    )


def grave(number: int, when: str = FIRST) -> str:
    return f'<at:deleted-entry ref="tag:harbour.example,2026:{number}" when="{when}"/>'


def told(newsroom: Newsroom, *parts: str) -> list[str]:
    """What stands in the feed of all after the source told these."""
    newsroom.web.put(FEED, atom(*parts))
    newsroom.again()
    return shown(newsroom)


def shown(newsroom: Newsroom) -> list[str]:
    page = newsroom.store.feeds.page(FeedKey(kind="all"), entries=50, window=timedelta(days=2), most=500)
    assert page is not None
    return sorted(article.title for article in page.articles)


def restored(newsroom: Newsroom, title: str = "Story 1") -> None:
    found = next(
        number
        for number in (1, 2)
        if newsroom.store.engine.rows("SELECT title FROM articles WHERE id = :id", {"id": number})[0]["title"]
        == title
    )
    assert newsroom.store.articles.restore(found, newsroom.clock())
    assert isinstance(newsroom.store.articles.get(found), Article)


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.add(FEED, atom(entry(1), entry(2)))
    newsroom.round()
    return newsroom


BOTH = ["Story 1", "Story 2"]


def test_a_restored_article_outlives_the_tombstone_that_it_was_restored_over(room: Newsroom) -> None:
    assert told(room, entry(2), grave(1)) == ["Story 2"]
    restored(room)
    assert told(room, entry(2, text="Changed."), grave(1)) == BOTH
    assert told(room, entry(2, text="Changed again."), grave(1)) == BOTH


@pytest.mark.parametrize("again", [FIRST, "2026-11-22T15:00:00Z"])
def test_a_source_that_told_it_as_living_may_take_it_back_anew(room: Newsroom, again: str) -> None:
    told(room, entry(2), grave(1))
    restored(room)
    assert told(room, entry(1), entry(2)) == BOTH
    assert told(room, entry(2), grave(1, again)) == ["Story 2"]


def test_another_tombstone_is_something_new(room: Newsroom) -> None:
    told(room, entry(2), grave(1))
    restored(room)
    assert told(room, entry(2), grave(1, "2026-11-22T15:00:00Z")) == ["Story 2"]
    restored(room)
    # Both have been overruled by now.
    assert told(room, entry(2, text="Changed."), grave(1), grave(1, "2026-11-22T15:00:00Z")) == BOTH


def test_a_tombstone_that_came_while_an_admin_kept_it_withdrawn_is_overruled_too(room: Newsroom) -> None:
    room.store.articles.withdraw(1, reason="asked for", now=room.clock())
    room.store.articles.withdraw(2, reason="asked for", now=room.clock())
    assert told(room, entry(2), grave(1)) == []
    room.store.articles.restore(1, room.clock())
    room.store.articles.restore(2, room.clock())
    assert told(room, entry(2, text="Changed."), grave(1)) == BOTH


def test_a_restored_article_outlives_the_end_that_it_was_restored_over(room: Newsroom) -> None:
    assert told(room, entry(1, end="2026-11-22T11:00:00Z"), entry(2)) == ["Story 2"]
    restored(room)
    changed = entry(1, end="2026-11-22T11:00:00Z", text="A typo less.")
    assert told(room, changed, entry(2)) == BOTH
    assert tidy(room.store, KeepSettings(), room.clock.move(days=1)) == 0
    assert told(room, changed, entry(2, text="Changed.")) == BOTH


def test_another_end_is_something_new_and_so_is_the_same_after_none(room: Newsroom) -> None:
    told(room, entry(1, end="2026-11-22T11:00:00Z"), entry(2))
    restored(room)
    assert told(room, entry(1, end="2026-11-22T11:30:00Z", text="Anew."), entry(2)) == ["Story 2"]
    restored(room)
    assert told(room, entry(1, text="For ever."), entry(2)) == BOTH
    assert told(room, entry(1, end="2026-11-22T11:30:00Z", text="Not."), entry(2)) == ["Story 2"]


def test_an_end_that_came_with_time_is_overruled_and_one_to_come_is_not(room: Newsroom) -> None:
    end = room.clock() + timedelta(days=1)
    lasting = entry(1, end=f"{end:%Y-%m-%dT%H:%M:%SZ}", text="Until tomorrow.")
    assert told(room, lasting, entry(2)) == BOTH
    ids = [row["id"] for row in room.store.engine.rows("SELECT id FROM articles WHERE title = 'Story 1'")]
    # An admin who takes it out and puts it back says nothing of its end.
    room.store.articles.withdraw(ids[0], reason="asked for", now=room.clock())
    assert room.store.articles.restore(ids[0], room.clock())
    assert tidied(room, end + timedelta(hours=1)) == 1
    assert room.store.articles.restore(ids[0], room.clock())
    assert tidied(room, end + timedelta(hours=2)) == 0
    assert told(room, lasting.replace("Until tomorrow.", "Longer."), entry(2)) == BOTH
    assert tidied(room, end + timedelta(days=3)) == 0


def tidied(room: Newsroom, now: datetime) -> int:
    room.clock.now = now
    return tidy(room.store, KeepSettings(), now)


def test_what_an_admin_withdrew_stays_so_whatever_is_told(room: Newsroom) -> None:
    room.store.articles.withdraw(1, reason="asked for", now=room.clock())
    one = room.store.engine.rows("SELECT title FROM articles WHERE id = 2")[0]["title"]
    assert told(room, entry(1, text="Anew."), entry(2, text="Anew.")) == [one]
    assert told(room, entry(1), grave(2), entry(2)) == ([] if one == "Story 2" else [one])
    assert told(room, entry(1, text="And again."), entry(2)) == ([] if one == "Story 2" else [one])


def test_what_the_source_changed_while_it_was_withdrawn_shows_once_it_is_restored(room: Newsroom) -> None:
    room.store.articles.withdraw(1, reason="asked for", now=room.clock())
    anew = (entry(1, text="It sank."), entry(2, text="It sank."))
    told(room, *anew)
    assert room.store.articles.restore(1, room.clock())
    assert told(room, *anew) == BOTH
    found = room.store.articles.get(1)
    assert isinstance(found, Article)
    assert "It sank." in found.content_html
    assert len(room.store.articles.versions(1)) == 1
    seq = room.store.deltas.seq()
    told(room, *anew)
    assert room.store.deltas.seq() == seq


def test_what_was_overruled_can_be_seen(room: Newsroom) -> None:
    told(room, entry(2), grave(1))
    restored(room)
    seen = [room.store.articles.get(number) for number in (1, 2)]
    assert sorted(one.overruled for one in seen if isinstance(one, Article)) == [(), (f"deleted {FIRST}",)]
