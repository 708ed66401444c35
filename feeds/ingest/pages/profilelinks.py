"""Names that a page links to its authors' own pages below the title, where nothing else says who wrote the article. Pure."""

from __future__ import annotations

import re
from itertools import islice

from lxml import html

from feeds.ingest.pages.articlehead import is_ours
from feeds.ingest.pages.tree import line_of
from feeds.ingest.people.bylines import is_no_name, read_byline
from feeds.ingest.people.names import looks_like_name
from feeds.model.incoming import Byline

_PROFILE = re.compile(
    r"/(?:authors?|editors?|profiles?|people|persons?|staff|contributors?|by|writers?|reporters?|journalists?|columnists?"
    r"|autor(?:en|es|in|a)?|auteurs?|autori?|redakteur\w{0,3}|redactores|skribent\w{0,3}|journalisten)/[^/?#]{1,120}/?(?:[?#]|$)",
    re.IGNORECASE,
)
MOST_LOOKED_AT = 400
"""Elements behind the title: what stands further down is another article's, or a comment's."""
TEXT_CHARS = 120
MOST_TEXTS = 1
"""One paragraph as long as text may be a lead above the names; with the second one the head of the article is over."""
MOST = 8


def profiled_bylines(title: html.HtmlElement | None, language: str | None) -> tuple[Byline, ...]:
    """The people to whose pages the article's head links, in its first group of such links; empty if there is none."""
    if title is None:
        return ()
    texts = 0
    for node in islice(title.xpath("following::*"), MOST_LOOKED_AT):
        texts += node.tag == "p" and len(line_of(node)) >= TEXT_CHARS
        if texts > MOST_TEXTS:
            return ()
        if node.tag == "a" and _names(node, language) and is_ours(node):
            return _group(node, language)
    return ()


def _group(first: html.HtmlElement, language: str | None) -> tuple[Byline, ...]:
    """The first one with its neighbours: co-authors stand in one element, or each in one of its own."""
    parent = first.getparent()
    box = parent if parent is None or parent.getparent() is None else parent.getparent()
    several = list(islice(box.iter("a"), 3 * MOST)) if box is not None else [first]
    found = {
        name.casefold(): Byline(text=name, url=one.get("href"))
        for one in several
        for name in _names(one, language)
    }
    return tuple(found.values()) if len(found) <= MOST else ()


def _names(node: html.HtmlElement, language: str | None) -> tuple[str, ...]:
    line = line_of(node)
    if not 2 < len(line) <= 80 or is_no_name(line) or not _PROFILE.search(node.get("href") or ""):
        return ()
    if looks_like_name(line):
        return (line,)
    read = read_byline(line, language=language)
    return read.names if read else ()
