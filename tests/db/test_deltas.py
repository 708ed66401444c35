"""Delta sync: whoever plays a feed's changes back in their order holds exactly what the feed holds."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from db.store import Store
from feeds.actions.editing import withdrawals
from feeds.actions.publishing.publish import publish_touched
from feeds.model.deltas import DeltaPage, Place
from feeds.model.outgoing import DocumentEntry, FeedKey
from feeds.model.passed_on import COLUMNS
from feeds.publish.compose import compose_entry
from tests import postgres
from tests.conftest import open_store
from tests.db.test_walks import SITE, WALKS, Walk
from tests.fakes import NOON, Newsroom, item, rss

ALL = FeedKey(kind="all")
_numbers = itertools.count()
PARTS = {
    "title": ("title", "source"),
    "summary": ("summary", "text", "source"),
    "content_html": ("text", "pictures", "source", "url"),
    "published_at": ("dates",),
    "updated_at": ("dates",),
    "authors": ("authors",),
    "topics": ("topics",),
    "categories": ("labels", "topics"),
    "enclosures": ("files",),
    "images": ("pictures",),
    "language": ("language",),
    "rights": ("rights", "source"),
    "subjects": ("topics",),
    "url": ("url",),
    "source": ("source", "dates"),
    **{name: (one.part,) for name, one in COLUMNS.items()},
}
"""Which fields may be named where a part of the shown entry is another one."""


@dataclass(slots=True)
class Replay:
    """Somebody who keeps a copy of one feed by its changes alone."""

    key: FeedKey
    place: Place | None = None
    held: dict[int, DocumentEntry] = field(default_factory=dict)
    told: list[tuple[str, int, tuple[str, ...]]] = field(default_factory=list)
    is_exact: bool = True
    """Asks till the end each time, so that what changed is measured by what is held."""

    def ask(self, store: Store, most: int) -> bool:
        """One page; True if there is more."""
        page = store.deltas.page(self.key, self.place, most=most)
        assert isinstance(page, DeltaPage)
        assert [one.seq for one in page.deltas] == sorted(one.seq for one in page.deltas)
        for one in page.deltas:
            self.told.append((one.kind, one.article_id, one.fields))
            if one.article is None:
                self.held.pop(one.article_id, None)
                continue
            shown = compose_entry(one.article, SITE, excerpt_chars=280)
            if one.kind == "changed" and self.is_exact:
                former = self.held[one.article_id]
                for part, names in PARTS.items():
                    is_same = getattr(former, part) == getattr(shown, part)
                    assert is_same or set(names) & set(one.fields), (part, one.fields, former, shown)
            self.held[one.article_id] = compose_entry(one.article, SITE, excerpt_chars=280)
        before = self.place.position if self.place else 0
        assert page.place.position > before or not page.has_more
        self.place = page.place
        return page.has_more

    def catch_up(self, store: Store, most: int = 50) -> list[tuple[str, int, tuple[str, ...]]]:
        """Asks until there is no more; what was told on the way."""
        self.told.clear()
        while self.ask(store, most):
            pass
        return list(self.told)


def held_by(store: Store, key: FeedKey) -> dict[int, DocumentEntry]:
    page = store.feeds.page(key, entries=500, window=timedelta(days=2), most=500)
    assert page is not None
    return {one.id: compose_entry(one, SITE, excerpt_chars=280) for one in page.articles}


class DeltaWalk(Walk):
    """The walk over everything that changes what feeds hold; replaying clients come along at their own pace."""

    def __init__(self) -> None:
        self.clients: dict[str, list[Replay]] = {}
        self.chance = Random(7)
        super().__init__()

    @invariant()
    def clients_hold_what_feeds_hold(self) -> None:
        while self.store.feeds.number_touched(self.now, self.chance.choice((1, 2, 3, 50))):
            # The tick numbers part by part, and somebody may ask between two of them.
            for _, late in self.clients.values():
                if self.store.feeds.info(late.key) is not None:
                    late.ask(self.store, self.chance.randint(1, 3))
        publish_touched(self.store, self.now)
        assert self.store.feeds.retell(self.now, 1) == 0
        for info in self.store.feeds.every():
            several = self.clients.setdefault(
                info.feed_urn, [Replay(key=info.key), Replay(key=info.key, is_exact=False)]
            )
            for client in several:
                client.key = info.key
            steady, late = several
            if self.chance.random() < 0.5:
                # Comes for one page, goes away, and comes back to it when more has happened.
                late.ask(self.store, self.chance.randint(1, 3))
            steady.catch_up(self.store, self.chance.randint(1, 7))
            assert steady.held == held_by(self.store, info.key), info.key
            assert steady.catch_up(self.store) == []
            if self.chance.random() < 0.2:
                late.catch_up(self.store, self.chance.randint(1, 7))
                assert late.held == steady.held, info.key
            first = Replay(key=info.key)
            told = first.catch_up(self.store, self.chance.randint(1, 7))
            assert first.held == steady.held
            assert all(kind == "entered" for kind, _, _ in told), told
            assert len({one for _, one, _ in told}) == len(told)


def walks(opened: Callable[[], Any], count: int) -> None:
    machine = type("DeltaWalk", (DeltaWalk,), {"opened": staticmethod(opened)})
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=WALKS or count,
            stateful_step_count=30,
            derandomize=not WALKS,
            phases=(Phase.generate,),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_replaying_over_sqlite_leaves_our_state(tmp_path: Path, sqlite_template: Path) -> None:
    @contextmanager
    def opened() -> Iterator[Newsroom]:
        path = tmp_path / f"walk-{next(_numbers)}.db"
        store = open_store(str(shutil.copy(sqlite_template, path)))
        yield Newsroom(store)
        store.close()

    walks(opened, 5)


def test_replaying_over_postgres_leaves_our_state(postgres_server: str) -> None:
    @contextmanager
    def opened() -> Iterator[Newsroom]:
        with postgres.database(postgres_server, f"delta_{os.getpid()}_{next(_numbers)}") as url:
            store = open_store(url)
            yield Newsroom(store)
            store.close()

    walks(opened, 2)


def test_each_change_is_told_once_with_its_fields(newsroom: Newsroom) -> None:
    address = "https://harbour.example/feed"
    newsroom.add(address, rss(item(1), item(2), item(3)))
    newsroom.round()
    store, client = newsroom.store, Replay(key=ALL)
    assert [kind for kind, _, _ in client.catch_up(store, most=2)] == ["entered"] * 3
    newsroom.web.put(address, rss(item(1, title="Ferry stopped"), item(2, body="Other words."), item(3)))
    newsroom.again()
    told = {one: (kind, fields) for kind, one, fields in client.catch_up(store)}
    assert told == {1: ("changed", ("dates", "title")), 2: ("changed", ("dates", "text"))}
    newsroom.web.put(address, rss(item(1, title="Ferry runs"), item(2, body="Other words."), item(3)))
    newsroom.again()
    withdrawals.withdraw(store, 2, "a mistake", newsroom.clock())
    publish_touched(store, newsroom.clock())
    late = client.catch_up(store, most=1)
    assert [(kind, one) for kind, one, _ in late] == [("changed", 1), ("withdrawn", 2)]
    assert client.held == held_by(store, ALL)
    withdrawals.restore(store, 2, newsroom.clock())
    publish_touched(store, newsroom.clock())
    assert [(kind, one) for kind, one, _ in client.catch_up(store)] == [("entered", 2)]


def test_what_came_and_went_between_two_looks_is_not_told(newsroom: Newsroom) -> None:
    newsroom.add("https://harbour.example/feed", rss(item(1)))
    newsroom.round()
    client = Replay(key=ALL)
    client.catch_up(newsroom.store)
    newsroom.web.put("https://harbour.example/feed", rss(item(1), item(2, date=NOON)))
    newsroom.again()
    withdrawals.withdraw(newsroom.store, 2, "a mistake", newsroom.clock())
    publish_touched(newsroom.store, newsroom.clock())
    assert client.catch_up(newsroom.store) == []
