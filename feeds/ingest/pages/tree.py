"""From the bytes of a page to a tree that nothing later can choke on: bounded in size, depth and attributes."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from lxml import etree, html

from feeds.errors import ParseError
from feeds.ingest.formats.charset import page_text
from feeds.text.markup import MAX_DEPTH, strip_illegal, text_of_html

MAX_BYTES = 12_000_000
MAX_NODES = 40_000
"""Longer pages are read as bare paragraphs: what chooses the text costs 1 s for about so many elements."""
MAX_PARAGRAPHS = 3_000
MAX_ATTRIBUTE = 4_000
_ENDS_OF_BLOCKS = re.compile(
    r"</?(?:p|div|br|li|h[1-6]|td|tr|section|article|blockquote|pre|ul|ol|table)\b[^<>]{0,400}>",
    re.IGNORECASE,
)
_SET_APART = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr img li ol p pre section "
    "table td th time tr ul button".split()
)
_HEAD = re.compile(r"<(?:meta|title|link)\b[^<>]{0,2000}>(?:[^<]{0,500}</title\s*>)?", re.IGNORECASE)
_ONE_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_Question = Callable[[html.HtmlElement], Any]
# A walk in Python costs twice as much as all three.
_COUNT: _Question = etree.XPath("count(//*)")
_IS_DEEP: _Question = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_WITH_LONG_ATTRIBUTES: _Question = etree.XPath(f"//@*[string-length() > {MAX_ATTRIBUTE}]/..")
_LANGUAGE = re.compile(r"<html\b[^<>]{0,400}?\blang\s*=\s*[\"']?([A-Za-z-]{2,12})", re.IGNORECASE)


def page_tree(body: bytes, content_type: str) -> html.HtmlElement:
    """The page as a tree; raises ParseError if it is empty.

    Pages that nest deeper than the sanitizer allows, or have too many elements, become bare paragraphs.
    """
    if len(body) > MAX_BYTES:
        raise ParseError(f"The page is longer than {MAX_BYTES // 1_000_000} MB; such pages are not read.")
    text = strip_illegal(page_text(body, content_type))
    if not text.strip():
        raise ParseError("The page is empty.")
    root = _parsed(text)
    if root is None or not _is_bounded(root):
        root = _parsed(_flattened(text))
    if root is None:
        raise ParseError("The page holds no HTML that can be read.")
    return root


def line_of(node: html.HtmlElement) -> str:
    """The words of an element on one line."""
    if not len(node):
        return " ".join((node.text or "").split())
    parts: list[str] = []
    _gather(node, parts)
    return " ".join("".join(parts).split())


def _gather(node: html.HtmlElement, parts: list[str]) -> None:
    # By recursion, cheaper than lxml's own walk by a third; no tree is deeper than MAX_DEPTH.
    parts.append(node.text or "")
    for one in node:
        is_set_apart = one.tag in _SET_APART
        if is_set_apart:
            parts.append(" ")
        if len(one):
            _gather(one, parts)
        else:
            parts.append(one.text or "")
        if is_set_apart:
            parts.append(" ")
        parts.append(one.tail or "")


def _parsed(text: str) -> html.HtmlElement | None:
    # huge_tree keeps what is deeper than 256; deeper than 2,048 libxml2 itself lets go.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # lxml.html chooses each element's class by a function in Python, an eighth of what reading a page costs.
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


def _is_bounded(root: html.HtmlElement) -> bool:
    """False for a tree that is too deep or has too many elements; attributes that are too long go on the way."""
    if _COUNT(root) > MAX_NODES or _IS_DEEP(root):
        return False
    for node in _WITH_LONG_ATTRIBUTES(root):
        _without_long_attributes(node)
    return True


def _without_long_attributes(node: html.HtmlElement) -> None:
    for name, value in list(node.attrib.items()):
        if len(value) > MAX_ATTRIBUTE and name != "content":
            del node.attrib[name]


def _flattened(text: str) -> str:
    bare = re.sub(r"(?is)<(script|style|template|svg)\b.*?(</\1\s*>|$)", " ", text)
    paragraphs: list[str] = []
    for part in _ENDS_OF_BLOCKS.split(bare):
        line = text_of_html(part) if part.strip() else ""
        if line:
            paragraphs.append(f"<p>{escape(line)}</p>")
        if len(paragraphs) >= MAX_PARAGRAPHS:
            break
    language = _LANGUAGE.search(text[:2000])
    head = "".join(_HEAD.findall(text[:200_000])[:200])
    opened = f'<html lang="{language[1]}">' if language else "<html>"
    return f"{opened}<head>{head}</head><body>{''.join(paragraphs)}</body></html>"
