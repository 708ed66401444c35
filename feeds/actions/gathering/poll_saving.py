"""Saves finished polls: collects them for a moment, writes them to the store together, then releases their hosts.

One batch is one visit to the writer, so that what a poll costs there is shared by many. What a store that is
busy or full does not take is kept and tried again; meanwhile nothing further is claimed than there is room for.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from db.store import Store
from feeds.actions.gathering.claims import Claims
from feeds.actions.gathering.poll import save_polls
from feeds.actions.operating.alerts import Outage
from feeds.errors import StoreError
from feeds.ingest.poll.pipeline import Polled
from feeds.model.settings import PollSettings

GATHER_S = 0.2
GATHER_MOST = 50
RETRY_S = 1.0
"""How long we wait after the store failed to save a batch."""

log = logging.getLogger("feedwright.poll")
T = TypeVar("T")


class InStore(Protocol):
    """Runs work in the thread that holds the store."""

    def __call__(self, work: Callable[[Store], T]) -> Awaitable[T]:
        """What the work answers."""
        ...


class PollSaver:
    """Polls that are finished and not written yet; `under_way` counts claimed sources until their polls are written."""

    def __init__(
        self,
        in_store: InStore,
        *,
        settings: PollSettings,
        chance: Callable[[], float],
        claims: Claims,
        retry_s: float = RETRY_S,
    ) -> None:
        self._in_store = in_store
        self._settings, self._chance, self._claims = settings, chance, claims
        self._retry_s = retry_s
        self._outage = Outage()
        self._polled: list[Polled] = []
        self._hosts: list[str] = []
        self._arrived, self._enough, self._idle = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._idle.set()
        self.under_way = 0

    def expect(self, count: int) -> None:
        """So many sources were claimed."""
        self.under_way += count
        self._idle.clear()

    def put(self, polled: Polled) -> None:
        """A finished poll, to be written soon."""
        self._polled.append(polled)
        self._wake()

    def host_done(self, host: str, *, unpolled: int) -> None:
        """Nothing more comes from the host: it is let go once what came is written."""
        self._hosts.append(host)
        self._subtract(unpolled)
        self._wake()

    async def write_forever(self) -> None:
        """Writes whatever arrives, a moment after the first of it or as soon as it is enough."""
        while True:
            await self._arrived.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GATHER_S):
                    await self._enough.wait()
            if not await self.write():
                await asyncio.sleep(self._retry_s)

    async def write(self) -> bool:
        """Writes what has arrived, then lets go of the hosts that are done; False if it is to be tried again."""
        several, self._polled = self._polled[:GATHER_MOST], self._polled[GATHER_MOST:]
        hosts: list[str] = []
        if not self._polled:
            hosts, self._hosts = self._hosts, []
            self._arrived.clear()
        self._enough.clear()
        self._wake_if_enough()
        count, is_kept = len(several), False
        try:
            await self._in_store(lambda store: self._written(store, several, hosts))
        except StoreError as error:
            log.warning("%d polls wait until the store takes them: %s", len(several), error)
            is_kept = True
        except Exception:
            # The root of the one task that writes: were it to end, nothing polled would be stored any more.
            log.exception("%d polls could not be written; they are polled again", len(several))
            several.clear()
        # Both lists hold only what is not written yet. If we dropped it, its hosts would stay claimed for ever.
        self._polled[:0], self._hosts[:0] = several, hosts
        self._subtract(count - len(several))
        if self._polled or self._hosts:
            self._wake()
        return not is_kept

    async def write_all(self) -> None:
        """Writes until nothing is left."""
        while self._polled or self._hosts:
            if not await self.write():
                await asyncio.sleep(self._retry_s)

    async def wait_until_idle(self) -> None:
        """Returns when nothing that was claimed is under way."""
        await self._idle.wait()

    def _written(self, store: Store, several: list[Polled], hosts: list[str]) -> None:
        if several:
            save_polls(store, several, settings=self._settings, chance=self._chance, outage=self._outage)
            several.clear()
        self._claims.release(store, hosts)
        hosts.clear()

    def _wake(self) -> None:
        self._arrived.set()
        self._wake_if_enough()

    def _wake_if_enough(self) -> None:
        if len(self._polled) >= min(GATHER_MOST, self.under_way):
            self._enough.set()

    def _subtract(self, count: int) -> None:
        self.under_way -= count
        if not self.under_way:
            self._idle.set()
