"""What others tell us over HTTP: a source's ping, `hub.mode=publish` for a known one, and its hub's callbacks."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, Gone, NotFound

from feeds.actions import pings, push, subscribe
from feeds.errors import NotFoundError
from feeds.model.settings import Settings
from web.context import WebContext

MOST_BYTES = 8_192
MOST_URLS = 20
MOST_CHALLENGE = 1_000


def most_body(path: str, settings: Settings) -> int | None:
    """How many bytes an address of these takes; None for any other address."""
    if path == "/hub" or path.startswith("/ping/"):
        return MOST_BYTES
    if path.startswith(subscribe.CALLBACK_PATH):
        return min(push.MOST_BYTES, settings.fetch.max_bytes)
    return None


def callbacks(context: WebContext) -> Blueprint:
    """The blueprint of the addresses that others post to."""
    views = Blueprint("callbacks", __name__)

    @views.post("/ping/<token>")
    def ping(token: str) -> Response:
        try:
            is_due = pings.ping(context.stores.get(), token, context.clock())
        except NotFoundError as error:
            raise NotFound(str(error)) from error
        return _told("It will be asked at once." if is_due else "It was asked a moment ago.")

    @views.post("/hub")
    def hub() -> Response:
        request.max_content_length = MOST_BYTES
        form = request.form
        urls = form.getlist("hub.url") or form.getlist("hub.topic")
        if form.get("hub.mode") != "publish" or not urls:
            raise BadRequest("Only hub.mode=publish with hub.url is understood here.")
        known = 0
        for url in urls[:MOST_URLS]:
            try:
                pings.published(context.stores.get(), url, context.clock())
            except NotFoundError:
                continue
            known += 1
        if not known:
            raise NotFound("No source is polled at that address here.")
        return _told("Thank you.")

    _add_hub_views(views, context)
    return views


def _add_hub_views(views: Blueprint, context: WebContext) -> None:
    """The end of every callback address that a hub was given: its questions, and what it brings."""

    @views.get(f"{subscribe.CALLBACK_PATH}<token>")
    def confirm(token: str) -> Response:
        given = request.args
        mode, feed_url, challenge = (given.get(f"hub.{name}", "") for name in ("mode", "topic", "challenge"))
        store, now = context.stores.get(), context.clock()
        try:
            if mode == "denied":
                is_meant = subscribe.deny(
                    store, token, feed_url=feed_url, reason=given.get("hub.reason", ""), now=now
                )
                challenge = ""
            else:
                lease = given.get("hub.lease_seconds")
                is_meant = 0 < len(challenge) <= MOST_CHALLENGE and subscribe.confirm(
                    store, token, mode=mode, feed_url=feed_url, lease_seconds=lease, now=now
                )
        except NotFoundError as error:
            raise NotFound(str(error)) from error
        if not is_meant:
            raise NotFound("We did not ask for that.")
        return _plain(challenge, 200)

    @views.post(f"{subscribe.CALLBACK_PATH}<token>")
    def receive(token: str) -> Response:
        most = min(push.MOST_BYTES, context.settings.fetch.max_bytes)
        store = context.stores.get()
        try:
            subscribe.of_token(store, token)  # before anything is read from a stranger
        except NotFoundError as error:
            raise NotFound(str(error)) from error
        request.max_content_length = most
        body = request.get_data(cache=False)
        became = push.receive(
            store,
            token,
            body=body,
            content_type=request.headers.get("Content-Type", ""),
            signature=request.headers.get("X-Hub-Signature"),
            now=context.clock(),
        )
        if became == "gone":
            raise Gone("We left that subscription.")
        # The same words for both: a stranger learns nothing about signatures here.
        return _told("Thank you.")


def _told(text: str) -> Response:
    return _plain(text + "\n", 202)


def _plain(text: str, status: int) -> Response:
    response = Response(text, status=status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
