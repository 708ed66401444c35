"""Who is asking: the page for people who run a site, and the public keys by which requests of ours are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from secrets import token_bytes
from types import ModuleType
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.gathering.signing_keys import LIST_KEPT, KeptKey, in_use, make_first, origin
from feeds.http.user_agent import user_agent
from web.context import WebContext
from web.server.conditional import represent

DIRECTORY = "/.well-known/http-message-signatures-directory"
COUNTED_EVERY = timedelta(minutes=10)
"""How often it is counted anew what is asked in a day: that reads a row for each source."""


class Pace:
    """How many sources are asked, and how often in a day, counted now and then."""

    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._counted_at: datetime | None = None
        self._found = (0, 0)

    def now(self) -> tuple[int, int]:
        """Sources, and polls a day."""
        now = self._context.clock()
        if self._counted_at is None or not self._counted_at <= now < self._counted_at + COUNTED_EVERY:
            self._counted_at, self._found = now, self._context.stores.get().polls.pace()
        return self._found


def bot(context: WebContext) -> Blueprint:
    """The blueprint of `/bot` and of the list of keys."""
    views, pace = Blueprint("bot", __name__), Pace(context)

    @views.get("/bot")
    def who() -> AnyResponse:
        return _who(context, pace)

    @views.get(DIRECTORY)
    def keys() -> Response:
        return _keys(context)

    return views


def _who(context: WebContext, pace: Pace) -> AnyResponse:
    polling, contact = context.settings.poll, context.site.contact
    seconds = polling.pause.total_seconds()
    sources, polls = pace.now()
    key = in_use(_kept(context), context.clock())
    shown = render_template(
        "bot.html",
        agent=user_agent(context.settings),
        minutes=round(polling.min_interval.total_seconds() / 60),
        pause=f"{seconds:g} {'second' if seconds == 1 else 'seconds'}",
        sources=sources,
        polls=polls,
        key_id=None if key is None else _signing().SigningKey.of(key.secret).key_id,
        directory=f"{context.site.base_url}{DIRECTORY}",
        contact=contact,
        contact_url=f"mailto:{contact}" if contact and "@" in contact and "://" not in contact else contact,
    )
    return context.respond(represent(shown.encode(), "text/html; charset=utf-8", level=4))


def _keys(context: WebContext) -> Response:
    """The public keys, with a proof for each that we hold it."""
    kept = _kept(context)
    if not kept:
        raise NotFound("Requests of this site are not signed. /bot says who is asking.")
    signing = _signing()
    listed = [
        signing.Listed(key=signing.SigningKey.of(one.secret), used_from=one.used_from, ends_at=one.ends_at)
        for one in kept
    ]
    body = signing.directory(listed)
    # Packed for nobody: the digest that is signed is of the bytes as they are sent.
    response = context.respond(replace(represent(body, signing.MEDIA_TYPE), gzipped=None))
    # Not the Host header, which anybody may send: we prove nothing for other names.
    authority = urlsplit(origin(context.settings) or "").netloc
    response.headers.extend(signing.directory_headers(body, listed, authority, context.clock()))
    response.headers["Cache-Control"] = f"public, max-age={LIST_KEPT.seconds}, no-transform"
    return response


def _kept(context: WebContext) -> tuple[KeptKey, ...]:
    if origin(context.settings) is None:
        return ()
    return make_first(context.stores.get(), token_bytes, context.clock())


def _signing() -> ModuleType:
    """Loaded at the first use: the library behind it takes megabytes that most sites never need."""
    return import_module("feeds.http.request_signing")
