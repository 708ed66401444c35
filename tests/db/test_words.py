"""Lists of admin pages find words as people type them, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.store import Store
from feeds.model.kept import ArticleFilter, SourceFilter
from feeds.model.people import Actor, Step
from tests.fakes import NOON, Newsroom, item, rss

TITLE = "Öl an der Küste: 100% der Watt_wege \\ zu"
HOST = "https://oel.example/feed"


@pytest.fixture
def store(newsroom: Newsroom) -> Store:
    newsroom.add(
        HOST,
        rss(item(1, title=TITLE, extra="<dc:creator>Émile Çelik</dc:creator>"), item(2), title="Ölwacht"),
    )
    newsroom.round()
    change = Step(subject="source/1", before={}, after={"title": TITLE})
    newsroom.store.changes.add_change(
        Actor(name="mara", via="page"), kind="source", what=f"named it {TITLE}", steps=(change,), now=NOON
    )
    return newsroom.store


@pytest.mark.parametrize(
    "words", ["öl an", "ÖL", "Öl", "küste", "KÜSTE", "100%", "watt_wege", "\\ zu", "der"]
)
def test_words_are_found_in_capitals_or_not_and_as_themselves(store: Store, words: str) -> None:
    assert [
        one.title for one in store.changes.article_page(ArticleFilter(words=words), most=9, offset=0)
    ] == [TITLE]
    assert len(store.changes.changes(words=words, most=9)) == 1


@pytest.mark.parametrize("words", ["100_", "%watt", "w_t", "öl_", "%%"])
def test_signs_of_patterns_stand_for_themselves(store: Store, words: str) -> None:
    assert store.changes.article_page(ArticleFilter(words=words), most=9, offset=0) == ()
    assert store.changes.changes(words=words, most=9) == ()
    assert store.polls.rests(now=NOON + timedelta(days=1), words=words, most=9) == ()


@pytest.mark.parametrize("words", ["émile", "ÉMILE ç", "çelik"])
def test_authors_are_found_in_capitals_or_not(store: Store, words: str) -> None:
    assert [one.name for one, _ in store.changes.author_page(words, most=9, offset=0)] == ["Émile Çelik"]


def test_sources_are_found_in_capitals_or_not(store: Store) -> None:
    assert store.changes.source_count(SourceFilter(words="ölWACHT"), ()) == 1
    assert store.changes.source_count(SourceFilter(words="_lwacht"), ()) == 0
