"""What an admin should look at: sources that keep failing, and our own network. Opened and closed by polls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from feeds.ingest import network
from feeds.ingest.health import health_of
from feeds.ingest.pipeline import Polled
from feeds.model.articles import PollReport
from feeds.model.incoming import DueSource, Source
from feeds.protocols import Store
from feeds.urls import polite_domain

SOURCE, NETWORK, ODD = "source", "network", "odd"
AFTER_FAILURES = 4
"""Failures in a row before a source is told of: with doubling waits that is after about four hours."""


class Outage:
    """Remembers, over the batches of one process, whether it is them or us that cannot be reached."""

    def __init__(self) -> None:
        self._streak = network.Streak()

    def judge(self, store: Store, several: Sequence[Polled], now: datetime) -> bool:
        """True where these polls failed for our own network's sake; opens and closes the alert."""
        was_ours = self._streak.is_ours
        results = [
            (polite_domain(one.due.host), one.result, one.due.poll.failure_count == 0) for one in several
        ]
        self._streak = network.after(self._streak, results, now)
        if self._streak.is_ours and not was_ours:
            message = "Nothing outside can be reached: our network, or its name server. No source is blamed."
            store.open_alert(NETWORK, "", message, now)
        elif was_ours and not self._streak.is_ours:
            store.close_alert(NETWORK, "", now)
        return self._streak.is_ours


def note_oddity(store: Store, due: DueSource, report: PollReport, now: datetime) -> None:
    """Opens an alert when something odd begins, closes it when it ends."""
    before, after = due.poll.oddity, report.poll.oddity
    if before == after:
        return
    if before:
        store.close_alert(ODD, due.source.slug, now)
    if after:
        store.open_alert(ODD, due.source.slug, f"{due.source.title} {report.odd}", now)


def note(store: Store, source: Source, failures_before: int, report: PollReport, now: datetime) -> None:
    """Opens an alert for a source that keeps failing, or is gone; closes it when it answers again."""
    if report.status == "gone":
        store.open_alert(SOURCE, source.slug, f"{source.title}: {health_of('gone').cause}", now)
    elif report.poll.failure_count == AFTER_FAILURES:
        known = health_of(report.status)
        message = f"{source.title} cannot be read ({known.label}). {report.detail} {known.next_step}"
        store.open_alert(SOURCE, source.slug, message, now)
    elif failures_before >= AFTER_FAILURES and report.poll.failure_count == 0:
        store.close_alert(SOURCE, source.slug, now)
