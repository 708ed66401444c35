"""Lists of sources in and out."""

from __future__ import annotations

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
    first, second = read_opml(LIST)
    assert (first.url, first.title, first.folders) == ("http://a.example/x", "A", ("Sea & shore",))
    assert (second.title, second.folders) == ("B two", ("Sea & shore", "Deep"))


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
    assert [(one.url, one.title) for one in read_opml(body)] == [
        ("https://a.example/f?x=1&y=2", "Fish & <chips>")
    ]
