"""One address in several spellings is one article, however it was stored."""

from __future__ import annotations

import pytest

from tests.fakes import Newsroom, item, rss

SOURCE = "https://harbour.example/feed"
LOWER, UPPER = "https://harbour.example/m%c3%b6we", "https://harbour.example/m%C3%B6we"


def story(link: str) -> str:
    return rss(item(1, guid="", link=link))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LOWER, UPPER),
        (UPPER, LOWER),
        ("https://harbour.example/%7Eada", "https://harbour.example/~ada"),
        ("https://harbour.example/a%2Db", "https://harbour.example/a-b"),
    ],
)
def test_how_letters_are_escaped_makes_no_other_article(newsroom: Newsroom, before: str, after: str) -> None:
    newsroom.add(SOURCE, story(before))
    newsroom.round()
    newsroom.web.put(SOURCE, story(after))
    newsroom.again()
    assert newsroom.store.articles.get(1) is not None
    assert newsroom.store.articles.get(2) is None


def test_nor_where_it_was_stored_under_the_key_of_former_versions(newsroom: Newsroom) -> None:
    newsroom.add(SOURCE, story(LOWER))
    newsroom.round()
    newsroom.store.engine.run("UPDATE articles SET url_key = :key", {"key": "harbour.example/m%c3%b6we?"})
    newsroom.web.put(SOURCE, story(UPPER))
    newsroom.again()
    assert newsroom.store.articles.get(2) is None


def test_what_an_escape_sets_apart_stays_apart(newsroom: Newsroom) -> None:
    newsroom.add(
        SOURCE,
        rss(*(item(n, guid="", link=f"https://harbour.example/{n}") for n in ("a%2Fb", "a/b", "a%25b"))),
    )
    newsroom.round()
    assert newsroom.store.articles.get(3) is not None
