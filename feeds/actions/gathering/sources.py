"""Adds, changes, pauses, resumes and removes sources, and polls one now. (`preview` comes before adding.)"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from db.store import Store
from feeds.actions.declaring.declare import REMATCH, declaration_of, require_not_declared
from feeds.actions.declaring.export import declared_source
from feeds.actions.declaring.specs import spec_of, stored_spec
from feeds.actions.gathering.poll import claim_due, poll_now
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.clock import EPOCH
from feeds.config.stated import stated_source
from feeds.errors import ConfigError, NotFoundError, RequestError
from feeds.ingest.rules.topics import moved_by
from feeds.model.declarations import SourceDeclaration
from feeds.model.incoming import Source
from feeds.model.kept import SourceRow
from feeds.model.settings import Settings
from feeds.text.urls import slugify

POLL_WITHIN = timedelta(minutes=3)
_PAUSE_S = 0.25


def add(
    store: Store,
    wanted: SourceDeclaration,
    *,
    settings: Settings,
    now: datetime,
    origin: Literal["admin", "opml", "list"] = "admin",
    found_title: str | None = None,
) -> Source:
    """The new source, due at once; raises RequestError if it is there already or names unknown topics.

    `found_title` is what its document calls it: its slug is made of that, and its title goes on following the document.
    """
    spec = spec_of(wanted, settings)
    require_not_declared(settings, "source", spec.fetch_url, *([wanted.slug] if wanted.slug else []))
    _require_topics(store, wanted.topics)
    if found_title and not (spec.slug or spec.title):
        spec = replace(spec, slug=slugify(found_title, "source"), found_title=found_title)
    row = store.sources.at(spec.fetch_url)
    present = row.source if row is not None and row.source.fetch_url == spec.fetch_url else None
    if present is not None and present.state != "removed":
        raise RequestError(f"That address is already polled, as {present.slug!r}.")
    with store.write():
        source = store.sources.add(replace(spec, origin=origin), now)
        moved = moved_by(store.topics.every(), present, source) if present is not None else ()
        if moved:
            # What it brought before it was removed is here still.
            store.jobs.add(REMATCH, {"topics": sorted(moved)}, asked_by="source add", now=now, is_once=True)
    return source


def change(
    store: Store, name: str, changes: Mapping[str, Any], *, settings: Settings, now: datetime
) -> tuple[Source, Source]:
    """The source before and after; `changes` are keys of a `[[source]]` with raw values, None for the default.

    Its id, articles and first address stay. Raises RequestError with every fault, and for an
    address that another source has.
    """
    before = _own(store, name, settings)
    present = declared_source(before)
    stated = {key: value for key, value in stated_values(present).items() if key not in changes}
    stated |= {key: value for key, value in changes.items() if value is not None}
    try:
        wanted = stated_source(stated, settings)
    except ConfigError as error:
        raise RequestError(str(error)) from error
    spec = replace(spec_of(wanted, settings), origin="admin")
    require_not_declared(settings, "source", spec.fetch_url)
    _require_topics(store, wanted.topics)
    other = store.sources.at(spec.fetch_url)
    if other is not None and other.source.id != before.id and other.source.fetch_url == spec.fetch_url:
        raise RequestError(f"That address is already polled, as {other.source.slug!r}.")
    with store.write():
        after = store.sources.change(before.id, spec, now)
        if wanted.slug and wanted.slug != before.slug:
            store.sources.rename(before.id, wanted.slug, now)
            after = replace(after, slug=wanted.slug)
        moved = moved_by(store.topics.every(), before, after)
        if moved:
            store.jobs.add(REMATCH, {"topics": sorted(moved)}, asked_by="source set", now=now, is_once=True)
        if before.state == "gone" and after.fetch_url != before.fetch_url:
            store.sources.set_state(before.id, "active", now)
        elif after != before and before.state == "active":
            store.sources.poll_soon([before.id], now)
    return before, found_source(store, wanted.slug or before.slug).source


def found_source(store: Store, name: str) -> SourceRow:
    """The source of that slug or address; raises NotFoundError with the nearest ones."""
    row = store.sources.at(name) if "://" in name else store.sources.get(name)
    if row is None or row.source.state == "removed":
        raise NotFoundError(f"There is no source {name!r}; there are {_some(_slugs(store))}.")
    return row


def pause(store: Store, name: str, *, settings: Settings, now: datetime) -> Source:
    """The source, not polled any more; what it brought stays published."""
    source = _own(store, name, settings)
    store.sources.set_state(source.id, "paused", now)
    return source


def resume(store: Store, name: str, *, settings: Settings, now: datetime) -> Source:
    """The source, polled again from now on, and the store's own."""
    source = _own(store, name, settings)
    row = found_source(store, name)
    if source.origin == "file":
        # The file has let go of it: from now on nobody but people change it.
        store.sources.change(source.id, replace(stored_spec(source, row.host), origin="admin"), now)
    store.sources.set_state(source.id, "active", now)
    return source


def remove(store: Store, name: str, *, settings: Settings, now: datetime) -> Source:
    """The source, taken out with its own feed; its articles stay in the topics and with their authors."""
    source = _own(store, name, settings)
    store.sources.set_state(source.id, "removed", now)
    return source


async def poll_soon(names: Sequence[str], tools: JobTools, progress: Progress) -> dict[str, Any]:
    """What polling these sources (all active ones, where none is named) at once brought, by slug."""
    asked_at = tools.clock()
    rows: list[SourceRow] = await tools.in_store(lambda store: _to_poll(store, names))
    before = {row.source.id: row.article_count for row in rows}
    await tools.in_store(lambda store: store.sources.poll_soon(list(before), asked_at))
    done: list[SourceRow] = []
    waiting = rows
    while True:
        ids = [row.source.id for row in waiting]
        present: list[SourceRow] = await tools.in_store(lambda store: _still_there(store, ids))  # noqa: B023
        done += [row for row in present if (row.poll.last_polled_at or EPOCH) >= asked_at]
        waiting = [row for row in present if (row.poll.last_polled_at or EPOCH) < asked_at]
        await progress(len(done), len(before), f"{len(done)} of {len(before)} polled")
        if not waiting or tools.clock() - asked_at > POLL_WITHIN:
            reports = [(row, row.poll.status, row.poll.status_detail) for row in done]
            reports += [(row, "waiting for its turn", "") for row in waiting]
            return {
                "sources": {
                    row.source.slug: {
                        "status": status,
                        "detail": detail,
                        "articles": row.article_count,
                        # Some may have been taken back by the same document.
                        "new": max(row.article_count - before[row.source.id], 0),
                    }
                    for row, status, detail in sorted(reports, key=lambda one: one[0].source.slug)
                }
            }
        await asyncio.sleep(_PAUSE_S)


def _still_there(store: Store, ids: Sequence[int]) -> list[SourceRow]:
    found = [store.sources.of_id(one) for one in ids]
    return [row for row in found if row is not None and row.source.state != "removed"]


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
                next_at = tools.clock() + settings.pause
                await tools.in_store(lambda store: store.polls.release(owner=owner, next_at=next_at))  # noqa: B023
            else:
                await asyncio.wait({task}, timeout=_PAUSE_S)
        return await task
    finally:
        task.cancel()
        await tools.in_store(lambda store: store.polls.release(owner=owner))


def stated_values(declared: SourceDeclaration) -> dict[str, Any]:
    """Keys and raw values of what is not the default, as the config file would state them."""
    found = {
        one.name: getattr(declared, one.name)
        for one in fields(declared)
        if one.name != "line" and getattr(declared, one.name) != one.default
    }
    return {
        key: list(value)
        if isinstance(value, tuple)
        else value.total_seconds()
        if isinstance(value, timedelta)
        else value
        for key, value in found.items()
    }


def _require_topics(store: Store, slugs: Sequence[str]) -> None:
    known = {topic.slug for topic in store.topics.every()}
    for slug in slugs:
        if slug not in known:
            raise RequestError(f"There is no topic {slug!r}: add it first, or choose {_some(known)}.")


def is_declared(source: Source, settings: Settings) -> bool:
    """True if the config file owns the source."""
    return declaration_of(settings, "source", source.slug, source.fetch_url) is not None


def _own(store: Store, name: str, settings: Settings) -> Source:
    source = found_source(store, name).source
    require_not_declared(settings, "source", source.slug, source.fetch_url)
    return source


def _to_poll(store: Store, names: Sequence[str]) -> list[SourceRow]:
    if not names:
        return [row for row in store.sources.every() if row.source.state == "active"]
    rows = [found_source(store, name) for name in names]
    for row in rows:
        if row.source.state != "active":
            raise RequestError(f"{row.source.slug} is {row.source.state}: resume it first.")
    return rows


def _slugs(store: Store) -> list[str]:
    return [row.source.slug for row in store.sources.every()]


def _some(names: Sequence[str] | set[str]) -> str:
    several = sorted(names)
    return (", ".join(several[:12]) + (" …" if len(several) > 12 else "")) or "none yet"
