"""Mixes: any feed of several terms at an address that a person can type, the page for one, and searches as feeds."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.publishing.publish import Renderer
from feeds.actions.publishing.search import search_page
from feeds.model.mixes import FEED_KINDS, KINDS, Mix, MixError, MixTerm, parse_mix
from feeds.model.outgoing import FeedInfo, FeedKey, Format, RenderedFeed
from feeds.publish.render import BY_EXTENSION
from feeds.publish.titles import feed_description, feed_title, own_title
from feeds.text.folding import MOST_QUERY
from feeds.text.markup import whole_number
from web.context import WebContext
from web.language import gettext, later
from web.public.addresses import Moved, find
from web.public.pages import articles_page, subscribe_box
from web.public.shaped import check_rate_limit, shaped, unlisted
from web.public.syndication import open_to_all
from web.server.conditional import represent

MOST_CHOICES = 40
"""Names that the page offers to click; others are typed."""
MOST_ENTRIES = 500
NO_WORDS = later("A search needs words: /search.%(extension)s?q=harbour")
NO_LIMIT = later("?limit= takes a number from 1 to %(most)s.")


def mixes(context: WebContext) -> Blueprint:
    """The blueprint of `/mix`."""
    views = Blueprint("mixes", __name__)

    @views.get("/mix")
    def begin() -> AnyResponse:
        if request.args:
            return redirect(f"{context.site.base_url}/mix/{asked_path(request.args)}", code=303)
        return _form(context, None, "")

    @views.get("/mix/<path:path>")
    def mix(path: str) -> AnyResponse:
        stem, dot, extension = path.rpartition(".")
        if dot and extension in BY_EXTENSION:
            return _feed(context, stem, extension)
        return _page(context, path)

    @views.get(f"/search.<any({','.join(BY_EXTENSION)}):extension>")
    def search_feed(extension: str) -> AnyResponse:
        return _search_feed(context, extension)

    return views


def asked_path(args: object) -> str:
    """The path of the mix that the form asks for; what is empty is left out."""
    pairs: list[str] = []
    for kind in KINDS:
        for before in ("", "not-"):
            given = args.getlist(f"{before}{kind}")  # type: ignore[attr-defined]
            words = [word.strip().lower() for text in given for word in text.split(",") if word.strip()]
            if words:
                pairs.append(
                    f"{before}{kind}/{','.join(quote(word.replace('/', ''), safe='') for word in words)}"
                )
    return "/".join(pairs)


def _feed(context: WebContext, path: str, extension: str) -> AnyResponse:
    format = BY_EXTENSION[extension].format
    found = _found(context, path, f".{extension}")
    if isinstance(found, Response):
        return found
    if "profile" in request.args:
        return open_to_all(shaped(context, found.key, format))
    options = {name: request.args[name] for name in ("limit", "excerpt") if name in request.args}
    if options:
        return _variant(context, found, format, options)
    shown = context.cache.kept(found.key, format)
    if shown is None:
        check_rate_limit(context)
        shown = context.cache.get(found.key, format)
    if shown is None:
        raise NotFound("There is no such mix here.")
    return unlisted(open_to_all(context.respond(shown)))


def _variant(context: WebContext, info: FeedInfo, format: Format, options: dict[str, str]) -> AnyResponse:
    """The feed with fewer entries, or less of each: made for this request."""
    check_rate_limit(context)
    made = _renderer(context).variant(info.key, format, limit=_asked_limit(), is_excerpt="excerpt" in options)
    if made is None:
        raise NotFound("There is no such mix here.")
    return _made(context, made)


def _search_feed(context: WebContext, extension: str) -> AnyResponse:
    query = request.args.get("q", "").replace("\x00", "").strip()[:MOST_QUERY]
    limit = _asked_limit() or context.settings.publish.entries
    check_rate_limit(context)
    page = search_page(context.stores.get(), query, most=limit)
    if page is None:
        message = NO_WORDS % {"extension": extension}
        raise NotFound(message)
    made = _renderer(context).once(page, BY_EXTENSION[extension].format, is_excerpt="excerpt" in request.args)
    return _made(context, made)


def _asked_limit() -> int | None:
    if "limit" not in request.args:
        return None
    limit = whole_number(request.args["limit"], digits=4)
    if not limit or not 0 < limit <= MOST_ENTRIES:
        message = NO_LIMIT % {"most": MOST_ENTRIES}
        raise NotFound(message)
    return limit


def _renderer(context: WebContext) -> Renderer:
    publish = context.settings.publish
    return Renderer(context.stores.get(), site=context.site, publish=publish, now=context.clock())


def _made(context: WebContext, made: RenderedFeed) -> Response:
    shown = represent(made.body, made.media_type, etag=made.etag, changed_at=made.changed_at)
    return unlisted(open_to_all(context.respond(shown)))


def _page(context: WebContext, path: str) -> AnyResponse:
    found = _found(context, path, "")
    if isinstance(found, Response):
        return found
    check_rate_limit(context)
    return _form(context, found, path)


def _form(context: WebContext, info: FeedInfo | None, path: str) -> AnyResponse:
    store = context.stores.get()
    mix = parse_mix(path) if path else Mix(terms=())
    choices = {kind: store.feeds.largest(FEED_KINDS[kind], most=MOST_CHOICES) for kind in FEED_KINDS}
    values: dict[str, object] = {
        "kinds": KINDS,
        "choices": choices,
        "chosen": _chosen(mix.terms),
        "title": gettext("Mix") if info is None else own_title(info, context.site),
        "info": info,
        "canonical_url": context.site.base_url + ("/mix" if info is None else info.key.path()),
    }
    if info is not None:
        values |= articles_page(context, info.key, request.args.get("before"))
        values["description"] = feed_description(info, context.site, gettext)
        values["subscribe"] = subscribe_box(context, info.key, feed_title(info, context.site))
    body = render_template("mix.html", **values).encode("utf-8")
    return unlisted(context.respond(represent(body, "text/html; charset=utf-8", level=4)))


def _chosen(terms: Sequence[MixTerm]) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in terms:
        name = f"{'not-' if term.is_not else ''}{term.kind}"
        found[name] = ", ".join(filter(None, (found.get(name), ", ".join(term.words))))
    return found


def _found(context: WebContext, path: str, ending: str) -> FeedInfo | Response:
    """The mix of the path, or where it is spelled as it should be; raises NotFound with what to do."""
    try:
        mix = parse_mix(path)
    except MixError as error:
        raise NotFound(str(error)) from error
    info = context.stores.get().feeds.info(FeedKey(kind="query", slug=mix.path()))
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    if info is not None:
        if mix.path() == path:
            return info
        return redirect(f"{context.site.base_url}{info.key.path()}{ending}{query}", code=308)  # type: ignore[return-value]
    present, code = _with_present_names(context, mix)
    if present.path() == mix.path():
        raise NotFound("There is no such mix here.")
    return redirect(f"{context.site.base_url}/mix/{present.path()}{ending}{query}", code=code)  # type: ignore[return-value]


def _with_present_names(context: WebContext, mix: Mix) -> tuple[Mix, int]:
    """The mix with every renamed word as it is called now; raises UnknownFeedError for a word that nobody had."""
    terms: list[MixTerm] = []
    code = 308
    for term in mix.terms:
        kind = FEED_KINDS.get(term.kind)
        words: list[str] = []
        for word in term.words:
            found = find(context, kind, word) if kind is not None else None
            if isinstance(found, Moved):
                code = min(code, found.code)
                words.append(found.key.slug)
            else:
                words.append(word)
        terms.append(MixTerm(kind=term.kind, words=tuple(sorted(set(words))), is_not=term.is_not))
    return parse_mix(Mix(terms=tuple(terms)).path()), code
