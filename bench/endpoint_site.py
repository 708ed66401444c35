"""A site with one of everything that has an address, served by real processes: what `bench.endpoints` attacks."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import psutil
from flask import Flask

from bench.farm import free_port
from db.store import Store
from feeds.actions.accounts import tokens
from feeds.actions.accounts.people import link_for
from feeds.actions.delivering import digests, partner_links
from feeds.actions.delivering.hub import WEBSUB
from feeds.actions.delivering.subscriber_links import link_key, token_of
from feeds.actions.delivering.webhooks import new_webhook_secret
from feeds.actions.editing import article_edits, partner_edits, private_addresses, saved_mixes
from feeds.actions.editing.changes import Desk
from feeds.actions.gathering import pings
from feeds.actions.publishing.publish import publish_touched
from feeds.clock import system_clock
from feeds.config.load import load
from feeds.model.articles import TopicRule
from feeds.model.deliveries import Receiver
from feeds.model.outgoing import FeedKey
from feeds.model.partners import PartnerSpec
from feeds.model.people import Actor
from feeds.model.push import HubSubscription
from feeds.model.settings import Settings
from feeds.model.tokens import MOST_TOKENS
from parts.store import open_store, prepare_store
from tests.fakes import MovedClock, Newsroom, item, rss
from web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
ACTOR = Actor(name="bench", via="command")
FEED, HIDDEN = "https://harbour.example/feed", "https://quiet.example/feed?token=s3cr3t-address"
HIDDEN_TITLE, HELD_TITLE = "Known to few", "Held for now"
PEOPLE = 20
PATIENCE_S = 60.0
METRICS = "metrics-token-of-the-bench"


@dataclass(slots=True, kw_only=True)
class Besieged:
    """The running site: where it answers, what it must not tell, and what opens what."""

    port: int
    base: str
    app: Flask
    """The same app in this process, for its URL map."""
    store: Store
    settings: Settings
    process: psutil.Process
    log: Path
    tokens: dict[str, str] = field(default_factory=dict)
    """By what each opens."""
    pool: list[str] = field(default_factory=list)
    """Tokens of many admins, so that the limit of one does not end the attack."""
    hidden: tuple[str, ...] = ()
    """Texts that no answer holds, unless the request itself held it."""
    urns: dict[str, str] = field(default_factory=dict)
    """Of the article that is public, withdrawn, private, held."""
    ids: dict[str, int] = field(default_factory=dict)


@contextmanager
def besieged(home: Path, *, database: str = "site.db") -> Iterator[Besieged]:
    """The site over that database, served until the context ends."""
    port = free_port()
    path = home / "config.toml"
    base = f"http://127.0.0.1:{port}"
    path.write_text(
        f'[site]\ntitle = "Besieged"\nbase_url = "{base}"\ncontact = "desk@besieged.example"\n'
        f'[web]\nhost = "127.0.0.1"\nport = {port}\nworkers = 1\ntrusted_proxies = ["127.0.0.1"]\n'
        f'metrics_token = "{METRICS}"\n'
        f'[mail]\nsender = "feeds@besieged.example"\nsmtp = "127.0.0.1:{free_port()}"\nsmtp_security = "none"\n'
        f'[database]\nurl = "{database}"\n',
        encoding="utf-8",
    )
    settings = load(path, {})
    prepare_store(settings)
    store = open_store(settings)
    app = create_app(settings=settings, store_factory=lambda: store, is_refreshing=False)
    log = home / "log.txt"
    try:
        found = _filled(store, settings)
        with log.open("w") as out:
            running = subprocess.Popen(
                [sys.executable, "-m", "commands", "--config", str(path), "serve", "--no-scheduler"],
                cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        try:
            _wait(base, running)
            yield replace_with(
                found, port=port, base=base, app=app, process=psutil.Process(running.pid), log=log
            )
        finally:
            running.terminate()
            running.wait(timeout=60)
    finally:
        store.close()


def replace_with(found: Besieged, **values: object) -> Besieged:
    """The same with other values."""
    return replace(found, **values)  # type: ignore[arg-type]


def _wait(base: str, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{base}/readyz", timeout=5):
            return
        time.sleep(0.05)
    raise SystemExit("The site does not answer.")


def _filled(store: Store, settings: Settings) -> Besieged:
    """One of everything: articles in every state, a private source, partners, links, subscriptions."""
    now = system_clock()
    room = Newsroom(store, clock=MovedClock(now))
    desk = Desk(store=store, actor=ACTOR, settings=settings, now=now)
    store.topics.put(
        slug="harbour",
        title="The harbour",
        description="",
        rule=TopicRule(phrases=("ferry",)),
        origin="admin",
        now=now,
    )
    said = "<dc:creator>Ines Halvorsen</dc:creator><category>=1+1</category>"
    room.add(FEED, rss(*(item(n, extra=said, date=now - timedelta(hours=n)) for n in range(1, 6))))
    room.add(HIDDEN, rss(item("h", title=HIDDEN_TITLE), title="Quiet Few"))
    room.round()
    rows = store.engine.rows("SELECT id, urn, title FROM articles ORDER BY id")
    by_title = {row["title"]: row for row in rows}
    ids = {
        "public": by_title["Story 1"]["id"], "withdrawn": by_title["Story 2"]["id"],
        "held": by_title["Story 3"]["id"], "private": by_title[HIDDEN_TITLE]["id"],
    }  # fmt: skip
    article_edits.withdraw(desk, [ids["withdrawn"]], "It was wrong.")
    article_edits.override(desk, ids["held"], {"title": HELD_TITLE})
    article_edits.hold(desk, [ids["held"]])
    saved_mixes.put_mix(desk, slug="coast", path="topics/harbour", title="Coast", description="")
    publish_touched(store, now)
    found = Besieged(
        port=0, base="", app=None, store=store, settings=settings, process=None, log=Path(), ids=ids,  # type: ignore[arg-type]
        urns={name: next(row["urn"] for row in rows if row["id"] == number) for name, number in ids.items()},
    )  # fmt: skip
    _keys(found, desk)
    kept = store.engine.rows(
        "SELECT value FROM kept WHERE name LIKE '%key%' OR name LIKE '%secret%' OR name LIKE '%link%'"
    )
    found.hidden = (
        *(row["value"] for row in kept if len(row["value"]) > 15), *found.tokens.values(), METRICS, HIDDEN_TITLE,
        HELD_TITLE, "s3cr3t-address", str(settings.path.parent), str(ROOT), "Traceback (most",
    )  # fmt: skip
    return found


def _keys(found: Besieged, desk: Desk) -> None:
    """Whatever opens something: keys, tokens, links."""
    store, now, made = found.store, desk.now, found.tokens

    def drawn() -> str:
        return secrets.token_urlsafe(32)

    for slug, ends in (("daily", None), ("former", date(2020, 1, 1))):
        spec = PartnerSpec(
            slug=slug, name=slug.title(), feeds=("topics/harbour",) if slug == "daily" else (), share="headline", ends_on=ends,
            webhooks=("https://hook.example/",) if slug == "daily" else (),
        )  # fmt: skip
        store.partners.put(spec, origin="admin", now=now)
        made[f"key of {slug}"] = partner_edits.new_key(store, slug, secrets.token_bytes, actor=ACTOR, now=now)
        path = partner_links.new_link(
            store, slug, until=now + timedelta(days=9), new_secret=drawn, actor=ACTOR, now=now
        )
        made[f"page of {slug}"] = path.removeprefix(partner_links.PATH)
    made["webhook secret"] = new_webhook_secret(
        store, "daily", secrets.token_bytes, actor=ACTOR, settings=found.settings, now=now
    )
    store.people.add("mara", "admin", "hash", now)
    for role in ("admin", "viewer"):
        made[f"token of {role}"] = tokens.new_token(
            store, "mara", role, ends_on=None, entropy=secrets.token_bytes, actor=ACTOR, now=now
        )  # fmt: skip
    for number in range(PEOPLE):
        store.people.add(f"writer-{number}", "admin", "hash", now)
        found.pool += [
            tokens.new_token(
                store,
                f"writer-{number}",
                "admin",
                ends_on=None,
                entropy=secrets.token_bytes,
                actor=ACTOR,
                now=now,
            )
            for _ in range(MOST_TOKENS)
        ]
    made["start"] = link_for(store, "mara", new_secret=drawn, now=now)
    _, made["private"] = private_addresses.give(
        store, name="Olav", opened=(), share="headline", ends_at=None, actor=ACTOR, new_token=drawn, now=now
    )
    digests.ask_for(
        store, email="reader@besieged.example", key=FeedKey(kind="topic", slug="harbour"), rhythm="daily",
        client="10.0.0.1", settings=found.settings, now=now,
    )  # fmt: skip
    number, key = store.digests.every()[0].id, digests.key_of(store, drawn)
    for purpose in ("confirm", "end"):
        made[purpose] = digests.token_of(key, number, purpose)
    source = store.sources.every()[0].source.id
    made["ping"] = pings.ping_token(store, source, drawn)
    made["websub"], made["websub secret"] = drawn(), drawn()
    store.hubs.put_subscription(
        HubSubscription(
            source_id=source, hub_url="https://hub.example/", hub_urls=("https://hub.example/",), feed_url=FEED,
            document_url=FEED, token=made["websub"], secret=made["websub secret"], state="asked", pending="subscribe",
            pending_until_at=now + timedelta(hours=9),
        )
    )  # fmt: skip
    feed_id = store.feeds.id_of(FeedKey(kind="all"))
    assert feed_id is not None
    receiver = store.deliveries.put_receiver(
        Receiver(
            kind=WEBSUB, url="https://callback.example/cb", host="callback.example", domain="callback.example",
            feed_id=feed_id, format="atom", state="live", named_url="x", secret="swordfish-of-a-subscriber",
            asked_at=now, since_at=now, until_at=now + timedelta(days=9),
        )
    )  # fmt: skip
    made["subscription"] = token_of(link_key(store, drawn), receiver)
    made["secret of a subscriber"] = "swordfish-of-a-subscriber"
