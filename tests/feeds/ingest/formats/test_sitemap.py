"""Sitemaps, their indexes and extensions; broken, packed and hostile ones."""

from __future__ import annotations

import gzip

import pytest

from feeds.errors import ParseError
from feeds.ingest.formats.sitemap import parse_sitemap

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)
NEWS = (
    "<url><loc> https://n.example/a </loc><lastmod>2026-11-20</lastmod><news:news><news:publication>"
    "<news:name>N</news:name><news:language>nn</news:language></news:publication>"
    "<news:publication_date>2026-11-21T08:00:00+01:00</news:publication_date>"
    "<news:title>Ferry &amp; fog</news:title><news:keywords>Sea, Fog</news:keywords></news:news>"
    "<image:image><image:loc>https://n.example/a.jpg</image:loc><image:caption>The quay</image:caption>"
    "</image:image></url>"
)


def test_addresses_come_newest_first_with_what_the_extensions_say() -> None:
    body = HEAD + "<url><loc>https://n.example/old</loc><lastmod>2020-01-01</lastmod></url>" + NEWS
    body += "<url><loc>https://n.example/undated</loc></url><url><lastmod>2026-01-01</lastmod></url></urlset>"
    found = parse_sitemap(body.encode())
    assert [entry.url for entry in found.entries] == [
        "https://n.example/a",
        "https://n.example/old",
        "https://n.example/undated",
    ]
    news = found.entries[0]
    assert news.title_html == "Ferry &amp; fog"
    assert (news.published, news.updated) == ("2026-11-21T08:00:00+01:00", "2026-11-20")
    assert (news.categories, news.language) == (("Sea", "Fog"), "nn")
    assert [(image.url, image.caption) for image in news.images] == [("https://n.example/a.jpg", "The quay")]


def test_an_index_names_its_children_newest_first() -> None:
    body = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>https://n.example/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>"
        "<sitemap><loc>https://n.example/2.xml</loc><lastmod>2026-11-01</lastmod></sitemap>"
        "<sitemap><loc>https://n.example/3.xml</loc></sitemap></sitemapindex>"
    )
    found = parse_sitemap(body.encode())
    assert [url[-5] for url in found.more_urls] == ["2", "1", "3"]
    assert found.entries == ()


def test_packed_ones_text_files_and_ones_that_break_off_are_read() -> None:
    body = (HEAD + NEWS + "</urlset>").encode()
    assert len(parse_sitemap(gzip.compress(body)).entries) == 1
    cut = parse_sitemap((HEAD + NEWS + "<url><loc>https://n.example/b</loc></url><url><lo").encode())
    assert len(cut.entries) == 2
    assert cut.faults
    text = parse_sitemap(b"https://n.example/1\n\nhttps://n.example/2\n")
    assert [entry.url for entry in text.entries] == ["https://n.example/1", "https://n.example/2"]


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"<rss version='2.0'><channel/></rss>", "not-a-feed"),
        (b"<!doctype html><html><body>hello</body></html>", "not-a-feed"),
        (b"plain words\nand more", "not-a-feed"),
        (b"", "not-a-feed"),
        (b"\x1f\x8bbroken", "unreadable"),
    ],
)
def test_what_is_no_sitemap_says_so(body: bytes, state: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_sitemap(body)
    assert caught.value.state == state


def test_bombs_are_refused() -> None:
    with pytest.raises(ParseError, match="larger than"):
        parse_sitemap(gzip.compress(b" " * 80_000_000))
    laughs = '<!DOCTYPE urlset [<!ENTITY a "https://n.example/">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    body = laughs + "]><urlset><url><loc>&j;</loc></url></urlset>"
    assert sum(len(entry.url or "") for entry in parse_sitemap(body.encode()).entries) < 1_000
    doctype = '<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    outside = f"{doctype}<urlset><url><loc>https://n.example/&x;</loc></url></urlset>"
    assert "root" not in str(parse_sitemap(outside.encode()))


def test_a_prefix_that_nobody_declared_still_tells_of_the_news() -> None:
    bare = HEAD.replace(' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', "")
    (found,) = parse_sitemap((bare + NEWS + "</urlset>").encode()).entries
    assert (found.title_html, found.published) == ("Ferry &amp; fog", "2026-11-21T08:00:00+01:00")


def test_lists_within_the_list_are_read() -> None:
    part = "<urlset><url><loc>https://n.example/{}</loc></url></urlset>"
    found = parse_sitemap(f"<urlset>{part.format(1)}{part.format(2)}</urlset>".encode())
    assert [one.url for one in found.entries] == ["https://n.example/1", "https://n.example/2"]


def test_a_bare_ampersand_stays_in_its_address() -> None:
    found = parse_sitemap((HEAD + "<url><loc>https://n.example/a?x=1&y=2</loc></url></urlset>").encode())
    assert [one.url for one in found.entries] == ["https://n.example/a?x=1&y=2"]
    assert found.faults


def test_an_address_that_is_cut_off_is_none() -> None:
    body = HEAD + "<url><loc>https://n.example/whole</loc></url><url><loc>https://n.example/the-rest-is-mis"
    assert [one.url for one in parse_sitemap(body.encode()).entries] == ["https://n.example/whole"]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<![CDATA[Fish &amp; chips&#8217; <i>Ebb</i>]]>", "Fish &amp; chips’ Ebb"),
        ("Fish &amp;amp; chips", "Fish &amp; chips"),
        ("Fish &amp; chips", "Fish &amp; chips"),
        ("Depth &lt; 3 m", "Depth &lt; 3 m"),
    ],
)
def test_titles_are_words_even_where_they_are_written_as_html(written: str, title: str) -> None:
    told = f"<urlset><url><loc>https://n.example/1</loc><n:news xmlns:n='x'><n:title>{written}</n:title></n:news></url></urlset>"
    assert parse_sitemap(told.encode()).entries[0].title_html == title
