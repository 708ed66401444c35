"""Of moments that a page tells more than once, which one is its own, on the day that its readers count. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from feeds.ingest.pages.structured import Stated
from feeds.text.dates import parse_date

_UTC = re.compile(r"(?:\d\s?Z|[+-]00:?00|\b(?:GMT|UTC))$", re.IGNORECASE)
_CLOCK = re.compile(r"\d[T ]\d\d:\d\d|\d:\d\d:\d\d")
_WALL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d))?")
_EAST, _WEST = timedelta(hours=14), timedelta(hours=-12)
_STEP = timedelta(minutes=30)
_SAME = timedelta(minutes=1)
_LATE = 21
"""A moment on the hour that is at least so late in UTC is midnight in Europe: a day that was kept as a moment."""


def with_local_day(written: str, shown: str | None, *, modified: str | None = None) -> str:
    """The same moment in the zone in which the page shows it; unchanged where it is not in UTC or shows another one.

    A shown day alone tells the least offset that leads to it, unless it is the day of the last change.
    """
    moment = parse_date(written) if _UTC.search(written) and _CLOCK.search(written) else None
    wall = _WALL.match(shown or "")
    if moment is None or wall is None:
        return written
    day = parse_date(wall[1])
    if day is None:
        return written
    if wall[2] is None:
        offset = _least_offset(moment, day)
        changed = parse_date(modified)
        is_kept_day = moment.hour >= _LATE and not moment.minute and not moment.second
        is_of_change = changed is not None and changed.date() == day.date() != moment.date()
        if is_of_change and not is_kept_day:
            return written
    else:
        offset = (
            day
            + timedelta(hours=int(wall[2]), minutes=int(wall[3]))
            - moment.replace(second=0, microsecond=0)
        )
    if not offset or offset % _STEP or not _WEST <= offset <= _EAST:
        return written
    return moment.astimezone(timezone(offset)).isoformat(timespec="seconds")


def first_published(statements: Sequence[tuple[str, Stated]]) -> tuple[str | None, str]:
    """The moment of publishing, by the most trusted telling, and which one that was.

    One that is the moment of the last change as well gives way to another that is earlier: it was written anew.
    """
    given = [(one.published, where) for where, one in statements if one.published]
    if not given:
        return None, ""
    written, where = given[0]
    moment = parse_date(written)
    local = next((one for other, _ in given[1:] if (one := with_local_day(written, other)) != written), None)
    if moment is None or local is not None:
        return local or written, where
    changes = [parse_date(one.modified) for _, one in statements]
    if any(one is not None and abs(one - moment) <= _SAME for one in changes):
        read = [(parse_date(other), other, how) for other, how in given[1:]]
        earlier = [(one, other, how) for one, other, how in read if one is not None and one < moment - _EAST]
        if earlier:
            _, written, where = min(earlier)
    return written, where


def _least_offset(moment: datetime, day: datetime) -> timedelta:
    """The whole hours by which a clock must be set so that it shows that day; none where it does in UTC."""
    hour = timedelta(hours=1)
    if day.date() > moment.date():
        return -((moment - day) // hour) * hour
    if day.date() < moment.date():
        midnight = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
        return (
            -((moment - midnight) // hour + 1) * hour if (midnight - day) <= timedelta(days=1) else 2 * _WEST
        )
    return timedelta(0)
