"""From a page to its feeds: what it states, what its platform does, what it links to, usual paths. Pure."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from feeds.ingest.formats.platforms import by_address, by_generator
from feeds.text.urls import absolute_url, without_feed_scheme

FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/x-rss+xml",
        "application/x-atom+xml",
        "application/rss",
        "application/atom",
        "text/rss",
        "text/rss+xml",
        "text/atom+xml",
        "text/xml",
        "application/xml",
    }
)
"""Types that pages state of their feeds; the last of them are XML's own, and not registered for feeds."""
USUAL_PATHS = ("/feed", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json")
SITEMAPS = ("/sitemap-news.xml", "/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
MAX_PAGE = 1_000_000
_LOOKS_LIKE_FEED = re.compile(
    r"(?i)(\.(rss|atom|rdf)|/(feeds?|rss|atom|syndication)(\.xml|\.json|/|$)|[?&](feed|format)=(rss|atom|feed))"
)
_SAYS_FEED = re.compile(r"(?i)^\W*(rss|atom|xml|json)?[\s-]*(feed|rss)s?\W*$")
_LABEL_CHARS = 100
"""Longer texts are no labels; looked at whole, they would take time that grows with their square."""
_COMMENTS = re.compile(r"(?i)comment|/replies\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """An address that may be a feed, and why we think so."""

    url: str
    title: str
    reason: str
    is_stated: bool = False
    """The page, or the platform's own rules, offer it: no guess."""


def feed_links(page: bytes, page_url: str) -> tuple[FeedLink, ...]:
    """Addresses that may be feeds of the page, likeliest first, each once; feeds of comments last."""
    reader = _Links()
    # `<![` and the like are asserted not to be there; what stood before them counts.
    with contextlib.suppress(AssertionError):
        reader.feed(page[:MAX_PAGE].decode("utf-8", "replace"))
    base = urljoin(page_url, reader.base) if reader.base else page_url
    home = absolute_url(reader.canonical, base) or page_url
    found: dict[str, FeedLink] = {}

    def take(href: str, title: str, reason: str, seen_from: str, *, is_stated: bool = False) -> None:
        url = absolute_url(without_feed_scheme(href), seen_from)
        if url and url not in found:
            found[url] = FeedLink(url=url, title=title, reason=reason, is_stated=is_stated)

    for href, title in reader.stated:
        take(href, title, "the page states it", base, is_stated=True)
    for address in dict.fromkeys((page_url, home)):
        for name, href in by_address(address):
            take(href, "", f"{name} keeps feeds there", address, is_stated=True)
    made_by = by_generator(reader.generator or "")
    if made_by is not None:
        take(made_by[1], "", f"{made_by[0]} keeps its feed there", home)
    for href, title in reader.anchors:
        take(href, title, "the page links to it", base)
    for address in dict.fromkeys((home, page_url)):
        section = urlsplit(address).path.rstrip("/")
        if section and section.count("/") == 1 and "." not in section:
            take(f"{section}/feed", "", f"the usual path {section}/feed", address)
        for path in USUAL_PATHS:
            take(path, "", f"the usual path {path}", address)
    return tuple(sorted(found.values(), key=lambda link: bool(_COMMENTS.search(f"{link.url} {link.title}"))))


def sitemap_links(page_url: str) -> tuple[str, ...]:
    """Sitemaps that may list the page's articles, likeliest first."""
    return tuple(url for path in SITEMAPS if (url := absolute_url(path, page_url)))


def _says_feed(label: str) -> bool:
    return len(label) < _LABEL_CHARS and _SAYS_FEED.match(label) is not None


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.base: str | None = None
        self.canonical: str | None = None
        self.generator: str | None = None
        self.stated: list[tuple[str, str]] = []
        self.anchors: list[tuple[str, str]] = []
        self._href: str | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name", "").lower() == "generator":
            self.generator = self.generator or given.get("content", "")
        href = given.get("href", "").strip()
        if not href:
            return
        if tag == "base" and self.base is None:
            self.base = href
        elif tag == "link":
            self._link(given, href)
        elif tag == "a":
            label = given.get("title", "").strip() or given.get("aria-label", "").strip()
            if (
                _LOOKS_LIKE_FEED.search(href)
                or given.get("type", "").lower() in FEED_TYPES
                or _says_feed(label)
            ):
                self.anchors.append((href, label))
            else:
                self._href, self._words = href, ""

    def handle_data(self, data: str) -> None:
        if self._href is not None and len(self._words) < 50:
            self._words += data[:_LABEL_CHARS]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href is not None:
            if _says_feed(self._words):
                self.anchors.append((self._href, self._words.strip()))
            self._href = None

    def _link(self, given: dict[str, str], href: str) -> None:
        kind = given.get("type", "").split(";")[0].strip().lower()
        relations = given.get("rel", "").lower().split()
        # JSON of any other kind, such as what WordPress answers of each page, is no feed.
        is_json_feed = kind == "application/json" and _LOOKS_LIKE_FEED.search(href) is not None
        if ("alternate" in relations and (kind in FEED_TYPES or is_json_feed)) or "feed" in relations:
            self.stated.append((href, given.get("title", "").strip()))
        elif "canonical" in relations and self.canonical is None:
            self.canonical = href
