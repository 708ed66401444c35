"""Angles in fields that hold plain text are characters: `<x>` comes through as it was written, and out as text."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from feeds.model.articles import Draft
from feeds.model.incoming import Image
from feeds.model.outgoing import Format
from tests.fakes import rss
from tests.fakestore import article
from tests.feeds.ingest.reading import read, read_one
from tests.feeds.publish.test_formats import body as rendered

WRITTEN, MEANT = "a &lt;b and c&gt; d", "a <b and c> d"
PICTURE = '<media:content url="https://harbour.example/a.jpg" medium="image">{}</media:content>'


def of_rss(extra: str) -> Draft:
    return read_one(rss(f"<item><title>T</title><link>https://harbour.example/1</link>{extra}</item>"))


def of_atom(extra: str, head: str = "") -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><title>F</title>'
        f"<id>tag:harbour.example,2026:f</id><updated>2026-11-22T10:00:00Z</updated>{head}<entry>"
        "<id>tag:harbour.example,2026:1</id><updated>2026-11-22T10:00:00Z</updated>"
        f'<link href="https://harbour.example/1"/>{extra}</entry></feed>'
    )


@pytest.mark.parametrize(
    "field",
    [
        "<rights>{}</rights>",
        '<rights type="text">{}</rights>',
        "<dc:rights>{}</dc:rights>",
        '<title type="text">{}</title>',
        '<category term="{}"/>',
        '<category term="x" label="{}"/>',
    ],
)
@pytest.mark.parametrize(("written", "meant"), [(WRITTEN, MEANT), ("x &lt;T&gt;", "x <T>")])
def test_plain_fields_of_atom_keep_their_angles(field: str, written: str, meant: str) -> None:
    draft = read_one(of_atom(field.format(written)))
    assert meant in {draft.rights, draft.title, *draft.categories}


def test_what_atom_states_is_believed() -> None:
    bold = "&lt;b&gt;Jane&lt;/b&gt; &amp;copy;"
    assert read_one(of_atom(f'<rights type="text">{bold}</rights>')).rights == "<b>Jane</b> ©"
    assert read_one(of_atom(f'<rights type="html">{bold}</rights>')).rights == "Jane ©"
    assert read(of_atom("<title>T</title>", f"<rights>{WRITTEN}</rights>")).rights == MEANT
    xhtml = '<rights type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><i>Jane</i></div></rights>'
    assert read_one(of_atom(xhtml)).rights == "Jane"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (WRITTEN, MEANT),
        ("List&lt;T&gt;", "List<T>"),
        ("&amp;copy; &lt;Jane&gt;", "© <Jane>"),
        ("&lt;a href='/x'&gt;Jane&lt;/a&gt; Roe", "Jane Roe"),
        ("Jane&lt;br/&gt;Roe", "Jane Roe"),
        ("Jane&lt;p&gt;Roe", "Jane Roe"),
    ],
)
def test_what_states_no_type_is_html_only_where_it_can_be(written: str, meant: str) -> None:
    assert read(rss(extra=f"<copyright>{written}</copyright>")).rights == meant
    assert of_rss(f"<dc:rights>{written}</dc:rights>").rights == meant
    assert of_rss(f"<category>{written}</category>").categories == (meant,)
    assert of_rss(f"<media:copyright>{written}</media:copyright>").rights == meant
    for name, field in (("credit", "credit"), ("description", "caption"), ("title", "alt")):
        (image,) = of_rss(PICTURE.format(f"<media:{name}>{written}</media:{name}>")).images
        assert getattr(image, field) == meant


def test_media_rss_that_says_plain_is_believed() -> None:
    said = '<media:description type="{}">&lt;b&gt;Jane&lt;/b&gt;</media:description>'
    (image,) = of_rss(PICTURE.format(said.format("plain"))).images
    assert image.caption == "<b>Jane</b>"
    (image,) = of_rss(PICTURE.format(said.format("html"))).images
    assert image.caption == "Jane"


def test_titles_of_json_feed_are_plain() -> None:
    said = {"version": "https://jsonfeed.org/version/1.1", "title": MEANT, "items": []}
    assert read(json.dumps(said), content_type="application/feed+json").title == MEANT


@pytest.mark.parametrize("format", ["atom", "rss", "jsonfeed"])
def test_they_go_out_as_text(format: Format) -> None:
    picture = Image(url="https://harbour.example/a.jpg", credit=MEANT, caption=MEANT)
    told = rendered(format, article(title=MEANT, rights=MEANT, categories=(MEANT,), images=(picture,)))
    if format == "jsonfeed":
        (item,) = json.loads(told)["items"]
        contents, said = item["content_html"], json.dumps(item)
    else:
        (entry,) = etree.fromstring(told).iter("{*}entry", "item")
        nodes = list(entry.iter("{*}content", "{*}encoded"))
        contents = "".join(node.text or "" for node in nodes)
        values = [value for node in entry.iter() for value in node.attrib.values()]
        said = " ".join(str(one) for one in (*entry.itertext(), *values))
    # Title, rights, label, credit: Atom has a title of HTML, and RSS no word for the rights of an item.
    assert said.count(MEANT) >= 2
    assert "&lt;b and c&gt;" in contents
    assert "<b and" not in contents
