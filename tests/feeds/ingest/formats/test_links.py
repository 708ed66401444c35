"""A page as a list of links to articles."""

from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.ingest.formats.links import parse_links

PAGE = """<!doctype html><html lang="nn"><head><title>Hamna &amp; havet</title><base href="/news/"></head><body>
<nav><a href="/about">About</a></nav>
<main><article><a href="1?utm_source=x"><img src="a.jpg"></a><h2><a href="1">Ferja går att</a></h2></article>
<article><h2><a href="https://other.example/2">Skodde</a></h2></article>
<article><h2><a href="javascript:alert(1)">Bad</a><a href="mailto:x@y">Mail</a></h2></article></main></body></html>"""


def links(selector: str, page: str = PAGE) -> list[tuple[str | None, str | None]]:
    found = parse_links(page.encode(), url="https://n.example/", content_type="text/html", selector=selector)
    return [(entry.url, entry.title_html) for entry in found.entries]


@pytest.mark.parametrize("selector", ["main a", "article", "main"])
def test_the_selector_meets_links_or_what_holds_them_and_each_article_counts_once(selector: str) -> None:
    assert links(selector) == [
        ("https://n.example/news/1", "Ferja går att"),
        ("https://other.example/2", "Skodde"),
    ]


def test_the_page_tells_its_title_and_language() -> None:
    found = parse_links(PAGE.encode(), url="https://n.example/", content_type="text/html", selector="h2 a")
    assert (found.title, found.language, found.home_url) == ("Hamna &amp; havet", "nn", "https://n.example/")


@pytest.mark.parametrize(
    ("selector", "state", "told"),
    [
        ("main ul li a", "not-a-feed", "finds no links"),
        ("main >> a[", "settings", "cannot be read"),
        ("nav:has(", "settings", "cannot be read"),
    ],
)
def test_selectors_that_find_nothing_or_cannot_be_read_say_so(selector: str, state: str, told: str) -> None:
    with pytest.raises(ParseError, match=told) as caught:
        links(selector)
    assert caught.value.state == state


def test_hostile_pages_are_bounded() -> None:
    assert len(links("a", "<html><body>" + "".join(f"<a href=/{n}>x</a>" for n in range(5_000)))) == 1_000
    deep = "<div>" * 50_000 + "<a href=/1>x</a>"
    with pytest.raises(ParseError):
        links("a", f"<html><body>{deep}")
