"""The clockwork process: a handful of APScheduler triggers that call ticks; any number may run.

    poll     claims due hosts, polls them side by side, hands finished polls to the writer
    publish  numbers what was touched, renders ahead what was read lately
    deliver  sends what is to leave by push (parts/postman.py)
    hubs     asks sources' hubs to tell us; what they brought is taken up like a poll's body
    jobs     runs what people asked for: short work in one lane, long work in another
    lists    reads lists of sources that others keep
    declare  applies a changed config file
    upkeep   extends claims, beats, checkpoints, lets go of what is kept no longer
    watch    tells people of alerts, takes backups, looks at the certificate (parts/watchman.py)

Start it with `python -m scheduler` (FEEDWRIGHT_CONFIG names the config file), `--once` for one round.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from db.kept import SCHEDULER, SCHEDULER_ENDED
from feeds.actions.declaring.declare import refresh
from feeds.actions.gathering.claims import Claims, next_extension
from feeds.actions.gathering.incoming_pushes import take_up
from feeds.actions.gathering.page_checks import check_batch
from feeds.actions.gathering.poll import by_domain
from feeds.actions.gathering.poll_saving import PollSaver
from feeds.actions.gathering.rounds import poll_domain
from feeds.actions.gathering.subscribe import ask, by_hub, due_asks, note_answer, reach_of, wake_all
from feeds.actions.job_kinds import LANES
from feeds.actions.lists.list_polls import read_due
from feeds.actions.operating.jobs import JobTools, Lane, run_next_job
from feeds.actions.operating.tidy import tidy
from feeds.actions.operating.watch import FAILING
from feeds.actions.operating.wrong_clock import mend_clock
from feeds.actions.publishing.publish import publish_touched, site_info
from feeds.actions.publishing.render_ahead import Ahead
from feeds.actions.publishing.search import read_and_merge
from feeds.actions.publishing.site_look import LookWatch
from feeds.actions.sorting.languages import detect_batch
from feeds.clock import Clock, system_clock
from feeds.config.load import PARENT, load
from feeds.errors import ConfigError, FeedwrightError, StoreBusyError
from feeds.ingest.rules.languages import is_available
from feeds.model.push import HubAsk, Push
from feeds.model.settings import Settings
from parts.clock_jumps import clock_shift, restart_after_jump
from parts.logs import start_logging
from parts.look import begun_settings
from parts.polling import poll_tools
from parts.postman import Postman
from parts.process_name import process_name
from parts.store import open_store, prepare_store
from parts.tick_guard import TickGuard
from parts.watchman import Watchman
from parts.writer import Writer

IN_FLIGHT = 400
"""Claimed sources under way; further ones stay in the queue, where others can take them."""
STOP_S = 8.0
SEARCH_PAUSE_S = 0.2
"""Between batches for the search, so that polls come in between."""

log = logging.getLogger("feedwright.scheduler")


class Clockwork:
    """One scheduler process: its parts, its ticks, and what is under way."""

    def __init__(self, settings: Settings, *, clock: Clock, chance: Callable[[], float], owner: str) -> None:
        self.settings = settings
        self._clock = clock
        self._owner = owner
        self._writer = Writer(lambda: open_store(settings))
        self._renderer = Writer(lambda: open_store(settings))
        self._tools = poll_tools(settings, clock, self._writer.run)
        self._jobs = JobTools(in_store=self._writer.run, poll=self._tools, settings=settings, clock=clock)
        self.claims = Claims(owner, settings.poll, clock)
        self.saver = PollSaver(self._writer.run, settings=settings.poll, chance=chance, claims=self.claims)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ahead = Ahead()
        self._config_mark: tuple[int, int] | None = None
        self._reach = reach_of(settings)
        self._are_hubs_awake = False
        self._is_stopping = False
        self.postman = Postman(settings, clock, chance, owner, self._writer.run, self._renderer.run)
        self.watchman = Watchman(settings, clock, self._writer.run, self._tools.send)

    async def poll_tick(self) -> int:
        """Claims what is due while there is room; returns how many sources were claimed."""
        claimed = 0
        while self.settings.poll.is_on and not self._is_stopping and self.saver.under_way < IN_FLIGHT:
            now = self._clock()
            dues = await self._writer.run(
                lambda store: self.claims.claim_due(store, now)  # noqa: B023
            )
            if not dues:
                break
            claimed += len(dues)
            self.saver.expect(len(dues))
            for several in by_domain(dues).values():
                self._spawn(
                    poll_domain(
                        several,
                        self._tools,
                        saver=self.saver,
                        claims=self.claims,
                        in_store=self._writer.run,
                    )
                )
        return claimed

    async def push_tick(self) -> int:
        """Takes up what hubs brought, as if polls had found it; returns how much."""
        taken: tuple[Push, ...] = ()
        if self.settings.poll.is_on and not self._is_stopping:
            now = self._clock()
            taken = await self._writer.run(lambda store: self.claims.take_pushes(store, now))
        try:
            await asyncio.gather(*(take_up(one, self._tools, self._writer.run) for one in taken))
        finally:
            # Through the saver, which tries again where the store does not take it.
            for host in {one.due.host for one in taken}:
                self.saver.host_done(host, unpolled=0)
        return len(taken)

    async def subscribe_tick(self) -> int:
        """Asks hubs to tell us, to go on telling us, or to stop; returns how many were asked."""
        if not self.settings.poll.is_on or self._is_stopping:
            return 0
        now, reach, pause = self._clock(), self._reach, self.settings.poll.pause
        if not self._are_hubs_awake:
            await self._writer.run(lambda store: wake_all(store, reach, now))
            self._are_hubs_awake = True
        asks = await self._writer.run(
            lambda store: due_asks(
                store, reach, now=now, pause=pause, new_secret=lambda: secrets.token_urlsafe(32)
            )
        )
        await asyncio.gather(*(self._ask_hub(several) for several in by_hub(asks).values()))
        return len(asks)

    async def publish_tick(self) -> None:
        """Numbers what was touched, then renders ahead what was read lately."""
        now = self._clock()
        await self._writer.run(lambda store: publish_touched(store, now))
        if await self._renderer.run(self._ahead.is_due):
            site, publish = site_info(self.settings), self.settings.publish
            await self._renderer.run(partial(self._ahead.render, site=site, publish=publish, now=now))

    async def short_jobs_tick(self) -> None:
        """Runs what people asked for and wait for, one after the other."""
        await self._run_jobs(LANES[0])

    async def long_jobs_tick(self) -> None:
        """Runs what takes minutes or hours, beside the short work."""
        await self._run_jobs(LANES[1])

    async def lists_tick(self) -> None:
        """Reads lists of sources that are due."""
        if self.settings.poll.is_on and not self._is_stopping:
            await read_due(self._jobs)

    async def _run_jobs(self, lane: Lane) -> None:
        while not self._is_stopping and await run_next_job(self._jobs, lane, owner=self._owner):
            pass

    async def declare_tick(self) -> None:
        """Applies the config file's declarations where the file changed; other settings need a restart."""
        stat = self.settings.path.stat()
        mark = (stat.st_mtime_ns, stat.st_size)
        if mark == self._config_mark:
            return
        now = self._clock()
        report = await self._writer.run(lambda store: refresh(store, self.settings.path, os.environ, now))
        # Only now: a busy store is asked again.
        self._config_mark = mark
        for problem in report.problems:
            log.error("%s (the declarations in force stay)", problem)

    async def is_out_of_date(self, watch: LookWatch) -> bool:
        """True if an admin has set another title or logo since this process began."""
        now = self._clock()
        try:
            return await self._writer.run(lambda store: watch.has_changed(store, now))
        except FeedwrightError:
            return False

    async def upkeep_tick(self) -> None:
        """Extends the claims and leaves a sign of life."""
        now = self._clock()
        await self._writer.run(lambda store: mend_clock(store, now))
        await self._writer.run(lambda store: self.claims.extend(store, now))
        await self._writer.run(
            lambda store: store.kept.beat(SCHEDULER, now, f"{self.saver.under_way} under way")
        )

    async def checkpoint_tick(self) -> None:
        """Moves SQLite's log into the database; a busy reader makes it wait for the next time."""
        with contextlib.suppress(StoreBusyError):
            await self._writer.run(lambda store: store.upkeep.checkpoint())

    async def language_tick(self) -> None:
        """Finds out languages that nobody declared, where the extra for it is installed, a batch at a time."""
        while is_available() and await detect_batch(self._writer.run, self._tools.workers, self._clock()):
            if not await self._go_on():
                return

    async def check_tick(self) -> None:
        """Looks at pages of articles whose source is set to be checked."""
        await check_batch(self._writer.run, self._tools.visits, self._clock())

    async def search_tick(self) -> None:
        """Reads what changed for the search, a batch at a time, and keeps its index small."""
        most = self.settings.publish.excerpt_chars
        await read_and_merge(self._writer.run, self._clock, self._go_on, excerpt_chars=most)

    async def tidy_tick(self) -> None:
        """Lets go of what `[keep]` says is kept no longer."""
        now = self._clock()
        gone = await self._writer.run(lambda store: tidy(store, self.settings.keep, now))
        if gone:
            log.info("[keep]: %d articles or versions let go", gone)

    async def drain(self) -> None:
        """Waits until nothing claimed is under way."""
        await self.saver.wait_until_idle()

    async def stop(self, *, is_noted: bool = False) -> None:
        """Lets what is under way end, releases the claims, closes everything; `is_noted` writes down that it ended."""
        self._is_stopping = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._settle(), STOP_S / 2)
        with contextlib.suppress(FeedwrightError):
            await self._writer.run(self.claims.release_all)
            await self.postman.stop(STOP_S / 4)
            if is_noted:
                now = self._clock()
                await self._writer.run(lambda store: store.kept.beat(SCHEDULER_ENDED, now))
        await self._tools.send.close()
        self._tools.workers.close()
        self._renderer.close()
        self._writer.close()

    async def _settle(self) -> None:
        """What is fetched already is written; what is not will be polled again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.saver.write_all()

    async def note_failing(self, name: str, fault: str) -> None:
        """A tick keeps failing: an admin is told (`feeds.actions.operating.watch`)."""
        now = self._clock()
        await self._writer.run(lambda store: store.kept.beat(f"{FAILING}{name}", now, fault))

    async def _go_on(self) -> bool:
        """A pause; False if all is to end."""
        await asyncio.sleep(SEARCH_PAUSE_S)
        return not self._is_stopping

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask_hub(self, several: list[HubAsk]) -> None:
        """The requests to one hub's domain, one after the other."""
        for one in several:
            answer = await ask(one, self._tools, self._reach)
            now = self._clock()
            await self._writer.run(lambda store: note_answer(store, one, answer, now))  # noqa: B023


def ticks(work: Clockwork) -> AsyncIOScheduler:
    """The triggers: late ones run once, none runs beside itself."""
    clockwork = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    every: tuple[tuple[Callable[[], Awaitable[object]], float], ...] = (
        (work.declare_tick, 2),
        (work.poll_tick, 1),
        (work.push_tick, 1),
        (work.subscribe_tick, 5),
        (work.publish_tick, 0.25),
        (work.postman.deliver_tick, 0.25),
        (work.postman.watch_tick, 60),
        (work.short_jobs_tick, 1),
        (work.long_jobs_tick, 1),
        (work.lists_tick, 30),
        (work.upkeep_tick, min(5.0, next_extension(work.settings.poll.claim).total_seconds())),
        (work.language_tick, 10),
        (work.search_tick, 3),
        (work.check_tick, 60),
        (work.checkpoint_tick, 2),
        (work.tidy_tick, 600),
        *work.watchman.ticks(),
    )
    guard = TickGuard(work.note_failing)
    for tick, seconds in every:
        clockwork.add_job(guard.guarded(tick), "interval", seconds=seconds, next_run_time=datetime.now(UTC))
    return clockwork


async def run(settings: Settings) -> bool:
    """Ticks until SIGTERM, SIGINT, or until the parent is gone; True if it is to begin anew with another title or logo."""
    begun = begun_settings(settings)
    watch, is_renewed = LookWatch(settings.site, begun.site), False
    work = Clockwork(begun, clock=system_clock, chance=random.random, owner=process_name())
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    saving = asyncio.create_task(work.saver.write_forever())
    clockwork = ticks(work)
    clockwork.start()
    # Asked of the system now, it may be another one: the parent may have been killed while this process started.
    parent = int(os.environ.get(PARENT) or os.getppid())
    log.info("the scheduler runs")
    shift = clock_shift()
    while not stopping.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), 1)
        shift = restart_after_jump(clockwork, shift)
        if os.getppid() != parent:
            log.warning("the process that started the scheduler is gone; it stops")
            break
        if await work.is_out_of_date(watch):
            log.info("the site's title or logo has changed; the scheduler begins anew")
            is_renewed = True
            break
    clockwork.shutdown(wait=False)
    saving.cancel()
    await work.stop(is_noted=not is_renewed)
    log.info("the scheduler stopped")
    return is_renewed


async def run_once(settings: Settings) -> int:
    """One round: declarations, everything due, what was touched; returns how many sources were polled."""
    work = Clockwork(settings, clock=system_clock, chance=random.random, owner=process_name())
    saving = asyncio.create_task(work.saver.write_forever())
    await work.declare_tick()
    await work.lists_tick()
    polled = 0
    while claimed := await work.poll_tick():
        polled += claimed
        await work.drain()
    while await work.push_tick():
        pass
    await work.subscribe_tick()
    await work.publish_tick()
    await work.postman.deliver_all()
    await work.search_tick()
    saving.cancel()
    await work.stop()
    return polled


def main(arguments: list[str]) -> int:
    """Runs the scheduler on the config file that FEEDWRIGHT_CONFIG names."""
    if set(arguments) - {"--once"}:
        sys.stderr.write("The scheduler takes --once or nothing; `./run --help` shows every command.\n")
        return 2
    try:
        settings = load(Path(os.environ.get("FEEDWRIGHT_CONFIG", "config.toml")), os.environ)
        start_logging(settings)
        prepare_store(settings)
        if "--once" in arguments:
            log.info("%d sources polled", asyncio.run(run_once(begun_settings(settings))))
        elif asyncio.run(run(settings)):
            os.execv(sys.executable, [sys.executable, "-m", "scheduler"])  # noqa: S606
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except FeedwrightError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
