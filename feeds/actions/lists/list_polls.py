"""Reads followed lists where they stand: at an address through the transport, or in a file; on a tick, or on request."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xxhash

from db.store import Store
from feeds.actions.declaring.declare_lists import LIST
from feeds.actions.editing.changes import Desk
from feeds.actions.gathering.slots import wait_for_slot
from feeds.actions.lists.list_following import (
    MOST_WRONG,
    Following,
    FollowReport,
    RefusedListError,
    message_of,
)
from feeds.actions.lists.listings import MOST_BYTES, read_listing
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.errors import FeedwrightError, NotFoundError, ParseError, RequestError
from feeds.http.requests import Request
from feeds.ingest.poll.fetch import judge
from feeds.ingest.poll.redirects import permanent_target
from feeds.model.fetched import Failed, Fetched, Gone
from feeds.model.lists import DAY, HOUR, FollowedList, Listing, ListReading
from feeds.model.people import Actor
from feeds.text.urls import shown_url

READ_LIST = "read_list"
"""`list`: the slug of a list that is read at once; `accept`: all that waits may enter, and all that is gone may go."""
CLAIM = timedelta(minutes=15)
"""How long one reading may take before another process begins anew."""
PATIENCE_S, PAUSE_S = 60.0, 0.2
"""How long whoever asks waits for another reading of the same list, looking at it so often."""
AFTER_FAILURES = 3
"""Failures in a row of a host that may be well again soon, after which an admin is told."""
PASSING = frozenset({"waiting", "server", "slow", "unreachable", "name", "blocked", "certificate"})
"""States of a fetch in which waiting may help."""
ACCEPT = (
    "text/x-opml, application/toml;q=0.9, application/xml;q=0.9, text/xml;q=0.8, text/plain;q=0.7, */*;q=0.1"
)

log = logging.getLogger("feedwright.lists")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What reading a list gave."""

    listing: Listing | None = None
    """None if it is as it was, or cannot be read."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    note: str = ""
    fault: str = ""
    is_passing: bool = False
    wait: timedelta | None = None


async def read_due(tools: JobTools) -> int:
    """Reads every list that is due; returns how many were."""
    slugs: tuple[str, ...] = await tools.in_store(lambda store: store.lists.due(tools.clock()))
    for slug in slugs:
        try:
            await _read_now(slug, tools, _untold, is_accepted=False, patience_s=0)
        except RequestError as error:
            # Another process reads it, or it is gone since.
            log.info("list %s: %s", slug, error)
    return len(slugs)


async def read_list(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    """What reading the list changed; raises RequestError if it is not followed, or another process reads it."""
    return await _read_now(
        str(arguments["list"]),
        tools,
        progress,
        is_accepted=bool(arguments.get("accept")),
        patience_s=PATIENCE_S,
    )


async def _read_now(
    slug: str, tools: JobTools, progress: Progress, *, is_accepted: bool, patience_s: float
) -> dict[str, Any]:
    followed = await _claimed(slug, tools)
    waited = 0.0
    while followed is None and waited < patience_s:
        # Its tick reads it just now: whoever asked is answered after that.
        await asyncio.sleep(PAUSE_S)
        waited += PAUSE_S
        followed = await _claimed(slug, tools)
    if followed is None:
        raise await tools.in_store(lambda store: _why_not(store, slug))
    try:
        await progress(0, 1, f"reading {shown_url(followed.stated.url)}")
        found = await _read(followed, tools)
        result: dict[str, Any] = await tools.in_store(
            lambda store: _taken(store, followed, found, tools, is_accepted=is_accepted)
        )
        return result
    finally:
        await tools.in_store(lambda store: store.lists.release(followed.id))


async def _claimed(slug: str, tools: JobTools) -> FollowedList | None:
    now = tools.clock()

    def work(store: Store) -> FollowedList | None:
        followed = store.lists.get(slug)
        if followed is None or followed.state != "active":
            raise _why_not(store, slug)
        return store.lists.claim(slug, now, now + CLAIM, again=now + HOUR)

    found: FollowedList | None = await tools.in_store(work)
    return found


async def fetch_body(
    url: str, tools: JobTools, *, validators: tuple[tuple[str, str], ...] = ()
) -> Fetched | Failed | Gone | None:
    """The list at an address, behind the guard and politely; None if it is as it was."""
    waiting, limits = await wait_for_slot(url, tools), tools.settings.fetch
    if waiting is not None:
        return waiting
    request = Request(
        url=url,
        headers=(("Accept", ACCEPT), *validators),
        timeout=limits.timeout,
        max_bytes=min(limits.max_bytes, MOST_BYTES),
        max_redirects=limits.max_redirects,
        is_to_source=True,
    )
    answer = await tools.poll.send.get(request)
    if isinstance(answer, Failed):
        return answer
    result = judge(answer, now=tools.clock())
    return result if isinstance(result, Fetched | Failed | Gone) else None


def file_of(url: str, base: Path) -> bytes | str:
    """The bytes of a list that is a file, seen from `base`; or a sentence why there are none."""
    path = (base / Path(url).expanduser()).resolve()
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}."


def is_address(url: str) -> bool:
    """True for a list at an address; False for a file."""
    return url.lower().startswith(("http://", "https://"))


async def _read(followed: FollowedList, tools: JobTools) -> _Read:
    url, reading = followed.stated.url, followed.reading
    if not is_address(url):
        body = await asyncio.to_thread(file_of, url, tools.settings.path.parent)
        if isinstance(body, str):
            return _Read(fault=body)
        return await _judged(_Read(), body, followed)
    validators = []
    if reading.etag:
        validators.append(("If-None-Match", reading.etag))
    if reading.last_modified:
        validators.append(("If-Modified-Since", reading.last_modified))
    answer = await fetch_body(url, tools, validators=tuple(validators))
    if answer is None:
        return _Read(
            etag=reading.etag,
            last_modified=reading.last_modified,
            body_hash=reading.body_hash,
            note=reading.note,
        )
    if isinstance(answer, Gone):
        return _Read(fault="its host says that it is gone for good (status 410).")
    if isinstance(answer, Failed):
        return _Read(
            fault=f"{shown_url(url)}: {answer.detail}",
            is_passing=answer.state in PASSING,
            wait=answer.retry_after,
        )
    target = permanent_target(answer.hops)
    note = f"It has moved for good to {target}: change its url." if target else ""
    found = _Read(etag=answer.etag, last_modified=answer.last_modified, note=note)
    return await _judged(found, answer.body, followed)


async def _judged(found: _Read, body: bytes, followed: FollowedList) -> _Read:
    digest = xxhash.xxh3_128_hexdigest(body)
    found = replace(found, body_hash=digest)
    if digest == followed.reading.body_hash:
        return found
    try:
        # In a thread: a long list takes a while, and polls go on meanwhile.
        return replace(found, listing=await asyncio.to_thread(read_listing, body))
    except ParseError as error:
        return replace(found, fault=str(error))


def _taken(
    store: Store, followed: FollowedList, found: _Read, tools: JobTools, *, is_accepted: bool
) -> dict[str, Any]:
    """What the list that was read changed, with what is kept of the reading."""
    now = tools.clock()
    desk = Desk(
        store=store, actor=Actor(name=f"list {followed.slug}", via="list"), settings=tools.settings, now=now
    )
    report, fault, counted = FollowReport(), found.fault, (followed.reading.day, followed.reading.hosts)
    if not fault:
        following = Following(desk, followed, is_accepted=is_accepted)
        try:
            following.run(found.listing)
        except RefusedListError as error:
            fault = str(error)
        report, counted = following.report, following.counted()
    reading = _next_reading(followed, found, fault, report, counted, now)
    store.lists.note(followed.id, reading)
    _alert(store, replace(followed, reading=reading), found, len(report.waiting), now)
    return {
        "list": followed.slug,
        "fault": fault,
        "added": report.added,
        "paused": report.paused,
        "resumed": report.resumed,
        "changed": report.changed,
        "waiting": report.waiting,
        "refused": report.refused[:MOST_WRONG],
    }


def _next_reading(
    followed: FollowedList,
    found: _Read,
    fault: str,
    report: FollowReport,
    counted: tuple[str, int],
    now: datetime,
) -> ListReading:
    before, every = followed.reading, followed.stated.every
    if fault:
        failures = before.failures + 1
        wait = found.wait or min(every, HOUR * 2 ** min(failures - 1, 20))
        # With the validators of what was believed last: once the list is that again, all is well.
        return replace(before, next_at=now + max(wait, HOUR), failures=failures, fault=fault)
    next_at = now + every
    if report.waiting and followed.stated.new_hosts:
        tomorrow = datetime.combine(now.date() + DAY, time(), UTC)
        next_at = min(next_at, max(tomorrow, now + HOUR))
    return ListReading(
        next_at=next_at,
        read_at=now,
        etag=found.etag,
        last_modified=found.last_modified,
        body_hash=found.body_hash,
        note=found.note,
        wrong=tuple(report.refused[:MOST_WRONG]) if found.listing is not None else before.wrong,
        unusable=len(report.unusable) if found.listing is not None else before.unusable,
        day=counted[0],
        hosts=counted[1],
    )


def _alert(store: Store, followed: FollowedList, found: _Read, waiting: int, now: datetime) -> None:
    if followed.reading.fault and found.is_passing and followed.reading.failures < AFTER_FAILURES:
        return
    message = message_of(followed, waiting)
    if message is None:
        store.alerts.close(LIST, followed.slug, now)
    else:
        log.warning("%s", message)
        store.alerts.open(LIST, followed.slug, message, now)


def _why_not(store: Store, slug: str) -> FeedwrightError:
    followed = store.lists.get(slug)
    if followed is None or followed.state == "removed":
        return NotFoundError(f"There is no list {slug!r}: `./run list list` shows which there are.")
    if followed.state == "paused":
        return RequestError(f"The list {slug!r} is paused, so it is not read.")
    return RequestError(f"The list {slug!r} is being read just now: try again in a moment.")


async def _untold(_done: int, _total: int, _message: str) -> None:
    """Nobody watches a tick."""
