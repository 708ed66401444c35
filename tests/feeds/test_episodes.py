"""Episodes of podcasts: what a source gives is checked, kept and passed on; nothing is made up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from db.articles import by_ids, purge
from feeds.ingest.pages.reading import merged
from feeds.ingest.rules.versions import is_major, is_same
from feeds.model.articles import Article, Draft
from feeds.model.episodes import Chapters, Episode, Participant, Transcript
from feeds.model.incoming import Image
from feeds.model.outgoing import Format
from tests.fakes import Newsroom
from tests.fakestore import HARBOUR, article
from tests.feeds.ingest.reading import read, read_one, source
from tests.feeds.publish.test_formats import body

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
COVER = "https://harbour.example/cover.jpg"
WHOLE = (
    "<itunes:explicit>no</itunes:explicit><itunes:episode>12</itunes:episode><itunes:season>3</itunes:season>"
    f'<itunes:episodeType>Bonus</itunes:episodeType><itunes:image href="{COVER}"/>'
    '<podcast:season name="Race for the House">3</podcast:season><podcast:episode display="Ch.12">12.5</podcast:episode>'
    '<podcast:transcript url="/12.vtt" type="text/vtt" language="en" rel="captions" onclick="x()"/>'
    '<podcast:transcript url="https://harbour.example/12.html" type="text/html"/>'
    '<podcast:chapters url="https://harbour.example/12.json" type="application/json+chapters"/>'
    '<podcast:person role="guest" group="cast" img="https://harbour.example/ida.jpg" href="https://ida.example/">Ida\n Storm'
    "</podcast:person><podcast:person>Jo Reed</podcast:person>"
)
EPISODE = Episode(
    is_explicit=False,
    number=12,
    season=3,
    kind="bonus",
    picture_url=COVER,
    shown_number="12.5",
    number_name="Ch.12",
    shown_season=3,
    season_name="Race for the House",
    transcripts=(
        Transcript(
            url="https://harbour.example/12.vtt", media_type="text/vtt", language="en", rel="captions"
        ),
        Transcript(url="https://harbour.example/12.html", media_type="text/html"),
    ),
    chapters=Chapters(url="https://harbour.example/12.json", media_type="application/json+chapters"),
    participants=(
        Participant(
            name="Ida Storm",
            role="guest",
            group="cast",
            picture_url="https://harbour.example/ida.jpg",
            url="https://ida.example/",
        ),
        Participant(name="Jo Reed"),
    ),
)


def show(inner: str, *, podcast: str = PODCAST, url: str = "https://harbour.example/12") -> str:
    return (
        f'<rss version="2.0" xmlns:itunes="{ITUNES}" xmlns:podcast="{podcast}"><channel><title>Quay</title>'
        f"<itunes:explicit>yes</itunes:explicit><item><title>Ebb</title><link>{url}</link><guid>e-12</guid>"
        f'<enclosure url="https://harbour.example/12.mp3" type="audio/mpeg" length="9"/>{inner}</item></channel></rss>'
    )


def told(inner: str, **changes: str) -> Episode | None:
    return read_one(show(inner, **changes)).episode


def item_of(*articles: Article) -> Any:
    return etree.fromstring(body("rss", *articles)).find(".//item")


def test_all_that_an_item_says_is_read() -> None:
    assert told(WHOLE) == EPISODE


def test_nothing_is_taken_from_the_channel_or_made_up() -> None:
    assert told("") is None
    assert told("<itunes:duration>60</itunes:duration><itunes:author>Ida</itunes:author>") is None


@pytest.mark.parametrize(
    "podcast",
    [
        "http://podcastindex.org/namespace/1.0/",
        "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    ],
)
def test_the_namespace_is_known_in_other_spellings(podcast: str) -> None:
    assert told(WHOLE, podcast=podcast) == EPISODE


@pytest.mark.parametrize(
    "bad",
    [
        '<podcast:transcript url="javascript:alert(1)" type="text/vtt"/>',
        '<podcast:transcript url="file:///etc/passwd" type="text/vtt"/>',
        '<podcast:transcript url="https://harbour.example/12.vtt"/>',
        '<podcast:transcript url="https://harbour.example/12.vtt" type="&lt;b&gt;"/>',
        '<podcast:chapters url="ftp://harbour.example/c" type="application/json"/>',
        "<podcast:person role='host'> </podcast:person>",
        "<podcast:episode>twelve</podcast:episode><podcast:season>-1</podcast:season>",
        "<itunes:episode>0</itunes:episode><itunes:season>²</itunes:season>",
        "<itunes:explicit>maybe</itunes:explicit><itunes:episodeType>huge</itunes:episodeType>",
        "<podcast:value><podcast:valueRecipient/></podcast:value>",
    ],
)
def test_what_cannot_be_meant_is_left_out(bad: str) -> None:
    assert told(bad) is None


def test_all_of_it_is_bounded_and_on_one_line() -> None:
    many = "".join(f'<podcast:transcript url="/{n}.vtt" type="text/vtt"/>' for n in range(200))
    people = "".join(
        f'<podcast:person role="{"r" * 999}">N {n}\n{"x" * 999}</podcast:person>' for n in range(90)
    )
    found = told(many)
    assert found is not None
    assert len(found.transcripts) == 10
    found = told(people)
    assert found is not None
    assert len(found.participants) == 30
    assert {(len(one.name), len(one.role or "")) for one in found.participants} == {(128, 60)}
    assert not any("\n" in one.name for one in found.participants)


def test_a_change_of_it_shows_and_is_no_news() -> None:
    before, after = read_one(show(WHOLE)), read_one(show(WHOLE.replace("12.vtt", "12b.vtt")))
    assert not is_same(before.hash, after.hash)
    assert not is_major(before.hash, after.hash)


@pytest.mark.parametrize("format", ["rss", "jsonfeed"])
def test_what_is_published_is_read_back_the_same(format: Format) -> None:
    given = article(images=(Image(url=COVER),), episode=EPISODE)
    (draft,) = read(body(format, given), content_type="").drafts
    assert draft.episode == EPISODE
    assert [one.url for one in draft.images] == [COVER]


def test_our_rss_has_the_elements_of_the_source_and_no_others() -> None:
    item = item_of(article(images=(Image(url=COVER),), episode=EPISODE))
    assert item.findtext(f"{{{ITUNES}}}explicit") == "false"
    assert item.findtext(f"{{{ITUNES}}}episodeType") == "bonus"
    (first, _) = item.findall(f"{{{PODCAST}}}transcript")
    assert dict(first.attrib) == {
        "url": "https://harbour.example/12.vtt",
        "type": "text/vtt",
        "language": "en",
        "rel": "captions",
    }
    bare = body("rss", article())
    assert PODCAST.encode() not in bare
    assert b"itunes:explicit" not in bare
    part = item_of(article(episode=Episode(is_explicit=True)))
    assert [one.tag for one in part if "explicit" in one.tag or PODCAST in one.tag] == [
        f"{{{ITUNES}}}explicit"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"source": replace(HARBOUR, share="excerpt")},
        {"source": replace(HARBOUR, share="headline")},
        {"is_restricted": True},
    ],
)
@pytest.mark.parametrize("format", ["rss", "atom", "jsonfeed", "ninjs"])
def test_where_the_whole_may_not_be_shared_nothing_of_it_is(format: Format, changes: dict[str, Any]) -> None:
    made = body(format, article(episode=EPISODE, images=(Image(url=COVER),), **changes))
    for hidden in (b"12.vtt", b"Ida Storm", b"cover.jpg", b"explicit", b"12.json"):
        assert hidden not in made


def test_a_picture_that_may_not_be_shown_is_no_cover_either() -> None:
    shut = replace(HARBOUR, pictures="credited")
    given = article(source=shut, images=(Image(url=COVER),), episode=EPISODE)
    for made in (body("rss", given), body("jsonfeed", given)):
        assert COVER.encode() not in made
        assert b"12.vtt" in made


def test_a_strange_json_feed_is_no_trouble() -> None:
    given = json.loads(body("jsonfeed", article(episode=EPISODE)))
    several: tuple[object, ...] = (
        7,
        [],
        {"transcripts": 5, "people": [3, {}], "chapters": []},
        {"explicit": "x", "number": True},
    )
    for strange in several:
        given["items"][0]["_feedwright"]["episode"] = strange
        assert read(json.dumps(given), content_type="application/feed+json").drafts[0].episode is None


def test_it_is_kept_changed_and_purged(newsroom: Newsroom) -> None:
    newsroom.add("https://harbour.example/feed", show(WHOLE))
    newsroom.round()
    assert kept(newsroom).episode == EPISODE
    newsroom.web.put("https://harbour.example/feed", show("<itunes:episode>13</itunes:episode>"))
    newsroom.again(hours=2)
    assert kept(newsroom).episode == Episode(number=13)
    with newsroom.store.write():
        purge(newsroom.store.engine, 1, now=newsroom.clock())
    assert newsroom.store.engine.rows("SELECT episode FROM contents") == []


def kept(room: Newsroom) -> Article:
    (found,) = by_ids(room.store.engine, [1])
    return found


def test_a_page_that_is_read_for_its_text_loses_nothing_of_it() -> None:
    listed = read_one(show(WHOLE))
    page: Draft = replace(listed, episode=None, content_html="<p>Much more text.</p>")
    assert merged(source(), listed, page).episode == EPISODE
