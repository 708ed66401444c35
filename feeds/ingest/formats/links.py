"""A page as a list of links to articles, by the admin's CSS selector. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from cssselect import SelectorError
from lxml import etree, html
from lxml.cssselect import CSSSelector

from feeds.errors import ParseError
from feeds.ingest.formats.charset import as_utf8
from feeds.model.incoming import ParsedEntry, ParsedFeed
from feeds.text.markup import escape_text, one_line
from feeds.text.urls import absolute_url, canonical_url

MOST_LINKS = 1_000
TITLE_CHARS = 300


def parse_links(body: bytes, *, url: str, content_type: str, selector: str) -> ParsedFeed:
    """The articles that a page lists, in its own order; raises ParseError if the selector finds none.

    The selector may meet the links themselves, or what holds them.
    """
    try:
        chosen = CSSSelector(selector)
    except (SelectorError, etree.XPathError) as error:
        raise ParseError(
            f"The CSS selector {selector!r} cannot be read: {error}.", state="settings"
        ) from error
    try:
        root = html.document_fromstring(
            as_utf8(body, content_type), parser=html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ParseError("The answer is no web page.", state="not-a-feed") from error
    base = next((one.get("href") for one in root.iter("base")), None)
    base = absolute_url(base, url) or url
    titles: dict[str, str] = {}
    found: list[html.HtmlElement] = list(chosen(root))  # type: ignore[arg-type]
    for element in found:
        anchors: Iterable[html.HtmlElement] = [element] if element.tag == "a" else element.iter("a")
        for anchor in anchors:
            address = canonical_url(anchor.get("href"), base)
            if address is None or len(titles) >= MOST_LINKS:
                continue
            words = one_line(anchor.text_content())[:TITLE_CHARS]
            titles[address] = titles.get(address) or words
    if not titles:
        raise ParseError(
            f"The selector {selector!r} finds no links on the page: the page may have changed.",
            state="not-a-feed",
        )
    title = one_line(root.findtext(".//title") or "")[:TITLE_CHARS]
    language = (root.get("lang") or "").strip()
    return ParsedFeed(
        format="page",
        title=escape_text(title) or None,
        home_url=url,
        language=language or None,
        entries=tuple(
            ParsedEntry(guid=address, url=address, title_html=escape_text(words) if words else None)
            for address, words in titles.items()
        ),
    )
