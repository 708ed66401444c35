"""The demonstration's newsroom: every address in it leads somewhere, and the bad feed is really bad."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import feedparser
import pytest

from feeds.config.load import SHIPPED, load

SAMPLE = SHIPPED.parent / "sample"
FEEDS = [SHIPPED.parent / one.url.removeprefix("/") for one in load(SHIPPED, {}).declarations.sources]
_ADDRESS = re.compile(
    r"""(?:href|src|url)="([^"]+)"|"(?:url|image|home_page_url|feed_url)": "([^"]+)"|<link>([^<]+)<"""
)


@pytest.mark.parametrize("file", sorted(SAMPLE.iterdir()), ids=lambda file: file.name)
def test_every_address_leads_to_a_file_of_the_sample(file: Path) -> None:
    if file.suffix in {".jpg", ".wav"}:
        assert file.stat().st_size < 60_000
        return
    text = file.read_text(encoding="latin-1")
    for found in _ADDRESS.finditer(text):
        address = next(group for group in found.groups() if group)
        path = urlsplit(urljoin(f"/sample/{file.name}", address)).path
        assert path == "/sample/" or (SHIPPED.parent / path.removeprefix("/")).is_file(), address


def test_each_declared_source_stands_in_the_sample_in_another_format() -> None:
    assert [file.name for file in FEEDS] == [
        "harbour.rss",
        "tideline.atom",
        "netloft.json",
        "noticeboard.xml",
    ]
    assert all(file.is_file() for file in FEEDS)


def test_the_good_feeds_are_well_formed_and_credit_their_pictures() -> None:
    rss = ElementTree.parse(SAMPLE / "harbour.rss").getroot()
    atom = ElementTree.parse(SAMPLE / "tideline.atom").getroot()
    feed = json.loads((SAMPLE / "netloft.json").read_text(encoding="utf-8"))
    media = "{http://search.yahoo.com/mrss/}"
    pictures = list(rss.iter(f"{media}content"))
    assert len(pictures) == len(list(rss.iter(f"{media}credit"))) == 3
    assert max(len(list(one)) for one in _authors(atom)) == 2
    assert feed["version"].endswith("/1.1")
    for word in (
        "Photo Credit: Ada Lindqvist / Wharf Pictures",
        "Previous article",
        "Next article",
        "has covered",
    ):
        assert word in (SAMPLE / "crane.html").read_text(encoding="utf-8")


def test_the_bad_feed_is_malformed_yet_readable() -> None:
    body = (SAMPLE / "noticeboard.xml").read_bytes()
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(body)
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    read = feedparser.parse(io.BytesIO(body))
    assert read.bozo
    assert len(read.entries) == 4
    assert all(entry.title and entry.link for entry in read.entries)


def _authors(atom: ElementTree.Element) -> list[list[ElementTree.Element]]:
    name = "{http://www.w3.org/2005/Atom}"
    return [entry.findall(f"{name}author") for entry in atom.findall(f"{name}entry")]
