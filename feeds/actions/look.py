"""Looking at an address before it becomes a source: the feed there, or behind the page, as it would be stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from feeds.actions.jobs import JobTools, Tell
from feeds.actions.specs import spec_at
from feeds.clock import EPOCH
from feeds.dates import rfc3339
from feeds.errors import RequestError
from feeds.ingest.discover import FeedLink, feed_links
from feeds.ingest.parse.detect import detect
from feeds.markup import excerpt
from feeds.model.articles import Draft, DraftFeed
from feeds.model.incoming import Failed, Source
from feeds.model.kept import SourceSpec
from feeds.protocols import ParseTask, Request, Response
from feeds.urls import host_of, polite_domain, shown_url

MOST_TRIED = 8
"""How many addresses of one page are tried before we give up."""
SHOWN_DRAFTS = 5


async def look(url: str, tools: JobTools, tell: Tell) -> dict[str, Any]:
    """The feed at an address, or behind a page, as it would be stored; raises RequestError where none is.

    The answer can be written as JSON: `url`, `reason`, `title`, `format`, `authors`, `latest` and more.
    """
    first = spec_at(url, sample_base=tools.settings.sample_base)
    await tell(0, MOST_TRIED, f"asking {shown_url(first.fetch_url)}")
    answer = await _get(first, tools)
    if isinstance(answer, Failed):
        raise RequestError(f"{shown_url(first.fetch_url)}: {answer.detail}")
    found = await _candidate(first, answer, tools, "the address itself")
    if found is not None:
        return found
    if detect(answer.body) != "html":
        raise RequestError(f"{shown_url(first.fetch_url)} is neither a feed nor a web page.")
    links = [link for link in feed_links(answer.body, answer.url) if link.url != answer.url]
    for number, link in enumerate(links[:MOST_TRIED], 1):
        await tell(number, min(len(links), MOST_TRIED), f"trying {shown_url(link.url)}")
        found = await _try_link(link, first, tools)
        if found is not None:
            others = [one.url for one in links if one.reason.startswith("the page") and one != link]
            return {**found, "others": others}
    raise RequestError(f"No feed was found at {shown_url(first.fetch_url)}: give the feed's own address.")


async def _try_link(link: FeedLink, first: SourceSpec, tools: JobTools) -> dict[str, Any] | None:
    spec = replace(spec_at(link.url), is_sample=first.is_sample and host_of(link.url) == first.host)
    answer = await _get(spec, tools)
    return None if isinstance(answer, Failed) else await _candidate(spec, answer, tools, link.reason)


async def _get(spec: SourceSpec, tools: JobTools) -> Response | Failed:
    domain, now = polite_domain(spec.host), tools.clock()
    slot: datetime = await tools.in_store(
        lambda store: store.take_slot(domain, now=now, pause=tools.settings.poll.pause)
    )
    await asyncio.sleep(max(0.0, (slot - tools.clock()).total_seconds()))
    limits = tools.settings.fetch
    answer = await tools.poll.send.get(
        Request(
            url=spec.fetch_url,
            timeout=limits.timeout,
            max_bytes=limits.max_bytes,
            max_redirects=limits.max_redirects,
            is_sample=spec.is_sample,
        )
    )
    if isinstance(answer, Response) and answer.status != 200:
        return Failed(
            url=shown_url(spec.fetch_url), state="missing", detail=f"It answers with status {answer.status}."
        )
    return answer


async def _candidate(
    spec: SourceSpec, answer: Response, tools: JobTools, reason: str
) -> dict[str, Any] | None:
    task = ParseTask(
        body=answer.body,
        url=answer.url,
        content_type=answer.header("Content-Type") or "",
        source=_imagined(spec),
        now=tools.clock(),
        max_entries=tools.settings.fetch.max_entries,
    )
    feed = await tools.poll.workers.drafts(task)
    if isinstance(feed, Failed):
        return None
    # A feed that moved for good is added at its new home; one behind credentials where it was asked.
    moved = bool(answer.hops) and all(hop.status in (301, 308) for hop in answer.hops)
    url = answer.url if moved and spec.public_url is not None else spec.fetch_url
    return {**_described(feed), "url": url, "reason": reason, "others": []}


def _described(feed: DraftFeed) -> dict[str, Any]:
    authors = [author.name for draft in feed.drafts for author in draft.authors]
    return {
        "title": feed.title or "",
        "format": feed.format,
        "home_url": feed.home_url,
        "language": feed.language,
        "rights": feed.rights,
        "entry_count": feed.entry_count,
        "authors": list(dict.fromkeys(authors)),
        "faults": list(feed.faults),
        "latest": [_shown(draft) for draft in _newest(feed.drafts)[:SHOWN_DRAFTS]],
    }


def _newest(drafts: Sequence[Draft]) -> list[Draft]:
    return sorted(drafts, key=lambda draft: draft.published_at or EPOCH, reverse=True)


def _shown(draft: Draft) -> dict[str, Any]:
    return {
        "title": draft.title,
        "url": draft.url,
        "published_at": rfc3339(draft.published_at) if draft.published_at else None,
        "authors": [author.name for author in draft.authors],
        "categories": list(draft.categories),
        "summary": excerpt(draft.summary, 200),
        "has_content": bool(draft.content_html),
        "pictures": len(draft.images),
    }


def _imagined(spec: SourceSpec) -> Source:
    return Source(
        id=0,
        slug="new",
        title=spec.title or spec.host,
        fetch_url=spec.fetch_url,
        first_url=spec.fetch_url,
        public_url=spec.public_url,
        domain=spec.domain,
        is_sample=spec.is_sample,
    )
