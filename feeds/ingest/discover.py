"""From a page to its feeds: links that it states, links that look like feeds, and usual paths. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

from feeds.urls import absolute_url

FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/x-rss+xml",
    }
)
USUAL_PATHS = ("/feed", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json")
MAX_PAGE = 1_000_000
_LOOKS_LIKE_FEED = re.compile(r"(?i)(\.(rss|atom|rdf)|/(feed|rss|atom)(\.xml|\.json|/|$)|[?&]feed=)")
_COMMENTS = re.compile(r"(?i)comment|/replies\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """An address that may be a feed, and why we think so."""

    url: str
    title: str
    reason: str


def feed_links(page: bytes, page_url: str) -> tuple[FeedLink, ...]:
    """Addresses that may be feeds of the page, likeliest first, each once; feeds of comments last."""
    reader = _Links()
    reader.feed(page[:MAX_PAGE].decode("utf-8", "replace"))
    base = urljoin(page_url, reader.base) if reader.base else page_url
    found: dict[str, FeedLink] = {}
    for href, title, reason in (*reader.stated, *reader.anchors):
        url = absolute_url(href, base)
        if url and url not in found:
            found[url] = FeedLink(url=url, title=title, reason=reason)
    for path in USUAL_PATHS:
        url = absolute_url(path, page_url)
        if url and url not in found:
            found[url] = FeedLink(url=url, title="", reason=f"the usual path {path}")
    return tuple(sorted(found.values(), key=lambda link: bool(_COMMENTS.search(f"{link.url} {link.title}"))))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.base: str | None = None
        self.stated: list[tuple[str, str, str]] = []
        self.anchors: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        href = given.get("href", "").strip()
        if not href:
            return
        if tag == "base" and self.base is None:
            self.base = href
        elif tag == "link":
            kind = given.get("type", "").split(";")[0].strip().lower()
            if "alternate" in given.get("rel", "").lower().split() and kind in FEED_TYPES:
                self.stated.append((href, given.get("title", "").strip(), "the page states it"))
        elif tag == "a" and _LOOKS_LIKE_FEED.search(href):
            self.anchors.append((href, given.get("title", "").strip(), "the page links to it"))
