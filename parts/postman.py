"""Sends deliveries: the ticks of the outbox, over a transport of their own, so that slow receivers hold up no poll."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from db.store import Store
from feeds.actions.delivering.deliveries import SendTools, tidy_deliveries, watch_deliveries
from feeds.actions.delivering.digests import post_due
from feeds.actions.delivering.dispatch import AT_ONCE, MOST_FAILING, MOST_HOSTS, Dispatcher
from feeds.actions.delivering.indexnow import declare_indexnow
from feeds.actions.delivering.public_hubs import declare_hubs
from feeds.actions.delivering.senders import SENDERS
from feeds.actions.delivering.webhooks import sync_webhooks
from feeds.actions.gathering.poll import InStore
from feeds.clock import Clock
from feeds.model.settings import Settings
from parts.channels import open_mail
from parts.polling import open_transport

CONCURRENCY = 2 * (MOST_HOSTS + MOST_FAILING)
"""Deliveries under way at once, over all hosts."""


class Postman:
    """The ticks that send what leaves by push, for the scheduler's list of triggers."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        chance: Callable[[], float],
        owner: str,
        in_store: InStore[Any],
        in_renderer: InStore[Any],
    ) -> None:
        self._settings, self._clock, self._in_store = settings, clock, in_store
        self._are_hubs_declared = self._is_stopping = False
        self.dispatcher = Dispatcher(
            in_store=in_store,
            in_renderer=in_renderer,
            senders=SENDERS,
            tools=SendTools(
                transport=open_transport(settings, concurrency=CONCURRENCY, per_host=AT_ONCE),
                settings=settings,
                clock=clock,
                new_secret=lambda: secrets.token_urlsafe(32),
                mail=open_mail(settings),
            ),
            chance=chance,
            owner=owner,
        )

    async def deliver_tick(self) -> None:
        """Sends what is due to whoever is told by push."""
        await self._declare()
        if not self._is_stopping:
            await self.dispatcher.tick()

    async def deliver_all(self) -> None:
        """Sends until nothing is due any more."""
        await self._declare()
        await self.dispatcher.drain()

    async def watch_tick(self) -> None:
        """Puts digests that are due into the outbox, tells of receivers that were given up, ends what is over."""
        now = self._clock()
        await self._in_store(lambda store: post_due(store, self._settings, now))
        await self._in_store(lambda store: sync_webhooks(store, self._settings, now))
        await self._in_store(lambda store: self._declare_indexnow(store, now))
        await self._in_store(lambda store: watch_deliveries(store, SENDERS, now))
        await self._in_store(lambda store: tidy_deliveries(store, now))

    async def stop(self, within: float) -> None:
        """Waits so many seconds for what is under way; what is not answered then is sent again some time."""
        self._is_stopping = True
        await self.dispatcher.stop(within)

    async def _declare(self) -> None:
        """Public hubs as `[publish] hubs` names them, once for each process."""
        if not self._are_hubs_declared:
            now = self._clock()
            await self._in_store(lambda store: declare_hubs(store, self._settings, now))
            await self._in_store(lambda store: sync_webhooks(store, self._settings, now))
            await self._in_store(lambda store: self._declare_indexnow(store, now))
            self._are_hubs_declared = True

    def _declare_indexnow(self, store: Store, now: datetime) -> None:
        declare_indexnow(store, self._settings, lambda: secrets.token_urlsafe(32), now)
