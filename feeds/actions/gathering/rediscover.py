"""A source that is no longer at its address: look where its site has its feed now, and propose it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from db.store import Store
from feeds.actions.gathering.preview import Candidate, candidates_at
from feeds.actions.gathering.redirects import MOVED
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.errors import RequestError
from feeds.model.articles import PollReport
from feeds.model.incoming import Source
from feeds.text.urls import shown_url

REDISCOVER = "rediscover"
AFTER_FAILURES = 3
LOST = frozenset({"not-a-feed", "missing", "gone", "parked", "moved"})
"""States in which the feed may be somewhere else on the site."""


def is_lost(source: Source, report: PollReport) -> bool:
    """True at the moment from which it is worth looking for the feed elsewhere."""
    if source.kind != "feed" or source.is_sample or report.status not in LOST:
        return False
    return report.status == "gone" or report.poll.failure_count == AFTER_FAILURES


async def rediscover(slug: str, tools: JobTools, progress: Progress) -> dict[str, Any]:
    """What was found: `url` of the feed that holds most of what we know of the source, None if none does.

    An alert proposes it to the admin; nothing is changed by itself.
    """
    row = await tools.in_store(lambda store: store.sources.get(slug))
    if row is None:
        raise RequestError(f"There is no source {slug!r}.")
    source: Source = row.source
    places = [source.home_url, urljoin(source.fetch_url, "/"), source.fetch_url]
    best: tuple[int, Candidate] | None = None
    for number, place in enumerate(dict.fromkeys(url for url in places if url and source.public_url)):
        await progress(number, len(places), f"looking at {shown_url(place)}")
        try:
            found = await candidates_at(place, tools, progress)
        except RequestError:
            continue
        for one in found:
            if one.shown["url"] == source.fetch_url:
                continue
            known: int = await tools.in_store(lambda store: _known_of(store, source, one))  # noqa: B023
            if best is None or known > best[0]:
                best = known, one
        if best is not None and best[0]:
            break
    if best is None:
        return {"source": slug, "url": None, "known": 0}
    known, one = best
    url = one.shown["url"]
    holds = f"holds {known} of its articles" if known else "may be its new one"
    how = (
        "change its address in the config file, and keep the old one in `was`"
        if source.origin == "file"
        else f"./run source set {slug} --url {shown_url(url)}"
    )
    message = (
        f"{source.title} is no longer at its address. The feed “{one.shown['title']}” at {shown_url(url)} {holds}."
        f" To take it over: {how}"
    )
    await tools.in_store(lambda store: store.alerts.open(MOVED, slug, message, tools.clock()))
    return {"source": slug, "url": url, "known": known}


def _known_of(store: Store, source: Source, one: Candidate) -> int:
    known = store.polls.known(source, one.feed, ())
    return len({article.id for article in known.articles if article.source_id == source.id})
