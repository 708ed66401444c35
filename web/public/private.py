"""Private addresses, `/p/<token>/…`: feeds and pages for those who were given one, kept out of every cache and list."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.editing.private_addresses import opened_by, private_article, private_page, private_site
from feeds.model.articles import Article
from feeds.model.outgoing import FeedKey, FeedPage, Format, SiteInfo
from feeds.model.private import PrivateAddress
from feeds.publish.alertfeed import NAME as ALERTS
from feeds.publish.alertfeed import alert_document
from feeds.publish.compose import compose, compose_entry, share_of
from feeds.publish.feed_paths import KINDS, place_of
from feeds.publish.render import BY_EXTENSION, FORMATS, render
from feeds.publish.titles import feed_description, feed_title, own_title
from web.context import WebContext
from web.language import gettext, later
from web.public.cards import Card, Named, authors_of, card, shown_at, source_of
from web.server.conditional import Representation, represent

MOST_ON_PAGE = 50
LONGEST_TOKEN = 100
UNKNOWN = later("This private address is not known here. Was it copied whole?")


def private(context: WebContext) -> Blueprint:
    """The blueprint of `/p/<token>/…`."""
    views = Blueprint("private", __name__)

    @views.get("/p/<token>/articles/<int:article_id>")
    def article(token: str, article_id: int) -> AnyResponse:
        address = _address(context, token)
        return _article(context, address, token, article_id)

    @views.get("/p/<token>/<path:path>")
    def feed(token: str, path: str) -> AnyResponse:
        address = _address(context, token)
        stem, _, extension = path.rpartition(".")
        if stem == ALERTS and ALERTS in address.feeds and extension in BY_EXTENSION:
            return _alerts(context, token, BY_EXTENSION[extension].format)
        place = place_of(f"/{path}")
        if place is not None:
            return _feed(context, address, token, *place)
        return _page(context, address, token, path)

    def keep_private(response: Response) -> Response:
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    views.after_request(keep_private)
    return views


def _address(context: WebContext, token: str) -> PrivateAddress:
    found = opened_by(context.stores.get(), token[:LONGEST_TOKEN], context.clock())
    if found is None:
        raise NotFound(UNKNOWN)
    if not found.is_open(context.clock()):
        raise Gone("This private address has ended. Whoever gave it to you can give you another.")
    return found


def _feed(
    context: WebContext, address: PrivateAddress, token: str, key: FeedKey, format: Format
) -> AnyResponse:
    page = _found(context, address, key)
    publish, site = context.settings.publish, private_site(context.site, token)
    document = compose(page, site, excerpt_chars=publish.excerpt_chars)
    document = replace(
        document, author=replace(document.author, url=context.site.base_url + "/"), site=context.site
    )
    made = render(document, format, changed_at=page.info.changed_at)
    return context.respond(represent(made.body, made.media_type, etag=made.etag, changed_at=made.changed_at))


def _alerts(context: WebContext, token: str, format: Format) -> AnyResponse:
    store = context.stores.get()
    document = alert_document(
        store.alerts.latest(MOST_ON_PAGE),
        context.site,
        site_id=store.feeds.site_uuid(),
        base_url=private_site(context.site, token).base_url,
        now=context.clock(),
    )
    made = render(document, format, changed_at=document.updated_at)
    return context.respond(represent(made.body, made.media_type, etag=made.etag, changed_at=made.changed_at))


def _page(context: WebContext, address: PrivateAddress, token: str, path: str) -> AnyResponse:
    plural, _, slug = path.strip("/").partition("/")
    if path == "all":
        key = FeedKey(kind="all")
    elif plural == "mix" and slug:
        key = FeedKey(kind="query", slug=slug)
    elif plural in KINDS and slug:
        key = FeedKey(kind=KINDS[plural], slug=slug)
    else:
        raise NotFound("A private address leads to feeds, such as all.atom or topics/harbour.")
    page = _found(context, address, key)
    publish, site = context.settings.publish, private_site(context.site, token)
    base = site.base_url + key.path()
    shown = [_card(one, site, token, publish.excerpt_chars) for one in page.articles[:MOST_ON_PAGE]]
    return _html(
        context,
        "private.html",
        title=feed_title(page.info, context.site),
        heading=own_title(page.info, context.site) or context.site.title,
        description=feed_description(page.info, context.site, gettext),
        address=address,
        cards=shown,
        subscribe={
            "title": feed_title(page.info, context.site),
            "formats": [
                (spec.name, f"{base}.{spec.extension}") for spec in FORMATS.values() if spec.is_for_readers
            ],
            "atom_url": f"{base}.atom",
        },
    )


def _card(article: Article, site: SiteInfo, token: str, excerpt_chars: int) -> Card:
    """The card, leading to the article's private page; who is nobody's to read has no page to lead to."""
    found = card(article, site, excerpt_chars=excerpt_chars)
    if not found.is_elsewhere:
        found = replace(found, url=f"/p/{token}{found.url}")
    if article.source.is_private:
        authors = tuple(_named(one, article) for one in found.authors)
        found = replace(found, source=_named(found.source, article), authors=authors, topics=())
    return found


def _article(context: WebContext, address: PrivateAddress, token: str, article_id: int) -> AnyResponse:
    found = private_article(context.stores.get(), address, article_id) if article_id < 2**62 else None
    if found is None:
        raise NotFound("There is no such article at this address.")
    site = private_site(context.site, token)
    entry = compose_entry(found, site, excerpt_chars=context.settings.publish.excerpt_chars)
    return _html(
        context,
        "article.html",
        article=found,
        entry=entry,
        content=entry.content_html.replace("<h1", "<h2").replace("</h1>", "</h2>"),
        share=share_of(found),
        shown_at=shown_at(found),
        source=_named(source_of(found), found),
        authors=[_named(one, found) for one in authors_of(found)],
        topics=(),
        is_ours=False,
    )


def _named(one: Named, article: Article) -> Named:
    return replace(one, path="") if article.source.is_private else one


def _found(context: WebContext, address: PrivateAddress, key: FeedKey) -> FeedPage:
    page = private_page(context.stores.get(), address, key, context.settings.publish)
    if page is None:
        raise NotFound("This private address is not for that feed, or there is no such feed.")
    return page


def _html(context: WebContext, template: str, **values: object) -> Response:
    body = render_template(template, **values).encode("utf-8")
    shown: Representation = represent(body, "text/html; charset=utf-8", level=4)
    return context.respond(shown)
