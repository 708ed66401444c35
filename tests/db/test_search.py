"""Full-text search over both engines: folded the same, newest first, nothing that was withdrawn."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db.store import Store
from feeds.actions.declaring.specs import stored_spec
from feeds.actions.operating.tidy import tidy
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.publishing.search import read_and_merge, read_batch, search
from feeds.model.incoming import SourceOptions
from feeds.model.settings import KeepSettings
from feeds.text.folding import sought_words
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
ITEMS = (
    item(1, title="The ferry waits", body="A pilot boat came at noon.", date=NOON - timedelta(days=1)),
    item(2, title="Ånund Østby's ferry", body="Straße nach Łódź, b2b 2026.", date=NOON - timedelta(days=2)),
    item(
        3,
        title="渋谷の天気は晴れ",
        body="東京",
        date=NOON - timedelta(days=3),
        extra="<dc:creator>Ines Halvorsen</dc:creator>",
    ),
    item(
        4,
        title="Ελλάδα и Москва",
        body="مرحبا بالعالم",
        date=NOON - timedelta(days=4),
        extra="<category>Zeppelins</category>",
    ),
)


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.add(FEED, rss(*ITEMS))
    newsroom.round()
    read(newsroom)
    return newsroom


def read(newsroom: Newsroom, chars: int = 300) -> int:
    async def in_store(work: Any) -> Any:
        return work(newsroom.store)

    async def all_batches() -> int:
        count = 0
        while found := await read_batch(in_store, excerpt_chars=chars, now=newsroom.clock()):
            count += found
        return count

    return asyncio.run(all_batches())


def titles(newsroom: Newsroom, query: str, **how: int) -> list[str]:
    return [article.title for article in search(newsroom.store, query, **{"most": 10, **how})]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ferry", [0, 1]),
        ("FERRY waits", [0]),
        ("ferr", []),
        ("ferr*", [0, 1]),
        ('"pilot boat"', [0]),
        ('"boat pilot"', []),
        ("boat pilot", [0]),
        ("anund ostby", [1]),
        ("strasse LODZ", [1]),
        ("b2b", [1]),
        ("2026", [1]),
        ("天気", [2]),
        ("気天", []),
        ("halvorsen", [2]),
        ("ελλαδα", [3]),
        ("МОСКВА", [3]),
        ("مرحبا", [3]),
        ("", []),
        ("!!! --", []),
        ('" OR 1=1; DROP TABLE texts', []),
        ("a:b & (c | !d) <-> *", []),
        ("NEAR(ferry boat)", []),
        ("ferry*" * 50, []),
        ("ferry " * 200, [0, 1]),
    ],
)
def test_words_are_found_folded_and_nothing_typed_is_an_error(
    room: Newsroom, query: str, expected: list[int]
) -> None:
    names = ["The ferry waits", "Ånund Østby's ferry", "渋谷の天気は晴れ", "Ελλάδα и Москва"]
    assert titles(room, query) == [names[number] for number in expected]


def test_pages_of_what_is_found(room: Newsroom) -> None:
    assert titles(room, "ferry", most=1) == ["The ferry waits"]
    assert titles(room, "ferry", most=1, offset=1) == ["Ånund Østby's ferry"]


def test_what_is_withdrawn_never_shows_not_even_before_it_is_read_again(room: Newsroom) -> None:
    (found,) = search(room.store, "waits", most=5)
    room.store.articles.withdraw(found.id, reason="asked for", now=room.clock())
    assert titles(room, "waits") == []
    room.again()
    read(room)
    assert titles(room, "waits") == []
    room.store.articles.restore(found.id, room.clock())
    room.again()
    read(room)
    assert titles(room, "waits") == ["The ferry waits"]


def test_an_edit_is_found_by_its_new_words_only(room: Newsroom) -> None:
    room.web.put(FEED, rss(item(1, title="The zeppelin waits", body="No boats."), *ITEMS[1:]))
    room.again()
    assert read(room) == 1
    assert titles(room, "zeppelin waits") == ["The zeppelin waits"]
    assert titles(room, "pilot") == []
    assert read(room) == 0


def with_settings(room: Newsroom, **settings: Any) -> None:
    """The source's settings changed, and all read that this makes to be read."""
    row = room.store.sources.every()[0]
    room.store.sources.change(
        row.source.id, replace(stored_spec(row.source, row.host), **settings), room.clock()
    )
    publish_touched(room.store, room.clock())
    read(room)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"share": "headline"}, [["The ferry waits"], [], [], ["渋谷の天気は晴れ"]]),
        ({"share": "excerpt"}, [["The ferry waits"], ["The ferry waits"], [], ["渋谷の天気は晴れ"]]),
        (
            {"share": "full"},
            [["The ferry waits"], ["The ferry waits"], ["The ferry waits"], ["渋谷の天気は晴れ"]],
        ),
        (
            {"share": "headline", "is_ours": True},
            [["The ferry waits"], ["The ferry waits"], ["The ferry waits"], ["渋谷の天気は晴れ"]],
        ),
    ],
)
def test_only_what_is_shown_of_an_article_is_found(
    newsroom: Newsroom, settings: dict[str, Any], found: list[list[str]]
) -> None:
    long = "A pilot boat came at noon. " + "The wind was calm. " * 30 + "Nobody saw the zeppelin."
    newsroom.add(FEED, rss(item(1, title="The ferry waits", body=long), *ITEMS[1:]))
    newsroom.round()
    read(newsroom)
    with_settings(newsroom, **settings)
    queries = ("ferry waits", "pilot", "zeppelin", "halvorsen")
    assert [titles(newsroom, query) for query in queries] == found
    # And back: nothing of the former reading is left.
    with_settings(newsroom, share="full", is_ours=False)
    assert titles(newsroom, "zeppelin") == ["The ferry waits"]


def test_a_title_made_of_a_hidden_text_is_not_found(newsroom: Newsroom) -> None:
    bare = "<item><link>https://harbour.example/9</link><guid>9</guid><description>A pilot boat came.</description></item>"
    newsroom.add(FEED, rss(bare))
    newsroom.round()
    read(newsroom)
    assert len(search(newsroom.store, "pilot", most=5)) == 1
    with_settings(newsroom, share="headline")
    assert len(search(newsroom.store, "pilot", most=5)) == 0


def test_terms_of_use_hide_an_article_from_the_search_until_leave_is_given(newsroom: Newsroom) -> None:
    terms = '<rsl:content url="/"><rsl:license><rsl:prohibits type="usage">all</rsl:prohibits></rsl:license></rsl:content>'
    told = rss(*ITEMS, extra=terms).replace("<rss ", '<rss xmlns:rsl="https://rslstandard.org/rsl" ')
    newsroom.add(FEED, told)
    newsroom.round()
    read(newsroom)
    assert (titles(newsroom, "waits"), titles(newsroom, "pilot")) == (["The ferry waits"], [])
    with_settings(newsroom, options=SourceOptions(terms_agreed=True))
    assert titles(newsroom, "pilot") == ["The ferry waits"]
    with_settings(newsroom, options=SourceOptions())
    assert titles(newsroom, "pilot") == []


def test_what_a_former_version_read_of_hidden_texts_is_read_anew(room: Newsroom) -> None:
    with_settings(room, share="headline")
    (waits,) = search(room.store, "waits", most=5)
    # As a version left it that read all the words and kept no mark of how.
    at = room.store.search.cursor()
    assert room.store.search.put([(waits.id, "the ferry waits pilot")], at, after=at)
    room.store.engine.run("DELETE FROM kept WHERE name = 'search_reading'")
    assert titles(room, "pilot") == ["The ferry waits"]
    read(room)
    publish_touched(room.store, room.clock())
    assert read(room) == 4
    assert titles(room, "pilot") == []
    assert read(room) == 0


def test_a_shorter_excerpt_hides_what_it_no_longer_shows(room: Newsroom) -> None:
    with_settings(room, share="excerpt")
    assert titles(room, "noon") == ["The ferry waits"]
    read(room, chars=20)
    publish_touched(room.store, room.clock())
    read(room, chars=20)
    assert (titles(room, "noon"), titles(room, "pilot")) == ([], ["The ferry waits"])


def test_what_a_query_means() -> None:
    assert [(one.words, one.is_prefix) for one in sought_words('Ferry "Pilot  Boat" quay* "x* y"')] == [
        ("ferry", False),
        ("pilot boat", False),
        ("quay", True),
        ("x y", False),
    ]


def test_of_two_who_read_the_same_changes_one_keeps_them(room: Newsroom) -> None:
    room.store.kept.put("search_seq", "0")
    after, last, articles = room.store.search.behind(500)
    told = [(number, "ferry") for number, one in articles if one is not None]
    assert room.store.search.put(told, last, after=after)
    assert not room.store.search.put(told, last, after=after)
    assert room.store.search.cursor() == last


def test_common_words_find_the_newest_by_the_same_order_as_rare_ones(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (item(f"old {n}", body="the pilot waits", date=NOON - timedelta(days=900 + n)) for n in range(28))
    room.add("https://old.example/feed", rss(*old))
    room.round()
    read(room)
    sorted_all = [one.id for one in search(room.store, "waits", most=50)]
    for newest, newer in ((4, 16), (4, 4), (1, 1), (16, 40)):
        monkeypatch.setattr("db.search.NEWEST", newest)
        monkeypatch.setattr("db.search.NEWER", newer)
        assert [one.id for one in search(room.store, "waits", most=50)] == sorted_all
        assert [one.id for one in search(room.store, "waits", most=5, offset=3)] == sorted_all[3:8]
        assert [one.id for one in search(room.store, "waits", most=2)] == sorted_all[:2]


def test_a_beginning_of_a_letter_or_two_is_a_word() -> None:
    assert [one.is_prefix for one in sought_words("h* ha* har* 港* “h*”")] == [
        False,
        False,
        True,
        True,
        False,
    ]


def let_go(room: Newsroom, days: int, *, of: int) -> None:
    """So many days of so many new articles each, of which the oldest are let go of."""
    for _ in range(days):
        stamp = f"{room.clock():%Y%m%d}"
        several = [
            item(f"{stamp}-{n}", title=f"Pier {stamp}{n}", body=boats(f"{stamp}{n}"), date=room.clock())
            for n in range(of)
        ]
        room.web.put(FEED, rss(*several))
        room.again(days=1)
        tidy(room.store, KeepSettings(articles=timedelta(days=9.5)), room.clock())
        publish_touched(room.store, room.clock())
        look_after(room)


def boats(name: str) -> str:
    """Many words, most of which stand nowhere else."""
    return "The ferry meets " + ", ".join(f"boat{name}{n}" for n in range(40))


def look_after(room: Newsroom) -> int:
    """What the search's tick does; returns in how many steps it merged."""

    async def in_store(work: Any) -> Any:
        return work(room.store)

    async def go_on() -> bool:
        return True

    return asyncio.run(read_and_merge(in_store, room.clock, go_on, excerpt_chars=300))


def index_bytes(store: Store) -> int:
    found: int = store.engine.rows("SELECT sum(length(block)) AS n FROM _words_data")[0]["n"]
    return found


def test_what_was_let_go_of_does_not_stay_in_the_index(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.search.MERGED_PAGES", 2)
    room, sizes = Newsroom(sqlite_store), list[int]()
    room.add(FEED)
    for _ in range(8):
        let_go(room, 10, of=20)
        sizes.append(index_bytes(sqlite_store))
    assert sqlite_store.upkeep.counts()["articles"] == 200
    sqlite_store.engine.run("INSERT INTO _words (_words) VALUES ('optimize')")
    # Beside what is there: what was forgotten since, at most half as many texts as there are, and as much again of these.
    assert max(sizes) < index_bytes(sqlite_store) * 2
    sqlite_store.engine.run("INSERT INTO _words (_words, rank) VALUES ('integrity-check', 1)")
    newest = f"{room.clock() - timedelta(days=1):%Y%m%d}"
    assert titles(room, f"pier {newest}7") == [f"Pier {newest}7"]
    assert len(titles(room, "ferry", most=500)) == 200


def test_the_index_is_merged_in_steps_and_another_process_goes_on_with_them(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.subjects.search.LEAST_FORGOTTEN", 1_000)
    room = Newsroom(sqlite_store)
    room.add(FEED)
    let_go(room, 30, of=20)
    monkeypatch.setattr("db.search.MERGED_PAGES", 1)
    assert not sqlite_store.search.merge()
    monkeypatch.setattr("db.subjects.search.LEAST_FORGOTTEN", 100)
    before = index_bytes(sqlite_store)
    assert sqlite_store.search.merge()
    # What comes in between is read first, and found.
    room.web.put(FEED, rss(item("late", title="The late ferry", date=room.clock())))
    room.again()
    monkeypatch.setattr("feeds.actions.publishing.search.MERGE_STEPS", 3)
    assert look_after(Newsroom(Store(sqlite_store.engine), clock=room.clock)) == 3
    assert titles(room, "late ferry") == ["The late ferry"]
    while look_after(room):
        pass
    assert index_bytes(sqlite_store) < before * 0.7
    assert not sqlite_store.search.merge()


def test_what_changes_no_words_leaves_the_index_alone(room: Newsroom) -> None:
    at = room.store.search.cursor()
    (waits,) = search(room.store, "waits", most=5)
    words = room.store.engine.rows("SELECT words FROM texts WHERE article_id = :id", {"id": waits.id})[0][
        "words"
    ]
    assert room.store.search.put([(waits.id, words)], at, after=at)
    assert room.store.kept.get("search_forgotten") is None
    assert room.store.search.put([(waits.id, f"{words} zeppelin")], at, after=at)
    assert room.store.kept.get("search_forgotten") == "1"
    assert titles(room, "waits zeppelin") == ["The ferry waits"]
