"""Watches over the running site: looks at it, sends alerts, asks the heartbeat's address, takes backups."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from db.store import Store
from feeds.actions.gathering.poll import InStore
from feeds.actions.operating.alert_log import AlertLog
from feeds.actions.operating.alert_sending import CHANNEL, Teller
from feeds.actions.operating.backups import AGAIN_AFTER, BACKUP, TURN, is_due, late_fault, newest
from feeds.actions.operating.certificate import CERTIFICATE, address, note
from feeds.actions.operating.certificate import is_due as is_look_due
from feeds.actions.operating.watch import Around, watch
from feeds.clock import Clock
from feeds.errors import FeedwrightError
from feeds.http.address_guard import guard_of
from feeds.http.certificates import Certificate, NotSeenError, look
from feeds.http.requests import Transport
from feeds.model.settings import Settings
from parts.backups import SQLITE_ONLY, backup_folder, copies, database_file, take_backup
from parts.channels import open_channels, open_heartbeat, site_address

log = logging.getLogger("feedwright.watch")


class Watchman:
    """The ticks that keep an eye on the site, for the scheduler's list of triggers."""

    def __init__(self, settings: Settings, clock: Clock, in_store: InStore[Any], send: Transport) -> None:
        self._settings, self._clock, self._in_store = settings, clock, in_store
        self._teller = Teller(
            open_channels(settings, send), site=settings.site.name, base_url=site_address(settings)
        )
        self._heartbeat = open_heartbeat(settings, send)
        self._alert_log = AlertLog()
        self._next_beat_at: datetime | None = None
        self._began_at = clock()
        self._is_backup_wrong = True
        """Whether an alert may be open; a former process may have left one."""
        self._backup_fault = ""
        """What the log was told last of backups that fail."""
        self._is_certificate_noted = True
        """The same of the certificate."""

    def ticks(self) -> tuple[tuple[Callable[[], Awaitable[object]], float], ...]:
        """Each tick, and after how many seconds it comes again."""
        return (
            (self.watch_tick, 30),
            (self.alert_tick, 5),
            (self.backup_tick, 60),
            (self.certificate_tick, 60),
        )

    async def watch_tick(self) -> None:
        """Looks at the site; while nothing grave is open, asks the heartbeat's address every few minutes."""
        now = self._clock()
        around = Around(
            free_bytes=_free_bytes(self._settings),
            is_polling=self._settings.poll.is_on,
            silence=self._settings.alerts.nothing_fetched,
        )
        is_well = await self._in_store(lambda store: watch(store, around, now))
        if self._heartbeat is None or not is_well:
            return
        every = self._settings.alerts.heartbeat_every
        if self._next_beat_at is not None and now < self._next_beat_at <= now + every:
            return
        self._next_beat_at = now + every
        fault = await self._heartbeat.beat()
        name = self._heartbeat.name
        await self._in_store(lambda store: _note_beat(store, name, fault, now))

    async def alert_tick(self) -> None:
        """Tells people what opened, changed and ended."""
        await self._teller.send(self._in_store, self._clock())
        # Teller has said already that the database does not answer.
        with contextlib.suppress(FeedwrightError):
            self._alert_log.note(await self._in_store(lambda store: store.alerts.open_ones()))

    async def backup_tick(self) -> None:
        """Takes a copy of the database where one is due, and says where that fails."""
        every = self._settings.backup.every
        if every is None:
            if self._is_backup_wrong:
                await self._close()
            return
        now = self._clock()
        path = database_file(self._settings)
        if path is None:
            await self._open(SQLITE_ONLY)
            return
        last = newest(copies(backup_folder(self._settings)), path.stem, now)
        if is_due(last, every, now) and await self._in_store(
            lambda store: store.kept.take_turn(TURN, now, min(AGAIN_AFTER, every))
        ):
            try:
                taken = await asyncio.to_thread(take_backup, self._settings, now)
            except (FeedwrightError, OSError) as error:
                await self._open(f"The backup failed: {error} It is tried again in some minutes.")
                return
            log.info("[backup]: %s written and read", taken)
            last = now
        late = late_fault(last, every, self._began_at, now)
        if late is not None:
            await self._open(late)
        elif self._is_backup_wrong and last is not None and not is_due(last, every, now):
            await self._close()

    async def certificate_tick(self) -> None:
        """Looks at the certificate of the public address, once a day."""
        now, url = self._clock(), address(self._settings)
        if url is None:
            if self._is_certificate_noted:
                await self._in_store(lambda store: store.alerts.close(CERTIFICATE, "", now))
                self._is_certificate_noted = False
            return
        if not await self._in_store(lambda store: is_look_due(store, now)):
            return
        seen: Certificate | None = None
        try:
            seen = await asyncio.to_thread(look, url, guard_of(self._settings.fetch.allow))
        except NotSeenError as error:
            # No alert: from here the own address may be out of reach, and who watches from outside knows better.
            log.info("the certificate of %s could not be looked at: %s", url, error)
        await self._in_store(lambda store: note(store, seen, now))

    async def _close(self) -> None:
        now = self._clock()
        await self._in_store(lambda store: store.alerts.close(BACKUP, "", now))
        self._is_backup_wrong, self._backup_fault = False, ""

    async def _open(self, message: str) -> None:
        # The tick comes every minute.
        if message != self._backup_fault:
            log.error(message)
        self._is_backup_wrong, self._backup_fault = True, message
        now = self._clock()
        await self._in_store(lambda store: store.alerts.open(BACKUP, "", message, now))


def _note_beat(store: Store, name: str, fault: str | None, now: datetime) -> None:
    if fault is None:
        store.alerts.close(CHANNEL, name, now)
    else:
        message = f"The heartbeat does not get out. {fault} `./run alert test` tries it again."
        store.alerts.open(CHANNEL, name, message, now)


def _free_bytes(settings: Settings) -> int | None:
    path = database_file(settings)
    if path is None:
        return None
    folder = next((one for one in path.parents if one.exists()), Path("/"))
    return shutil.disk_usage(folder).free
