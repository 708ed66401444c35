"""Work that a command asks for: as a job of the running scheduler, else done here by the same action."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import click

from commands.site import is_scheduler_alive
from db.store import Store
from feeds.actions.editing.changes import Desk
from feeds.actions.gathering.sources import poll_alone
from feeds.actions.job_kinds import KINDS, POLL
from feeds.actions.operating.jobs import JobTools
from feeds.clock import system_clock
from feeds.errors import NotFoundError, RequestError
from feeds.model.kept import Job
from feeds.model.people import Actor
from feeds.model.settings import Settings
from parts.polling import poll_tools
from parts.store import open_store
from parts.writer import Writer

LOOK_EVERY_S = 0.2


def do_work(settings: Settings, store: Store, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the work answers; its progress is shown. Raises RequestError with its reason where it fails."""
    shown = _Progress()
    try:
        if is_scheduler_alive(store):
            return _wait_for(store, _ask(store, kind, arguments), shown)
        return asyncio.run(_do_here(settings, kind, arguments, shown))
    finally:
        shown.end()


def wait_for_job(store: Store, job_id: int) -> dict[str, Any]:
    """What a job that was asked for already answers; its progress is shown."""
    shown = _Progress()
    try:
        return _wait_for(store, job_id, shown)
    finally:
        shown.end()


def desk(settings: Settings, store: Store) -> Desk:
    """Who is at work here: every change by a command has its line in the log."""
    actor = Actor(name=os.environ.get("USER") or "somebody", via="command")
    return Desk(store=store, actor=actor, settings=settings, now=system_clock())


def asked_by() -> str:
    """Who asks, as jobs note it."""
    return f"command line ({os.environ.get('USER') or 'unknown'})"


def _ask(store: Store, kind: str, arguments: dict[str, Any]) -> int:
    return store.jobs.add(kind, arguments, asked_by=asked_by(), now=system_clock())


def _wait_for(store: Store, job_id: int, shown: _Progress) -> dict[str, Any]:
    while True:
        job: Job | None = store.jobs.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no job {job_id}.")
        if job.state == "failed":
            raise RequestError(job.message)
        if job.state == "cancelled":
            raise RequestError(f"Job {job_id} was cancelled.")
        if job.state == "done":
            return job.result or {}
        shown.update(job.done, job.total, job.message or "waiting for the scheduler")
        if not is_scheduler_alive(store):
            raise RequestError("The scheduler stopped; the job waits until it runs again.")
        time.sleep(LOOK_EVERY_S)


async def _do_here(
    settings: Settings, kind: str, arguments: dict[str, Any], shown: _Progress
) -> dict[str, Any]:
    writer = Writer(lambda: open_store(settings))

    poll = poll_tools(settings, system_clock, writer.run)
    tools = JobTools(in_store=writer.run, poll=poll, settings=settings, clock=system_clock)

    async def progress(done: int, total: int, message: str) -> None:
        shown.update(done, total, message)

    work: Callable[..., Awaitable[dict[str, Any]]] = KINDS[kind]
    try:
        asked = work(arguments, tools, progress)
        if kind != POLL:
            return await asked
        owner = f"command-{os.getpid()}-{secrets.token_hex(4)}"
        return await poll_alone(asked, tools, owner=owner, chance=random.random)
    finally:
        await poll.send.close()
        poll.workers.close()
        writer.close()


class _Progress:
    """One line on the terminal that tells how far work is; silent where nobody watches."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._length = 0

    def update(self, done: int, total: int, message: str) -> None:
        if not self._is_shown:
            return
        text = f"{message} ({done}/{total})" if total > 1 else message
        click.echo(f"\r{text.ljust(self._length)}", err=True, nl=False)
        self._length = len(text)

    def end(self) -> None:
        if self._length:
            click.echo(f"\r{' ' * self._length}\r", err=True, nl=False)
