"""Lists of sources in and out."""

from __future__ import annotations

import gzip
import time

import pytest

from feeds.errors import ParseError
from feeds.ingest.formats.opml import read_opml, write_sources
from feeds.model.incoming import Source

LIST = b"""<opml version="2.0"><head><title>x</title></head><body>
<outline text="Sea &amp; shore"><outline text="A" type="rss" xmlUrl="http://a.example/x"/>
<outline text="Deep"><outline type="rss" text="B
 two" xmlUrl="http://b.example/"/></outline></outline>
<outline type="rss" text="A again" xmlUrl="http://a.example/x"/></body></opml>"""


def test_each_address_once_with_the_folders_it_stands_in() -> None:
    first, second = read_opml(LIST).sources
    assert (first.url, first.title, first.folders) == ("http://a.example/x", "A", ("Sea & shore",))
    assert (second.title, second.folders) == ("B two", ("Sea & shore", "Deep"))


def test_a_packed_list_is_unpacked() -> None:
    assert read_opml(gzip.compress(LIST)) == read_opml(LIST)
    with pytest.raises(ParseError, match="damaged"):
        read_opml(gzip.compress(LIST)[:10] + b"\xff" * 20)
    with pytest.raises(ParseError, match="larger than"):
        read_opml(gzip.compress(b" " * 80_000_000))


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"<opml><body></body></opml>", b"\x00\x01", b"/etc/passwd"]
)
def test_what_lists_nothing_is_told(body: bytes) -> None:
    with pytest.raises(ParseError, match="lists no feeds"):
        read_opml(body)


def test_what_is_written_is_read_again_and_secrets_stay_here() -> None:
    open_, secret = (
        Source(
            id=number,
            slug=f"s{number}",
            title="Fish & <chips>\x0b",
            fetch_url="https://me:pw@a.example/f",
            first_url="https://a.example/f",
            public_url=public,
            home_url="https://a.example/",
            domain="a.example",
            topic_slugs=("sea", "town"),
        )
        for number, public in ((1, "https://a.example/f?x=1&y=2"), (2, None))
    )
    body = write_sources([open_, secret], "Mine")
    assert b"pw" not in body
    assert b'category="/sea,/town"' in body
    assert [(one.url, one.title) for one in read_opml(body).sources] == [
        ("https://a.example/f?x=1&y=2", "Fish & <chips>")
    ]


@pytest.mark.parametrize("charset", ["windows-1251", "utf-8", "utf-16", "koi8-r", "iso-8859-5"])
def test_the_declared_charset_holds(charset: str) -> None:
    text = f'<?xml version="1.0" encoding="{charset}"?><opml><body><outline text="Порт"><outline text="Лодки &#xD83D;&#xDE00;" xmlUrl="http://a.example/x?a=1&b=2"/></outline></body></opml>'
    (one,) = read_opml(text.encode(charset)).sources
    assert (one.title, one.folders, one.url) == ("Лодки \U0001f600", ("Порт",), "http://a.example/x?a=1&b=2")


@pytest.mark.parametrize(
    ("outline", "told"),
    [
        ('<outline text="Off" isComment="true"><outline text="In" xmlUrl="http://a.example/1"/></outline>', "“Off” is marked as a comment"),
        ('<outline text="Page" type="link" url="http://a.example/"/>', "“Page” leads to another list"),
        ('<outline text="Lost" type="rss" xmlUrl=""/>', "“Lost” names no address"),
        ('<outline text="Home" type="rss" htmlUrl="http://a.example/"/>', "http://a.example/"),
        ('<outline text="Dots" type="JSON+DotPath" xmlUrl="http://a.example/j"/>', "“Dots” is read in a way"),
        ('<outline text="Deep" type="HTML+XPath" xmlUrl="http://a.example/p" frss:xPathItem="//a[last()]" frss:xPathItemUri="@href"/>', "--kind page"),
    ],
)  # fmt: skip
def test_what_is_no_source_is_named(outline: str, told: str) -> None:
    body = f'<opml><body>{outline}<outline text="Good" xmlUrl="http://a.example/f"/></body></opml>'
    read = read_opml(body.encode())
    assert [one.url for one in read.sources] == ["http://a.example/f"]
    (sentence,) = read.left_out
    assert told in sentence


def test_folders_in_folders_without_end_are_refused_quickly() -> None:
    body = b"<opml>" + b"<outline xmlUrl='http://a.example/'>" * 60_000
    began = time.process_time()
    with pytest.raises(ParseError, match="deeper than 20"):
        read_opml(body)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("item", "uri", "selector"),
    [
        ("//article", "descendant::a/@href", "article a"),
        ('//div[@class="news item"]', ".//h2/a/@href", "div.news.item h2 > a"),
        ('//li[contains(concat(" ", normalize-space(@class), " "), " x ")]', "./a/@href", "li.x a"),
        ('//ul[@id="list"]/li/a', "@href", "ul#list > li > a"),
    ],
)
def test_pages_that_freshrss_reads_become_pages(item: str, uri: str, selector: str) -> None:
    stated = f"frss:xPathItem='{item}' frss:xPathItemUri='{uri}'"
    body = f"<opml><body><outline text='P' type='HTML+XPath' xmlUrl='http://a.example/p' {stated}/></body></opml>"
    (one,) = read_opml(body.encode()).sources
    assert (one.url, one.links) == ("http://a.example/p", selector)


def test_an_address_listed_twice_stands_in_both_folders() -> None:
    body = b'<opml><body><outline text="A"><outline xmlUrl="http://a.example/f"/></outline><outline text="B"><outline xmlUrl="http://a.example/f" text="T"/></outline></body></opml>'
    (one,) = read_opml(body).sources
    assert one.folders == ("A", "B")


def test_names_may_hold_html() -> None:
    told = (
        '<opml><body><outline text="Fish &amp;amp; chips"><outline text="Tom&amp;#39;s &amp;lt;b&amp;gt;boats" xmlUrl="https://a.example/"/>'
        '<outline title="R&D" xmlUrl="https://b.example/"/></outline></body></opml>'
    )
    found = read_opml(told.encode()).sources
    assert [(one.title, one.folders) for one in found] == [
        ("Tom's <b>boats", ("Fish & chips",)),
        ("R&D", ("Fish & chips",)),
    ]
