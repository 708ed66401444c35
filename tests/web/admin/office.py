"""The real app over a real SQLite store, with people who sign in, and a scheduler's work done on request."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from argon2 import PasswordHasher
from flask import Flask
from lxml import html
from werkzeug.test import Client, TestResponse

from db.store import Store
from feeds.actions.accounts import people
from feeds.actions.operating.jobs import JobTools, run_next_job
from feeds.actions.publishing.publish import publish_touched
from feeds.config.toml_writer import declarations_toml
from feeds.model.declarations import Declarations
from feeds.model.people import Actor, Role
from feeds.model.settings import (
    AdminSettings,
    FetchSettings,
    OidcSettings,
    Settings,
    SiteSettings,
    WebSettings,
)
from tests.conftest import open_store
from tests.fakes import ALL_JOBS, NO_PAUSE, FakeWeb, MovedClock, Newsroom, item, rss
from web.app import create_app

T = TypeVar("T")
PASSWORD = "nine herrings and a gale"
FEED = "https://harbour.example/feed"


@dataclass(slots=True)
class Office:
    """A site, its store, its clock, and the web as it pretends to be."""

    folder: Path
    database: Path | str
    """A file of SQLite, or the address of a PostgreSQL database."""
    base_url: str | None = None
    admin: AdminSettings = field(default_factory=AdminSettings)
    web_settings: WebSettings = field(default_factory=WebSettings)
    declarations: Declarations = field(default_factory=Declarations)
    oidc: OidcSettings = field(default_factory=OidcSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    language: str = "en"
    clock: MovedClock = field(default_factory=MovedClock)
    web: FakeWeb = field(default_factory=FakeWeb)
    store: Store = field(init=False)
    room: Newsroom = field(init=False)
    settings: Settings = field(init=False)
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.open_store()
        self.room = Newsroom(self.store, clock=self.clock, web=self.web)
        self.settings = Settings(
            path=self.folder / "config.toml",
            site=SiteSettings(
                title="Skerry Reader", base_url=self.base_url, timezone="Europe/Oslo", language=self.language
            ),
            web=self.web_settings,
            admin=self.admin,
            oidc=self.oidc,
            fetch=self.fetch,
            poll=NO_PAUSE,
            declarations=self.declarations,
        )
        self.settings.path.write_text(declarations_toml(self.declarations), encoding="utf-8")
        self.app = create_app(
            settings=self.settings, store_factory=self.open_store, clock=self.clock, is_refreshing=False
        )
        self.store.kept.beat("scheduler", self.clock())

    def open_store(self) -> Store:
        """Another connection to the same database."""
        return open_store(str(self.database))

    def person(self, name: str = "mara", role: Role = "admin") -> None:
        """Somebody with the usual password."""
        self.store.people.add(name, role, hashed_password(), self.clock())

    def visitor(self) -> Visitor:
        """A browser that nobody is signed in with."""
        return Visitor(self, self.app.test_client())

    def signed_in(self, name: str = "mara", role: Role = "admin") -> Visitor:
        """A browser in which somebody is signed in."""
        if self.store.people.get(name) is None:
            self.person(name, role)
        visitor = self.visitor()
        answer = visitor.sign_in(name)
        assert answer.status_code == 303, answer.text
        return visitor

    def harbour(self, *items: str) -> None:
        """A source with articles, polled."""
        found = items or (
            item(1, title="Ferry stays in port", extra="<category>Ferries</category>"),
            item(2, title="Council meets about the pier"),
            item(3, title="Seals on the slipway"),
        )
        self.room.add(FEED, rss(*found))
        self.room.round()

    def work(self) -> int:
        """Does what people asked for, as the scheduler would; returns how many jobs that were."""

        async def in_store(work: Callable[[Store], T]) -> T:
            return work(self.store)

        async def until_done() -> int:
            tools = JobTools(
                in_store=in_store, poll=self.room.tools(), settings=self.settings, clock=self.clock
            )
            count = 0
            while await run_next_job(tools, ALL_JOBS, owner="test"):
                count += 1
            return count

        done = asyncio.run(until_done())
        publish_touched(self.store, self.clock())
        return done

    def link(self, name: str | None = None) -> str:
        """The path of a one-time link."""
        token = people.link_for(self.store, name, new_secret=lambda: "a-secret-of-tests", now=self.clock())
        return f"/admin/start/{token}"

    def actor(self) -> Actor:
        """Somebody who changes things."""
        return Actor(name="mara")


@cache
def hashed_password() -> str:
    """The usual password, hashed once, by as little as Argon2 can do: a thousand tests sign in."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass(slots=True)
class Visitor:
    """A browser without script: it follows links and sends forms."""

    office: Office
    client: Client

    def get(self, path: str, status: int = 200) -> html.HtmlElement:
        """The page there."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return html.document_fromstring(answer.text)

    def token(self) -> str:
        """What makes a form believed."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/admin/sign-in").text)
        if found is None:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/admin/me").text)
        assert found
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """The answer to a form that is believed."""
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, **options)

    def send(self, path: str, data: dict[str, Any] | None = None) -> html.HtmlElement:
        """The page that the form leads to."""
        return self.follow(self.post(path, data))

    def follow(self, answer: TestResponse) -> html.HtmlElement:
        """The page that an answer leads to in the end."""
        for _ in range(5):
            assert answer.status_code == 303, html_text(answer.text)
            answer = self.client.get(answer.headers["Location"])
            if answer.status_code == 200:
                return html.document_fromstring(answer.text)
        raise AssertionError("it leads round in a circle")

    def shown(self, path: str, data: dict[str, Any], status: int = 200) -> html.HtmlElement:
        """The page that a form is answered with."""
        answer = self.post(path, data)
        assert answer.status_code == status, (path, answer.status_code, html_text(answer.text))
        return html.document_fromstring(answer.text)

    def sign_in(self, name: str = "mara", password: str = PASSWORD, query: str = "") -> TestResponse:
        """The answer to name and password."""
        return self.post(f"/admin/sign-in{query}", {"name": name, "password": password})


def html_text(page: str) -> str:
    """The words of a page's main part."""
    main = html.document_fromstring(page).find(".//main")
    return " ".join("".join(str(one) for one in main.itertext()).split()) if main is not None else page[:500]


def words(tree: html.HtmlElement) -> str:
    """The same of a parsed page."""
    main = tree.find(".//main")
    assert main is not None
    for cell in main.iter("td", "th", "li", "p", "h1", "h2", "dd", "dt"):
        cell.tail = f" {cell.tail or ''}"
    return " ".join("".join(str(one) for one in main.itertext()).split())
