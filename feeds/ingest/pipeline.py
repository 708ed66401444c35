"""The flow of one poll, as a pipe; it calls and does not decide:

    due source | fetch (or folder, or the answer kept) | (same body? 304?) | workers: bytes → drafts
               | visits: drafts → drafts with the text of their own pages | report

What comes out is a `Polled` value; `feeds.actions.poll` decides against the store and writes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from feeds.ingest.anomalies import noticed
from feeds.ingest.asking import Asking
from feeds.ingest.fetch import fetch
from feeds.ingest.folder import list_folder
from feeds.ingest.moving import met
from feeds.ingest.pages import reads_pages
from feeds.ingest.politeness import asked_by_headers, longest
from feeds.ingest.polling import (
    FAILURE_JITTER,
    after_failure,
    first_gap,
    learned_gap,
    newest_date,
    next_interval,
    outside_skips,
    with_jitter,
)
from feeds.ingest.returns import after_poll, pages_to_read, to_read_whole
from feeds.ingest.visits import VisitTools, visit_pages
from feeds.model.articles import Draft, DraftFeed, PollReport
from feeds.model.incoming import DueSource, Failed, Fetched, FetchResult, Gone, NotModified, PollState
from feeds.model.returns import Returned
from feeds.model.settings import PollSettings
from feeds.protocols import ParseTask, Room, Transport, Workers
from feeds.urls import shown_url

log = logging.getLogger("feedwright.poll")


ANSWER_KEPT = timedelta(hours=1)
"""How long the answer to a look at an address serves as its first poll."""
MOST_CHILDREN = 5
"""Sitemaps of an index that one poll reads, newest first."""
OUR_NETWORK = timedelta(minutes=1)
"""How soon sources are asked again after our own network failed, lengthened by chance up to twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll found, before it is held against the store."""

    due: DueSource
    result: FetchResult
    feed: DraftFeed | None
    at: datetime
    stopped_by: Failed | None = None
    """The answer to one of its article pages that asks us to leave the host alone."""
    is_our_network: bool = False
    """It failed while nothing outside could be reached: no source is blamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTools:
    """What a poll is handed."""

    send: Transport
    workers: Workers
    clock: Callable[[], datetime]
    asking: Asking
    visits: VisitTools
    first_answer: Callable[[str], Awaitable[Fetched | None]]
    """What was kept of an address when it was looked at."""


async def poll_source(due: DueSource, tools: PollTools) -> Polled:
    """One source asked once, all steps up to the drafts. Never raises: a fault of ours is a report too."""
    try:
        return await _polled(due, tools)
    except Exception as error:  # one source must never stop a round
        log.exception("%s: polling it failed in our own code", due.source.slug)
        detail = f"Polling it failed in our own code ({type(error).__name__}); the log says where."
        failed = Failed(url=shown_url(due.source.fetch_url), state="unreadable", detail=detail)
        return Polled(due=due, result=failed, feed=None, at=tools.clock())


async def _polled(due: DueSource, tools: PollTools) -> Polled:
    if due.source.kind == "folder":
        return await _polled_folder(due, tools)
    is_first = due.has_answer and due.poll.last_polled_at is None
    kept = await tools.first_answer(due.source.fetch_url) if is_first else None
    known = to_read_whole(due.poll)
    async with tools.workers.room(due.source) as room:
        result = kept or await fetch(
            tools.send, due.source, known, asking=tools.asking, now=tools.clock(), room=room
        )
        if not isinstance(result, Fetched) or result.body_hash == known.body_hash:
            return Polled(due=due, result=result, feed=None, at=tools.clock())
        found = await tools.workers.drafts(_task(due, result, tools, prints=known.prints))
        if isinstance(found, DraftFeed) and due.source.kind == "sitemap" and found.more_urls:
            found = await _with_children(due, found, tools, room)
            if isinstance(found, DraftFeed) and not found.is_more_dated:
                # The index may stay as it is while its children change: the next poll reads them again.
                result = replace(result, etag=None, last_modified=None, body_hash="")
        # It has been read: nobody needs it while it waits to be written.
        result = replace(result, body=b"")
    if isinstance(found, Failed):
        return Polled(due=due, result=found, feed=None, at=tools.clock())
    return await _visited(due, result, found, tools)


async def _polled_folder(due: DueSource, tools: PollTools) -> Polled:
    found = await asyncio.to_thread(list_folder, due.source)
    if isinstance(found, Failed):
        return Polled(due=due, result=found, feed=None, at=tools.clock())
    fetched, feed = found
    if fetched.body_hash == due.poll.body_hash:
        return Polled(due=due, result=fetched, feed=None, at=tools.clock())
    return await _visited(due, fetched, feed, tools)


async def _visited(due: DueSource, result: Fetched, feed: DraftFeed, tools: PollTools) -> Polled:
    if not reads_pages(due.source):
        return Polled(due=due, result=result, feed=feed, at=tools.clock())
    visited = await visit_pages(
        due.source,
        feed,
        tools.visits,
        is_import=not due.poll.is_imported,
        again=pages_to_read(due.poll.returned),
    )
    return Polled(due=due, result=result, feed=visited.feed, at=tools.clock(), stopped_by=visited.stopped_by)


async def _with_children(
    due: DueSource, index: DraftFeed, tools: PollTools, room: Room
) -> DraftFeed | Failed:
    """The newest children of a sitemap index as one listing; one that cannot be read is a fault of the whole."""
    drafts: list[Draft] = []
    faults = list(index.faults)
    read = 0
    for url in index.more_urls[:MOST_CHILDREN]:
        await tools.visits.leave(url)
        answer = await fetch(
            tools.send, due.source, PollState(), asking=tools.asking, now=tools.clock(), url=url, room=room
        )
        found: DraftFeed | Failed | None = None
        if isinstance(answer, Fetched):
            found = await tools.workers.drafts(_task(due, answer, tools, prints=due.poll.prints))
        if isinstance(found, DraftFeed):
            drafts += found.drafts
            faults += found.faults
            read += 1
        else:
            detail = found.detail if found else answer.detail if isinstance(answer, Failed) else "it is gone"
            faults.append(f"{shown_url(url)}: {detail}")
    if not read:
        return Failed(
            url=shown_url(due.source.fetch_url),
            state="unreadable",
            detail=f"None of the sitemaps that it names could be read: {faults[-1]}",
        )
    return replace(
        index,
        drafts=tuple(drafts),
        entry_count=len(drafts),
        faults=tuple(faults),
        places=(),
        # A child that could not be read is asked for again, too.
        is_more_dated=index.is_more_dated and read == len(index.more_urls[:MOST_CHILDREN]),
    )


def _task(due: DueSource, answer: Fetched, tools: PollTools, *, prints: bytes) -> ParseTask:
    return ParseTask(
        body=answer.body,
        url=answer.url,
        content_type=answer.content_type,
        source=due.source,
        now=tools.clock(),
        max_entries=tools.asking.limits.max_entries,
        prints=prints,
        # The licence of a sitemap, or of a page of links, is none of the articles'.
        license_url=answer.license_url if due.source.kind == "feed" else None,
    )


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
    """What is written of a poll: state in a word, validators, counters, and when it is due again. Pure."""
    result, poll, now = polled.result, polled.due.poll, polled.at
    if isinstance(result, Failed):
        return _failed(polled, result, settings, chance)
    if isinstance(result, Gone):
        gone = replace(
            poll, last_polled_at=now, next_poll_at=None, status="gone", status_detail="It answered 410."
        )
        return PollReport(
            source_id=polled.due.source.id, status="gone", poll=gone, was_due_at=poll.next_poll_at
        )
    after = _learned(_validated(poll, result), polled, new_count)
    asked = longest(asked_by_headers(result.headers, now), after.asked)
    interval = next_interval(polled.due.source, after, asked=asked, settings=settings, now=now)
    due_at = outside_skips(now + with_jitter(interval.span, chance), after.skips)
    faults = polled.feed.faults if polled.feed else ()
    status = "well" if new_count or changed_count else "unchanged"
    if faults or (polled.feed is None and poll.status == "faults"):
        status = "faults"
    detail = "; ".join(faults) if polled.feed else poll.status_detail if status == "faults" else ""
    entry_count = polled.feed.entry_count if polled.feed else 0
    odd = noticed(
        poll,
        after,
        entries=entry_count,
        new=new_count,
        renamed=renamed_count,
        is_read=polled.feed is not None,
        now=now,
    )
    move = met(poll.move, result.hops, now)
    if move is not None and not polled.due.source.is_sample:
        status, detail = "moved", f"It says that its address is {shown_url(move.url)} now."
    saved = replace(
        after,
        move=move,
        oddity=odd.kind if odd else "",
        identity=identity if polled.feed is not None else poll.identity,
        returned=after_poll(returned if polled.feed is not None else poll.returned, now),
        prints=polled.feed.prints if polled.feed is not None else poll.prints,
        is_imported=after.is_imported or (polled.feed is not None and polled.feed.is_tried),
        failure_count=0,
        last_polled_at=now,
        last_ok_at=now,
        next_poll_at=due_at,
        interval=interval.span,
        reason=interval.reason,
        status=status,
        status_detail=detail,
    )
    if polled.feed is not None and not polled.feed.is_whole:
        # The document is read again, whole, so that the pages that are left get their turn.
        saved = replace(saved, etag=None, last_modified=None, body_hash=None, prints=b"")
    return PollReport(
        source_id=polled.due.source.id,
        status=status,
        detail=detail,
        poll=saved,
        was_due_at=poll.next_poll_at,
        entry_count=entry_count,
        new_count=new_count,
        changed_count=changed_count,
        faults=faults,
        odd=odd.message if odd else "",
    )


def _failed(polled: Polled, result: Failed, settings: PollSettings, chance: float) -> PollReport:
    poll = polled.due.poll
    if polled.is_our_network:
        soon = replace(poll, next_poll_at=polled.at + with_jitter(OUR_NETWORK, chance, 1.0))
        return PollReport(
            source_id=polled.due.source.id,
            status=poll.status,
            detail=poll.status_detail,
            poll=soon,
            was_due_at=poll.next_poll_at,
        )
    wait = after_failure(poll, asked=result.retry_after, settings=settings)
    saved: PollState = replace(
        poll,
        failure_count=poll.failure_count + 1,
        last_polled_at=polled.at,
        next_poll_at=polled.at + with_jitter(wait, chance, FAILURE_JITTER),
        status=result.state,
        status_detail=result.detail,
    )
    return PollReport(
        source_id=polled.due.source.id,
        status=result.state,
        detail=result.detail,
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
        return replace(
            poll,
            etag=result.etag,
            last_modified=result.last_modified,
            body_hash=result.body_hash,
            license_url=result.license_url,
        )
    if result.license_url not in (None, poll.license_url):
        return replace(poll, etag=None, last_modified=None, body_hash=None)
    return replace(
        poll, etag=result.etag or poll.etag, last_modified=result.last_modified or poll.last_modified
    )
