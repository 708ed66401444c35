"""Signs requests with the key in the store: made where there is none, read anew each minute, so that a new one comes into use."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timedelta
from typing import Any

from feeds.actions.gathering.poll import InStore
from feeds.actions.gathering.signing_keys import KeptKey, in_use, make_first
from feeds.clock import Clock
from feeds.errors import FeedwrightError
from feeds.http.request_signing import Signer, SigningKey

READ_EVERY = timedelta(minutes=1)


class KeptSigner:
    """What the transport asks for the headers of each request."""

    def __init__(self, origin: str, clock: Clock, in_store: InStore[Any]) -> None:
        self._origin = origin
        self._clock, self._in_store = clock, in_store
        self._reading = asyncio.Lock()
        self._read_at: datetime | None = None
        self._signer: Signer | None = None

    async def __call__(self, authority: str) -> dict[str, str]:
        """The headers for one request to that authority; none where the store gave no key yet."""
        now = self._clock()
        if not self._is_fresh(now):
            async with self._reading:
                if not self._is_fresh(now):
                    await self._read(now)
        return self._signer.headers(authority, now) if self._signer is not None else {}

    def _is_fresh(self, now: datetime) -> bool:
        return self._read_at is not None and self._read_at <= now < self._read_at + READ_EVERY

    async def _read(self, now: datetime) -> None:
        try:
            kept: tuple[KeptKey, ...] = await self._in_store(
                lambda store: make_first(store, secrets.token_bytes, now)
            )
        except FeedwrightError:
            # A poll without a signature is worth more than none; the store's own trouble is told elsewhere.
            return
        self._read_at, found = now, in_use(kept, now)
        if found is None:
            return
        key = SigningKey.of(found.secret)
        if self._signer is None or self._signer.key.key_id != key.key_id:
            self._signer = Signer(key=key, origin=self._origin, entropy=secrets.token_bytes)
