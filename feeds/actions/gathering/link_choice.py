"""The links of a page without a feed, in groups, from which somebody chooses its articles."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from feeds.actions.gathering.preview import ADVICE, fetched, wanted_spec
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.errors import ParseError, RequestError
from feeds.ingest.formats.link_groups import link_groups
from feeds.model.fetched import Failed
from feeds.text.urls import shown_url

CHOOSE_LINKS = "choose_links"
"""`url`: a page whose links are told in groups; `wanted`: user and password, where it asks for them."""


async def page_links(arguments: Mapping[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    """The groups of the page's links as JSON, likeliest first; raises RequestError if it cannot be read."""
    spec = wanted_spec(arguments["url"], arguments.get("wanted") or {}, tools)
    shown = shown_url(spec.fetch_url)
    await progress(0, 1, f"reading {shown}")
    answer = await fetched(spec, tools)
    if isinstance(answer, Failed):
        raise RequestError(f"{shown}: {answer.detail} {ADVICE.get(answer.state, '')}".rstrip())
    try:
        # In a thread: a page written for it takes seconds, and other sources must not wait for it.
        groups = await asyncio.to_thread(
            link_groups, answer.body, url=answer.url, content_type=answer.content_type
        )
    except ParseError as error:
        raise RequestError(f"{shown}: {error}") from error
    if not groups:
        raise RequestError(f"{shown} has no links: it may be drawn by a script, which we do not run.")
    return {
        "url": spec.fetch_url,
        "groups": [
            {
                "selector": one.selector,
                "area": one.area,
                "count": one.count,
                "links": [list(link) for link in one.links],
            }
            for one in groups
        ],
    }
