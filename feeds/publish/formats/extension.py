"""The one feedgen extension of ours: all that feedgen lacks (tombstones, credits) or gets wrong, added to its XML trees.

feedgen writes Atom entry links without rel, type and length, sources without id, RSS items with
one author at most, and no Media RSS credit. Inside an Atom tree its elements carry no namespace
(the root declares it as the default), so Atom names are plain there and qualified in RSS.
"""

from __future__ import annotations

import re
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import feedgen.entry
import feedgen.feed
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from feeds.model.incoming import Image
from feeds.model.outgoing import DocumentEntry, DocumentSource, FeedDocument
from feeds.publish.formats.episodes import ITUNES, PODCAST, add_episode, is_of_podcast
from feeds.text.dates import rfc3339
from feeds.text.sourcetypes import SOURCE_TYPES, term_of

MEDIA = "http://search.yahoo.com/mrss/"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
DCTERMS = "http://purl.org/dc/terms/"
SMARTNEWS = "http://www.smartnews.be/snf"
RSL = "https://rslstandard.org/rsl"
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

    document: FeedDocument

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that entries use."""
        return {"media": MEDIA} | _history_namespaces(self.document, is_atom=True)

    def extend_atom(self, feed: Any) -> Any:
        """The feed's own elements, put right."""
        feed.find("updated").text = rfc3339(self.document.updated_at)
        place = feed.index(feed.find("link"))
        for rel, href in _history_links(self.document, ".atom"):
            feed.insert(place, etree.Element("link", rel=rel, href=href, type="application/atom+xml"))
        for href in self.document.hub_urls:
            feed.insert(place, etree.Element("link", rel="hub", href=href))
        if self.document.archive:
            feed.insert(place, etree.Element(f"{{{HISTORY}}}archive"))
        for entry in self.document.entries:
            if entry.ended_at is not None:
                moment = rfc3339(entry.ended_at)
                sign = etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=entry.urn, when=moment)
                etree.SubElement(sign, f"{{{TOMBSTONES}}}comment").text = entry.summary
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
        for address in _licenses(shown):
            etree.SubElement(entry, "link", rel="license", href=address)
        if shown.comments_url:
            etree.SubElement(entry, "link", rel="replies", href=shown.comments_url, type="text/html")
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
    """Declares the namespaces of an RSS document, and links its archives."""

    document: FeedDocument

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that items use (feedgen itself declares atom and content)."""
        return (
            {"media": MEDIA, "dc": DC, "itunes": ITUNES}
            | _history_namespaces(self.document, is_atom=False)
            | (
                {"podcast": PODCAST}
                if any(is_of_podcast(one.episode) for one in self.document.entries)
                else {}
            )
            | ({"snf": SMARTNEWS} if self.document.partner_logo_url else {})
            | ({"rsl": RSL} if any(one.prohibited_use for one in self.document.entries) else {})
        )

    def extend_rss(self, rss: Any) -> Any:
        """The channel with links to its archive documents."""
        channel = rss.find("channel") if rss.tag == "rss" else rss
        for rel, href in _history_links(self.document, ".rss"):
            etree.SubElement(channel, f"{{{ATOM}}}link", rel=rel, href=href, type="application/rss+xml")
        for href in self.document.hub_urls:
            etree.SubElement(channel, f"{{{ATOM}}}link", rel="hub", href=href)
        if self.document.hub_urls and self.document.site.cloud_url is not None:
            etree.SubElement(channel, "cloud", cloud_of(self.document.site.cloud_url))
        if self.document.archive:
            etree.SubElement(channel, f"{{{HISTORY}}}archive")
        if self.document.partner_logo_url:
            logo = etree.SubElement(channel, f"{{{SMARTNEWS}}}logo")
            etree.SubElement(logo, "url").text = self.document.partner_logo_url
        return rss


class RssEntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Completes an RSS item from `show`, which the serializer sets."""

    show: DocumentEntry
    language: str = ""

    def extend_rss(self, item: Any) -> Any:
        """The item with authors, dates, source, further enclosures and pictures."""
        shown = self.show
        if shown.authors:
            # One element: most readers keep a single one, and would lose the others.
            names = ", ".join(author.name for author in shown.authors)
            etree.SubElement(item, f"{{{DC}}}creator").text = names
        if shown.ended_at is not None:
            etree.SubElement(
                item, f"{{{DCTERMS}}}valid"
            ).text = f"end={rfc3339(shown.ended_at)}; scheme=W3C-DTF"
        if shown.language and shown.language != self.language:
            etree.SubElement(item, f"{{{DC}}}language").text = shown.language
        if shown.rights:
            etree.SubElement(item, f"{{{DC}}}rights").text = shown.rights
        for address in _licenses(shown):
            etree.SubElement(item, f"{{{ATOM}}}link", rel="license", href=address)
        if shown.comments_url:
            etree.SubElement(item, "comments").text = shown.comments_url
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
        if shown.episode:
            add_episode(item, shown.episode)
        if shown.own_url and shown.prohibited_use:
            # RSL 1.0 section 4.7: only for what stands on the feed's own origin.
            content = etree.SubElement(item, f"{{{RSL}}}content", url=shown.own_url)
            license = etree.SubElement(content, f"{{{RSL}}}license")
            etree.SubElement(license, f"{{{RSL}}}prohibits", type="usage").text = shown.prohibited_use
        return item


def _licenses(shown: DocumentEntry) -> tuple[str, ...]:
    return ((shown.license_url,) if shown.license_url else ()) + shown.terms_urls


def _history_namespaces(document: FeedDocument, *, is_atom: bool) -> dict[str, str]:
    found = {"fh": HISTORY} if document.archive else {}
    if any(entry.ended_at is not None for entry in document.entries):
        found |= {"at": TOMBSTONES} if is_atom else {"dcterms": DCTERMS}
    return found


def cloud_of(address: str) -> dict[str, str]:
    """The attributes of RSS's `<cloud>` for an address where readers ask to be told."""
    parts = urlsplit(address)
    is_secure = parts.scheme == "https"
    return {
        "domain": parts.hostname or "",
        "port": str(parts.port or (443 if is_secure else 80)),
        "path": parts.path,
        "registerProcedure": "",
        "protocol": "https-post" if is_secure else "http-post",
    }


def _history_links(document: FeedDocument, ending: str) -> list[tuple[str, str]]:
    """The links of RFC 5005 sections 4 and 5, as relation and address."""
    found: list[tuple[str, str]] = []
    if document.archive:
        found.append(("current", document.current_url + ending))
    if document.older_url is not None:
        found.append(("prev-archive", document.older_url + ending))
    if document.newer_url is not None:
        found.append(("next-archive", document.newer_url + ending))
    return found


def _atom_source(entry: Any, source: DocumentSource, *, has_authors: bool) -> None:
    element = etree.SubElement(entry, "source")
    etree.SubElement(element, "id").text = source.feed_id
    etree.SubElement(element, "title").text = source.title
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
    if image.role == "thumbnail" and not (image.credit or image.caption or image.alt or image.source_type):
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
    if image.credit:
        etree.SubElement(content, f"{{{MEDIA}}}credit").text = image.credit
    if image.source_type:
        made = etree.SubElement(content, f"{{{MEDIA}}}category", scheme=SOURCE_TYPES)
        made.text = term_of(image.source_type)


def _set(element: Any, **attributes: str | int | None) -> None:
    for name, value in attributes.items():
        if value is not None:
            element.set(name, str(value))
