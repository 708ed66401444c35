"""HTML that any page may show: nothing that runs, the same bytes every time, in time that grows with the length."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from feeds.text.markup import (
    MAX_DEPTH,
    MAX_HTML,
    TAGS,
    depth_of,
    excerpt,
    one_line,
    running_text,
    sanitize,
    strip_illegal,
    text_of_html,
)

BASE = "https://harbour.example/story/"
ADDRESSES = (
    "href",
    "src",
    "cite",
    "poster",
    "action",
    "formaction",
    "data",
    "srcset",
    "background",
    "xlink:href",
)
SHOWN = {
    "title", "lang", "dir", "href", "hreflang", "rel", "src", "alt", "width", "height", "controls", "type", "cite",
    "datetime", "colspan", "rowspan", "scope", "start", "reversed", "value", "loading", "referrerpolicy",
}  # fmt: skip


def faults(clean: str) -> Iterator[str]:
    """What in sanitized HTML could run or tell on the reader, as a parser of HTML sees it."""
    for node in html.fragment_fromstring(clean or "<p></p>", create_parent="div").iter():
        if not isinstance(node.tag, str):
            yield f"{node.tag} in {clean[:80]}"
            continue
        if node.tag not in TAGS:
            yield f"<{node.tag}>"
        for name, value in node.attrib.items():
            if name not in SHOWN:
                yield f"{name}={value}"
            if name in ADDRESSES and not re.match(r"(https?://|mailto:)", str(value), re.IGNORECASE):
                yield f"{name}={value}"


ATTACKS = [
    "<script>alert(1)</script>", "<scr<script>ipt>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<a href='java\tscript:alert(1)'>x</a>", "<a href=' &#1; javascript:alert(1)'>x</a>", "<a href='data:text/html,x'>x</a>",
    "<a href=vbscript:x>x</a>", "<img src='data:image/svg+xml,<svg onload=alert(1)>'>", "<iframe srcdoc='<script>x</script>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<p style='background:url(javascript:x)'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<video poster=javascript:x><source src=javascript:x>",
    "<form action=javascript:x><input type=submit></form>", "<base href=javascript:x//>", "<meta http-equiv=refresh content=0>",
    "<template><script>x</script></template>", "<!--><script>x</script>-->", "<![CDATA[<script>x</script>]]>", "<b onclick=x <b>",
    "<a href=\"https://a.example/\" onmouseover='x'>x</a>", "<img srcset='javascript:x 1x'>", "<details ontoggle=x open>x</details>",
    "\x00<scr\x00ipt>x</script>", "<plaintext><script>x</script>", "&lt;script&gt;x&lt;/script&gt;", "<a id=x name=y class=z>x</a>",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_remains(attack: str) -> None:
    for written in (attack, f"<p>{attack}</p>", attack.upper(), f"<table><tr><td>{attack}"):
        assert list(faults(sanitize(written, base_url=BASE))) == []


def test_nothing_that_runs_remains_of_known_vectors(corpus: Path) -> None:
    vectors = [
        one["payload"] for one in json.loads((corpus / "sanitize/dompurify_expect.json").read_text("utf-8"))
    ]
    for path in sorted((corpus / "sanitize/xss_lists").glob("*.txt")):
        whole = path.read_text("utf-8", "replace")
        vectors += [*whole.splitlines(), whole]
    assert len(vectors) > 1000
    for vector in vectors:
        clean = sanitize(vector, base_url=BASE)
        assert list(faults(clean)) == [], vector
        assert sanitize(clean, base_url=BASE) == clean, vector


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<a href='/x'>", "</a>", "<img src='p.jpg' alt='a > b'>", "<script>", "</script>", "<table>", "<td>",
     "</table>", "<li>", "<br>", "<!--", "-->", "&amp;", "&lt;", "<", ">", '"', "'", " ", "text", "\n", "<svg>", "<math>", "<style>",
     "</style>", "<pre>", "<p title=\"<b>\">", "<figure>", "<figcaption>", "\u00a0", "&#146;", "\x92", "<h1 onclick=x>", "<img width=1 height=1 src=/p>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_what_was_sanitized_is_clean_and_settles(written: str) -> None:
    # Misnested links and headings are read otherwise once more, as HTML itself has it (its parsing is
    # not idempotent: `<h1><a><h1><a>`); what comes out then stays.
    once = sanitize(written, base_url=BASE)
    twice = sanitize(once, base_url=BASE)
    assert sanitize(twice, base_url=BASE) == twice
    assert list(faults(once)) == list(faults(twice)) == []
    if not any(tag in written for tag in ("<table", "<h1", "<pre")):
        assert twice == once


@given(st.lists(PIECES, max_size=25).map("".join))
def test_the_text_of_sanitized_html_holds_no_tags(written: str) -> None:
    clean = sanitize(written, base_url=BASE).replace("&lt;", "‹")
    assert not re.search(r"</?(p|b|a|img|script|table|li|br|pre|h1|figure)\b", text_of_html(clean))


@given(st.text())
def test_no_text_is_too_odd_to_be_shown(written: str) -> None:
    assert strip_illegal(sanitize(written)) == sanitize(written)
    assert "\n" not in one_line(written)
    assert len(excerpt(written, 40)) <= 41


def test_the_same_input_gives_the_same_bytes_in_every_process() -> None:
    page = (
        '<a title=t lang=en dir=ltr hreflang=de href="/x">x</a><img alt=a src="/p.jpg" width=9 height=9 title=t lang=en>'
        '<td colspan=2 rowspan=3 title=t dir=rtl><ol start=3 reversed type=a><time datetime="2026" title=x>'
    )
    program = (
        f"from feeds.text.markup import sanitize; print(sanitize({page!r}, base_url='https://a.example/'))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": str(seed)}, capture_output=True, check=True
        ).stdout
        for seed in range(1, 13)
    }  # fmt: skip
    assert len(outputs) == 1


def test_addresses_become_absolute_and_pixels_go() -> None:
    clean = sanitize(
        '<img src="p.jpg"><img src="/t.gif" width="1" height="1"><a href="../x">x</a>', base_url=BASE
    )
    assert 'src="https://harbour.example/story/p.jpg"' in clean
    assert 'loading="lazy" referrerpolicy="no-referrer"' in clean
    assert "t.gif" not in clean
    assert 'href="https://harbour.example/x"' in clean
    assert 'rel="noopener nofollow"' in clean


def test_deep_nesting_becomes_text() -> None:
    deep = "<div>" * 5000 + "word" + "</div>" * 5000
    assert depth_of(deep) > MAX_DEPTH
    assert sanitize(deep) == "<p>word</p>"
    assert depth_of("<p>" * 900 + "<br>" * 900) == 0
    assert sanitize("<div>" * 50 + "word").count("<div>") == 50


def test_a_tag_of_thousands_of_attributes_becomes_text() -> None:
    crowded = "<p " + " ".join(f"a{n}=1" for n in range(5000)) + ">word</p>"
    assert sanitize(crowded) == "<p>word</p>"
    assert sanitize("<p " + "title='x' " * 20 + ">word</p>") == '<p title="x">word</p>'


def test_long_input_is_cut() -> None:
    assert len(sanitize("<p>" + "word " * 400_000)) <= MAX_HTML + 10


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Fish &amp; chips", "Fish & chips"),
        ("<p>One</p><p>two</p>", "One two"),
        ("br<br>eak", "br eak"),
        ("in<b>li</b>ne", "inline"),
        ("a<script>x</script>b<style>y</style>c", "a b c"),
        ("a<!-- x > y -->b<!-->c", "a b c"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ('<a title="a > b">x</a>', "x"),
        ("a\x00b\x92c\ufffe", "ab’c"),
        ("<p title='", "<p title='"),
    ],
)
def test_the_text_of_html(written: str, text: str) -> None:
    assert text_of_html(written) == text


HEAVY = ["<a ", '<a "', '<a x="', "<a@b", "<p '", "<!--", "<script>", "<script ", "<b>", "<b><p>", "<div></div>", "<p> ", "<td>",
         '<img width="1" src="', "<figure><img src='https://a.example/1'>", "&", "&#1", "<![CDATA[", "<p a=1 ", "</script ", "<x"]  # fmt: skip


@pytest.mark.timeout(90)
@pytest.mark.parametrize("seed", HEAVY)
def test_time_grows_with_the_length_only(seed: str) -> None:
    written = (seed * (200_000 // len(seed) + 1))[:200_000]
    sanitize(written, base_url=BASE)
    text_of_html(written)


def test_no_value_of_clean_html_holds_a_tag() -> None:
    written = "<p title='a <img src=x> b'>Ferry</p><img src='/q.jpg' alt='<img src=y onerror=z>'>"
    clean = sanitize(written, base_url=BASE)
    assert clean.count("<img") == clean.count('<img loading="lazy"') == 1
    assert list(faults(clean)) == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<figure><img src='x'><figcaption>Boats</figcaption></figure><p>Fog came.</p>", "Fog came."),
        ("<p>A</p><figure><figure>x</figure>y</figure><p>B</p>", "A B"),
        ("<figure><figcaption>Boats</figcaption></figure>", "Boats"),
        ("<p>A</p></figure><p>B</p><figure>never closed", "A B"),
        ("<p>A</p>", "A"),
    ],
)
def test_running_text_leaves_figures_out(content: str, text: str) -> None:
    assert running_text(content) == text


def test_a_quotation_names_its_source_on_the_web_alone() -> None:
    page = "https://news.example/a/b"
    assert sanitize('<q cite="/c?d=1&amp;e">x</q>', base_url=page) == (
        '<q cite="https://news.example/c?d=1&amp;e">x</q>'
    )
    for none in ("javascript:alert(1)", "java&#10;script:alert(1)", "data:text/html,x", "file:///etc/x"):
        assert sanitize(f'<blockquote cite="{none}"><p>x</p></blockquote>', base_url=page) == (
            "<blockquote><p>x</p></blockquote>"
        )
    assert sanitize('<p>cite="javascript:x" &lt;q cite="y"></p>') == (
        '<p>cite="javascript:x" &lt;q cite="y"&gt;</p>'
    )


def test_white_space_in_an_element_of_its_own_parts_words() -> None:
    code = "<pre>git<span class='w'> </span>init<span class='w'>\n</span>cd<b> </b>boats</pre>"
    assert sanitize(code) == "<pre>git init\ncd boats</pre>"
    assert sanitize("<p>mild<em> </em>wind<strong>&nbsp;</strong>west</p>") == "<p>mild wind&nbsp;west</p>"


@pytest.mark.parametrize(
    "empty",
    [
        "<p>&nbsp;</p>",
        "<p>\u00a0 \u200b</p>",
        "<p>\ufeff</p>",
        "<p><b>&nbsp;</b></p>",
        "<h2>&nbsp;</h2>",
        "<a name='x'></a>",
    ],
)
def test_paragraphs_that_hold_nothing_seen_are_none(empty: str) -> None:
    assert sanitize(f"<p>Boats</p>{empty}<p>Masts</p>") == "<p>Boats</p><p>Masts</p>"


def test_lines_hold_no_characters_that_nobody_sees_and_letters_as_all_write_them() -> None:
    assert one_line("Donau\u00addampf\u200bschiff \ufeff boat\u2060s") == "Donaudampfschiff boats"
    assert one_line("Jose\u0301 \u304b\u3099 \u1112\u1161\u11ab") == "José \u304c \ud55c"
    # What parts or joins letters in other scripts, and characters of names that NFC replaces by others.
    kept = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f468\u200d\U0001f469 \u0e01\u200b\u0e02 \u795e\ufa19"
    assert one_line(kept) == kept


@pytest.mark.parametrize(
    "scheme", ["tel:+49123", "sms:+49123", "mailto:a@harbour.example", "geo:1,2", "magnet:?xt=1"]
)
def test_links_to_people_and_places_stay(scheme: str) -> None:
    assert sanitize(f'<a href="{scheme}">Call</a>') == f'<a href="{scheme}" rel="noopener nofollow">Call</a>'


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "&#106;avascript:x",
        "vbscript:x",
        "data:text/html,x",
        "blob:https://x",
        "file:///etc",
        "https://",
        "http://[",
    ],
)
def test_of_links_that_may_not_stay_the_words_do(address: str) -> None:
    assert sanitize(f'<p>a <a href="{address}">b</a> c</p>') == '<p>a <a rel="noopener nofollow">b</a> c</p>'


@pytest.mark.parametrize(
    ("written", "meant"),
    [("/c", "/c"), ("c", "/a/c"), ("#x", "/a/b#x"), ("?q=1", "/a/b?q=1"), ("../c", "/c")],
)
def test_relative_links_lead_where_they_led(written: str, meant: str) -> None:
    made = sanitize(f'<a href="{written}">b</a>', base_url="https://harbour.example/a/b")
    assert made == f'<a href="https://harbour.example{meant}" rel="noopener nofollow">b</a>'


def test_a_post_elsewhere_shows_its_address_where_nothing_else_is_left() -> None:
    post = '<blockquote class="tweet"><a href="https://x.example/p/1?ref=a"></a></blockquote>'
    assert text_of_html(sanitize(post)) == "x.example/p/1"
    assert "<img" not in sanitize(post.replace("/p/1", "/<img src=x>"))
