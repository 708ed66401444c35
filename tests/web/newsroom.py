"""An app over a small made-up newsroom, for tests of pages, feeds and the browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

from feeds.model.articles import SourceCredit, Topic
from feeds.model.settings import Settings, SiteSettings, WebSettings
from tests.fakestore import HARBOUR, JON, NOON, FakeStore, article
from web.app import create_app
from web.context import WebContext

BASE = "https://reader.example"
TOWN = Topic(id=2, slug="town-hall", title="Town Hall")
TIDELINE: SourceCredit = replace(HARBOUR, slug="tideline", title="Tideline Magazine", share="excerpt")
NOTICES: SourceCredit = replace(HARBOUR, slug="notices", title="Council Notices", share="headline")
OURS: SourceCredit = replace(HARBOUR, slug="our-own", title="Skerry Reader Desk", is_ours=True)


def newsroom() -> FakeStore:
    """Articles of every share, one of them in another language and script."""
    return FakeStore(
        [
            article(1),
            article(2, title="Council votes for a second bridge", source=TIDELINE, topics=(TOWN,)),
            article(3, title="Agenda of Thursday", source=NOTICES, topics=(TOWN,), authors=()),
            article(4, title="How we work", source=OURS, authors=(JON,), url=None),
            article(5, title="العبارة تنتظر المد", language="ar", images=(), published_at=None),
        ]
    )


class MovedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        """Moves on."""
        self.now += timedelta(**span)


def make_app(
    store: FakeStore,
    folder: Path,
    *,
    clock: MovedClock | None = None,
    base_url: str | None = BASE,
    web: WebSettings | None = None,
    sample_base: str | None = None,
    language: str = "en",
) -> Flask:
    """The app, with its refreshing thread left off: tests refresh when they mean to."""
    settings = Settings(
        path=folder / "config.toml",
        site=SiteSettings(
            title="Skerry Reader", base_url=base_url, timezone="Europe/Oslo", language=language
        ),
        web=web or WebSettings(),
        sample_base=sample_base,
    )
    return create_app(
        settings=settings, store_factory=store.as_store, clock=clock or MovedClock(), is_refreshing=False
    )


def in_one_piece(app: Flask) -> WSGIApplication:
    """The app, its answers read before they are sent: a browser that goes on leaves no file of ours open."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        parts = app(environ, start)
        try:
            return [b"".join(parts)]
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


def context_of(app: Flask) -> WebContext:
    """The parts of the app."""
    context = app.extensions["feedwright"]
    assert isinstance(context, WebContext)
    return context
