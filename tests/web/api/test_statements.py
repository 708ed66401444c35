"""Statements of partners: what the ledger says is what the raw logs of requests and deliveries say."""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from db.store import Store
from feeds.actions.declaring.partner_keys import make_key
from feeds.actions.editing import withdrawals
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import StoreBusyError
from feeds.model.articles import Tombstone
from feeds.model.partners import PartnerSpec
from feeds.model.statements import LedgerEntry, month_of
from feeds.publish.statements import csv_lines
from tests.feeds.actions.test_webhooks import Desk
from tests.receivers import receivers
from tests.web.api.conftest import FEED, Site
from tests.web.api.conftest import told as document
from web.server.ledger import Ledger


@dataclass(slots=True)
class Partnered:
    """A site with a partner that reads the API and is told by webhook; all of its traffic is logged raw."""

    site: Site
    desk: Desk
    header: dict[str, str]
    partner_id: int
    requests: list[tuple[datetime, Any]] = field(default_factory=list)
    """When, and what was answered."""

    def get(self, path: str, **headers: str) -> Any:
        answer = self.site.get(path, **self.header, **headers)
        if answer.status_code == 200:
            self.requests.append((self.site.newsroom.clock(), answer.json))
        return answer

    @property
    def store(self) -> Store:
        return self.site.newsroom.store

    def flush(self) -> None:
        self.site.app.extensions["feedwright"].ledger.flush(self.store)

    def statement(self, month: str = "2026-11") -> Any:
        self.flush()
        return self.site.json(f"/statement?month={month}", **self.header)

    def raw(self) -> list[tuple[str, str, str, datetime]]:
        """Event, way, urn and time of all that was taken, from the logs alone."""
        found = []
        for at, answer in self.requests:
            if "changes" in answer:
                names = {"entered": "fetched", "changed": "corrected"}
                found += [
                    (names.get(one["change"], one["change"]), "api", one["id"], at)
                    for one in answer["changes"]
                ]
            elif "articles" in answer:
                found += [("fetched", "api", one["id"], at) for one in answer["articles"]]
            elif "content_html" in answer:
                found.append(("fetched", "api", answer["id"], at))
        for sent in self.desk.there.sent():
            if not 200 <= sent.status < 300:
                continue
            message = json.loads(sent.body)
            kind = message["type"].removeprefix("article.")
            event = {"entered": "delivered", "changed": "corrected"}.get(kind, kind)
            at = datetime.fromtimestamp(int(sent.headers["webhook-timestamp"]), UTC)
            found.append((event, "webhook", message["data"]["id"], at))
        return found


@pytest.fixture
def ours(site: Site) -> Iterator[Partnered]:
    store, now = site.newsroom.store, site.newsroom.clock()
    with receivers() as there:
        desk = Desk(site.newsroom, there)
        spec = PartnerSpec(slug="daily", name="The Daily", webhooks=(there.url("/hook"),))
        made = store.partners.put(spec, origin="admin", now=now)
        desk.new_secret()
        key = make_key(store, made, lambda count: bytes(range(count)), now)
        yield Partnered(site, desk, {"Authorization": f"Bearer {key}"}, made.id)


def withdraw(ours: Partnered, number: int) -> str:
    now = ours.site.newsroom.clock()
    urn = withdrawals.withdraw(ours.store, number, "It was wrong.", now).urn
    publish_touched(ours.store, now)
    return urn


def recomputed(
    raw: list[tuple[str, str, str, datetime]], graves: dict[str, datetime], month: str
) -> dict[str, Any]:
    """The statement, counted anew from raw logs."""
    names = ("delivered", "fetched", "corrected", "withdrawn")
    totals, days = defaultdict[str, set[str]](set), defaultdict[str, dict[str, set[str]]](dict)
    for event, _, urn, at in raw:
        if f"{at:%Y-%m}" == month and event in names:
            totals[event].add(urn)
            days[f"{at:%Y-%m-%d}"].setdefault(event, set()).add(urn)
    met = {urn for _, _, urn, _ in raw}

    def first(urn: str, way: str) -> str | None:
        times = [
            at
            for event, by, of, at in raw
            if (by, of) == (way, urn) and event in ("withdrawn", "left") and at >= graves[urn]
        ]
        return f"{min(times):%Y-%m-%dT%H:%M:%SZ}" if times else None

    return {
        "partner": "daily",
        "month": month,
        "totals": {name: len(totals[name]) for name in names},
        "days": [
            {"day": day, **{name: len(counts.get(name, ())) for name in names}}
            for day, counts in sorted(days.items())
        ],
        "withdrawals": [
            {
                "id": urn,
                "withdrawn_at": f"{graves[urn]:%Y-%m-%dT%H:%M:%SZ}",
                "fetched_at": first(urn, "api"),
                "acknowledged_at": first(urn, "webhook"),
            }
            for urn in sorted(graves, key=lambda urn: (graves[urn], urn))
            if urn in met and f"{graves[urn]:%Y-%m}" == month
        ],
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_statements_are_what_raw_logs_say(ours: Partnered, seed: int) -> None:
    chance = random.Random(seed)
    numbers, titles, cursor = [1, 2, 3, 4, 5], dict[str, str](), ""
    graves: dict[str, datetime] = {}
    for turn in range(45):
        what = chance.choice(
            ["new", "edit", "withdraw", "changes", "list", "one", "send", "send", "fail", "wait"]
        )
        if what == "new":
            numbers.append(len(numbers) + 1)
        elif what == "edit":
            titles[f"t{chance.choice(numbers)}"] = f"Title of turn {turn}"
        elif what == "withdraw":
            number = chance.choice(numbers)
            if not isinstance(ours.store.articles.get(number), Tombstone | None):
                graves[withdraw(ours, number)] = ours.site.newsroom.clock()
        elif what == "changes":
            answer = ours.get(f"/changes?feed=all&limit=3{cursor}")
            cursor = f"&since={answer.json['cursor']}"
        elif what == "list":
            ours.get("/articles?limit=4")
        elif what == "one":
            ids = [one["id"] for one in ours.site.json("/articles")["articles"]]
            ours.get(f"/articles/{quote(chance.choice(ids))}")
        elif what in ("send", "fail"):
            ours.desk.there.status["/hook"] = 503 if what == "fail" else 204
            ours.desk.send(hours=1)
        else:
            ours.site.newsroom.clock.move(days=chance.randint(0, 2), hours=5)
        if what in ("new", "edit"):
            ours.site.newsroom.web.put(FEED, document(*numbers, **titles))
            ours.site.newsroom.again(minutes=10)
        if chance.random() < 0.3:
            ours.flush()
    raw = ours.raw()
    assert {event for event, *_ in raw} >= {"fetched", "delivered", "withdrawn"}
    for month in sorted({f"{at:%Y-%m}" for *_, at in raw}):
        assert ours.statement(month) == recomputed(raw, graves, month)


def test_a_withdrawal_that_was_not_told_yet_stands_there_without_a_time(ours: Partnered) -> None:
    ours.get("/articles")
    cursor = ours.site.json("/changes?feed=all")["cursor"]
    urn = withdraw(ours, 2)
    (one,) = ours.statement()["withdrawals"]
    assert (one["id"], one["fetched_at"], one["acknowledged_at"]) == (urn, None, None)
    ours.desk.there.status["/hook"] = 500
    ours.desk.send()
    assert ours.statement()["withdrawals"][0]["acknowledged_at"] is None
    ours.desk.there.status["/hook"] = 204
    ours.desk.send(hours=1)
    ours.site.newsroom.clock.move(hours=2)
    assert ours.get(f"/changes?feed=all&since={cursor}").json["changes"][0]["change"] == "withdrawn"
    (one,) = ours.statement()["withdrawals"]
    acknowledged, fetched = (datetime.fromisoformat(one[name]) for name in ("acknowledged_at", "fetched_at"))
    assert fetched - acknowledged == timedelta(hours=2)


def test_what_is_asked_for_again_the_same_day_or_is_not_new_counts_once(ours: Partnered) -> None:
    etag = ours.get("/articles").headers["ETag"]
    ours.get("/articles")
    assert ours.get("/articles", If_None_Match=etag).status_code == 304
    assert ours.statement()["totals"]["fetched"] == 5
    count = len(list(ours.store.ledger.entries(ours.partner_id, *month_of("2026-11"))))
    assert count == 5
    assert (
        len(
            list(
                csv.reader("".join(csv_lines(ours.store.ledger.latest(ours.partner_id, most=9))).splitlines())
            )
        )
        == 6
    )


def test_nobody_sees_the_statement_of_another(ours: Partnered) -> None:
    assert ours.site.get("/statement?month=2026-11").status_code == 401
    assert ours.site.get("/statement?month=2026-13", **ours.header).status_code == 400
    ours.get("/articles")
    other = ours.store.partners.put(
        PartnerSpec(slug="other", name="O"), origin="admin", now=ours.site.newsroom.clock()
    )
    key = make_key(ours.store, other, lambda count: b"x" * count, ours.site.newsroom.clock())
    ours.flush()
    answer = ours.site.json("/statement?month=2026-11", Authorization=f"Bearer {key}")
    assert (answer["partner"], answer["totals"]["fetched"], answer["days"]) == ("other", 0, [])


def test_who_asks_without_a_key_and_feeds_write_nothing(ours: Partnered) -> None:
    ours.site.get("/articles")
    ours.site.client.get("/all.atom")
    ours.flush()
    assert ours.store.ledger.latest(ours.partner_id, most=5) == ()


def test_entries_wait_while_nothing_can_be_written(ours: Partnered, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_several: Any) -> None:
        raise StoreBusyError("busy")

    ledger = Ledger()
    entry = LedgerEntry(
        partner_id=ours.partner_id,
        at=ours.site.newsroom.clock(),
        event="fetched",
        way="api",
        feed="all",
        urn="urn:x",
    )
    ledger.note([entry, entry])
    with monkeypatch.context() as patched:
        patched.setattr(ours.store.ledger, "add", busy)
        ledger.flush(ours.store)
    assert ours.store.ledger.latest(ours.partner_id, most=5) == ()
    ledger.flush(ours.store)
    assert ours.store.ledger.latest(ours.partner_id, most=5) == (entry,)


def test_what_an_assistant_of_the_partner_reads_counts_as_fetched(ours: Partnered) -> None:
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "list_articles", "arguments": {"feed": "all"}},
    }
    assert ours.site.client.post("/mcp", json=call, headers=ours.header).status_code == 200
    assert ours.statement()["totals"]["fetched"] == 5
