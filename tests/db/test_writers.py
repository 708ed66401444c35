"""Several writers at once, each with its own connection: one gap-free order, no deadlock, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering.poll import save_polls
from feeds.actions.publishing.publish import publish_touched
from feeds.ingest.poll.drafts import make_drafts
from feeds.ingest.poll.pipeline import Polled
from feeds.ingest.poll.tasks import ParseTask
from feeds.model.articles import DraftFeed, TopicRule
from feeds.model.fetched import Fetched
from feeds.model.incoming import DueSource
from feeds.model.outgoing import FeedKey
from tests.conftest import open_store
from tests.fakes import NO_PAUSE, NOON, item, rss

WRITERS, ROUNDS, ENTRIES = 4, 6, 10


def test_four_writers_publish_in_one_gap_free_order(database_url: str) -> None:
    store = open_store(database_url)
    store.topics.put(
        slug="ferries",
        title="Ferries",
        description="",
        rule=TopicRule(phrases=("ferry",)),
        origin="admin",
        now=NOON,
    )
    dues = claimed(store)
    seen: list[list[int]] = [[] for _ in range(WRITERS)]
    together([writer(database_url, dues[place], place, seen[place]) for place in range(WRITERS)])
    publish_touched(store, NOON)
    numbers = [row["seq"] for row in store.engine.rows("SELECT seq FROM touched ORDER BY seq")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(some == sorted(some) for some in seen)
    articles = WRITERS * ROUNDS * ENTRIES
    for kind, slug in (("all", ""), ("topic", "ferries"), ("author", "jane-roe")):
        info = store.feeds.info(FeedKey(kind=kind, slug=slug))  # type: ignore[arg-type]
        assert info is not None
        assert info.article_count == articles, kind
    last = store.engine.rows("SELECT max(changed_seq) AS last FROM feeds")[0]["last"]
    assert last == store.feeds.seq() == len(numbers)
    store.close()


def claimed(store: Store) -> list[DueSource]:
    for place in range(WRITERS):
        store.sources.add(spec_at(f"https://s{place}.harbour.example/feed"), NOON)
    found = store.polls.claim(
        owner="all", now=NOON, until=NOON + timedelta(days=1), most=50, pause=timedelta(0)
    )
    return sorted(found, key=lambda due: due.source.id)


def writer(url: str, due: DueSource, place: int, seen: list[int]) -> Callable[[], None]:
    """Saves documents that share authors and topics with those of the others, and publishes in between."""

    def work() -> None:
        own = open_store(url)
        present = due
        for turn in range(ROUNDS):
            items = [
                item(
                    f"{place}-{turn}-{n}",
                    guid=f"{place}-{turn}-{n}",
                    link=f"https://harbour.example/{place}/{turn}/{n}",
                    extra="<dc:creator>Jane Roe</dc:creator>",
                )
                for n in range(ENTRIES)
            ]
            (saved,) = save_polls(
                own, [polled(present, rss(*items), turn)], settings=NO_PAUSE, chance=lambda: 0.0
            )
            assert saved.report is not None
            assert saved.report.new_count == ENTRIES
            present = replace(present, poll=saved.report.poll)
            publish_touched(own, NOON)
            seen.append(own.feeds.seq())
        own.close()

    return work


def polled(due: DueSource, text: str, turn: int) -> Polled:
    url = due.source.fetch_url
    task = ParseTask(
        body=text.encode(),
        url=url,
        content_type="application/xml",
        source=due.source,
        now=NOON,
        max_entries=100,
    )
    feed = make_drafts(task)
    assert isinstance(feed, DraftFeed)
    fetched = Fetched(url=url, body=task.body, content_type="application/xml", body_hash=f"{url}{turn}")
    return Polled(due=due, result=fetched, feed=feed, at=NOON + timedelta(minutes=turn))


def together(works: list[Callable[[], None]]) -> None:
    errors: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors:
        pytest.fail(f"{len(errors)} writers failed: {errors[0]!r}")
