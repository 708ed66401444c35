"""Opens and closes alerts after polls: sources that keep failing, and faults of our own network."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from db.store import Store
from feeds.ingest.poll import outage
from feeds.ingest.poll.health import OUR_FAULT, health_of
from feeds.ingest.poll.pipeline import Polled
from feeds.model.articles import PollReport
from feeds.model.incoming import DueSource, Source
from feeds.text.urls import polite_domain

SOURCE, NETWORK, ODD = "source", "network", "odd"

log = logging.getLogger("feedwright.alerts")
AFTER_FAILURES = 4
"""Failures in a row before a source is told of: with doubling waits that is after about four hours."""
HOPELESS = frozenset({"credentials", "not-a-feed", "parked", "settings", "certificate", "refused", "large"})
"""States in which waiting does not help: told at the first failure."""
HOPELESS_WHEN_NEW = frozenset({"name", "missing", "blocked", "robots", "unreadable", "server", "unreachable"})
"""Further ones of a source that never worked: most likely its address or its settings are wrong."""


class Outage:
    """Remembers, over the batches of one process, whether it is them or us that cannot be reached."""

    def __init__(self) -> None:
        self._streak = outage.Streak()

    def judge(self, store: Store, several: Sequence[Polled], now: datetime) -> bool:
        """True if these polls failed for our own network's sake; opens and closes the alert."""
        was_ours = self._streak.is_ours
        results = [
            (polite_domain(one.due.host), one.result, one.due.poll.failure_count == 0) for one in several
        ]
        self._streak = outage.after(self._streak, results, now)
        if self._streak.is_ours and not was_ours:
            message = "Nothing outside can be reached: our network, or its name server. No source is blamed."
            store.alerts.open(NETWORK, "", message, now)
        elif was_ours and not self._streak.is_ours:
            store.alerts.close(NETWORK, "", now)
        return self._streak.is_ours


def note_oddity(store: Store, due: DueSource, report: PollReport, now: datetime) -> None:
    """Opens an alert when something odd begins, closes it when it ends."""
    before, after = due.poll.oddity, report.poll.oddity
    if before == after:
        return
    if before:
        store.alerts.close(ODD, due.source.slug, now)
    if after:
        store.alerts.open(ODD, due.source.slug, f"{due.source.title} {report.odd}", now)


def note(store: Store, due: DueSource, report: PollReport, now: datetime) -> None:
    """Opens an alert for a source that keeps failing, or is gone; closes it when it answers again."""
    source, failures_before = due.source, due.poll.failure_count
    _note_our_fault(store, due, report, now)
    if report.status == "gone":
        store.alerts.open(SOURCE, source.slug, f"{source.title}: {health_of('gone').cause}", now)
    elif _is_reported_now(due, report):
        known = health_of(report.status)
        message = f"{source.title} cannot be read ({known.label}). {report.detail} {known.next_step}{_owner(source)}"
        log.warning("%s: %s", source.slug, message)
        store.alerts.open(SOURCE, source.slug, message, now)
    elif failures_before and report.poll.failure_count == 0:
        store.alerts.close(SOURCE, source.slug, now)


def _owner(source: Source) -> str:
    """Where the source is changed, if that is not by page or command."""
    return " It is declared in config.toml: change it there." if source.origin == "file" else ""


def _is_reported_now(due: DueSource, report: PollReport) -> bool:
    """True at the failure with which an admin is told: the first one where waiting cannot help, else the fourth."""
    count = report.poll.failure_count
    if not count or report.poll.status == due.poll.status == OUR_FAULT:
        return False
    if count == AFTER_FAILURES:
        return True
    has_worked = due.poll.last_ok_at is not None
    is_hopeless = report.status in HOPELESS or (not has_worked and report.status in HOPELESS_WHEN_NEW)
    return is_hopeless and (count == 1 or due.poll.status != report.status)


def _note_our_fault(store: Store, due: DueSource, report: PollReport, now: datetime) -> None:
    was, is_now = due.poll.status == OUR_FAULT, report.status == OUR_FAULT
    if is_now and not was:
        known = health_of(OUR_FAULT)
        store.alerts.open(
            OUR_FAULT, due.source.slug, f"{due.source.title}: {report.detail} {known.next_step}", now
        )
    elif was and not is_now:
        store.alerts.close(OUR_FAULT, due.source.slug, now)
