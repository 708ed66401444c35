"""Feeds that list every article still published (`complete = true`, or `fh:complete` of RFC 5005): an article that leaves such a feed is withdrawn.

Never more than half at once: a document that shrank by accident must not empty our feeds.
"""

from __future__ import annotations

from datetime import datetime

from db.store import Store
from feeds.ingest.poll.pipeline import Polled
from feeds.model.articles import DraftFeed
from feeds.model.incoming import DueSource
from feeds.model.withdrawals import LEFT

KIND = "complete"
REASON = "it left its source's document"
SPARE = 3
"""So many articles may leave at once even if that is more than half: a feed of two may lose both."""


def is_complete(due: DueSource, feed: DraftFeed | None) -> bool:
    """True if articles that the document does not list are to be withdrawn: it is whole, without faults, and says that it is complete."""
    return (
        feed is not None
        and feed.is_complete
        and due.poll.is_imported
        and not feed.faults
        and not feed.is_part
    )


def bring_back(store: Store, polled: Polled) -> None:
    """Publishes articles again that had left a complete feed and are listed in it again."""
    if polled.feed is None or not is_complete(polled.due, polled.feed):
        return
    for article_id in store.polls.returned(polled.due.source, polled.feed.names, word=LEFT):
        store.articles.restore(article_id, polled.at)


def take_back_absent(store: Store, polled: Polled) -> int:
    """Withdraws what a complete document no longer holds; returns how many. Where that is more than half, an alert."""
    due, feed = polled.due, polled.feed
    if feed is None or not is_complete(due, feed):
        return 0
    count = len(feed.names)
    absent = store.polls.absent(due.source, feed.names, most=4 * count + 100)
    # Articles that an admin restored after they had left the feed stay published.
    gone = [article_id for article_id, words in absent if LEFT not in words]
    if len(gone) > max(count, SPARE):
        _warn(store, due, len(gone), count, polled.at)
        return 0
    store.alerts.close(KIND, due.source.slug, polled.at)
    for article_id in gone:
        store.articles.withdraw(article_id, reason=REASON, now=polled.at, word=LEFT)
    return len(gone)


def _warn(store: Store, due: DueSource, gone: int, count: int, now: datetime) -> None:
    store.alerts.open(
        KIND,
        due.source.slug,
        f"{due.source.title} says that its document holds all that stands, and {gone} articles are missing from it"
        f" while it holds {count}. Nothing was withdrawn. If they are to go, withdraw them on the source's page; if the"
        f" document is not complete, ./run source set {due.source.slug} --no-complete",
        now,
    )
