"""Plain text keeps its paragraphs and lines; what is said once stands once; what is no text is no words."""

from __future__ import annotations

import json

import pytest

from feeds.model.articles import Draft
from feeds.publish.captions import with_captions
from feeds.text.commonmark import markdown_as_html
from feeds.text.plainlines import lines_as_html, linked_addresses
from tests.feeds.ingest.reading import atom, entry, read_one

LINES = "First line\nSecond line\n\nMore: https://quay.example/race?a=1&amp;b=2."
SHOWN = (
    "<p>First line<br>Second line</p>"
    '<p>More: <a href="https://quay.example/race?a=1&amp;b=2">https://quay.example/race?a=1&amp;b=2</a>.</p>'
)


def rss(inner: str, head: str = "") -> Draft:
    return read_one(
        f'<rss version="2.0" {head}><channel><title>H</title><item><title>T</title>{inner}</item></channel></rss>'
    )


def content(draft: Draft) -> str:
    return draft.content_html.replace(' rel="noopener nofollow"', "")


@pytest.mark.parametrize("kind", ["", ' type="text"', ' type="text/plain"'])
def test_lines_of_atom_text_stand(kind: str) -> None:
    assert content(read_one(atom(entry(f"<content{kind}>{LINES}</content>")))) == SHOWN
    assert content(read_one(atom(entry(f"<summary{kind}>{LINES}</summary>")))) == SHOWN


def test_lines_of_rss_and_json_stand() -> None:
    assert content(rss(f"<description>{LINES}</description>")) == SHOWN
    assert content(rss(f"<description><![CDATA[{LINES}]]></description>")) == SHOWN
    plain = LINES.replace("&amp;", "&")
    item = {"id": "1", "url": "https://harbour.example/1", "content_text": plain}
    told = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [item]})
    assert content(read_one(told, content_type="application/feed+json")) == SHOWN


def test_one_line_stays_one_and_markup_is_left_alone() -> None:
    assert lines_as_html("One line.") == "One line."
    assert lines_as_html("Plain <b>bold</b>\n\nnext") == "Plain <b>bold</b>\n\nnext"
    assert (
        lines_as_html("  Words that\n    were set in\n    by a tool. ")
        == "Words that were set in by a tool."[:0] + "<p>Words that were set in by a tool.</p>"
    )
    assert lines_as_html("") == ""


@pytest.mark.parametrize(
    ("written", "address", "behind"),
    [
        ("(https://a.example/b)", "https://a.example/b", ")"),
        ("https://a.example/b_(c)", "https://a.example/b_(c)", ""),
        ("https://a.example/b?x=1&amp;y=2, then", "https://a.example/b?x=1&amp;y=2", ", then"),
        ("http://", None, "http://"),
        ("mailto:x@a.example", None, "mailto:x@a.example"),
    ],
)
def test_addresses_are_links(written: str, address: str | None, behind: str) -> None:
    made = linked_addresses(written)
    assert made.endswith(behind)
    assert (f'<a href="{address}">' in made) == (address is not None)


def test_what_is_said_of_a_film_stands_once() -> None:
    group = (
        '<media:group><media:content url="https://films.example/v" type="application/x-shockwave-flash"/>'
        '<media:thumbnail url="https://films.example/i.jpg"/>'
        "<media:description>First line.\n\n00:00 Start\n01:30 Turn &amp; back</media:description></media:group>"
    )
    draft = read_one(atom(entry(group)))
    assert draft.content_html == "<p>First line.</p><p>00:00 Start<br>01:30 Turn &amp; back</p>"
    shown = with_captions(draft.content_html, draft.images)
    assert shown.count("00:00 Start") == 1
    assert "https://films.example/i.jpg" in shown


@pytest.mark.parametrize("kind", ["image/png", "audio/mpeg", "application/octet-stream"])
def test_what_is_no_text_is_no_words(kind: str) -> None:
    draft = read_one(atom(entry(f'<content type="{kind}">iVBORw0KGgo=</content><summary>Said</summary>')))
    assert (draft.content_html, draft.summary) == ("", "Said")


def test_content_that_stands_elsewhere_is_a_link_and_a_file() -> None:
    draft = read_one(
        atom(entry('<content src="b4.mp3" type="audio/mpeg"/>'), head="").replace(
            "<feed ", '<feed xml:base="https://harbour.example/base/" '
        )
    )
    assert '<a href="https://harbour.example/base/b4.mp3"' in draft.content_html
    (file,) = draft.enclosures
    assert (file.url, file.media_type) == ("https://harbour.example/base/b4.mp3", "audio/mpeg")
    page = read_one(
        atom(entry('<content src="https://a.example/p" type="text/html"/><summary>Said</summary>'))
    )
    assert (page.enclosures, page.summary) == ((), "Said")


MARKDOWN = """# Head

* one
  1. deep
* two <three>

| Fish | Tons |
| --- | --- |
| Cod | 40 |

Words of **bold *and slanted* parts**, see [the log][1] or https://a.example/x.

[1]: https://a.example/log "The log"
"""


def test_markdown_is_read_whole() -> None:
    made = markdown_as_html(MARKDOWN)
    assert "<ul><li>one\n<ol><li>deep</li></ol></li><li>two &lt;three&gt;</li></ul>" in made
    assert "<td>Cod</td><td>40</td>" in made
    assert "<strong>bold <em>and slanted</em> parts</strong>" in made
    assert '<a href="https://a.example/log" title="The log">the log</a>' in made
    assert '<a href="https://a.example/x">https://a.example/x</a>.' in made
    typed = MARKDOWN.replace("<", "&lt;").replace("&", "&amp;", 0)
    assert (
        "<td>Cod</td>"
        in read_one(atom(entry(f'<content type="text/markdown">{typed}</content>'))).content_html
    )


def test_a_group_holds_one_picture_in_several_sizes() -> None:
    head = 'xmlns:media="http://search.yahoo.com/mrss/"'
    sizes = '<media:content url="https://a.example/s.jpg" medium="image" width="300"/><media:content url="https://a.example/b.jpg" medium="image" width="1200"{}/>'
    small, large = "https://a.example/s.jpg", "https://a.example/b.jpg"
    assert [one.url for one in rss(f"<media:group>{sizes.format('')}</media:group>", head).images] == [large]
    default = sizes.format("").replace('width="300"', 'width="300" isDefault="true"')
    assert [one.url for one in rss(f"<media:group>{default}</media:group>", head).images] == [small]
    assert [one.url for one in rss(sizes.format(""), head).images] == [small, large]
    told = "".join(
        f'<media:content url="https://a.example/{n}.jpg" medium="image"><media:title>{n}</media:title></media:content>'
        for n in "ab"
    )
    assert len(rss(f"<media:group>{told}</media:group>", head).images) == 2


def test_a_base_within_a_text_holds_for_what_is_in_it() -> None:
    inner = (
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" xml:base="http://other.example/q/"><a href="r">x</a>'
        '<p xml:base="s/"><img src="t.jpg"/></p><a href="/u">y</a></div></content>'
    )
    shown = read_one(atom(entry(inner))).content_html
    for address in ("http://other.example/q/r", "http://other.example/q/s/t.jpg", "http://other.example/u"):
        assert f'"{address}"' in shown
    after = read_one(
        atom(
            entry(
                inner.replace("</div></content>", "</div></content>") + '<link rel="enclosure" href="f.mp3"/>'
            )
        )
    )
    assert after.enclosures[0].url == "https://harbour.example/f.mp3"
