"""What others tell us over HTTP: `POST /ping/<token>` of a source, and `hub.mode=publish` for a known one."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, NotFound

from feeds.actions import pings
from feeds.errors import NotFoundError
from web.context import WebContext

MOST_BYTES = 8_192
MOST_URLS = 20


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
        if (request.content_length or 0) > MOST_BYTES:
            raise BadRequest("That is more than a ping.")
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

    return views


def _told(text: str) -> Response:
    response = Response(text + "\n", status=202, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
