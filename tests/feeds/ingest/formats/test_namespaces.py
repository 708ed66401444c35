"""Namespaces as publishers spell them."""

from __future__ import annotations

import pytest

from feeds.ingest.formats.namespaces import well_spelled, with_declared
from feeds.ingest.poll.drafts import parse
from feeds.model.incoming import ParsedEntry
from tests.fakes import item

URL = "https://harbour.example/feed"


def read(head: str, entry: str) -> ParsedEntry:
    text = f'<rss version="2.0" {head}><channel><title>Harbour</title>{entry}</channel></rss>'
    (found,) = parse(text.encode(), url=URL, content_type="").entries
    return found


@pytest.mark.parametrize(
    "address",
    [
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "http://www.itunes.com/DTDs/Podcast-1.0.dtd",
        "HTTP://WWW.ITUNES.COM/DTDS/PODCAST-1.0.DTD",
        "https://www.itunes.com/dtds/podcast-1.0.dtd",
        "http://harbour.example/nothing",
    ],
)
def test_the_picture_of_an_episode_is_found_however_its_namespace_is_spelled(address: str) -> None:
    picture = item(1, extra='<itunes:image href="https://harbour.example/boat.jpg"/>')
    (image,) = read(f"xmlns:itunes='{address}'", picture).images
    assert image.url == "https://harbour.example/boat.jpg"


@pytest.mark.parametrize(
    "address",
    ["http://search.yahoo.com/mrss", "https://search.yahoo.com/mrss/", "http://www.rssboard.org/media-rss"],
)
def test_credits_are_found_under_other_spellings_of_media_rss(address: str) -> None:
    told = '<media:content url="https://harbour.example/a.jpg"><media:credit>Jane Roe</media:credit></media:content>'
    (image,) = read(f'xmlns:media="{address}"', item(1, extra=told)).images
    assert image.credit == "Jane Roe"


def test_an_atom_feed_that_spells_atom_otherwise_is_atom() -> None:
    text = (
        '<feed xmlns="https://www.w3.org/2005/Atom/"><title>Harbour</title><entry><id>urn:x:1</id>'
        "<title>Boats</title><author><name>Jane Roe</name></author></entry></feed>"
    )
    found = parse(text.encode(), url=URL, content_type="")
    assert (found.format, found.entries[0].bylines[0].text) == ("atom10", "Jane Roe")


def test_a_text_that_writes_about_namespaces_stays_as_it_is() -> None:
    code = 'xmlns:itunes="http://www.itunes.com/DTDs/Podcast-1.0.dtd"'
    text = f"<rss {code}><channel><item><title>Use {code}</title></item></channel></rss>".encode()
    assert well_spelled(text).count(b"DTDs") == 1
    assert b"<title>Use " + code.encode() in well_spelled(text)


def test_other_vocabularies_under_a_usual_prefix_stay_what_they_are() -> None:
    old = b'<rss xmlns:dc="http://purl.org/dc/elements/1.0/" xmlns:atom="http://purl.org/atom/ns#"><channel/></rss>'
    assert well_spelled(old) == old


def test_a_link_whose_attribute_names_another_scheme_leads_to_its_text() -> None:
    link = (
        '<item><title>Boats</title><link uri="at://did:plc:x/post/1">https://harbour.example/1</link></item>'
    )
    assert read("", link).url == "https://harbour.example/1"


def test_prefixes_that_are_used_without_being_declared_mean_what_they_usually_mean() -> None:
    entry = item(
        1,
        extra="<content:encoded>All of it.</content:encoded><odd:thing odd:x='y'/><dc:creator>Jane Roe</dc:creator>",
    )
    pictured = entry.replace(
        "</item>",
        '<media:content url="https://harbour.example/a.jpg"><media:credit>B. Oat</media:credit></media:content></item>',
    )
    text = f'<rss version="2.0"><channel><title>Harbour</title>{pictured}</channel></rss>'
    found = parse(text.encode(), url=URL, content_type="")
    (one,) = found.entries
    assert [byline.text for byline in one.bylines] == ["Jane Roe"]
    assert one.content_html == "All of it."
    assert [(image.url, image.credit) for image in one.images] == [
        ("https://harbour.example/a.jpg", "B. Oat")
    ]
    (fault,) = found.faults
    assert "unbound prefix" in fault


def test_a_document_of_a_thousand_undeclared_prefixes_is_left_as_it_is() -> None:
    text = ("<rss>" + "".join(f"<p{n}:x/>" for n in range(1000)) + "</rss>").encode()
    assert with_declared(text) == text
