"""Pictures, sound and video of an entry as Media RSS tells of them: each with its own credit, one of each group. Pure.

feedparser gives one list of `media_content` and one of `media_credit`, so nobody can tell whose credit is whose
(Media RSS 1.5.1 puts the credit inside the content, the group, or the item).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from lxml import etree

from feeds.ingest.formats import namespaces
from feeds.ingest.rules.images import joined_image, pixels
from feeds.model.incoming import Enclosure, Image
from feeds.text.markup import escape_angles, whole_number
from feeds.text.sourcetypes import source_type_in
from feeds.text.wrappings import without_cdata

MEDIA = (namespaces.MEDIA, "http://search.yahoo.com/mrss")
MEDIA_TAGS = {
    name: frozenset(f"{{{space}}}{name}" for space in MEDIA)
    for name in ("category", "content", "copyright", "credit", "description", "group", "thumbnail", "title")
}
MOST_HOLDERS = 8
"""Elements around a picture that may speak for it; real ones stand in a content, a group, or the item."""
Words = dict[tuple[etree._Element, str], str | None]
"""What an element of an entry says by a Media RSS child of that name."""
_ADDRESS = re.compile(r"(?:https?:)?//\S+|/[^\s/]\S*", re.IGNORECASE)
_STREAMS = frozenset({"application/x-mpegurl", "application/vnd.apple.mpegurl", "application/dash+xml"})
_FILE_ENDINGS = (
    ".mp3",
    ".m4a",
    ".m4v",
    ".mp4",
    ".ogg",
    ".oga",
    ".ogv",
    ".opus",
    ".wav",
    ".webm",
    ".mov",
    ".m3u8",
)
_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg")


def pictures(entry: etree._Element) -> tuple[Image, ...]:
    """The pictures that an entry names, each once, by address."""
    images: dict[str, Image] = {}
    words: Words = {}
    others = _other_forms(entry)
    for found, holders in _media_nodes(entry):
        if found in others:
            continue
        image = _image(found, holders, words)
        if image is not None:
            before = images.get(image.url, image)
            images[image.url] = joined_image(before, image)
    for found in entry.iterfind(f"{{{namespaces.ITUNES}}}image"):
        address = (found.get("href") or "").strip()
        if address:
            images.setdefault(address, Image(url=address))
    for found in entry.iterchildren("image", "thumbnail"):
        plain = _plain_address(found)
        if plain:
            images.setdefault(plain, Image(url=plain, role="thumbnail" if found.tag == "thumbnail" else ""))
    return tuple(images.values())


def _plain_address(node: etree._Element) -> str | None:
    """The address in an `image` or `thumbnail` of no vocabulary: an attribute, a child, or the text."""
    within = next((child for child in node if local_name(child) in ("url", "src", "href")), None)
    addresses = (
        node.get("url"),
        node.get("href"),
        node.get("src"),
        text_of(within),
        None if len(node) else text_of(node),
    )
    return next((one for one in addresses if one and _ADDRESS.fullmatch(one)), None)


def _other_forms(entry: etree._Element) -> frozenset[etree._Element]:
    """Of groups that hold one picture in several sizes, all but the default or largest (Media RSS 1.5.1, `media:group`).

    Pictures that say different things of themselves are several, in whatever they are put.
    """
    found: set[etree._Element] = set()
    for group in entry.iterchildren(*MEDIA_TAGS["group"]):
        forms = [one for one in group.iterchildren(*MEDIA_TAGS["content"]) if _is_picture(one)]
        texts = {tuple(text_of(child) for child in one) for one in forms}
        is_sized = len({_largeness(one) for one in forms}) > 1
        if len(forms) > 1 and len(texts) == 1 and is_sized:
            best = max(forms, key=_largeness)
            found.update(one for one in forms if one is not best)
    return frozenset(found)


def _largeness(node: etree._Element) -> tuple[bool, int, int]:
    is_default = (node.get("isDefault") or "").strip().lower() == "true"
    width, height = pixels(node.get("width")) or 0, pixels(node.get("height")) or 0
    return (
        is_default,
        width * (height or 1) if width else height,
        _number(node.get("fileSize"), digits=15) or 0,
    )


def attached(entry: etree._Element) -> Iterator[Enclosure]:
    """Files of sound and video; a group is one work in several forms, so its default or first form stands for it."""
    groups: set[etree._Element] = set()
    for node in sorted(
        entry.iter(*MEDIA_TAGS["content"]),
        key=lambda node: node.get("isDefault") != "true",
    ):
        kind, url, parent = (
            (node.get("type") or "").lower(),
            (node.get("url") or "").strip(),
            node.getparent(),
        )
        if not url or parent in groups or not _is_played(kind, (node.get("medium") or "").lower(), url):
            continue
        if parent is not None and _is_media(parent, "group"):
            groups.add(parent)
        yield Enclosure(
            url=url,
            media_type=kind or None,
            length=_number(node.get("fileSize"), digits=15),
            title=media_text(child_media(node, "title")),
            duration_s=_number((node.get("duration") or "").partition(".")[0]),
        )


def _is_played(kind: str, medium: str, url: str) -> bool:
    """True for sound and video: by its type, else by what it says that it is, else by its name."""
    if "/" in kind and not kind.endswith("/octet-stream"):
        return kind.startswith(("audio/", "video/")) or kind in _STREAMS
    if medium:
        return medium in ("audio", "video")
    return url.lower().split("?", 1)[0].endswith(_FILE_ENDINGS)


def _media_nodes(entry: etree._Element) -> Iterator[tuple[etree._Element, tuple[etree._Element, ...]]]:
    """Picture nodes of an entry, each with the nodes that may speak for it, nearest first."""
    several = sum(1 for _ in entry.iter(*MEDIA_TAGS["content"]))
    for node in entry.iter(*MEDIA_TAGS["content"], *MEDIA_TAGS["thumbnail"]):
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
    url, kind = (node.get("url") or "").strip(), (node.get("type") or "").lower()
    if not url or not _is_picture(node):
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
        source_type=_source_type(node),
    )


def _source_type(node: etree._Element) -> str | None:
    """By which means it was made: a category of the vocabulary that says so."""
    types = (
        source_type_in(one.get("scheme"), one.text) for one in node.iterchildren(*MEDIA_TAGS["category"])
    )
    return next((one for one in types if one), None)


def _is_picture(node: etree._Element) -> bool:
    url, kind, medium = ((node.get(name) or "").lower() for name in ("url", "type", "medium"))
    return (
        _is_media(node, "thumbnail")
        or medium == "image"
        or kind.startswith("image/")
        or (not medium and not kind and url.strip().split("?", 1)[0].endswith(_PICTURE_ENDINGS))
    )


def _spoken(holders: tuple[etree._Element, ...], name: str, words: Words) -> str | None:
    for holder in holders:
        # A group of thousands would be walked once for each of its members.
        if (holder, name) not in words:
            words[holder, name] = media_text(child_media(holder, name))
        found = words[holder, name]
        if found:
            return found
    return None


def _role(node: etree._Element) -> Literal["", "main", "thumbnail"]:
    if _is_media(node, "thumbnail"):
        return "thumbnail"
    return "main" if (node.get("isDefault") or "").strip().lower() == "true" else ""


def child_media(node: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in node if _is_media(child, name)), None)


def _is_media(node: etree._Element, name: str) -> bool:
    return node.tag in MEDIA_TAGS[name]


def local_name(node: etree._Element) -> str:
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def text_of(node: etree._Element | None) -> str | None:
    if node is None:
        return None
    text = " ".join("".join(str(part) for part in node.itertext()).split())
    if "<![" in text:
        text = without_cdata(text).strip()
    return text or None


def media_text(node: etree._Element | None) -> str | None:
    """Plain is the default of Media RSS, and many write HTML by it: only where it is stated is it believed."""
    text = text_of(node)
    is_plain = text is not None and node is not None and node.get("type") == "plain"
    return escape_angles(text) if text and is_plain else text


def _number(text: str | None, *, digits: int = 6) -> int | None:
    return whole_number(text, digits=digits)
