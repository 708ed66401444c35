"""Looks at articles' pages again, where a source is set to `check_pages`: a page that is gone for good withdraws its article."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from db.store import Store
from feeds.ingest.poll.visits import VisitTools, get_page
from feeds.model.fetched import Failed
from feeds.model.kept import PageCheck
from feeds.model.withdrawals import GONE

BATCH = 10
FIRST_AFTER = timedelta(days=1)
AGAIN_AFTER = timedelta(days=7)
UNTIL = timedelta(days=90)
REASON = "its page is gone for good"


async def check_batch(
    in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]], tools: VisitTools, now: datetime
) -> int:
    """How many articles' pages were looked at: once after a day, then weekly, for three months.

    Only 410 takes an article back; what cannot be reached, or is closed by robots.txt, stays.
    """
    due: tuple[PageCheck, ...] = await in_store(
        lambda store: store.articles.pages_to_check(
            seen_before=now - FIRST_AFTER,
            seen_since=now - UNTIL,
            checked_before=now - AGAIN_AFTER,
            most=BATCH,
        )
    )
    for one in due:
        found = await get_page(one.source, one.url, tools)
        is_gone = isinstance(found, Failed) and found.state == "gone"
        await in_store(lambda store: _note(store, one.article_id, tools.clock(), is_gone=is_gone))  # noqa: B023
    return len(due)


def _note(store: Store, article_id: int, now: datetime, *, is_gone: bool) -> None:
    with store.write():
        store.articles.note_checked(article_id, now)
        if is_gone:
            store.articles.withdraw(article_id, reason=REASON, now=now, word=GONE)
