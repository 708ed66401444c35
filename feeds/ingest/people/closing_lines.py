"""The paragraph at the end of a feed's content that presents an author of the byline: theirs, not the article's. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree, html

from feeds.ingest.people.biographies import announces_author, is_introduction
from feeds.model.incoming import Biography
from feeds.text.markup import one_line

AT_LEAST = 3
"""Paragraphs that a text must have; a short notice may be about its author."""
LAST = 3
MAX_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Content without what presents its authors, and that."""

    content_html: str
    biographies: tuple[Biography, ...] = ()


def take_biographies(content_html: str, names: Sequence[str]) -> Closing:
    """The content without last paragraphs that begin with an author's name and say what they do.

    Only where both are certain, and where at least two paragraphs are left.
    """
    kept = Closing(content_html=content_html)
    lowered = content_html.casefold()
    if not names or "<p" not in lowered or not any(name.casefold() in lowered for name in names):
        return kept
    try:
        root = html.fragment_fromstring(content_html, create_parent="div")
    except (etree.ParserError, ValueError):
        return kept
    paragraphs = [node for node in root.iter("p") if one_line(node.text_content())]
    if len(paragraphs) < AT_LEAST:
        return kept
    found: list[Biography] = []
    for node in paragraphs[-LAST:]:
        text = one_line(node.text_content())
        heading = _heading_above(node)
        name = next((one for one in names if is_introduction(text, one, is_marked=heading is not None)), None)
        if name is None or len(text) > MAX_CHARS or len(paragraphs) - len(found) < AT_LEAST:
            continue
        if heading is not None:
            heading.drop_tree()
        links = [link.get("href") for link in node.iter("a") if link.get("href", "").startswith("http")]
        named = next((a.get("href") for a in node.iter("a") if one_line(a.text_content()) == name), None)
        found.append(Biography(name=name, text=text, url=named if named in links else None))
        node.drop_tree()
    if not found:
        return kept
    whole = etree.tostring(root, encoding="unicode", method="html")
    return Closing(content_html=whole[len("<div>") : -len("</div>")].strip(), biographies=tuple(found))


def _heading_above(node: html.HtmlElement) -> html.HtmlElement | None:
    """The line `About the author` right above a paragraph."""
    before = node.getprevious()
    if before is None or before.tag not in ("p", "h2", "h3", "h4", "h5", "h6"):
        return None
    text = one_line(before.text_content())
    return before if len(text) <= 40 and announces_author(text) else None
