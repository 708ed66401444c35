"""What a process holds: never claimed again by itself, extended by name only, and given up once another has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.claims import Claims
from feeds.actions.gathering.poll import by_domain
from feeds.actions.gathering.poll_saving import PollSaver
from feeds.actions.gathering.rounds import poll_domain
from feeds.model.incoming import SourceOptions
from feeds.model.settings import PollSettings
from tests.fakes import Newsroom, item, rss

T = TypeVar("T")
SETTINGS = PollSettings(pause=timedelta(0))
PAUSED = timedelta(seconds=75)
"""Longer than a claim: a laptop that slept."""


def owners(store: Store) -> dict[str, str]:
    rows = store.engine.rows("SELECT host, claimed_by FROM hosts WHERE claimed_by IS NOT NULL")
    return {row["host"]: row["claimed_by"] for row in rows}


def newsroom_with(store: Store, *hosts: str) -> Newsroom:
    newsroom = Newsroom(store=store)
    for host in hosts:
        newsroom.add(f"https://{host}/feed", rss(item(1)))
    return newsroom


def test_a_process_that_slept_past_its_claims_does_not_claim_them_again(store: Store) -> None:
    newsroom = newsroom_with(store, "a.example", "b.example")
    claims = Claims("one", SETTINGS, newsroom.clock)
    dues = claims.claim_due(store, newsroom.clock())
    assert len(dues) == 2
    newsroom.clock.move(seconds=PAUSED.total_seconds())
    assert claims.claim_due(store, newsroom.clock()) == ()
    numbers = store.engine.rows("SELECT host, claim_no FROM hosts")
    assert {row["host"]: row["claim_no"] for row in numbers} == {due.host: due.claim_no for due in dues}
    # Nobody else took them: what was found before and after the pause is good.
    assert store.polls.lost_claims({due.host: due.claim_no for due in dues}) == frozenset()


def test_a_host_is_claimed_again_once_it_was_let_go(store: Store) -> None:
    newsroom = newsroom_with(store, "a.example")
    claims = Claims("one", SETTINGS, newsroom.clock)
    (due,) = claims.claim_due(store, newsroom.clock())
    claims.release(store, [due.host])
    assert len(claims.claim_due(store, newsroom.clock())) == 1


def test_only_hosts_that_are_worked_on_are_extended(store: Store) -> None:
    newsroom = newsroom_with(store, "a.example", "b.example")
    forgotten = Claims("one", SETTINGS, newsroom.clock)
    forgotten.claim_due(store, newsroom.clock())
    # The same process after a fault of ours that lost its list: its hosts are free when their time has come.
    present = Claims("one", SETTINGS, newsroom.clock)
    present.extend(store, newsroom.clock())
    newsroom.clock.move(seconds=PAUSED.total_seconds())
    present.extend(store, newsroom.clock())
    assert len(present.claim_due(store, newsroom.clock())) == 2


def test_extending_holds_a_host_against_others(store: Store) -> None:
    newsroom = newsroom_with(store, "a.example")
    one, two = Claims("one", SETTINGS, newsroom.clock), Claims("two", SETTINGS, newsroom.clock)
    one.claim_due(store, newsroom.clock())
    for _ in range(4):
        newsroom.clock.move(seconds=40)
        one.extend(store, newsroom.clock())
        # Its domain's hold, extended beside it, must not hide a claim that was not.
        store.engine.run("UPDATE domains SET held_by = NULL, held_until_at = NULL")
        assert two.claim_due(store, newsroom.clock()) == ()
        assert not one.is_lost("a.example")


def test_a_host_that_another_took_over_is_asked_no_more(store: Store) -> None:
    newsroom = newsroom_with(store, "a.example")
    one, two = Claims("one", SETTINGS, newsroom.clock), Claims("two", SETTINGS, newsroom.clock)
    dues = one.claim_due(store, newsroom.clock())
    newsroom.clock.move(seconds=PAUSED.total_seconds())
    assert len(two.claim_due(store, newsroom.clock())) == 1

    async def in_store(work: Callable[[Store], T]) -> T:
        return work(store)

    async def woken() -> None:
        saver = PollSaver(in_store, settings=SETTINGS, chance=lambda: 0.0, claims=one, retry_s=0)
        saver.expect(len(dues))
        for several in by_domain(dues).values():
            await poll_domain(several, newsroom.tools(), saver=saver, claims=one, in_store=in_store)
        await saver.write_all()
        assert saver.under_way == 0

    asyncio.run(woken())
    assert newsroom.web.asked == []
    assert owners(store) == {"a.example": "two"}


def test_pushes_are_not_taken_for_a_host_that_is_worked_on(store: Store) -> None:
    newsroom = newsroom_with(store, "a.example")
    claims = Claims("one", SETTINGS, newsroom.clock)
    (due,) = claims.claim_due(store, newsroom.clock())
    newsroom.clock.move(seconds=PAUSED.total_seconds())
    assert claims.take_pushes(store, newsroom.clock()) == ()
    assert store.polls.lost_claims({due.host: due.claim_no}) == frozenset()


def polled_round(newsroom: Newsroom) -> None:
    """All that is due, each domain's sources as the scheduler asks them."""
    store = newsroom.store
    claims = Claims("one", SETTINGS, newsroom.clock)
    dues = claims.claim_due(store, newsroom.clock())

    async def in_store(work: Callable[[Store], T]) -> T:
        return work(store)

    async def round_() -> None:
        saver = PollSaver(in_store, settings=SETTINGS, chance=lambda: 0.0, claims=claims, retry_s=0)
        saver.expect(len(dues))
        for several in by_domain(dues).values():
            await poll_domain(several, newsroom.tools(), saver=saver, claims=claims, in_store=in_store)
        await saver.write_all()

    asyncio.run(round_())


def asked_of(newsroom: Newsroom, *urls: str) -> list[str]:
    polled_round(newsroom)
    return [request.url for request in newsroom.web.asked if request.url in urls]


FIRST, SECOND = "https://a.harbour.example/feed", "https://b.harbour.example/feed"


def with_pages(store: Store, page: str) -> Newsroom:
    """A source that is read from its pages, the first of which wants to be left alone, before another of its domain."""
    newsroom = Newsroom(store=store)
    newsroom.web.put(FIRST, rss(item(1, link=page)))
    newsroom.web.put(page, "", status=429)
    spec = replace(spec_at(FIRST), options=SourceOptions(full_text=True))
    store.sources.add(spec, newsroom.clock())
    newsroom.add(SECOND, rss(item(2)))
    return newsroom


def test_an_article_page_that_wants_rest_ends_the_round_of_its_domain(store: Store) -> None:
    page = "https://www.harbour.example/1"
    newsroom = with_pages(store, page)
    assert asked_of(newsroom, page, SECOND) == [page]
    assert owners(store) == {}


def test_an_article_page_of_another_domain_does_not(store: Store) -> None:
    page = "https://elsewhere.example/1"
    newsroom = with_pages(store, page)
    assert asked_of(newsroom, page, SECOND) == [page, SECOND]


def test_a_source_that_wants_rest_ends_the_round_of_its_domain(store: Store) -> None:
    newsroom = newsroom_with(store, "a.harbour.example", "b.harbour.example")
    newsroom.web.put(FIRST, "", status=429)
    assert asked_of(newsroom, FIRST, SECOND) == [FIRST]


def test_a_host_that_wants_rest_is_left_alone_and_its_domain_is_not(store: Store) -> None:
    newsroom = newsroom_with(store, "a.harbour.example", "b.harbour.example")
    beside = "https://a.harbour.example/notices"
    newsroom.add(beside, rss(item(3)))
    newsroom.web.put(FIRST, "", status=503)
    assert sorted(asked_of(newsroom, FIRST, beside, SECOND)) == [FIRST, SECOND]


def test_a_domain_that_is_held_takes_no_place_from_others(store: Store) -> None:
    newsroom = newsroom_with(store, "a.harbour.example", "quay.example")
    (first,) = store.polls.claim(
        owner="one", now=newsroom.clock(), until=newsroom.clock() + PAUSED, most=1, pause=timedelta(0)
    )
    newsroom.add(
        SECOND if first.host.endswith("harbour.example") else "https://b.quay.example/feed", rss(item(2))
    )
    store.engine.run(
        "UPDATE hosts SET next_due_at = next_due_at - 1000 WHERE host IN ('b.harbour.example', 'b.quay.example')"
    )
    (second,) = store.polls.claim(
        owner="two", now=newsroom.clock(), until=newsroom.clock() + PAUSED, most=1, pause=timedelta(0)
    )
    assert {first.host, second.host} == {"a.harbour.example", "quay.example"}


def test_extending_holds_the_domain_against_others(store: Store) -> None:
    newsroom = newsroom_with(store, "a.harbour.example")
    one, two = Claims("one", SETTINGS, newsroom.clock), Claims("two", SETTINGS, newsroom.clock)
    assert len(one.claim_due(store, newsroom.clock())) == 1
    newsroom.add(SECOND, rss(item(2)))
    for _ in range(4):
        newsroom.clock.move(seconds=40)
        one.extend(store, newsroom.clock())
        assert two.claim_due(store, newsroom.clock()) == ()
    one.release_all(store)
    assert {due.host for due in two.claim_due(store, newsroom.clock())} == {
        "a.harbour.example",
        "b.harbour.example",
    }
