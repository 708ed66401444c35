"""JSON Feeds as careless programs write them: what can be understood is, and costs no neighbour."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.errors import ParseError
from feeds.ingest.formats.jsonfeed import parse_jsonfeed
from feeds.model.articles import Draft
from tests.feeds.ingest.reading import read, read_one

TYPE = "application/feed+json"
VERSION = '"version": "https://jsonfeed.org/version/1.1", "title": "Tideline"'


def item(**fields: Any) -> Draft:
    told = {"id": "1", "content_text": "Fog.", **fields}
    return read_one(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Tideline", "items": [told]}),
        content_type=TYPE,
    )


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ('[{"id": "1", "content_html": "\n<p>Fog\tand\nrain</p>"}]', "<p>Fog\tand\nrain</p>"),
        ('[{"id": "1", "content_html": "<p>One, ] two,}</p>",},]', "<p>One, ] two,}</p>"),
        ('[{"id": "1", "content_html": "<p>say \\",]\\"</p>"} , ]', '<p>say ",]"</p>'),
    ],
)
def test_json_that_is_nearly_right_is_read(items: str, text: str) -> None:
    made = read(f'{{{VERSION}, "items": {items}}}', content_type=TYPE)
    assert [one.content_html for one in made.drafts] == [text]
    assert any("mended" in one for one in made.faults)


@pytest.mark.parametrize("broken", ['{"items": [', '{"items": [}', "[1, 2", '{"items": ["a]}'])
def test_json_that_is_cut_off_is_unreadable(broken: str) -> None:
    with pytest.raises(ParseError):
        parse_jsonfeed(broken.encode())


@pytest.mark.parametrize("seed", ['\\"', ",", ", ", '"', '",'])
@pytest.mark.timeout(90)
def test_broken_json_costs_in_proportion(seed: str) -> None:
    with pytest.raises(ParseError):
        parse_jsonfeed(('{"items": ["' + seed * 300_000).encode())


@pytest.mark.parametrize("items", ["", ', "items": null', ', "items": []'])
def test_a_feed_of_nothing_is_a_feed(items: str) -> None:
    assert read(f"{{{VERSION}{items}}}", content_type=TYPE).drafts == ()


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ({"name": "Ines Calder"}, ["Ines Calder"]),
        ([{"author": {"name": "Ines Calder"}}], ["Ines Calder"]),
        (["Ines Calder", "Tom Rook"], ["Ines Calder", "Tom Rook"]),
        ([None, {"name": None}, {"name": "Tom Rook"}], ["Tom Rook"]),
    ],
)
def test_authors_in_all_shapes(authors: object, names: list[str]) -> None:
    assert [one.name for one in item(authors=authors).authors] == names


def test_texts_addresses_and_labels_that_are_objects() -> None:
    made = item(
        title={"rendered": "Boats"},
        content_html={"rendered": "<p>Fog.</p>"},
        image={"name": "Quay", "url": "https://harbour.example/i.jpg"},
        banner_image=["https://harbour.example/b.jpg"],
        tags=[{"name": "Sea"}, "Nets", None],
    )
    assert (made.title, made.content_html) == ("Boats", "<p>Fog.</p>")
    assert [one.url for one in made.images] == [
        "https://harbour.example/i.jpg",
        "https://harbour.example/b.jpg",
    ]
    assert made.categories == ("Sea", "Nets")


def test_numbers_that_are_texts() -> None:
    file = {"url": "https://harbour.example/a.mp3", "mime_type": "audio/mpeg"}
    (made,) = item(attachments=[{**file, "size_in_bytes": "123", "duration_in_seconds": "61.5"}]).enclosures
    assert (made.length, made.duration_s) == (123, 61)
    (odd,) = item(attachments=[{**file, "size_in_bytes": "large", "duration_in_seconds": "nan"}]).enclosures
    assert (odd.length, odd.duration_s) == (None, None)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=iso-8859-1"])
def test_json_in_another_charset_is_read(content_type: str) -> None:
    told = f'{{{VERSION}, "items": [{{"id": "1", "title": "Fähre"}}]}}'.encode("latin-1")
    assert read(told, content_type=content_type).drafts[0].title == "Fähre"


def test_an_id_that_is_an_address_is_where_the_item_stands() -> None:
    there = "https://tideline.example/1"
    assert item(id=there).url == there
    assert item(id=there, url="/2").url == "https://harbour.example/2"
    assert item(id=there, external_url="https://quay.example/3").url == "https://quay.example/3"
    assert item(id="tideline.example/1").url is None
    assert item(id="urn:uuid:1").url is None
