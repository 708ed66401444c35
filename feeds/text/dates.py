"""Dates: lenient in, exact out (RFC 3339, RFC 5322, RFC 9110). Pure; guesses are in `dateguess`."""

from __future__ import annotations

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
_PARTIAL = re.compile(r"^(\d{4})(?:-(\d\d))?$")
# What nearly every RSS feed writes; taking it apart by the library's rules costs eight times as much.
_RFC822 = re.compile(
    r"(?:[A-Z][a-z]{2}, ?)?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([12]\d{3}) ([01]\d|2[0-3]):(\d\d):(\d\d) "
    r"(?:GMT|UTC|Z|([+-][01]\d[0-5]\d))"
)
_MONTHS = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_EPOCH = re.compile(r"^1\d{9}(?:\d{3})?$")
_HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
# Names that e-mail dates carry beside RFC 5322's own; ambiguous ones (IST, BST in Asia) as Europe's.
_ZONES = {
    "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "WET": 0, "WEST": 1, "BST": 1,
    "MSK": 3, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "AKST": -9, "AKDT": -8, "HST": -10, "SAST": 2,
}  # fmt: skip


def parse_date(text: str | None, *, zone: str = "UTC") -> datetime | None:
    """The moment that an ISO 8601, RFC 822 or epoch text means, in UTC; None where it means none.

    A text without a zone is read in `zone`. Years before 1990 or after 2100 are misreadings.
    """
    if not text:
        return None
    clean = " ".join(text.split())[:80]
    try:
        found = _iso(clean, zone) or _epoch(clean) or _rfc822(clean, zone)
    except (ValueError, OverflowError):
        return None
    if found is None or not FIRST_YEAR <= found.year <= 2100:
        return None
    return found.astimezone(UTC)


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
    found = _ISO.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second, _, offset = found.groups()
    clock_hour, extra = int(hour or 0), timedelta(0)
    if clock_hour == 24:
        clock_hour, extra = 0, timedelta(days=1)
    moment = datetime(  # noqa: DTZ001 - the zone follows
        int(year), int(month), int(day), clock_hour, int(minute or 0), min(int(second or 0), 59)
    )
    return moment.replace(tzinfo=_offset(offset, zone)) + extra


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
    if not _EPOCH.match(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), tz=UTC)


def _rfc822(text: str, zone: str) -> datetime | None:
    plain = _RFC822.fullmatch(text)
    if plain is not None:
        day, month, year, hour, minute, second, offset = plain.groups()
        where = _offset(offset, zone) if offset else UTC
        return datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=where
        )
    found = parsedate_tz(re.sub(r"(?<![\d:])24:00(:00)?\b", "23:59:59", text))
    if found is None or not re.search(r"[A-Za-z]{3}", text) or _HALF_DAY.search(text):
        return None
    moment = datetime(*found[:6])  # noqa: DTZ001 - the zone follows
    last = text.rsplit(" ", 1)[-1].strip("()").upper()
    if last in _ZONES:
        return moment.replace(tzinfo=timezone(timedelta(hours=_ZONES[last])))
    if found[9] is None or not re.search(r"([+-]\d{2}:?\d{2}|[A-Za-z]{1,5}|\))$", text):
        return moment.replace(tzinfo=zone_named(zone))
    return moment.replace(tzinfo=timezone(timedelta(seconds=found[9])))
