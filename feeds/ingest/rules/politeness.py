"""What a source asks for (`ttl`, `max-age`, skipped hours), and how long `Retry-After`, 429 and 503 make us wait. Pure.

RFC 9111 `max-age` and `Expires`, RSS `ttl`, `skipHours`, `skipDays`, the syndication module's
`updatePeriod`; RFC 9110 section 10.2.3 `Retry-After`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from feeds.model.fetched import Failed, FetchResult
from feeds.text.dates import parse_date
from feeds.text.markup import whole_number

TOO_MANY = timedelta(minutes=15)
"""How long a domain is left alone after a 429 that names no time; doubled with each one in a row."""
HOST_COOLDOWN = timedelta(minutes=10)
"""How long a host is left alone after a 503 that names no time."""
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,8})", re.IGNORECASE)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def asked_by_headers(headers: tuple[tuple[str, str], ...], now: datetime) -> timedelta | None:
    """How long the answer says that it stays fresh; None if it says nothing, or to ask each time."""
    named = {name.lower(): value for name, value in headers}
    control = named.get("cache-control", "")
    if "no-cache" in control.lower() or "no-store" in control.lower():
        return None
    found = _MAX_AGE.search(control)
    if found:
        age = whole_number(named.get("age"), digits=8) or 0
        return max(timedelta(seconds=int(found[1]) - age), timedelta(0)) or None
    until = parse_date(named.get("expires"))
    return until - now if until is not None and until > now else None


def period(name: str | None, frequency: str | None) -> timedelta | None:
    """What `sy:updatePeriod` and `sy:updateFrequency` ask for."""
    span = _PERIODS.get((name or "").strip().lower())
    if span is None:
        return None
    return span / max(whole_number(frequency, digits=5) or 1, 1)


def longest(*wishes: timedelta | None) -> timedelta | None:
    """The longest of several wishes; None if there is none."""
    return max((wish for wish in wishes if wish is not None), default=None)


def domain_cooldown(result: FetchResult, failures: int) -> timedelta | None:
    """How long the whole registrable domain is to be left alone: 429, and any answer that names a time."""
    if not isinstance(result, Failed):
        return None
    if result.retry_after is not None:
        return result.retry_after
    return TOO_MANY * 2 ** min(failures, 6) if result.status == 429 else None


def host_cooldown(result: FetchResult) -> timedelta | None:
    """How long the host is to be left alone: a 503 that names no time."""
    if isinstance(result, Failed) and result.status == 503 and result.retry_after is None:
        return HOST_COOLDOWN
    return None
