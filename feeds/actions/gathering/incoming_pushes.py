"""What sources' hubs send us (WebSub): the web process takes it in unread, the scheduler handles it like the body of a poll.

web: receive (signature, then kept) | scheduler: take | workers: bytes → drafts | decide, save | host let go
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from db.store import Store
from feeds.actions.gathering.poll import changes_in
from feeds.actions.gathering.subscribe import of_token
from feeds.actions.sorting.matching import rematch_saved
from feeds.errors import ClaimLostError
from feeds.http.websub import is_signed
from feeds.ingest.pages.reading import reads_pages
from feeds.ingest.poll.fetch import rules_of
from feeds.ingest.poll.intervals import learned_gap
from feeds.ingest.poll.pipeline import PollTools
from feeds.ingest.poll.subscriber import is_same_document
from feeds.ingest.poll.tasks import ParseTask
from feeds.ingest.rules.fingerprints import RULES
from feeds.model.articles import Changes, DraftFeed
from feeds.model.fetched import Failed
from feeds.model.kept import SourceRow
from feeds.model.push import Push

MOST_BYTES = 5_000_000
MOST_WAITING = 5
"""So many pushes of one source wait to be read; instead of more, the source itself is asked."""
MOST_TAKEN = 20
AT_MOST_EVERY = timedelta(minutes=1)
"""By pushes a source is not asked more often."""
NOTED_EVERY = timedelta(hours=1)

log = logging.getLogger("feedwright.websub")
T = TypeVar("T")
InStore = Callable[[Callable[[Store], T]], Awaitable[T]]


def receive(
    store: Store, token: str, *, body: bytes, content_type: str, signature: str | None, now: datetime
) -> Literal["taken", "ignored", "gone"]:
    """What became of a hub's POST: only what is rightly signed counts. NotFoundError for an unknown token."""
    one = of_token(store, token)
    if one.state in ("leaving", "left"):
        return "gone"
    is_right = one.secret is not None and is_signed(signature, one.secret, body)
    if not is_right and one.ignored_at is not None and now - one.ignored_at < NOTED_EVERY:
        return "ignored"
    with store.write():
        present = store.hubs.subscription_of_token(token)
        if present is None:
            return "gone"
        if not is_right:
            log.warning("a push to subscription %d was not rightly signed; it is ignored", one.id)
            store.hubs.put_subscription(replace(present, ignored_at=now))
            return "ignored"
        store.hubs.put_subscription(replace(present, told_at=now, ignored_at=None))
        if not store.hubs.add_push(one.id, body=body, content_type=content_type, now=now, most=MOST_WAITING):
            row = store.sources.of_id(one.source_id)
            if row is not None:
                _ask_soon(store, row, now)
    return "taken"


def take(
    store: Store, *, owner: str, now: datetime, claim: timedelta, busy: Collection[str] = ()
) -> tuple[Push, ...]:
    """What hubs brought, the hosts of its sources claimed as for polls; never those of `busy`."""
    return store.hubs.take_pushes(owner=owner, now=now, until=now + claim, most=MOST_TAKEN, busy=busy)


async def take_up(push: Push, tools: PollTools, in_store: InStore[None]) -> None:
    """Reads one push and writes what it holds; what cannot be used makes its source due instead."""
    rules = rules_of(push.due.poll.body_hash)
    task = ParseTask(
        body=push.body,
        url=push.subscription.document_url,
        content_type=push.content_type,
        source=push.due.source,
        now=tools.clock(),
        max_entries=tools.asking.limits.max_entries,
        max_bytes=push.due.source.options.max_bytes or tools.asking.limits.max_bytes,
        max_ahead=tools.asking.limits.max_ahead,
        # Which entries only our own rules read otherwise; by the present ones, all that the hub sent is read.
        prints=push.due.poll.prints if rules != RULES else b"",
        rules=rules,
        # A hub's headers speak for the hub: the source's own answer counts.
        license_url=push.due.poll.license_url,
    )
    try:
        found = await tools.workers.drafts(task)
        await in_store(lambda store: save(store, push, found, tools.clock()))
    except ClaimLostError:
        log.warning("%s: the claim was taken over; what its hub brought is left there", push.due.source.slug)
    except Exception:
        # Our own rules run on what the hub sent. Raised, the push would stay and fail again every second; so it is
        # dropped, and the source itself is asked.
        log.exception("%s: what its hub brought could not be stored", push.due.source.slug)
        await in_store(lambda store: save(store, push, _NO_USE, tools.clock()))


_NO_USE = Failed(url="", state="unreadable", detail="")


def save(store: Store, push: Push, found: DraftFeed | Failed, now: datetime) -> None:
    """Writes what a push holds.

    Entries that it lacks are not gone: it may hold new ones only. Changes to known articles are believed
    where it is the source's own document, and newer than its last poll; else the source itself is asked.
    """
    due, poll = push.due, push.due.poll
    with store.write():
        store.polls.check_claim(due.host, due.claim_no)
        store.hubs.drop_push(push.id)
        row = store.sources.of_id(due.source.id)
        if row is None or row.source.state != "active":
            return
        if isinstance(found, Failed) or not _is_usable(push, found):
            _ask_soon(store, row, now)
            return
        topics = store.topics.every()
        part = replace(found, is_part=True)
        changes = changes_in(store, due, part, topics, now, returned=poll.returned)
        is_newest = poll.last_polled_at is None or push.received_at >= poll.last_polled_at
        if changes.changed and not (is_newest and is_same_document(push.subscription, due.source)):
            changes = replace(changes, changed=())
            _ask_soon(store, row, now)
        taught = replace(
            poll,
            gap=learned_gap(poll, new_count=len(changes.new), now=now),
            last_new_at=now if changes.new else poll.last_new_at,
        )
        store.hubs.save_push(due.source, taught, found, changes, now)
        rematch_saved(store, changes, topics, now)
    _log_push(push, changes)


def _is_usable(push: Push, found: DraftFeed) -> bool:
    """True for the format that the source itself answers in, once that has been read, and where it is all of it."""
    if reads_pages(push.due.source):
        return False
    return push.due.poll.is_imported and found.format == push.subscription.document_format


def _ask_soon(store: Store, row: SourceRow, now: datetime) -> None:
    """Makes the source due; one that fails or waits is left to its own wait."""
    poll = row.poll
    if row.source.state != "active" or poll.failure_count or poll.next_poll_at is None:
        return
    at = max(now, poll.last_polled_at + AT_MOST_EVERY) if poll.last_polled_at is not None else now
    if at < poll.next_poll_at:
        store.sources.poll_soon([row.source.id], at)


def _log_push(push: Push, changes: Changes) -> None:
    level = logging.DEBUG if changes.is_empty() else logging.INFO
    slug = push.due.source.slug
    log.log(level, "%s: told by its hub, %d new, %d changed", slug, len(changes.new), len(changes.changed))
