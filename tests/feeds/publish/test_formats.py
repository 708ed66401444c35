"""The formats: what a reader finds in the bytes, and that the same data makes the same bytes."""

from __future__ import annotations

import html
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.errors import RenderError
from feeds.model.incoming import Enclosure, Image
from feeds.model.outgoing import FeedDocument, FeedKey, Format, SiteInfo
from feeds.model.rights import Terms
from feeds.publish.compose import compose
from feeds.publish.formats.opml import write_opml
from feeds.publish.render import FORMATS, recipe_of, render
from tests.fakestore import HARBOUR, MARA, NOON, FakeStore, article

SITE = SiteInfo(title="Skerry & Reader", base_url="https://reader.example", language="en")
ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
DC = "{http://purl.org/dc/elements/1.1/}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
BOTH: list[Format] = ["atom", "rss"]
ALL: list[Format] = [*BOTH, "jsonfeed"]


def document(*articles: object) -> FeedDocument:
    key = FeedKey(kind="topic", slug="tides")
    page = FakeStore(articles).feed_page(key, entries=50, window=timedelta(0), most=50)  # type: ignore[arg-type]
    assert page is not None
    return compose(page, SITE, excerpt_chars=300)


def body(format: Format, *articles: object) -> bytes:
    return render(document(*articles), format, changed_at=NOON).body


def tree(format: Format, *articles: object) -> Any:
    return etree.fromstring(body(format, *articles))


def parsed(format: Format, *articles: object) -> Any:
    return feedparser.parse(io.BytesIO(body(format, *articles)))


def test_atom_says_all_that_rfc_4287_asks_of_a_feed() -> None:
    feed = tree("atom", article())
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert feed.findtext(f"{ATOM}id").startswith("urn:uuid:")
    assert feed.findtext(f"{ATOM}updated") == "2026-11-20T11:05:00Z"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Skerry & Reader"
    links = {(link.get("rel"), link.get("href"), link.get("type")) for link in feed.findall(f"{ATOM}link")}
    assert links == {
        ("self", "https://reader.example/topics/tides.atom", "application/atom+xml"),
        ("alternate", "https://reader.example/topics/tides", "text/html"),
    }


def test_an_atom_entry_keeps_every_relation_type_and_length() -> None:
    entry = tree("atom", article()).find(f"{ATOM}entry")
    links = [dict(link.attrib) for link in entry.findall(f"{ATOM}link")]
    assert links == [
        {"rel": "alternate", "href": "https://harbour.example/2026/11/1"},
        {"rel": "enclosure", "href": "https://harbour.example/a.mp3", "type": "audio/mpeg", "length": "1234"},
        {"rel": "enclosure", "href": "https://harbour.example/b.pdf", "type": "application/pdf"},
    ]
    assert [one.text for one in entry.findall(f"{ATOM}author/{ATOM}name")] == ["Mara Lindqvist", "Jon Abara"]
    assert entry.findtext(f"{ATOM}published") == "2026-11-20T11:00:00Z"
    assert entry.find(f"{ATOM}content").get("type") == "html"


def test_an_atom_entry_names_its_source_and_whom_to_credit() -> None:
    entry = tree("atom", article()).find(f"{ATOM}entry")
    source = entry.find(f"{ATOM}source")
    assert source.findtext(f"{ATOM}id") == HARBOUR.feed_id
    assert source.findtext(f"{ATOM}title") == "The Harbour Post"
    assert source.find(f"{ATOM}author") is None
    picture = entry.find(f"{MEDIA}content")
    assert picture.get("medium") == "image"
    assert picture.findtext(f"{MEDIA}credit") == "Ida Storm / Harbour Pictures"
    assert picture.findtext(f"{MEDIA}description") == "The quay at low water."


def test_licence_and_terms_are_linked_and_no_terms_of_our_own_are_stated() -> None:
    terms = Terms(prohibits=("usage:ai-all",), terms_url="https://harbour.example/terms", copyright="Harbour")
    licensed = article(license_url="https://licenses.example/by", terms=(terms,))
    addresses = ["https://licenses.example/by", "https://harbour.example/terms"]
    entries = tree("atom", licensed).find(f"{ATOM}entry"), tree("rss", licensed).find("channel/item")
    for entry in entries:
        links = [one.get("href") for one in entry.iter(f"{ATOM}link") if one.get("rel") == "license"]
        assert links == addresses
    assert not any(b"rslstandard.org" in body(format, licensed) for format in ALL)
    extension = json.loads(body("jsonfeed", licensed))["items"][0]["_feedwright"]
    assert (extension["license"], extension["terms"]) == (addresses[0], addresses[1:])


def test_pictures_have_their_size_the_main_one_first_and_thumbnails_last() -> None:
    pictures = (
        Image(url="https://harbour.example/t.jpg", width=75, height=50, role="thumbnail"),
        Image(url="https://harbour.example/u.jpg", credit="Ida Storm", role="thumbnail"),
        Image(url="https://harbour.example/a.jpg", width=640, height=480, media_type="image/jpeg"),
        Image(url="https://harbour.example/m.jpg", role="main"),
    )
    shown = article(images=pictures)
    for entry in (tree("atom", shown).find(f"{ATOM}entry"), tree("rss", shown).find("channel/item")):
        contents = [
            dict(one.attrib) for one in entry.findall(f"{MEDIA}content") if one.get("medium") == "image"
        ]
        assert [one["url"][-5:] for one in contents] == ["m.jpg", "a.jpg", "u.jpg"]
        assert (contents[1]["width"], contents[1]["height"]) == ("640", "480")
        (thumbnail,) = entry.findall(f"{MEDIA}thumbnail")
        assert dict(thumbnail.attrib) == {
            "url": "https://harbour.example/t.jpg",
            "width": "75",
            "height": "50",
        }
    item = json.loads(body("jsonfeed", shown))["items"][0]
    assert item["image"] == "https://harbour.example/m.jpg"
    assert item["_feedwright"]["images"][1] == {
        "url": "https://harbour.example/a.jpg", "width": 640, "height": 480, "mime_type": "image/jpeg"
    }  # fmt: skip
    assert item["_feedwright"]["images"][3]["role"] == "thumbnail"


def test_what_nobody_signed_is_not_put_down_to_us() -> None:
    entry = tree("atom", article(authors=())).find(f"{ATOM}entry")
    # Its source, not us: some readers do not look into the source element.
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "The Harbour Post"
    assert entry.findtext(f"{ATOM}source/{ATOM}author/{ATOM}name") == "The Harbour Post"
    item = json.loads(body("jsonfeed", article(authors=())))
    assert "authors" not in item
    assert "authors" not in item["items"][0]


def test_rss_says_what_readers_of_rss_look_for() -> None:
    channel = tree("rss", article()).find("channel")
    assert channel.findtext("link") == "https://reader.example/topics/tides"
    assert channel.findtext("language") == "en"
    assert channel.findtext("lastBuildDate") == "Fri, 20 Nov 2026 11:05:00 +0000"
    assert channel.find(f"{ATOM}link").get("href") == "https://reader.example/topics/tides.rss"
    item = channel.find("item")
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("guid") == article().urn
    assert item.findtext("pubDate") == "Fri, 20 Nov 2026 11:00:00 +0000"
    assert item.findtext(f"{ATOM}updated") == "2026-11-20T11:00:00Z"
    assert [one.text for one in item.findall(f"{DC}creator")] == ["Mara Lindqvist, Jon Abara"]
    assert item.find("source").get("url") == "https://harbour.example/news.rss"
    assert dict(item.find("enclosure").attrib) == {
        "url": "https://harbour.example/a.mp3",
        "length": "1234",
        "type": "audio/mpeg",
    }
    assert [one.get("url") for one in item.findall(f"{MEDIA}content")] == [
        "https://harbour.example/b.pdf",
        "https://harbour.example/quay.jpg",
    ]
    tags = [child.tag for child in item]
    assert tags.index("description") < tags.index(ENCODED)


def test_how_long_a_file_lasts_is_said_where_there_is_a_word_for_it() -> None:
    sounds = [Enclosure(url=f"https://harbour.example/{name}.mp3", duration_s=3723) for name in "ab"]
    item = tree("rss", article(enclosures=tuple(sounds))).find("channel/item")
    assert item.findtext("{http://www.itunes.com/dtds/podcast-1.0.dtd}duration") == "3723"
    assert item.find(f"{MEDIA}content").get("duration") == "3723"
    shown = json.loads(body("jsonfeed", article(enclosures=tuple(sounds))))["items"][0]["attachments"]
    assert [one["duration_in_seconds"] for one in shown] == [3723, 3723]


def test_a_private_source_shows_its_home_or_nothing_but_its_name() -> None:
    private = replace(HARBOUR, feed_url=None)
    assert tree("rss", article(source=private)).find(".//source").get("url") == "https://harbour.example/"
    nowhere = replace(private, home_url=None)
    assert tree("rss", article(source=nowhere)).find(".//source") is None
    assert b"news.rss" not in body("atom", article(source=nowhere))


def test_another_language_is_said_at_the_entry() -> None:
    entry = tree("atom", article(language="de")).find(f"{ATOM}entry")
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert tree("rss", article(language="de")).findtext(f".//{DC}language") == "de"
    assert tree("rss", article(language="en")).find(f".//{DC}language") is None


def test_an_author_has_an_address_everywhere_and_a_portrait_where_there_is_a_word_for_it() -> None:
    mara = replace(MARA, picture_url="https://harbour.example/mara.jpg")
    (shown,) = json.loads(body("jsonfeed", article(authors=(mara,))))["items"][0]["authors"]
    address = "https://reader.example/authors/mara-lindqvist"
    assert (shown["url"], shown["avatar"]) == (address, "https://harbour.example/mara.jpg")
    assert tree("atom", article(authors=(mara,))).findtext(f"{ATOM}entry/{ATOM}author/{ATOM}uri") == address


def test_jsonfeed_holds_what_the_format_has_words_for_and_the_rest_beside() -> None:
    feed = json.loads(body("jsonfeed", article()))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://reader.example/topics/tides.json"
    item = feed["items"][0]
    assert item["id"] == article().urn
    assert item["authors"][0] == {
        "name": "Mara Lindqvist",
        "url": "https://reader.example/authors/mara-lindqvist",
    }
    assert item["attachments"][1] == {
        "url": "https://harbour.example/b.pdf",
        "mime_type": "application/pdf",
    }
    assert item["_feedwright"]["source"]["title"] == "The Harbour Post"
    assert item["_feedwright"]["images"][0]["credit"] == "Ida Storm / Harbour Pictures"


def test_jsonfeed_items_always_have_content() -> None:
    headline = article(source=replace(HARBOUR, share="headline"))
    item = json.loads(body("jsonfeed", headline))["items"][0]
    assert "content_html" not in item
    assert item["content_text"] == "First published by The Harbour Post"


@pytest.mark.parametrize("format", BOTH)
def test_a_parser_of_feeds_reads_back_what_was_written(format: Format) -> None:
    odd = article(title="Use <b> & “tides”", summary="1 < 2 & é", content_html="<p>x]]&gt;y ]]> é</p>")
    found = parsed(format, odd, article(2))
    assert not found.bozo
    assert len(found.entries) == 2
    entry = found.entries[0]
    assert entry.id == odd.urn
    assert entry.link == odd.url
    assert "“tides”" in entry.title
    assert "y ]]> é</p>" in entry.content[0].value
    assert entry.source.title == "The Harbour Post"
    names = ", ".join(one["name"] for one in entry.authors)
    assert names == "Mara Lindqvist, Jon Abara"


def test_rss_writes_markup_characters_as_the_best_practices_profile_asks() -> None:
    written = body("rss", article(title="A & <b>"))
    assert b"<title>A &#x26; &#x3C;b&gt;</title>" in written
    assert etree.fromstring(written).findtext("channel/item/title") == "A & <b>"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("All of <b>it</b> & <script>", "All of &lt;b&gt;it&lt;/b&gt; &amp; &lt;script&gt;"),
        ("Where &lt; is meant", "Where &amp;lt; is meant"),
        ("Tides & Weather", "Tides & Weather"),
    ],
)
def test_a_description_is_text_for_readers_that_take_it_for_html(said: str, written: str) -> None:
    shown = replace(document(article()), description=said)
    rss = etree.fromstring(render(shown, "rss", changed_at=NOON).body)
    assert rss.findtext("channel/description") == written
    assert html.unescape(written) == said
    assert json.loads(render(shown, "jsonfeed", changed_at=NOON).body)["description"] == said


def test_atom_titles_are_plain_text_which_every_reader_shows_right() -> None:
    title = tree("atom", article(title="A & <b>")).find(f"{ATOM}entry/{ATOM}title")
    assert (title.get("type"), title.text) == (None, "A & <b>")
    feed = tree("atom", article(title="Plain"))
    # "Tides & Weather": a lone ampersand is no markup, and some readers do not decode twice.
    assert feed.find(f"{ATOM}title").get("type") is None
    assert feed.find(f"{ATOM}entry/{ATOM}title").get("type") is None


@pytest.mark.parametrize("format", ALL)
def test_the_same_data_makes_the_same_bytes_whenever_it_is_written(format: Format) -> None:
    shown = document(article(1), article(2))
    today = render(shown, format, changed_at=NOON)
    tomorrow = render(shown, format, changed_at=NOON + timedelta(days=1))
    assert today.body == tomorrow.body
    assert today.etag == tomorrow.etag
    assert today.changed_at != tomorrow.changed_at


@pytest.mark.parametrize("format", ALL)
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=40))
def test_no_text_of_a_source_breaks_a_feed(format: Format, text: str) -> None:
    wild = article(
        title=text,
        summary=text,
        categories=(text,),
        rights=text,
        language=text,
        source=replace(HARBOUR, title=text),
    )
    written = body(format, wild)
    if format == "jsonfeed":
        assert len(json.loads(written)["items"]) == 1
    else:
        tag = f"{ATOM}entry" if format == "atom" else "item"
        assert len(list(etree.fromstring(written).iter(tag))) == 1


@pytest.mark.parametrize("format", BOTH)
def test_what_xml_cannot_carry_is_an_error_of_ours(format: Format) -> None:
    shown = document(article())
    broken = replace(shown, entries=(replace(shown.entries[0], title="\x0b"),))
    with pytest.raises(RenderError, match="cannot be written"):
        render(broken, format, changed_at=NOON)


def test_an_empty_feed_is_a_feed() -> None:
    page = FakeStore().feed_page(FeedKey(kind="all"), entries=5, window=timedelta(0), most=5)
    assert page is not None
    for format in ALL:
        assert render(compose(page, SITE, excerpt_chars=9), format, changed_at=NOON).body


def test_the_recipe_changes_with_every_setting_that_shows() -> None:
    plain = recipe_of(SITE, entries=50, excerpt_chars=300)
    others = {
        recipe_of(replace(SITE, title="x"), entries=50, excerpt_chars=300),
        recipe_of(replace(SITE, base_url="https://x.example"), entries=50, excerpt_chars=300),
        recipe_of(replace(SITE, language="de"), entries=50, excerpt_chars=300),
        recipe_of(SITE, entries=51, excerpt_chars=300),
        recipe_of(SITE, entries=50, excerpt_chars=301),
    }
    assert len(others) == 5
    assert plain not in others
    assert plain == recipe_of(SITE, entries=50, excerpt_chars=300)


def test_every_format_has_its_own_ending() -> None:
    assert {spec.extension for spec in FORMATS.values()} == {"atom", "rss", "json", "ninjs"}


def test_opml_lists_every_feed_in_its_folder() -> None:
    infos = FakeStore([article()]).every_feed()
    outline = etree.fromstring(write_opml(infos, SITE))
    addresses = [one.get("xmlUrl", "") for one in outline.iter("outline") if "xmlUrl" in one.attrib]
    assert sorted(addresses) == sorted(f"https://reader.example{info.key.path()}.atom" for info in infos)
    assert [one.get("text") for one in outline.findall("body/outline")] == [
        "Skerry & Reader",
        "Topics",
        "Authors",
        "Sources",
    ]
    assert outline.findtext("head/dateModified") == "Fri, 20 Nov 2026 12:00:00 +0000"


def ninjs(*articles: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body("ninjs", *articles))
    return found


def test_ninjs_carries_people_pictures_with_credits_subjects_and_rights() -> None:
    feed = ninjs(article(rights="© Harbour Post", license_url="https://licences.example/by"))
    assert (feed["type"], feed["standard"]["version"]) == ("composite", "3.1")
    [item] = feed["associations"]
    assert item["uri"] == article().urn
    assert [one["name"] for one in item["people"]] == ["Mara Lindqvist", "Jon Abara"]
    assert item["by"] == "Mara Lindqvist, Jon Abara"
    picture = item["associations"][0]
    assert picture["by"] == "Ida Storm / Harbour Pictures"
    assert {one["role"]: one["value"] for one in picture["descriptions"]}[
        "caption"
    ] == "The quay at low water."
    assert picture["renditions"][0]["width"] == 1200
    assert {one["name"] for one in item["associations"][1:]} == {"file-1", "file-2"}
    assert item["copyrightNotice"] == "© Harbour Post"
    assert item["rightsInfo"] == {"linkedRights": "https://licences.example/by"}
    assert {one["rel"] for one in item["subjects"]} == {"topic", "label"}
    assert item["pubStatus"] == "usable"


def test_ninjs_of_a_headline_is_partial_and_holds_no_text() -> None:
    [item] = ninjs(article(source=replace(HARBOUR, share="headline")))["associations"]
    assert item["representationType"] == "partial"
    assert "bodies" not in item
    assert "associations" not in item
