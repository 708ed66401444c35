"""Lists of sources: OPML in through listparser, folders as names; and out again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import listparser

from feeds.errors import ParseError
from feeds.model.incoming import Source
from feeds.text.markup import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSource:
    """One outline that names a feed."""

    url: str
    title: str
    folders: tuple[str, ...] = ()
    """Names of the folders that it stands in, from the outside in."""


def read_opml(body: bytes) -> tuple[ListedSource, ...]:
    """The feeds that an OPML file lists, each address once; raises ParseError where it lists none."""
    # listparser answers broken XML with an empty list and no word about it.
    read = listparser.parse(body)
    found: dict[str, ListedSource] = {}
    for feed in read.feeds:
        url = feed.url.strip()
        names = (one_line(name) for path in feed.categories for name in path)
        if url and url not in found:
            found[url] = ListedSource(
                url=url,
                title=one_line(feed.title or ""),
                folders=tuple(dict.fromkeys(name for name in names if name)),
            )
    if not found:
        raise ParseError(
            "The file lists no feeds: it is no OPML, it is broken, or its outlines have no xmlUrl."
        )
    return tuple(found.values())


def write_sources(sources: Sequence[Source], title: str) -> bytes:
    """The sources as OPML 2.0; those whose address is secret are left out."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = one_line(title)
    body = ElementTree.SubElement(root, "body")
    for source in sources:
        if source.public_url is None:
            continue
        name = one_line(source.title)
        given = {"type": "rss", "text": name, "title": name, "xmlUrl": source.public_url}
        if source.home_url:
            given["htmlUrl"] = source.home_url
        if source.topic_slugs:
            # OPML 2.0 category: slash-delimited paths, several set apart by commas.
            given["category"] = ",".join(f"/{slug}" for slug in source.topic_slugs)
        ElementTree.SubElement(body, "outline", given)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
