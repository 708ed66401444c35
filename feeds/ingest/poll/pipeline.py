"""One poll, from a due source to drafts, as a pipe; it calls and does not decide.

    due source | fetch (or folder, or the answer kept) | (same body? 304?) | workers: bytes → drafts
               | visits: drafts → drafts with the text of their own pages

What comes out is a `Polled` value; `feeds.ingest.poll.reports` says what it means for the source,
`feeds.actions.gathering.poll` decides against the store and writes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.http.requests import Room, Transport
from feeds.ingest.formats.folder import list_folder
from feeds.ingest.pages.reading import reads_pages
from feeds.ingest.poll.fetch import fetch, is_same_body, rules_of
from feeds.ingest.poll.health import our_fault
from feeds.ingest.poll.requests import Asking
from feeds.ingest.poll.tasks import ParseTask, Workers
from feeds.ingest.poll.visits import VisitTools, WaitForSlot, visit_pages
from feeds.ingest.rules.fingerprints import RULES
from feeds.ingest.rules.reverts import pages_to_read, to_read_whole
from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Failed, Fetched, FetchResult
from feeds.model.incoming import DueSource, PollState, Source
from feeds.text.urls import shown_url

log = logging.getLogger("feedwright.poll")


ANSWER_KEPT = timedelta(hours=1)
"""How long the answer to a look at an address serves as its first poll."""
MOST_CHILDREN = 5
"""Sitemaps of an index that one poll reads, newest first."""


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
    pause: WaitForSlot
    """Waits until the pause since the last answer of an address' domain is over."""
    first_answer: Callable[[str], Awaitable[Fetched | None]]
    """What was kept of an address when it was looked at."""


async def poll_source(due: DueSource, tools: PollTools) -> Polled:
    """One source asked once, all steps up to the drafts. Never raises: a fault of ours is a report too."""
    try:
        return await _polled(due, tools)
    except Exception as error:
        # Parsers and rules run on whatever the outside sends: one source must never stop a round.
        log.exception("%s: polling it failed in our own code", due.source.slug)
        failed = our_fault(due.source.fetch_url, "Polling it failed", error)
        return Polled(due=due, result=failed, feed=None, at=tools.clock())


async def _polled(due: DueSource, tools: PollTools) -> Polled:
    if due.source.kind == "folder":
        return await _polled_folder(due, tools)
    is_first = due.has_answer and due.poll.last_polled_at is None
    kept = await tools.first_answer(due.source.fetch_url) if is_first else None
    known = to_read_whole(due.poll, tools.clock())
    async with tools.workers.room(due.source) as room:
        result = kept or await fetch(
            tools.send, due.source, known, asking=tools.asking, now=tools.clock(), room=room
        )
        if not isinstance(result, Fetched):
            return Polled(due=due, result=result, feed=None, at=tools.clock())
        if result.body_hash == known.body_hash:
            # Nobody needs the body while the poll waits to be written.
            return Polled(due=due, result=replace(result, body=b""), feed=None, at=tools.clock())
        found = await tools.workers.drafts(task_of(due.source, result, tools, known))
        if isinstance(found, DraftFeed) and due.source.kind == "sitemap" and found.more_urls:
            found = await _with_children(due, found, tools, room)
            if isinstance(found, DraftFeed) and not found.is_more_dated:
                # The index may stay as it is while its children change: the next poll reads them again.
                result = replace(result, etag=None, last_modified=None, body_hash="")
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
        dates=due.poll.page_dates,
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
        await tools.visits.wait_for_slot(url)
        answer = await fetch(
            tools.send, due.source, PollState(), asking=tools.asking, now=tools.clock(), url=url, room=room
        )
        found: DraftFeed | Failed | None = None
        if isinstance(answer, Fetched):
            found = await tools.workers.drafts(task_of(due.source, answer, tools))
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


def task_of(source: Source, answer: Fetched, tools: PollTools, known: PollState | None = None) -> ParseTask:
    """What a worker is given of a source's answer, and of what is `known` of its last one."""
    known = known or PollState()
    rules = rules_of(known.body_hash)
    is_same = is_same_body(known.body_hash, answer.body_hash)
    return ParseTask(
        body=answer.body,
        url=answer.url,
        content_type=answer.content_type,
        source=source,
        now=tools.clock(),
        max_entries=tools.asking.limits.max_entries,
        max_bytes=source.options.max_bytes or tools.asking.limits.max_bytes,
        max_ahead=tools.asking.limits.max_ahead,
        prints=known.prints,
        rules=rules,
        is_reread=rules != RULES and is_same,
        is_perhaps_reread=rules != RULES and not is_same and not known.prints,
        # The licence of a sitemap, or of a page of links, is none of the articles'.
        license_url=answer.license_url if source.kind == "feed" else None,
    )
