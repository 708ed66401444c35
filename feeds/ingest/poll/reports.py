"""What a finished poll means for its source: state in a word, validators, rhythm, and when it is due again. Pure.

Polled | learned (validators, rhythm) | odd? moved? | in words | when again | remembered of the document
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from feeds.ingest.poll.anomalies import noticed
from feeds.ingest.poll.health import OUR_FAULT
from feeds.ingest.poll.intervals import (
    FAILURE_JITTER,
    after_failure,
    first_gap,
    learned_gap,
    newest_date,
    next_interval,
    outside_skips,
    with_jitter,
)
from feeds.ingest.poll.pipeline import Polled
from feeds.ingest.poll.redirects import moved_to, next_move
from feeds.ingest.rules.politeness import asked_by_headers, longest
from feeds.ingest.rules.reverts import after_poll
from feeds.model.articles import DraftFeed, PollReport
from feeds.model.fetched import Failed, Fetched, Gone, NotModified
from feeds.model.incoming import Move, PollState
from feeds.model.reverts import Returned
from feeds.model.settings import PollSettings
from feeds.text.urls import shown_url

OUR_NETWORK = timedelta(minutes=1)
"""How soon sources are asked again after our own network failed, lengthened by chance up to twice."""


def report_of(
    polled: Polled,
    *,
    new_count: int,
    changed_count: int,
    settings: PollSettings,
    chance: float,
    renamed_count: int = 0,
    identity: Literal["guid", "address"] = "guid",
    returned: Sequence[Returned] = (),
) -> PollReport:
    """What is written of a poll: state in a word, validators, counters, and when it is due again."""
    result, source = polled.result, polled.due.source
    if isinstance(result, Failed):
        return _failed(polled, result, settings, chance)
    if isinstance(result, Gone):
        return _gone(polled)
    poll, feed, now = polled.due.poll, polled.feed, polled.at
    entry_count = feed.entry_count if feed else 0
    after = _learned(_validated(poll, result), polled, new_count)
    asked = longest(asked_by_headers(result.headers, now), after.asked)
    interval = next_interval(source, after, asked=asked, settings=settings, now=now)
    odd = noticed(
        poll,
        after,
        entries=feed.read_count if feed else 0,
        new=new_count,
        renamed=renamed_count,
        is_read=feed is not None,
        now=now,
    )
    stated = feed.moved_url if feed is not None and feed.moved_url != source.fetch_url else None
    move = next_move(poll.move, result.hops, now, stated=stated, is_read=feed is not None)
    status, detail = _in_words(polled, None if source.is_sample else move, bool(new_count or changed_count))
    saved = replace(
        _remembered(after, feed, identity=identity, returned=returned, now=now),
        move=move,
        oddity=odd.kind if odd else "",
        failure_count=0,
        last_polled_at=now,
        last_ok_at=now,
        next_poll_at=outside_skips(now + with_jitter(interval.span, chance), after.skips),
        interval=interval.span,
        reason=interval.reason,
        status=status,
        status_detail=detail,
    )
    return PollReport(
        source_id=source.id,
        status=status,
        detail=detail,
        poll=saved,
        was_due_at=poll.next_poll_at,
        entry_count=entry_count,
        new_count=new_count,
        changed_count=changed_count,
        faults=feed.faults if feed else (),
        odd=odd.message if odd else "",
    )


def _in_words(polled: Polled, move: Move | None, is_changed: bool) -> tuple[str, str]:
    """The state in a word, and its detail; faults stay told until the document is read again."""
    poll, feed = polled.due.poll, polled.feed
    if move is not None:
        return "moved", f"It says that its address is {shown_url(moved_to(move))} now."
    if feed is None and poll.status == "faults":
        return "faults", poll.status_detail
    if feed is not None and feed.faults:
        return "faults", "; ".join(feed.faults)
    return "well" if is_changed else "unchanged", ""


def _remembered(
    poll: PollState,
    feed: DraftFeed | None,
    *,
    identity: Literal["guid", "address"],
    returned: Sequence[Returned],
    now: datetime,
) -> PollState:
    """What the next poll needs to know of the document; as before where none was read."""
    if feed is None:
        return replace(poll, returned=after_poll(poll.returned, now)) if poll.returned else poll
    read = replace(
        poll,
        identity=identity,
        returned=after_poll(returned, now),
        prints=feed.prints,
        page_dates=feed.page_dates or poll.page_dates,
        # An empty document was no import: what comes after it has been there before, and is no news.
        is_imported=poll.is_imported or (feed.is_tried and feed.entry_count > 0),
    )
    if feed.is_whole:
        return read
    # The document is read again, whole, so that the pages that are left get their turn.
    return replace(read, etag=None, last_modified=None, body_hash=None, prints=b"")


def _gone(polled: Polled) -> PollReport:
    poll = polled.due.poll
    gone = replace(
        poll, last_polled_at=polled.at, next_poll_at=None, status="gone", status_detail="It answered 410."
    )
    return PollReport(source_id=polled.due.source.id, status="gone", poll=gone, was_due_at=poll.next_poll_at)


def _failed(polled: Polled, result: Failed, settings: PollSettings, chance: float) -> PollReport:
    poll = polled.due.poll
    if polled.is_our_network:
        saved = replace(poll, next_poll_at=polled.at + with_jitter(OUR_NETWORK, chance, 1.0))
    elif result.state == OUR_FAULT:
        pace = poll.interval or settings.default_interval
        saved = replace(
            poll,
            last_polled_at=polled.at,
            next_poll_at=polled.at + with_jitter(pace, chance),
            status=OUR_FAULT,
            status_detail=result.detail,
        )
    else:
        wait = after_failure(poll, result, settings=settings)
        saved = replace(
            poll,
            failure_count=poll.failure_count + 1,
            last_polled_at=polled.at,
            next_poll_at=polled.at + with_jitter(wait, chance, FAILURE_JITTER),
            status=result.state,
            status_detail=result.detail,
        )
    return PollReport(
        source_id=polled.due.source.id,
        status=saved.status,
        detail=saved.status_detail,
        poll=saved,
        was_due_at=poll.next_poll_at,
    )


def _learned(poll: PollState, polled: Polled, new_count: int) -> PollState:
    """What the document taught: its rhythm, what it asks for, when it wants to be left alone."""
    feed, now = polled.feed, polled.at
    if feed is None:
        return poll
    dates = [draft.published_at for draft in feed.drafts if draft.published_at is not None]
    taught = replace(poll, asked=feed.ttl, skips=feed.skips)
    if not poll.is_imported:
        return replace(taught, gap=first_gap(dates, now), last_new_at=newest_date(dates, now) or now)
    gap = learned_gap(poll, new_count=new_count, now=now)
    return replace(taught, gap=gap, last_new_at=now if new_count else poll.last_new_at)


def _validated(poll: PollState, result: Fetched | NotModified) -> PollState:
    """The newest validators: a 200 replaces both, a 304 those that it names.

    Where a 304 names another licence than the document came with, none is left: the document is read again.
    """
    if isinstance(result, Fetched):
        etag, last_modified, body_hash = result.etag, result.last_modified, result.body_hash
        license_url = result.license_url
    elif result.license_url not in (None, poll.license_url):
        etag, last_modified, body_hash, license_url = None, None, None, poll.license_url
    else:
        etag, last_modified = result.etag or poll.etag, result.last_modified or poll.last_modified
        body_hash, license_url = poll.body_hash, poll.license_url
    if (etag, last_modified, body_hash, license_url) == (
        poll.etag,
        poll.last_modified,
        poll.body_hash,
        poll.license_url,
    ):
        # Most answers bring the same ones: a copy of the state is a tenth of what writing one poll costs.
        return poll
    return replace(poll, etag=etag, last_modified=last_modified, body_hash=body_hash, license_url=license_url)
