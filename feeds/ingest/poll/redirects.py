"""When a permanent redirect becomes a source's address: only after it has stood for days, often enough. Pure.

Hosts send 301 by mistake, and for a day; so it is followed at once and believed late (feedbin waits six
days, NewsBlur ten answers). 302 and 307 never count, nor does an address with credentials in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feeds.model.fetched import Hop
from feeds.model.incoming import Move
from feeds.text.urls import is_secret

PERMANENT = frozenset({301, 308})
SETTLED_AFTER = timedelta(days=3)
TIMES = 5
STATED = "#new-feed-url"
"""Stands behind the address of a move that the document itself states (itunes:new-feed-url, RSS newLocation)."""


def permanent_target(hops: Sequence[Hop]) -> str | None:
    """Where the leading run of permanent redirects leads; None if the first one is none."""
    target: str | None = None
    for hop in hops:
        if hop.status not in PERMANENT:
            break
        target = hop.to_url
    return target if target is not None and not is_secret(target) else None


def is_settled(move: Move, now: datetime) -> bool:
    """True if it has stood for so long, and so often, that it is believed."""
    return move.count >= TIMES and now - move.since_at >= SETTLED_AFTER


def next_move(
    before: Move | None,
    hops: Sequence[Hop],
    now: datetime,
    *,
    stated: str | None = None,
    is_read: bool = True,
) -> Move | None:
    """The move after one more answer: another target, or an answer without redirect, begins anew.

    `stated` is where the document itself says that it is now; one that was not read, being unchanged, still says so.
    """
    target = permanent_target(hops)
    if target is None and is_read and stated is not None and not is_secret(stated):
        target = stated.partition("#")[0] + STATED
    if target is None and not is_read and before is not None and before.url.endswith(STATED):
        target = before.url
    if target is None:
        return None
    if before is None or before.url != target:
        return Move(url=target, since_at=now, count=1)
    return Move(url=target, since_at=before.since_at, count=before.count + 1)


def moved_to(move: Move) -> str:
    """The address that a move leads to."""
    return move.url.removesuffix(STATED)
