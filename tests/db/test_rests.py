"""A host that rests is left alone whoever asks for its sources, and no ping is lost while its source is polled."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from db import domains
from feeds.actions.gathering.pings import published
from feeds.actions.gathering.poll import claim_due, save_polls
from feeds.ingest.poll.pipeline import Polled
from feeds.model.fetched import Failed, Fetched, FetchResult, Gone, NotModified
from tests.fakes import NO_PAUSE, Newsroom, item, rss

FEED = "https://harbour.example/feed"
OTHER = "https://harbour.example/notices"
BODY = Fetched(url=FEED, body=b"", content_type="", body_hash="x", etag=None, last_modified=None)
UNCHANGED = NotModified(url=FEED, etag=None, last_modified=None)
FAILED = Failed(url=FEED, state="server", detail="It has a fault.", status=500)


def asked(newsroom: Newsroom, url: str) -> int:
    return sum(1 for request in newsroom.web.asked if request.url == url)


def next_of(newsroom: Newsroom) -> datetime | None:
    (row,) = newsroom.store.sources.every()
    return row.poll.next_poll_at


def test_a_ping_to_another_source_does_not_end_the_rest_of_a_host(newsroom: Newsroom) -> None:
    for url in (FEED, OTHER):
        newsroom.add(url, rss(item(url)))
    newsroom.round()
    newsroom.web.put(FEED, "", status=503)
    newsroom.clock.move(hours=25)
    newsroom.round()
    before = asked(newsroom, OTHER)
    newsroom.clock.move(minutes=2)
    assert published(newsroom.store, OTHER, newsroom.clock())
    newsroom.round()
    assert asked(newsroom, OTHER) == before
    newsroom.clock.move(minutes=7)
    newsroom.round()
    assert asked(newsroom, OTHER) == before
    newsroom.clock.move(minutes=2)
    newsroom.round()
    assert asked(newsroom, OTHER) == before + 1


def polled_with_a_ping_meanwhile(newsroom: Newsroom, result: FetchResult, *, is_pinged: bool = True) -> None:
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    newsroom.clock.move(hours=25)
    (due,) = claim_due(newsroom.store, owner="one", now=newsroom.clock(), settings=NO_PAUSE)
    newsroom.clock.move(seconds=5)
    if is_pinged:
        assert published(newsroom.store, FEED, newsroom.clock())
    newsroom.clock.move(seconds=5)
    polled = Polled(due=due, result=result, feed=None, at=newsroom.clock())
    save_polls(newsroom.store, [polled], settings=NO_PAUSE, chance=lambda: 0.0)
    newsroom.store.polls.release(owner="one")


@pytest.mark.parametrize("result", [BODY, UNCHANGED, FAILED], ids=["same", "304", "500"])
def test_a_source_that_is_pinged_while_it_is_polled_is_polled_again_a_minute_later(
    newsroom: Newsroom, result: FetchResult
) -> None:
    polled_with_a_ping_meanwhile(newsroom, result)
    assert next_of(newsroom) == newsroom.clock() + timedelta(minutes=1)
    before = asked(newsroom, FEED)
    newsroom.clock.move(seconds=59)
    newsroom.round()
    assert asked(newsroom, FEED) == before
    newsroom.clock.move(seconds=2)
    newsroom.round()
    assert asked(newsroom, FEED) == before + 1
    following = next_of(newsroom)
    assert following is not None
    assert following >= newsroom.clock() + timedelta(minutes=15)


@pytest.mark.parametrize("result", [BODY, UNCHANGED, FAILED], ids=["same", "304", "500"])
def test_without_a_ping_the_poll_alone_says_when_it_is_due(newsroom: Newsroom, result: FetchResult) -> None:
    polled_with_a_ping_meanwhile(newsroom, result, is_pinged=False)
    following = next_of(newsroom)
    assert following is not None
    assert following >= newsroom.clock() + timedelta(minutes=15)


def test_a_source_that_is_gone_or_was_paused_meanwhile_is_not_polled_again(newsroom: Newsroom) -> None:
    polled_with_a_ping_meanwhile(newsroom, Gone(url=FEED))
    assert next_of(newsroom) is None


def test_a_domain_that_another_holds_gives_no_slots(newsroom: Newsroom) -> None:
    engine, now = newsroom.store.engine, newsroom.clock()
    names = ["harbour.example", "quay.example"]
    with engine.write():
        assert domains.lock_slots(engine, names, owner="one", now=now).keys() == set(names)
        domains.hold(engine, names[:1], owner="one", until=now + timedelta(minutes=1))
    with engine.write():
        assert domains.lock_slots(engine, names, owner="two", now=now).keys() == {"quay.example"}
        assert domains.lock_slots(engine, names, owner="one", now=now).keys() == set(names)
        later = now + timedelta(minutes=2)
        assert domains.lock_slots(engine, names, owner="two", now=later).keys() == set(names)
