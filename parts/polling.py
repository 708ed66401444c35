"""From settings to what a poll is handed: transport, workers, the way to ask a source."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from feeds.actions.gathering.poll import InStore
from feeds.actions.gathering.signing_keys import origin
from feeds.clock import Clock
from feeds.config.secrets import secret_of
from feeds.http.address_guard import guard_of
from feeds.http.requests import Transport
from feeds.http.transport import PER_HOST, HttpTransport, Sign, WaitForSlot
from feeds.http.user_agent import user_agent
from feeds.ingest.poll.pipeline import ANSWER_KEPT, PollTools
from feeds.ingest.poll.request_spacing import Noting, Pauses
from feeds.ingest.poll.requests import Asking
from feeds.ingest.poll.robots import Robots
from feeds.ingest.poll.tasks import Workers
from feeds.ingest.poll.visits import VisitTools
from feeds.ingest.poll.workers import ProcessWorkers
from feeds.model.fetched import Fetched
from feeds.model.pages import PageMark
from feeds.model.settings import Settings
from feeds.text.urls import host_of, polite_domain


def open_transport(
    settings: Settings,
    wait_for_slot: WaitForSlot | None = None,
    *,
    concurrency: int | None = None,
    per_host: int = PER_HOST,
    sign: Sign | None = None,
) -> HttpTransport:
    """The way outside, behind the address guard; `concurrency` unset: as `[fetch]` says."""
    return HttpTransport(
        guard=guard_of(settings.fetch.allow, settings.sample_base),
        user_agent=user_agent(settings),
        stall_timeout=settings.fetch.stall_timeout,
        concurrency=concurrency or settings.fetch.concurrency,
        wait_for_slot=wait_for_slot,
        per_host=per_host,
        sign=sign,
    )


def open_workers(settings: Settings) -> ProcessWorkers:
    """The pool of processes that read documents."""
    limits = settings.fetch
    return ProcessWorkers(
        among=settings.site.languages,
        count=limits.parse_workers,
        timeout=limits.parse_timeout,
        memory=limits.parse_memory,
    )


def open_signer(settings: Settings, clock: Clock, in_store: InStore[Any]) -> Sign | None:
    """What signs requests to sources, where `[fetch] signed` asks for it."""
    agent = origin(settings)
    if agent is None:
        return None
    # Loaded where it is asked for: the library behind it takes megabytes.
    sign: Sign = import_module("parts.signing").KeptSigner(agent, clock, in_store)
    return sign


def poll_tools(settings: Settings, clock: Clock, in_store: InStore[Any]) -> PollTools:
    """What a poll is handed; `in_store` runs what it is given with the store."""

    pauses = Pauses(clock, settings.poll.pause)

    async def wait_for_slot(url: str) -> None:
        domain, now = polite_domain(host_of(url)), clock()
        slot = await in_store(lambda store: store.polls.take_slot(domain, now=now, pause=settings.poll.pause))
        await asyncio.sleep(max(0.0, (slot - clock()).total_seconds()))
        await pauses.wait(url)

    return assembled_tools(
        Noting(open_transport(settings, wait_for_slot, sign=open_signer(settings, clock, in_store)), pauses),
        open_workers(settings),
        clock=clock,
        in_store=in_store,
        wait_for_slot=wait_for_slot,
        pause=pauses.wait,
        asking=Asking(
            limits=settings.fetch,
            secret=lambda text: secret_of(text, os.environ, settings.path.parent),
            proxies={one.name: one.url for one in settings.declarations.proxies},
        ),
    )


def assembled_tools(
    send: Transport,
    workers: Workers,
    *,
    clock: Clock,
    in_store: InStore[Any],
    wait_for_slot: WaitForSlot,
    pause: WaitForSlot,
    asking: Asking,
) -> PollTools:
    """What a poll is handed, over any transport and workers."""

    async def marks(source_id: int, guids: Sequence[str]) -> Mapping[str, PageMark]:
        found: dict[str, PageMark] = await in_store(lambda store: store.polls.page_marks(source_id, guids))
        return found

    async def first_answer(url: str) -> Fetched | None:
        since = clock() - ANSWER_KEPT
        found: Fetched | None = await in_store(lambda store: store.polls.kept_answer(url, since=since))
        return found

    return PollTools(
        send=send,
        workers=workers,
        clock=clock,
        asking=asking,
        pause=pause,
        visits=VisitTools(
            send=send,
            workers=workers,
            clock=clock,
            asking=asking,
            marks=marks,
            wait_for_slot=wait_for_slot,
            robots=Robots(send, clock),
        ),
        first_answer=first_answer,
    )
