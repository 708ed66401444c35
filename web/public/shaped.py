"""Feeds as a partner wants them (`?profile=…`), and what all answers made for one request have in common."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request
from werkzeug.exceptions import NotFound, TooManyRequests

from feeds.actions.publishing.lint import found_profile
from feeds.actions.publishing.publish import Renderer
from feeds.errors import RequestError
from feeds.http.client_address import client_of
from feeds.model.outgoing import FeedKey, Format
from web.context import WebContext
from web.language import later
from web.server.conditional import represent

TOO_MANY = later("Too many new mixes were asked for from your address. Try again in %(seconds)s seconds.")


def shaped(context: WebContext, key: FeedKey, format: Format) -> Response:
    """The feed as `?profile=` of the request wants it; raises NotFound for a profile that nobody knows."""
    try:
        profile = found_profile(request.args["profile"])
    except RequestError as error:
        raise NotFound(str(error)) from error
    check_rate_limit(context)
    renderer = Renderer(
        context.stores.get(), site=context.site, publish=context.settings.publish, now=context.clock()
    )
    made = renderer.shaped(key, format, profile)
    if made is None:
        raise NotFound("There is no such feed here.")
    return unlisted(
        context.respond(represent(made.body, made.media_type, etag=made.etag, changed_at=made.changed_at))
    )


def check_rate_limit(context: WebContext) -> None:
    """Counts the request; raises TooManyRequests if its client has sent too many of this kind."""
    wait = context.rate_limit.wait(client_of(request.remote_addr or ""), context.clock())
    if wait is not None:
        seconds = max(1, round(wait / timedelta(seconds=1)))
        raise TooManyRequests(
            TOO_MANY % {"seconds": seconds},
            retry_after=seconds,
        )


def unlisted(response: Response) -> Response:
    """The response, for no search engine to list."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
