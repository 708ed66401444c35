"""Upkeep by the clock: what `[keep]` says is kept no longer is let go, a little at a time.

A purged article leaves its sign: its identity stays, so that no source brings it back as new.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from db.store import Store
from feeds.model.settings import KeepSettings

MOST_AT_ONCE = 500
ANSWERS_KEPT = timedelta(hours=1)
"""What a look at an address brought is a first poll for so long."""

JOBS_KEPT = timedelta(days=7)
"""Work that ended: what it was told may hold an address with a token."""
TOUCHED_KEPT = timedelta(days=7)
"""Changes that were published and read; what stands in which feed is kept apart from them."""
MOST_TOUCHED = 20_000


def tidy(store: Store, keep: KeepSettings, now: datetime) -> int:
    """How many articles and versions were let go; nothing where `[keep]` says for ever."""
    gone = 0
    store.polls.drop_answers(before=now - ANSWERS_KEPT)
    store.jobs.forget(before=now - JOBS_KEPT)
    gone += store.articles.expire(now, MOST_AT_ONCE)
    store.hubs.forget_subscriptions(now)
    store.feeds.prune_touched(before=now - TOUCHED_KEPT, upto=store.search.cursor(), most=MOST_TOUCHED)
    if keep.articles is not None:
        gone += store.articles.purge(before=now - keep.articles, now=now, most=MOST_AT_ONCE)
    if keep.versions is not None:
        gone += store.articles.drop_versions(before=now - keep.versions)
    return gone
