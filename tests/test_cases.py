"""Inputs that were once read wrongly, kept beside the corpus: what is right for each (skipped where they are not there)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.ingest.formats.opml import read_opml
from feeds.ingest.pages.page import read_page
from feeds.ingest.poll.drafts import make_drafts
from feeds.ingest.poll.tasks import ParseTask
from feeds.model.articles import Draft, DraftFeed
from feeds.text.markup import sanitize
from feeds.text.urls import published_url
from tests.feeds.ingest.reading import source

BASE = "http://quay.example"
NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
CORPUS = os.environ.get("FEEDWRIGHT_CORPUS", "")
CASES = Path(CORPUS).parent / "cases" if CORPUS else Path("cases")

pytestmark = pytest.mark.skipif(
    not (CORPUS and CASES.is_dir()), reason="beside FEEDWRIGHT_CORPUS there is no folder of cases"
)


def body(name: str) -> bytes:
    return (CASES / name).read_bytes().replace(b"{{BASE}}", BASE.encode())


def feed(name: str) -> DraftFeed:
    made = make_drafts(
        ParseTask(
            body=body(name),
            url=f"{BASE}/feed",
            content_type="application/xml",
            source=source(),
            now=NOW,
            max_entries=1000,
        )
    )
    assert isinstance(made, DraftFeed), made
    return made


def drafts(name: str) -> dict[str, Draft]:
    return {one.title: one for one in feed(name).drafts}


def page(name: str) -> str:
    read = read_page(body(name), url=f"{BASE}/p", content_type="text/html; charset=utf-8", now=NOW)
    return sanitize(read.entry.content_html or "", base_url=BASE)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("escaped-pair-in-title", "Fish \U0001f600 day"),
        ("surrogates-dec", "Fish \U0001f600 day"),
        ("surrogates-hex", "Fish \U0001f600 day"),
        ("overflow", "Fish \ufffd day"),
        ("too-big", "Fish \ufffd day"),
        ("textinput-in-item", "Fish day"),
    ],
)
def test_01_one_reference_costs_no_feed(name: str, title: str) -> None:
    assert [one.title for one in feed(f"01-charref-kills-feed/{name}.xml").drafts] == [
        title,
        "Sound neighbour",
    ]


@pytest.mark.parametrize("name", ["f16", "f48", "f51", "f53"])
def test_02_an_impossible_date_is_none(name: str) -> None:
    (draft,) = feed(f"02-impossible-date-times-out/{name}.xml").drafts
    assert draft.published_at is None


def test_03_offsets_hold() -> None:
    found = {title: one.published_at for title, one in drafts("03-date-offset-ignored/feed.xml").items()}
    meant = datetime(2019, 9, 11, 17, 22, 30, tzinfo=UTC)
    assert found["Wed, 11 Sep 2019 22:52:30 +05:30"] == meant
    assert found["Wed, 11 Sep 2019 22:52:30 GMT+0530"] == meant
    assert found["Mon, 01 Jan 0001 00:00:00 +0000"] is None


def test_04_late_pictures_have_their_real_address() -> None:
    (draft,) = feed("04-lazy-images-feed/feed.xml").drafts
    for number in (1, 2, 4, 7, 8, 9, 17, 18, 19, 21):
        assert draft.content_html.count(f'"{BASE}/img/a{number}.jpg"') == 1, number
    assert f'"{BASE}/img/a3-720.jpg"' in draft.content_html
    assert f'"{BASE}/img/a5-2.jpg"' in draft.content_html
    assert not any(word in draft.content_html for word in ("blank.gif", "spinner.gif", "<source", "data:"))
    assert all("/img/a" in one.url or "cdn.example" in one.url for one in draft.images)


def test_05_pictures_of_pages() -> None:
    content = page("05-page-pictures/p1")
    assert [f"/img/v{number}" in content for number in range(13)] == [True] * 13
    assert "v6-900.jpg" in content
    assert "v7.webp" in content


def test_06_embeds_leave_links_and_players() -> None:
    (draft,) = feed("06-embeds-vanish/feed.xml").drafts
    for key in "abcd":
        assert f'href="https://www.youtube.com/watch?v={key * 11}"' in draft.content_html
    for part in (
        "vimeo.com/1234567",
        "w.soundcloud.com",
        "https://evil.example/x",
        "Chart inside",
        "/v/p.jpg",
        ">Race</a>",
    ):
        assert part in draft.content_html
    content = page("06-embeds-vanish/page-p5.html")
    for part in ("youtube.com/watch?v=aaaaaaaaaaa", "vimeo", "<audio", "<video", "/p.jpg", "Race film"):
        assert part in content


def test_07_formulas_and_drawings_leave_words() -> None:
    (draft,) = feed("07-math-svg-vanish-feed/feed.xml").drafts
    assert "Growth is e^(kt)+1/2 each day." in draft.content_html
    assert "Root \\(\\sqrt{16}\\) is four." in draft.content_html
    assert "A bar chart of landings" in draft.content_html
    assert "alert" not in draft.content_html


@pytest.mark.parametrize("name", ["feed", "pre-xhtml", "rss-unescaped-m2"])
def test_08_a_line_break_is_one(name: str) -> None:
    shown = [one.content_html for one in feed(f"08-xhtml-br-doubled/{name}.xml").drafts]
    assert any("<br>" in one for one in shown)
    assert not any("A<br><br>" in one or "</b><br><br>" in one for one in shown)


def test_09_the_source_of_an_entry_tells_its_author() -> None:
    found = {
        title: [who.name for who in one.authors]
        for title, one in drafts("09-atom-source-author/feed.xml").items()
    }
    assert found == {"Knots": ["Ines Calder"], "Ropes": ["Tom Rook"]}
    inherited = {
        title: [who.name for who in one.authors]
        for title, one in drafts("09-atom-source-author/inh.xml").items()
    }
    assert inherited == {"I1": ["Feed Author"], "I2": ["Own One", "Own Two"], "I3": ["Orig Author"]}


@pytest.mark.parametrize("name", ["image-description", "image-title", "textinput-lower", "unknown-nested"])
def test_10_only_direct_children_count(name: str) -> None:
    first = feed(f"10-nested-elements-override/{name}.xml").drafts[0]
    assert first.title == "Real title"
    assert first.content_html in ("Real words.", "")


def test_11_fragments_are_kept_in_links() -> None:
    found = [
        published_url(one.url, one.canonical_url) or "" for one in feed("11-fragment-cut/links.xml").drafts
    ]
    assert f"{BASE}/links/p14#comments" in found
    assert f"{BASE}/links/#/post/1" in found


def test_12_lines_of_plain_text_stand() -> None:
    found = drafts("12-plain-text-lines-lost/rss-text.xml")
    assert found["D0"].content_html.startswith("<p>Line one<br>Line two</p>")
    assert '<a href="http://harbour.example/race"' in found["D0"].content_html
    atom = drafts("12-plain-text-lines-lost/atom-text.xml")
    assert atom["B5 base64"].content_html == ""
    assert "<li>one</li>" in atom["B6 markdown"].content_html
    (film,) = feed("12-plain-text-lines-lost/youtube.xml").drafts
    assert "00:00 Start<br>01:30 Turn &amp; back<br>" in film.content_html
    assert not any(one.caption for one in film.images)


def test_13_a_group_is_one_picture() -> None:
    found = drafts("13-media-group-renditions/feed.xml")
    assert [one.url for one in found["Item 2 of feat"].images] == [f"{BASE}/i/g1-big.jpg"]


@pytest.mark.parametrize("name", ["cp1251", "cp1251amp"])
def test_14_lists_are_read_in_their_charset(name: str) -> None:
    (one,) = read_opml(body(f"14-opml-encodings/{name}.opml")).sources
    assert (one.title, one.folders) == ("Лодки", ("Порт",))


def test_14_odd_outlines() -> None:
    read = read_opml(body("14-opml-encodings/odd.opml"))
    assert not any("/o/9.xml" in one.url for one in read.sources)
    assert any("“Off”" in one for one in read.left_out)
    assert any("“Bad”" in one for one in read.left_out)


def test_17_small_things() -> None:
    atom = drafts("17-small/atom.xml")
    assert f'href="{BASE}/base/b4.mp3"' in atom["B4"].content_html
    assert "Line one<br>Line two" in atom["B7 text lines"].content_html
    (undeclared,) = feed("17-small/undef.xml").drafts
    assert undeclared.content_html == "<p>Body of undeclared</p>"
    content = page("17-small/page-lists.html")
    assert '<ol start="5">' in content
    assert "<hr>" in content


def files() -> list[str]:
    """Names of all feeds among the cases; none where there are no cases."""
    found = CASES.glob("*/*.xml") if CORPUS and CASES.is_dir() else ()
    return sorted(str(path.relative_to(CASES)) for path in found)


@pytest.mark.parametrize("name", files())
def test_every_feed_of_every_case_is_read(name: str) -> None:
    assert feed(name).drafts
