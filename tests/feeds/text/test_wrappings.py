"""What a text is wrapped in: none of it is shown, and none of the text is lost with it."""

from __future__ import annotations

import time

import pytest

from feeds.text.markup import sanitize
from feeds.text.wrappings import without_cdata
from tests.feeds.ingest.reading import read_one

BASE = "https://harbour.example/1"
LONG = "<p>The ferry runs again, as the harbour master said in the morning.</p>"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<![CDATA[Ebb]]>", "Ebb"),
        (" <![CDATA[ Ebb & flow ]]> ", "Ebb & flow"),
        ("<![CDATA[<![CDATA[Ebb]]>]]>", "Ebb"),
        ("<![CDATA[Ebb", "Ebb"),
        ("What <![CDATA[x]]> means", "What <![CDATA[x]]> means"),
        ("a[b[0]]>3", "a[b[0]]>3"),
        ("", ""),
    ],
)
def test_cdata_that_was_escaped_is_no_text(written: str, meant: str) -> None:
    assert without_cdata(written).strip() == meant


def test_no_field_shows_cdata() -> None:
    def wrapped(text: str) -> str:
        return f"&lt;![CDATA[{text}]]&gt;"

    told = read_one(
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Quay</title><item><guid>1</guid>'
        f"<title>{wrapped('Ebb &amp;amp; flow')}</title><dc:creator>{wrapped('Jane Roe')}</dc:creator>"
        f"<category>{wrapped('Tides')}</category><description>{wrapped('&lt;p&gt;Low &lt;b&gt;water&lt;/b&gt;.&lt;/p&gt;')}"
        "</description></item></channel></rss>"
    )
    assert (told.title, [one.name for one in told.authors], told.categories) == (
        "Ebb & flow",
        ["Jane Roe"],
        ("Tides",),
    )
    assert told.content_html == "<p>Low <b>water</b>.</p>"


@pytest.mark.parametrize("inner", ["<b>two</b>", "two"])
@pytest.mark.parametrize("end", ["]]>", "]]&gt;", ""])
def test_words_in_cdata_within_html_stay(inner: str, end: str) -> None:
    assert sanitize(f"<p>One <![CDATA[{inner}{end} three</p>") == f"<p>One {inner} three</p>"
    assert sanitize(f"<p>One <![CDATA[<![CDATA[{inner}]]>{end} three</p>") == f"<p>One {inner} three</p>"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (
            '<base href="https://quay.example/posts/"><a href="x.html">x</a>',
            "https://quay.example/posts/x.html",
        ),
        ("<BASE target=_blank HREF='/posts/'><a href='x.html'>x</a>", "https://harbour.example/posts/x.html"),
        ('<base href="javascript:alert(1)"><a href="x.html">x</a>', "https://harbour.example/x.html"),
        ('<base target="_blank"><a href="x.html">x</a>', "https://harbour.example/x.html"),
        ('<basefont href="https://quay.example/"><a href="x.html">x</a>', "https://harbour.example/x.html"),
    ],
)
def test_addresses_are_seen_from_where_the_text_says(given: str, shown: str) -> None:
    assert f'href="{shown}"' in sanitize(given, base_url=BASE)


def test_a_form_around_the_text_costs_none_of_it() -> None:
    state = f'<input type="hidden" value="{"x" * 5000}"><script>{"y" * 5000}</script>'
    assert sanitize(f"<form action='/x'>{state}{LONG}<button>Send</button></form>") == LONG
    assert sanitize(f"<form>{LONG}") == LONG


def test_a_form_within_the_text_is_none_of_it() -> None:
    box = "<form><p>Our newsletter</p><input name=mail><button>Send</button></form>"
    assert sanitize(f"{LONG}{box}{LONG}") == LONG * 2


@pytest.mark.parametrize(
    "seed", ["<![CDATA[", "<form>", "<form><script>", "<base ", "<form", "<script><form></form>"]
)
def test_many_wrappings_cost_in_proportion(seed: str) -> None:
    begun = time.process_time()
    sanitize(seed * (900_000 // len(seed)))
    assert time.process_time() - begun < 10
