"""Feeds at their addresses: Atom, RSS, JSON Feed, the list of all feeds, and the usual guesses."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from feeds.model.outgoing import FeedKey
from feeds.publish.render import BY_EXTENSION
from web.context import WebContext
from web.public.addresses import KINDS, Moved, UnknownFeedError, find

GUESSES = ("/feed", "/rss", "/feed.xml", "/atom.xml")
"""Where people and readers look first."""

OPEN = ("Access-Control-Allow-Origin", "*")
"""Readers that run inside a browser may fetch what is public anyway."""


def syndication(context: WebContext) -> Blueprint:
    """The blueprint of all feed addresses."""
    views = Blueprint("syndication", __name__)
    endings = ",".join(BY_EXTENSION)

    @views.get(f"/all.<any({endings}):extension>")
    def all_feed(extension: str) -> AnyResponse:
        return _feed(context, FeedKey(kind="all"), extension)

    @views.get(f"/<any({','.join(KINDS)}):kind>/<slug>.<any({endings}):extension>")
    def feed(kind: str, slug: str, extension: str) -> AnyResponse:
        return _feed(context, FeedKey(kind=KINDS[kind], slug=slug), extension)

    @views.get("/feeds.opml")
    def opml() -> Response:
        return _open(context.respond(context.lists.opml()))

    def guessed() -> AnyResponse:
        return redirect(context.site.base_url + "/all.atom", code=308)

    for path in GUESSES:
        views.add_url_rule(path, endpoint="guessed", view_func=guessed)
    return views


def _feed(context: WebContext, key: FeedKey, extension: str) -> AnyResponse:
    shown = context.cache.get(key, BY_EXTENSION[extension].format)
    if shown is not None:
        return _open(context.respond(shown))
    found = find(context, key.kind, key.slug)
    if isinstance(found, Moved):
        return redirect(f"{context.site.base_url}{found.key.path()}.{extension}", code=found.code)
    raise UnknownFeedError(key.kind, key.slug, ())


def _open(response: Response) -> Response:
    response.headers[OPEN[0]] = OPEN[1]
    return response
