"""Dates: lenient in, exact out (RFC 3339, RFC 5322, RFC 9110). Pure; guesses are in `dateguess`."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime, parsedate_tz
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST_YEAR = 1990
"""Nothing on the web is older; smaller years are misreadings."""
MOST_DATE_CHARS = 100

_ISO = re.compile(
    r"^(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*([Zz]|[+-]\d\d:?\d\d|[+-]\d\d|[+-]\d[0-5]\d)?$"
)
# ISO 8601 lets minutes be left out; databases leave out all that stands between the digits.
_SHORTENED = re.compile(
    r"^(?:(\d{4}-\d\d-\d\d[Tt]\d\d|\d{8}[Tt]\d\d)|(\d{8})(\d{4}(?:\d\d)?))(?=(?:[Zz]|[+-]\d\d(?::?\d\d)?)?$)"
)
_PARTIAL = re.compile(r"^(\d{4})(?:-(\d\d))?$")
# What nearly every RSS feed writes; taking it apart by the library's rules costs eight times as much.
_RFC822 = re.compile(
    r"(?:[A-Z][a-z]{2}, ?)?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([12]\d{3}) ([01]\d|2[0-3]):(\d\d):(\d\d) "
    r"(?:GMT|UTC|Z|([+-][01]\d[0-5]\d))"
)
_MONTHS = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_EPOCH = re.compile(r"^1\d{9}(?:\d{3}){0,2}(?:\.\d{1,9})?$")
_ASP = re.compile(r"\\?/?Date\((\d{12,13})(?:[+-]\d{4})?\)\\?/?")
"""`/Date(1714741200000+0200)/`, as ASP.NET writes a moment into JSON; the offset says only where it was seen."""
_HALF_TWICE = re.compile(
    r"(?<![\d:])((?:1[3-9]|2[0-3]):[0-5]\d(?::[0-5]\d)?|00?:[0-5]\d(?::[0-5]\d)?(?=\s?a))\s?[ap]\.?m\b\.?",
    re.IGNORECASE,
)
"""`15:00 PM`: hours that no half of a day has are those of the whole day."""
_UNSEEN = str.maketrans(
    dict.fromkeys(
        "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff",
        "",
    )
    | dict.fromkeys("\u2010\u2011", "-")
)
_HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
# Names that dates carry beside RFC 5322's own, as hours; ambiguous ones (IST, BST in Asia) as Europe's and India's.
_ZONES = {
    "GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "MET": 1, "MEWT": 1, "CEST": 2,
    "MESZ": 2, "MEST": 2, "MEDST": 2, "SAST": 2, "CAT": 2, "EET": 2, "EEST": 3, "EAT": 3, "MSK": 3, "TRT": 3, "MSD": 4,
    "GST": 4, "IST": 5.5, "NPT": 5.75, "WIB": 7, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5,
    "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "NDT": -2.5, "NST": -3.5, "ART": -3, "BRT": -3, "BRST": -2,
    "ADT": -3, "AST": -4, "CLT": -4, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
    "AKDT": -8, "AKST": -9, "HST": -10,
}  # fmt: skip
PLACES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
"""What American papers call their time all the year round."""
# Where the clock of a date ends, and what follows it: the zone, and in dates of C the year.
_CLOCK = re.compile(r"(?<![\d:])\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?![\d:])")
_COMMENT = re.compile(r"\([^()]*\)")
_YEAR_LAST = re.compile(r"(?:^|\s)([12]\d{3})$")
_NUMERIC_ZONE = re.compile(r"(?:(?:GMT|UTC|UT)\s?)?([+\u2212-])\s?(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_ISO_HEAD = re.compile(r"\d{4}-?\d\d-?\d\d(?:[Tt]|\s)\s*\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?![\d:])")
_YEAR_NONE = re.compile(r"(?<![\d:+.-])0\d{3}(?![\d:])|(?<=\s)-0{1,4}1(?=\s|$)")
"""`01 Jan 0001`, `30 Nov -0001`: what databases and languages write for no date at all."""
_ZONE_TWICE = re.compile(
    r"([+\u2212-]\d\d:?\d\d|[Zz])(?:\[[A-Za-z_/+-]{1,40}\]|(?<=[Zz])[+-]?00:?00|(?<=\d)[Zz]"
    r"|(?<=\d) [A-Z]{2,5}(?: m=[+-][\d.]{1,24})?)$"
)
"""`+01:00[Europe/Oslo]` (RFC 9557), `Z+00:00`, `+00:00Z`, and `+0000 UTC` as Go writes it: the offset, said twice."""
_MARKED = re.compile(r"<time\b[^<>]{0,200}?\bdatetime\s*=\s*[\"']?([^\"'<>]{4,60})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,300}>")
MOST_MARKUP = 1_000
_BUDDHIST = re.compile(r"(?<![^\s/])25[4-9]\d(?=$|[\s/-])")
"""A year of the Thai calendar, 543 ahead."""
_ERA = re.compile(r"(令和|平成|民國|民国)\s?(\d{1,3}|元)\s?年")
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_WEEK = re.compile(r"(\d{4})-?W(\d\d)-?([1-7])(?![\d-])")
"""`2020-W10-4`, the Thursday of a week (ISO 8601)."""
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


def parse_date(text: str | None, *, zone: str = "UTC") -> datetime | None:
    """The moment that an ISO 8601, RFC 822 or epoch text means, in UTC; None if it means none.

    A text without a zone is read in `zone`. Years before 1990 or after 2100 are misreadings.
    """
    return read_date(text, zone=zone)[0]


def read_date(text: str | None, *, zone: str = "UTC") -> tuple[datetime | None, bool]:
    """The same, and whether it is exact; of a zone that nobody knows the hour is a guess."""
    if not text:
        return None, True
    clean = in_common_years(_ZONE_TWICE.sub(r"\1", on_one_line(text)[:80]))
    is_exact = True
    try:
        found = _iso(clean, zone) or _epoch(clean)
        if found is None:
            found, is_exact = _written(clean, zone)
    except (ValueError, OverflowError):
        return None, True
    if found is None or not FIRST_YEAR <= found.year <= 2100:
        return None, True
    return found.astimezone(UTC), is_exact


def on_one_line(text: str) -> str:
    """The date without markup, references and characters that nobody sees, one space between its parts."""
    text = without_markup(text)
    if "&" in text:
        text = html.unescape(text)
    return " ".join((text if text.isascii() else text.translate(_UNSEEN)).split())


def without_markup(text: str) -> str:
    """The date as a `<time>` in it states it for machines, else its words: some systems write a whole element."""
    if "<" not in text:
        return text
    stated = _MARKED.search(text[:MOST_MARKUP])
    return stated[1] if stated else _TAG.sub(" ", text[:MOST_MARKUP])


def in_common_years(text: str) -> str:
    """The date with its year as the Gregorian calendar counts it, where it is Thailand's, Japan's or Taiwan's."""
    if "年" in text:
        return _ERA.sub(lambda era: f"{_ERAS[era[1]] + int(era[2].replace('元', '1'))}年", text)
    return _BUDDHIST.sub(lambda found: str(int(found[0]) - 543), text, count=1)


def says_no_date(text: str) -> bool:
    """True for a year of four digits that begins with a zero, where no other stands."""
    return bool(_YEAR_NONE.search(text)) and not _YEAR.search(text)


def rfc3339(moment: datetime) -> str:
    """`2026-11-22T10:00:00Z`: RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc5322(moment: datetime) -> str:
    """`Sun, 22 Nov 2026 10:00:00 +0000`: what RSS wants."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))


def parse_http_date(text: str | None) -> datetime | None:
    """The moment of an HTTP date (RFC 9110 section 5.6.7); None for what is none, however absurd."""
    if not text or len(text) > MOST_DATE_CHARS:
        return None
    try:
        found = parsedate_to_datetime(text.strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def http_date(moment: datetime) -> str:
    """`Sun, 22 Nov 2026 10:00:00 GMT`: RFC 9110 section 5.6.7."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that IANA name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _iso(text: str, zone: str) -> datetime | None:
    partial = _PARTIAL.match(text)
    if partial:
        return datetime(int(partial[1]), int(partial[2] or 1), 1, tzinfo=zone_named(zone))
    of_week = _WEEK.match(text)
    if of_week:
        year, week, weekday = (int(one) for one in of_week.groups())
        text = f"{datetime.fromisocalendar(year, week, weekday):%Y-%m-%d}{text[of_week.end() :]}"
    found = _ISO.match(text) or _ISO.match(_SHORTENED.sub(_lengthened, text))
    if not found:
        return None
    years, month, day, hour, minute, second, _, offset = found.groups()
    clock_hour, extra = int(hour or 0), timedelta(0)
    if clock_hour == 24:
        clock_hour, extra = 0, timedelta(days=1)
    moment = datetime(  # noqa: DTZ001 - the zone follows
        int(years), int(month), int(day), clock_hour, int(minute or 0), min(int(second or 0), 59)
    )
    return moment.replace(tzinfo=_offset(offset, zone)) + extra


def _lengthened(found: re.Match[str]) -> str:
    return f"{found[1]}:00" if found[1] else f"{found[2]}T{found[3]}"


def _offset(offset: str | None, zone: str) -> timezone | ZoneInfo:
    if offset is None:
        return zone_named(zone)
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "")
    # Of three digits the first is the hour: `-500`.
    digits = digits.zfill(4) if len(digits) == 3 else digits.ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if offset[0] == "-" else span)


def _epoch(text: str) -> datetime | None:
    stated = _ASP.fullmatch(text)
    text = stated[1] if stated else text
    if not _EPOCH.match(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), tz=UTC)


def _written(text: str, zone: str) -> tuple[datetime | None, bool]:
    """A date in another writing than ISO 8601's, and whether its zone is known."""
    plain = _RFC822.fullmatch(text)
    if plain is not None:
        day, month, year, hour, minute, second, offset = plain.groups()
        where = _offset(offset, zone) if offset else UTC
        seconds = 59 if second == "60" else int(second)
        moment = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), seconds, tzinfo=where)
        return moment, True
    text = _HALF_TWICE.sub(r"\1", text)
    if says_no_date(text) or _HALF_DAY.search(text):
        return None, True
    clock = next(iter(_CLOCK.finditer(text)), None)
    head, rest = (text[: clock.end()], text[clock.end() :]) if clock else (text, "")
    rest = _COMMENT.sub(" ", rest).strip() or _named_in_comment(rest)
    if _ISO_HEAD.fullmatch(head):
        wall = _iso(head, "UTC")
    else:
        if not re.search(r"[A-Za-z]{3}", head):
            return None, True
        last = _YEAR_LAST.search(rest)
        if last and not _YEAR.search(head):
            head, rest = f"{head} {last[1]}", rest[: last.start()].strip()
        wall, offset_s = _wall(head)
        if clock is None and offset_s is not None and wall is not None:
            return wall - timedelta(seconds=offset_s), True
    if wall is None:
        return None, True
    if clock is None or not rest:
        return wall.replace(tzinfo=zone_named(zone)), True
    stated = _zone_in(rest)
    if stated is None:
        # Of what is in digits and is no zone nobody can tell what else is wrong in it.
        return (None, True) if re.search(r"\d", rest) else (wall.replace(tzinfo=zone_named(zone)), False)
    return wall.replace(tzinfo=stated), True


def _wall(text: str) -> tuple[datetime | None, int | None]:
    """What a clock on the wall shows at that date, and the offset where the text itself ends in one."""
    clean = re.sub(r"(?<![\d:])24:00(:00)?\b", "23:59:59", re.sub(r"(:\d\d)[.,]\d+$", r"\1", text))
    read = parsedate_tz(clean) or parsedate_tz(f"{clean} +0000")
    if read is None:
        return None, None
    return datetime(*read[:5], 59 if read[5] == 60 else read[5], tzinfo=UTC), read[9]


def _named_in_comment(rest: str) -> str:
    found = _COMMENT.search(rest)
    return found[0].strip("() ") if found else ""


def _zone_in(text: str) -> timezone | ZoneInfo | None:
    """The zone that is written behind a clock: an offset in any form, a name, a place of the IANA's."""
    numeric = _NUMERIC_ZONE.fullmatch(text)
    if numeric:
        sign, hours, minutes = numeric.groups()
        if int(hours) > 14:
            return None
        span = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(span if sign == "+" else -span)
    name = text.upper().rstrip(".")
    named = _ZONES.get(name)
    if named is not None:
        return timezone(timedelta(hours=named))
    if name in PLACES:
        return zone_named(PLACES[name])
    if "/" in text and zone_named(text).key == text:
        return zone_named(text)
    return None


def day_text(moment: datetime) -> str:
    """The day in English words, such as `3 May 2026`."""
    return f"{moment.day} {MONTH_NAMES[moment.month - 1]} {moment.year}"


MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""Own names: strftime's follow the locale of the process."""
