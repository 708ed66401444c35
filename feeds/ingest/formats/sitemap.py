"""Sitemaps (sitemaps.org 0.9), their indexes, news and image extensions, and plain lists of addresses. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from feeds.errors import ParseError
from feeds.ingest.formats.charset import as_utf8
from feeds.ingest.formats.detect import detect
from feeds.ingest.formats.gzipped import unpacked
from feeds.model.incoming import Image, ParsedEntry, ParsedFeed
from feeds.text.markup import escape_text, html_of_unstated, text_of_html
from feeds.text.references import mended_document, well_formed_text

MOST_URLS = 50_000


def parse_sitemap(body: bytes) -> ParsedFeed:
    """The sitemap's addresses as entries, newest first, or an index's children; raises ParseError for others."""
    text = mended_document(as_utf8(unpacked(body), "").split(b"?>", 1)[1])
    if detect(text) == "html":
        raise ParseError("This is no sitemap but a page.", state="not-a-feed")
    if not text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _plain(text)
    root, is_whole = _tree(text)
    if not is_whole and (spelled := well_formed_text(text)) != text:
        # Recovering, lxml makes `?a=1=2` of `?a=1&b=2`.
        root, _ = _tree(spelled)
    name = _local(root)
    if name == "sitemapindex":
        children = [
            (_text(one, "lastmod") or "", loc)
            for one in _named(root, "sitemap")
            if (loc := _text(one, "loc"))
        ]
        children.sort(key=lambda child: child[0], reverse=True)
        return ParsedFeed(
            format="sitemap index",
            more_urls=tuple(loc for _, loc in children),
            is_more_dated=all("T" in date for date, _ in children),
        )
    if name != "urlset":
        kind = (
            "a feed"
            if name in ("rss", "feed", "RDF")
            else "a page"
            if name.lower() == "html"
            else f"<{name}>"
        )
        raise ParseError(f"This is no sitemap but {kind}.", state="not-a-feed")
    pages = list(_pages(root))
    if not is_whole and text.rfind(b"loc>") == text.rfind(b"<loc>") + 1:
        # Cut off within an address: what is left of it leads elsewhere.
        del pages[-1:]
    entries = [entry for one in pages if (entry := _entry(one)) is not None]
    # ISO 8601 sorts as text well enough to put the newest first; equal ones stay in document order.
    entries.sort(key=lambda entry: entry.published or entry.updated or "", reverse=True)
    faults = () if is_whole else ("The sitemap is cut off or broken; what could be read was.",)
    return ParsedFeed(format="sitemap", entries=tuple(entries[:MOST_URLS]), faults=faults)


def _tree(text: bytes) -> tuple[etree._Element, bool]:
    """The root of what could be read, and whether that is the whole document."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"The sitemap is broken: {str(error)[:100]}.") from error
    if root is None:
        raise ParseError("The sitemap is broken.")
    return root, not parser.error_log


def _entry(element: etree._Element) -> ParsedEntry | None:
    url = _text(element, "loc")
    if not url:
        return None
    news = next(_named(element, "news"), None)
    title = keywords = language = None
    published, changed = tuple[str, ...](), _texts(element, "lastmod")
    if news is not None:
        title, published = _text(news, "title"), _texts(news, "publication_date")
        keywords = _text(news, "keywords")
        publication = next(_named(news, "publication"), None)
        language = _text(publication, "language") if publication is not None else None
    return ParsedEntry(
        guid=url,
        url=url,
        title_html=escape_text(text_of_html(html_of_unstated(title))) if title else None,
        published=next(iter(published), None),
        updated=next(iter(changed), None),
        more_published=published[1:] and published,
        more_updated=changed[1:] and changed,
        categories=tuple(word.strip() for word in (keywords or "").split(",") if word.strip()),
        images=tuple(_images(element)),
        language=language,
    )


def _images(element: etree._Element) -> Iterator[Image]:
    for one in _named(element, "image"):
        url = _text(one, "loc")
        if url:
            yield Image(url=url, caption=_text(one, "caption"), alt=_text(one, "title"))


def _plain(text: bytes) -> ParsedFeed:
    """A text file with one address a line (sitemaps.org)."""
    lines = [line.strip() for line in text.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    urls = [line for line in lines[:MOST_URLS] if line.lower().startswith(("http://", "https://"))]
    if not urls or len(urls) < len(lines[:MOST_URLS]) / 2:
        raise ParseError("This is no sitemap.", state="not-a-feed")
    return ParsedFeed(format="sitemap text", entries=tuple(ParsedEntry(guid=url, url=url) for url in urls))


def _local(element: etree._Element) -> str:
    # A prefix that nobody declared stays part of the name: `news:title`.
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _pages(root: etree._Element) -> Iterator[etree._Element]:
    """The `url` elements; some generators put each part of their list into a `urlset` of its own."""
    for child in root:
        if _local(child) == "url":
            yield child
        elif _local(child) == "urlset":
            yield from _named(child, "url")


def _named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if _local(child) == name)


def _text(element: etree._Element, name: str) -> str | None:
    child = next(_named(element, name), None)
    return " ".join((child.text or "").split()) or None if child is not None else None


def _texts(element: etree._Element, name: str) -> tuple[str, ...]:
    return tuple(text for one in _named(element, name) if (text := " ".join((one.text or "").split())))
