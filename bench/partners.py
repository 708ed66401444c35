"""A week of a site with partners, played in minutes: do all of them end with our state, and do statements tell the truth?

.venv/bin/python -m bench.partners [--articles 5000] [--corrections 300] [--withdrawals 40] [--seed 1]

One partner reads a feed every three hours (Atom, following `prev-archive`; once a day to its end, since archive documents
are corrected as well), one keeps a copy by `docs/replay.py`, one is told by webhooks and fails, is slow, dies before it
answers, and comes back. Beside them stand a receiver that is dead and one that lies (it takes everything and keeps nothing).
All is real HTTP on loopback, under a moved clock.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import importlib.util
import json
import logging
import random
import sqlite3
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from feeds.actions.declaring.partner_keys import make_key
from feeds.actions.delivering.webhooks import new_webhook_secret
from feeds.actions.editing.article_edits import correct, withdraw
from feeds.actions.editing.changes import Desk
from feeds.config.load import load
from feeds.model.partners import Partner, PartnerSpec
from feeds.model.people import Actor
from tests.fakes import item, rss
from tests.hub import Hub, Page, Site, hub, site
from tests.receivers import Receivers, receivers

HOURS = 168
SOURCES = 4
WINDOW = 40
"""Items that a source's own feed holds."""
ATOM, AT = "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}"
ACTOR = Actor(name="edda")
WITHIN = timedelta(days=2)
"""After the week, until all is told."""
EVENTS = {"entered": "fetched", "changed": "corrected"}


@dataclass(slots=True)
class Reader:
    """A partner that reads a feed: ids and titles, as any feed reader keeps them."""

    url: str
    held: dict[str, str] = field(default_factory=dict)
    documents: int = 0

    def read(self, *, is_whole: bool = False) -> None:
        """The subscription document, and archive documents until everything in one is known, or all of them."""
        url: str | None = self.url
        seen = set[str]()
        while url is not None:
            with urllib.request.urlopen(url, timeout=30) as answer:
                root = etree.fromstring(answer.read())
            self.documents += 1
            fresh = 0
            for gone in root.iter(f"{AT}deleted-entry"):
                self.held.pop(gone.get("ref", ""), None)
                seen.add(gone.get("ref", ""))
            for entry in root.iter(f"{ATOM}entry"):
                urn = entry.findtext(f"{ATOM}id") or ""
                fresh += urn not in self.held
                if urn not in seen:  # what stands in a newer document is newer
                    self.held[urn] = entry.findtext(f"{ATOM}title") or ""
                seen.add(urn)
            link = root.find(f"{ATOM}link[@rel='prev-archive']")
            url = link.get("href") if link is not None and (fresh or is_whole) else None


@dataclass(slots=True)
class Hooked:
    """A partner that is told by webhooks: what it makes of what came."""

    there: Receivers
    secret: str
    path: str
    seen: int = 0
    held: dict[str, str] = field(default_factory=dict)
    log: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Event, urn and time of what it answered (2xx)."""
    forged: int = 0
    ids: set[str] = field(default_factory=set)
    repeated: int = 0

    def take(self) -> None:
        """Reads what arrived since the last time."""
        sent = self.there.sent(self.path)
        for one in sent[self.seen :]:
            if not (one.status == 0 or 200 <= one.status < 300):
                continue
            self.forged += not self._is_signed(one.headers, one.body)
            self.repeated += one.headers["webhook-id"] in self.ids
            self.ids.add(one.headers["webhook-id"])
            message = json.loads(one.body)
            kind, urn = message["type"].removeprefix("article."), message["data"]["id"]
            event = {"entered": "delivered"}.get(kind, EVENTS.get(kind, kind))
            at = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
            if one.status:
                self.log.append((event, urn, at))
            if kind in ("withdrawn", "left"):
                self.held.pop(urn, None)
            else:
                self.held[urn] = message["data"]["article"]["title"]
        self.seen = len(sent)

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{expected}" in headers["webhook-signature"].split()


@dataclass(slots=True)
class Newsrooms:
    """The sources: what each tells now."""

    land: Hub
    chance: random.Random
    items: dict[int, list[int]] = field(default_factory=lambda: {one: [] for one in range(SOURCES)})
    titles: dict[int, str] = field(default_factory=dict)
    dates: dict[int, datetime] = field(default_factory=dict)
    count: int = 0

    def write(self, count: int, now: datetime) -> None:
        """So many new articles, at any of the sources."""
        for _ in range(count):
            self.count += 1
            self.titles[self.count], self.dates[self.count] = f"Story {self.count}", now
            room = self.items[self.count % SOURCES]
            room.append(self.count)
            del room[:-WINDOW]

    def correct(self, turn: int) -> None:
        """One article that a source still tells gets another title."""
        told = [number for room in self.items.values() for number in room]
        number = self.chance.choice(told)
        self.titles[number] = f"Story {number}, as of turn {turn}"

    def publish(self) -> None:
        """What the sources' feeds say from now on."""
        for room, numbers in self.items.items():
            told = (item(one, title=self.titles[one], date=self.dates[one]) for one in reversed(numbers))
            self.land.pages[f"/{room}"] = Page(rss(*told))


@dataclass(slots=True)
class Week:
    """The site, its partners, and what is asked of them."""

    ours: Site
    rooms: Newsrooms
    reader: Reader
    hooked: Hooked
    key: str
    folder: Path
    replay: ModuleType
    ids: list[int] = field(default_factory=list)
    delta_log: list[tuple[str, str, datetime]] = field(default_factory=list)

    def desk(self) -> Desk:
        """The admin at work."""
        return Desk(
            store=self.ours.store, actor=ACTOR, settings=load(self.ours.config, {}), now=self.ours.clock()
        )

    def hour(self, hours: float = 1) -> None:
        """An hour passes: everything is polled, published and sent."""
        now = self.ours.clock.move(hours=hours)
        self.ours.store.sources.poll_soon([one.source.id for one in self.ours.store.sources.every()], now)
        self.ours.round()
        self.hooked.take()
        self.ours.refresh()

    def published(self) -> dict[str, str]:
        """Our state: titles by urn."""
        rows = self.ours.store.engine.rows("SELECT id FROM articles WHERE status = 'published'")
        found = [self.ours.store.articles.get(row["id"]) for row in rows]
        return {one.urn: one.title or "" for one in found if one is not None and hasattr(one, "title")}

    def replayed(self) -> None:
        """The second partner brings its copy up to date; each page that it took stands in its log."""
        self.replay.replay(self.base(), "all", str(self.folder / "copy.db"), self.key)

    def note_pages(self, page: Any) -> Any:
        """Writes what one page of changes held into the raw log."""
        if page is not None:
            now = self.ours.clock()
            self.delta_log += [
                (EVENTS.get(one["change"], one["change"]), one["id"], now) for one in page["changes"]
            ]
        return page

    def copy(self) -> dict[str, str]:
        """What the second partner holds."""
        with sqlite3.connect(self.folder / "copy.db") as copy:
            return {
                urn: json.loads(article)["title"]
                for urn, article in copy.execute("SELECT id, article FROM articles")
            }

    def base(self) -> str:
        """The site's address."""
        address = load(self.ours.config, {}).site.base_url
        assert address is not None
        return address

    def statement(self, key: str, month: str) -> Any:
        """What the site says of a partner's month."""
        request = urllib.request.Request(
            f"{self.base()}/api/v1/statement?month={month}", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def play(week: Week, there: Receivers, given: argparse.Namespace, chance: random.Random) -> None:
    """The week, hour by hour."""
    corrections = spread(given.corrections, chance)
    withdrawals = spread(given.withdrawals, chance)
    for hour in range(HOURS):
        share = given.articles * (hour + 1) // HOURS - given.articles * hour // HOURS
        week.rooms.write(share, week.ours.clock())
        for number in range(corrections[hour]):
            if number % 3 == 2 and week.ids:
                one = chance.choice(week.ids)
                correct(
                    week.desk(), one, {"title": f"Corrected at hour {hour}, {number}"}, "The title was wrong."
                )
            else:
                week.rooms.correct(hour)
        for _ in range(withdrawals[hour]):
            if week.ids:
                one = week.ids.pop(chance.randrange(len(week.ids)))
                withdraw(week.desk(), [one], "It was wrong.")
        week.rooms.publish()
        # Down for a while every day, slow twice, and at times it takes a message and dies before it answers.
        there.status["/hook"] = 503 if hour % 24 in (3, 4, 5) else 204
        (there.hangs.add if hour in (40, 90) else there.hangs.discard)("/hook")
        (there.drops.add if hour % 24 == 9 else there.drops.discard)("/hook")
        week.hour()
        rows = week.ours.store.engine.rows("SELECT id FROM articles WHERE status = 'published'")
        week.ids = [row["id"] for row in rows]
        if hour % 3 == 0:
            week.reader.read(is_whole=hour % 24 == 0)
        if hour % 5 == 0:
            week.replayed()
        if hour % 24 == 23:
            print(f"  day {hour // 24 + 1}: {len(week.ids):,} articles", flush=True)
    end = week.ours.clock() + WITHIN
    there.status["/hook"] = 204
    while week.ours.clock() < end:
        week.hour(6)
    week.reader.read(is_whole=True)
    week.replayed()
    week.ours.refresh()


def spread(count: int, chance: random.Random) -> list[int]:
    """So many things over the hours of the week."""
    hours = [0] * HOURS
    for _ in range(count):
        hours[chance.randrange(2, HOURS)] += 1
    return hours


def differences(name: str, held: dict[str, str], ours: dict[str, str]) -> int:
    """Prints how a partner's state differs from ours; returns in how many articles."""
    missing, more = ours.keys() - held.keys(), held.keys() - ours.keys()
    other = {urn for urn in ours.keys() & held.keys() if ours[urn] != held[urn]}
    print(
        f"{name:28} {len(held):6,} articles: {len(missing)} missing, {len(more)} too many, {len(other)} other"
    )
    return len(missing) + len(more) + len(other)


def untrue(name: str, statement: Any, log: list[tuple[str, str, datetime]], month: str) -> int:
    """Prints a statement beside the raw log; returns how many of its numbers are not the log's."""
    counted = defaultdict[str, set[str]](set)
    for event, urn, at in log:
        if f"{at:%Y-%m}" == month:
            counted[event].add(urn)
    wrong = {
        event: (number, len(counted[event]))
        for event, number in statement["totals"].items()
        if number != len(counted[event])
    }
    print(
        f"{name:28} {statement['totals']}  {'as the raw log has it' if not wrong else f'NOT the raw log: {wrong}'}"
    )
    return len(wrong)


def partner(ours: Site, slug: str, *webhooks: str) -> tuple[Partner, str]:
    """A partner with a key."""
    spec = PartnerSpec(slug=slug, name=slug.title(), webhooks=webhooks)
    made = ours.store.partners.put(spec, origin="admin", now=ours.clock())
    return made, make_key(ours.store, made, lambda count: random.Random(slug).randbytes(count), ours.clock())


def example_client() -> ModuleType:
    """`docs/replay.py`, as anybody would run it."""
    spec = importlib.util.spec_from_file_location(
        "replay", Path(__file__).resolve().parent.parent / "docs/replay.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Prints the end states and statements; 1 where one is not ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--corrections", type=int, default=300)
    parser.add_argument("--withdrawals", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    chance, began = random.Random(given.seed), time.time()
    with (
        tempfile.TemporaryDirectory(prefix="feedwright-partners-") as place,
        pytest.MonkeyPatch.context() as patch,
        hub() as land,
        receivers() as there,
        site(folder := Path(place), patch) as ours,
    ):
        rooms = Newsrooms(land, chance)
        for room in range(SOURCES):
            ours.add(land.url(f"/{room}"))
        _, delta_key = partner(ours, "delta")
        _, hook_key = partner(ours, "hooked", there.url("/hook"))
        secrets = {}
        for slug, path in (("dead", "/dead"), ("liar", "/liar"), ("hooked", "/hook")):
            if slug != "hooked":
                partner(ours, slug, there.url(path))
            secrets[slug] = new_webhook_secret(
                ours.store,
                slug,
                lambda count, slug=slug: random.Random(slug).randbytes(count),  # type: ignore[misc]
                actor=ACTOR,
                settings=load(ours.config, {}),
                now=ours.clock(),
            )
        there.status["/dead"] = 500
        week = Week(
            ours=ours,
            rooms=rooms,
            reader=Reader(url=f"{load(ours.config, {}).site.base_url}/all.atom"),
            hooked=Hooked(there=there, secret=secrets["hooked"], path="/hook"),
            key=delta_key,
            folder=folder,
            replay=example_client(),
        )
        ask = week.replay.ask
        week.replay.ask = lambda *several: week.note_pages(ask(*several))  # type: ignore[attr-defined]
        play(week, there, given, chance)
        state = week.published()
        print(f"ours: {len(state):,} articles after {time.time() - began:.0f} s")
        faults = differences("reads feeds", week.reader.held, state)
        faults += differences("keeps a copy by /changes", week.copy(), state)
        faults += differences("told by webhooks", week.hooked.held, state)
        months = sorted({f"{at:%Y-%m}" for _, _, at in week.delta_log})
        for month in months:
            faults += untrue(
                f"statement of delta, {month}", week.statement(delta_key, month), week.delta_log, month
            )
            faults += untrue(
                f"statement of hooked, {month}", week.statement(hook_key, month), week.hooked.log, month
            )
        hooked = week.hooked
        print(
            f"webhooks: {len(hooked.ids):,} messages taken, {hooked.repeated} repeated, {hooked.forged} badly signed"
        )
        print(f"documents that the reader read: {week.reader.documents}")
    return 1 if faults or hooked.forged else 0


if __name__ == "__main__":
    sys.exit(main())
