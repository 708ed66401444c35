"""Older articles of a source, when asked for: RFC 5005 archives and pages, followed back one by one.

What they bring takes its place in the past (nobody's feed reader shows it as new), and an older
telling never changes an article that is known.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from db.store import Store
from feeds.actions.gathering.poll import TRIES
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.actions.sorting.matching import rematch_saved
from feeds.errors import RequestError, StoreBusyError
from feeds.ingest.pages.reading import reads_pages
from feeds.ingest.poll.fetch import fetch
from feeds.ingest.poll.pipeline import task_of
from feeds.ingest.poll.visits import visit_pages
from feeds.ingest.rules.article_identity import candidate_urns
from feeds.ingest.rules.decide import decide
from feeds.model.articles import DraftFeed
from feeds.model.fetched import Failed, Fetched
from feeds.model.incoming import PollState, Source
from feeds.model.kept import SourceRow
from feeds.text.urls import shown_url

BACKFILL = "backfill"
MOST_DOCUMENTS = 100


async def backfill(slug: str, most: int, tools: JobTools, progress: Progress) -> dict[str, Any]:
    """How many documents were read and articles added; `stopped` says why it ended.

    Raises RequestError if there is no such source, or it has no older documents.
    """
    row = await tools.in_store(lambda store: store.sources.get(slug))
    if row is None or row.source.state == "removed":
        raise RequestError(f"There is no source {slug!r}.")
    source: Source = row.source
    if source.kind != "feed":
        raise RequestError(f"{slug} is a {source.kind}: only feeds have archives.")
    url, seen, added, documents = source.fetch_url, set[str](), 0, 0
    stopped, rest = "there is nothing older", None
    while True:
        seen.add(url)
        feed = await _document(source, url, tools)
        if isinstance(feed, Failed):
            if not documents:
                raise RequestError(f"{shown_url(url)}: {feed.detail}")
            stopped = f"{shown_url(url)}: {feed.detail}"
            break
        documents += 1
        async for read, stop in _read(source, feed, tools):
            is_present, rest = documents == 1, stop
            added += await tools.in_store(
                lambda store: _save(store, row, read, tools, is_present=is_present)  # noqa: B023
            )
            await progress(documents, most, f"{documents} documents, {added} articles added")
        if rest is not None:
            stopped = f"the host asks to be left alone: {rest.detail}"
            break
        older = next((one for one in feed.more_urls if one not in seen), None)
        if older is None:
            break
        if documents >= most:
            stopped = f"so many documents were asked for; the next would be {shown_url(older)}"
            break
        url = older
        await tools.poll.visits.wait_for_slot(url)
    if documents == 1:
        raise RequestError(f"{slug} names no older documents (RFC 5005 prev-archive or next).")
    return {"source": slug, "documents": documents, "added": added, "stopped": stopped}


async def _document(source: Source, url: str, tools: JobTools) -> DraftFeed | Failed:
    answer = await fetch(
        tools.poll.send, source, PollState(), asking=tools.poll.asking, now=tools.clock(), url=url
    )
    if not isinstance(answer, Fetched):
        return (
            answer
            if isinstance(answer, Failed)
            else Failed(url=shown_url(url), state="gone", detail="It is gone for good.")
        )
    return await tools.poll.workers.drafts(task_of(source, answer, tools.poll))


async def _read(
    source: Source, feed: DraftFeed, tools: JobTools
) -> AsyncIterator[tuple[DraftFeed, Failed | None]]:
    """The document, where its articles' pages are to be read as many at a time as one poll reads, until all are."""
    if not reads_pages(source):
        yield feed, None
        return
    while True:
        visited = await visit_pages(source, feed, tools.poll.visits, is_import=False)
        yield visited.feed, visited.stopped_by
        if visited.feed.is_whole or visited.stopped_by is not None or not visited.feed.page_marks:
            return


def _save(store: Store, row: SourceRow, feed: DraftFeed, tools: JobTools, *, is_present: bool) -> int:
    """Writes what the document brought; the present one may change articles and bring new ones, as a poll does."""
    now, source = tools.clock(), row.source
    for left in reversed(range(TRIES)):
        try:
            with store.write():
                topics = store.topics.every()
                known = store.polls.known(source, feed, candidate_urns(source, feed.drafts))
                changes = decide(
                    source,
                    feed,
                    known,
                    topics=topics,
                    is_import=not is_present or not row.poll.is_imported,
                    now=now,
                    identity=row.poll.identity,
                    undated_before=None if is_present else store.articles.first_place(source.id),
                )
                if not is_present:
                    changes = replace(changes, changed=(), taken_back=())
                store.polls.save_changes(source, feed, changes, now)
                rematch_saved(store, changes, topics, now)
        except StoreBusyError:
            if not left:
                raise
        else:
            return len(changes.new)
    raise AssertionError
