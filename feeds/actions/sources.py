"""Sources as use cases: add, pause, resume, remove, poll now. (`look` is what comes before adding.)"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from feeds.actions.declare import require_not_declared
from feeds.actions.jobs import JobTools, Tell
from feeds.actions.poll import claim_due, poll_now
from feeds.actions.specs import spec_at, stored_spec
from feeds.clock import EPOCH
from feeds.errors import NotFoundError, RequestError
from feeds.model.incoming import Share, Source
from feeds.model.kept import SourceRow
from feeds.model.settings import Settings
from feeds.protocols import Store

POLL_WITHIN = timedelta(minutes=3)
_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWish:
    """What a person wants of a new source beside its address."""

    slug: str | None = None
    title: str | None = None
    topics: tuple[str, ...] = ()
    author: str | None = None
    share: Share = "full"
    is_ours: bool = False


def add(
    store: Store,
    url: str,
    wish: SourceWish,
    *,
    settings: Settings,
    now: datetime,
    origin: str = "admin",
) -> Source:
    """The new source, due at once; raises RequestError where it is there already or names unknown topics."""
    spec = spec_at(url, sample_base=settings.sample_base)
    require_not_declared(settings, "source", spec.fetch_url, *([wish.slug] if wish.slug else []))
    known = {topic.slug for topic in store.topics()}
    for slug in wish.topics:
        if slug not in known:
            raise RequestError(f"There is no topic {slug!r}: add it first, or choose {_some(known)}.")
    present = store.source_at(spec.fetch_url)
    is_there = present is not None and present.source.fetch_url == spec.fetch_url
    if present is not None and is_there and present.source.state != "removed":
        raise RequestError(f"That address is polled already, as {present.source.slug!r}.")
    return store.add_source(
        replace(
            spec,
            slug=wish.slug,
            title=wish.title,
            topic_slugs=wish.topics,
            author_name=wish.author,
            share=wish.share,
            is_ours=wish.is_ours,
            origin="opml" if origin == "opml" else "admin",
        ),
        now,
    )


def found_source(store: Store, name: str) -> SourceRow:
    """The source of that slug or address; raises NotFoundError with the nearest ones."""
    row = store.source_at(name) if "://" in name else store.source(name)
    if row is None or row.source.state == "removed":
        raise NotFoundError(f"There is no source {name!r}; there are {_some(_slugs(store))}.")
    return row


def pause(store: Store, name: str, *, settings: Settings, now: datetime) -> Source:
    """The source, not polled any more; what it brought stays published."""
    source = _own(store, name, settings)
    store.set_source_state(source.id, "paused", now)
    return source


def resume(store: Store, name: str, *, settings: Settings, now: datetime) -> Source:
    """The source, polled again from now on, and the store's own."""
    source = _own(store, name, settings)
    row = found_source(store, name)
    if source.origin == "file":
        # The file has let go of it: from now on nobody but people change it.
        store.change_source(source.id, replace(stored_spec(source, row.host), origin="admin"), now)
    store.set_source_state(source.id, "active", now)
    return source


def remove(store: Store, name: str, *, settings: Settings, now: datetime) -> Source:
    """The source, taken out with its own feed; its articles stay in the topics and with their authors."""
    source = _own(store, name, settings)
    store.set_source_state(source.id, "removed", now)
    return source


async def poll_soon(names: Sequence[str], tools: JobTools, tell: Tell) -> dict[str, Any]:
    """What polling these sources (all active ones, where none is named) at once brought, by slug."""
    asked_at = tools.clock()
    rows: list[SourceRow] = await tools.in_store(lambda store: _to_poll(store, names))
    before = {row.source.slug: row.article_count for row in rows}
    await tools.in_store(lambda store: store.poll_soon([row.source.id for row in rows], asked_at))
    while True:
        present: tuple[SourceRow, ...] = await tools.in_store(lambda store: store.sources())
        mine = [row for row in present if row.source.slug in before]
        done = [row for row in mine if (row.poll.last_polled_at or EPOCH) >= asked_at]
        await tell(len(done), len(before), f"{len(done)} of {len(before)} polled")
        if len(done) >= len(mine) or tools.clock() - asked_at > POLL_WITHIN:
            return {
                "sources": {
                    row.source.slug: {
                        "status": row.poll.status if row in done else "waiting for its turn",
                        "detail": row.poll.status_detail if row in done else "",
                        "articles": row.article_count,
                        "new": row.article_count - before[row.source.slug],
                    }
                    for row in mine
                }
            }
        await asyncio.sleep(_PAUSE_S)


async def poll_alone(
    work: Awaitable[dict[str, Any]], tools: JobTools, *, owner: str, chance: Callable[[], float]
) -> dict[str, Any]:
    """What `work` answers, with due sources claimed and polled beside it: where no scheduler runs."""
    task = asyncio.ensure_future(work)
    settings = tools.settings.poll
    try:
        while not task.done():
            dues = await tools.in_store(
                lambda store: claim_due(store, owner=owner, now=tools.clock(), settings=settings)
            )
            if dues:
                await poll_now(dues, tools.poll, tools.in_store, settings=settings, chance=chance)
                await tools.in_store(lambda store: store.release(owner=owner))
            else:
                await asyncio.wait({task}, timeout=_PAUSE_S)
        return await task
    finally:
        task.cancel()
        await tools.in_store(lambda store: store.release(owner=owner))


def _own(store: Store, name: str, settings: Settings) -> Source:
    source = found_source(store, name).source
    require_not_declared(settings, "source", source.slug, source.fetch_url)
    return source


def _to_poll(store: Store, names: Sequence[str]) -> list[SourceRow]:
    if not names:
        return [row for row in store.sources() if row.source.state == "active"]
    rows = [found_source(store, name) for name in names]
    for row in rows:
        if row.source.state != "active":
            raise RequestError(f"{row.source.slug} is {row.source.state}: resume it first.")
    return rows


def _slugs(store: Store) -> list[str]:
    return [row.source.slug for row in store.sources()]


def _some(names: Sequence[str] | set[str]) -> str:
    several = sorted(names)
    return (", ".join(several[:12]) + (" …" if len(several) > 12 else "")) or "none yet"
