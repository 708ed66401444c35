"""What a page holds and does not show, and lines of code that a page colours: read as a visitor sees them."""

from __future__ import annotations

import pytest

from feeds.ingest.pages.page import read_page
from feeds.text.markup import sanitize, text_of_html
from tests.fakes import NOON

LINE = (
    "The harbour was full before breakfast, and skiffs came round the breakwater in the morning light of day"
)
TEXT = "".join(f"<p>{LINE} {number}, since nobody had closed the old slipway.</p>" for number in range(9))


def shown(body: str) -> str:
    text = f"<html lang=en><head><title>Boats are back</title></head><body><main><article><h1>Boats are back</h1>{body}</article></main></body></html>"
    read = read_page(
        text.encode(), url="https://harbour.example/b", content_type="text/html; charset=utf-8", now=NOON
    )
    return sanitize(read.entry.content_html or "", base_url="https://harbour.example/b")


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">Ebb words.</p>',
        "<p hidden>Ebb words.</p>",
        '<div style="visibility:hidden"><p>Ebb words.</p></div>',
        '<p class="visually-hidden">Ebb words.</p>',
        '<p>Seen words stand here in a line that is long enough to be kept. <span class="sr-only">Ebb words.</span></p>',
        '<img src="/ebb.jpg" style="display:none">',
    ],
)
def test_what_a_page_does_not_show_is_not_read(hidden: str) -> None:
    assert "ebb" not in shown(TEXT + hidden + TEXT).lower()


@pytest.mark.parametrize(
    "opening",
    [
        '<div style="display:none">',
        "<div hidden>",
        '<section style="visibility:hidden">',
        '<div class="sr-only">',
    ],
)
def test_a_text_that_a_script_shows_is_read(opening: str) -> None:
    assert text_of_html(shown(f"{opening}{TEXT}</div>")).count(LINE) == 9


CODE = "<pre><code>git init\n  cd boats</code></pre>"


@pytest.mark.parametrize(
    "code",
    [
        CODE,
        "<pre>git init\n  cd boats</pre>",
        "<pre>git init<br>  cd boats</pre>",
        '<pre><span class="k">git</span><span class="w"> </span>init\n  <b>cd</b> boats</pre>',
        '<div class="highlight"><pre><span></span><code><a id="l1"></a><span>git</span><span> </span>init\n  <span>cd</span> boats</code></pre></div>',
        '<pre><code class="hljs">git init\n  <span class="hljs-comment">cd boats</span></code></pre>',
        "<pre><code><div>git init</div><div>  cd boats</div></code></pre>",
    ],
)
def test_code_keeps_its_lines_however_it_is_coloured(code: str) -> None:
    assert CODE in shown(TEXT + code + TEXT).replace("boats\n</code>", "boats</code>")


def test_lines_with_links_keep_the_links() -> None:
    made = shown(f'{TEXT}<pre>see <a href="/q">the quay</a>\nand there</pre>{TEXT}')
    assert '<a href="https://harbour.example/q"' in made
