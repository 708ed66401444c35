"""Links of a page in groups: the list of articles comes first, and its selector finds just these."""

from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.ingest.formats.link_groups import MOST_GROUPS, link_groups
from feeds.ingest.formats.links import parse_links

URL = "https://ferry.example/news"
TITLES = (
    "Winter timetable begins on Sunday",
    "Gangway light is mended at last",
    "Old Number Four lifts her last crate",
)
NEWS = "".join(
    f'<li class="item css-1x9{number}"><h2><a href="/n/{number}">{title}</a></h2><a href="/by/{number}">Ada</a></li>'
    for number, title in enumerate(TITLES)
)
PAGE = f"""<html><body>
<header><a href="/">Ferry</a></header>
<nav><ul><li><a href="/a">Timetable</a></li><li><a href="/b">Prices of tickets and more</a></li><li><a href="/c">Contact</a></li></ul></nav>
<main><ul class="list">{NEWS}</ul></main>
<footer><p><a href="/imprint">Imprint</a></p></footer></body></html>"""


def groups(page: str) -> dict[str, int]:
    found = link_groups(page.encode(), url=URL, content_type="text/html; charset=utf-8")
    return {one.selector: one.count for one in found}


def test_the_list_of_articles_comes_first_with_a_selector_that_finds_just_it() -> None:
    first, *others = link_groups(PAGE.encode(), url=URL, content_type="text/html")
    assert (first.area, first.count) == ("main", 3)
    assert [words for words, _ in first.links] == list(TITLES)
    listed = parse_links(PAGE.encode(), url=URL, content_type="text/html", selector=first.selector)
    assert [entry.url for entry in listed.entries] == [
        f"https://ferry.example/n/{number}" for number in range(3)
    ]
    assert {one.area for one in others} == {"header", "nav", "main", "footer"}
    assert "css-" not in " ".join(one.selector for one in (first, *others))


@pytest.mark.parametrize("selector", groups(PAGE))
def test_every_selector_finds_what_its_group_says(selector: str) -> None:
    listed = parse_links(PAGE.encode(), url=URL, content_type="text/html", selector=selector)
    assert len(listed.entries) == groups(PAGE)[selector]


def test_links_to_nowhere_and_scripts_are_left_out() -> None:
    page = '<main><a href="javascript:alert(1)">A script that is run</a><a>No address at all</a><a href="/x"><img></a></main>'
    assert groups(page) == {}


def test_what_is_no_page_is_told() -> None:
    with pytest.raises(ParseError):
        link_groups(b"", url=URL, content_type="text/html")


def test_a_page_of_a_thousand_kinds_of_links_is_bounded() -> None:
    page = "".join(
        f'<p class="k{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}x"><a href="/{n}">words {n}</a></p>'
        for n in range(2_000)
    )
    assert len(groups(page)) <= MOST_GROUPS
