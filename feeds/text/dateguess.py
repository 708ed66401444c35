"""Dates written for people, in many languages: the only home of dateparser.

Apart from `feeds.text.dates`, because importing dateparser costs 0.4 s and 24 MB (measured), which only
the parsing processes should pay.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from datetime import UTC, date, datetime

import dateparser

from feeds.text.dates import (
    FIRST_YEAR,
    PLACES,
    in_common_years,
    on_one_line,
    parse_date,
    read_date,
    says_no_date,
)
from feeds.text.months import MONTHS, SHORT_MONTHS

_WEEKDAY = r"(?:[^\W\d_][^\d,]{0,19},?\s)?"
_AT = r"(?:(?:at|um|à|a las?|às|as|alle|ore|om|kl\.?|klo|o|ob|u|w|в|о|saat|[–|-])\s)?"
_CLOCK = rf"(?:,?\s{_AT}(?P<clock>\d{{1,2}}[:h]\d\d(?::\d\d)?)(?:\s?(?:Uhr|uur|hs?\.?|час\.?))?(?:\s?(?P<zone>[+-]\d\d:?\d\d|Z|GMT|UTC))?)?"
_YEAR = r"(?P<year>\d{4}|['’]?\d\d(?![\d:h]))"
_NAME = r"(?P<month>[^\W\d_]{3,14}|[\u0e01-\u0e4e]{2,14}|(?:[\u0e01-\u0e4e]{1,3}\.){2})"
# RFC 822 in the words of another language, as content systems write it: `Seg, 24 Set 2018 19:42:40 -0300`.
_IN_WORDS = re.compile(
    _WEEKDAY + rf"(?P<day>\d{{1,2}})\.?\s(?:de\s)?{_NAME}\.?,?\s(?:del?\s)?{_YEAR}(?:\s?г\.?,?)?" + _CLOCK
)
# `2024. május 3.`, `2024 m. gegužės 3 d.`
_YEAR_AHEAD = re.compile(
    rf"(?P<year>\d{{4}})\.?,?\s(?:m\.\s)?{_NAME}\.?\s(?P<day>\d{{1,2}})\.?(?:\sd\.)?" + _CLOCK
)
_DOTTED_DAY = r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)"
_DOTTED = re.compile(_WEEKDAY + _DOTTED_DAY + _CLOCK)
_HAS_DOTTED = re.compile(_DOTTED_DAY)
_MONTH_FIRST = frozenset({"us", "ph"})
"""Where English puts the month before the day; dateparser reads all English so."""
_MONTH_FIRST_LANGUAGES = frozenset({"en", "fil"})
_OTHER_MEANING = frozenset({"hr", "bs"})
"""Languages in which a name of the table is another month's: `listopada` is October there, November in Poland."""
_LABEL = re.compile(
    r"^(?:(?:first\s)?(?:published|posted|created)(?:\s(?:on|at))?|date|datum|veröffentlicht(?:\sam)?|publié(?:\sle)?|publicado(?:\sel)?|pubblicato(?:\sil)?|gepubliceerd(?:\sop)?)\s?:?\s(?=\S)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(\d{1,2})(?:(?:st|nd|rd|th)\b(?:\sof\b)?|(?:er|ère|ste|de)\b|\.?[º°ª])", re.IGNORECASE
)
_YEAR_CUT = re.compile(r"(?<=\s)['’](\d\d)\b")
_PLACE = re.compile(rf"(?<=[\dMm.])\s({'|'.join(PLACES)})$")
_HAS_DAY_AND_YEAR = re.compile(r"(?=.*\d{4})(?=.*\b\d{1,2}\b)|[一-鿿가-힣].*\d|\d.*[一-鿿가-힣]")
_IN_DIGITS = re.compile(
    r"[\d\s.,:;/+\u2212TtZz()-]+(?:[ap]\.?m\.?)?[\d\s:+\u2212-]*(?:GMT|UTC|UT)?[\d\s:+\u2212-]*",
    re.IGNORECASE,
)
"""What is shaped like a date in digits: no language says more of it than which number is the day."""
_HOURS = (
    r"(?:(?:,?[\sT]|\s[|–-]\s)(?:at\s|um\s)?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?:[:.](?P<second_of>\d\d)(?:[.,]\d+)?)?)?\s?(?P<half>[ap]\.?m\.?)?\s?"
    r"(?:Uhr\s?|uur\s?)?(?P<zone>(?:GMT|UTC|UT)?(?:[+-]\d{1,2}:?\d{0,2})?|Z))?"
)
_DAY_AND_MONTH = re.compile(
    r"(?:(?P<first>\d{1,2})[/.-]\s?(?P<second>\d{1,2})[/.-]\s?(?P<last>[12]\d{3})|(?P<year>[12]\d{3})[/.-]\s?(?P<month>\d{1,2})[/.-]\s?(?P<day>\d{1,2})\.?)"
    + _HOURS,
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(
    r"(?:[^\W\d_]{2,12}[.,]{0,2}\s)?(?P<first>\d{1,2})(?P<mark>[/.-])\s?(?P<second>\d{1,2})(?P=mark)\s?(?P<last>\d\d)\.?"
    + _HOURS,
    re.IGNORECASE,
)
_YEAR_FIRST_LANGUAGES = frozenset({"zh", "ja", "ko", "hu", "lt"})
OF_OUR_DAYS = 2010
"""A year of two digits is read as an older one only where nothing else can be meant."""
MOST_FAILURES = 20
"""Texts of one document that no language can read; behind them only known languages are asked, 0.2 s each."""
LANGUAGES = (
    "en de fr es it pt nl sv da nb fi is pl cs sk sl hr sr bg mk ru uk be hu ro el tr az ka hy ar he fa ur hi bn ta te mr th vi "
    "id ms fil sw ja ko zh ca gl eu et lv lt sq af ga cy"
).split()
"""Tried where none is stated: of all that dateparser knows, those that the press writes dates in."""
_failures: ContextVar[list[int] | None] = ContextVar("failures", default=None)
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
    exact, is_exact = read_date(text, zone=zone)
    if exact is not None or not text:
        return exact, not is_exact
    clean = in_common_years(_ORDINAL.sub(r"\1", _LABEL.sub("", on_one_line(text))))
    place = _PLACE.search(clean)
    if place is not None:
        # dateparser takes it for the time of winter.
        clean, zone = clean[: place.start()], PLACES[place[1]]
    if len(clean) > MAX_CHARS or len(_NUMBER.findall(clean)) > MAX_NUMBERS or says_no_date(clean):
        return None, False
    short = _SHORT_YEAR.fullmatch(clean)
    if short is not None or _IN_DIGITS.fullmatch(clean):
        found = _of_short_year(short, language, zone, now) if short else _of_digits(clean, language, zone)
        return (None, False) if found is None or found.year > now.year + 1 else (found, True)
    languages = [language.split("-")[0].lower()] if language else []
    found = _dotted(clean, zone)
    if found is None and not (languages and languages[0] in _OTHER_MEANING):
        found = _in_words(clean, zone)
    clean = _YEAR_CUT.sub(lambda year: _of_two_digits(year[1]), clean)
    if found is None and not _HAS_DAY_AND_YEAR.search(clean):
        return None, False
    if found is None and (_HAS_DOTTED.search(clean) or _is_day_first(language)):
        found = _tried(clean, languages, zone, now, order="DMY")
    found = found or (_tried(clean, languages, zone, now) if languages else None)
    found = found or _tried_in_all(clean, zone, now)
    if found is None or not FIRST_YEAR <= found.year <= now.year + 1:
        return None, False
    return found.astimezone(UTC), True


class OneDocument(ContextDecorator):
    """While one document is read, what no language can read is tried only so many times."""

    def __init__(self) -> None:
        self._token: Token[list[int] | None] | None = None

    def _recreate_cm(self) -> OneDocument:
        return OneDocument()

    def __enter__(self) -> OneDocument:
        """Begins to count anew."""
        self._token = _failures.set([0])
        return self

    def __exit__(self, *_: object) -> None:
        """Counts as before."""
        if self._token is not None:
            _failures.reset(self._token)


def _tried_in_all(text: str, zone: str, now: datetime) -> datetime | None:
    failures = _failures.get()
    if failures is not None and failures[0] >= MOST_FAILURES:
        return None
    found = _tried(text, LANGUAGES, zone, now)
    if found is None and failures is not None:
        failures[0] += 1
    return found


def _of_digits(text: str, language: str | None, zone: str) -> datetime | None:
    """`10/11/2026 6:30 PM`: the day first where dots part the numbers, where the country writes so, where it must be."""
    found = _DAY_AND_MONTH.fullmatch(text)
    if found is None:
        return None
    if found["year"]:
        year, month, day = found["year"], int(found["month"]), int(found["day"])
    else:
        year, day, month = found["last"], int(found["first"]), int(found["second"])
        base = (language or "en").split("-")[0].lower()
        is_turned = base in _MONTH_FIRST_LANGUAGES and not _is_day_first(language) and "." not in text[:6]
        if (is_turned and day <= 12) or month > 12:
            day, month = month, day
    return _at_hours(found, int(year), month, day, zone)


def _of_short_year(found: re.Match[str], language: str | None, zone: str, now: datetime) -> datetime | None:
    """`03.05.24`: the order as with a whole year; none where that is not told, and several orders make a date of our days."""
    first, second, last = (int(found[name]) for name in ("first", "second", "last"))
    in_days, in_months = (last, second, first), (last, first, second)
    readings = [in_days, in_months, (first, second, last)]
    base = (language or "").split("-")[0].lower()
    is_turned = base in _MONTH_FIRST_LANGUAGES and not _is_day_first(language)
    if base in _YEAR_FIRST_LANGUAGES:
        readings = [readings[2], in_days]
    elif found["mark"] == ".":
        readings = [in_days, readings[2]] if second <= 12 else [in_months]
    elif is_turned:
        readings = [in_months, in_days, readings[2]]
    meant = [day for one in readings if (day := _day_of(*one, now)) is not None]
    if not meant:
        return None
    # A language settles the order, and so do dots; else every other order that makes a date of our days makes it a riddle.
    others = [day for day in meant[1:] if day != meant[0] and day.year >= OF_OUR_DAYS]
    is_settled = bool(language) or found["mark"] == "."
    if others and not (is_settled and meant[0].year >= OF_OUR_DAYS):
        return None
    return _at_hours(found, meant[0].year, meant[0].month, meant[0].day, zone)


def _day_of(year: int, month: int, day: int, now: datetime) -> date | None:
    try:
        found = date(int(_of_two_digits(f"{year:02}")), month, day)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= now.year + 1 else None


def _of_two_digits(year: str) -> str:
    """The whole year; those from 70 on are of the last century, as in C and in Python."""
    return f"{'19' if int(year) >= 70 else '20'}{year}"


def _at_hours(found: re.Match[str], year: int, month: int, day: int, zone: str) -> datetime | None:
    """The moment on that day that the match's hours tell; midnight without any, none for hours that no clock has."""
    if found["hour"] and not (found["minute"] or found["half"]):
        return None
    hour = int(found["hour"] or 0)
    if found["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if found["half"][0].lower() == "p" else 0)
    elif found["half"] and hour == 0 and found["half"][0].lower() == "p":
        hour = 12
    clock = f"{hour:02}:{found['minute'] or '00'}:{found['second_of'] or '00'}"
    return parse_date(f"{year}-{month:02}-{day:02} {clock} {found['zone'] or ''}".strip(), zone=zone)


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
    found = _IN_WORDS.fullmatch(text) or _YEAR_AHEAD.fullmatch(text)
    word = found["month"].lower().strip(".") if found else ""
    month = MONTHS.get(word) or SHORT_MONTHS.get(word)
    return _moment(found, month, zone) if found and month else None


def _moment(found: re.Match[str], month: int, zone: str) -> datetime | None:
    year = found["year"].lstrip("'’")
    if len(year) == 2:
        is_thai = "\u0e01" <= found[0][found.start("month") - found.start()] <= "\u0e4e"
        year = str(1957 + int(year)) if is_thai else _of_two_digits(year)
    clock = (found["clock"] or "00:00").replace("h", ":").zfill(5)
    shown = (found["zone"] or "").replace("GMT", "Z").replace("UTC", "Z")
    return parse_date(f"{year}-{month:02}-{int(found['day']):02}T{clock}{shown}", zone=zone)


def _tried(
    text: str, languages: Sequence[str], zone: str, now: datetime, *, order: str | None = None
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
            found: datetime | None = dateparser.parse(
                text, languages=list(languages) or None, settings=settings
            )
    except (ValueError, OverflowError, TypeError, RecursionError):
        return None
    return found
