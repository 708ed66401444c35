"""A newsroom with everything that can be frozen, and web servers over what was frozen of it."""

from __future__ import annotations

import http.client
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.editing import saved_mixes
from feeds.actions.editing.changes import Desk
from feeds.actions.editing.private_addresses import give
from feeds.actions.publishing.publish import publish_touched
from feeds.model.articles import TopicRule
from feeds.model.people import Actor
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import NOON, Newsroom, item, rss
from tests.test_deploy import answers, free_port, running, tool
from tests.test_scheduler import wait_until
from web.app import create_app
from web.freeze.freezing import Frozen, freeze

BASE = "https://news.example"
OWN, OTHER, PRIVATE = (f"https://{name}.example/feed" for name in ("harbour", "quay", "cellar"))
SECRET = "Quicksilver"
MONTHS = 5


def settings_of(folder: Path, base_url: str = BASE) -> Settings:
    return Settings(
        path=folder / "config.toml",
        site=SiteSettings(
            title="Reader", base_url=base_url, timezone="Europe/Oslo", contact="desk@news.example"
        ),
    )


def told(number: int, *, title: str | None = None) -> str:
    """An article: several of each month, all about the sea."""
    return item(
        number,
        title=title or f"Story {number}",
        date=NOON - timedelta(hours=2 + number * MONTHS * 24 * 30 / 250),
        body=f"All about the sea, number {number}. " + "The ferry runs again. " * 40,
        extra=f"<dc:creator>{'Ines Halvorsen' if number % 2 else 'Jon Abara'}</dc:creator>",
    )


def put_topic(room: Newsroom, slug: str, title: str, phrase: str) -> None:
    room.store.topics.put(
        slug=slug, title=title, description="", rule=TopicRule(phrases=(phrase,)), origin="admin", now=room.clock()
    )  # fmt: skip


def furnish(store: Store, articles: int = 220) -> Newsroom:
    """The newsroom: own and other sources, a private one, moved and given-up feeds, a mix, withdrawals."""
    room = Newsroom(store=store)
    for slug, title, phrase in (
        ("see", "Sea", "sea"),
        ("empty", "Empty", "zeppelin"),
        ("old", "Old", "ferry"),
    ):
        put_topic(room, slug, title, phrase)
    room.add(OWN, rss(*[told(number) for number in range(articles)]))
    room.add(
        OTHER,
        rss(*[item(f"q{number}", title=f"Quay {number}", body="The sea again.") for number in range(5)]),
    )
    hidden = spec_at(PRIVATE)
    store.sources.add(replace(hidden, options=replace(hidden.options, audience="private")), room.clock())
    room.web.put(
        PRIVATE,
        rss(
            item("p1", title=f"{SECRET} in the cellar", extra=f"<dc:creator>Mona {SECRET}</dc:creator>"),
            title=SECRET,
        ),
    )
    store.engine.run("UPDATE sources SET is_ours = 1 WHERE fetch_url = :url", {"url": OWN})
    room.round()
    store.topics.rename("see", "sea", room.clock())
    store.changes.retire_topic("old", room.clock())
    desk = Desk(
        store=store,
        actor=Actor(name="Ada", via="page"),
        settings=settings_of(Path("/nowhere")),
        now=room.clock(),
    )
    saved_mixes.put_mix(desk, slug="coast", path="topics/sea", title="Coast", description=None)
    [coast] = store.mixes.every()
    store.mixes.settle(store.mixes.concerned(coast), room.clock())
    give(
        store, name="Mara", opened=(), share="full", ends_at=None, actor=desk.actor, new_token=lambda: "token",
        now=room.clock(),
    )  # fmt: skip
    [gone] = store.articles.ids_of(
        [row["urn"] for row in store.engine.rows("SELECT urn FROM articles WHERE title = 'Story 7'")]
    )
    store.articles.withdraw(gone, reason="it was mistaken", now=room.clock())
    publish_touched(store, room.clock())
    room.clock.move(days=31)
    return room


def running_app(room: Newsroom, folder: Path, base_url: str = BASE) -> Flask:
    """The site as it runs."""
    return create_app(
        settings=settings_of(folder, base_url),
        store_factory=lambda: room.store,
        clock=room.clock,
        is_refreshing=False,
    )


def frozen(room: Newsroom, folder: Path, base_url: str = BASE, **more: object) -> Frozen:
    """The site frozen into `folder/frozen`."""
    return freeze(
        settings_of(folder, base_url),
        room.store,
        folder / "frozen",
        now=room.clock(),
        **more,  # type: ignore[arg-type]
    )


@contextmanager
def nginx(folder: Path) -> Iterator[int]:
    """The port of an nginx over `folder/frozen/current`."""
    port, work = free_port(), folder / "nginx"
    work.mkdir(exist_ok=True)
    ours = (
        (folder / "frozen/current/nginx.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
    )
    temporary = "".join(
        f"{name}_temp_path {work}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = work / f"{port}.conf"
    whole.write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {work}/{port}.pid; error_log {work}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{ours}\n}}\n"
    )
    with running(tool("nginx"), "-p", work, "-e", work / "error.log", "-c", whole):
        wait_until(lambda: answers(port), 240)
        yield port


@contextmanager
def caddy(folder: Path) -> Iterator[int]:
    """The port of a Caddy over `folder/frozen/current`."""
    program, port = tool("caddy"), free_port()
    probe = folder / "probe"
    probe.write_text(":1 {\n file_server {\n etag_file_extensions .etag\n }\n}\n")
    words = [program, "adapt", "--adapter", "caddyfile", "--config", str(probe)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this Caddy is older than docs/freeze.md asks for")
    ours = (folder / "frozen/current/Caddyfile").read_text()
    assert "{$SITE:news.example" in ours
    file = folder / "Caddyfile"
    file.write_text(
        "{\n admin off\n}\n" + ours.replace("{$SITE:news.example}", f"http://news.example:{port}")
    )
    with running(program, "run", "--config", file, "--adapter", "caddyfile"):
        wait_until(lambda: answers(port), 240)
        yield port


def ask(port: int, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """What news.example answers there: status, headers by lower-case names, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    given = {name: value for name, value in headers.items() if value}
    connection.request(method, path, headers={"Host": "news.example", "Accept-Encoding": "", **given})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found
