"""Subscriptions and pushes in the store, over both engines: taken once, claimed by host, in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.poll import claim_due
from feeds.actions.operating.tidy import tidy
from feeds.errors import ClaimLostError
from feeds.model.incoming import Source
from feeds.model.push import HubSubscription
from feeds.model.settings import KeepSettings
from tests.conftest import open_store
from tests.fakes import NO_PAUSE, NOON

HUB = "https://hub.example/"
MINUTE = timedelta(minutes=1)


def add(store: Store, number: int = 1) -> tuple[Source, HubSubscription]:
    source = store.sources.add(spec_at(f"https://paper{number}.example/feed"), NOON)
    one = HubSubscription(
        source_id=source.id,
        hub_url=HUB,
        hub_urls=(HUB, "https://b.example/é"),
        feed_url=source.fetch_url,
        document_url=source.fetch_url,
        document_format="rss20",
        token=f"token-{number}",
        secret="s",
        pending="subscribe",
        pending_until_at=NOON + MINUTE,
        next_try_at=NOON,
        reason="why",
    )
    return source, store.hubs.put_subscription(one)


def test_a_subscription_comes_back_as_it_was_stored(store: Store) -> None:
    source, one = add(store)
    assert one.id > 0
    assert store.hubs.subscription(one.id) == store.hubs.subscription_of_token("token-1") == one
    changed = replace(
        one, state="active", lease_until_at=NOON + MINUTE, since_at=NOON, told_at=NOON, silences=2
    )
    assert store.hubs.put_subscription(changed) == changed
    assert store.hubs.subscriptions_of([source.id]) == (changed,)
    assert store.hubs.subscriptions_of([]) == ()
    assert store.hubs.subscription_of_token("token-2") is None


def test_a_source_is_told_of_as_long_as_the_lease_of_its_active_subscription(store: Store) -> None:
    source, one = add(store)

    def until() -> object:
        row = store.sources.of_id(source.id)
        assert row is not None
        return row.poll.told_until_at

    assert until() is None
    store.hubs.put_subscription(replace(one, state="active", lease_until_at=NOON + MINUTE))
    assert until() == NOON + MINUTE
    store.hubs.put_subscription(replace(one, state="silent", lease_until_at=NOON + MINUTE))
    assert until() is None


def test_what_is_due_is_taken_once_and_again_when_nothing_came_of_it(store: Store, database_url: str) -> None:
    for number in range(3):
        add(store, number)
    other = open_store(database_url)
    first = store.hubs.take_subscriptions(now=NOON, until=NOON + MINUTE, most=2)
    second = other.hubs.take_subscriptions(now=NOON, until=NOON + MINUTE, most=2)
    assert [one.token for one in (*first, *second)] == ["token-0", "token-1", "token-2"]
    assert other.hubs.take_subscriptions(now=NOON, until=NOON + MINUTE, most=2) == ()
    assert len(store.hubs.take_subscriptions(now=NOON + MINUTE, until=NOON + 2 * MINUTE, most=9)) == 3
    other.close()


def test_pushes_are_taken_one_a_source_in_order_and_their_hosts_are_held(
    store: Store, database_url: str
) -> None:
    _, one = add(store)
    _, two = add(store, 2)
    for body in (b"1", b"1", b"2", b"3"):
        assert store.hubs.add_push(one.id, body=body, content_type="text/xml", now=NOON, most=3)
    assert not store.hubs.add_push(one.id, body=b"4", content_type="", now=NOON, most=3)
    assert store.hubs.add_push(two.id, body=b"\x00\xff", content_type="", now=NOON, most=3)
    other = open_store(database_url)
    taken = store.hubs.take_pushes(owner="one", now=NOON, until=NOON + MINUTE, most=9)
    assert [(push.body, push.subscription.id) for push in taken] == [(b"1", one.id), (b"\x00\xff", two.id)]
    assert other.hubs.take_pushes(owner="two", now=NOON, until=NOON + MINUTE, most=9) == ()
    assert claim_due(other, owner="two", now=NOON, settings=NO_PAUSE) == ()
    store.polls.check_claim(taken[0].due.host, taken[0].due.claim_no)
    store.hubs.drop_push(taken[0].id)
    store.polls.release(owner="one")
    (again, _) = other.hubs.take_pushes(owner="two", now=NOON, until=NOON + MINUTE, most=9)
    assert again.body == b"2"
    with pytest.raises(ClaimLostError):
        store.polls.check_claim(taken[0].due.host, taken[0].due.claim_no)
    other.close()


def test_a_host_that_is_being_polled_keeps_its_pushes_waiting(store: Store) -> None:
    _, one = add(store)
    store.hubs.add_push(one.id, body=b"1", content_type="", now=NOON, most=3)
    assert len(claim_due(store, owner="one", now=NOON, settings=NO_PAUSE)) == 1
    assert store.hubs.take_pushes(owner="one", now=NOON, until=NOON + MINUTE, most=9) == ()
    store.polls.release(owner="one")
    assert len(store.hubs.take_pushes(owner="one", now=NOON, until=NOON + MINUTE, most=9)) == 1


def test_a_source_that_is_paused_or_comes_back_has_its_subscriptions_looked_at(store: Store) -> None:
    source, one = add(store)
    later = NOON + 3 * MINUTE
    store.hubs.put_subscription(replace(one, state="active", next_try_at=NOON + timedelta(days=5)))
    for state in ("paused", "active", "removed"):
        store.sources.set_state(source.id, state, later)
        (taken,) = store.hubs.take_subscriptions(now=later, until=NOON + timedelta(days=5), most=9)
        assert taken.id == one.id
    store.sources.add(spec_at(source.fetch_url), later)
    assert len(store.hubs.take_subscriptions(now=later, until=NOON + timedelta(days=5), most=9)) == 1


def test_what_was_left_long_ago_is_forgotten(store: Store) -> None:
    source, one = add(store)
    store.hubs.put_subscription(replace(one, state="left", next_try_at=None, pending_until_at=NOON))
    tidy(store, KeepSettings(), NOON + timedelta(days=29))
    assert len(store.hubs.subscriptions_of([source.id])) == 1
    assert store.hubs.live_subscriptions() == ()
    tidy(store, KeepSettings(), NOON + timedelta(days=31))
    assert store.hubs.subscriptions_of([source.id]) == ()
