"""When a source is polled again. Pure; chance is handed in.

An interval is never shorter than what the source asks for, errors double it, jitter spreads it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from feeds.model.incoming import PollState, Source
from feeds.model.settings import PollSettings

JITTER = 0.1
"""The part of an interval by which chance lengthens it at most."""
SMOOTHING = 0.3
OURS = timedelta(minutes=2)
UNCONDITIONAL = timedelta(hours=1)
QUIET = timedelta(days=14)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,8})", re.IGNORECASE)


def next_interval(
    source: Source,
    poll: PollState,
    *,
    new_count: int,
    asked: timedelta | None,
    settings: PollSettings,
    now: datetime,
) -> timedelta:
    """The interval after a poll that succeeded, without jitter.

    Half the time between polls that brought something, learned by a weighted average; the admin's own
    interval wins over rhythm and bounds, what the source asks for wins over all.
    """
    if source.interval is not None:
        chosen = source.interval
    elif source.is_ours or source.is_sample:
        chosen = min(OURS, settings.min_interval) if not source.is_sample else timedelta(minutes=1)
    else:
        chosen = _rhythm(poll, new_count=new_count, settings=settings, now=now)
        if not (poll.etag or poll.last_modified):
            chosen = max(chosen, min(UNCONDITIONAL, settings.max_interval))
    return max(chosen, min(asked, settings.max_interval)) if asked is not None else chosen


def after_failure(poll: PollState, *, asked: timedelta | None, settings: PollSettings) -> timedelta:
    """The wait after so many failures in a row: doubling, a day or `max_interval` at most."""
    base = max(settings.min_interval, timedelta(minutes=1))
    doubled: timedelta = base * 2 ** min(poll.failure_count, 12)
    return max(min(doubled, settings.max_interval), asked or timedelta(0))


def with_jitter(interval: timedelta, chance: float) -> timedelta:
    """The interval, lengthened by up to a tenth; `chance` lies in [0, 1)."""
    return interval * (1 + JITTER * chance)


def asked_interval(headers: tuple[tuple[str, str], ...], ttl: timedelta | None) -> timedelta | None:
    """What the source asks for: the longer of RSS ttl and Cache-Control max-age (RFC 9111)."""
    wishes = [] if ttl is None else [ttl]
    for name, value in headers:
        if name.lower() == "cache-control":
            found = _MAX_AGE.search(value)
            if found and "no-cache" not in value.lower():
                wishes.append(timedelta(seconds=int(found[1])))
    return max(wishes, default=None)


def _rhythm(poll: PollState, *, new_count: int, settings: PollSettings, now: datetime) -> timedelta:
    if not poll.is_imported:
        return settings.default_interval
    present = poll.interval
    if new_count and poll.last_new_at is not None:
        gap = (now - poll.last_new_at) / max(new_count, 1)
        learned = present * (1 - SMOOTHING) + (gap / 2) * SMOOTHING
    elif poll.last_new_at is not None and now - poll.last_new_at > QUIET:
        learned = settings.max_interval
    else:
        learned = present * 1.1
    return max(settings.min_interval, min(learned, settings.max_interval))
