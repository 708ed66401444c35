"""Visiting articles' own pages within one poll: asked for one by one, as gently as the feed itself.

    drafts of the listing | plan | wait for a slot, robots.txt, GET (or file) | worker: page → draft | merged drafts

What could not be read is remembered and tried again later; a host that wants to be left alone ends
the visits of this poll, and the rest waits for the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feeds.http.requests import Transport
from feeds.ingest.formats.folder import kind_of, read_file
from feeds.ingest.pages.reading import (
    PagePlan,
    dates_after,
    is_unchanged,
    mark_failed,
    mark_read,
    mark_reread,
    mark_unread,
    plan,
    was_read,
)
from feeds.ingest.poll.fetch import judge
from feeds.ingest.poll.requests import Asking, request_of
from feeds.ingest.poll.robots import Robots
from feeds.ingest.poll.tasks import PageTask, Workers
from feeds.ingest.rules.politeness import domain_cooldown, host_cooldown
from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Failed, Fetched, Gone
from feeds.model.incoming import Source
from feeds.model.pages import PageDates, PageMark

PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
MOST_FILES = 500
"""Files that one poll of a folder reads: nobody has to be asked for leave."""

Marks = Callable[[int, Sequence[str]], Awaitable[Mapping[str, PageMark]]]
WaitForSlot = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTools:
    """What visits are handed."""

    send: Transport
    workers: Workers
    clock: Callable[[], datetime]
    asking: Asking
    marks: Marks
    """What is remembered of a source's pages, by guid."""
    wait_for_slot: WaitForSlot
    """Waits until the domain of an address gives leave."""
    robots: Robots


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A listing with its pages read, and the answer that ended the visits, where one did."""

    feed: DraftFeed
    stopped_by: Failed | None = None


@dataclass(slots=True, kw_only=True)
class _Read:
    """What comes of one poll's visits, page by page."""

    drafts: list[Draft]
    noted: dict[str, PageMark]
    troubles: list[str] = field(default_factory=list)
    same: int = 0
    """Pages that were read again for their date alone, and said what they had said."""
    other: int = 0
    """Such that said something else."""
    stopped_by: Failed | None = None


async def visit_pages(
    source: Source,
    feed: DraftFeed,
    tools: VisitTools,
    *,
    is_import: bool,
    again: frozenset[str] = frozenset(),
    dates: PageDates | None = None,
) -> Visited:
    """The listing with the text of those pages that are to be read now, those of the guids in `again` in any case.

    With `dates`, pages that were read before are read again where the listing dates them anew.
    """
    marks = await tools.marks(source.id, [draft.guid for draft in feed.drafts])
    # Only feeds are read in part: by what is remembered of their entries.
    hidden = max(feed.entry_count - len(feed.drafts), 0) if source.kind == "feed" else 0
    chosen = plan(
        source,
        feed.drafts,
        marks,
        is_import=is_import,
        again=again,
        most=MOST_FILES if source.kind == "folder" else tools.asking.limits.max_pages,
        now=tools.clock(),
        dates=dates,
        hidden=hidden,
    )
    dated = chosen.dated.marks if chosen.dated is not None else ()
    read = _Read(drafts=list(chosen.as_listed), noted={mark.guid: mark for mark in (*chosen.skipped, *dated)})
    for listed in chosen.to_read:
        found = await _visit(source, listed, tools)
        if isinstance(found, Failed) and _wants_cooldown(found):
            read.stopped_by = found
            break
        _take(read, source, listed, found, marks, chosen, tools.clock())
    after = dates_after(
        chosen, read.noted, same=read.same, other=read.other, hidden=hidden, now=tools.clock()
    )
    return Visited(feed=_with(replace(feed, page_dates=after), chosen, read), stopped_by=read.stopped_by)


def _take(
    read: _Read,
    source: Source,
    listed: Draft,
    found: Draft | Failed,
    marks: Mapping[str, PageMark],
    chosen: PagePlan,
    now: datetime,
) -> None:
    """Notes what one page said, or that it could not be read."""
    before, is_for_date = marks.get(listed.guid), listed.guid in chosen.for_date
    if isinstance(found, Failed):
        read.troubles.append(f"{listed.url or listed.guid}: {found.detail}")
        if is_for_date and before is not None:
            # The article stays what its page said when it could be read.
            read.noted[listed.guid] = mark_unread(listed, before, found.state, now)
            return
        read.noted[listed.guid] = mark = mark_failed(listed, before, found.state, now)
        # While a page that was read before is tried again, its article stays: an excerpt is not to take the text's place.
        if source.kind == "feed" and not (was_read(before) and mark.state == "failed"):
            # The listing alone is not what the article was made of.
            read.drafts.append(
                replace(listed, is_reread=False, is_perhaps_reread=False) if was_read(before) else listed
            )
        return
    # That the listing stands as it stood says nothing of the page.
    read.drafts.append(replace(found, is_reread=False, is_perhaps_reread=False))
    read.noted[listed.guid] = mark_read(listed, found.hash)
    if is_for_date and before is not None:
        read.noted[listed.guid] = mark_reread(listed, before, found.hash)
        if before.made:
            is_same = is_unchanged(before, found.hash)
            read.same += is_same
            read.other += not is_same


def _with(feed: DraftFeed, chosen: PagePlan, read: _Read) -> DraftFeed:
    several, noted = len(read.troubles), tuple(read.noted.values())
    fault = (
        (f"{several} article page{'s' if several > 1 else ''} could not be read ({read.troubles[0]})",)
        if read.troubles
        else ()
    )
    is_stopped = read.stopped_by is not None
    return replace(
        feed,
        drafts=tuple(read.drafts),
        places=(),
        page_marks=noted,
        is_tried=chosen.is_tried and not is_stopped,
        is_whole=chosen.is_whole and not is_stopped and not any(_is_left(one, chosen) for one in noted),
        faults=(*feed.faults, *fault),
    )


def _is_left(mark: PageMark, chosen: PagePlan) -> bool:
    return mark.state == "failed" or (mark.state == "refused" and mark.guid in chosen.spelled_otherwise)


async def _visit(source: Source, listed: Draft, tools: VisitTools) -> Draft | Failed:
    if source.kind == "folder":
        most = source.options.max_bytes or tools.asking.limits.max_bytes
        body = await asyncio.to_thread(read_file, source, listed.guid, most)
        if isinstance(body, Failed):
            return body
        return await tools.workers.page(
            PageTask(
                body=body,
                url=source.fetch_url,
                content_type="",
                form=kind_of(listed.guid) or "text",
                name=listed.guid,
                source=source,
                listed=listed,
                now=tools.clock(),
                max_ahead=tools.asking.limits.max_ahead,
            )
        )
    assert listed.url is not None
    fetched = await get_page(source, listed.url, tools)
    if isinstance(fetched, Failed):
        return fetched
    return await tools.workers.page(
        PageTask(
            body=fetched.body,
            url=fetched.url,
            content_type=fetched.content_type,
            form="page",
            name="",
            source=source,
            listed=listed,
            now=tools.clock(),
            max_ahead=tools.asking.limits.max_ahead,
            license_url=fetched.license_url,
        )
    )


async def get_page(source: Source, url: str, tools: VisitTools) -> Fetched | Failed:
    """An article's own page, where its host's robots.txt lets us and its domain gives leave."""
    limits = tools.asking.limits
    rules = await tools.robots.of(
        url, wait_for_slot=tools.wait_for_slot, timeout=limits.timeout, is_sample=source.is_sample
    )
    if not rules.may_read(url):
        return Failed(url=url, state="robots", detail="The host's robots.txt asks programs not to read it.")
    request = request_of(source, tools.asking, url=url, headers=(("Accept", PAGE_ACCEPT),))
    if isinstance(request, Failed):
        return request
    if not request.is_sample:
        await tools.wait_for_slot(url)
        delay = rules.delay().total_seconds()
        if delay:
            await asyncio.sleep(delay)
    answer = await tools.send.get(request)
    result = answer if isinstance(answer, Failed) else judge(answer, now=tools.clock())
    if isinstance(result, Gone):
        return Failed(url=url, state="gone", detail="The page is gone for good (status 410).", status=410)
    if isinstance(result, Fetched | Failed):
        return result
    return Failed(url=url, state="server", detail="The host answers with status 304 unasked.")


def _wants_cooldown(failed: Failed) -> bool:
    return domain_cooldown(failed, 0) is not None or host_cooldown(failed) is not None
