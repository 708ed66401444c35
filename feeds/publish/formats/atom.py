"""`FeedDocument` → Atom 1.0 (RFC 4287), through feedgen. No decisions."""

from __future__ import annotations

from feedgen.feed import FeedGenerator

from feeds.errors import RenderError
from feeds.model.outgoing import DocumentEntry, FeedDocument
from feeds.publish.formats.extension import MEDIA_TOPICS, AtomEntryExtension, AtomFeedExtension

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def write_atom(document: FeedDocument) -> bytes:
    """The document as Atom; raises `RenderError` where XML cannot carry it."""
    feed = FeedGenerator()
    feed.register_extension("feedwright", AtomFeedExtension, AtomEntryExtension, atom=True, rss=False)
    try:
        feed.id(document.feed_urn)
        feed.title(document.title)
        feed.subtitle(document.description)
        feed.updated(document.updated_at)
        feed.feedwright.updated_at = document.updated_at
        feed.language(document.language)
        feed.author({"name": document.author.name, "uri": document.author.url})
        feed.generator("Feedwright")
        feed.link(href=document.base_feed_url + ".atom", rel="self", type="application/atom+xml")
        feed.link(href=document.page_url, rel="alternate", type="text/html")
        for entry in document.entries:
            _add(feed, entry, document.language)
        body: bytes = feed.atom_str()
    except (ValueError, TypeError) as fault:
        raise RenderError(f"{document.base_feed_url}.atom cannot be written: {fault}") from fault
    return body


def _add(feed: FeedGenerator, shown: DocumentEntry, language: str) -> None:
    entry = feed.add_entry(order="append")
    entry.feedwright.show = shown
    entry.feedwright.language = language
    entry.id(shown.urn)
    entry.title(shown.title)
    entry.updated(shown.updated_at)
    entry.published(shown.published_at)
    entry.link(href=shown.url)
    if shown.summary:
        entry.summary(shown.summary)
    if shown.content_html:
        entry.content(shown.content_html, type="html")
    for author in shown.authors:
        entry.author({"name": author.name, "uri": author.url})
    for label in shown.categories:
        entry.category({"term": label})
    for subject in shown.subjects:
        entry.category({"term": subject.removeprefix("medtop:"), "scheme": MEDIA_TOPICS})
    if shown.rights:
        entry.rights(shown.rights)
