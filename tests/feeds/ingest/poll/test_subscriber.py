"""Our subscriptions as rules: what is planned, what a hub's answers mean, when it has missed something."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feeds.ingest.poll.intervals import BACKUP, next_interval
from feeds.ingest.poll.subscriber import (
    AFTER_REFUSAL,
    AFTER_SILENCE,
    GRACE,
    LIVE,
    LONGEST_LEASE,
    TRIES,
    UNSAID_LEASE,
    answered,
    asking,
    confirmed,
    has_missed,
    hub_words,
    planned,
    refused,
    silent,
)
from feeds.model.articles import Draft
from feeds.model.incoming import PollState, Source
from feeds.model.push import HubLinks, HubSubscription
from feeds.model.settings import PollSettings
from tests.fakes import NOON

A, B, FEED = "https://a.example/", "https://b.example/", "https://quay.example/feed"
HOUR = timedelta(hours=1)
ONE = HubSubscription(
    id=7, source_id=1, hub_url=A, hub_urls=(A, B), feed_url=FEED, document_url=FEED, document_format="rss20"
)
ASKED = asking(ONE, token="t", secret="s", now=NOON)
ACTIVE = replace(ASKED, state="active", since_at=NOON, lease_until_at=NOON + 10 * 24 * HOUR)


def plan(links: HubLinks, *held: HubSubscription) -> list[tuple[str, str, str]]:
    made = planned(links, held, source_id=1, document_url=FEED, document_format="rss20", now=NOON)
    return [(one.state, one.hub_url, one.feed_url) for one in made]


def test_a_new_hub_is_wanted_the_same_one_kept_and_one_that_is_not_named_any_more_left() -> None:
    links = HubLinks(hub_urls=(A, B), feed_url=FEED)
    assert plan(links) == [("wanted", A, FEED)]
    assert plan(links, ACTIVE) == []
    assert plan(replace(links, hub_urls=(B, A)), ACTIVE) == [("active", A, FEED)]
    assert plan(replace(links, hub_urls=(B,)), ACTIVE) == [("leaving", A, FEED), ("wanted", B, FEED)]
    assert plan(replace(links, feed_url=B), ACTIVE) == [("leaving", A, FEED), ("wanted", A, B)]
    assert plan(HubLinks(), ACTIVE) == [("leaving", A, FEED)]
    assert plan(HubLinks(), ONE) == [("left", A, FEED)], "a hub that was never asked need not be told"
    assert plan(links, replace(ACTIVE, state="left")) == [("wanted", A, FEED)]
    assert plan(HubLinks(), replace(ACTIVE, state="leaving")) == []


def test_only_what_was_asked_for_and_only_for_a_while_is_confirmed() -> None:
    assert confirmed(ONE, "subscribe", FEED, None, NOON) is None
    assert confirmed(ASKED, "subscribe", B, None, NOON) is None
    assert confirmed(ASKED, "unsubscribe", FEED, None, NOON) is None
    assert confirmed(ASKED, "publish", FEED, None, NOON) is None
    assert confirmed(ASKED, "subscribe", FEED, None, NOON + 2 * HOUR) is None
    found = confirmed(ASKED, "subscribe", FEED, None, NOON)
    assert found is not None
    assert (found.lease_until_at, found.next_try_at) == (NOON + UNSAID_LEASE, NOON + UNSAID_LEASE / 2)


@pytest.mark.parametrize(
    ("given", "held"), [(0, 86_400), (1, 60), (3600, 3600), (10**9, LONGEST_LEASE.total_seconds())]
)
def test_a_lease_of_any_size_is_renewed_at_its_half_within_reason(given: int, held: float) -> None:
    found = confirmed(ASKED, "subscribe", FEED, timedelta(seconds=given), NOON)
    assert found is not None
    assert found.lease_until_at == NOON + timedelta(seconds=held)
    assert found.next_try_at == NOON + (found.lease_until_at - NOON) / 2


def no(one: HubSubscription, status: int | None, now: datetime = NOON) -> HubSubscription:
    return answered(one, "subscribe", status=status, detail="It said no.", retry_after=None, now=now)


def test_a_no_leads_to_the_next_hub_and_from_the_last_one_to_a_week_of_waiting() -> None:
    second = no(ASKED, 403)
    assert (second.state, second.hub_url, second.token, second.next_try_at) == ("wanted", B, None, NOON)
    last = no(asking(second, token="u", secret="v", now=NOON), 404)
    assert (last.state, last.hub_url, last.next_try_at) == ("refused", A, NOON + AFTER_REFUSAL)
    assert last.reason == "b.example: It said no."


@pytest.mark.parametrize("status", [None, 500, 503, 429, 408, 302])
def test_a_hub_in_trouble_is_tried_again_more_and_more_slowly_then_the_next_one(status: int | None) -> None:
    one, now = ASKED, NOON
    for count in range(1, TRIES):
        one = no(one, status, now)
        assert (one.state, one.failure_count) == ("asked", count)
        assert one.next_try_at is not None
        assert one.next_try_at - now == timedelta(minutes=5) * 2 ** (count - 1)
        now = one.next_try_at
        # A failure was counted already when no confirmation came.
        one = replace(asking(replace(one, state="wanted"), token="", secret="", now=now), state="asked")
    assert no(one, status, now).hub_url == B


def test_a_retry_after_is_obeyed_and_what_was_confirmed_meanwhile_stays() -> None:
    waits = answered(ASKED, "subscribe", status=429, detail="", retry_after=9 * HOUR, now=NOON)
    assert waits.next_try_at == NOON + 9 * HOUR
    found = confirmed(ASKED, "subscribe", FEED, 48 * HOUR, NOON)
    assert found is not None
    assert no(found, 202) == found
    assert no(replace(found, pending=None), 500) == replace(found, pending=None)


def test_a_lease_that_ran_out_is_asked_for_as_if_for_the_first_time() -> None:
    assert asking(ACTIVE, token="x", secret="y", now=NOON + HOUR).state == "active"
    late = asking(ACTIVE, token="x", secret="y", now=NOON + 11 * 24 * HOUR)
    assert (late.state, late.token) == ("asked", "t")


def test_each_silence_makes_the_next_try_later() -> None:
    one, waits = ACTIVE, []
    for _ in range(7):
        one = silent(one, NOON)
        assert one.next_try_at is not None
        waits.append((one.next_try_at - NOON) / AFTER_SILENCE)
    assert waits == [1, 2, 4, 8, 16, 16, 16]


def draft(published_at: datetime | None) -> Draft:
    return Draft(
        guid="g", is_guid_given=True, url=None, canonical_url=None, title="t", summary="", content_html="",
        published_at=published_at, modified_at=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("published", "told", "is_missed"),
    [
        (5 * HOUR, None, True),
        (6 * HOUR - GRACE / 2, None, False),
        (-2 * HOUR, None, False),
        (9 * HOUR, None, False),
        (4 * HOUR, 5 * HOUR, False),
        (5 * HOUR, 4 * HOUR, True),
    ],
    ids=["missed", "under way", "older than the subscription", "in the future", "told since", "told before"],
)
def test_a_hub_has_missed_an_article_that_is_older_than_a_push_is_late(
    published: timedelta, told: timedelta | None, *, is_missed: bool
) -> None:
    one = replace(ACTIVE, told_at=None if told is None else NOON + told)
    now, last = NOON + 6 * HOUR, NOON + HOUR
    assert has_missed(one, [draft(NOON + published)], last_polled_at=last, now=now) is is_missed
    assert not has_missed(
        replace(one, state="silent"), [draft(NOON + published)], last_polled_at=last, now=now
    )


def test_an_undated_article_counts_from_the_last_poll_on() -> None:
    now = NOON + 6 * HOUR
    assert has_missed(ACTIVE, [draft(None)], last_polled_at=NOON + HOUR, now=now)
    assert not has_missed(ACTIVE, [draft(None)], last_polled_at=now - GRACE, now=now)


def test_a_source_is_asked_slowly_only_while_its_hub_has_promised_and_never_against_the_admins_wish() -> None:
    source = Source(
        id=1, slug="s", title="S", fetch_url=FEED, first_url=FEED, public_url=FEED, domain="quay.example"
    )
    poll = PollState(gap=HOUR, last_new_at=NOON, etag="x", told_until_at=NOON + HOUR)

    def reason(source: Source, poll: PollState, ceiling: timedelta = 24 * HOUR) -> tuple[timedelta, str]:
        settings = PollSettings(max_interval=ceiling)
        found = next_interval(source, poll, asked=None, settings=settings, now=NOON)
        return found.span, found.reason

    assert reason(source, poll) == (BACKUP, "its hub tells us; asked slowly")
    assert reason(source, replace(poll, told_until_at=NOON))[1] == "at most hourly"
    assert reason(source, replace(poll, told_until_at=None))[1] == "at most hourly"
    assert reason(replace(source, interval=HOUR), poll) == (HOUR, "set for this source")
    assert reason(source, poll, 2 * HOUR)[0] == 2 * HOUR
    slow = replace(poll, gap=48 * HOUR)
    assert reason(source, slow)[0] == 24 * HOUR


def test_every_state_has_words() -> None:
    for state in (*LIVE, "leaving", "left"):
        words = hub_words(replace(ACTIVE, state=state), is_on=True)  # type: ignore[arg-type]
        assert "a.example" in words or "no hub" in words
    assert "base_url" in hub_words(ACTIVE, is_on=False)
    assert "denied" in hub_words(refused(replace(ACTIVE, hub_url=B), "denied", NOON), is_on=True)
    assert "wrongly signed" in hub_words(replace(ACTIVE, ignored_at=NOON), is_on=True)
