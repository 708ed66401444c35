"""Angles that are no tags keep their words; HTML that was escaped once too often is HTML."""

from __future__ import annotations

import json
import time

import pytest

from feeds.text.markup import sanitize, text_of_html
from tests.feeds.ingest.reading import atom, read_one


def described(text: str) -> str:
    """The content of an RSS entry with that description, as XML holds it."""
    return read_one(
        f'<rss version="2.0"><channel><title>Harbour</title><item><title>Boats</title><description>{text}</description></item></channel></rss>'
    ).content_html


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<p>List<String> and Vec<T></p>", "<p>List&lt;String&gt; and Vec&lt;T&gt;</p>"),
        ("<p>From: Jane <jane@quay.example> wrote</p>", "<p>From: Jane &lt;jane@quay.example&gt; wrote</p>"),
        ("<p>so x<y</p><p>next</p>", "<p>so x&lt;y</p><p>next</p>"),
        ("<p>if a <b and c</p>", "<p>if a &lt;b and c</p>"),
        ("<p>press <Enter> twice", "<p>press &lt;Enter&gt; twice</p>"),
    ],
)
def test_words_in_angles_stay(written: str, meant: str) -> None:
    assert sanitize(written) == meant
    assert text_of_html(written) == text_of_html(meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<person>Jane</person> rows", "Jane rows"),
        ("<o:p>Jane</o:p> rows", "Jane rows"),
        ("<my-boat>Jane rows", "Jane rows"),
        ('<unknown class="x">Jane rows', "Jane rows"),
        ("<b>Jane</b> rows", "<b>Jane</b> rows"),
        ("<blink>Jane</blink> rows", "Jane rows"),
        ('<p title="a <b c">Jane</p>', '<p title="a <b c">Jane</p>'),
        ("<svg><path d='M0'/><g><text>Jane</text></g></svg>", "Jane"),
    ],
)
def test_tags_are_no_words(written: str, meant: str) -> None:
    assert text_of_html(sanitize(written)) == text_of_html(meant)


def test_a_description_without_a_tag_loses_nothing() -> None:
    assert described("if a &lt; b then x&lt;y &amp; z&gt;1") == "if a &lt; b then x&lt;y &amp; z&gt;1"
    assert described("&lt;b and c&gt; are &lt;i") == "&lt;b and c&gt; are &lt;i"
    assert described("&lt;b&gt;Boats&lt;/b&gt; are back") == "<b>Boats</b> are back"
    assert described("&lt;ul&gt;&lt;li&gt;Boats") == "<ul><li>Boats</li></ul>"


TWICE = "&amp;lt;p&amp;gt;A &amp;lt;a href=&amp;#34;https://quay.example/&amp;#34;&amp;gt;boat&amp;lt;/a&amp;gt;&amp;lt;/p&amp;gt;"
MEANT = '<p>A <a href="https://quay.example/" rel="noopener nofollow">boat</a></p>'


def test_html_that_was_escaped_twice_is_html() -> None:
    entry = f'<entry><id>x:1</id><title>Boats</title><content type="html">{TWICE}</content></entry>'
    item = {"id": "1", "content_html": TWICE.replace("&amp;", "&")}
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "items": [item]})
    assert described(TWICE) == MEANT
    assert read_one(atom(entry)).content_html == MEANT
    assert read_one(feed, content_type="application/feed+json").content_html == MEANT


@pytest.mark.parametrize(
    "text", ["&amp;lt;p&amp;gt; begins a paragraph", "&lt;p&gt;Write &amp;lt;p&amp;gt;&lt;/p&gt;"]
)
def test_what_is_told_of_html_stays_words(text: str) -> None:
    assert "&lt;p&gt;" in described(text)


def test_blocks_that_are_not_kept_part_their_words() -> None:
    page = "<nav>Home</nav>Boats<fieldset><legend>Masts</legend>Sails</fieldset><menu><li>Oars</menu>end"
    assert sanitize(page) == "<div>Home</div>Boats<div><div>Masts</div>Sails</div><ul><li>Oars</li></ul>end"
    assert text_of_html(page) == "Home Boats Masts Sails Oars end"


def test_declarations_are_no_words() -> None:
    assert (
        text_of_html("<!DOCTYPE html><?php echo 1 ?><p>Boats</p><![CDATA[ and masts]]>") == "Boats and masts"
    )


@pytest.mark.parametrize("piece", ["<x", "<x ", "<b a ", "<x>", "<a b", "&lt;br", "&lt;p&gt;", "<x </x"])
def test_angles_cost_nothing(piece: str) -> None:
    started = time.process_time()
    described((piece * 60_000).replace("&", "&amp;").replace("<", "&lt;"))
    sanitize(piece * 60_000)
    assert time.process_time() - started < 5
