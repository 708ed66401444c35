"""A real WebSub hub and publisher on loopback, after the subscriber tests of websub.rocks, and a site that it can reach."""

from __future__ import annotations

import asyncio
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
from flask import Flask
from werkzeug.serving import make_server

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.config.load import load
from feeds.http.websub import signature
from feeds.ingest.poll.workers import InlineWorkers
from feeds.model.incoming import Source
from feeds.model.kept import SourceRow
from feeds.model.push import HubSubscription
from parts.store import open_store, prepare_store
from scheduler import Clockwork
from tests.fakes import MovedClock
from web.app import create_app


@dataclass(slots=True)
class Page:
    """What an address of the publisher answers."""

    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200


@dataclass(slots=True)
class Hub:
    """The hub at `/hub`, pages beside it; what it was asked, and what it makes of it."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    """The forms that it was sent."""
    gets: list[str] = field(default_factory=list)
    confirmations: list[tuple[int, str, str]] = field(default_factory=list)
    """What the subscriber answered to each question: status, media type, whether the challenge came back."""
    status: int = 202
    lease: int | None = 864_000
    wrong_topic: str | None = None
    is_asking_back: bool = True
    denial: str | None = None

    def url(self, path: str) -> str:
        """The address of a path here."""
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, form: dict[str, str]) -> None:
        """Asks the subscriber whether it meant that, before the request is answered."""
        if self.denial is not None:
            get(
                form["hub.callback"],
                {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": self.denial},
            )
        elif self.is_asking_back and self.status == 202:
            question = {
                "hub.mode": form["hub.mode"],
                "hub.topic": self.wrong_topic or form["hub.topic"],
                "hub.challenge": "c&<b>4711",
            }
            if form["hub.mode"] == "subscribe" and self.lease is not None:
                question["hub.lease_seconds"] = str(self.lease)
            status, kind, body = get(form["hub.callback"], question)
            self.confirmations.append((status, kind, "same" if body == "c&<b>4711" else "other"))

    def push(self, body: str, *, signed: str | None = "sha256", form: int = -1) -> int:
        """Brings a document to the callback of one of the forms; returns the subscriber's status."""
        sent = self.asked[form]
        headers = {"Content-Type": "application/rss+xml"}
        if signed in ("sha1", "sha256", "sha384", "sha512"):
            headers["X-Hub-Signature"] = signature(sent["hub.secret"], body.encode(), signed)
        elif signed is not None:
            headers["X-Hub-Signature"] = signed
        return post(sent["hub.callback"], body.encode(), headers)


@contextmanager
def hub() -> Iterator[Hub]:
    """A hub that lives as long as the context."""
    land = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            land.gets.append(self.path)
            self._send(land.pages.get(self.path, Page(status=404)))

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            page = land.pages.get(self.path)
            if page is not None:
                self._send(page)
                return
            form = {name: values[0] for name, values in parse_qs(text).items()}
            land.asked.append(form)
            land.answer(form)
            self._send(Page(status=land.status, body="No such topic" if land.status >= 400 else ""))

        def _send(self, page: Page) -> None:
            body = page.body.encode()
            self.send_response(page.status)
            for name, value in page.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    land.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield land
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(slots=True)
class Site:
    """A site of ours: its web behind a real address, its scheduler's ticks one round at a time."""

    config: Path
    store: Store
    clock: MovedClock
    app: Flask

    def refresh(self) -> None:
        """What the web process does every second: it looks for changed feeds, and writes down what partners took."""
        self.app.extensions["feedwright"].cache.refresh()

    def add(self, url: str) -> Source:
        """A source at the address."""
        return self.store.sources.add(spec_at(url), self.clock())

    def round(self, **span: float) -> None:
        """After the span: what is due is polled, what hubs brought is taken up, hubs are asked."""
        self.clock.move(**span)
        asyncio.run(self._round())

    async def _round(self) -> None:
        work = Clockwork(load(self.config, {}), clock=self.clock, chance=lambda: 0.0, owner="test")
        saving = asyncio.create_task(work.saver.write_forever())
        while await work.poll_tick():
            await work.drain()
        while await work.push_tick():
            pass
        await work.subscribe_tick()
        await work.publish_tick()
        await work.postman.deliver_all()
        saving.cancel()
        await work.stop()

    def row(self) -> SourceRow:
        """The only source."""
        (row,) = self.store.sources.every()
        return row

    def subscription(self) -> HubSubscription:
        """The newest subscription."""
        return self.store.hubs.subscriptions_of([self.row().source.id])[-1]

    def titles(self) -> set[str]:
        """Of all articles."""
        return {row["title"] for row in self.store.engine.rows("SELECT title FROM articles")}


@contextmanager
def site(folder: Path, monkeypatch: pytest.MonkeyPatch, extra: str = "") -> Iterator[Site]:
    """A site in the folder that listens on a port of its own."""
    monkeypatch.setattr("parts.polling.open_workers", lambda _settings: InlineWorkers())
    config, clock, opened = folder / "config.toml", MovedClock(), list[Store]()
    config.write_text("")

    def factory() -> Store:
        opened.append(open_store(load(config, {})))
        return opened[-1]

    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)  # noqa: PLW0108 - made below
    config.write_text(
        f'[site]\nbase_url = "http://127.0.0.1:{server.server_port}"\n[database]\nurl = "test.db"\n'
        f'[fetch]\nallow = ["127.0.0.0/8"]\n[poll]\npause = 0\n{extra}'
    )
    settings = load(config, {})
    prepare_store(settings)
    app = create_app(settings=settings, store_factory=factory, clock=clock, is_refreshing=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    store = open_store(settings)
    try:
        yield Site(config=config, store=store, clock=clock, app=app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        for one in (store, *opened):
            one.close()


def get(url: str, question: dict[str, str]) -> tuple[int, str, str]:
    """Status, media type and body."""
    return _open(urllib.request.Request(f"{url}?{urlencode(question)}"))


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status."""
    return _open(urllib.request.Request(url, data=body, headers=headers))[0]


def _open(request: urllib.request.Request) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get_content_type(), error.read().decode()
