"""Dates written for people, in many languages: the only home of dateparser.

Apart from `feeds.text.dates`, because importing dateparser costs 0.4 s and 24 MB (measured), which only
the parsing processes should pay.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime

import dateparser

from feeds.text.dates import FIRST_YEAR, parse_date
from feeds.text.months import MONTHS

_WEEKDAY = r"(?:[^\W\d_][^\d,]{0,19},?\s)?"
_CLOCK = r"(?:,?\s(?P<clock>\d{1,2}:\d\d(?::\d\d)?)(?:\s?(?P<zone>[+-]\d\d:?\d\d|Z|GMT|UTC))?)?"
# RFC 822 in the words of another language, as content systems write it: `Seg, 24 Set 2018 19:42:40 -0300`.
_IN_WORDS = re.compile(
    _WEEKDAY
    + r"(?P<day>\d{1,2})\.?\s(?:de\s)?(?P<month>[^\W\d_]{3,14})\.?,?\s(?:de\s)?(?P<year>\d{4})"
    + _CLOCK
)
_DOTTED_DAY = r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)"
_DOTTED = re.compile(_WEEKDAY + _DOTTED_DAY + _CLOCK)
_HAS_DOTTED = re.compile(_DOTTED_DAY)
_MONTH_FIRST = frozenset({"us", "ph"})
"""Where English puts the month before the day; dateparser reads all English so."""
_OTHER_MEANING = frozenset({"hr", "bs"})
"""Languages in which a name of the table is another month's: `listopada` is October there, November in Poland."""
_HAS_DAY_AND_YEAR = re.compile(r"(?=.*\d{4})(?=.*\b\d{1,2}\b)|[一-鿿].*\d|\d.*[一-鿿]")
_NUMBER = re.compile(r"\d+")
MAX_NUMBERS = 8
"""Day, month, year, hours, minutes, seconds, zone; with more of them 60 characters take dateparser 1.6 s."""
MAX_CHARS = 60
"""dateparser takes 1.5 s on one long bad text."""


def guess_date(
    text: str | None, *, language: str | None, zone: str, now: datetime
) -> tuple[datetime | None, bool]:
    """The moment that a date field means, and whether that is a guess.

    Exact forms are read by `feeds.text.dates`. Others are guessed only where they hold a day, a month
    and a year: `yesterday` and `Monday (Dec. 25)` mean something else tomorrow, so they mean none.
    """
    exact = parse_date(text, zone=zone)
    if exact is not None or not text:
        return exact, False
    clean = " ".join(text.split())
    if (
        len(clean) > MAX_CHARS
        or len(_NUMBER.findall(clean)) > MAX_NUMBERS
        or not _HAS_DAY_AND_YEAR.search(clean)
    ):
        return None, False
    languages = [language.split("-")[0].lower()] if language else []
    found = _dotted(clean, zone)
    if found is None and not (languages and languages[0] in _OTHER_MEANING):
        found = _in_words(clean, zone)
    if found is None and (_HAS_DOTTED.search(clean) or _is_day_first(language)):
        found = _tried(clean, languages, zone, now, order="DMY")
    found = found or (_tried(clean, languages, zone, now) if languages else None)
    found = found or _tried(clean, [], zone, now)
    if found is None or not FIRST_YEAR <= found.year <= now.year + 1:
        return None, False
    return found.astimezone(UTC), True


def _is_day_first(language: str | None) -> bool:
    """True for the English of a country that writes 10/11/2026 on the tenth of November."""
    base, _, country = (language or "").lower().partition("-")
    return base == "en" and len(country) == 2 and country not in _MONTH_FIRST


def _dotted(text: str, zone: str) -> datetime | None:
    """The moment of `10.11.2026`: where dots part the numbers, the day comes first in every language."""
    found = _DOTTED.fullmatch(text)
    return _moment(found, int(found["month"]), zone) if found else None


def _in_words(text: str, zone: str) -> datetime | None:
    """The moment of a day, a month's name and a year. dateparser takes 0.15 s for each where no language is told."""
    found = _IN_WORDS.fullmatch(text)
    month = MONTHS.get(found["month"].lower()) if found else None
    return _moment(found, month, zone) if found and month else None


def _moment(found: re.Match[str], month: int, zone: str) -> datetime | None:
    clock = (found["clock"] or "00:00").zfill(5)
    shown = (found["zone"] or "").replace("GMT", "Z").replace("UTC", "Z")
    return parse_date(f"{found['year']}-{month:02}-{int(found['day']):02}T{clock}{shown}", zone=zone)


def _tried(
    text: str, languages: list[str], zone: str, now: datetime, *, order: str | None = None
) -> datetime | None:
    settings: dict[str, object] = {
        "TIMEZONE": zone,
        "RETURN_AS_TIMEZONE_AWARE": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "PARSERS": ["absolute-time"],
    }
    if order:
        settings["DATE_ORDER"] = order
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: datetime | None = dateparser.parse(text, languages=languages or None, settings=settings)
    except (ValueError, OverflowError, TypeError, RecursionError):
        return None
    return found
