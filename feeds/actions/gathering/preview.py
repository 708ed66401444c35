"""Looking at an address before it becomes a source: what is there, or behind the page, as it would be stored.

What the chosen candidate answered is kept for an hour and is the new source's first poll, so that a
feed is asked for once when it is added.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from feeds.actions.declaring.specs import spec_of
from feeds.actions.gathering.slots import wait_for_slot
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.clock import EPOCH
from feeds.config.stated import stated_source
from feeds.errors import ConfigError, RequestError
from feeds.ingest.formats.detect import detect
from feeds.ingest.formats.discover import FeedLink, feed_links, sitemap_links
from feeds.ingest.formats.folder import list_folder
from feeds.ingest.pages.reading import reads_pages
from feeds.ingest.poll.fetch import judge
from feeds.ingest.poll.pipeline import ANSWER_KEPT, task_of
from feeds.ingest.poll.requests import request_of
from feeds.ingest.poll.visits import visit_pages
from feeds.ingest.rules.decide import matches_of_draft
from feeds.model.articles import Draft, DraftFeed, Topic
from feeds.model.fetched import Failed, Fetched
from feeds.model.incoming import Source
from feeds.model.kept import SourceSpec
from feeds.text.dates import rfc3339
from feeds.text.markup import excerpt
from feeds.text.urls import shown_url

MOST_TRIED = 8
"""How many addresses of one page are tried before we give up."""
MOST_CHOICES = 5
"""How many feeds of one page are looked at, where it states several."""
"""For a domain's leave. One that asked to be left alone for hours would hold up all short work for as long."""
SHOWN_DRAFTS = 5
ADVICE = {
    "missing": "Give the address of the site itself: its feed is looked for there.",
    "gone": "Look for its new address.",
    "credentials": "Give the user name, and where the password stands: env:NAME or file:PATH.",
    "blocked": "Ask the people who run it to let Feedwright in, or give another address.",
    "waiting": "Try again later.",
    "server": "Try again later, or give another address.",
    "slow": "Try again later, or give another address.",
    "unreachable": "Check the address, or try again later.",
    "name": "Check its spelling.",
    "large": "Raise [fetch] max_bytes if you trust it.",
}
"""What to do where the address that somebody wants to add answers nothing, by state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that was found, as it would be stored."""

    spec: SourceSpec
    answer: Fetched
    feed: DraftFeed
    shown: dict[str, Any]


async def preview_source(
    url: str, tools: JobTools, progress: Progress, wanted: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The feed at an address, or behind a page, as it would be stored; raises RequestError if none is.

    `wanted` are keys of a `[[source]]` beside `url`. The answer can be written as JSON: `url`,
    `reason`, `title`, `format`, `authors`, `latest` and more; `candidates` tells the same of the
    others, the freshest first.
    """
    first = wanted_spec(url, wanted or {}, tools)
    if first.kind == "folder":
        return await _look_into(first, tools)
    return await _chosen(await candidates_at(url, tools, progress, wanted), tools)


async def candidates_at(
    url: str, tools: JobTools, progress: Progress, wanted: Mapping[str, Any] | None = None
) -> list[Candidate]:
    """The feeds at an address or behind a page, likeliest first; raises RequestError if none is."""
    first = wanted_spec(url, wanted or {}, tools)
    await progress(0, MOST_TRIED, f"asking {shown_url(first.fetch_url)}")
    answer = await fetched(first, tools)
    if isinstance(answer, Failed) and url.strip().lower().startswith("feed://"):
        # That scheme says neither http nor https: as the host answers.
        secure = wanted_spec(f"https://{url.strip()[7:]}", wanted or {}, tools)
        if not isinstance(again := await fetched(secure, tools), Failed):
            first, answer = secure, again
    if isinstance(answer, Failed):
        advice = ADVICE.get(answer.state, "")
        raise RequestError(f"{shown_url(first.fetch_url)}: {answer.detail} {advice}".rstrip())
    there = await _candidate(first, answer, tools, "the address itself")
    is_marked_up = isinstance(there, Candidate) and there.feed.format == "h-feed"
    if isinstance(there, Candidate) and not is_marked_up:
        return [there]
    if isinstance(there, Failed) and first.kind != "feed":
        raise RequestError(f"{shown_url(first.fetch_url)}: {there.detail}")
    if first.kind == "feed" and b"<loc" in answer.body[:100_000]:
        raise RequestError(
            f"{shown_url(first.fetch_url)} is a sitemap, no feed. Look at what it brings with:"
            f" source add {shown_url(first.fetch_url)} --kind sitemap"
        )
    form = detect(answer.body)
    if form == "empty":
        raise RequestError(f"{shown_url(first.fetch_url)} answers with an empty document. Try again later.")
    if form != "html" and isinstance(there, Failed) and there.state != "not-a-feed":
        # It is one, or was meant as one: what is wrong with it can be told.
        raise RequestError(f"{shown_url(first.fetch_url)}: {there.detail}")
    if form != "html":
        raise RequestError(f"{shown_url(first.fetch_url)} is neither a feed nor a web page.")
    # In a thread: a page written for it takes seconds, and other sources must not wait for it.
    offered = await asyncio.to_thread(feed_links, answer.body, answer.url)
    links = [link for link in offered if link.url != answer.url]
    if isinstance(there, Candidate):
        # A feed that the page states is made to be polled; what is marked up in the page comes after it.
        return [*await _tried([link for link in links if link.is_stated], first, tools, progress), there]
    found = await _tried(links, first, tools, progress)
    if found:
        return found
    await _suggest_sitemap(first, answer.url, tools)
    raise RequestError(
        f"No feed was found at {shown_url(first.fetch_url)}: give the feed's own address, or read the page itself:"
        " kind page, with a CSS selector of its links to articles."
    )


async def _tried(
    links: Sequence[FeedLink], first: SourceSpec, tools: JobTools, progress: Progress
) -> list[Candidate]:
    """What is offered is looked at up to a few; guesses only until one of them is a feed."""
    found: list[Candidate] = []
    offered = [link for link in links if link.is_stated][:MOST_CHOICES]
    guessed = [link for link in links if not link.is_stated][: MOST_TRIED - len(offered)]
    for number, link in enumerate((*offered, *guessed), 1):
        if found and not link.is_stated:
            break
        await progress(number, min(len(links), MOST_TRIED), f"trying {shown_url(link.url)}")
        spec = replace(first, **_address(link.url, first, tools))
        if not link.is_stated and not await _may_guess(spec, tools):
            continue
        answer = await fetched(spec, tools)
        if isinstance(answer, Fetched):
            one = await _candidate(spec, answer, tools, link.reason)
            found += [one] if isinstance(one, Candidate) else []
    return found


async def _chosen(found: Sequence[Candidate], tools: JobTools) -> dict[str, Any]:
    """The first candidate, which is the page's own order; all of them are told, and their answers kept."""
    now = tools.clock()
    await tools.in_store(lambda store: store.polls.drop_answers(before=now - ANSWER_KEPT))
    for one in found:
        answer = replace(one.answer, hops=()) if one.shown["url"] == one.answer.url else one.answer
        await tools.in_store(lambda store: store.polls.keep_answer(one.shown["url"], answer, now))  # noqa: B023
    best, *others = found
    return {
        **best.shown,
        "others": [other.shown["url"] for other in others],
        "candidates": [one.shown for one in found],
    }


async def _look_into(spec: SourceSpec, tools: JobTools) -> dict[str, Any]:
    source = _imagined(spec)
    listed = await asyncio.to_thread(list_folder, source)
    if isinstance(listed, Failed):
        raise RequestError(listed.detail)
    shown = await _shown_whole(spec, listed[1], tools)
    return {**shown, "url": spec.fetch_url, "reason": "the folder itself", "others": [], "candidates": []}


async def _suggest_sitemap(first: SourceSpec, page_url: str, tools: JobTools) -> None:
    """Raises RequestError that names a sitemap, where the site has one."""
    for url in sitemap_links(page_url)[2:3]:
        spec = replace(first, **_address(url, first, tools), kind="sitemap")
        answer = await fetched(spec, tools)
        if isinstance(answer, Fetched) and b"<loc" in answer.body[:100_000]:
            raise RequestError(
                f"No feed was found at {shown_url(first.fetch_url)}, but there is a sitemap. Look at what it"
                f" brings with: source add {shown_url(url)} --kind sitemap"
            )


def wanted_spec(url: str, wanted: Mapping[str, Any], tools: JobTools) -> SourceSpec:
    """The source at the address with keys of a `[[source]]`; raises RequestError for what is none."""
    settings = tools.settings
    try:
        declared = stated_source({**wanted, "url": url}, settings)
    except ConfigError as error:
        raise RequestError(str(error)) from error
    return spec_of(declared, settings)


def _address(url: str, first: SourceSpec, tools: JobTools) -> dict[str, Any]:
    """The address' own part of a spec; what the settings add to requests stays with the first host."""
    own = wanted_spec(url, {}, tools)
    is_veiled = own.fetch_url.startswith("https:") or not first.fetch_url.startswith("https:")
    return {
        "fetch_url": own.fetch_url,
        "public_url": own.public_url,
        "host": own.host,
        "host_domain": own.host_domain,
        "domain": own.domain,
        "is_sample": first.is_sample and own.host == first.host,
        "options": first.options if own.host == first.host and is_veiled else own.options,
    }


async def _may_guess(spec: SourceSpec, tools: JobTools) -> bool:
    visits = tools.poll.visits
    rules = await visits.robots.of(
        spec.fetch_url,
        wait_for_slot=visits.wait_for_slot,
        timeout=tools.settings.fetch.timeout,
        is_sample=spec.is_sample,
    )
    return rules.may_read(spec.fetch_url)


async def fetched(spec: SourceSpec, tools: JobTools) -> Fetched | Failed:
    """What the source's address answers, asked at its host's own pace."""
    waiting = await wait_for_slot(spec.fetch_url, tools)
    if waiting is not None:
        return waiting
    request = request_of(_imagined(spec), tools.poll.asking)
    if isinstance(request, Failed):
        return request
    answer = await tools.poll.send.get(request)
    if isinstance(answer, Failed):
        return answer
    result = judge(answer, now=tools.clock())
    if isinstance(result, Fetched | Failed):
        return result
    shown, status = shown_url(spec.fetch_url), answer.status
    if status == 410:
        return Failed(url=shown, state="gone", detail="It is gone for good (status 410).", status=status)
    return Failed(url=shown, state="server", detail=f"The host answers with status {status} unasked.")


async def _candidate(spec: SourceSpec, answer: Fetched, tools: JobTools, reason: str) -> Candidate | Failed:
    feed = await tools.poll.workers.drafts(task_of(_imagined(spec), answer, tools.poll))
    if isinstance(feed, Failed):
        return feed
    # A feed that moved for good is added at its new home; one behind credentials where it was asked.
    moved = bool(answer.hops) and all(hop.status in (301, 308) for hop in answer.hops)
    url = answer.url if moved and spec.public_url is not None else spec.fetch_url
    shown = await _shown_whole(spec, feed, tools)
    return Candidate(
        spec=spec, answer=answer, feed=feed, shown={**shown, "url": url, "reason": reason, "others": []}
    )


async def _shown_whole(spec: SourceSpec, feed: DraftFeed, tools: JobTools) -> dict[str, Any]:
    """The listing described; where articles come from pages of their own, with the newest page read."""
    source = _imagined(spec)
    topics: tuple[Topic, ...] = await tools.in_store(lambda store: store.topics.every())
    if not reads_pages(source) or not feed.drafts:
        return _described(feed, source, topics)
    newest = replace(feed, drafts=tuple(_newest(feed.drafts)[:1]))
    read = (await visit_pages(source, newest, tools.poll.visits, is_import=False)).feed
    listed = [draft for draft in feed.drafts if draft.guid != newest.drafts[0].guid]
    whole = replace(feed, drafts=(*read.drafts, *listed), faults=read.faults)
    return _described(whole, source, topics)


def _described(feed: DraftFeed, source: Source, topics: Sequence[Topic]) -> dict[str, Any]:
    authors = [author.name for draft in feed.drafts for author in draft.authors]
    dates = [draft.published_at for draft in feed.drafts if draft.published_at is not None]
    return {
        "title": feed.title or "",
        "format": feed.format,
        "home_url": feed.home_url,
        "language": feed.language,
        "rights": feed.rights,
        "license_url": feed.license_url,
        "entry_count": feed.entry_count,
        "latest_at": rfc3339(max(dates)) if dates else None,
        "authors": list(dict.fromkeys(authors)),
        "faults": list(feed.faults),
        "latest": [_shown(draft, source, topics) for draft in _newest(feed.drafts)[:SHOWN_DRAFTS]],
    }


def _newest(drafts: Sequence[Draft]) -> list[Draft]:
    return sorted(drafts, key=lambda draft: draft.published_at or draft.modified_at or EPOCH, reverse=True)


def _shown(draft: Draft, source: Source, topics: Sequence[Topic]) -> dict[str, Any]:
    titles = {topic.slug: topic.title for topic in topics}
    return {
        "title": draft.title,
        "url": draft.url,
        "published_at": rfc3339(draft.published_at) if draft.published_at else None,
        "authors": [author.name for author in draft.authors],
        "categories": list(draft.categories),
        "summary": excerpt(draft.summary, 200),
        "has_content": bool(draft.content_html),
        "pictures": len(draft.images),
        "credits": list(dict.fromkeys(one.credit for one in draft.images if one.credit)),
        "topics": [
            {"title": titles[one.slug], "evidence": one.evidence}
            for one in matches_of_draft(source, draft, topics)
        ],
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
        timezone=spec.timezone,
        language=spec.language,
        author_name=spec.author_name,
        kind=spec.kind,
        options=spec.options,
    )
