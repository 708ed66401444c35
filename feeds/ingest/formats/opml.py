"""Lists of sources: OPML in, with what had to be left out, folders as names; and out again. Pure.

Other kinds of lists (FOAF, iGoogle) are read by listparser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from xml.etree import ElementTree

from lxml import etree, html

from feeds.errors import ParseError
from feeds.ingest.formats.charset import as_utf8
from feeds.ingest.formats.freshrss import selector_of
from feeds.ingest.formats.gzipped import unpacked
from feeds.model.incoming import Source
from feeds.model.lists import ListedSource
from feeds.text.markup import html_of_unstated, one_line, text_of_html
from feeds.text.references import mended_document
from feeds.text.urls import absolute_url

_OUTLINE = re.compile(rb"<(?:\w{1,10}:)?outline[\s/>]", re.IGNORECASE)
_FEED_KINDS = frozenset({"", "rss", "atom", "feed", "rdf", "jsonfeed", "json", "rss1", "rss2"})
SHOWN_CHARS = 80
MOST_DEPTH = 20
"""Folders in folders: each entry looks at all those around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """What a list names, and a sentence for everything in it that is no source of ours."""

    sources: tuple[ListedSource, ...]
    left_out: tuple[str, ...] = ()
    commented: frozenset[str] = frozenset()
    """Those of the sentences that are about comments: whoever keeps the list means them so."""


def read_opml(body: bytes) -> SourceList:
    """The sources that a list names, each address once; raises ParseError if it names none."""
    text = mended_document(as_utf8(unpacked(body), ""))
    if _OUTLINE.search(text):
        found, left_out, commented = _outlines(text)
    else:
        found, left_out, commented = _other_list(text), [], set()
    if not found and not left_out:
        raise ParseError(
            "The file lists no feeds: it is no OPML, it is broken, or its outlines have no xmlUrl."
        )
    return SourceList(sources=tuple(found.values()), left_out=tuple(left_out), commented=frozenset(commented))


def _outlines(text: bytes) -> tuple[dict[str, ListedSource], list[str], set[str]]:
    # As HTML: names in any case, and a lone `&` is a character.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.split(b"?>", 1)[1], parser=parser)
    except etree.LxmlError as error:
        raise ParseError("The file is too broken to be read.") from error
    _require_shallow(root)
    found: dict[str, ListedSource] = {}
    left_out: list[str] = []
    commented: set[str] = set()
    for node in root.iter("outline"):
        if _is_comment(node):
            if next(node.iter("outline"), None) is not None and not any(
                map(_is_comment, node.iterancestors("outline"))
            ):
                left_out.append(f"{_called(node)} is marked as a comment.")
                commented.add(left_out[-1])
            continue
        one = _read(node)
        if isinstance(one, str):
            left_out.append(one)
        elif one is not None:
            before = found.get(one.url)
            if before is not None and before.links != one.links:
                left_out.append(
                    f"{_called(node)} has an address that is in the list already ({_short(one.url)})."
                )
                continue
            folders = tuple(dict.fromkeys((*before.folders, *one.folders))) if before else one.folders
            found[one.url] = replace(before or one, folders=folders)
    return found, left_out, commented


def _require_shallow(root: html.HtmlElement) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end"), tag="outline"):
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH:
            raise ParseError(f"The file nests its outlines deeper than {MOST_DEPTH} levels.")


def _read(node: html.HtmlElement) -> ListedSource | str | None:
    """The source that an outline names, a sentence why it names none, or None for a folder."""
    stated = {str(name).rsplit(":", 1)[-1].lower(): str(text).strip() for name, text in node.attrib.items()}
    kind = stated.get("type", "").lower()
    is_feed = kind in _FEED_KINDS
    url = stated.get("xmlurl") or (stated.get("url", "") if is_feed else "")
    name = _called(node)
    if kind in ("include", "link") and not stated.get("xmlurl"):
        return f"{name} leads to another list or page ({_short(stated.get('url') or stated.get('htmlurl') or '')})."
    if not url:
        has_children = next(node.iterchildren("outline"), None) is not None
        if has_children or (kind in ("", "rss") and "xmlurl" not in stated and not stated.get("htmlurl")):
            return None if has_children or not kind else f"{name} names no address."
        return f"{name} names no address of a feed ({_short(stated.get('htmlurl', '') or 'none at all')})."
    found = ListedSource(
        url=url,
        title=_title(stated),
        home=absolute_url(stated.get("htmlurl")) or "",
        folders=_folders(node, stated),
        line=node.sourceline or 0,
    )
    if is_feed:
        return found
    links = selector_of(stated) if kind == "html+xpath" else None
    if links:
        return replace(found, links=links, kind="page")
    reason = "in a way that is not known here" if "path" in kind else f"as {kind!r}"
    return (
        f"{name} is read {reason} ({_short(url)}). To add it: source add ADDRESS, or"
        " source add ADDRESS --kind page --links SELECTOR."
    )


def _folders(node: html.HtmlElement, stated: Mapping[str, str]) -> tuple[str, ...]:
    paths = [part for path in stated.get("category", "").split(",") for part in path.split("/")]
    around = [
        _title({str(name).lower(): str(text) for name, text in one.attrib.items()})
        for one in reversed(list(node.iterancestors("outline")))
        if not one.get("xmlurl")
    ]
    return tuple(dict.fromkeys(name for one in (*paths, *around) if (name := one_line(one))))


def _title(stated: Mapping[str, str]) -> str:
    return _words(stated.get("text", "")) or _words(stated.get("title", ""))


def _words(text: str) -> str:
    """The words of an attribute, which may hold HTML (OPML 2.0, `text`)."""
    return text_of_html(html_of_unstated(text)) if "&" in text or "<" in text else one_line(text)


def _called(node: html.HtmlElement) -> str:
    name = _words(node.get("text") or "") or _words(node.get("title") or "")
    return f"“{_short(name)}”" if name else "An outline without a name"


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS].rstrip() + "…"


def _is_comment(node: html.HtmlElement) -> bool:
    around = (node, *node.iterancestors("outline"))
    return any((one.get("iscomment") or "").strip().lower() == "true" for one in around)


def _other_list(text: bytes) -> dict[str, ListedSource]:
    # Loaded by the first such list: with the HTTP client that it brings along, it would make every start slower.
    listparser = import_module("listparser")
    try:
        # It answers what it cannot read with an empty list and no word about it.
        read = listparser.parse(text)
    except (ValueError, LookupError, etree.LxmlError):
        return {}
    return {
        url: ListedSource(url=url, title=one_line(feed.title or ""))
        for feed in read.feeds
        if (url := feed.url.strip())
    }


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
