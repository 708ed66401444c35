"""The keys that sign our requests to sources (`[fetch] signed`): made once, kept in the store, replaced on request.

A new key is listed at once and used an hour later, when no cache holds the list without it any more; the former one stays
listed for a day, so that what it signed can be checked.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from db.store import Store
from feeds.clock import from_ms, to_ms
from feeds.errors import RequestError
from feeds.model.settings import Settings
from feeds.text.urls import absolute_url

KEPT = "signing_keys"
BYTES = 32
LIST_KEPT = timedelta(hours=1)
"""How long others may keep the list; a new key waits for so long."""
LISTED_AFTER = timedelta(days=1)
"""How long a key stays listed that signs no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """A private key, and its time."""

    secret: bytes
    used_from: datetime
    ends_at: datetime | None = None
    """When it is listed no more; None for the newest."""


class _Row(msgspec.Struct):
    secret: str
    used_from: int
    ends_at: int | None = None


def origin(settings: Settings) -> str | None:
    """As whom requests are signed, in ASCII; None if they are not: keys are believed only where https shows whose they are."""
    # As programs compare it: small letters, xn-- for other scripts, no port where it is the usual one.
    base = absolute_url(settings.site.base_url) if settings.fetch.signed else None
    return base.rstrip("/") if base is not None and base.startswith("https://") else None


def listed(store: Store, now: datetime) -> tuple[KeptKey, ...]:
    """The keys that others are shown, the newest first; none where none was made yet."""
    return tuple(one for one in _read(store) if one.ends_at is None or one.ends_at > now)


def in_use(keys: tuple[KeptKey, ...], now: datetime) -> KeptKey | None:
    """The key that signs now: the newest whose time has come."""
    # A key from the future alone is of a clock that was wrong.
    return next((one for one in keys if one.used_from <= now), keys[-1] if keys else None)


def make_first(store: Store, entropy: Callable[[int], bytes], now: datetime) -> tuple[KeptKey, ...]:
    """The keys that are listed, with a first one where there is none."""
    found = listed(store, now)
    if found:
        return found
    with store.write():
        store.kept.lock(KEPT, "[]")
        if not listed(store, now):
            _write(store, (KeptKey(secret=entropy(BYTES), used_from=now),))
    return listed(store, now)


def rotate(
    store: Store, entropy: Callable[[int], bytes], now: datetime, *, at_once: bool = False
) -> tuple[KeptKey, ...]:
    """A new key follows the present one; `at_once`, for a key that others may know: the former ones are gone now."""
    with store.write():
        store.kept.lock(KEPT, "[]")
        former = listed(store, now)
        if not former or at_once:
            keys: tuple[KeptKey, ...] = (KeptKey(secret=entropy(BYTES), used_from=now),)
        elif former[0].used_from > now:
            raise RequestError(
                f"A new key waits already: it is used from {former[0].used_from:%Y-%m-%d %H:%M} UTC on."
                " If others may know it: ./run signing rotate --at-once."
            )
        else:
            starts = now + LIST_KEPT
            ended = tuple(
                one if one.ends_at is not None else replace(one, ends_at=starts + LISTED_AFTER)
                for one in former
            )
            keys = (KeptKey(secret=entropy(BYTES), used_from=starts), *ended)
        _write(store, keys)
    return keys


def _read(store: Store) -> tuple[KeptKey, ...]:
    rows = msgspec.json.decode(store.kept.get(KEPT) or "[]", type=list[_Row])
    return tuple(
        KeptKey(
            secret=base64.b64decode(row.secret),
            used_from=from_ms(row.used_from),
            ends_at=None if row.ends_at is None else from_ms(row.ends_at),
        )
        for row in rows
    )


def _write(store: Store, keys: tuple[KeptKey, ...]) -> None:
    rows = [
        _Row(
            secret=base64.b64encode(one.secret).decode(),
            used_from=to_ms(one.used_from),
            ends_at=None if one.ends_at is None else to_ms(one.ends_at),
        )
        for one in keys
    ]
    store.kept.put(KEPT, msgspec.json.encode(rows).decode())
