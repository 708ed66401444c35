"""Polls one domain's claimed sources, one after the other, and hands the results to `poll_saving`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from db.store import Store
from feeds.actions.gathering.claims import Claims
from feeds.actions.gathering.poll import poll_when_allowed
from feeds.actions.gathering.poll_saving import PollSaver
from feeds.ingest.poll.pipeline import Polled, PollTools
from feeds.ingest.rules.politeness import domain_cooldown, host_cooldown
from feeds.model.incoming import DueSource
from feeds.text.urls import host_of, polite_domain


async def poll_domain(
    several: Sequence[DueSource],
    tools: PollTools,
    *,
    saver: PollSaver,
    claims: Claims,
    in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]],
) -> None:
    """Polls sources of one registrable domain.

    Those left when the domain, or their host, asks to be left alone go back to the queue; so do those whose
    host another process took over while this one was paused.
    """
    left = Counter(due.host for due in several)
    resting: set[str] = set()
    try:
        for due in several:
            if claims.may_have_lapsed(tools.clock()):
                await in_store(lambda store: claims.extend(store, tools.clock()))
            if due.host in resting or claims.is_lost(due.host):
                continue
            polled = await poll_when_allowed(due, tools)
            saver.put(polled)
            left[due.host] -= 1
            if not left[due.host]:
                saver.host_done(due.host, unpolled=left.pop(due.host))
            if _ends_round(polled, due):
                break
            if host_cooldown(polled.result) is not None:
                resting.add(due.host)
    finally:
        for host, unpolled in left.items():
            saver.host_done(host, unpolled=unpolled)


def _ends_round(polled: Polled, due: DueSource) -> bool:
    """True if the source's answer, or that to one of its article pages, asks for the domain's rest."""
    if domain_cooldown(polled.result, due.poll.failure_count) is not None:
        return True
    page = polled.stopped_by
    return page is not None and polite_domain(host_of(page.url)) == polite_domain(due.host)
