"""Dates in words within a line, in many languages: `14 March 2024`, `le 14 mars 2024 à 10h30`, `2024年3月14日`. Pure.

By a table of months, since a search through a text by a date library costs a hundred times as much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from feeds.text.dates import FIRST_YEAR, zone_named
from feeds.text.months import MONTHS

_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
        " sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth"
        " twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first".split(),
        1,
    )
}
_ORDINAL = r"(?P<ordinal>(?:(?:twenty|thirty)[- ])?[a-z]{1,8}(?:st|nd|rd|th))"
_WORD = r"(?P<month>[^\W\d_]{3,14}|[ऀ-ॿ]{2,12})"
_CLOCK = (
    r"(?:\s*+(?:[,|•·–—-]|at\b|um\b|à\b|a las\b|alle\b|às\b|om\b|kl\.?|klo\b|в\b|T)?\s*+"
    r"(?:(?P<noon>午前|午後|上午|下午|오전|오후)\s?)?"
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d)|\s?[時时시]\s?(?P<minutes>\d{1,2})\s?[分분])(?::\d\d)?+(?:\s?(?P<half>[ap])\.?m\b\.?)?"
    r"(?:\s?\(?(?P<zone>(?-i:UTC|GMT|[ECMP][DS]?T|CES?T|MES?Z|BST|JST|KST))\b\)?)?)?"
)
_HOURS = {
    "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2,
    "MEZ": 1, "MESZ": 2, "BST": 1, "JST": 9, "KST": 9,
}  # fmt: skip
"""`CST` is left out: it may be China's."""
_PLACES = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip
_FORMS = tuple(
    re.compile(form + _CLOCK, re.IGNORECASE)
    for form in (
        r"(?<![\d.])(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s{0,2}(?:de |of |d['’]|ב)?\s{0,2}" + _WORD
        + r"\.?,?\s{1,2}(?:de |del )?(?P<year>\d{4})(?!\d)",
        r"(?<!\w)" + _WORD + r"\.?\s{1,2}(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}(?P<year>\d{4})(?!\d)",
        r"\b" + _ORDINAL + r"\s(?:day\s)?of\s" + _WORD + r",?\s{1,2}(?:in\s)?(?P<year>\d{4})(?!\d)",
        r"(?<!\w)" + _WORD + r"\s(?:the\s)?" + _ORDINAL + r",?\s{1,2}(?P<year>\d{4})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})\s?[年년]\s?(?P<number>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]",
        r"(?<!\d)(?P<year>\d{4})\.\s" + _WORD + r"\s(?P<day>\d{1,2})\.",
        r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<number>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)",
        r"(?<![\d/])(?P<year>\d{4})/(?P<number>\d{1,2})/(?P<day>\d{1,2})(?![\d/])",
        r"(?<![\d/])(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4})(?![\d/])",
    )
)  # fmt: skip
MAX_CHARS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """A date as it stands in a line; `written` is ISO 8601, with a time where the line has one."""

    written: str
    day: date
    start: int
    end: int


def find_date(text: str, *, language: str | None = None) -> WrittenDate | None:
    """The first whole date (day, month, year) in a line; None in long lines and where there is none.

    `03/04/2024` is read by the language: month first in English of America, day first elsewhere.
    """
    if len(text) > MAX_CHARS or not re.search(r"\d", text):
        return None
    found = [one for form in _FORMS for match in form.finditer(text) if (one := _read(match, language))]
    return min(found, key=lambda one: one.start, default=None)


def is_today(day: date, now: datetime) -> bool:
    """True for the day of `now` in any time zone: what a page's header states."""
    return abs(day - now.date()) <= timedelta(days=1)


def _read(match: re.Match[str], language: str | None) -> WrittenDate | None:
    given = match.groupdict()
    if given.get("first"):
        month_first = (
            _is_american(language) if int(given["second"]) <= 12 and int(given["first"]) <= 12 else None
        )
        if month_first is None:
            month_first = int(given["second"]) > 12
        day, month = (given["second"], given["first"]) if month_first else (given["first"], given["second"])
    else:
        word = (given.get("month") or "").casefold()
        ordinal = _ORDINALS.get((given.get("ordinal") or "").casefold().replace(" ", "-"), 0)
        day, month = given.get("day") or str(ordinal), given.get("number") or str(MONTHS.get(word, 0))
    try:
        found = date(int(given["year"]), int(month), int(day))
    except ValueError:
        return None
    if not FIRST_YEAR <= found.year <= 2100:
        return None
    return WrittenDate(
        written=found.isoformat() + _clock(given, found), day=found, start=match.start(), end=match.end()
    )


def _clock(given: dict[str, str | None], day: date) -> str:
    if given.get("hour") is None:
        return ""
    hour, minute = int(given["hour"] or 0), int(given["minute"] or given["minutes"] or 0)
    if given.get("half") or given.get("noon"):
        is_late = (given["half"] or "").lower() == "p" or given["noon"] in ("午後", "下午", "오후")
        hour = hour % 12 + (12 if is_late else 0)
    if hour > 23 or minute > 59:
        return ""
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=_zone(given.get("zone") or ""))
    return moment.isoformat()[10:]


def _zone(name: str) -> timezone | ZoneInfo | None:
    if name in _PLACES:
        return zone_named(_PLACES[name])
    return timezone(timedelta(hours=_HOURS[name])) if name in _HOURS else None


def _is_american(language: str | None) -> bool:
    name = (language or "").replace("_", "-").lower()
    return name in ("en", "en-us") or name.startswith("en-us-")
