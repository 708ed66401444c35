"""One bad source never stops the writing: hostile headers, a store that refuses one source, a lost connection."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from db.subjects.polls import Polls
from feeds.errors import StoreError
from feeds.http.requests import Response
from feeds.ingest.poll.fetch import judge
from feeds.ingest.rules.politeness import asked_by_headers
from tests.conftest import open_store
from tests.fakes import NOON, Newsroom, item, rss

GOOD, BAD = "https://good.example/feed", "https://bad.example/feed"


def test_numbers_that_only_look_like_numbers_are_none() -> None:
    assert asked_by_headers((("Cache-Control", "max-age=60"), ("Age", "²")), NOON) == timedelta(seconds=60)
    answer = Response(url=BAD, status=429, headers=(("Retry-After", "²"),), body=b"")
    assert getattr(judge(answer, now=NOON), "retry_after", 0) is None


def test_what_the_store_refuses_of_one_source_is_a_fault_of_ours_and_stops_nobody_else(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.add(BAD, rss(item("b", link="https://bad.example/1")))
    newsroom.add(GOOD, rss(item("g", link="https://good.example/1")))
    whole = Polls.save

    def refusing(self: Polls, source, report, feed, changes, now):  # type: ignore[no-untyped-def]
        if source.fetch_url == BAD and feed is not None:
            raise StoreError("no")
        whole(self, source, report, feed, changes, now)

    monkeypatch.setattr(Polls, "save", refusing)
    newsroom.round()
    states = {row.source.fetch_url: row.poll for row in newsroom.store.sources.every()}
    assert states[GOOD].status == "well"
    assert (states[BAD].status, states[BAD].failure_count) == ("our-fault", 0)
    assert "could not be stored in our own code (StoreError)" in states[BAD].status_detail
    assert [one.subject for one in newsroom.store.alerts.open_ones()] == ["bad-example"]
    due_at = states[BAD].next_poll_at
    assert due_at is not None
    assert due_at > NOON
    assert newsroom.store.upkeep.counts()["articles"] == 1


def test_a_lost_connection_to_postgres_is_opened_anew(postgres_server: str) -> None:
    store = open_store(postgres_server)
    pid = store.engine.rows("SELECT pg_backend_pid() AS pid")[0]["pid"]
    with psycopg.connect(postgres_server, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (pid,))
    with pytest.raises(StoreError):
        store.engine.rows("SELECT 1 AS one")
    assert store.engine.rows("SELECT 1 AS one")[0]["one"] == 1
    with store.write():
        assert store.engine.rows("SELECT 2 AS two")[0]["two"] == 2
    store.close()


@pytest.mark.parametrize("link", ["#two", "", "https://a.example/feed?token=SECRET"])
def test_a_token_in_a_sources_address_never_reaches_what_is_published(newsroom: Newsroom, link: str) -> None:
    url = "https://a.example/feed?token=SECRET"
    body = rss(f"<item><title>T</title><guid isPermaLink='false'>1</guid><link>{link}</link><description>"
               "&lt;a href='?x'&gt;y&lt;/a&gt;</description></item>")  # fmt: skip
    newsroom.add(url, body.replace("<link>https://harbour.example/</link>", f"<link>{url}</link>"))
    newsroom.round()
    rows = newsroom.store.engine.rows(
        "SELECT a.url, a.canonical_url, c.content_html, s.home_url, s.public_url FROM articles a"
        " JOIN contents c ON c.article_id = a.id JOIN sources s ON s.id = a.source_id"
    )
    assert len(rows) == 1
    assert "SECRET" not in str([dict(row) for row in rows])
