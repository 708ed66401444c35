"""The outbox: written with the change, one row for each receiver, told once, tried again, given up, fenced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.store import Store
from feeds.actions.delivering.deliveries import (
    How,
    Letter,
    Sender,
    SendTools,
    tidy_deliveries,
    watch_deliveries,
)
from feeds.actions.delivering.dispatch import LONGEST_PAUSE, SILENT_AFTER, Dispatcher, pause_after
from feeds.http.requests import Request
from feeds.model.declarations import Declarations
from feeds.model.deliveries import EVERY_FEED, Delivery, HostClaim, Noted, Receiver, Sent
from feeds.model.fetched import Failed
from feeds.model.outgoing import FeedKey
from feeds.model.settings import Settings
from feeds.text.urls import host_of
from tests.conftest import open_store
from tests.fakes import FakeWeb, Newsroom, item, rss

URL = "https://harbour.example/feed"
SETTINGS = Settings(path=Path("config.toml"), declarations=Declarations())


@dataclass(slots=True)
class Post:
    """A kind of delivery for tests: posts the subject and the key to the receiver, and remembers what became of it."""

    became: list[tuple[str, How]] = field(default_factory=list)

    def sender(self, patience: timedelta = timedelta(days=1)) -> Sender:
        return Sender(letters=self.letters, noted=self.noted, patience=patience)

    def letters(
        self, store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime
    ) -> list[Letter]:
        held = store.deliveries.receivers_of([one.receiver_id for one in several])
        return [
            Letter(
                deliveries=(one,),
                request=Request(
                    url=held[one.receiver_id].url,
                    method="POST",
                    body=one.subject.encode(),
                    headers=(("Idempotency-Key", one.key),),
                    timeout=timedelta(seconds=5),
                    max_bytes=1000,
                ),
            )
            for one in several
            if held[one.receiver_id].state != "ended"
        ]

    def noted(self, store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
        self.became += [(one.subject, how) for one in letter.deliveries]


@dataclass(slots=True)
class Desk:
    """A newsroom with an outbox."""

    room: Newsroom
    post: Post = field(default_factory=Post)
    out: FakeWeb = field(default_factory=FakeWeb)

    def receiver(self, url: str, feed_id: int = 0, kind: str = "post") -> Receiver:
        self.out.put(url, "", status=204)
        return self.room.store.deliveries.put_receiver(
            Receiver(
                kind=kind,
                url=url,
                host=host_of(url),
                domain=host_of(url),
                feed_id=feed_id or self.all_feed(),
                state="live",
                asked_at=self.room.clock(),
            )
        )

    def all_feed(self) -> int:
        self.room.store.feeds.info(FeedKey(kind="all"))
        (row,) = self.room.store.engine.rows("SELECT id FROM feeds WHERE kind = 'all'")
        return int(row["id"])

    def dispatcher(self, owner: str = "one", store: Store | None = None) -> Dispatcher:
        held = store or self.room.store

        async def in_store(work: Callable[[Store], Any]) -> Any:
            return work(held)

        tools = SendTools(
            transport=self.out, settings=SETTINGS, clock=self.room.clock, new_secret=lambda: "secret"
        )
        return Dispatcher(
            in_store=in_store,
            in_renderer=in_store,
            senders={"post": self.post.sender()},
            tools=tools,
            chance=lambda: 0.5,
            owner=owner,
        )

    def send(self, **span: float) -> list[str]:
        """After the span, all that is due is sent; returns the addresses."""
        self.room.clock.move(**span)
        self.out.asked.clear()
        asyncio.run(self.dispatcher().drain())
        return [one.url for one in self.out.asked]

    def keys(self) -> list[str]:
        return [dict(one.headers)["Idempotency-Key"] for one in self.out.asked]

    def news(self, *numbers: int) -> None:
        self.room.web.put(URL, rss(*(item(number) for number in numbers)))
        self.room.again()

    def waiting(self) -> list[tuple[str, int]]:
        rows = self.room.store.engine.rows(
            "SELECT host, attempts FROM deliveries WHERE state = 'waiting' ORDER BY id"
        )
        return [(row["host"], row["attempts"]) for row in rows]


@pytest.fixture
def desk(newsroom: Newsroom) -> Desk:
    newsroom.add(URL, rss(item(1)))
    newsroom.round()
    return Desk(newsroom)


def test_a_change_makes_one_delivery_for_each_receiver_of_the_feed_in_the_transaction_that_numbers_it(
    desk: Desk,
) -> None:
    desk.receiver("https://a.example/cb")
    desk.receiver("https://b.example/cb")
    desk.receiver("https://b.example/other", feed_id=10_000)
    desk.news(1, 2)
    assert desk.waiting() == [("a.example", 0), ("b.example", 0)]
    assert sorted(desk.send()) == ["https://a.example/cb", "https://b.example/cb"]
    assert desk.waiting() == []
    assert desk.send(days=1) == [], "nothing is told twice"


def test_a_number_that_is_not_given_leaves_no_delivery(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.receiver("https://a.example/cb")

    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("the process died here")

    monkeypatch.setattr("db.deliveries.receiving_hosts.wake", broken)
    desk.room.web.put(URL, rss(item(1), item(2)))
    with pytest.raises(RuntimeError, match="died"):
        desk.room.again()
    assert desk.waiting() == []
    monkeypatch.undo()
    desk.room.again()
    assert desk.waiting() == [("a.example", 0)]


def test_changes_while_one_waits_are_told_once_by_the_newest(desk: Desk) -> None:
    receiver = desk.receiver("https://a.example/cb")
    desk.news(1, 2)
    desk.news(1, 2, 3)
    desk.news(1, 2, 3, 4)
    assert len(desk.send()) == 1
    held = desk.room.store.deliveries.receiver(receiver.id)
    assert held is not None
    assert (held.told_seq, held.told_count, held.told_at) == (
        desk.room.store.feeds.info(FeedKey(kind="all")).changed_seq,  # type: ignore[union-attr]
        1,
        desk.room.clock(),
    )


def test_what_changes_while_it_is_sent_is_told_after_it(desk: Desk) -> None:
    desk.receiver("https://a.example/cb")
    desk.news(1, 2)
    (claim,) = claimed(desk.room.store, "one", desk)
    desk.news(1, 2, 3)
    desk.room.store.deliveries.note([told(claim)], desk.room.clock())
    desk.room.store.deliveries.release(
        claim.host, claim.claim_no, rest_until=None, is_taken=True, fault="", kinds={}, now=desk.room.clock()
    )
    assert desk.waiting() == [("a.example", 0)]
    assert len(desk.send()) == 1
    assert desk.keys() != [claim.deliveries[0].key], "other content, another key"


def test_a_failure_is_tried_again_with_doubling_pauses_and_given_up_after_a_day_with_an_alert(
    desk: Desk,
) -> None:
    desk.receiver("https://a.example/cb")
    desk.out.put("https://a.example/cb", "busy", status=500)
    desk.news(1, 2)
    tries, keys = 0, set[str]()
    for _ in range(26 * 12):
        tries += len(desk.send(minutes=5))
        keys.update(desk.keys())
    assert 8 < tries < 20
    assert len(keys) == 1, "the same delivery bears the same key"
    assert desk.waiting() == []
    store, now = desk.room.store, desk.room.clock()
    watch_deliveries(store, {"post": desk.post.sender()}, now)
    (alert,) = [one for one in store.alerts.open_ones() if one.kind == "deliveries"]
    assert alert.subject == "a.example"
    assert "It answered 500. busy" in alert.message
    assert desk.post.became[-1][1] == "given-up"
    desk.out.put("https://a.example/cb", "", status=204)
    desk.news(1, 2, 3)
    assert len(desk.send()) == 1, "the next change is a delivery of its own"
    tidy_deliveries(store, desk.room.clock.move(days=8))
    watch_deliveries(store, {"post": desk.post.sender()}, desk.room.clock())
    assert [one for one in store.alerts.open_ones() if one.kind == "deliveries"] == []


def test_pauses_double_up_to_a_limit_and_are_scattered() -> None:
    pauses = [pause_after(number, 0.5) for number in range(1, 14)]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    assert pauses[-1] == LONGEST_PAUSE
    assert pause_after(1, 0.0) < pause_after(1, 0.99)


def test_retry_after_is_obeyed_and_410_ends_it(desk: Desk) -> None:
    desk.receiver("https://a.example/cb")
    desk.receiver("https://b.example/cb")
    desk.out.put("https://a.example/cb", "", status=429, Retry_After="3600")
    desk.out.put("https://b.example/cb", "", status=410)
    desk.news(1, 2)
    assert len(desk.send()) == 2
    assert desk.send(minutes=59) == []
    assert desk.send(minutes=2) == ["https://a.example/cb"]
    assert ("dropped" in [how for _, how in desk.post.became]) is True


def test_a_host_that_does_not_answer_costs_a_few_tries_and_rests_while_others_are_told(desk: Desk) -> None:
    for number in range(40):
        desk.receiver(f"https://dead.example/{number}")
        desk.out.pages[f"https://dead.example/{number}"] = Failed(url="", state="unreachable", detail="dead")
    desk.receiver("https://well.example/cb")
    desk.news(1, 2)
    asked = desk.send()
    assert "https://well.example/cb" in asked
    assert SILENT_AFTER <= len(asked) - 1 <= SILENT_AFTER + 8
    assert desk.send(seconds=20) == [], "it rests"
    assert 0 < len(desk.send(seconds=20)) < 20
    tallies = {one.host: one for one in desk.room.store.deliveries.tallies()}
    assert (tallies["dead.example"].failure_count, tallies["dead.example"].detail) == (2, "dead")
    assert tallies["well.example"].failure_count == 0
    for _ in range(30):
        desk.send(hours=1)
    assert desk.waiting() == [], "also what was never tried is given up after a day"
    assert desk.room.store.deliveries.given_up()["dead.example"][0] == 40


def test_of_one_receiver_what_is_older_goes_first_and_is_waited_for(desk: Desk) -> None:
    receiver = desk.receiver("https://a.example/cb")
    store, clock = desk.room.store, desk.room.clock
    desk.out.put("https://a.example/cb", "", status=500)
    for seq, subject in enumerate(("first", "second", "third")):
        store.deliveries.add(receiver, subject=subject, seq=seq, now=clock())
    desk.send()
    assert [one.body for one in desk.out.asked] == [b"first"]
    store.deliveries.add(receiver, subject="fourth", seq=9, now=clock())
    assert desk.send() == [], "nothing overtakes it"
    desk.out.put("https://a.example/cb", "", status=204)
    desk.send(minutes=1)
    assert [one.body for one in desk.out.asked] == [b"first", b"second", b"third", b"fourth"]


def test_one_who_is_told_of_every_feed_is_told_of_each_that_changed(desk: Desk) -> None:
    receiver = desk.receiver("https://hub.example/")
    store = desk.room.store
    store.engine.run(
        "UPDATE receivers SET feed_id = :every WHERE id = :id", {"every": EVERY_FEED, "id": receiver.id}
    )
    desk.news(1, 2)
    rows = store.engine.rows(
        "SELECT kind FROM feeds WHERE id IN (SELECT CAST(subject AS INTEGER) FROM deliveries)"
    )
    assert sorted(row["kind"] for row in rows) == ["all", "source"]


def test_who_ended_is_told_nothing_and_what_waited_is_dropped(desk: Desk) -> None:
    receiver = desk.receiver("https://a.example/cb")
    desk.news(1, 2)
    desk.room.store.engine.run("UPDATE receivers SET state = 'ended'")
    assert desk.send() == []
    assert desk.waiting() == []
    desk.news(1, 2, 3)
    assert desk.waiting() == []
    assert desk.post.became == []
    assert desk.room.store.deliveries.receivers_of([receiver.id])[receiver.id].told_count == 0


def test_a_host_is_one_schedulers_at_a_time_and_who_lost_it_notes_nothing(
    desk: Desk, database_url: str
) -> None:
    desk.receiver("https://a.example/cb")
    desk.news(1, 2)
    other = open_store(database_url)
    try:
        (first,) = claimed(desk.room.store, "one", desk)
        assert claimed(other, "two", desk) == ()
        desk.room.clock.move(minutes=2)
        (second,) = claimed(other, "two", desk)
        assert second.claim_no > first.claim_no
        assert second.deliveries[0].key == first.deliveries[0].key, "what a crash repeats bears the same key"
        assert desk.room.store.deliveries.note([told(first)], desk.room.clock()) == ()
        assert len(other.deliveries.note([told(second)], desk.room.clock())) == 1
        assert desk.waiting() == []
    finally:
        other.close()


def test_a_lease_that_is_over_ends(desk: Desk) -> None:
    receiver = desk.receiver("https://a.example/cb")
    desk.room.store.engine.run("UPDATE receivers SET until_at = 1")
    tidy_deliveries(desk.room.store, desk.room.clock())
    held = desk.room.store.deliveries.receiver(receiver.id)
    assert held is not None
    assert (held.state, held.detail) == ("ended", "its lease ended")
    tidy_deliveries(desk.room.store, desk.room.clock.move(days=8))
    assert desk.room.store.deliveries.receiver(receiver.id) is None


def claimed(store: Store, owner: str, desk: Desk) -> tuple[HostClaim, ...]:
    now = desk.room.clock()
    return store.deliveries.claim(
        owner=owner, now=now, until=now + timedelta(minutes=1), most_hosts=10, most_failing=10, most_each=10
    )


def told(claim: HostClaim) -> Noted:
    return Noted(delivery=claim.deliveries[0], claim_no=claim.claim_no, how="told")


def test_a_kind_that_this_program_does_not_know_waits_for_one_that_does(desk: Desk) -> None:
    receiver = desk.receiver("https://a.example/cb")
    desk.room.store.deliveries.add(receiver, subject="x", seq=1, now=desk.room.clock(), kind="of-tomorrow")
    assert desk.send() == []
    assert desk.waiting() == [("a.example", 1)]
    desk.news(1, 2)
    assert desk.send() == ["https://a.example/cb"], "others are told meanwhile"
