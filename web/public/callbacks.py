"""Addresses that others call: sources' pings and hubs, subscribers of our hub, rssCloud.

A source's ping, `hub.mode=publish` for a known one, the callbacks that we gave to the hubs of others; and our own hub,
which readers ask to be told (`hub.mode=subscribe`, rssCloud).
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, Gone, NotFound

from feeds.actions.delivering import cloud, hub
from feeds.actions.gathering import incoming_pushes, pings, subscribe
from feeds.actions.publishing.publish import CLOUD_PATH, HUB_PATH
from feeds.errors import NotFoundError
from feeds.http.client_address import client_of
from feeds.model.settings import Settings
from feeds.text.markup import whole_number
from web.context import WebContext

MOST_BYTES = 8_192
MOST_URLS = 20
MOST_CHALLENGE = 1_000


def most_body(path: str, settings: Settings) -> int | None:
    """How many bytes an address of these takes; None for any other address."""
    if path in (HUB_PATH, CLOUD_PATH) or path.startswith("/ping/"):
        return MOST_BYTES
    if path.startswith(subscribe.CALLBACK_PATH):
        return min(incoming_pushes.MOST_BYTES, settings.fetch.max_bytes)
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
        return _plain_answer("It will be asked at once." if is_due else "It was asked a moment ago.")

    @views.post(HUB_PATH)
    def at_hub() -> Response:
        request.max_content_length = MOST_BYTES
        form = request.form
        if form.get("hub.mode") in ("subscribe", "unsubscribe") and hub.is_on(context.settings):
            return _asked_of_hub(context)
        urls = form.getlist("hub.url") or form.getlist("hub.topic")
        if form.get("hub.mode") != "publish" or not urls:
            raise BadRequest("hub.mode has to be subscribe, unsubscribe, or publish with hub.url.")
        known = 0
        for url in urls[:MOST_URLS]:
            try:
                pings.published(context.stores.get(), url, context.clock())
            except NotFoundError:
                continue
            known += 1
        if not known:
            raise NotFound("No source is polled at that address here.")
        return _plain_answer("Thank you.")

    @views.post(CLOUD_PATH)
    def at_cloud() -> Response:
        request.max_content_length = MOST_BYTES
        return _asked_of_cloud(context)

    _add_subscriber_views(views, context)
    return views


def _asked_of_hub(context: WebContext) -> Response:
    """What our own hub says to whoever wants to be told of our feeds, or no more."""
    form = request.form
    callback, topic = form.get("hub.callback", "").strip(), form.get("hub.topic", "").strip()
    lease = form.get("hub.lease_seconds", "").strip()
    seconds = whole_number(lease, digits=12)
    try:
        _check_rate(context)
        if not callback or not topic:
            raise hub.RefusedError(400, "hub.callback and hub.topic have to be there.")
        if lease and seconds is None:
            raise hub.RefusedError(400, "hub.lease_seconds has to be a whole number.")
        hub.ask(
            context.stores.get(),
            context.settings,
            mode="subscribe" if form["hub.mode"] == "subscribe" else "unsubscribe",
            callback_url=callback,
            feed_url=topic,
            lease_seconds=seconds,
            secret=form.get("hub.secret") or None,
            client=client_of(request.remote_addr or ""),
            now=context.clock(),
        )
    except hub.RefusedError as refused:
        return _plain(f"{refused}\n", refused.status)
    return _plain_answer("Your callback will be asked whether you meant that.")


def _asked_of_cloud(context: WebContext) -> Response:
    """What rssCloud readers are told, in their own form of XML."""
    form, store = request.form, context.stores.get()
    urls = [
        form[f"url{number}"].strip() for number in range(1, cloud.MOST_FEEDS + 2) if f"url{number}" in form
    ]
    try:
        _check_rate(context)
        if not hub.is_on(context.settings):
            raise hub.RefusedError(404, "Nobody is told by rssCloud here.")
        count = cloud.please_notify(
            store,
            context.settings,
            urls=urls,
            domain=form.get("domain", "").strip() or None,
            client=request.remote_addr or "",
            port=form.get("port", "").strip(),
            path=form.get("path", "/").strip(),
            protocol=form.get("protocol", "").strip(),
            now=context.clock(),
        )
        status, is_done, text = 200, "true", f"You will be told of {count}, once you have answered."
    except hub.RefusedError as refused:
        status, is_done, text = refused.status, "false", str(refused)
    body = f'<?xml version="1.0"?>\n<notifyResult success="{is_done}" msg={quoteattr(text)}/>\n'
    response = _plain(body, status)
    response.mimetype = "text/xml"
    return response


def _check_rate(context: WebContext) -> None:
    if context.ask_limit.wait(client_of(request.remote_addr or ""), context.clock()) is not None:
        raise hub.RefusedError(429, "Too many requests from your address; go on in a minute.")


def _add_subscriber_views(views: Blueprint, context: WebContext) -> None:
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
        most = min(incoming_pushes.MOST_BYTES, context.settings.fetch.max_bytes)
        store = context.stores.get()
        try:
            subscribe.of_token(store, token)  # before anything is read from a stranger
        except NotFoundError as error:
            raise NotFound(str(error)) from error
        request.max_content_length = most
        body = request.get_data(cache=False)
        became = incoming_pushes.receive(
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
        return _plain_answer("Thank you.")


def _plain_answer(text: str) -> Response:
    return _plain(text + "\n", 202)


def _plain(text: str, status: int) -> Response:
    response = Response(text, status=status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
