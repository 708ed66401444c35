"""Webhooks of partners: what they are told, in which order, how it is signed, and receivers that do not take it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from db.store import Store
from feeds.actions.delivering import webhook_tests, webhooks
from feeds.actions.delivering.deliveries import SendTools, watch_deliveries
from feeds.actions.delivering.dispatch import Dispatcher
from feeds.actions.delivering.senders import SENDERS
from feeds.actions.editing import withdrawals
from feeds.actions.publishing.publish import publish_touched
from feeds.clock import Clock, system_clock
from feeds.errors import RequestError
from feeds.model.articles import TopicRule
from feeds.model.declarations import Declarations
from feeds.model.partners import Partner, PartnerSpec
from feeds.model.people import Actor
from feeds.model.settings import FetchSettings, Settings, SiteSettings
from parts.polling import open_transport
from tests.fakes import NOON, Newsroom, item, rss
from tests.receivers import Arrived, Receivers, receivers

URL = "https://harbour.example/feed"
SETTINGS = Settings(
    path=Path("config.toml"),
    site=SiteSettings(base_url="https://reader.example"),
    fetch=FetchSettings(allow=("127.0.0.0/8",)),
    declarations=Declarations(),
)
ACTOR = Actor(name="Ada", via="command")


@dataclass(slots=True)
class Desk:
    """A newsroom with a partner that is told by webhook."""

    room: Newsroom
    there: Receivers
    secrets: list[str] = field(default_factory=list)
    settings: Settings = SETTINGS

    def partner(self, *paths: str, slug: str = "daily", **said: Any) -> Partner:
        """A partner with these paths of the receivers as webhooks, and a secret."""
        urls = tuple(self.there.url(path) for path in paths or ("/hook",))
        spec = PartnerSpec(slug=slug, name="The Daily", webhooks=urls, **said)
        made = self.room.store.partners.put(spec, origin="admin", now=self.room.clock())
        self.new_secret(slug)
        return made

    def new_secret(self, slug: str = "daily") -> str:
        number = len(self.secrets)
        made = webhooks.new_webhook_secret(
            self.room.store,
            slug,
            lambda count: bytes([number]) * count,
            actor=ACTOR,
            settings=self.settings,
            now=self.room.clock(),
        )
        self.secrets.append(made)
        return made

    def news(self, *stories: str) -> None:
        """The source tells these items."""
        self.room.web.put(URL, rss(*stories))
        self.room.again()

    def withdraw(self, number: int, reason: str = "Wrong") -> None:
        now = self.room.clock()
        withdrawals.withdraw(self.room.store, number, reason, now)
        publish_touched(self.room.store, now)

    def send(self, *, timeout: float = 10, **span: float) -> list[Arrived]:
        """After the span, all that is due is sent; returns what arrived."""
        if span:
            self.room.clock.move(**span)
        before = len(self.there.arrived)
        asyncio.run(self._drain(timeout))
        return self.there.arrived[before:]

    async def _drain(self, timeout: float) -> None:
        async def in_store(work: Callable[[Store], Any]) -> Any:
            return work(self.room.store)

        tools = tools_of(self.settings, self.room.clock)
        dispatcher = Dispatcher(
            in_store=in_store,
            in_renderer=in_store,
            senders=SENDERS,
            tools=tools,
            chance=lambda: 0.5,
            owner="one",
            timeout=timedelta(seconds=timeout),
        )
        await dispatcher.drain()
        await tools.transport.close()

    def waiting(self) -> int:
        return self.room.store.deliveries.waiting()[0]


def tools_of(settings: Settings, clock: Clock) -> SendTools:
    return SendTools(
        transport=open_transport(settings), settings=settings, clock=clock, new_secret=lambda: "secret"
    )


def told(several: list[Arrived]) -> list[tuple[str, str]]:
    """Type and title, or id, of each message."""
    found = []
    for one in several:
        message = json.loads(one.body)
        article = message["data"].get("article")
        found.append((message["type"], article["title"] if article else ""))
    return found


@pytest.fixture
def desk(newsroom: Newsroom) -> Iterator[Desk]:
    newsroom.store.topics.put(
        slug="harbour",
        title="The harbour",
        description="",
        rule=TopicRule(phrases=("submarine",)),
        origin="admin",
        now=newsroom.clock(),
    )
    newsroom.add(URL, rss(item(1)))
    newsroom.round()
    with receivers() as there:
        yield Desk(newsroom, there)


def test_what_enters_changes_and_is_withdrawn_is_told_one_by_one_in_order_and_signed(desk: Desk) -> None:
    desk.partner()
    assert desk.send() == [], "what was there before is not told"
    desk.news(item(1), item(2), item(3))
    first = desk.send()
    assert sorted(told(first)) == [("article.entered", "Story 2"), ("article.entered", "Story 3")]
    desk.news(item(1, title="Another title"), item(2), item(3))
    desk.withdraw(2, "It was wrong.")
    second = desk.send()
    assert told(second) == [("article.changed", "Another title"), ("article.withdrawn", "")]
    changed, withdrawn = (json.loads(one.body) for one in second)
    assert "title" in changed["data"]["fields"]
    assert withdrawn["data"]["sentence"].endswith(": It was wrong.")
    assert (withdrawn["feed"], withdrawn["data"]["article"]) == ("all", None)
    seqs = [json.loads(one.body)["seq"] for one in (*first, *second)]
    assert seqs == sorted(seqs)
    ids = [one.headers["webhook-id"] for one in (*first, *second)]
    assert len(set(ids)) == 4
    for one in (*first, *second):
        at = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
        signed = Webhook(desk.secrets[0]).sign(one.headers["webhook-id"], at, one.body.decode())
        assert one.headers["webhook-signature"] == signed
        assert one.headers["content-type"] == "application/json"
    assert desk.send(hours=1) == []
    assert desk.waiting() == 0


def test_only_chosen_events_and_feeds_are_told(desk: Desk) -> None:
    desk.partner(feeds=("topics/harbour", "mix/topics/harbour/languages/en"), webhook_events=("withdrawn",))
    desk.news(item(1), item(2, title="A submarine"), item(3))
    assert desk.send() == []
    assert desk.waiting() == 0
    desk.withdraw(2)
    desk.withdraw(3)
    (only,) = desk.send()
    assert told([only]) == [("article.withdrawn", "")]
    assert json.loads(only.body)["feed"] == "topics/harbour"


@pytest.mark.parametrize("form", ["json", "jsonfeed", "ninjs"])
def test_no_form_shows_more_than_the_share(desk: Desk, form: Any) -> None:
    desk.partner(share="headline", webhook_form=form)
    desk.news(item(1), item(2, body="The secret depth of the harbour."))
    desk.withdraw(1)
    entered, withdrawn = desk.send()
    assert b"Story 2" in entered.body
    assert b"secret depth" not in entered.body
    data = json.loads(entered.body)["data"]
    urn = json.loads(withdrawn.body)["data"]
    if form == "jsonfeed":
        assert (data["id"][:9], data["title"]) == ("urn:uuid:", "Story 2")
        assert urn["_feedwright"]["ended_at"]
    elif form == "ninjs":
        assert (data["pubStatus"], urn["pubStatus"]) == ("usable", "canceled")
    else:
        assert (data["article"]["share"], data["article"]["content_html"]) == ("headline", "")


def test_what_is_not_taken_is_told_again_under_the_same_id_and_what_was_taken_is_not(desk: Desk) -> None:
    desk.partner("/hook", "/well")
    desk.there.status["/hook"] = 500
    desk.news(item(1), item(2), item(3))
    first = desk.send()
    assert [one.path for one in first].count("/well") == 2
    (failed,) = [one for one in first if one.path == "/hook"]
    desk.there.status["/hook"] = 200
    again = desk.send(minutes=5)
    assert [one.path for one in again] == ["/hook", "/hook"]
    assert again[0].headers["webhook-id"] == failed.headers["webhook-id"]
    assert again[0].body == failed.body
    assert again[0].headers["webhook-timestamp"] != failed.headers["webhook-timestamp"]
    assert desk.send(hours=1) == []


def test_a_redirect_is_not_followed_and_a_huge_answer_is_not_read(desk: Desk) -> None:
    desk.partner()
    desk.there.status["/hook"], desk.there.moved["/hook"] = 307, desk.there.url("/elsewhere")
    desk.news(item(1), item(2))
    assert [one.path for one in desk.send()] == ["/hook"]
    (receiver,) = desk.room.store.deliveries.receivers(webhooks.WEBHOOK)
    assert "307" in receiver.detail or "redirect" in receiver.detail
    desk.there.status["/hook"], desk.there.bodies["/hook"] = 200, b"x" * 3_000_000
    desk.send(minutes=5)
    assert desk.waiting() == 1
    desk.there.bodies["/hook"] = b"taken"
    desk.send(minutes=30)
    assert desk.waiting() == 0


def test_a_receiver_that_answers_nothing_is_tried_again(desk: Desk) -> None:
    desk.partner()
    desk.there.hangs.add("/hook")
    desk.news(item(1), item(2))
    desk.send(timeout=0.3)
    assert desk.waiting() == 1
    desk.there.hangs.clear()
    assert told(desk.send(minutes=5)) == [("article.entered", "Story 2")]


def test_what_was_given_up_is_told_with_the_next_change(desk: Desk) -> None:
    desk.partner()
    desk.there.status["/hook"] = 500
    desk.news(item(1), item(2))
    for _ in range(30):
        desk.send(hours=1)
    assert desk.waiting() == 0
    watch_deliveries(desk.room.store, SENDERS, desk.room.clock())
    assert [one.kind for one in desk.room.store.alerts.open_ones()] == ["deliveries"]
    desk.there.status["/hook"] = 200
    desk.news(item(1), item(2), item(3))
    assert [title for _, title in told(desk.send())] == ["Story 2", "Story 3"]


def test_who_answers_410_is_told_nothing_more_until_a_replay(desk: Desk) -> None:
    desk.partner()
    begun = desk.room.clock.move(minutes=1)
    desk.there.status["/hook"] = 410
    desk.news(item(1), item(2))
    assert len(desk.send()) == 1
    desk.news(item(1), item(2), item(3))
    webhooks.sync_webhooks(desk.room.store, SETTINGS, desk.room.clock())
    assert desk.send(hours=1) == []
    desk.there.status["/hook"] = 200
    assert webhooks.replay(desk.room.store, "daily", begun, settings=SETTINGS, now=desk.room.clock()) == 1
    assert [title for _, title in told(desk.send())] == ["Story 2", "Story 3"]


def test_many_changes_are_told_in_several_deliveries_each_once(desk: Desk) -> None:
    desk.partner()
    numbers = range(1, 2 * webhooks.MOST_MESSAGES + 8)
    desk.news(*(item(number) for number in numbers))
    found = desk.send()
    assert sorted(title for _, title in told(found)) == sorted(f"Story {number}" for number in numbers[1:])
    assert {kind for kind, _ in told(found)} == {"article.entered"}


def test_a_replay_tells_the_last_days_again_under_the_same_ids(desk: Desk) -> None:
    desk.partner()
    desk.news(item(1), item(2))
    desk.send()
    desk.room.clock.move(days=2)
    between = desk.room.clock()
    desk.news(item(1), item(2), item(3))
    desk.withdraw(1)
    before = desk.send()
    desk.room.clock.move(days=1)
    now = desk.room.clock()
    assert webhooks.replay(desk.room.store, "daily", between, settings=SETTINGS, now=now) == 1
    again = desk.send()
    assert [one.headers["webhook-id"] for one in again] == [one.headers["webhook-id"] for one in before]
    assert [one.body for one in again] == [one.body for one in before]
    with pytest.raises(RequestError, match="seven days"):
        webhooks.replay(desk.room.store, "daily", now - timedelta(days=8), settings=SETTINGS, now=now)


def test_what_a_dying_process_sent_and_did_not_note_is_sent_again_under_the_same_id(desk: Desk) -> None:
    desk.partner()
    desk.news(item(1), item(2))
    store = desk.room.store
    store.engine.run("CREATE TABLE kept_deliveries AS SELECT * FROM deliveries")
    place = store.deliveries.receivers(webhooks.WEBHOOK)[0].place
    (first,) = desk.send()
    # As it was before anything was noted.
    store.engine.run("INSERT INTO deliveries SELECT * FROM kept_deliveries")
    store.engine.run("UPDATE receivers SET place = :place", {"place": place})
    store.engine.run("UPDATE receiving_hosts SET next_due_at = 0")
    (again,) = desk.send(minutes=2)
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    assert again.body == first.body


def test_a_new_secret_signs_beside_the_former_one_for_a_day(desk: Desk) -> None:
    desk.partner()
    desk.new_secret()
    desk.news(item(1), item(2))
    (both,) = desk.send()
    at = datetime.fromtimestamp(int(both.headers["webhook-timestamp"]), UTC)
    signed = [Webhook(one).sign(both.headers["webhook-id"], at, both.body.decode()) for one in desk.secrets]
    assert both.headers["webhook-signature"].split() == signed[::-1]
    desk.room.clock.move(days=1)
    desk.news(item(1), item(2), item(3))
    (one,) = desk.send()
    assert len(one.headers["webhook-signature"].split()) == 1


def test_nobody_is_told_who_ended_or_is_not_named_any_more(desk: Desk) -> None:
    desk.partner(ends_on=(NOON + timedelta(days=1)).date())
    desk.news(item(1), item(2))
    assert len(desk.send()) == 1
    desk.room.clock.move(days=3)
    desk.news(item(1), item(2), item(3))
    assert desk.send() == []
    partner = desk.room.store.partners.get("daily")
    assert partner is not None
    spec = replace(partner.spec, ends_on=None)
    desk.room.store.partners.put(spec, origin="admin", now=desk.room.clock())
    desk.news(item(1), item(2), item(3), item(4))
    assert [title for _, title in told(desk.send())] == ["Story 3", "Story 4"], "nothing was lost"
    desk.room.store.partners.put(replace(spec, webhooks=()), origin="admin", now=desk.room.clock())
    webhooks.sync_webhooks(desk.room.store, SETTINGS, desk.room.clock())
    desk.news(item(1), item(2), item(3), item(4), item(5))
    assert desk.send() == []


def test_our_own_site_and_private_addresses_are_never_told(desk: Desk) -> None:
    spec = PartnerSpec(slug="daily", name="D", webhooks=("https://reader.example/hub", "http://10.0.0.7/x"))
    desk.room.store.partners.put(spec, origin="admin", now=desk.room.clock())
    desk.new_secret()
    (receiver,) = desk.room.store.deliveries.receivers(webhooks.WEBHOOK)
    assert receiver.url == "http://10.0.0.7/x"
    desk.news(item(1), item(2))
    desk.send()
    (receiver,) = desk.room.store.deliveries.receivers(webhooks.WEBHOOK)
    assert receiver.told_count == 0
    assert receiver.detail


def test_a_test_message_is_signed_so_that_the_reference_library_believes_it(desk: Desk) -> None:
    desk.partner("/hook", "/broken")
    desk.there.status["/broken"] = 503

    async def tried() -> list[tuple[str, Any]]:
        tools = tools_of(SETTINGS, system_clock)
        try:
            return await webhook_tests.send_test(desk.room.store, "daily", tools, lambda: "1")
        finally:
            await tools.transport.close()

    (_, well), (_, broken) = asyncio.run(tried())
    assert (well.is_taken, broken.is_taken, broken.status) == (True, False, 503)
    message = desk.there.sent("/hook")[0]
    said = Webhook(desk.secrets[0]).verify(message.body.decode(), message.headers)
    assert said["type"] == "test"
