"""The whole history of a feed by following links (RFC 5005): nothing missing, nothing double, nothing that was taken back."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.store import Store
from feeds.actions.publishing.publish import Renderer, publish_touched
from feeds.model.articles import TopicMatch, TopicRule
from feeds.model.outgoing import FeedKey, SiteInfo
from feeds.model.settings import PublishSettings
from feeds.publish.render import FORMATS
from tests import postgres
from tests.conftest import open_store
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
ALL = FeedKey(kind="all")
WALKS = int(os.environ.get("FEEDWRIGHT_WALKS", "0"))
SITE = SiteInfo(title="Quay", base_url="https://reader.example", language="en")
PUBLISH = PublishSettings(entries=5)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.archives.SIZE", 4)
    monkeypatch.setattr("feeds.actions.publishing.publish.WINDOW", timedelta(0))


def documents(store: Store, key: FeedKey = ALL) -> list[Any]:
    """The feed's own document and all archives, as a reader finds them by following JSON Feed's `next_url`."""
    renderer = Renderer(store, site=SITE, publish=PUBLISH, now=NOON)
    found, next_key = [], key
    while True:
        made = renderer.feed(next_key, "jsonfeed")
        assert made is not None, next_key
        found.append(json.loads(made.body))
        following = found[-1].get("next_url")
        if following is None:
            return found
        number = int(following.removesuffix(".json").rpartition("/")[2])
        assert number < (next_key.archive or 10**9)
        next_key = FeedKey(kind=key.kind, slug=key.slug, archive=number)


def living(document: Any) -> list[str]:
    return [one["id"] for one in document["items"] if "ended_at" not in one["_feedwright"]]


def members(store: Store) -> set[str]:
    rows = store.engine.rows("SELECT urn FROM articles WHERE status = 'published'")
    return {row["urn"] for row in rows}


def bring(newsroom: Newsroom, numbers: range, *, days_old: int = 0) -> None:
    dated = [item(n, date=newsroom.clock() - timedelta(days=days_old, minutes=n)) for n in numbers]
    newsroom.web.put(FEED, rss(*dated))
    newsroom.again()


def test_following_the_links_finds_every_article_and_none_twice_among_archives(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(*(item(n, date=NOON - timedelta(hours=n + 1)) for n in range(11))))
    newsroom.round()
    bring(newsroom, range(11, 19))
    bring(newsroom, range(19, 26), days_old=400)
    found = documents(newsroom.store)
    assert len(found) == 1 + 26 // 4
    assert set().union(*map(living, found)) == members(newsroom.store)
    archived = [one for document in found[1:] for one in living(document)]
    assert len(archived) == len(set(archived))


def test_what_stands_in_an_archive_document_never_changes(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(*(item(n, date=NOON - timedelta(hours=n + 1)) for n in range(9))))
    newsroom.round()
    before = [living(one) for one in documents(newsroom.store)[1:]]
    bring(newsroom, range(20, 33))
    after = [living(one) for one in documents(newsroom.store)[1:]]
    assert after[-len(before) :] == before


@pytest.mark.parametrize("format", FORMATS)
def test_what_was_withdrawn_is_in_no_document_any_more_but_by_a_sentence(
    newsroom: Newsroom, format: Any
) -> None:
    store = newsroom.store
    texts = [item(n, body=f"Secret words {n} here.", date=NOON - timedelta(hours=n + 1)) for n in range(10)]
    newsroom.add(FEED, rss(*texts))
    newsroom.round()
    keys = [ALL, *(FeedKey(kind="all", archive=number) for number in (1, 2))]
    for key in keys:
        Renderer(store, site=SITE, publish=PUBLISH, now=NOON).feed(key, format)
    gone = store.engine.rows("SELECT id, urn FROM articles ORDER BY sort_at")
    for row in gone:
        store.articles.withdraw(row["id"], reason="wrong", now=newsroom.clock())
    publish_touched(store, newsroom.clock())
    whole = b""
    for key in keys:
        made = Renderer(store, site=SITE, publish=PUBLISH, now=newsroom.clock()).feed(key, format)
        assert made is not None
        whole += made.body
    assert b"Secret words" not in whole
    assert b"This article was withdrawn on 22 November 2026: wrong." in whole
    assert all(row["urn"].encode() in whole for row in gone)


def test_atom_and_rss_link_as_rfc_5005_says(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(*(item(n, date=NOON - timedelta(hours=n + 1)) for n in range(9))))
    newsroom.round()
    renderer = Renderer(newsroom.store, site=SITE, publish=PUBLISH, now=NOON)
    own, first, second = (renderer.feed(FeedKey(kind="all", archive=number), "atom") for number in (0, 1, 2))
    assert own is not None
    assert first is not None
    assert second is not None
    assert b'rel="prev-archive" href="https://reader.example/all/archive/2.atom"' in own.body
    assert b"<fh:archive/>" not in own.body
    assert b"<fh:archive/>" in second.body
    assert b'rel="prev-archive" href="https://reader.example/all/archive/1.atom"' in second.body
    assert b'rel="current" href="https://reader.example/all.atom"' in first.body
    assert b'rel="next-archive" href="https://reader.example/all/archive/2.atom"' in first.body
    assert b"prev-archive" not in first.body
    rss_own = renderer.feed(ALL, "rss")
    assert rss_own is not None
    assert b'href="https://reader.example/all/archive/2.rss"' in rss_own.body


def test_there_is_no_archive_before_enough_has_joined(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1), item(2)))
    newsroom.round()
    assert newsroom.store.feeds.info(FeedKey(kind="all", archive=1)) is None
    assert len(documents(newsroom.store)) == 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("new"), st.integers(1, 6)),
        st.tuples(st.just("old"), st.integers(1, 6)),
        st.tuples(st.just("withdraw"), st.integers(0, 40)),
        st.tuples(st.just("restore"), st.integers(0, 40)),
        st.tuples(st.just("topic"), st.integers(0, 40)),
        st.tuples(st.just("edit"), st.integers(0, 40)),
    ),
    max_size=12,
)


class Walk:
    """A newsroom in which articles come, change, and go."""

    def __init__(self, store: Store) -> None:
        self.newsroom = Newsroom(store=store)
        self.next = 0
        self.newsroom.add(FEED, rss())
        self.newsroom.round()
        rule = TopicRule(phrases=("nothing",))
        store.topics.put(slug="sea", title="Sea", description="", rule=rule, origin="admin", now=NOON)

    def take(self, what: str, number: int) -> None:
        store, clock = self.newsroom.store, self.newsroom.clock
        clock.move(hours=1)
        if what in ("new", "old"):
            numbers = range(self.next, self.next + number)
            self.next += number
            bring(self.newsroom, numbers, days_old=0 if what == "new" else 300)
            return
        rows = store.engine.rows("SELECT id FROM articles ORDER BY id")
        if not rows:
            return
        article = rows[number % len(rows)]["id"]
        if what == "withdraw":
            store.articles.withdraw(article, reason="wrong", now=clock())
        elif what == "restore":
            store.articles.restore(article, clock())
        elif what == "topic":
            held = store.topics.matches_of([article]).get(article)
            matches = () if held else (TopicMatch(slug="sea", evidence="by hand"),)
            if store.engine.rows(
                "SELECT 1 AS one FROM articles WHERE id = :id AND status = 'published'", {"id": article}
            ):
                store.topics.set_matches(article, matches, clock())
        publish_touched(store, clock())

    def holds(self) -> None:
        store = self.newsroom.store
        for key in (ALL, FeedKey(kind="topic", slug="sea"), FeedKey(kind="source", slug="harbour-example")):
            rows = store.engine.rows(
                "SELECT a.urn FROM memberships m JOIN articles a ON a.id = m.article_id JOIN feeds f ON f.id = m.feed_id"
                " WHERE f.kind = :kind AND m.left_seq IS NULL",
                {"kind": key.kind},
            )
            wanted = {row["urn"] for row in rows}
            found = documents(store, key)
            told = set().union(*map(living, found))
            assert wanted <= told, "following the links misses an article"
            archived = [one for document in found[1:] for one in living(document)]
            assert len(archived) == len(set(archived)), "an article stands in two archive documents"
            assert told <= members(store), "a document shows what was taken back"
            assert len(living(found[0])) == len(set(living(found[0])))


@pytest.fixture(params=["sqlite", "postgres"])
def fresh_store(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[Callable[[], Store]]:
    """Makes an empty store for each example."""
    numbers = itertools.count()
    with ExitStack() as stack:

        def made() -> Store:
            # The one before goes: of thousands no disk holds all.
            stack.close()
            name = f"archives_{next(numbers)}"
            if request.param == "sqlite":
                path = Path(shutil.copy(sqlite_template, tmp_path / name))
                stack.callback(path.unlink)
                return open_store(str(path))
            address = request.getfixturevalue("postgres_server")
            return open_store(stack.enter_context(postgres.database(address, f"{name}_{id(stack)}")))

        yield made


@settings(
    max_examples=WALKS or 15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_the_history_is_whole_whatever_happens(
    fresh_store: Callable[[], Store], steps: list[tuple[str, int]]
) -> None:
    store = fresh_store()
    walk = Walk(store)
    for what, number in steps:
        walk.take(what, number)
    walk.holds()
    store.close()
