"""What feedparser flattens, read from each entry's own XML: ids, bylines, pictures with their own credits, media.

feedparser gives one list of `media_content` and one of `media_credit`, so nobody can tell whose
credit is whose (Media RSS 1.5.1 puts the credit inside the content, the group, or the item). It also
cuts `desk@paper.example (Jane Roe)` apart by a pattern that knows no top-level domain of more than
four letters, so that the name begins with what is left of the address. And it makes ids absolute,
so that an entry's id would depend on where the document was fetched; ids are compared character by
character (RFC 4287 section 4.2.6.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from feeds.ingest.formats import namespaces
from feeds.ingest.rules.images import joined_image, pixels
from feeds.ingest.rules.rights import license_of, read_terms
from feeds.model.incoming import NO_SKIPS, Byline, Deleted, Enclosure, Image, Skips
from feeds.model.rights import Terms
from feeds.text.markup import escape_angles, whole_number

MEDIA = (namespaces.MEDIA, "http://search.yahoo.com/mrss")
_MEDIA_TAGS = {
    name: frozenset(f"{{{space}}}{name}" for space in MEDIA)
    for name in ("content", "copyright", "credit", "description", "group", "thumbnail", "title")
}
ATOM = (namespaces.ATOM, "http://purl.org/atom/ns#")
DC = (namespaces.DC, "http://purl.org/dc/elements/1.0/")
WEEKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_ENTRY_TAGS = ("{*}item", "{*}entry")
_CREATOR_TAGS = frozenset(f"{{{space}}}creator" for space in DC)
_CATEGORY_TAGS = ("category", f"{{{DC[0]}}}subject", *(f"{{{space}}}category" for space in ATOM))
_AUTHOR_TAGS = frozenset({"author", *(f"{{{space}}}author" for space in ATOM)})
MOST_HOLDERS = 8
"""Elements around a picture that may speak for it; real ones stand in a content, a group, or the item."""
Words = dict[tuple[etree._Element, str], str | None]
"""What an element of an entry says by a Media RSS child of that name."""
_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryXml:
    """What one entry's XML says beyond feedparser."""

    guid: str | None = None
    url: str | None = None
    """The text of an RSS link: feedparser prefers what stands in attributes of it, of whatever scheme."""
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
    license_url: str | None = None
    terms: tuple[Terms, ...] = ()
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
    license_url: str | None = None
    terms: tuple[Terms, ...] = ()


def read_xml(body: bytes) -> DocumentXml:
    """The extras of a document; empty where it is not XML at all. Nothing outside it is read."""
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
    return parent is None or _local(parent) in ("channel", "rss", "RDF", "feed", "items")


def _entry(node: etree._Element) -> EntryXml:
    images: dict[str, Image] = {}
    words: Words = {}
    for found, holders in _media_nodes(node):
        image = _image(found, holders, words)
        if image is not None:
            before = images.get(image.url, image)
            images[image.url] = joined_image(before, image)
    for found in node.iterfind(f"{{{namespaces.ITUNES}}}image"):
        address = (found.get("href") or "").strip()
        if address:
            images.setdefault(address, Image(url=address))
    return EntryXml(
        guid=_guid(node),
        url=_text(node.find("link")),
        images=tuple(images.values()),
        bylines=_entry_bylines(node),
        categories=tuple(_categories(node)),
        enclosures=tuple(_attached(node)),
        duration_s=_seconds(_text(node.find(f"{{{namespaces.ITUNES}}}duration"))),
        rights=_text(_first_media(node, "copyright")),
        valid=_text(node.find(f"{{{namespaces.DCTERMS}}}valid")),
        license_url=license_of(node),
        terms=read_terms(node),
        media_texts=tuple(
            text for one in node.iter(*_MEDIA_TAGS["description"]) if (text := (one.text or "").strip())
        ),
    )


def _guid(entry: etree._Element) -> str | None:
    """RSS guid, else Atom id, as it was written."""
    for names in (("guid",), tuple(f"{{{space}}}id" for space in ATOM), ("id",)):
        for node in entry:
            # A child would be an entity of the document's own: those are left to feedparser.
            if node.tag in names and len(node) == 0 and (text := (node.text or "").strip()):
                return text
    return None


def _attached(entry: etree._Element) -> Iterator[Enclosure]:
    """Files of sound and video; a group is one work in several forms, so its default or first form stands for it."""
    groups: set[etree._Element] = set()
    for node in sorted(
        entry.iter(*_MEDIA_TAGS["content"]),
        key=lambda node: node.get("isDefault") != "true",
    ):
        kind, url, parent = (
            (node.get("type") or "").lower(),
            (node.get("url") or "").strip(),
            node.getparent(),
        )
        if not url or not kind.startswith(("audio/", "video/")) or parent in groups:
            continue
        if parent is not None and _is_media(parent, "group"):
            groups.add(parent)
        yield Enclosure(
            url=url,
            media_type=kind,
            length=_number(node.get("fileSize"), digits=15),
            title=_media_text(_child_media(node, "title")),
            duration_s=_number(node.get("duration")),
        )


def _entry_bylines(entry: etree._Element) -> tuple[Byline, ...]:
    """RSS author, dc:creator, Atom author; itunes:author only where none of these stands."""
    found = [byline for node in entry if (byline := _byline(node)) is not None]
    if not found:
        found = [
            Byline(text=text)
            for node in entry
            if node.tag == f"{{{namespaces.ITUNES}}}author" and (text := _text(node))
        ]
    return tuple(found)


def _categories(entry: etree._Element) -> Iterator[str]:
    """Atom's label, else its term; the text of RSS. What says both says two."""
    for node in entry.iterchildren(*_CATEGORY_TAGS):
        label, term, text = node.get("label"), node.get("term"), _text(node)
        if label or term:
            yield label or term or ""
        if text and (term or not label):
            yield text


def _byline(node: etree._Element) -> Byline | None:
    if node.tag in _CREATOR_TAGS:
        text = _text(node)
        return Byline(text=text) if text else None
    if node.tag not in _AUTHOR_TAGS:
        return None
    parts = {_local(part): _text(part) for part in node}
    name, email = parts.get("name"), parts.get("email")
    url = parts.get("uri") or parts.get("url") or parts.get("homepage")
    text = name or email or (None if parts else _text(node))
    return Byline(text=text, url=url, email=email) if text else None


def _media_nodes(entry: etree._Element) -> Iterator[tuple[etree._Element, tuple[etree._Element, ...]]]:
    """Picture nodes of an entry, each with the nodes that may speak for it, nearest first."""
    several = sum(1 for _ in entry.iter(*_MEDIA_TAGS["content"]))
    for node in entry.iter(*_MEDIA_TAGS["content"], *_MEDIA_TAGS["thumbnail"]):
        holders = [node]
        parent = node.getparent()
        while parent is not None and parent is not entry and len(holders) < MOST_HOLDERS:
            holders.append(parent)
            parent = parent.getparent()
        # A credit of the item speaks for its only picture, or for pictures without one that share a group.
        if several <= 1:
            holders.append(entry)
        yield node, tuple(holders)


def _image(node: etree._Element, holders: tuple[etree._Element, ...], words: Words) -> Image | None:
    url = (node.get("url") or "").strip()
    kind, medium = (node.get("type") or "").lower(), (node.get("medium") or "").lower()
    is_picture = (
        _is_media(node, "thumbnail")
        or medium == "image"
        or kind.startswith("image/")
        or (not medium and not kind and url.lower().split("?", 1)[0].endswith(_PICTURE_ENDINGS))
    )
    if not url or not is_picture:
        return None
    return Image(
        url=url,
        credit=_spoken(holders, "credit", words),
        caption=_spoken(holders, "description", words),
        alt=_spoken(holders[:1], "title", words),
        width=pixels(node.get("width")),
        height=pixels(node.get("height")),
        media_type=kind or None,
        role=_role(node),
    )


def _spoken(holders: tuple[etree._Element, ...], name: str, words: Words) -> str | None:
    for holder in holders:
        # A group of thousands would be walked once for each of its members.
        if (holder, name) not in words:
            words[holder, name] = _media_text(_child_media(holder, name))
        found = words[holder, name]
        if found:
            return found
    return None


def _role(node: etree._Element) -> Literal["", "main", "thumbnail"]:
    if _is_media(node, "thumbnail"):
        return "thumbnail"
    return "main" if (node.get("isDefault") or "").strip().lower() == "true" else ""


def _channel_bylines(root: etree._Element) -> tuple[Byline, ...]:
    channel = next((node for node in root if _local(node) == "channel"), None)
    if channel is None:
        return ()
    names = [
        text
        for node in channel
        if node.tag in ("author", f"{{{DC[0]}}}creator", f"{{{namespaces.ITUNES}}}author")
        and (text := _text(node))
    ]
    return tuple(Byline(text=text, is_feed_level=True) for text in dict.fromkeys(names))


def _skips(root: etree._Element) -> Skips:
    """RSS skipHours and skipDays; 24 is an old way to say midnight."""
    channel = next((node for node in root if _local(node) == "channel"), None)
    if channel is None:
        return NO_SKIPS
    hours = [_text(node) or "" for node in channel.iterfind("skipHours/hour")]
    days = [(_text(node) or "").lower() for node in channel.iterfind("skipDays/day")]
    return Skips(
        hours=frozenset(
            int(hour) % 24
            for hour in hours
            if (whole_number(hour, digits=2) or 25) <= 24 or hour.strip() in ("0", "00")
        ),
        days=frozenset(day for day in days if day in WEEKDAYS),
    )


def _first_media(node: etree._Element, name: str) -> etree._Element | None:
    return next(node.iter(*_MEDIA_TAGS[name]), None)


def _child_media(node: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in node if _is_media(child, name)), None)


def _is_media(node: etree._Element, name: str) -> bool:
    return node.tag in _MEDIA_TAGS[name]


def _local(node: etree._Element) -> str:
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def _text(node: etree._Element | None) -> str | None:
    if node is None:
        return None
    text = " ".join("".join(str(part) for part in node.itertext()).split())
    return text or None


def _media_text(node: etree._Element | None) -> str | None:
    """Plain is the default of Media RSS, and many write HTML by it: only where it is stated is it believed."""
    text = _text(node)
    is_plain = text is not None and node is not None and node.get("type") == "plain"
    return escape_angles(text) if text and is_plain else text


def _seconds(text: str | None) -> int | None:
    """`1:02:03`, `62:03` or `3723`."""
    parts = [whole_number(part, digits=6) for part in (text or "").split(":")]
    if len(parts) > 3 or None in parts:
        return None
    return sum(part * 60**place for place, part in enumerate(reversed(parts)) if part) or None


def _number(text: str | None, *, digits: int = 6) -> int | None:
    return whole_number(text, digits=digits)
