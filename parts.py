"""The only place where the parts are put together: from settings to store, transport, workers, writer.

Whoever starts (scheduler, web, command line, tests, benchmarks) takes its parts from here, so that
they can never differ.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec

from db.migrate import migrate, needs_migration
from db.postgres import PostgresEngine
from db.sqlite import SqliteEngine
from db.store import Store
from feeds import VERSION
from feeds.actions.poll import InStore
from feeds.clock import Clock
from feeds.config_secrets import secret_of
from feeds.errors import SchemaError
from feeds.ingest.asking import Asking
from feeds.ingest.pipeline import ANSWER_KEPT, PollTools
from feeds.ingest.robots import Robots
from feeds.ingest.visits import VisitTools
from feeds.ingest.workers import ProcessWorkers
from feeds.model.incoming import Fetched
from feeds.model.pages import PageMark
from feeds.model.settings import Settings
from feeds.protocols import Transport, Workers
from feeds.transport import HttpTransport, Leave, guard_of
from feeds.urls import host_of, polite_domain

T = TypeVar("T")


def open_engine(settings: Settings) -> SqliteEngine | PostgresEngine:
    """One connection to the database that `[database] url` names."""
    url = settings.database.url
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresEngine(url)
    path = url.removeprefix("sqlite:///")
    return SqliteEngine(settings.path.parent / path)


def open_store(settings: Settings) -> Store:
    """A store over its own connection; the schema must be present."""
    engine = open_engine(settings)
    if needs_migration(engine):
        engine.close()
        raise SchemaError(
            "The database has an older schema: run `./run db migrate`, or start `./run`, which does it."
        )
    return Store(engine)


def prepare_store(settings: Settings) -> tuple[str, ...]:
    """Brings the database to the present schema and draws the site's id; answers the steps taken."""
    engine = open_engine(settings)
    try:
        steps = migrate(engine)
        Store(engine).site_id(lambda: str(uuid.uuid4()))
    finally:
        engine.close()
    return steps


def open_transport(settings: Settings, leave: Leave | None = None) -> HttpTransport:
    """The way outside, behind the address guard."""
    return HttpTransport(
        guard=guard_of(settings.fetch.allow, settings.sample_base),
        user_agent=user_agent(settings),
        stall_timeout=settings.fetch.stall_timeout,
        concurrency=settings.fetch.concurrency,
        leave=leave,
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


def poll_tools(settings: Settings, clock: Clock, in_store: InStore[Any]) -> PollTools:
    """What a poll is handed; `in_store` runs what it is given with the store."""

    async def leave(url: str) -> None:
        domain, now = polite_domain(host_of(url)), clock()
        slot = await in_store(lambda store: store.take_slot(domain, now=now, pause=settings.poll.pause))
        await asyncio.sleep(max(0.0, (slot - clock()).total_seconds()))

    return assembled_tools(
        open_transport(settings, leave),
        open_workers(settings),
        clock=clock,
        in_store=in_store,
        leave=leave,
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
    leave: Leave,
    asking: Asking,
) -> PollTools:
    """What a poll is handed, over any transport and workers."""

    async def marks(source_id: int, guids: Sequence[str]) -> Mapping[str, PageMark]:
        found: dict[str, PageMark] = await in_store(lambda store: store.page_marks(source_id, guids))
        return found

    async def first_answer(url: str) -> Fetched | None:
        since = clock() - ANSWER_KEPT
        found: Fetched | None = await in_store(lambda store: store.kept_answer(url, since=since))
        return found

    return PollTools(
        send=send,
        workers=workers,
        clock=clock,
        asking=asking,
        visits=VisitTools(
            send=send,
            workers=workers,
            clock=clock,
            asking=asking,
            marks=marks,
            leave=leave,
            robots=Robots(send, clock),
        ),
        first_answer=first_answer,
    )


def user_agent(settings: Settings) -> str:
    """Who we say we are: name, version, and where to reach whoever runs this."""
    reach = settings.site.contact or settings.site.base_url
    return f"Feedwright/{VERSION}" + (f" (+{reach})" if reach else "")


class Writer:
    """The one thread that holds the scheduler's connection; everything written goes through it."""

    def __init__(self, open_: Callable[[], Store]) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._store = self._thread.submit(open_).result()

    def run(self, work: Callable[[Store], T]) -> Awaitable[T]:
        """What `work` answers, done in the writer's thread."""
        return asyncio.wrap_future(self._thread.submit(work, self._store))

    def close(self) -> None:
        """Waits for what is under way, then lets go of the connection."""
        self._thread.submit(self._store.close).result()
        self._thread.shutdown()


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def start_logging(settings: Settings) -> None:
    """Writes the log to standard error as `[log]` says."""
    handler = logging.StreamHandler(sys.stderr)
    if settings.log.format == "json":
        handler.setFormatter(_JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=settings.log.level.upper(), handlers=[handler], force=True)
    for noisy in ("apscheduler", "asyncio", "feedgen"):
        logging.getLogger(noisy).setLevel("WARNING")
    # That a tick is still at work when its turn comes again is meant, and warned of each time.
    logging.getLogger("apscheduler.scheduler").setLevel("ERROR")
