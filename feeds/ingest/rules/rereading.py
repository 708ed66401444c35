"""When a later date in a listing (`lastmod`, `updated`) is believed, so that a page is read again. Pure.

A date is what publishers state of a correction, and what many a generator writes into every entry at each build. So it
counts where few entries moved while the others stayed. A page that is the same time after time is asked for more and
more rarely, and so is a source whose pages are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feeds.clock import EPOCH
from feeds.model.articles import Draft
from feeds.model.pages import PageDates, PageMark

MOST_MOVED = 20
"""More entries that move between two polls are a build or an import, not corrections."""
FREE_TRIES = 2
"""So often in a row a page may be the same before it has to wait."""
FIRST_WAIT = timedelta(days=1)
LONGEST_WAIT = timedelta(days=64)
DOUBTED = 6
"""So many pages read in vain have a source's dates doubted."""
MOST_DOUBT = 21
FOUND = 2
"""One page that did change makes up for so many that did not."""
PROBES = 3
"""Pages of a doubted source that are read again at once."""
FIRST_REST = timedelta(hours=6)
LONGEST_REST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What a listing's dates say."""

    to_read: tuple[str, ...] = ()
    """Guids of pages to be read again now, the latest change first."""
    marks: tuple[PageMark, ...] = ()
    """What is to be remembered of pages that are not read now, or not yet."""
    waiting: tuple[PageMark, ...] = ()
    """All pages that are to be read again, now or later."""
    dates: PageDates


def judge_dates(
    drafts: Iterable[Draft], marks: Mapping[str, PageMark], dates: PageDates, *, hidden: int, now: datetime
) -> Dated:
    """Which pages that were read are to be read again for their date alone.

    `hidden` entries of the listing are none of the drafts, since they stand as they stood. A date that is not known
    yet is remembered and has nothing read.
    """
    several = [(draft, mark) for draft in drafts if (mark := marks.get(draft.guid)) is not None]
    read = {draft.guid: mark for draft, mark in several if mark.state == "read"}
    stated = {
        draft.guid: draft.modified_at
        for draft, _ in several
        if draft.guid in read and draft.modified_at is not None and not _is_home(draft.url)
    }
    noted = {
        guid: replace(read[guid], dated_at=at) for guid, at in stated.items() if read[guid].dated_at is None
    }
    floor = dates.moved_until or EPOCH
    moved = [
        guid
        for guid, at in stated.items()
        if (before := read[guid].dated_at) is not None and at > max(before, floor)
    ]
    if is_believed(len(moved), len(stated) - len(noted) + hidden):
        for guid in moved:
            due_at = read[guid].next_try_at or now + wait_of(read[guid].tries)
            noted[guid] = replace(read[guid], dated_at=stated[guid], next_try_at=due_at)
    elif moved:
        dates = replace(dates, moved_until=max(stated[guid] for guid in moved))
    waiting = sorted(
        (mark for mark in {**read, **noted}.values() if mark.next_try_at is not None),
        key=lambda mark: stated.get(mark.guid, EPOCH),
        reverse=True,
    )
    for mark in waiting[MOST_MOVED:]:
        noted[mark.guid] = replace(mark, next_try_at=None)
    waiting = waiting[:MOST_MOVED]
    return Dated(
        to_read=_ready(waiting, dates, now), marks=tuple(noted.values()), waiting=tuple(waiting), dates=dates
    )


def is_believed(moved: int, known: int) -> bool:
    """True if so many entries of those known moved that each may be a correction: few, and less than half."""
    return 0 < moved <= MOST_MOVED and moved < known and (moved == 1 or moved * 2 < known)


def wait_of(tries: int) -> timedelta:
    """How long a page waits that was the same so often in a row."""
    return timedelta(0) if tries < FREE_TRIES else _doubled(FIRST_WAIT, tries - FREE_TRIES, LONGEST_WAIT)


def rest_of(in_vain: int) -> timedelta:
    """How long no page of the source is read again, after so many were read in vain."""
    return timedelta(0) if in_vain < DOUBTED else _doubled(FIRST_REST, (in_vain - DOUBTED) // 3, LONGEST_REST)


def after_reading(
    dates: PageDates, *, same: int, other: int, waiting: Sequence[PageMark], hidden: int, now: datetime
) -> PageDates:
    """What is believed after pages were read again, of which so many were the same and others not."""
    if same or other:
        in_vain = min(max(dates.in_vain + same - FOUND * other, 0), MOST_DOUBT)
        rest = rest_of(in_vain)
        dates = replace(dates, in_vain=in_vain, rest_until=now + rest if rest else None)
    due = [mark.next_try_at for mark in waiting if mark.next_try_at is not None]
    if hidden and dates.due_at is not None and dates.due_at > now:
        # What waits may be among the entries that were not shown.
        due.append(dates.due_at)
    first = min(due, default=None)
    return replace(dates, due_at=first if first is None else max(first, dates.rest_until or first))


def _ready(waiting: Sequence[PageMark], dates: PageDates, now: datetime) -> tuple[str, ...]:
    if dates.rest_until is not None and dates.rest_until > now:
        return ()
    due = [mark.guid for mark in waiting if mark.next_try_at is not None and mark.next_try_at <= now]
    return tuple(due[:PROBES] if dates.in_vain >= DOUBTED else due)


def _doubled(first: timedelta, times: int, most: timedelta) -> timedelta:
    return min(first * (1 << min(times, 16)), most)


def _is_home(url: str | None) -> bool:
    """A site's front page is dated by whatever is new, and no article."""
    if url is None:
        return False
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
