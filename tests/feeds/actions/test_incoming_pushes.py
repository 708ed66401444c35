"""Hubs as use cases over both engines: asked, confirmed while the request is under way, believed, taken up under a claim."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.actions.gathering.incoming_pushes import receive, take, take_up
from feeds.actions.gathering.subscribe import Reach, ask, confirm, due_asks, note_answer
from feeds.errors import NotFoundError
from feeds.http.requests import Response
from feeds.http.websub import signature
from feeds.model.push import HubSubscription
from tests.fakes import NO_PAUSE, Newsroom, item, rss

FEED, HUB = "https://quay.example/feed", "https://hub.example/"
REACH = Reach(is_on=True, base_url="https://reader.example/")
LINK = f"<{HUB}>; rel=hub, <{FEED}>; rel=self"
MINUTE = timedelta(minutes=1)


def polled(newsroom: Newsroom) -> HubSubscription:
    newsroom.web.put(FEED, rss(item(1)), Link=LINK, ETag='"1"')
    newsroom.add(FEED)
    newsroom.round()
    (one,) = newsroom.store.hubs.subscriptions_of([newsroom.store.sources.every()[0].source.id])
    return one


def asked(newsroom: Newsroom, status: int = 202) -> HubSubscription:
    """The hub confirms before it answers, as many do."""
    polled(newsroom)
    newsroom.web.put(HUB, "", status=status)
    secrets = (f"secret-{number}" for number in itertools.count())
    (one,) = due_asks(
        newsroom.store, REACH, now=newsroom.clock(), pause=NO_PAUSE.pause, new_secret=lambda: next(secrets)
    )
    token = one.subscription.token or ""
    assert confirm(
        newsroom.store, token, mode="subscribe", feed_url=FEED, lease_seconds="600", now=newsroom.clock()
    )
    answer = asyncio.run(ask(one, newsroom.tools(), REACH))
    note_answer(newsroom.store, one, answer, newsroom.clock())
    found = newsroom.store.hubs.subscription(one.subscription.id)
    assert found is not None
    return found


def push(newsroom: Newsroom, one: HubSubscription, body: str) -> str:
    return receive(
        newsroom.store,
        one.token or "",
        body=body.encode(),
        content_type="application/rss+xml",
        signature=signature(one.secret or "", body.encode()),
        now=newsroom.clock(),
    )


def taken_up(newsroom: Newsroom) -> int:
    several = take(newsroom.store, owner="one", now=newsroom.clock(), claim=MINUTE)
    for each in several:
        asyncio.run(take_up(each, newsroom.tools(), newsroom._in_store))
    newsroom.store.polls.release(owner="one")
    return len(several)


def titles(newsroom: Newsroom) -> set[str]:
    return {row["title"] for row in newsroom.store.engine.rows("SELECT title FROM articles")}


def test_a_hub_that_confirms_before_it_answers_is_active_and_stays_so(newsroom: Newsroom) -> None:
    one = asked(newsroom)
    assert (one.state, one.lease_until_at) == ("active", newsroom.clock() + 10 * MINUTE)
    sent = newsroom.web.asked[-1]
    assert (sent.method, sent.url) == ("POST", HUB)
    assert b"https%3A%2F%2Freader.example%2Fwebsub%2Fsecret-0" in sent.body
    assert due_asks(newsroom.store, REACH, now=newsroom.clock(), pause=MINUTE, new_secret=str) == ()


def test_a_fault_after_the_confirmation_is_no_end_of_it(newsroom: Newsroom) -> None:
    one = asked(newsroom, status=500)
    assert (one.state, one.failure_count) == ("active", 1)


def test_a_poll_that_names_the_same_hub_in_a_304_changes_nothing(newsroom: Newsroom) -> None:
    one = asked(newsroom)
    newsroom.again(minutes=2)
    assert newsroom.store.hubs.subscriptions_of([one.source_id]) == (one,)


def test_one_entry_that_a_hub_brings_is_no_document_of_one_entry(newsroom: Newsroom) -> None:
    """Its page alone says that it is the same under another guid; only a whole document tells one thing at a time."""
    one = asked(newsroom)
    later = newsroom.clock.move(minutes=5)
    assert push(newsroom, one, rss(item(1, guid="harbour-1-v2", title="Corrected", date=later))) == "taken"
    assert taken_up(newsroom) == 1
    assert titles(newsroom) == {"Corrected"}


def test_what_a_hub_brings_goes_the_way_of_a_poll(newsroom: Newsroom) -> None:
    one = asked(newsroom)
    before = newsroom.store.sources.every()[0].poll
    newsroom.clock.move(minutes=5)
    assert push(newsroom, one, rss(item(2, extra="<category>Ferries</category>"))) == "taken"
    assert taken_up(newsroom) == 1
    assert titles(newsroom) == {"Story 1", "Story 2"}
    after = newsroom.store.sources.every()[0].poll
    assert after == replace(
        before, last_new_at=newsroom.clock(), gap=after.gap, told_until_at=after.told_until_at
    )
    assert taken_up(newsroom) == 0
    newsroom.store.feeds.number_touched(newsroom.clock())
    assert {info.key.kind for info in newsroom.store.feeds.every() if info.article_count == 2} == {
        "all",
        "source",
    }


def test_a_push_from_before_the_last_poll_brings_no_old_telling_back(newsroom: Newsroom) -> None:
    one = asked(newsroom)
    push(newsroom, one, rss(item(1, title="Story 1, first telling"), item(2)))
    newsroom.web.put(FEED, rss(item(1, title="Story 1, corrected")), Link=LINK)
    newsroom.again(minutes=5)
    taken_up(newsroom)
    assert titles(newsroom) == {"Story 1, corrected", "Story 2"}


def test_a_push_whose_claim_was_taken_over_is_kept_for_the_new_holder(newsroom: Newsroom) -> None:
    one = asked(newsroom)
    push(newsroom, one, rss(item(2)))
    (late,) = take(newsroom.store, owner="one", now=newsroom.clock(), claim=MINUTE)
    newsroom.clock.move(minutes=2)
    (other,) = take(newsroom.store, owner="two", now=newsroom.clock(), claim=MINUTE)
    asyncio.run(take_up(late, newsroom.tools(), newsroom._in_store))
    assert titles(newsroom) == {"Story 1"}
    asyncio.run(take_up(other, newsroom.tools(), newsroom._in_store))
    assert titles(newsroom) == {"Story 1", "Story 2"}


def test_a_paused_source_takes_nothing_in(newsroom: Newsroom) -> None:
    one = asked(newsroom)
    push(newsroom, one, rss(item(2)))
    newsroom.store.sources.set_state(one.source_id, "paused", newsroom.clock())
    taken_up(newsroom)
    assert titles(newsroom) == {"Story 1"}
    assert not newsroom.store.engine.rows("SELECT id FROM pushes")


def test_a_429_of_the_hub_cools_its_domain(newsroom: Newsroom) -> None:
    polled(newsroom)
    (one,) = due_asks(newsroom.store, REACH, now=newsroom.clock(), pause=MINUTE, new_secret=lambda: "x")
    answer = Response(url=HUB, status=429, headers=(("Retry-After", "3600"),), body=b"")
    note_answer(newsroom.store, one, answer, newsroom.clock())
    found = newsroom.store.hubs.subscription(one.subscription.id)
    assert found is not None
    assert found.next_try_at == newsroom.clock() + 60 * MINUTE
    assert newsroom.store.polls.cool_until("hub.example") == newsroom.clock() + 60 * MINUTE


def test_many_sources_of_one_hub_are_asked_a_pause_apart_and_the_rest_later(newsroom: Newsroom) -> None:
    newsroom.web.put(HUB, "", status=202)
    for number in range(6):
        url = f"https://paper{number}.example/feed"
        newsroom.web.put(url, rss(item(number)), Link=f"<{HUB}>; rel=hub, <{url}>; rel=self")
        newsroom.add(url)
    newsroom.round()
    asks = due_asks(
        newsroom.store,
        REACH,
        now=newsroom.clock(),
        pause=timedelta(seconds=9),
        new_secret=iter("abcdefghijklmn").__next__,
    )
    assert [(one.slot_at - newsroom.clock()).total_seconds() for one in asks] == [0, 9, 18]
    states = [one.state for one in newsroom.store.hubs.live_subscriptions()]
    assert sorted(states) == ["asked"] * 3 + ["wanted"] * 3


def test_a_token_that_is_nobodys_is_nothing(newsroom: Newsroom) -> None:
    for token in ("", "x", "é", "' OR 1=1 --", "\x00"):
        with pytest.raises(NotFoundError):
            confirm(
                newsroom.store,
                token,
                mode="subscribe",
                feed_url=FEED,
                lease_seconds=None,
                now=newsroom.clock(),
            )
        with pytest.raises(NotFoundError):
            receive(newsroom.store, token, body=b"", content_type="", signature=None, now=newsroom.clock())
