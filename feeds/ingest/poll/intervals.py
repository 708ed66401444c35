"""When a source is polled again: its own rhythm, what it asks for, bounds, errors. Pure; randomness is passed in.

The rhythm is a weighted average of the gaps between new articles, learned from polls that succeeded
(and at the first import from the articles' own dates). A source is asked twice a gap, never more
often than it asks for, and, as good readers do, at most once an hour: where it gives validators and is
quicker than that, down to `[poll] min_interval`; four times a day while its hub tells us. Errors double the wait. Nothing switches a source off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from feeds.ingest.pages.reading import reads_pages
from feeds.model.fetched import Failed
from feeds.model.incoming import PollState, Skips, Source
from feeds.model.settings import PollSettings

JITTER = 0.1
"""The part of an interval by which chance lengthens it at most; of a wait after an error, 0.25."""
FAILURE_JITTER = 0.25
SMOOTHING = 0.3
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BACKUP = timedelta(hours=6)
"""How often a source is asked whose hub tells us: often enough to notice that the hub went silent."""
OURS = timedelta(minutes=2)
SAMPLE = timedelta(minutes=1)
FOLDER = timedelta(minutes=1)
FIRST_WAIT = timedelta(minutes=15)
"""After the first error in a row."""
FIRST_NAME_WAIT = timedelta(minutes=1)
DORMANT_AFTER = 10
"""So many times its usual gap without a new article: the source sleeps, and is asked daily."""
DORMANT_AT_LEAST = timedelta(days=14)
ASKED_MOST = timedelta(days=7)
"""The longest wish that is believed; `ttl` in minutes is often meant in seconds."""
RECENT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """How long until the next poll, and why, in words that an admin reads."""

    span: timedelta
    reason: str


def next_interval(
    source: Source, poll: PollState, *, asked: timedelta | None, settings: PollSettings, now: datetime
) -> Interval:
    """The interval after a poll that succeeded, without jitter, by the state as it is after that poll.

    What is `asked` wins over everything but our own sources: nobody is asked more often than they want.
    """
    if source.interval is not None:
        chosen = Interval(span=source.interval, reason="set for this source")
    elif source.kind == "folder":
        return Interval(span=FOLDER, reason="a folder of this machine")
    elif source.is_sample:
        chosen = Interval(span=SAMPLE, reason="a sample of this run")
    elif source.is_ours:
        return Interval(span=OURS, reason="our own")
    else:
        chosen = _by_rhythm(poll, settings, now)
        # Where articles are read from their own pages, late ones say nothing of a hub: no silence would be noticed.
        chosen = chosen if reads_pages(source) else _stated_interval(chosen, poll, settings, now)
    if asked is not None and min(asked, ASKED_MOST) > chosen.span:
        return Interval(span=min(asked, ASKED_MOST), reason="the source asks for it")
    return chosen


def learned_gap(poll: PollState, *, new_count: int, now: datetime) -> timedelta | None:
    """The average gap between new articles after a poll that brought so many."""
    if not new_count or poll.last_new_at is None or not poll.is_imported:
        return poll.gap
    gap = max((now - poll.last_new_at) / new_count, timedelta(seconds=1))
    if poll.gap is None:
        return gap
    # A source that slept does not owe its silence: what woke up counts at most ten gaps.
    return poll.gap * (1 - SMOOTHING) + min(gap, poll.gap * DORMANT_AFTER) * SMOOTHING


def first_gap(dates: Sequence[datetime], now: datetime) -> timedelta | None:
    """The usual gap of the newest articles by their own dates: the median, which a backlog does not bend."""
    recent = sorted({one for one in dates if one <= now}, reverse=True)[:RECENT]
    gaps = sorted(later - earlier for later, earlier in pairwise(recent))
    return max(gaps[len(gaps) // 2], timedelta(minutes=1)) if gaps else None


def newest_date(dates: Sequence[datetime], now: datetime) -> datetime | None:
    """The date of the newest article that is not in the future."""
    return max((one for one in dates if one <= now), default=None)


def after_failure(poll: PollState, failed: Failed, *, settings: PollSettings) -> timedelta:
    """The wait after so many failures in a row: doubling from a quarter of an hour, as long as `max_interval`.

    Looking a name up burdens no host, and a name server's fault often passes: there it doubles from a minute.
    """
    first = FIRST_NAME_WAIT if failed.state == "name" else FIRST_WAIT
    doubled: timedelta = first * 2 ** min(poll.failure_count, 12)
    return max(min(doubled, settings.max_interval), failed.retry_after or timedelta(0))


def with_jitter(interval: timedelta, chance: float, most: float = JITTER) -> timedelta:
    """The interval, lengthened by up to that part of it; `chance` lies in [0, 1)."""
    return interval * (1 + most * chance)


def outside_skips(moment: datetime, skips: Skips) -> datetime:
    """The moment, or the first one after it that lies in no hour or day that the source wants left out (GMT)."""
    if not (skips.hours or skips.days) or len(skips.hours) >= 24 or len(skips.days) >= 7:
        return moment
    found = moment.astimezone(UTC)
    for _ in range(24 * 8):
        if found.hour not in skips.hours and found.strftime("%A").lower() not in skips.days:
            return found
        found = found.replace(minute=0, second=0, microsecond=0) + HOUR
    return moment


def _by_rhythm(poll: PollState, settings: PollSettings, now: datetime) -> Interval:
    floor, ceiling = settings.min_interval, settings.max_interval
    silent = now - poll.last_new_at if poll.last_new_at is not None else timedelta(0)
    if poll.gap is None:
        unknown = max(settings.default_interval, silent / DORMANT_AFTER)
        return Interval(span=_within(unknown, floor, ceiling), reason="its rhythm is not known yet")
    if silent > max(poll.gap * DORMANT_AFTER, DORMANT_AT_LEAST):
        return Interval(span=ceiling, reason="nothing new for a long time")
    wanted = poll.gap / 2
    has_validators = bool(poll.etag or poll.last_modified)
    if wanted < HOUR and not (has_validators and poll.gap < HOUR):
        reason = "at most hourly" if has_validators else "at most hourly without validators"
        return Interval(span=_within(HOUR, floor, ceiling), reason=reason)
    return Interval(span=_within(wanted, floor, min(ceiling, DAY)), reason="its own rhythm")


def _stated_interval(own: Interval, poll: PollState, settings: PollSettings, now: datetime) -> Interval:
    """The interval while a hub tells us of new articles; the source's own rhythm once it does not."""
    backup = min(BACKUP, settings.max_interval)
    if poll.told_until_at is None or poll.told_until_at <= now or backup <= own.span:
        return own
    return Interval(span=backup, reason="its hub tells us; asked slowly")


def _within(span: timedelta, low: timedelta, high: timedelta) -> timedelta:
    return max(low, min(span, high))
