"""When a source is polled again: rhythm, wishes, bounds, errors, and whose fault a failure is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.poll import outage
from feeds.ingest.poll.intervals import (
    after_failure,
    first_gap,
    learned_gap,
    next_interval,
    outside_skips,
    with_jitter,
)
from feeds.ingest.rules.politeness import asked_by_headers, domain_cooldown, host_cooldown, longest, period
from feeds.model.fetched import Failed, Gone
from feeds.model.incoming import PollState, Skips, Source
from feeds.model.settings import PollSettings
from tests.fakes import NOON

SETTINGS = PollSettings()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source(
    id=1,
    slug="s",
    title="S",
    fetch_url="https://a.example/f",
    first_url="",
    public_url=None,
    domain="a.example",
)
KNOWN = PollState(is_imported=True, etag='"a"', last_new_at=NOON - HOUR, gap=6 * HOUR)


def span(poll: PollState, source: Source = SOURCE, asked: timedelta | None = None) -> timedelta:
    return next_interval(source, poll, asked=asked, settings=SETTINGS, now=NOON).span


@pytest.mark.parametrize(
    ("gap", "has_validators", "expected"),
    [
        (6 * HOUR, True, 3 * HOUR),
        (20 * MINUTE, True, 15 * MINUTE),
        (40 * MINUTE, True, 20 * MINUTE),
        (90 * MINUTE, True, HOUR),
        (20 * MINUTE, False, HOUR),
        (6 * HOUR, False, 3 * HOUR),
        (5 * DAY, True, DAY),
        (None, True, HOUR),
    ],
)
def test_a_source_is_asked_twice_a_gap_within_good_manners(
    gap: timedelta | None, has_validators: bool, expected: timedelta
) -> None:
    assert span(replace(KNOWN, gap=gap, etag='"a"' if has_validators else None)) == expected


def test_the_admins_interval_wins_over_rhythm_and_the_sources_wish_over_both() -> None:
    own = replace(SOURCE, interval=5 * MINUTE)
    assert span(KNOWN, own) == 5 * MINUTE
    assert span(KNOWN, own, asked=2 * HOUR) == 2 * HOUR
    assert span(KNOWN, asked=HOUR) == 3 * HOUR
    assert span(KNOWN, asked=400 * DAY) == 7 * DAY
    assert span(KNOWN, replace(SOURCE, is_ours=True), asked=DAY) == 2 * MINUTE


def test_a_source_that_sleeps_is_asked_daily_and_wakes_by_itself() -> None:
    asleep = replace(KNOWN, gap=HOUR, last_new_at=NOON - 15 * DAY)
    assert span(asleep) == DAY
    awake = replace(asleep, gap=learned_gap(asleep, new_count=1, now=NOON), last_new_at=NOON)
    assert span(awake) < 3 * HOUR


def test_rhythm_is_a_weighted_average_of_gaps() -> None:
    poll = replace(KNOWN, gap=10 * HOUR, last_new_at=NOON - 4 * HOUR)
    assert learned_gap(poll, new_count=2, now=NOON) == 0.7 * 10 * HOUR + 0.3 * 2 * HOUR
    assert learned_gap(poll, new_count=0, now=NOON) == 10 * HOUR
    assert learned_gap(replace(poll, gap=None), new_count=1, now=NOON) == 4 * HOUR


def test_the_first_import_teaches_the_rhythm_by_the_articles_dates() -> None:
    dates = [NOON - n * 2 * HOUR for n in range(10)] + [NOON - 900 * DAY, NOON + DAY]
    assert first_gap(dates, NOON) == 2 * HOUR
    assert first_gap([NOON], NOON) is None
    assert first_gap([], NOON) is None


def test_errors_double_the_wait_and_never_end_it() -> None:
    waits = [
        after_failure(replace(KNOWN, failure_count=n), failed(500), settings=SETTINGS) for n in range(40)
    ]
    assert waits[:4] == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR]
    assert max(waits) == DAY
    assert after_failure(KNOWN, failed(500, 3 * DAY), settings=SETTINGS) == 3 * DAY


def test_a_name_that_is_not_found_is_looked_up_again_soon() -> None:
    waits = [
        after_failure(replace(KNOWN, failure_count=n), failed(None, state="name"), settings=SETTINGS)
        for n in range(12)
    ]
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert waits[-1] == DAY


def test_jitter_only_lengthens() -> None:
    assert with_jitter(HOUR, 0.0) == HOUR
    assert HOUR < with_jitter(HOUR, 0.999) < 1.1 * HOUR


@given(
    hours=st.frozensets(st.integers(0, 23), max_size=23),
    days=st.frozensets(
        st.sampled_from(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]),
        max_size=6,
    ),
    minutes=st.integers(0, 20_000),
)
def test_a_poll_never_falls_into_hours_or_days_that_are_to_be_left_out(
    hours: frozenset[int], days: frozenset[str], minutes: int
) -> None:
    moment = NOON + minutes * MINUTE
    found = outside_skips(moment, Skips(hours=hours, days=days))
    assert found >= moment
    assert found.hour not in hours
    assert found.strftime("%A").lower() not in days


def test_skipping_everything_is_not_believed() -> None:
    assert outside_skips(NOON, Skips(hours=frozenset(range(24)))) == NOON


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cache-Control": "public, max-age=600"}, 10 * MINUTE),
        ({"cache-control": "max-age=600", "Age": "540"}, MINUTE),
        ({"Cache-Control": "max-age=600, no-cache"}, None),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, HOUR),
        ({"Expires": "0"}, None),
        ({"Expires": "Sun, 22 Nov 2020 13:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_what_an_answer_asks_for(headers: dict[str, str], expected: timedelta | None) -> None:
    assert asked_by_headers(tuple(headers.items()), NOON) == expected


def test_what_a_document_asks_for() -> None:
    assert period("daily", "4") == 6 * HOUR
    assert period("Hourly", None) == HOUR
    assert period("often", "2") is None
    assert longest(None, HOUR, DAY, None) == DAY
    assert longest(None) is None


def failed(status: int | None, wait: timedelta | None = None, state: str = "server") -> Failed:
    return Failed(url="u", state=state, detail="", status=status, retry_after=wait)


def test_whom_an_answer_asks_to_leave_alone() -> None:
    assert domain_cooldown(failed(429, HOUR), 0) == HOUR
    assert domain_cooldown(failed(429), 0) == 15 * MINUTE
    assert domain_cooldown(failed(429), 2) == HOUR
    assert domain_cooldown(failed(403, HOUR), 0) == HOUR
    assert domain_cooldown(failed(503), 0) is None
    assert (host_cooldown(failed(503)), host_cooldown(failed(503, HOUR)), host_cooldown(Gone(url="u"))) == (
        10 * MINUTE,
        None,
        None,
    )


def test_when_every_host_fails_it_is_our_network_and_one_answer_ends_that() -> None:
    def lost(domain: str, was_well: bool = True) -> tuple[str, Failed, bool]:
        return domain, failed(None, state="unreachable"), was_well

    streak = outage.after(outage.Streak(), [lost("a"), lost("b"), lost("b")], NOON)
    assert not streak.is_ours
    streak = outage.after(streak, [lost("c"), lost("d")], NOON)
    assert streak.is_ours
    assert outage.after(streak, [lost("e")], NOON + DAY).is_ours
    assert not outage.after(streak, [lost("e"), ("f", failed(500), True)], NOON).is_ours


def test_dead_domains_and_failures_far_apart_are_not_our_network() -> None:
    dead = [(name, failed(None, state="name"), False) for name in "abcdef"]
    assert not outage.after(outage.Streak(), dead, NOON).is_ours
    streak = outage.Streak()
    for number in range(8):
        fresh = (f"d{number}", failed(None, state="name"), True)
        streak = outage.after(streak, [fresh], NOON + number * 10 * MINUTE)
    assert not streak.is_ours


@given(
    gap=st.none() | st.integers(1, 10**7).map(lambda s: timedelta(seconds=s)),
    asked=st.none() | st.integers(1, 10**7).map(lambda s: timedelta(seconds=s)),
    since=st.integers(0, 10**7),
    tag=st.none() | st.just('"a"'),
)
def test_whatever_is_known_the_interval_stays_within_its_bounds(
    gap: timedelta | None, asked: timedelta | None, since: int, tag: str | None
) -> None:
    poll = PollState(is_imported=True, gap=gap, etag=tag, last_new_at=NOON - timedelta(seconds=since))
    found = span(poll, asked=asked)
    assert SETTINGS.min_interval <= found <= max(SETTINGS.max_interval, 7 * DAY)
    if asked is not None:
        assert found >= min(asked, 7 * DAY)
