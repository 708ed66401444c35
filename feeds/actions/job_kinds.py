"""The kinds of jobs, a plain table: name → the function that does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feeds.actions.declaring.declare import FILL_MIXES, REMATCH
from feeds.actions.editing.saved_mixes import fill_mixes
from feeds.actions.gathering import preview, sources
from feeds.actions.gathering.backfill import BACKFILL, MOST_DOCUMENTS, backfill
from feeds.actions.gathering.link_choice import CHOOSE_LINKS, page_links
from feeds.actions.gathering.rediscover import REDISCOVER, rediscover
from feeds.actions.lists.list_imports import IMPORT, import_list
from feeds.actions.lists.list_polls import READ_LIST, read_list
from feeds.actions.operating.jobs import JobTools, JobWork, Lane, Progress
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting import matching
from feeds.actions.sorting.trials import TRY, try_job

PREVIEW = "look"
"""`url`: the feed at an address, or behind a page, as it would be stored; `wanted`: keys of a `[[source]]`."""
POLL = "poll"
"""`sources`: slugs; these are polled at once (all, where none is named)."""


async def _preview(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    return await preview.preview_source(arguments["url"], tools, progress, arguments.get("wanted"))


async def _poll(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    return await _published(await sources.poll_soon(arguments["sources"], tools, progress), tools)


async def _backfill(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    most = int(arguments.get("documents", MOST_DOCUMENTS))
    return await _published(await backfill(arguments["source"], most, tools, progress), tools)


async def _rediscover(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    return await rediscover(arguments["source"], tools, progress)


async def _rematch(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    return await _published(await matching.rematch(tools, progress, arguments.get("topics", ())), tools)


async def _published(result: dict[str, Any], tools: JobTools) -> dict[str, Any]:
    # Who asked sees what came of it at once, not after the next tick.
    await tools.in_store(lambda store: publish_touched(store, tools.clock()))
    return result


KINDS: Mapping[str, JobWork] = {
    PREVIEW: _preview,
    POLL: _poll,
    REMATCH: _rematch,
    FILL_MIXES: fill_mixes,
    REDISCOVER: _rediscover,
    BACKFILL: _backfill,
    IMPORT: import_list,
    READ_LIST: read_list,
    TRY: try_job,
    CHOOSE_LINKS: page_links,
}
LONG_KINDS = frozenset({REMATCH, FILL_MIXES, BACKFILL, IMPORT, READ_LIST})
"""Work that may take minutes or hours; it has a lane of its own."""
LANES = tuple(Lane(kinds=KINDS, long_kinds=LONG_KINDS, is_long=is_long) for is_long in (False, True))
