"""What feedparser flattens, read from each entry's own XML: ids, bylines, credits of pictures, media, durations.

feedparser gives one list of `media_content` and one of `media_credit`, so nobody can tell whose
credit is whose (Media RSS 1.5.1 puts the credit inside the content, the group, or the item). It also
cuts `desk@paper.example (Jane Roe)` apart by a pattern that knows no top-level domain of more than
four letters, so that the name begins with what is left of the address. And it makes ids absolute,
so that an entry's id would depend on where the document was fetched; ids are compared character by
character (RFC 4287 section 4.2.6.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from feeds.ingest.formats import namespaces
from feeds.ingest.formats.episodexml import read_episode
from feeds.ingest.formats.mediaxml import (
    MEDIA_TAGS,
    attached,
    child_media,
    local_name,
    media_text,
    pictures,
    text_of,
)
from feeds.ingest.rules.rights import license_of, read_terms
from feeds.model.incoming import NO_SKIPS, Byline, Deleted, Enclosure, Image, Skips
from feeds.model.passed_on import PassedOn
from feeds.model.rights import Terms
from feeds.text.markup import whole_number
from feeds.text.sourcetypes import is_source_scheme, source_type_in

ATOM = (namespaces.ATOM, "http://purl.org/atom/ns#")
DC = (namespaces.DC, "http://purl.org/dc/elements/1.0/")
WEEKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_ENTRY_TAGS = ("{*}item", "{*}entry")
_CREATOR_TAGS = frozenset(f"{{{space}}}creator" for space in DC)
_CATEGORY_TAGS = ("category", f"{{{DC[0]}}}subject", *(f"{{{space}}}category" for space in ATOM))
_AUTHOR_TAGS = frozenset({"author", *(f"{{{space}}}author" for space in ATOM)})
_OTHER_CREATOR_TAGS = ("creator", "byline", f"{{{namespaces.DCTERMS}}}creator", "authors")
_OTHER_DATE_TAGS = ("{*}publicationDate", "publishedAt", "{*}coverDate")
_PUBLISHED_TAGS = (
    *("pubDate", "pubdate", "PubDate", "issued", "published", f"{{{namespaces.DCTERMS}}}issued"),
    *(f"{{{space}}}{name}" for space in ATOM for name in ("published", "issued")),
)
_UPDATED_TAGS = (
    *(
        "updated",
        "modified",
        "date",
        f"{{{namespaces.DCTERMS}}}modified",
        *(f"{{{space}}}date" for space in DC),
    ),
    *(f"{{{space}}}{name}" for space in ATOM for name in ("updated", "modified")),
)
_OTHER_TITLE_TAGS = (f"{{{DC[0]}}}title", f"{{{namespaces.ITUNES}}}title", *MEDIA_TAGS["title"])
_FULL_TEXT_TAGS = (
    *("{*}full-text", "{*}fulltext", "{*}fullText", "{*}full_text", "encoded"),
    "{http://turbo.yandex.ru}content",
    "{http://www.google.com/schemas/play-podcasts/1.0}description",
)
_LANGUAGE_TAGS = (*(f"{{{space}}}language" for space in DC), "language")
_TITLE_TAGS = ("title", *(f"{{{space}}}title" for space in ATOM))
_TEXT_TAGS = ("description", *(f"{{{space}}}summary" for space in ATOM))
_LINK_TAGS = ("link", *(f"{{{space}}}link" for space in ATOM))
_PERIOD = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.\d+)?S)?", re.IGNORECASE)
_FRACTION = re.compile(r"(?:(?<=:\d\d)|(?<=\d\d\d))\.\d{1,9}$|\.0{1,9}$")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_LOOKS_LIKE_ADDRESS = re.compile(r"(?:https?:/)?/\S", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://\S+$", re.IGNORECASE)
_SOURCE_TAGS = ("source", *(f"{{{space}}}source" for space in ATOM))


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The feed that an entry was copied from: atom:source, RSS source."""

    guid: str | None = None
    title: str | None = None
    bylines: tuple[Byline, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryXml(PassedOn):
    """What one entry's XML says beyond feedparser."""

    guid: str | None = None
    url: str | None = None
    """The text of an RSS link, else a guid that says it is one: feedparser prefers what stands in attributes of it, of whatever scheme."""
    images: tuple[Image, ...] = ()
    bylines: tuple[Byline, ...] = ()
    categories: tuple[str, ...] = ()
    """Labels of RSS and Atom categories, and dc:subject; what other vocabularies call so is left to feedparser."""
    enclosures: tuple[Enclosure, ...] = ()
    """Sound and video of media:content, one of each group: for entries that attach no file otherwise."""
    duration_s: int | None = None
    """itunes:duration, of the file that the entry attaches."""
    rights: str | None = None
    valid: str | None = None
    """dcterms:valid."""
    terms: tuple[Terms, ...] = ()
    language: str | None = None
    """dc:language of the entry itself, or one of no vocabulary."""
    origin: Origin | None = None
    own_title: str | None = None
    """The entry's own title, where something in it has one as well: feedparser's lenient reading mixes them up."""
    own_text: str | None = None
    """The same of its description."""
    other_texts: tuple[str, ...] = ()
    """Descriptions of what stands in the entry."""
    other_title: str | None = None
    """What else may name an entry that has no title: dc:title, itunes:title, media:title of it or of its only group."""
    full_text: str | None = None
    """The whole text, in an element that only some aggregators know (`yandex:full-text`), or `encoded` of no vocabulary."""
    other_date: str | None = None
    """A date of publishing in words that feedparser does not know (PRISM)."""
    published: tuple[str, ...] = ()
    """Every date of publishing: feedparser keeps the last, though it be empty."""
    updated: tuple[str, ...] = ()
    """Every date of change."""
    media_texts: tuple[str, ...] = ()
    """Every media:description, trimmed: of a picture, or of the video that an entry without text is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentXml:
    """What the document's XML says beyond feedparser; entries in document order."""

    entries: tuple[EntryXml, ...] = ()
    bylines: tuple[Byline, ...] = ()
    """dc:creator and itunes:author of an RSS channel."""
    skips: Skips = NO_SKIPS
    deleted: tuple[Deleted, ...] = ()
    is_complete: bool = False
    license_url: str | None = None
    terms: tuple[Terms, ...] = ()


def read_xml(body: bytes) -> DocumentXml:
    """The extras of a document; empty if it is not XML at all. Nothing outside it is read."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return DocumentXml()
    if root is None:
        return DocumentXml()
    # lxml sorts out by name at a tenth of what asking each element costs here; so below.
    entries = tuple(_entry(node) for node in root.iter(*_ENTRY_TAGS) if _is_feed_part(node))
    head = next(root.iter("{*}channel"), root)
    return DocumentXml(
        license_url=license_of(head),
        terms=read_terms(head),
        entries=entries,
        bylines=_channel_bylines(root),
        skips=_skips(root),
        deleted=tuple(_deleted(root)),
        is_complete=head.find(f"{{{HISTORY}}}complete") is not None,
    )


def _deleted(root: etree._Element) -> Iterator[Deleted]:
    """RFC 6721: an element of the feed that names the id of the entry that was."""
    for node in root.iter(f"{{{TOMBSTONES}}}deleted-entry"):
        ref = (node.get("ref") or "").strip()
        if ref:
            comment = node.find(f"{{{TOMBSTONES}}}comment")
            text = " ".join(((comment.text if comment is not None else None) or "").split())
            yield Deleted(ref=ref, when=node.get("when"), comment=text[:200])


def _is_feed_part(node: etree._Element) -> bool:
    parent = node.getparent()
    return parent is None or local_name(parent) in ("channel", "rss", "RDF", "feed", "items")


def _entry(node: etree._Element) -> EntryXml:
    own_text, other_texts = _own(node, _TEXT_TAGS)
    return EntryXml(
        guid=_guid(node),
        url=text_of(next(node.iterchildren("link"), None)) or _permalink(node),
        images=pictures(node),
        bylines=_entry_bylines(node),
        categories=tuple(_categories(node)),
        enclosures=tuple(attached(node)),
        duration_s=_seconds(text_of(node.find(f"{{{namespaces.ITUNES}}}duration"))),
        episode=read_episode(node),
        source_type=next(_source_types(node), None),
        rights=text_of(child_media(node, "copyright")),
        valid=text_of(node.find(f"{{{namespaces.DCTERMS}}}valid")),
        license_url=license_of(node),
        comments_url=next(_comments(node), None),
        terms=read_terms(node),
        language=text_of(next(node.iterchildren(*_LANGUAGE_TAGS), None)),
        origin=_origin(node),
        own_title=_own(node, _TITLE_TAGS)[0],
        own_text=own_text,
        other_texts=other_texts,
        other_title=_other_title(node),
        full_text=next(
            (text for one in node.iterchildren(*_FULL_TEXT_TAGS) if (text := (one.text or "").strip())), None
        ),
        other_date=text_of(next(node.iterchildren(*_OTHER_DATE_TAGS), None)),
        published=_texts(node, _PUBLISHED_TAGS),
        updated=_texts(node, _UPDATED_TAGS),
        media_texts=tuple(
            text for one in node.iter(*MEDIA_TAGS["description"]) if (text := (one.text or "").strip())
        ),
    )


def _origin(entry: etree._Element) -> Origin | None:
    """RFC 4287 section 4.2.1: who wrote the feed that it is from wrote an entry that names nobody."""
    for node in entry.iterchildren(*_SOURCE_TAGS):
        named = next((child for child in node if local_name(child) == "title"), None)
        guid = next((child for child in node if local_name(child) == "id"), None)
        title = text_of(named) if len(node) else text_of(node)
        bylines = tuple(byline for child in node if (byline := _byline(child)) is not None)
        if title or guid is not None or bylines:
            return Origin(guid=text_of(guid), title=title, bylines=bylines)
    return None


def _texts(entry: etree._Element, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for one in entry.iterchildren(*names) if (text := text_of(one)))


def _own(entry: etree._Element, names: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """The text of the entry's first child of these names, and the texts of what else is called so in any vocabulary."""
    own = next(entry.iterchildren(*names), None)
    local = f"{{*}}{names[0]}"
    others = tuple(text for one in entry.iter(local) if one is not own and (text := (one.text or "").strip()))
    if own is None or len(own) or not others:
        return None, others
    return (own.text or "").strip() or None, others


def _other_title(entry: etree._Element) -> str | None:
    groups = list(entry.iterchildren(*MEDIA_TAGS["group"]))
    for holder in (entry, *(groups if len(groups) == 1 else ())):
        for node in holder.iterchildren(*_OTHER_TITLE_TAGS):
            if text := media_text(node):
                return text
    return None


def _guid(entry: etree._Element) -> str | None:
    """RSS guid, else Atom id, as it was written."""
    for names in (("guid",), tuple(f"{{{space}}}id" for space in ATOM), ("id",)):
        for node in entry:
            # A child would be an entity of the document's own: those are left to feedparser.
            if node.tag in names and len(node) == 0 and (text := (node.text or "").strip()):
                return text
    return None


def _permalink(entry: etree._Element) -> str | None:
    """The address that a guid says it is, in whichever case: ASP.NET writes `True`. An address that says nothing of it is one."""
    guid = next(entry.iterchildren("guid"), None)
    text = None if guid is None else text_of(guid)
    if guid is None or text is None:
        return None
    stated = (guid.get("isPermaLink") or guid.get("ispermalink") or "").strip().lower()
    return text if stated == "true" or (not stated and _WEB_ADDRESS.match(text)) else None


def _entry_bylines(entry: etree._Element) -> tuple[Byline, ...]:
    """RSS author, dc:creator, Atom author; where none of these stands, what else means that; then itunes:author."""
    found = [byline for node in entry if (byline := _byline(node)) is not None]
    if not found:
        named = [part for node in entry.iterchildren(*_OTHER_CREATOR_TAGS) for part in (list(node) or [node])]
        found = [Byline(text=text) for one in named if (text := text_of(one))]
    if not found:
        found = [
            Byline(text=text)
            for node in entry
            if node.tag == f"{{{namespaces.ITUNES}}}author" and (text := text_of(node))
        ]
    return tuple(found)


def _categories(entry: etree._Element) -> Iterator[str]:
    """Atom's label, else its term; the text of RSS. What says both says two."""
    for node in entry.iterchildren(*_CATEGORY_TAGS):
        if is_source_scheme(node.get("scheme") or node.get("domain")):
            continue
        label, term, text = node.get("label"), node.get("term"), text_of(node)
        if label or term:
            yield label or term or ""
        if text and (term or not label):
            yield text


def _source_types(entry: etree._Element) -> Iterator[str]:
    for node in entry.iterchildren(*_CATEGORY_TAGS):
        scheme = node.get("scheme") or node.get("domain")
        if found := source_type_in(scheme, node.get("term") or text_of(node)):
            yield found


def _comments(entry: etree._Element) -> Iterator[str]:
    """RSS comments, Atom link rel=replies: addresses of pages. A feed of the comments is none, nor is their number."""
    for node in entry.iterchildren("comments"):
        text = text_of(node)
        if text and _LOOKS_LIKE_ADDRESS.match(text):
            yield text
    for node in entry.iterchildren(*_LINK_TAGS):
        # Without a type, a link to replies leads to Atom (RFC 4685 section 4).
        kind = (node.get("type") or "").partition(";")[0].strip().lower()
        if node.get("rel") == "replies" and kind in _PAGE_TYPES and (address := node.get("href", "").strip()):
            yield address


def _byline(node: etree._Element) -> Byline | None:
    if node.tag in _CREATOR_TAGS:
        text = text_of(node)
        return Byline(text=text) if text else None
    if node.tag not in _AUTHOR_TAGS:
        return None
    parts = {local_name(part): text_of(part) for part in node}
    name, email = parts.get("name"), parts.get("email")
    url = parts.get("uri") or parts.get("url") or parts.get("homepage")
    text = name or email or (None if parts else text_of(node) or (node.get("name") or "").strip())
    return Byline(text=text, url=url, email=email) if text else None


def _channel_bylines(root: etree._Element) -> tuple[Byline, ...]:
    channel = next((node for node in root if local_name(node) == "channel"), None)
    if channel is None:
        return ()
    names = [
        text
        for node in channel
        if node.tag in ("author", f"{{{DC[0]}}}creator", f"{{{namespaces.ITUNES}}}author")
        and (text := text_of(node))
    ]
    return tuple(Byline(text=text, is_feed_level=True) for text in dict.fromkeys(names))


def _skips(root: etree._Element) -> Skips:
    """RSS skipHours and skipDays; 24 is an old way to say midnight."""
    channel = next((node for node in root if local_name(node) == "channel"), None)
    if channel is None:
        return NO_SKIPS
    hours = [text_of(node) or "" for node in channel.iterfind("skipHours/hour")]
    days = [(text_of(node) or "").lower() for node in channel.iterfind("skipDays/day")]
    return Skips(
        hours=frozenset(
            int(hour) % 24
            for hour in hours
            if (whole_number(hour, digits=2) or 25) <= 24 or hour.strip() in ("0", "00")
        ),
        days=frozenset(day for day in days if day in WEEKDAYS),
    )


def _seconds(text: str | None) -> int | None:
    """`1:02:03`, `62:03`, `3723`, each with a fraction or without, or `PT1H2M3S`."""
    if text is None:
        return None
    period = _PERIOD.fullmatch(text)
    if period is not None:
        hours, minutes, seconds = (int(one or 0) for one in period.groups())
        return 3600 * hours + 60 * minutes + seconds or None
    parts = [whole_number(part, digits=6) for part in _FRACTION.sub("", text).split(":")]
    if len(parts) > 3 or None in parts:
        return None
    return sum(part * 60**place for place, part in enumerate(reversed(parts)) if part) or None
