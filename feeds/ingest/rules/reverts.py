"""When we believe that a source went back to a former text: only after it has stood for a day and ten polls. Pure.

A source that flaps between two states (two servers, a test of headlines) tells the present text again long before
that, which ends the waiting; one that took a change back tells the former text for good. What is waited for stands
in the source's polling state; once it is ripe, the next poll reads the whole document, since neither a 304 nor the
scan would show the article again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feeds.ingest.rules.versions import is_same
from feeds.model.articles import Draft
from feeds.model.incoming import PollState
from feeds.model.reverts import Returned

SETTLED_AFTER = timedelta(days=1)
SETTLED_POLLS = 10
"""A source that is polled daily, and answers from either of two servers by chance, would else be believed half the time."""
MOST = 50
"""Articles of one source that are waited for at once."""


def is_meant(waiting: Returned | None, hash: str) -> bool:
    """True if the former text that is told now has stood long enough to count as a change."""
    return waiting is not None and waiting.is_ripe and is_same(waiting.hash, hash)


def waits_on(waiting: Returned | None, article_id: int, draft: Draft, now: datetime) -> Returned:
    """What is waited for after a former text was told: the same as before, or from now on where it is another one."""
    if waiting is not None and is_same(waiting.hash, draft.hash):
        return waiting
    return Returned(article_id=article_id, guid=draft.guid, hash=draft.hash, since_at=now)


def after_poll(waiting: Sequence[Returned], now: datetime) -> tuple[Returned, ...]:
    """The same after one more poll that succeeded: what has stood long enough is ripe."""
    return tuple(
        replace(
            one,
            polls=one.polls + 1,
            is_ripe=one.polls + 1 >= SETTLED_POLLS and now - one.since_at >= SETTLED_AFTER,
        )
        for one in waiting[:MOST]
    )


def pages_to_read(waiting: Sequence[Returned]) -> frozenset[str]:
    """The guids of articles that are ripe: where they come from their own pages, these are read again."""
    return frozenset(one.guid for one in waiting if one.is_ripe)


def to_read_whole(poll: PollState, now: datetime) -> PollState:
    """The state as the next poll asks by it: without what would spare it the document, where something is ripe or due."""
    due_at = poll.page_dates.due_at
    if not any(one.is_ripe for one in poll.returned) and (due_at is None or due_at > now):
        return poll
    return replace(poll, etag=None, last_modified=None, body_hash=None, prints=b"")
