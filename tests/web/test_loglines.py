"""The log searched by the words that its page shows in another language, and by those that are stored."""

from __future__ import annotations

import time

import pytest

from db.store import Store
from feeds.model.people import Actor
from tests.fakes import NOON
from web.language import Texts, texts_in

LINES = (
    "paused Harbour News", "paused the topic Sea", "resumed 3 sources", "corrected the title and summary of Ferry",
    "took back: olav paused Harbour News", "withdrew Seals: Doppelt", "moved the topic Sea from /topics/sea to /topics/coast",
    "moved Ada from /authors/ada to /authors/ada-l", "changed the topic Sea", "changed Pier", "held back 12 articles",
    "added the source Harbour News", "set up a second factor", "said that ada, olav may be one person after all",
)  # fmt: skip


@pytest.fixture
def german() -> Texts:
    return texts_in("de")


def fill(store: Store, *lines: str) -> None:
    with store.write():
        for line in lines:
            store.changes.add_change(Actor(name="mara"), kind="source", what=line, steps=(), now=NOON)


def found(store: Store, texts: Texts, words: str) -> list[str]:
    several = store.changes.changes(words=words, wordings=texts.wordings(words), most=100)
    return [one.what for one in reversed(several)]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            "angehalten",
            ["paused Harbour News", "paused the topic Sea", "took back: olav paused Harbour News"],
        ),
        ("Harbour angehalten", ["paused Harbour News", "took back: olav paused Harbour News"]),
        ("hat Harbour News angehalten", ["paused Harbour News", "took back: olav paused Harbour News"]),
        ("zurückgenommen", ["took back: olav paused Harbour News"]),
        ("Zusammenfassung", ["corrected the title and summary of Ferry"]),
        ("quellen", ["resumed 3 sources"]),
        ("12 artikel", ["held back 12 articles"]),
        ("Quelle", ["resumed 3 sources", "added the source Harbour News"]),
        ("Thema umgezogen", ["moved the topic Sea from /topics/sea to /topics/coast"]),
        ("zweiten", ["set up a second factor"]),
        ("Seals", ["withdrew Seals: Doppelt"]),
        ("paused the", ["paused the topic Sea"]),
        ("Zeppelin", []),
        ("angehalten zurückgezogen", []),
    ],
)
def test_what_a_page_shows_is_found(store: Store, german: Texts, words: str, lines: list[str]) -> None:
    fill(store, *LINES)
    assert found(store, german, words) == lines


def test_a_word_finds_just_the_lines_that_show_it(store: Store, german: Texts) -> None:
    fill(store, *LINES)
    shown = {line: f"{german.sentence(line)} {line}".lower() for line in LINES}
    words = {
        word.strip(".,:;„“()").lower() for line in LINES for word in (german.sentence(line) or "").split()
    }
    assert len(words) > 30
    # Of words of ours at a place of a line those of three letters are not looked for: they stand in too many.
    for word in sorted(words - {"", "und"}):
        assert found(store, german, word) == [line for line in LINES if word in shown[line]], word


def test_english_is_searched_as_it_was(store: Store) -> None:
    fill(store, *LINES)
    english = texts_in("en")
    assert english.wordings("paused Harbour") == {}
    assert found(store, english, "paused Harbour") == [
        "paused Harbour News",
        "took back: olav paused Harbour News",
    ]
    assert found(store, english, "Harbour paused") == []


def test_tens_of_thousands_of_lines_are_searched_at_once(sqlite_store: Store, german: Texts) -> None:
    rows = [{"what": f"{line} {number}"} for number in range(4_000) for line in LINES]
    with sqlite_store.write():
        sqlite_store.engine.run_many(
            "INSERT INTO changes (made_at, who, via, kind, what, steps, effects) VALUES (1, 'mara', 'page', 'source', :what,"
            " '[]', '[]')",
            rows,
        )
    assert len(rows) > 50_000
    for words in ("Zeppelin", "angehalten", "hat das Thema von der die Zeppelin", "gelöst die das von"):
        german.wordings(words)
        spent = []
        for _ in range(3):
            begun = time.process_time()
            found(sqlite_store, german, words)
            spent.append(time.process_time() - begun)
        assert min(spent) < 0.25, words
