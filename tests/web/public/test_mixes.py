"""Mixes: any feed of several terms, at an address that a person can type; the page where one is put together."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from db.store import Store
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.publishing.search import read_batch
from feeds.model.articles import TopicRule
from feeds.model.mixes import MixError, mix_title, parse_mix
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import Newsroom, item, rss
from web.app import MIXES_A_MINUTE, create_app

HARBOUR, NOTICES = "https://harbour.example/feed", "https://notices.example/feed"


def told(number: int, title: str, author: str = "", language: str = "") -> str:
    extra = f"<dc:creator>{author}</dc:creator>" if author else ""
    extra += f"<dc:language>{language}</dc:language>" if language else ""
    return item(number, title=title, extra=extra)


@pytest.fixture
def room(sqlite_store: Store) -> Newsroom:
    newsroom = Newsroom(store=sqlite_store)
    for slug, word in (("pier", "pier"), ("sea", "sea")):
        sqlite_store.topics.put(
            slug=slug, title=slug.capitalize(), description="", rule=TopicRule(phrases=(word,)),
            origin="admin", now=newsroom.clock(),
        )  # fmt: skip
    newsroom.add(
        HARBOUR,
        rss(
            told(1, "The pier", "Ines Halvorsen", "en"),
            told(2, "The sea", "Ines Halvorsen", "nn"),
            told(3, "Sea and pier", "Jonas Weir", "en"),
        ),
    )
    newsroom.add(
        NOTICES, rss(item(9, link="https://notices.example/9", title="Pier notice"), title="Notices")
    )
    newsroom.round()
    return newsroom


@pytest.fixture
def app(room: Newsroom, tmp_path: Path) -> Flask:
    return create_app(
        settings=Settings(
            path=tmp_path / "config.toml",
            site=SiteSettings(title="Reader", base_url="https://reader.example"),
        ),
        store_factory=lambda: room.store,
        clock=room.clock,
        is_refreshing=False,
    )


def titles(app: Flask, path: str) -> list[str]:
    answer = app.test_client().get(f"/mix/{path}.json")
    assert answer.status_code == 200, answer.text
    return sorted(one["title"] for one in json.loads(answer.data)["items"])


def get(app: Flask, path: str) -> TestResponse:
    return app.test_client().get(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("topics/pier", ["Pier notice", "Sea and pier", "The pier"]),
        ("topics/pier,sea", ["Pier notice", "Sea and pier", "The pier", "The sea"]),
        ("topics/pier/topics/sea", ["Sea and pier"]),
        ("topics/pier/not-sources/notices", ["Sea and pier", "The pier"]),
        ("topics/pier,sea/authors/ines-halvorsen", ["The pier", "The sea"]),
        ("topics/pier,sea/authors/ines-halvorsen/languages/nn", ["The sea"]),
        ("not-topics/pier", ["The sea"]),
        ("languages/en", ["Sea and pier", "The pier"]),
        ("topics/pier/not-languages/en", ["Pier notice"]),
    ],
)
def test_pairs_narrow_commas_widen_and_not_excludes(
    app: Flask, room: Newsroom, path: str, expected: list[str]
) -> None:
    slug = next(row.source.slug for row in room.store.sources.every() if "notices" in row.source.slug)
    canonical = path.replace("notices", slug)
    assert titles(app, parse_mix(canonical).path()) == expected


def test_there_is_one_spelling_and_others_lead_to_it(app: Flask) -> None:
    answer = get(app, "/mix/authors/ines-halvorsen/topics/sea,pier.atom?limit=3")
    assert answer.status_code == 308
    assert answer.headers["Location"] == (
        "https://reader.example/mix/topics/pier,sea/authors/ines-halvorsen.atom?limit=3"
    )


def test_a_renamed_word_leads_on_and_the_id_stays(app: Flask, room: Newsroom) -> None:
    def own_id(path: str) -> str:
        text = get(app, path).text
        return text.split("<id>")[1].split("</id>")[0]

    before = own_id("/mix/topics/pier,sea.atom")
    room.store.topics.rename("pier", "quay", room.clock())
    context: Any = app.extensions["feedwright"]
    context.cache.refresh()
    answer = get(app, "/mix/topics/pier,sea.json")
    assert answer.status_code == 307
    assert answer.headers["Location"].endswith("/mix/topics/quay,sea.json")
    assert own_id("/mix/topics/quay,sea.atom") == before


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/mix/topics/peir", "pier"),
        ("/mix/topics", "stands alone"),
        ("/mix/places/x", "topics, authors, sources, languages"),
        ("/mix/" + "/".join(f"topics/a{n}" for n in range(9)), "8 pairs"),
        ("/mix/topics/a%20b", "no list of words"),
    ],
)
def test_what_names_no_mix_is_told_what_to_do(app: Flask, path: str, words: str) -> None:
    for address in (path, f"{path}.atom"):
        answer = get(app, address)
        assert answer.status_code == 404
        assert words in answer.text


def test_a_mix_is_a_feed_in_every_format_and_not_for_search_engines(app: Flask) -> None:
    for ending in ("atom", "rss", "json"):
        first, second = (get(app, f"/mix/topics/pier.{ending}") for _ in range(2))
        assert first.data == second.data
        assert first.headers["X-Robots-Tag"] == second.headers["X-Robots-Tag"] == "noindex"
        again = app.test_client().get(
            f"/mix/topics/pier.{ending}", headers={"If-None-Match": first.headers["ETag"]}
        )
        assert again.status_code == 304


def test_a_change_reaches_a_mix_that_is_held(app: Flask, room: Newsroom) -> None:
    assert len(titles(app, "topics/pier/topics/sea")) == 1
    room.store.articles.withdraw(3, reason="wrong", now=room.clock())
    publish_touched(room.store, room.clock())
    context: Any = app.extensions["feedwright"]
    context.cache.refresh()
    assert titles(app, "topics/pier/topics/sea") == []


def test_options_show_less_and_never_more(app: Flask) -> None:
    one = json.loads(get(app, "/mix/topics/pier.json?limit=1").data)
    assert len(one["items"]) == 1
    short = json.loads(get(app, "/mix/topics/pier.json?excerpt").data)
    whole = json.loads(get(app, "/mix/topics/pier.json").data)
    assert len(short["items"]) == len(whole["items"])
    assert get(app, "/mix/topics/pier.json?limit=0").status_code == 404


def test_who_asks_for_very_many_is_told_to_wait(app: Flask) -> None:
    client = app.test_client()
    codes = [
        client.get(f"/mix/topics/pier.json?limit={n % 9 + 1}").status_code for n in range(MIXES_A_MINUTE + 2)
    ]
    assert codes[:MIXES_A_MINUTE] == [200] * MIXES_A_MINUTE
    refused = client.get("/mix/topics/pier.json?limit=1")
    assert refused.status_code == 429
    assert refused.headers["Cache-Control"] == "no-store"
    assert int(refused.headers["Retry-After"]) >= 1


def test_an_ipv6_network_is_one_client_and_ipv4_inside_ipv6_is_not(app: Flask) -> None:
    client = app.test_client()

    def codes(*addresses: str) -> set[int]:
        return {
            client.get("/mix/topics/pier.json?limit=1", environ_base={"REMOTE_ADDR": one}).status_code
            for one in addresses
        }

    assert codes(*(f"2001:db8:0:1::{number:x}" for number in range(MIXES_A_MINUTE))) == {200}
    assert codes("2001:db8:0:1:ffff::1") == {429}
    assert codes("2001:db8:0:2::1") == {200}
    assert codes(*(f"::ffff:192.0.2.{number}" for number in range(MIXES_A_MINUTE + 9))) == {200}


def test_the_page_puts_a_mix_together_without_script(app: Flask) -> None:
    form = get(app, "/mix")
    assert form.status_code == 200
    assert 'name="topics" value="pier"' in form.text
    asked = get(app, "/mix?topics=pier&topics=sea&topics=&not-sources=&authors=Ines-Halvorsen")
    assert asked.status_code == 303
    assert asked.headers["Location"] == ("https://reader.example/mix/topics/pier,sea/authors/ines-halvorsen")
    page = get(app, "/mix/topics/pier,sea/authors/ines-halvorsen")
    assert "The sea" in page.text
    assert "https://reader.example/mix/topics/pier,sea/authors/ines-halvorsen.atom" in page.text


def test_parsing_bears_anything() -> None:
    many = ",".join(f"a{n}" for n in range(40))
    for odd in ("", "/", "topics/,", "topics/../x", "not-/x", f"topics/{many}"):
        with pytest.raises(MixError):
            parse_mix(odd)


def test_a_mix_is_called_what_a_person_would_say() -> None:
    mix = parse_mix("topics/pier/not-topics/sea/not-authors/a,b/sources/x/not-sources/y/languages/en")
    named = [(term, [word.title() for word in term.words]) for term in mix.terms]
    assert mix_title(named) == "Pier, without Sea, not by A or B, from X, not from Y, in En"


def search_titles(app: Flask, query: str) -> list[str]:
    answer = get(app, f"/search.json?{query}")
    assert answer.status_code == 200, answer.text
    return sorted(one["title"] for one in json.loads(answer.data)["items"])


@pytest.fixture
def read_by_search(room: Newsroom) -> None:
    async def in_store(work: Any) -> Any:
        return work(room.store)

    assert asyncio.run(read_batch(in_store, excerpt_chars=300, now=room.clock()))


@pytest.mark.usefixtures("read_by_search")
def test_a_search_is_a_feed_too(app: Flask) -> None:
    assert search_titles(app, "q=pier") == ["Pier notice", "Sea and pier", "The pier"]
    assert search_titles(app, "q=PIER+sea") == ["Sea and pier"]
    assert len(search_titles(app, "q=pier&limit=1")) == 1
    told = json.loads(get(app, "/search.json?q=pier").data)
    assert told["feed_url"] == "https://reader.example/search.json?q=pier"
    assert told["home_page_url"] == "https://reader.example/search?q=pier"
    answer = get(app, "/search.atom?q=pier")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert get(app, "/search.atom?q=nobody+writes+this").status_code == 200
    again = app.test_client().get("/search.atom?q=pier", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.usefixtures("read_by_search")
def test_case_and_marks_make_no_other_search(app: Flask) -> None:
    ids = {get(app, f"/search.atom?q={query}").text.split("id>")[1] for query in ("pier", "PIER", "%20pier!")}
    assert len(ids) == 1


def test_a_search_without_words_says_what_to_do(app: Flask) -> None:
    answer = get(app, "/search.atom?q=...")
    assert answer.status_code == 404
    assert "/search.atom?q=harbour" in answer.text


@pytest.mark.usefixtures("read_by_search")
def test_searches_of_one_client_are_limited(app: Flask) -> None:
    answers = [get(app, f"/search.rss?q=w{number}").status_code for number in range(MIXES_A_MINUTE + 1)]
    assert answers[-1] == 429


def test_a_saved_mix_has_a_page_feeds_and_a_line_in_every_list(room: Newsroom, app: Flask) -> None:
    saved = room.store.mixes.put(
        slug="shore", title="The shore", description="By the water.", path="topics/pier,sea",
        origin="admin", now=room.clock(),
    )  # fmt: skip
    room.store.mixes.settle(room.store.mixes.concerned(saved), room.clock())
    publish_touched(room.store, room.clock())
    page = get(app, "/mixes/shore")
    assert page.status_code == 200
    assert "The shore" in page.text
    assert "noindex" not in page.headers.get("X-Robots-Tag", "")
    items = json.loads(get(app, "/mixes/shore.json").data)["items"]
    assert len(items) == 4
    assert "https://reader.example/mixes/shore" in get(app, "/feeds.opml").text
    assert "/mixes/shore" in get(app, "/mixes").text
    assert "/mixes/shore" in get(app, "/").text
    room.store.mixes.set_state(saved.id, "retired", room.clock())
    assert get(app, "/mixes/shore.atom").status_code == 410
    assert get(app, "/mixes/shroe.atom").status_code == 404


def test_each_group_of_feeds_is_a_list_of_its_own(app: Flask) -> None:
    topics = get(app, "/topics.opml")
    assert topics.headers["Content-Type"].startswith("text/x-opml")
    assert topics.headers["Access-Control-Allow-Origin"] == "*"
    assert "<title>Topics of Reader</title>" in topics.text
    assert "/topics/pier.atom" in topics.text
    assert "/sources/" not in topics.text
    assert "/all.atom" not in topics.text
    assert "/sources/" in get(app, "/sources.opml").text
    assert "/topics.opml" in get(app, "/topics").text


def test_a_mix_is_shaped_for_a_partner(app: Flask) -> None:
    shaped = {
        name: json.loads(get(app, f"/mix/topics/pier.json?profile={name}").data)
        for name in ("plain", "apple")
    }
    assert {name: len(one["items"]) for name, one in shaped.items()} == {"plain": 3, "apple": 0}
    assert shaped["plain"]["feed_url"] == "https://reader.example/mix/topics/pier.json?profile=plain"
    assert get(app, "/mix/topics/pier.json?profile=nobody").status_code == 404
