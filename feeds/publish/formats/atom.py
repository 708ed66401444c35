"""`FeedDocument` → Atom 1.0 (RFC 4287), through feedgen. No decisions."""

from __future__ import annotations

from feedgen.feed import FeedGenerator

from feeds.errors import RenderError
from feeds.model.outgoing import DocumentEntry, FeedDocument
from feeds.publish.formats.extension import MEDIA_TOPICS, AtomEntryExtension, AtomFeedExtension
from feeds.text.sourcetypes import SOURCE_TYPES, term_of

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
        feed.feedwright.document = document
        feed.language(document.language)
        feed.author({"name": document.author.name, "uri": document.author.url})
        feed.generator("Feedwright")
        feed.icon(document.site.base_url + "/static/icon.svg")
        if document.site.logo_url:
            feed.logo(document.site.logo_url)
        address = document.base_feed_url + ".atom" + document.query_string
        feed.link(href=address, rel="self", type="application/atom+xml")
        feed.link(href=document.page_url, rel="alternate", type="text/html")
        for entry in document.entries:
            _add(feed, entry, document)
        body: bytes = feed.atom_str()
    except (ValueError, TypeError) as fault:
        raise RenderError(f"{document.base_feed_url}.atom cannot be written: {fault}") from fault
    return body


def _add(feed: FeedGenerator, shown: DocumentEntry, document: FeedDocument) -> None:
    entry = feed.add_entry(order="append")
    entry.feedwright.show = shown
    entry.feedwright.language = document.language
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
    if not shown.authors and shown.ended_at is None:
        # Readers that do not look into the source would sign it with the name of our site.
        entry.author({"name": shown.source.title, "uri": shown.source.home_url})
    for title in shown.topics:
        entry.category({"term": title, "scheme": document.site.base_url + "/topics/"})
    for label in shown.categories:
        entry.category({"term": label})
    for subject in shown.subjects:
        entry.category({"term": subject.removeprefix("medtop:"), "scheme": MEDIA_TOPICS})
    if shown.source_type:
        entry.category({"term": term_of(shown.source_type), "scheme": SOURCE_TYPES})
    if shown.rights:
        entry.rights(shown.rights)
