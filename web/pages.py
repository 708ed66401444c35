"""The pages for people: home, the page of every feed, the lists, and one article."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.search import search
from feeds.folding import MOST_QUERY
from feeds.model.articles import Article, Tombstone
from feeds.model.outgoing import FeedInfo, FeedKey
from feeds.publish.compose import compose_entry, feed_description, feed_title, share_of
from feeds.publish.render import FORMATS
from parts import user_agent
from web.addresses import KINDS, Moved, find
from web.cards import Card, authors_of, card, shown_at, source_of, topics_of
from web.conditional import represent
from web.context import WebContext

MOST_ON_PAGE = 30
MOST_PAGES = 100
MOST_ON_HOME = 15
MOST_LISTED_ON_HOME = 14
LIST_TITLES = {"topics": "Topics", "authors": "Authors", "sources": "Sources"}
HTML = "text/html; charset=utf-8"


def pages(context: WebContext) -> Blueprint:
    """The blueprint of all pages."""
    views = Blueprint("pages", __name__)

    @views.get("/")
    def home() -> AnyResponse:
        return _home(context)

    @views.get("/all")
    def everything() -> AnyResponse:
        return _feed_page(context, FeedKey(kind="all"))

    @views.get(f"/<any({','.join(KINDS)}):kind>")
    def listing(kind: str) -> AnyResponse:
        feeds = _by_title(context.lists.get(KINDS[kind]))
        return _page(context, "list.html", kind=kind, title=LIST_TITLES[kind], feeds=feeds)

    @views.get(f"/<any({','.join(KINDS)}):kind>/<slug>")
    def feed_page(kind: str, slug: str) -> AnyResponse:
        return _feed_page(context, FeedKey(kind=KINDS[kind], slug=slug))

    @views.get("/articles/<int:article_id>")
    def article(article_id: int) -> AnyResponse:
        return _article(context, article_id)

    @views.get("/search")
    def find_articles() -> AnyResponse:
        return _search(context, request.args.get("q", ""), request.args.get("page", "1"))

    @views.get("/bot")
    def bot() -> AnyResponse:
        return _bot(context)

    return views


def style_version(name: str = "site.css") -> str:
    """A hash of a style sheet, so that a new one is fetched although the old is kept for long."""
    sheet = Path(__file__).parent / "static" / name
    return blake2b(sheet.read_bytes(), digest_size=6).hexdigest()


def _home(context: WebContext) -> AnyResponse:
    store = context.stores.get()
    page = store.feed_page(FeedKey(kind="all"), entries=MOST_ON_HOME, window=timedelta(0), most=MOST_ON_HOME)
    lists = {kind: context.lists.get(key_kind) for kind, key_kind in KINDS.items()}
    return _page(
        context,
        "home.html",
        cards=_cards(context, page.articles if page else ()),
        lists={
            kind: sorted(infos, key=lambda info: (-info.article_count, info.title.casefold()))[
                :MOST_LISTED_ON_HOME
            ]
            for kind, infos in lists.items()
        },
        sizes={kind: len(infos) for kind, infos in lists.items()},
        list_titles=LIST_TITLES,
        article_count=page.info.article_count if page else 0,
        subscribe=_subscribe(context, FeedKey(kind="all"), context.site.title),
    )


def _feed_page(context: WebContext, key: FeedKey) -> AnyResponse:
    store = context.stores.get()
    found = find(context, key.kind, key.slug)
    if isinstance(found, Moved):
        return redirect(context.site.base_url + found.key.path(), code=found.code)
    page = store.feed_page(key, entries=MOST_ON_PAGE, window=timedelta(0), most=MOST_ON_PAGE)
    articles = page.articles if page is not None else ()
    return _page(
        context,
        "feed.html",
        info=found,
        title=context.site.title if key.kind == "all" else found.title,
        heading="All articles" if key.kind == "all" else found.title,
        description=feed_description(found, context.site),
        cards=_cards(context, articles),
        has_more=found.article_count > len(articles),
        canonical_url=context.site.base_url + key.path(),
        subscribe=_subscribe(context, key, feed_title(found, context.site)),
    )


def _article(context: WebContext, article_id: int) -> AnyResponse:
    found = context.stores.get().article(article_id) if article_id < 2**62 else None
    if isinstance(found, Tombstone) or (found is not None and found.status != "published"):
        raise Gone("This article was withdrawn.")
    if not isinstance(found, Article):
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
        canonical_url=entry.url,
    )
    if not is_ours:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _search(context: WebContext, query: str, page: str) -> AnyResponse:
    query = query.replace("\x00", "").strip()[:MOST_QUERY]
    number = min(int(page), MOST_PAGES) if page.isascii() and page.isdigit() and 0 < len(page) < 5 else 1
    number = max(number, 1)
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


def _bot(context: WebContext) -> AnyResponse:
    """For people who run a site and wonder who we are."""
    polling, contact = context.settings.poll, context.site.contact
    seconds = polling.pause.total_seconds()
    return _page(
        context,
        "bot.html",
        agent=user_agent(context.settings),
        minutes=round(polling.min_interval.total_seconds() / 60),
        pause=f"{seconds:g} {'second' if seconds == 1 else 'seconds'}",
        contact=contact,
        contact_url=f"mailto:{contact}" if contact and "@" in contact and "://" not in contact else contact,
    )


def _page(context: WebContext, template: str, **values: object) -> Response:
    body = render_template(template, **values).encode("utf-8")
    return context.respond(represent(body, HTML, level=4))


def _cards(context: WebContext, articles: tuple[Article, ...]) -> list[Card]:
    most = context.settings.publish.excerpt_chars
    return [card(article, context.site, excerpt_chars=most) for article in articles]


def _by_title(infos: tuple[FeedInfo, ...]) -> list[FeedInfo]:
    return sorted(infos, key=lambda info: (info.title.casefold(), info.key.slug))


def _subscribe(context: WebContext, key: FeedKey, title: str) -> dict[str, object]:
    """What the subscribe box shows: every format with its address, and what it is for."""
    base = context.site.base_url + key.path()
    return {
        "title": title,
        "formats": [(spec.name, f"{base}.{spec.extension}") for spec in FORMATS.values()],
        "atom_url": f"{base}.{FORMATS['atom'].extension}",
    }
