"""Keeps requests to one registrable domain apart: the pause counts from the end of the last answer.

Slots (table `domains`) keep requests apart by their beginnings, over all processes. A domain that takes longer to answer
than the pause would be asked again at once; so each process also waits until the pause is over since the last answer.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from feeds.http.requests import Request, Response, Transport
from feeds.model.fetched import Failed
from feeds.text.urls import host_of, polite_domain

MOST_DOMAINS = 10_000
"""Remembered at one time; those that answered last."""


class Pauses:
    """When domains last answered this process."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        pause: timedelta,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock, self._pause, self._sleep = clock, pause, sleep
        self._answered: OrderedDict[str, datetime] = OrderedDict()

    def note(self, url: str) -> None:
        """The address' domain has just answered, or failed to."""
        if not self._pause:
            return
        domain = polite_domain(host_of(url))
        self._answered[domain] = self._clock()
        self._answered.move_to_end(domain)
        while len(self._answered) > MOST_DOMAINS:
            self._answered.popitem(last=False)

    async def wait(self, url: str) -> None:
        """Returns when the pause since the domain's last answer is over."""
        answered = self._answered.get(polite_domain(host_of(url))) if self._answered else None
        if answered is None:
            return
        left = self._pause - (self._clock() - answered)
        # A clock that was set back must not make the wait any longer.
        if left > timedelta(0):
            await self._sleep(min(left, self._pause).total_seconds())


class Noting:
    """A transport that notes the end of every request."""

    def __init__(self, send: Transport, pauses: Pauses) -> None:
        self._send, self._pauses = send, pauses

    async def get(self, request: Request) -> Response | Failed:
        """The answer of the transport behind it."""
        try:
            answer = await self._send.get(request)
        finally:
            self._pauses.note(request.url)
        if answer.url != request.url:
            self._pauses.note(answer.url)
        return answer

    async def close(self) -> None:
        """Closes the transport behind it."""
        await self._send.close()
