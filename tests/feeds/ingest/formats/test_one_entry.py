"""One bad character, date or element costs at most its own entry: the neighbours are read, and the fault is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from feeds.ingest.formats.feed import parse_feed
from feeds.ingest.poll.drafts import make_drafts
from feeds.model.articles import DraftFeed
from feeds.text.markup import sanitize, text_of_html
from feeds.text.references import mended_document, mended_references, well_formed_text
from tests.fakes import NOON
from tests.feeds.ingest.reading import atom, entry, read, read_one, task

NEIGHBOUR = "<item><title>Neighbour</title><guid>harbour-2</guid></item>"


def rss(inner: str, head: str = "") -> str:
    return (
        f'<rss version="2.0" {head}><channel><title>Harbour</title><item><guid>harbour-1</guid>{inner}</item>'
        f"{NEIGHBOUR}</channel></rss>"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&#55357;&#56832;", "\U0001f600"),
        ("&#xD83D;&#xDE00;", "\U0001f600"),
        ("&#x00d83d;&#x00de00;", "\U0001f600"),
        ("&#xD83D;", "\ufffd"),
        ("&#xDE00;&#xD83D;", "\ufffd\ufffd"),
        ("&#x110000;", "\ufffd"),
        ("&#99999999999999999999;", "\ufffd"),
        ("&#x1F;&#0;&#xFFFE;&#65535;", ""),
        ("&#8217;&#10;&#x1F600;&#38;", "&#8217;&#10;&#x1F600;&#38;"),
        ("&#; &#x; &#xg;", "&#; &#x; &#xg;"),
    ],
)
def test_references_mean_characters(written: str, meant: str) -> None:
    assert mended_references(f"a{written}b") == f"a{meant}b"
    assert mended_document(f"ä{written}b".encode()) == f"ä{meant}b".encode()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Fish & chips", "Fish &amp; chips"),
        (
            "AT&T &nbsp;&eacute; &nosuch; &amp; &#8217; &#x41;",
            "AT&amp;T &#160;&#233; &amp;nosuch; &amp; &#8217; &#x41;",
        ),
        ("<![CDATA[a & b]]> & <!-- c & d -->", "<![CDATA[a & b]]> &amp; <!-- c & d -->"),
        ("<!-- never closed & so", "<!-- never closed & so"),
        ("a\x0bb\tc", "ab\tc"),
        (
            '<!DOCTYPE rss [<!ENTITY ship "skiff">]><t>&ship; & &eacute;</t>',
            '<!DOCTYPE rss [<!ENTITY ship "skiff">]><t>&ship; &amp; &#233;</t>',
        ),
    ],
)
def test_what_xml_does_not_know_is_spelled_out(written: str, meant: str) -> None:
    assert well_formed_text(written.encode()) == meant.encode()


@pytest.mark.parametrize("seed", ["<!--", "<![CDATA[", "&", "&amp", "<!--<![CDATA["])
def test_many_marks_cost_in_proportion(seed: str) -> None:
    assert len(well_formed_text((seed * 200_000).encode())) <= 5 * len(seed) * 200_000


@pytest.mark.parametrize("bad", ["Fish & chips", "Caf&eacute; &nbsp; by night", "A\x0b B"])
def test_what_xml_does_not_know_costs_no_neighbouring_field(bad: str) -> None:
    made = read(
        rss(
            f"<title>{bad}</title><description>AT&T was here.</description><podcast:episode>3</podcast:episode>"
            '<media:thumbnail url="https://harbour.example/t.jpg"/>'
        )
    )
    assert [one.url for one in made.drafts[0].images] == ["https://harbour.example/t.jpg"]
    assert made.drafts[0].content_html == "AT&amp;T was here."
    assert made.drafts[-1].title == "Neighbour"
    assert any("Not well-formed" in one for one in made.faults)


@pytest.mark.parametrize("seed", ["&#", "&#x", "&#x0", "&#0", "&#55357", "&#xD83D;"])
def test_many_references_cost_in_proportion(seed: str) -> None:
    assert len(mended_references(seed * 200_000)) <= len(seed) * 200_000


@pytest.mark.parametrize("element", ["title", "description", "category", "author", "pubDate", "link"])
def test_half_an_emoji_costs_no_feed(element: str) -> None:
    made = read(rss(f"<{element}>Fish &#xD83D;&#xDE00; &#55357; day</{element}>"))
    assert made.drafts[-1].title == "Neighbour"
    assert any("references" in one for one in made.faults)


def test_an_emoji_in_two_references_is_read_in_every_depth() -> None:
    assert read(rss("<title>Fish &#xD83D;&#xDE00;</title>")).drafts[0].title == "Fish \U0001f600"
    assert read(rss("<title>Fish &amp;#xD83D;&amp;#xDE00;</title>")).drafts[0].title == "Fish \U0001f600"
    assert sanitize("<p>&#xD83D;&#xDE00;</p>") == "<p>\U0001f600</p>"
    assert text_of_html("&#55357;&#56832;") == "\U0001f600"


@pytest.mark.parametrize(
    "broken",
    [
        '<feed xmlns="&#xD800;x"><title>T</title><entry><id>a:b</id><title>Neighbour</title></entry></feed>',
        '<feed xmlns=" "><title>T</title><entry><id>a:b</id><title>Neighbour</title></entry></feed>',
        f'<rdf: xmlns="http://purl.org/rss/1.0/"><channel><title>T</title></channel>{NEIGHBOUR}</rdf:>',
        rss("<title>One</title><dc:>x</dc:>"),
        rss("<title>One</title><:x>x</:x><1y>z</1y>"),
        rss("<title>One &amp two</title><textInput><title>S</title><name>q</name></textInput>"),
        rss("<title>One</title><textinput><name>q</name></textinput>"),
    ],
)
def test_broken_names_and_namespaces_leave_the_neighbours(broken: str) -> None:
    assert read(broken).drafts[-1].title == "Neighbour"


def test_an_entry_that_nothing_can_be_made_of_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    # No input is known that feedparser dies of and that is not mended before; so one of its own parts is made to.
    def die(reader: object) -> None:
        raise KeyError("poison")

    monkeypatch.setattr(feedparser.mixin._FeedParserMixin, "_end_generator", die, raising=False)
    items = "".join(f"<item><title>Story {n}</title><guid>{n}</guid></item>" for n in range(30))
    bad = "<item><title>Bad</title><generator>x</generator></item>"
    body = f'<rss version="2.0"><channel><title>T</title>{items}{bad}{items.replace("Story", "Tale")}</channel></rss>'
    made = parse_feed(body.encode(), url="https://harbour.example/f", content_type="")
    assert [one.title_html for one in made.entries].count("Bad") == 0
    assert len(made.entries) == 60
    assert "1 of 61 entries were left out" in made.faults[0]


@pytest.mark.parametrize(
    "inner",
    [
        "<title>Real</title><description>Words.</description><image><title>Pic</title><description>P</description></image>",
        "<image><title>Pic</title><description>P</description></image><title>Real</title><description>Words.</description>",
        "<title>Real</title><description>Words.</description><gallery><title>G</title><description>D</description></gallery>",
        "<title>Real</title><source url='http://a.example/'>S</source><description>Words.</description>"
        "<media:content url='http://a.example/a.jpg'><media:title>pic</media:title><media:description>of it</media:description></media:content>",
        "<title>Real</title><source url='http://a.example/'>S</source><description>Words.</description><media:title>pic</media:title>",
        "<dc:title>Other</dc:title><title>Real</title><description>Words.</description>",
        "<title>Real</title><description>Words.</description><box><link>http://a.example/x</link><pubDate>Fri, 20 Nov 2020 10:00:00 GMT</pubDate></box>",
    ],
)
@pytest.mark.parametrize("is_broken", [False, True])
def test_only_direct_children_speak_for_an_item(inner: str, is_broken: bool) -> None:
    head = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    extra = "<x>Fish & chips</x>" if is_broken else ""
    first = read(rss(inner + extra, head)).drafts[0]
    assert (first.title, first.content_html) == ("Real", "Words.")
    if not is_broken:
        assert first.published_at is None
        assert "a.example" not in str(first.url)


def test_only_direct_children_speak_for_an_atom_entry_and_for_the_head() -> None:
    nested = '<media:group><media:title>pic</media:title></media:group><x:box xmlns:x="u"><x:title>G</x:title><summary>D</summary></x:box>'
    assert read_one(atom(entry(nested))).title == "Story 1"
    assert read_one(atom(entry(nested))).summary == ""
    made = read(atom(entry(""), head='<x:box xmlns:x="u"><title>Not ours</title></x:box>'))
    assert made.title == "Harbour News"


def test_a_picture_names_an_entry_only_where_nothing_else_does() -> None:
    head = 'xmlns:media="http://search.yahoo.com/mrss/"'
    assert (
        read(rss("<media:title>Film</media:title><link>http://a.example/1</link>", head)).drafts[0].title
        == "Film"
    )
    grouped = "<media:group><media:title>Film</media:title></media:group>"
    assert read(rss(grouped, head)).drafts[0].title == "Film"


def test_who_wrote_what_an_entry_is_from_wrote_the_entry() -> None:
    planet = "<author><name>Planet Team</name></author>"
    origin = "<source><id>tag:ines.example,2026:f</id><title>Ines writes</title><author><name>Ines Calder</name></author></source>"
    (draft,) = read(atom(entry(origin), head=planet)).drafts
    assert [one.name for one in draft.authors] == ["Ines Calder"]
    (draft,) = read(atom(entry(f"<author><name>Tom Rook</name></author>{origin}"), head=planet)).drafts
    assert [one.name for one in draft.authors] == ["Tom Rook"]
    titled = "<source><title>The Harbour Post</title><author><name>The Harbour Post</name></author></source>"
    assert read_one(atom(entry(titled))).authors == ()
    assert read_one(atom(entry(origin))).title == "Story 1"


@pytest.mark.parametrize(
    ("written", "is_dated"),
    [("2099-11-27T10:00:00Z", False), ("2026-11-29T10:00:00Z", False), ("2026-11-20T10:00:00Z", True)],
)
def test_a_moment_that_has_not_come_counts_as_that_of_reading(written: str, is_dated: bool) -> None:
    (draft,) = read(
        atom(
            entry(f"<published>{written}</published>").replace("<updated>2026-11-20T10:00:00Z</updated>", "")
        )
    ).drafts
    assert draft.is_date_guessed is not is_dated
    assert draft.published_at == (datetime(2026, 11, 20, 10, tzinfo=UTC) if is_dated else NOON)


def test_how_far_ahead_a_date_may_lie_is_one_setting() -> None:
    given = task(atom(entry("<published>2026-11-29T10:00:00Z</published>")))
    made = make_drafts(replace(given, max_ahead=timedelta(days=30)))
    assert isinstance(made, DraftFeed)
    assert made.drafts[0].published_at == datetime(2026, 11, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        "<image>https://harbour.example/e.jpg</image>",
        "<image><url>https://harbour.example/e.jpg</url><title>Quay</title></image>",
        '<image url="https://harbour.example/e.jpg"/>',
        "<thumbnail>https://harbour.example/e.jpg</thumbnail>",
        '<enclosure url="https://harbour.example/e.jpg"/>',
        '<enclosure url="https://harbour.example/e.jpg" type="jpg" length="0"/>',
        '<enclosure url="https://harbour.example/e.jpg" type="application/octet-stream"/>',
    ],
)
def test_a_picture_of_the_entry_however_it_is_told(told: str) -> None:
    made = read(rss(f"<title>Ferry</title>{told}")).drafts[0]
    assert [one.url for one in made.images] == ["https://harbour.example/e.jpg"]
    assert (made.title, made.enclosures) == ("Ferry", ())


@pytest.mark.parametrize("told", ["<image>Quay</image>", "<image/>", '<image url="javascript:alert(1)"/>'])
def test_an_image_without_an_address_is_none(told: str) -> None:
    assert read(rss(f"<title>Ferry</title>{told}")).drafts[0].images == ()


def test_sound_that_atom_links_without_a_type_is_no_page() -> None:
    made = read_one(atom(entry('<link rel="enclosure" href="https://harbour.example/a.mp3"/>')))
    assert [(one.url, one.media_type) for one in made.enclosures] == [("https://harbour.example/a.mp3", None)]


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("<creator>Jane Roe</creator>", ["Jane Roe"]),
        ("<byline>By Jane Roe</byline>", ["Jane Roe"]),
        ('<author name="Jane Roe"/>', ["Jane Roe"]),
        ("<authors><author>Jane Roe</author><author>Omar Vale</author></authors>", ["Jane Roe", "Omar Vale"]),
        ('<c:creator xmlns:c="http://purl.org/dc/terms/">Jane Roe</c:creator>', ["Jane Roe"]),
        ("<author>Jane Roe</author><creator>Quay system</creator>", ["Jane Roe"]),
    ],
)
def test_who_wrote_it_in_rarer_words(told: str, names: list[str]) -> None:
    made = read(rss(f"<title>Ferry</title>{told}")).drafts[0]
    assert [one.name for one in made.authors] == names


@pytest.mark.parametrize(
    "told",
    [
        '<p:publicationDate xmlns:p="http://prismstandard.org/namespaces/basic/2.0/">2026-11-20</p:publicationDate>',
        "<publishedAt>2026-11-20</publishedAt>",
        '<pubDate>Fri, 20 Nov 2026 00:00:00 GMT</pubDate><p:coverDate xmlns:p="http://prismstandard.org/namespaces/basic/2.0/">2026-12-01</p:coverDate>',
    ],
)
def test_when_it_was_published_in_rarer_words(told: str) -> None:
    made = read(rss(f"<title>Ferry</title>{told}")).drafts[0]
    assert made.published_at == datetime(2026, 11, 20, tzinfo=UTC)


def test_the_whole_text_beside_a_teaser_is_the_content() -> None:
    full = '<y:full-text xmlns:y="http://news.yandex.ru">The ferry waits in fog, and nobody knows for how long.</y:full-text>'
    made = read(rss(f"<title>Ferry</title><description>The ferry waits.</description>{full}")).drafts[0]
    assert (made.content_html, made.summary) == (
        "The ferry waits in fog, and nobody knows for how long.",
        "The ferry waits.",
    )


@pytest.mark.parametrize("nothing", ["N/A", "null", "undefined", "[object Object]", "-", "#"])
def test_what_programs_write_for_nothing_is_neither_id_nor_address(nothing: str) -> None:
    one = f'<item><title>{{}}</title><guid isPermaLink="false">{nothing}</guid><link>{nothing}</link></item>'
    made = read(f"<rss><channel><title>F</title>{one.format('Ferry')}{one.format('Seals')}</channel></rss>")
    assert [draft.url for draft in made.drafts] == [None, None]
    assert len({draft.guid for draft in made.drafts}) == 2
    assert not any(draft.is_guid_given for draft in made.drafts)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss PUBLIC "-//Quay//DTD RSS 0.91//EN" "https://harbour.example/rss-0.91.dtd">',
        '<!DOCTYPE rss SYSTEM "rss.dtd">',
        "<!DOCTYPE rss>",
        '<!DOCTYPE rss [<!ENTITY % latin PUBLIC "-//Quay//ENTITIES Latin 1//EN" "https://harbour.example/latin.ent"> %latin;]>',
    ],
)
def test_entities_of_a_document_type_elsewhere_are_those_of_html(doctype: str) -> None:
    told = rss("<title>&eacute;t&eacute; &mdash; Fish &amp; chips</title>")
    assert read(told.replace("<rss ", f"{doctype}<rss ")).drafts[0].title == "été — Fish & chips"
