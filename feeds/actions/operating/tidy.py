"""Regular clean-up: deletes what `[keep]` no longer keeps, a little at a time.

A purged article leaves its sign: its identity stays, so that no source brings it back as new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.store import Store
from feeds.model.settings import KeepSettings

MOST_AT_ONCE = 500
ANSWERS_KEPT = timedelta(hours=1)
"""How long the answer to a preview of an address may serve as its first poll."""

JOBS_KEPT = timedelta(days=7)
"""Finished jobs: their arguments may hold an address with a token."""
TOUCHED_KEPT = timedelta(days=7)
"""Changes that were published and read; what stands in which feed is kept apart from them."""
STATES_KEPT = timedelta(days=7)
"""Former states of feeds, by which readers get only what changed since; after that they get the whole feed."""
WRITES_KEPT = timedelta(hours=24)
"""What a script's write was answered: so long it may send the same again under the same key."""
LEDGER_KEPT = timedelta(days=400)
"""What partners took: a year, and the month in which somebody asks for it."""
MOST_TOUCHED = 20_000
QUIET_KEPT = timedelta(days=30)
"""Counts of polls that found nothing new."""
ALERTS_KEPT = timedelta(days=365)
"""Alerts that ended."""
LARGE_PART, MOST_UNASKED = 0.1, 20
"""An admin is asked first if more than this share of all articles, and more than this number, would be deleted at once."""
KEEP = "keep"
"""The kind of alert."""


def tidy(store: Store, keep: KeepSettings, now: datetime) -> int:
    """Deletes what is old enough, nothing that `[keep]` keeps for ever; returns how many articles and versions."""
    gone = 0
    store.polls.drop_answers(before=now - ANSWERS_KEPT)
    store.jobs.forget(before=now - JOBS_KEPT)
    gone += store.articles.expire(now, MOST_AT_ONCE)
    store.hubs.forget_subscriptions(now)
    store.answers.forget(before=now - WRITES_KEPT)
    store.ledger.forget((now - LEDGER_KEPT).date())
    store.partners.forget_uses((now - LEDGER_KEPT).date())
    store.alerts.forget(before=now - ALERTS_KEPT)
    store.polls.prune_quiet(before=now - QUIET_KEPT)
    store.feeds.prune_touched(before=now - TOUCHED_KEPT, upto=store.search.cursor(), most=MOST_TOUCHED)
    store.feeds.prune_states(before=now - STATES_KEPT)
    store.feeds.prune_rendered(before=now - keep.rendered, most=MOST_AT_ONCE)
    if keep.articles is not None and not waits_for_leave(store, keep.articles, now):
        gone += store.articles.purge(before=now - keep.articles, now=now, most=MOST_AT_ONCE)
    if keep.versions:
        gone += store.articles.drop_versions(before=now - keep.versions, most=MOST_AT_ONCE)
    return gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """What `[keep] articles` would take: so many of so many articles."""

    count: int
    total: int

    @property
    def is_large(self) -> bool:
        """True if it is more than somebody might have meant."""
        return self.count > MOST_UNASKED and self.count > self.total * LARGE_PART


def purge_of(store: Store, keep_for: timedelta, now: datetime) -> Purge:
    """What would be purged now."""
    return Purge(
        count=store.articles.count_older(before=now - keep_for), total=store.upkeep.counts()["articles"]
    )


def waits_for_leave(store: Store, keep_for: timedelta, now: datetime) -> bool:
    """True if so much would go that an admin is asked first; an alert says so until it is done or taken back."""
    found = purge_of(store, keep_for, now)
    if not found.is_large:
        store.alerts.close(KEEP, "", now)
        return False
    message = (
        f"[keep] articles would delete {found.count:,} of {found.total:,} articles, so nothing is deleted yet."
        " `./run tidy --yes` does it, after a backup; raise [keep] articles to keep them."
    )
    store.alerts.open(KEEP, "", message, now)
    return True


def purge_all(store: Store, keep_for: timedelta, now: datetime) -> int:
    """Deletes all that `[keep] articles` says, however much; returns how many articles."""
    gone = 0
    while taken := store.articles.purge(before=now - keep_for, now=now, most=MOST_AT_ONCE):
        gone += taken
    store.alerts.close(KEEP, "", now)
    return gone
