"""Authors, pictures, credits and rights that people set over a source's: shown everywhere, kept over polls, taken back."""

from __future__ import annotations

import pytest

from feeds.actions.editing import article_edits, author_edits
from feeds.actions.editing.changes import undo
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import RequestError
from feeds.model.articles import Article
from feeds.model.outgoing import FeedKey
from tests.fakes import Newsroom, item, rss
from tests.feeds.actions.test_changes import FEED, articles, desk, in_feed

PICTURE = "https://harbour.example/gale.jpg"
BY = "<dc:creator>Ines Halvorsen</dc:creator>"
SHOWN = (
    f'<media:content url="{PICTURE}" medium="image"><media:credit>Wilf Tarrant</media:credit></media:content>'
    f"<content:encoded><![CDATA[<p>Wind.</p><figure><img src='{PICTURE}'><figcaption>The pier. Photo: Wilf Tarrant"
    "</figcaption></figure>]]></content:encoded>"
)


def telling(title: str = "Gale warning", extra: str = BY + SHOWN) -> str:
    return rss(item(1, title=title, extra=extra), item(2, title="Calm"))


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.add(FEED, telling())
    newsroom.round()
    return newsroom


def one(room: Newsroom) -> Article:
    found = room.store.articles.get(1)
    assert isinstance(found, Article)
    return found


def override(room: Newsroom, **values: str | None) -> int:
    change = article_edits.override(desk(room), 1, values)
    publish_touched(room.store, room.clock())
    assert change
    return change.id


def back(room: Newsroom, change_id: int) -> None:
    at = desk(room)
    undo(at.store, change_id, at.actor, settings=at.settings, now=at.now)
    publish_touched(room.store, room.clock())


def names(article: Article) -> list[str]:
    return [who.name for who in article.authors]


def test_other_authors_stand_in_their_feeds_and_survive_what_the_source_says(room: Newsroom) -> None:
    override(room, authors="Ada Lindqvist\nInes Halvorsen\n\nAda Lindqvist")
    assert names(one(room)) == ["Ada Lindqvist", "Ines Halvorsen"]
    assert in_feed(room.store, "authors/ada-lindqvist") == {"Gale warning"}
    override(room, authors="Ada Lindqvist")
    assert in_feed(room.store, "authors/ines-halvorsen") == set()
    room.web.put(FEED, telling("Gale is over", "<dc:creator>Jonas Weir</dc:creator>" + SHOWN))
    room.again()
    assert (one(room).title, names(one(room))) == ("Gale is over", ["Ada Lindqvist"])
    told = room.store.changes.original_article(1)
    assert told
    assert names(told) == ["Jonas Weir"]
    override(room, authors=None)
    assert names(one(room)) == ["Jonas Weir"]
    assert in_feed(room.store, "authors/jonas-weir") == {"Gale is over"}
    assert in_feed(room.store, "authors/ada-lindqvist") == set()


def test_no_author_at_all_can_be_said_and_is_undone(room: Newsroom) -> None:
    change = override(room, authors=" ")
    assert names(one(room)) == []
    again = override(room, authors="Ada Lindqvist")
    back(room, again)
    assert names(one(room)) == []
    back(room, change)
    assert names(one(room)) == ["Ines Halvorsen"]


def test_who_was_merged_meanwhile_comes_back_as_who_they_are_now(room: Newsroom) -> None:
    override(room, authors="Ada Lindqvist")
    room.web.put(
        FEED,
        rss(
            item(1, title="Gale warning", extra=BY + SHOWN),
            item(3, title="Fog", extra="<dc:creator>I. Halvorsen</dc:creator>"),
        ),
    )
    room.again()
    author_edits.merge_authors(desk(room), "ines-halvorsen", "i-halvorsen")
    override(room, authors=None)
    assert [who.slug for who in one(room).authors] == ["i-halvorsen"]
    assert in_feed(room.store, "authors/i-halvorsen") == {"Gale warning", "Fog"}


def test_another_credit_stands_with_the_picture_and_in_its_caption(room: Newsroom) -> None:
    change = override(room, credit="Olav Sund")
    shown = one(room)
    assert [(image.url, image.credit) for image in shown.images] == [(PICTURE, "Olav Sund")]
    assert "Wilf Tarrant" not in shown.content_html
    back(room, change)
    assert one(room).images[0].credit == "Wilf Tarrant"


def test_a_pinned_article_stays_first_in_its_feeds_until_it_is_unpinned(room: Newsroom) -> None:
    every = FeedKey(kind="all")
    pinned = article_edits.pin(desk(room), [1, 2], True)
    assert pinned
    assert [one.id for one in room.store.feeds.pinned(every, 3)] == [2, 1]
    assert [one.id for one in room.store.feeds.pinned(every, 1)] == [2]
    assert room.store.feeds.pinned(FeedKey(kind="topic", slug="nothing"), 3) == ()
    assert article_edits.pin(desk(room), [1], True) is None
    article_edits.hold(desk(room), [2])
    assert [one.id for one in room.store.feeds.pinned(every, 3)] == [1]
    article_edits.release(desk(room), 2)
    back(room, pinned.id)
    assert room.store.feeds.pinned(every, 3) == ()


def test_a_picture_is_taken_out_of_the_text_too_and_another_stands_for_it(room: Newsroom) -> None:
    change = override(room, picture="")
    assert one(room).images == ()
    assert PICTURE not in one(room).content_html
    assert "<p>Wind.</p>" in one(room).content_html
    assert "The pier" not in one(room).content_html
    back(room, change)
    assert PICTURE in one(room).content_html
    override(room, picture="https://skerry.example/own.jpg", credit="Olav Sund")
    (image,) = one(room).images
    assert (image.url, image.credit, image.role) == ("https://skerry.example/own.jpg", "Olav Sund", "main")
    assert PICTURE not in one(room).content_html


def test_rights_are_replaced_and_what_the_source_says_itself_is_nothing_laid_over_it(room: Newsroom) -> None:
    override(room, rights="© Skerry Wharf Post")
    assert one(room).rights == "© Skerry Wharf Post"
    assert article_edits.override(desk(room), 1, {"title": "Gale warning"}) is None
    assert {over.field for over in room.store.changes.overrides_of([1])[1]} == {"rights"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"picture": "javascript:alert(1)"}, "The picture: expected an address"),
        ({"title": "  "}, "A title is needed"),
        ({"authors": "\n".join(f"Name {number}" for number in range(51))}, "At most 50 authors"),
    ],
)
def test_what_cannot_be_shown_is_refused(room: Newsroom, values: dict[str, str], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        article_edits.override(desk(room), 1, values)


def test_what_is_held_back_follows_its_source_and_comes_back_whole(room: Newsroom) -> None:
    change = article_edits.hold(desk(room), [1])
    publish_touched(room.store, room.clock())
    assert change
    assert {effect.feed for effect in change.effects} == {
        "all",
        "sources/harbour-example",
        "authors/ines-halvorsen",
    }
    assert in_feed(room.store, "all") == {"Calm"}
    assert "Gale warning" not in articles(room.store)
    room.web.put(FEED, telling("Gale is over"))
    room.again()
    assert in_feed(room.store, "all") == {"Calm"}
    with pytest.raises(RequestError, match="release it first"):
        article_edits.hold(desk(room), [1])
    article_edits.release(desk(room), 1)
    publish_touched(room.store, room.clock())
    assert in_feed(room.store, "all") == {"Calm", "Gale is over"}
    with pytest.raises(RequestError, match="not held back"):
        article_edits.release(desk(room), 1)


def test_what_is_held_back_can_be_withdrawn_and_a_hold_is_undone(room: Newsroom) -> None:
    change = article_edits.hold(desk(room), [1, 2])
    assert change
    back(room, change.id)
    assert in_feed(room.store, "all") == {"Calm", "Gale warning"}
    article_edits.hold(desk(room), [1])
    article_edits.withdraw(desk(room), [1], "It was wrong.")
    room.again()
    assert in_feed(room.store, "all") == {"Calm"}
    article_edits.restore(desk(room), 1)
    assert "Gale warning" in in_feed(room.store, "all")


GALLERY = (
    f'<media:content url="https://harbour.example/fog.jpg" medium="image"><media:credit>Ina Berg</media:credit></media:content>'
    f'<media:content url="{PICTURE}" medium="image"><media:credit>Wilf Tarrant</media:credit></media:content>'
    f"<content:encoded><![CDATA[<p>Wind.</p><figure><img src='https://harbour.example/fog.jpg'><figcaption>Fog. Photo: Ina"
    f" Berg</figcaption></figure><figure><img src='{PICTURE}'><figcaption>The pier. Photo: Wilf Tarrant</figcaption>"
    "</figure>]]></content:encoded>"
)
"""What the source tells later: another picture in front of the one it had."""
FOG = "https://harbour.example/fog.jpg"


def credits_shown(article: Article) -> dict[str | None, str | None]:
    return {image.url: image.credit for image in article.images}


def test_a_credit_stays_with_its_picture_where_the_source_puts_another_in_front(room: Newsroom) -> None:
    first = override(room, credit="Olav Sund")
    room.web.put(FEED, telling("Gale warning, later", BY + GALLERY))
    room.again()
    shown = one(room)
    assert credits_shown(shown) == {FOG: "Ina Berg", PICTURE: "Olav Sund"}
    assert "Photo: Ina Berg" in shown.content_html
    assert "Photo: Olav Sund" in shown.content_html
    assert "Wilf Tarrant" not in shown.content_html
    # Set once more it is of the picture that leads now, and each state comes back.
    second = override(room, credit="Olav Sund")
    assert credits_shown(one(room)) == {FOG: "Olav Sund", PICTURE: "Wilf Tarrant"}
    back(room, second)
    assert credits_shown(one(room)) == {FOG: "Ina Berg", PICTURE: "Olav Sund"}
    taken = override(room, credit=None)
    assert credits_shown(one(room)) == {FOG: "Ina Berg", PICTURE: "Wilf Tarrant"}
    back(room, taken)
    assert credits_shown(one(room)) == {FOG: "Ina Berg", PICTURE: "Olav Sund"}
    back(room, first)
    assert credits_shown(one(room)) == {FOG: "Ina Berg", PICTURE: "Wilf Tarrant"}


def test_a_picture_that_was_taken_out_does_not_return_behind_another(room: Newsroom) -> None:
    override(room, picture="")
    room.web.put(FEED, telling("Gale warning, later", BY + GALLERY))
    room.again()
    shown = one(room)
    assert shown.images == ()
    assert PICTURE not in shown.content_html
    assert FOG not in shown.content_html
    override(room, picture=None)
    assert set(credits_shown(one(room))) == {FOG, PICTURE}


def test_another_picture_of_the_article_can_lead_and_keeps_who_made_it(room: Newsroom) -> None:
    room.web.put(FEED, telling("Gale warning, later", BY + GALLERY))
    room.again()
    override(room, picture=PICTURE)
    shown = one(room)
    assert credits_shown(shown) == {PICTURE: "Wilf Tarrant"}
    assert PICTURE in shown.content_html
    assert FOG not in shown.content_html
    override(room, credit="Olav Sund")
    assert credits_shown(one(room)) == {PICTURE: "Olav Sund"}
    override(room, picture=None)
    assert credits_shown(one(room)) == {FOG: "Ina Berg", PICTURE: "Olav Sund"}


def test_a_credit_that_the_source_gave_another_picture_can_be_set_for_ones_own(room: Newsroom) -> None:
    override(room, credit="Wilf Tarrant", picture="https://skerry.example/own.jpg")
    assert credits_shown(one(room)) == {"https://skerry.example/own.jpg": "Wilf Tarrant"}
