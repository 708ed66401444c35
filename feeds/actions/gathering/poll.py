"""Polling: claim due sources, poll them, decide against the store, write.

store.claim | poll_source (many at once) | writer: check claim, known, decide, save | store.release
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from db.store import Store
from feeds.actions.gathering.complete_feeds import bring_back, take_back_absent
from feeds.actions.gathering.redirects import follow_move
from feeds.actions.gathering.rediscover import REDISCOVER, is_lost
from feeds.actions.gathering.subscribe import note_hubs, note_silence
from feeds.actions.operating.alerts import Outage, note, note_oddity
from feeds.actions.sorting.matching import rematch_saved
from feeds.errors import ClaimLostError, StoreBusyError, StoreUnwritableError
from feeds.ingest.poll.health import OUR_FAULT, our_fault
from feeds.ingest.poll.outage import is_network_failure
from feeds.ingest.poll.pipeline import Polled, PollTools, poll_source
from feeds.ingest.poll.reports import report_of
from feeds.ingest.rules.article_identity import candidate_urns
from feeds.ingest.rules.decide import decide
from feeds.ingest.rules.politeness import domain_cooldown, host_cooldown
from feeds.model.articles import Changes, DraftFeed, Known, PollReport, Topic
from feeds.model.fetched import Fetched, Gone, NotModified
from feeds.model.incoming import DueSource
from feeds.model.reverts import Returned
from feeds.model.settings import PollSettings
from feeds.text.urls import host_of, polite_domain, shown_url, url_domain

CLAIM_MOST = 50
TRIES = 4
"""How often a source is written anew when two writers met on one row."""

log = logging.getLogger("feedwright.poll")
T = TypeVar("T")
InStore = Callable[[Callable[[Store], T]], Awaitable[T]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One poll as it was written; `report` is None if the claim had been taken over."""

    polled: Polled
    report: PollReport | None


def claim_due(
    store: Store, *, owner: str, now: datetime, settings: PollSettings, busy: Collection[str] = ()
) -> tuple[DueSource, ...]:
    """Due sources of hosts that are ours until the claim runs out; never of `busy`, which are worked on."""
    return store.polls.claim(
        owner=owner,
        now=now,
        until=now + settings.claim,
        most=CLAIM_MOST,
        pause=settings.pause,
        busy=busy,
    )


async def poll_when_allowed(due: DueSource, tools: PollTools) -> Polled:
    """The poll, begun when the domain gives leave."""
    wait = (due.slot_at - tools.clock()).total_seconds()
    if wait > 0:
        await asyncio.sleep(wait)
    await tools.pause(due.source.fetch_url)
    return await poll_source(due, tools)


def save_polls(
    store: Store,
    several: Sequence[Polled],
    *,
    settings: PollSettings,
    chance: Callable[[], float],
    outage: Outage | None = None,
) -> tuple[Saved, ...]:
    """Writes finished polls in one transaction, a savepoint for each source.

    With `outage`, failures that our own network is the cause of are held against no source.

    Polls that found nothing new have nothing that can fail alone: they share a savepoint and a few
    statements. Where two writers meet (PostgreSQL), the whole batch is tried again one source at a time.
    """
    several = blameless(store, several, outage)
    topics = store.topics.every() if any(one.feed is not None for one in several) else ()
    try:
        with store.write():
            quiet = iter(_save_quiet(store, [one for one in several if is_quiet(one)], settings, chance))
            return tuple(
                next(quiet) if is_quiet(one) else _save(store, one, topics, settings, chance())
                for one in several
            )
    except Exception as error:
        # Our own rules run on what sources sent, so anything may come: whose it is shows when each is written alone.
        if isinstance(error, StoreUnwritableError):
            raise
        if not isinstance(error, StoreBusyError):
            log.warning("a batch of %d polls could not be written: %s", len(several), error)
        return tuple(_save_alone(store, polled, topics, settings, chance) for polled in several)


def blameless(store: Store, several: Sequence[Polled], outage: Outage | None) -> list[Polled]:
    """The polls, those that failed for our own network's sake marked so."""
    if outage is None or not several or not outage.judge(store, several, several[-1].at):
        return list(several)
    return [replace(one, is_our_network=True) if is_network_failure(one.result) else one for one in several]


def is_quiet(polled: Polled) -> bool:
    """True if the answer was 304, or the same body as before."""
    return polled.feed is None and isinstance(polled.result, NotModified | Fetched)


def changes_of(store: Store, polled: Polled, topics: Sequence[Topic]) -> Changes:
    """What the poll's document changes, as of now."""
    if polled.feed is None:
        return Changes()
    answered_by = url_domain(polled.result.url) if isinstance(polled.result, Fetched) else None
    feed = replace(polled.feed, answered_by=answered_by)
    return changes_in(store, polled.due, feed, topics, polled.at, returned=polled.due.poll.returned)


def changes_in(
    store: Store,
    due: DueSource,
    feed: DraftFeed,
    topics: Sequence[Topic],
    now: datetime,
    *,
    returned: Sequence[Returned] = (),
) -> Changes:
    """What a source's document changes, whether a poll or a hub brought it."""
    urns = candidate_urns(due.source, feed.drafts)
    known: Known = store.polls.known(due.source, feed, urns)
    return decide(
        due.source,
        feed,
        known,
        topics=topics,
        is_import=not due.poll.is_imported,
        now=now,
        identity=due.poll.identity,
        returned=returned,
    )


async def poll_now(
    dues: Sequence[DueSource],
    tools: PollTools,
    in_store: InStore[tuple[Saved, ...]],
    *,
    settings: PollSettings,
    chance: Callable[[], float],
    outage: Outage | None = None,
) -> tuple[Saved, ...]:
    """Polls domains side by side, the sources of each in turn, and writes all together: where no scheduler runs."""
    turns = by_domain(dues).values()
    found = {
        one.due.source.id: one
        for several in await asyncio.gather(*(_in_turn(several, tools) for several in turns))
        for one in several
    }
    polled = [found[due.source.id] for due in dues]
    return await in_store(
        lambda store: save_polls(store, polled, settings=settings, chance=chance, outage=outage)
    )


async def _in_turn(dues: Sequence[DueSource], tools: PollTools) -> list[Polled]:
    return [await poll_when_allowed(due, tools) for due in dues]


def by_domain(dues: Sequence[DueSource]) -> dict[str, list[DueSource]]:
    """Claimed work, registrable domain by domain, in the order of the slots."""
    grouped: dict[str, list[DueSource]] = defaultdict(list)
    for due in sorted(dues, key=lambda one: one.slot_at):
        grouped[polite_domain(due.host)].append(due)
    return dict(grouped)


def _save_alone(
    store: Store,
    polled: Polled,
    topics: Sequence[Topic],
    settings: PollSettings,
    chance: Callable[[], float],
) -> Saved:
    """One poll written by itself; one that our rules or the store refuse is reported as a fault of ours."""
    for left in reversed(range(TRIES)):
        try:
            return _save(store, polled, topics, settings, chance())
        except StoreBusyError:
            if not left:
                raise
        except StoreUnwritableError:
            raise
        except Exception as error:
            # Raised, it would keep all others of its batch from being written, round after round.
            log.exception("%s: what it brought could not be stored", polled.due.source.slug)
            failed = our_fault(polled.due.source.fetch_url, "What it brought could not be stored", error)
            return _save(store, replace(polled, result=failed, feed=None), topics, settings, chance())
    raise AssertionError


def _save_quiet(
    store: Store, several: Sequence[Polled], settings: PollSettings, chance: Callable[[], float]
) -> list[Saved]:
    if not several:
        return []
    with store.write():
        lost = store.polls.lost_claims({one.due.host: one.due.claim_no for one in several})
        saved = [
            Saved(
                polled=one,
                report=None
                if one.due.host in lost
                else report_of(one, new_count=0, changed_count=0, settings=settings, chance=chance()),
            )
            for one in several
        ]
        store.polls.save_unchanged([one.report for one in saved if one.report is not None])
        note_hubs(store, [one.polled for one in saved if one.report is not None])
        for one in saved:
            if one.report is None:
                continue
            due = one.polled.due
            follow_move(store, due, one.report, one.polled.at)
            if due.poll.failure_count or due.poll.status == OUR_FAULT:
                note(store, due, one.report, one.polled.at)
            note_oddity(store, due, one.report, one.polled.at)
    for one in saved:
        _log_report(one.polled.due, one.report)
    return saved


def _save(
    store: Store, polled: Polled, topics: Sequence[Topic], settings: PollSettings, chance: float
) -> Saved:
    due = polled.due
    try:
        with store.write():
            store.polls.check_claim(due.host, due.claim_no)
            bring_back(store, polled)
            changes = changes_of(store, polled, topics)
            polled = note_silence(store, polled, changes)
            report = report_of(
                polled,
                new_count=len(changes.new),
                changed_count=len(changes.changed),
                renamed_count=changes.renamed_count,
                identity=changes.identity if polled.feed is not None else due.poll.identity,
                returned=changes.returned,
                settings=settings,
                chance=chance,
            )
            store.polls.save(due.source, report, polled.feed, changes, polled.at)
            rematch_saved(store, changes, topics, polled.at)
            take_back_absent(store, polled)
            if due.poll.last_polled_at is None:
                # It has been taken up, and may hold what is not for everybody.
                store.polls.drop_answers(before=polled.at + timedelta(seconds=1), url=due.source.fetch_url)
            if isinstance(polled.result, Gone):
                _end(store, due.source.id, polled.at)
            note_hubs(store, [polled])
            _leave_alone(store, polled)
            follow_move(store, due, report, polled.at)
            note(store, due, report, polled.at)
            note_oddity(store, due, report, polled.at)
            if is_lost(due.source, report):
                store.jobs.add(REDISCOVER, {"source": due.source.slug}, asked_by="scheduler", now=polled.at)
    except ClaimLostError:
        _log_report(due, None)
        return Saved(polled=polled, report=None)
    _log_report(due, report)
    return Saved(polled=polled, report=report)


def _end(store: Store, source_id: int, now: datetime) -> None:
    """The source is gone, unless somebody paused or removed it meanwhile."""
    row = store.sources.of_id(source_id)
    if row is not None and row.source.state == "active":
        store.sources.set_state(source_id, "gone", now)


def _leave_alone(store: Store, polled: Polled) -> None:
    """Lets the domain, or the host, rest for as long as the answer asks."""
    due = polled.due
    rest = domain_cooldown(polled.result, due.poll.failure_count)
    if rest is not None:
        store.polls.cool(polite_domain(host_of(due.source.fetch_url)), until=polled.at + rest)
    rest = host_cooldown(polled.result)
    if rest is not None:
        store.polls.rest_host(due.host, until=polled.at + rest)
    page = polled.stopped_by
    if page is not None:
        wait = domain_cooldown(page, 0) or host_cooldown(page) or timedelta(0)
        store.polls.cool(polite_domain(host_of(page.url)), until=polled.at + wait)


def _log_report(due: DueSource, report: PollReport | None) -> None:
    if report is None:
        log.warning("%s: the claim was taken over; nothing written", due.source.slug)
        return
    level = logging.INFO if report.new_count or report.changed_count else logging.DEBUG
    if not log.isEnabledFor(level):
        return
    log.log(
        level,
        "%s: %s, %d entries, %d new, %d changed%s",
        due.source.slug,
        report.status,
        report.entry_count,
        report.new_count,
        report.changed_count,
        f" ({report.detail})" if report.detail else "",
        extra={"source": due.source.slug, "address": shown_url(due.source.fetch_url)},
    )
