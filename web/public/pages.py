"""The pages for people: home, the page of every feed, the lists, and one article."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.delivering.digests import BY_MAIL
from feeds.actions.delivering.digests import is_on as digests_on
from feeds.actions.publishing.search import search
from feeds.model.articles import Article, Tombstone
from feeds.model.outgoing import PLURALS, FeedKey
from feeds.publish.compose import compose_entry, share_of
from feeds.publish.feed_paths import KINDS
from feeds.publish.render import FORMATS
from feeds.publish.titles import feed_description, feed_title
from feeds.text.folding import MOST_QUERY
from feeds.text.sourcetypes import marks_of
from web.context import WebContext
from web.language import gettext, later
from web.public.addresses import Moved, find
from web.public.cards import Card, authors_of, card, shown_at, source_of, topics_of
from web.public.endings import change_words, ended_words
from web.public.past import months_of, page_number, place_of, place_text
from web.server.conditional import represent

MOST_ON_PAGE = 30
MOST_PAGES = 100
MOST_ON_HOME = 15
MOST_LISTED_ON_HOME = 14
MOST_LISTED = 100
"""Names on one page of a list."""
MOST_PINNED = 3
LIST_TITLES = {
    "topics": later("Topics"),
    "authors": later("Authors"),
    "sources": later("Sources"),
    "mixes": later("Mixes"),
}
HTML = "text/html; charset=utf-8"


def pages(context: WebContext) -> Blueprint:
    """The blueprint of all pages."""
    views = Blueprint("pages", __name__)

    @views.get("/")
    def home() -> AnyResponse:
        return _home(context)

    @views.get("/all")
    def everything() -> AnyResponse:
        return _feed_page(context, FeedKey(kind="all"), request.args.get("before"))

    @views.get(f"/<any({','.join(KINDS)}):kind>")
    def listing(kind: str) -> AnyResponse:
        return _listing(context, kind, request.args.get("page", "1"))

    @views.get(f"/<any({','.join(KINDS)}):kind>/<slug>")
    def feed_page(kind: str, slug: str) -> AnyResponse:
        return _feed_page(context, FeedKey(kind=KINDS[kind], slug=slug), request.args.get("before"))

    @views.get("/articles/<int:article_id>")
    def article(article_id: int) -> AnyResponse:
        return _article(context, article_id)

    @views.get("/changes")
    def changes() -> AnyResponse:
        return _changes(context, request.args.get("before"))

    @views.get("/search")
    def find_articles() -> AnyResponse:
        return _search(context, request.args.get("q", ""), request.args.get("page", "1"))

    return views


def style_version(name: str = "site.css") -> str:
    """A hash of a style sheet, so that a new one is fetched although the old is kept for long."""
    sheet = Path(__file__).resolve().parents[1] / "static" / name
    return blake2b(sheet.read_bytes(), digest_size=6).hexdigest()


def _home(context: WebContext) -> AnyResponse:
    store = context.stores.get()
    every = FeedKey(kind="all")
    page = store.feeds.page(every, entries=MOST_ON_HOME, window=timedelta(0), most=MOST_ON_HOME)
    return _page(
        context,
        "home.html",
        is_brief=not (page and page.articles),
        cards=_cards(context, page.articles if page else (), store.feeds.pinned(every, MOST_PINNED)),
        lists={
            kind: store.feeds.largest(key_kind, most=MOST_LISTED_ON_HOME) for kind, key_kind in KINDS.items()
        },
        sizes={kind: context.lists.size(key_kind) for kind, key_kind in KINDS.items()},
        list_titles=LIST_TITLES,
        article_count=page.info.article_count if page else 0,
        subscribe=subscribe_box(context, FeedKey(kind="all"), context.site.title),
    )


def _listing(context: WebContext, kind: str, page: str) -> AnyResponse:
    number, size = page_number(page), context.lists.size(KINDS[kind])
    feeds = context.stores.get().feeds.by_title(
        KINDS[kind], most=MOST_LISTED + 1, offset=(number - 1) * MOST_LISTED
    )
    if not feeds and number > 1:
        raise NotFound("This list has no such page.")
    return _page(
        context,
        "list.html",
        kind=kind,
        title=LIST_TITLES[kind],
        feeds=feeds[:MOST_LISTED],
        size=size,
        number=number,
        has_more=len(feeds) > MOST_LISTED,
    )


def articles_page(context: WebContext, key: FeedKey, before: str | None) -> dict[str, object]:
    """What a page shows of a feed's articles: the newest, or those after a place in its past."""
    store = context.stores.get()
    place = place_of(before) if before is not None else None
    if before is not None and place is None:
        raise NotFound("That is no place in this feed's past; its newest articles are on the page itself.")
    if place is None:
        page = store.feeds.page(key, entries=MOST_ON_PAGE + 1, window=timedelta(0), most=MOST_ON_PAGE + 1)
        articles = page.articles[: MOST_ON_PAGE + 1] if page is not None else ()
    else:
        articles = store.feeds.page_before(key, sort_at=place[0], article_id=place[1], most=MOST_ON_PAGE + 1)
    pinned = store.feeds.pinned(key, MOST_PINNED) if place is None else ()
    older = articles[MOST_ON_PAGE - 1] if len(articles) > MOST_ON_PAGE else None
    return {
        "cards": _cards(context, articles[:MOST_ON_PAGE], pinned),
        "older": f"?before={place_text(older.sort_at, older.id)}" if older is not None else None,
        "is_past": place is not None,
    }


def _feed_page(context: WebContext, key: FeedKey, before: str | None) -> AnyResponse:
    store = context.stores.get()
    found = find(context, key.kind, key.slug)
    if isinstance(found, Moved):
        return redirect(context.site.base_url + found.key.path(), code=found.code)
    return _page(
        context,
        "feed.html",
        plurals=PLURALS,
        is_brief=not found.article_count,
        info=found,
        title=context.site.title if key.kind == "all" else found.title,
        heading=gettext("All articles") if key.kind == "all" else found.title,
        description=feed_description(found, context.site, gettext),
        **articles_page(context, key, before),
        months=months_of(store.feeds.span(key), context.site.timezone),
        canonical_url=context.site.base_url + key.path() + (f"?before={before}" if before else ""),
        subscribe=subscribe_box(context, key, feed_title(found, context.site)),
    )


def _article(context: WebContext, article_id: int) -> AnyResponse:
    found = context.stores.get().articles.get(article_id) if article_id < 2**62 else None
    if isinstance(found, Tombstone) and found.is_private:
        raise NotFound("There is no such article here.")
    if isinstance(found, Tombstone):
        raise Gone(
            gettext("This article is no longer here.")
            if found.is_silent
            else ended_words(found.withdrawn_at, is_purged=found.is_purged, reason=found.reason)
        )
    if found is not None and found.status in ("withdrawn", "purged") and not found.source.is_private:
        raise Gone("This article was withdrawn.")
    if not isinstance(found, Article) or found.source.is_private or found.status != "published":
        raise NotFound("There is no such article here.")
    entry = compose_entry(found, context.site, excerpt_chars=context.settings.publish.excerpt_chars)
    is_ours = found.source.is_ours
    response = _page(
        context,
        "article.html",
        article=found,
        entry=entry,
        # The page has its own first heading.
        content=entry.content_html.replace("<h1", "<h2").replace("</h1>", "</h2>"),
        share=share_of(found),
        shown_at=shown_at(found),
        source=source_of(found),
        authors=authors_of(found),
        topics=topics_of(found),
        is_ours=is_ours,
        marks=marks_of(entry.source_type, [one.source_type for one in entry.images]),
        canonical_url=entry.url,
    )
    if not is_ours:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _changes(context: WebContext, before: str | None) -> AnyResponse:
    place = place_of(before) if before is not None else None
    if before is not None and place is None:
        raise NotFound("That is no place in this list; the newest changes are on the page itself.")
    found = context.stores.get().feeds.changes(most=MOST_ON_PAGE + 1, before=place)
    shown = found[:MOST_ON_PAGE]
    key = FeedKey(kind="changes")
    return _page(
        context,
        "changes.html",
        is_brief=not found,
        changes=[(one, change_words(one)) for one in shown],
        older=f"?before={place_text(shown[-1].at, shown[-1].article_id)}"
        if len(found) > MOST_ON_PAGE
        else None,
        is_past=place is not None,
        subscribe=subscribe_box(
            context, key, f"{gettext('Corrections and withdrawals')} · {context.site.title}"
        ),
    )


def _search(context: WebContext, query: str, page: str) -> AnyResponse:
    query = query.replace("\x00", "").strip()[:MOST_QUERY]
    number = min(page_number(page), MOST_PAGES)
    found = search(context.stores.get(), query, most=MOST_ON_PAGE + 1, offset=(number - 1) * MOST_ON_PAGE)
    response = _page(
        context,
        "search.html",
        query=query,
        cards=_cards(context, found[:MOST_ON_PAGE]),
        number=number,
        has_more=len(found) > MOST_ON_PAGE and number < MOST_PAGES,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(context: WebContext, template: str, *, is_brief: bool = False, **values: object) -> Response:
    body = render_template(template, **values).encode("utf-8")
    return context.respond(represent(body, HTML, level=4, is_brief=is_brief))


def _cards(
    context: WebContext, articles: tuple[Article, ...], pinned: tuple[Article, ...] = ()
) -> list[Card]:
    """Cards of the articles; those that are pinned stand first, and once."""
    most, first = context.settings.publish.excerpt_chars, {one.id for one in pinned}
    shown = (*pinned, *(one for one in articles if one.id not in first))
    return [card(one, context.site, excerpt_chars=most, is_pinned=one.id in first) for one in shown]


def subscribe_box(context: WebContext, key: FeedKey, title: str) -> dict[str, object]:
    """What the subscribe box shows: every format with its address, and what it is for."""
    base = context.site.base_url + key.path()
    return {
        "title": title,
        "formats": [
            (spec.name, f"{base}.{spec.extension}") for spec in FORMATS.values() if spec.is_for_readers
        ],
        "atom_url": f"{base}.{FORMATS['atom'].extension}",
        "mail": key.path() if digests_on(context.settings) and key.kind in BY_MAIL else None,
        "mail_action": f"{context.site.base_url}/digest",
    }
