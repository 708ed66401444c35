"""Which later dates in a listing have a page read again: of few entries, and the more rarely the more often in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.ingest.pages.reading import mark_failed, mark_read, mark_reread, mark_unread, plan
from feeds.ingest.rules.rereading import (
    DOUBTED,
    FIRST_REST,
    LONGEST_REST,
    LONGEST_WAIT,
    MOST_DOUBT,
    MOST_MOVED,
    PROBES,
    Dated,
    after_reading,
    is_believed,
    judge_dates,
    rest_of,
    wait_of,
)
from feeds.model.articles import Draft
from feeds.model.pages import NO_DATES, PageDates, PageMark
from tests.fakes import NOON
from tests.feeds.ingest.reading import source

DAY = timedelta(days=1)
OLD = NOON - 3 * DAY


def listed(number: int, days: float | None = 0, url: str = "") -> Draft:
    """An entry that its listing dates so many days after `OLD`."""
    address = url or f"https://quay.example/{number}"
    return Draft(
        guid=str(number),
        is_guid_given=True,
        url=address,
        canonical_url=address,
        title="",
        summary="",
        content_html="",
        published_at=None,
        modified_at=None if days is None else OLD + timedelta(days=days),
        hash="a.b.c",
    )


def read(several: Sequence[Draft]) -> dict[str, PageMark]:
    return {one.guid: mark_read(one, "x.y.z") for one in several}


def judged(
    drafts: Sequence[Draft], marks: Mapping[str, PageMark], dates: PageDates = NO_DATES, hidden: int = 0
) -> Dated:
    return judge_dates(drafts, marks, dates, hidden=hidden, now=NOON)


TEN = [listed(number) for number in range(10)]


def moved(*numbers: int, days: float = 1) -> list[Draft]:
    return [listed(number, days if number in numbers else 0) for number in range(10)]


def test_nothing_moves_nothing_is_read_or_written() -> None:
    assert judged(TEN, read(TEN)) == Dated(dates=NO_DATES)


def test_the_few_whose_date_moved_are_read_again_latest_first() -> None:
    drafts = [*moved(3)[:9], listed(9, 2)]
    assert judged(drafts, read(TEN)).to_read == ("9", "3")


def test_an_earlier_date_says_nothing() -> None:
    assert judged(moved(3, days=-1), read(TEN)) == Dated(dates=NO_DATES)


@pytest.mark.parametrize(
    ("count", "known", "is_so"),
    [
        (0, 10, False), (1, 1, False), (1, 2, True), (2, 4, False), (4, 10, True), (5, 10, False), (10, 10, False),
        (MOST_MOVED, 1000, True), (MOST_MOVED + 1, 1000, False),
    ],
)  # fmt: skip
def test_few_are_less_than_half_and_no_more_than_an_editor_corrects(
    count: int, known: int, is_so: bool
) -> None:
    assert is_believed(count, known) is is_so


def test_entries_that_are_hidden_since_they_stand_as_they_stood_count_as_such() -> None:
    one = moved(3)[3:4]
    assert judged(one, read(TEN)).to_read == ()
    assert judged(one, read(TEN), hidden=9).to_read == ("3",)


def test_what_moves_together_is_not_believed_and_costs_no_row_however_often() -> None:
    dates, marks = NO_DATES, read(TEN)
    for day in range(1, 9):
        found = judged(moved(*range(10), days=day), marks, dates)
        assert (found.to_read, found.marks) == ((), ())
        assert found.dates.moved_until == OLD + day * DAY
        dates = found.dates
    # The next one that moves alone does so against the last build.
    assert judged(moved(*range(10), days=8), marks, dates) == Dated(dates=dates)
    drafts = [*moved(*range(10), days=8)[:9], listed(9, 9)]
    assert judged(drafts, marks, dates).to_read == ("9",)


def test_a_date_that_is_not_known_yet_is_learned_without_a_request() -> None:
    marks = {guid: replace(mark, dated_at=None, made=None) for guid, mark in read(TEN).items()}
    found = judged(moved(*range(10)), marks)
    assert (found.to_read, found.waiting) == ((), ())
    assert {mark.dated_at for mark in found.marks} == {OLD + DAY}
    marks = {mark.guid: mark for mark in found.marks}
    assert judged([*moved(*range(10))[:9], listed(9, 2)], marks).to_read == ("9",)


def test_a_front_page_is_dated_by_what_is_new_and_is_left_alone() -> None:
    home = "https://quay.example/"
    drafts = [listed(0, url=home), *TEN[1:]]
    assert judged([listed(0, 1, url=home), *TEN[1:]], read(drafts)).to_read == ()


@pytest.mark.parametrize("state", ["failed", "refused", "skipped"])
def test_a_page_that_was_not_read_is_none_to_be_read_again(state: str) -> None:
    marks = read(TEN)
    marks["3"] = replace(marks["3"], state=state)  # type: ignore[arg-type]
    assert judged(moved(3), marks).to_read == ()


def test_a_page_that_is_the_same_each_time_waits_longer_and_longer_but_a_change_makes_up_for_it() -> None:
    waits = [wait_of(tries) for tries in range(20)]
    assert waits[:5] == [timedelta(0), timedelta(0), DAY, 2 * DAY, 4 * DAY]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    marks = read(TEN)
    for _ in range(3):
        marks["3"] = mark_reread(TEN[3], marks["3"], "x.y.other rules")
    found = judged(moved(3), marks)
    assert found.to_read == ()
    assert [mark.next_try_at for mark in found.waiting] == [NOON + 2 * DAY]
    # A further date does not put it off.
    (waiting,) = found.marks
    again = judge_dates(moved(3, days=2), {**marks, "3": waiting}, NO_DATES, hidden=0, now=NOON + 2 * DAY)
    assert again.to_read == ("3",)
    assert mark_reread(TEN[3], marks["3"], "x.other.z").tries == 0


def test_a_source_whose_pages_are_the_same_is_doubted_rests_and_is_asked_for_few() -> None:
    assert rest_of(DOUBTED - 1) == timedelta(0)
    rests = [rest_of(number) for number in range(DOUBTED, MOST_DOUBT + 1)]
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (FIRST_REST, LONGEST_REST)
    after = after_reading(NO_DATES, same=DOUBTED, other=0, waiting=(), hidden=0, now=NOON)
    assert after.rest_until == NOON + FIRST_REST
    found = judged(moved(1, 2, 3, 4), read(TEN), after)
    assert found.to_read == ()
    assert len(found.waiting) == 4
    kept = after_reading(found.dates, same=0, other=0, waiting=found.waiting, hidden=0, now=NOON)
    assert kept.due_at == after.rest_until
    later = judge_dates(
        moved(1, 2, 3, 4),
        {**read(TEN), **{mark.guid: mark for mark in found.marks}},
        kept,
        hidden=0,
        now=NOON + FIRST_REST,
    )
    assert len(later.to_read) == PROBES
    believed = after_reading(kept, same=0, other=PROBES, waiting=(), hidden=0, now=NOON)
    assert (believed.in_vain, believed.rest_until, believed.due_at) == (0, None, None)


def test_of_what_waits_the_latest_few_are_kept() -> None:
    drafts = [listed(number, number / 100) for number in range(100)]
    waiting = {guid: replace(mark, next_try_at=NOON + DAY) for guid, mark in read(drafts).items()}
    found = judged(drafts, waiting)
    assert [mark.guid for mark in found.waiting] == [str(number) for number in range(99, 79, -1)]
    assert {mark.next_try_at for mark in found.marks} == {None}
    assert len(found.marks) == 80


def test_what_waits_among_hidden_entries_is_not_forgotten() -> None:
    dates = PageDates(due_at=NOON + DAY)
    assert after_reading(dates, same=0, other=0, waiting=(), hidden=9, now=NOON).due_at == NOON + DAY
    assert after_reading(dates, same=0, other=0, waiting=(), hidden=0, now=NOON).due_at is None
    assert after_reading(dates, same=0, other=0, waiting=(), hidden=9, now=NOON + DAY).due_at is None


@pytest.mark.parametrize("state", ["slow", "server", "unreachable"])
def test_a_page_that_fails_stays_read_and_is_tried_again_a_few_times(state: str) -> None:
    mark, waits = read(TEN)["3"], []
    while True:
        mark = mark_unread(moved(3)[3], mark, state, NOON)
        assert (mark.state, mark.made, mark.dated_at) == ("read", "x.y.z", OLD + DAY)
        if mark.next_try_at is None:
            break
        waits.append((mark.next_try_at - NOON) / timedelta(hours=1))
    assert waits == [1, 2, 4, 8]


@pytest.mark.parametrize("state", ["robots", "credentials", "blocked", "no-article"])
def test_a_page_behind_a_wall_stays_read_and_is_asked_for_at_its_next_date(state: str) -> None:
    mark = mark_unread(moved(3)[3], read(TEN)["3"], state, NOON)
    assert (mark.state, mark.next_try_at) == ("read", None)
    assert judged(moved(3), {**read(TEN), "3": mark}).to_read == ()
    assert judged(moved(3, days=2), {**read(TEN), "3": mark}).to_read == ("3",)


@pytest.mark.parametrize("state", ["missing", "gone"])
def test_a_page_that_is_gone_is_not_asked_for_again(state: str) -> None:
    mark = mark_unread(moved(3)[3], read(TEN)["3"], state, NOON)
    assert mark.state == "refused"
    assert judged(moved(3, days=2), {**read(TEN), "3": mark}).to_read == ()


def test_new_pages_come_before_those_that_are_read_again() -> None:
    drafts = [*moved(1, 2), listed(10), listed(11)]
    chosen = plan(source(), drafts, read(TEN), is_import=False, most=3, now=NOON, dates=NO_DATES)
    assert [one.guid for one in chosen.to_read] == ["10", "11", "1"]
    assert chosen.for_date == {"1"}
    assert chosen.is_whole
    assert chosen.dated is not None
    left = after_reading(
        chosen.dated.dates, same=0, other=1, waiting=chosen.dated.waiting[1:], hidden=0, now=NOON
    )
    assert left.due_at == NOON


def test_no_page_is_read_for_its_date_where_nobody_asks_about_dates() -> None:
    chosen = plan(source(), moved(1), read(TEN), is_import=False, most=3, now=NOON)
    assert (chosen.to_read, chosen.dated) == ((), None)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("slow", "failed"),
        ("refused", "read"),
        ("blocked", "read"),
        ("missing", "refused"),
        ("gone", "refused"),
    ],
)
def test_a_page_that_was_read_and_then_fails_is_read_again_for_a_later_date_unless_it_is_gone(
    fault: str, state: str
) -> None:
    edited = replace(listed(1), hash="other.b.c")
    failed = mark_failed(edited, mark_read(listed(1), "x.y.z"), fault, NOON)
    assert (failed.state, failed.made) == (state, "x.y.z")
    others = [listed(number) for number in range(2, 6)]
    later = replace(edited, modified_at=NOON)
    found = judged([later, *others], {**read(others), "1": failed})
    assert found.to_read == (("1",) if state == "read" else ())


def test_a_page_that_could_never_be_read_is_not_asked_for_again_once_it_is_refused() -> None:
    assert mark_failed(listed(1), None, "refused", NOON).state == "refused"
    assert mark_failed(listed(1), None, "slow", NOON).made is None
