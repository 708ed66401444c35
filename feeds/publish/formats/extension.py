"""The one feedgen extension of ours: all that feedgen lacks or gets wrong, added to its XML trees.

feedgen writes Atom entry links without rel, type and length, sources without id, RSS items with
one author at most, and no Media RSS credit. Inside an Atom tree its elements carry no namespace
(the root declares it as the default), so Atom names are plain there and qualified in RSS.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import feedgen.entry
import feedgen.feed
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from feeds.model.incoming import Image
from feeds.model.outgoing import DocumentEntry, DocumentSource
from feeds.text.dates import rfc3339
from feeds.text.markup import escape_text

MEDIA = "http://search.yahoo.com/mrss/"
DC = "http://purl.org/dc/elements/1.1/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TOPICS = "http://cv.iptc.org/newscodes/mediatopic/"
"""The scheme of IPTC Media Topics."""
LOOKS_LIKE_MARKUP = re.compile(r"[<>]|&#?\w+;")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# feedgen sets the locale of the whole process for every date, which no thread survives.
feedgen.feed.formatRFC2822 = format_datetime
feedgen.entry.formatRFC2822 = format_datetime


class AtomFeedExtension(BaseExtension):  # type: ignore[misc]
    """Declares the namespaces of an Atom document and writes its date like the entries' dates."""

    updated_at: datetime

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that entries use."""
        return {"media": MEDIA}

    def extend_atom(self, feed: Any) -> Any:
        """The feed's own elements, put right."""
        feed.find("updated").text = rfc3339(self.updated_at)
        for name in ("title", "subtitle"):
            _declare_text(feed.find(name))
        return feed


class AtomEntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Completes an Atom entry from `show`, which the serializer sets."""

    show: DocumentEntry
    language: str = ""

    def extend_atom(self, entry: Any) -> Any:
        """The entry with its links, dates, source and pictures whole."""
        shown = self.show
        if shown.language and shown.language != self.language:
            entry.set(XML_LANG, shown.language)
        for link in entry.findall("link"):
            link.set("rel", "alternate")
        for name, moment in (("updated", shown.updated_at), ("published", shown.published_at)):
            for element in entry.findall(name):
                element.text = rfc3339(moment)
        for name in ("title", "summary"):
            for element in entry.findall(name):
                _declare_text(element)
        for address in _licenses(shown):
            etree.SubElement(entry, "link", rel="license", href=address)
        for enclosure in shown.enclosures:
            link = etree.SubElement(entry, "link", rel="enclosure", href=enclosure.url)
            _set(link, type=enclosure.media_type, length=enclosure.length, title=enclosure.title)
            if enclosure.duration_s:
                # Atom has no word for how long a file plays.
                timed = etree.SubElement(entry, f"{{{MEDIA}}}content", url=enclosure.url)
                _set(timed, type=enclosure.media_type, duration=enclosure.duration_s)
        _atom_source(entry, shown.source, has_authors=bool(shown.authors))
        for image in shown.images:
            _media(entry, image)
        return entry


class RssFeedExtension(BaseExtension):  # type: ignore[misc]
    """Declares the namespaces of an RSS document."""

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that items use (feedgen itself declares atom and content)."""
        return {"media": MEDIA, "dc": DC, "itunes": ITUNES}


class RssEntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Completes an RSS item from `show`, which the serializer sets."""

    show: DocumentEntry
    language: str = ""

    def extend_rss(self, item: Any) -> Any:
        """The item with authors, dates, source, further enclosures and pictures."""
        shown = self.show
        for author in shown.authors:
            etree.SubElement(item, f"{{{DC}}}creator").text = author.name
        if shown.language and shown.language != self.language:
            etree.SubElement(item, f"{{{DC}}}language").text = shown.language
        if shown.rights:
            etree.SubElement(item, f"{{{DC}}}rights").text = shown.rights
        for address in _licenses(shown):
            etree.SubElement(item, f"{{{ATOM}}}link", rel="license", href=address)
        etree.SubElement(item, f"{{{ATOM}}}updated").text = rfc3339(shown.updated_at)
        source_url = shown.source.feed_url or shown.source.home_url
        if source_url:
            etree.SubElement(item, "source", url=source_url).text = shown.source.title
        if shown.enclosures and shown.enclosures[0].duration_s:
            etree.SubElement(item, f"{{{ITUNES}}}duration").text = str(shown.enclosures[0].duration_s)
        for enclosure in shown.enclosures[1:]:
            more = etree.SubElement(item, f"{{{MEDIA}}}content", url=enclosure.url)
            _set(
                more,
                type=enclosure.media_type,
                fileSize=enclosure.length,
                duration=enclosure.duration_s,
            )
            if enclosure.title:
                etree.SubElement(more, f"{{{MEDIA}}}title", type="plain").text = enclosure.title
        for image in shown.images:
            _media(item, image)
        return item


def _licenses(shown: DocumentEntry) -> tuple[str, ...]:
    return ((shown.license_url,) if shown.license_url else ()) + shown.terms_urls


def _declare_text(element: Any) -> None:
    """Text that looks like markup is declared as escaped HTML, which even careless readers show right.

    A lone `&` stays plain: sfeed, for one, does not decode twice.
    """
    if LOOKS_LIKE_MARKUP.search(element.text):
        element.set("type", "html")
        element.text = escape_text(element.text)


def _atom_source(entry: Any, source: DocumentSource, *, has_authors: bool) -> None:
    element = etree.SubElement(entry, "source")
    etree.SubElement(element, "id").text = source.feed_id
    title = etree.SubElement(element, "title")
    title.text = source.title
    _declare_text(title)
    etree.SubElement(element, "updated").text = rfc3339(source.updated_at)
    if source.feed_url:
        etree.SubElement(element, "link", rel="self", href=source.feed_url)
    if source.home_url:
        etree.SubElement(element, "link", rel="alternate", href=source.home_url)
    if source.rights:
        etree.SubElement(element, "rights").text = source.rights
    if not has_authors:
        # Else the entry would inherit our feed's author, who did not write it (RFC 4287 section 4.2.1).
        author = etree.SubElement(element, "author")
        etree.SubElement(author, "name").text = source.title


def _media(parent: Any, image: Image) -> None:
    if image.role == "thumbnail" and not (image.credit or image.caption or image.alt):
        # An element that can say nothing of its picture but the size.
        _set(
            etree.SubElement(parent, f"{{{MEDIA}}}thumbnail", url=image.url),
            width=image.width,
            height=image.height,
        )
        return
    content = etree.SubElement(parent, f"{{{MEDIA}}}content", url=image.url, medium="image")
    _set(content, type=image.media_type, width=image.width, height=image.height)
    for name, text in (("title", image.alt), ("description", image.caption)):
        if text:
            words = etree.SubElement(content, f"{{{MEDIA}}}{name}", type="plain")
            words.text = text
            _declare_text(words)
    if image.credit:
        etree.SubElement(content, f"{{{MEDIA}}}credit").text = image.credit


def _set(element: Any, **attributes: str | int | None) -> None:
    for name, value in attributes.items():
        if value is not None:
            element.set(name, str(value))
