"""Feeds at their addresses: Atom, RSS, JSON Feed, the list of all feeds, and the usual guesses."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.model.outgoing import FeedKey
from feeds.publish.feed_paths import KINDS
from feeds.publish.render import BY_EXTENSION
from web.context import WebContext, plain_response, request_headers
from web.public.addresses import Moved, UnknownFeedError, find
from web.public.shaped import shaped
from web.server.conditional import Representation, is_unchanged, partial_answer, wants_part

GUESSES = ("/feed", "/rss", "/feed.xml", "/atom.xml")
"""Where people and readers look first."""

MOST_ARCHIVES = 2**31
OPEN = ("Access-Control-Allow-Origin", "*")
"""Readers that run inside a browser may fetch what is public anyway."""


def syndication(context: WebContext) -> Blueprint:
    """The blueprint of all feed addresses."""
    views = Blueprint("syndication", __name__)
    endings = ",".join(BY_EXTENSION)

    @views.get(f"/all.<any({endings}):extension>")
    def all_feed(extension: str) -> AnyResponse:
        return _feed(context, FeedKey(kind="all"), extension)

    @views.get(f"/changes.<any({endings}):extension>")
    def changes_feed(extension: str) -> AnyResponse:
        return _feed(context, FeedKey(kind="changes"), extension)

    @views.get(f"/<any({','.join(KINDS)}):kind>/<slug>.<any({endings}):extension>")
    def feed(kind: str, slug: str, extension: str) -> AnyResponse:
        return _feed(context, FeedKey(kind=KINDS[kind], slug=slug), extension)

    @views.get(f"/all/archive/<int:number>.<any({endings}):extension>")
    def archive_of_all(number: int, extension: str) -> AnyResponse:
        return _feed(context, FeedKey(kind="all", archive=number), extension)

    @views.get(f"/<any({','.join(KINDS)}):kind>/<slug>/archive/<int:number>.<any({endings}):extension>")
    def archive(kind: str, slug: str, number: int, extension: str) -> AnyResponse:
        return _feed(context, FeedKey(kind=KINDS[kind], slug=slug, archive=number), extension)

    @views.get("/feeds.opml")
    def opml() -> Response:
        return open_to_all(context.respond(context.lists.opml()))

    @views.get(f"/<any({','.join(KINDS)}):kind>.opml")
    def opml_of_group(kind: str) -> Response:
        return open_to_all(context.respond(context.lists.opml(KINDS[kind])))

    def allow(response: Response) -> Response:
        # A reader inside a browser asks first whether it may send a conditional request (CORS).
        response.headers["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since, A-IM"
            response.headers["Access-Control-Max-Age"] = "86400"
        return response

    views.after_request(allow)

    def guessed() -> AnyResponse:
        return redirect(context.site.base_url + "/all.atom", code=308)

    for path in GUESSES:
        views.add_url_rule(path, endpoint="guessed", view_func=guessed)
    return views


def _feed(context: WebContext, key: FeedKey, extension: str) -> AnyResponse:
    if key.archive > MOST_ARCHIVES:
        raise NotFound("There is no such archive document here.")
    if "profile" in request.args and not key.archive and context.stores.get().feeds.info(key) is not None:
        return shaped(context, key, BY_EXTENSION[extension].format)
    shown = context.cache.get(key, BY_EXTENSION[extension].format)
    if shown is not None:
        return open_to_all(_part(context, key, extension, shown) or context.respond(shown))
    found = find(context, key.kind, key.slug)
    if isinstance(found, Moved):
        there = replace(found.key, archive=key.archive)
        return redirect(f"{context.site.base_url}{there.path()}.{extension}", code=found.code)
    if key.archive:
        raise NotFound("This feed has no archive document of that number yet.")
    raise UnknownFeedError(key.kind, key.slug, ())


def _part(context: WebContext, key: FeedKey, extension: str, whole: Representation) -> Response | None:
    """What the reader that asks lacks of the feed (`A-IM: feed`); None if it is to get the usual answer."""
    headers = request_headers()
    is_wanted = wants_part(headers.get("a-im", ""), headers.get("accept", ""))
    if request.method != "GET" or "via" in headers or not is_wanted:
        # A cache between asks with the tag of what it holds itself, and hands the part to a reader that has another state.
        return None
    if is_unchanged(whole, headers):
        return None
    part = context.partials.get(key, BY_EXTENSION[extension].format, whole, headers.get("if-none-match", ""))
    return plain_response(partial_answer(part.shown, since=part.since, headers=headers)) if part else None


def open_to_all(response: Response) -> Response:
    """The response, for readers that run inside a browser too."""
    response.headers[OPEN[0]] = OPEN[1]
    return response
