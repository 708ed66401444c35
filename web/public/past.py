"""Older parts of a feed as addresses name them: a place to read on from, and the months. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_PLACE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z-(\d{1,18})", re.ASCII)
MOST_MONTHS = 240
"""Links to months on one page: twenty years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of a feed's past, and where it begins when read backwards."""

    year: int
    month: int
    place: str


def page_number(text: str) -> int:
    """The number of a page as an address names it; 1 for what is none."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def place_text(sort_at: datetime, article_id: int) -> str:
    """The place of an article in its feed: what comes after it is older."""
    moment = sort_at.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z-{article_id}"


def place_of(text: str) -> tuple[datetime, int] | None:
    """Sort time and article id of a place; None for what names none."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment, int(found[2])


def months_of(span: tuple[datetime, datetime] | None, timezone: str) -> list[Month]:
    """The months from the newest article's to the oldest's, newest first; none for a feed of one month."""
    if span is None:
        return []
    zone = ZoneInfo(timezone)
    oldest, newest = (moment.astimezone(zone) for moment in span)
    found: list[Month] = []
    year, month = newest.year, newest.month
    while (year, month) >= (oldest.year, oldest.month) and len(found) < MOST_MONTHS:
        following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
        found.append(Month(year=year, month=month, place=place_text(following, 0)))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found if len(found) > 1 else []
