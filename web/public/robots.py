"""For machines that look around: robots.txt, and sitemaps of what is ours, cut by source and month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from feeds.actions.delivering.indexnow import KEY
from feeds.publish.feed_paths import KINDS
from feeds.publish.robots import robots_txt
from feeds.publish.sitemap import (
    MEDIA_TYPE,
    MOST_NEWS,
    MOST_URLS,
    write_index,
    write_news,
    write_sitemap,
)
from feeds.text.dates import rfc3339
from web.context import WebContext
from web.server.conditional import represent

NEWS_FOR = timedelta(days=2)
MOST_FEED_PAGES = 10_000
"""Pages of feeds in their sitemap: those that hold most."""
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)


def robots(context: WebContext) -> Blueprint:
    """The blueprint of `/robots.txt` and the sitemaps."""
    views = Blueprint("robots", __name__)

    @views.get("/robots.txt")
    def robots_file() -> Response:
        text = robots_txt(context.site)
        return context.respond(represent(text.encode(), "text/plain; charset=utf-8"))

    @views.get("/<key>.txt")
    def indexnow_key(key: str) -> Response:
        """Proves to search engines that what `[publish] indexnow` tells them comes from here."""
        if context.settings.publish.indexnow is None or key != context.stores.get().kept.get(KEY):
            raise NotFound("There is no such file. /robots.txt tells machines where to look.")
        return context.respond(represent(key.encode(), "text/plain; charset=utf-8"))

    @views.get("/sitemap.xml")
    def index() -> Response:
        base = context.site.base_url
        addresses = [f"{base}/sitemap/feeds.xml"]
        for slug, first, last in context.stores.get().articles.own_spans():
            addresses += [f"{base}/sitemap/{slug}/{month:%Y-%m}.xml" for month in _months(first, last)]
        return _xml(context, write_index(addresses[:MOST_URLS]))

    @views.get("/sitemap/feeds.xml")
    def feed_pages() -> Response:
        store, base = context.stores.get(), context.site.base_url
        pages: list[tuple[str, str | None]] = [(f"{base}/", None), (f"{base}/all", None)]
        for kind in KINDS.values():
            found = store.feeds.largest(kind, most=MOST_FEED_PAGES)
            pages += [
                (base + one.key.path(), rfc3339(one.changed_at.replace(microsecond=0))) for one in found
            ]
        return _xml(context, write_sitemap(pages[:MOST_URLS]))

    @views.get("/sitemap/<slug>/<month>.xml")
    def own_articles(slug: str, month: str) -> Response:
        given = _MONTH.fullmatch(month)
        if given is None or not 1 <= int(given[2]) <= 12 or int(given[1]) < 1:
            raise NotFound("Sitemaps of articles are named by month, such as 2026-11.")
        begin = datetime(int(given[1]), int(given[2]), 1, tzinfo=UTC)
        rows = context.stores.get().articles.own_between(
            slug, since=begin, before=_next(begin), most=MOST_URLS
        )
        base = context.site.base_url
        return _xml(
            context,
            write_sitemap(
                (f"{base}/articles/{article_id}", rfc3339(at.replace(microsecond=0)))
                for article_id, at in rows
            ),
        )

    @views.get("/news-sitemap.xml")
    def news() -> Response:
        found = context.stores.get().articles.own_newest(since=context.clock() - NEWS_FOR, most=MOST_NEWS)
        return _xml(context, write_news(found, context.site))

    return views


def _xml(context: WebContext, body: bytes) -> Response:
    return context.respond(represent(body, MEDIA_TYPE))


def _months(first: datetime, last: datetime) -> Iterator[datetime]:
    month = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month <= last:
        yield month
        month = _next(month)


def _next(month: datetime) -> datetime:
    return (month + timedelta(days=32)).replace(day=1)
