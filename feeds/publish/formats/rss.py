"""`FeedDocument` → RSS 2.0 (RSS Advisory Board), through feedgen. No decisions."""

from __future__ import annotations

import re

from feedgen.feed import FeedGenerator

from feeds.errors import RenderError
from feeds.model.outgoing import DocumentEntry, FeedDocument
from feeds.publish.formats.extension import (
    LOOKS_LIKE_MARKUP,
    MEDIA_TOPICS,
    RssEntryExtension,
    RssFeedExtension,
)
from feeds.text.markup import escape_text
from feeds.text.sourcetypes import SOURCE_TYPES, term_of

MEDIA_TYPE = "application/rss+xml; charset=utf-8"
PLAIN_PICTURES = (".png", ".jpg", ".jpeg", ".gif")
"""What the image of a channel may be (RSS 2.0)."""
_CDATA = re.compile(rb"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)


def write_rss(document: FeedDocument) -> bytes:
    """The document as RSS; raises `RenderError` where XML cannot carry it."""
    feed = FeedGenerator()
    feed.register_extension("feedwright", RssFeedExtension, RssEntryExtension, atom=False, rss=True)
    try:
        feed.title(document.title)
        feed.description(_described(document.description))
        feed.language(document.language)
        feed.lastBuildDate(document.updated_at)
        if document.dated_at is not None:
            feed.pubDate(document.dated_at)
        feed.generator("Feedwright")
        feed.docs("https://www.rssboard.org/rss-specification")
        feed.feedwright.document = document
        address = document.base_feed_url + ".rss" + document.query_string
        feed.link(href=address, rel="self", type="application/rss+xml")
        # The last link becomes the channel's own.
        feed.link(href=document.page_url, rel="alternate")
        logo = document.site.logo_url
        if logo and logo.endswith(PLAIN_PICTURES):
            feed.image(url=logo, title=document.title, link=document.page_url)
        for entry in document.entries:
            _add(feed, entry, document)
        body: bytes = feed.rss_str()
    except (ValueError, TypeError) as fault:
        raise RenderError(f"{document.base_feed_url}.rss cannot be written: {fault}") from fault
    return _with_hexadecimal_references(body)


def _add(feed: FeedGenerator, shown: DocumentEntry, document: FeedDocument) -> None:
    entry = feed.add_entry(order="append")
    entry.feedwright.show = shown
    entry.feedwright.language = document.language
    entry.guid(shown.urn, permalink=False)
    entry.title(shown.title)
    entry.pubDate(shown.published_at)
    entry.link(href=shown.url)
    if shown.summary:
        # Readers take a description for HTML.
        entry.description(escape_text(shown.summary))
    if shown.content_html:
        entry.content(shown.content_html, type="CDATA" if "]]>" not in shown.content_html else None)
    for title in shown.topics:
        entry.category({"term": title, "scheme": document.site.base_url + "/topics/"})
    for label in shown.categories:
        entry.category({"term": label})
    for subject in shown.subjects:
        entry.category({"term": subject.removeprefix("medtop:"), "scheme": MEDIA_TOPICS})
    if shown.source_type:
        entry.category({"term": term_of(shown.source_type), "scheme": SOURCE_TYPES})
    if shown.enclosures:
        first = shown.enclosures[0]
        entry.enclosure(first.url, first.length or 0, first.media_type)


def _described(text: str) -> str:
    """A channel's description, which readers take for HTML.

    Escaped only where it would read as such: of a lone ampersand everybody knows what is meant, and some readers decode
    only once.
    """
    return escape_text(text) if LOOKS_LIKE_MARKUP.search(text) else text


def _with_hexadecimal_references(body: bytes) -> bytes:
    """The same XML with `&` and `<` as the RSS Best Practices Profile wants them in plain text."""
    parts = _CDATA.split(body)
    parts[::2] = [part.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;") for part in parts[::2]]
    return b"".join(parts)
