"""Where on a page the article stands: the heading that is its title, the element that holds it, the one that is its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree, html

from feeds.ingest.pages.pagetitle import STROKE
from feeds.ingest.pages.surroundings import folded
from feeds.ingest.pages.tree import line_of

MOST = 60
_HOLDERS = frozenset("article header div span p main address".split())
_BODY = re.compile(
    r"(?:^|\s)(?:article-?body|entry-content|post-content|article-content|article__body|story-body|post-body|e-content|articlebody)(?=$|\s)",
    re.IGNORECASE,
)


MOST_BESIDE = 20


def title_node(
    root: html.HtmlElement, stated: Sequence[str | None], site_name: str | None
) -> html.HtmlElement | None:
    """The heading that is the article's title: one that the stated titles (`<title>`, og:title …) agree with, by level.

    Without agreement the first `h1` within an article, else the first `h1`; the site's own name is no title.
    """
    whole = {folded(one) for one in stated if one}
    parts = {folded(part) for one in stated if one for part in STROKE.split(one)} | whole
    site = folded(site_name or "")
    best: tuple[int, html.HtmlElement] | None = None
    for node in islice(root.iter("h1", "h2", "h3"), MOST):
        letters = folded(line_of(node))
        if len(letters) < 3 or letters == site or len(letters) > 400 or _leads_home(node):
            continue
        level = int(node.tag[1])
        if letters in whole:
            rank = level
        elif letters in parts and len(letters) > 5:
            rank = 10 + level
        elif len(letters) > 12 and any(letters in one for one in whole):
            rank = 20 + level
        elif level == 1 and not whole:
            rank = 30 if any(one.tag in ("article", "main") for one in node.iterancestors()) else 31
        elif level == 1:
            rank = 40 if any(one.tag in ("article", "main") for one in node.iterancestors()) else 41
        else:
            continue
        # Of a site's name and the article's title, both parts of `<title>`, the title is the longer one.
        if (
            best is None
            or rank < best[0]
            or (rank == best[0] and 10 < rank < 30 and len(letters) > len(folded(line_of(best[1]))))
        ):
            best = (rank, node)
    return best[1] if best else None


def _leads_home(node: html.HtmlElement) -> bool:
    """True for a heading that is a link to the site's first page: the site's name."""
    links = [one.get("href") or "" for one in (*node.iter("a"), *islice(node.iterancestors("a"), 1))]
    return any(
        urlsplit(href).path in ("", "/") and not urlsplit(href).query and not href.startswith("#")
        for href in links
        if _is_address(href)
    )


def _is_address(href: str) -> bool:
    try:
        return bool(href) and urlsplit(href).scheme in ("", "http", "https")
    except ValueError:
        return False


def is_agreed(line: str, stated: Sequence[str | None]) -> bool:
    """True if a heading is one of the stated titles, or a part of one; or where nothing is stated."""
    letters = folded(line)
    whole = [folded(one) for one in stated if one]
    return not whole or any(letters and letters in one for one in whole)


def name_links(scope: html.HtmlElement, names: Sequence[str]) -> None:
    """The tree without links that stand alone and say no more than an author's name; changed in place."""
    wanted = {folded(name) for name in names}
    for node in [one for one in scope.iter("a") if folded(line_of(one)) in wanted]:
        parent = node.getparent()
        if parent is None or parent.tag not in _HOLDERS:
            continue
        is_related = "author" in (node.get("rel") or "").lower().split() and parent.tag != "p"
        # A link among many stands not alone; reading all of them for each one would take the square of their number.
        is_crowded = sum(1 for _ in islice(parent, MOST_BESIDE + 1)) > MOST_BESIDE
        if is_related or (not is_crowded and folded(line_of(parent)) in wanted):
            node.drop_tree()


def scope_of(root: html.HtmlElement, title: html.HtmlElement | None) -> html.HtmlElement:
    """The element in which the article stands with its head: `article`, `main`, else the body."""
    total = _text_chars(root)
    if title is not None:
        for one in title.iterancestors("article", "main"):
            if _text_chars(one) * 3 >= total:
                return one
    named = max(root.iter("article", "main"), key=_text_chars, default=None)
    is_most = named is not None and _text_chars(named) * 5 >= total * 2
    if named is not None and is_most and (title is None or title in named.iter("h1")):
        return named
    bodies = list(root.iter("body"))
    return bodies[0] if bodies else root


def body_node(scope: html.HtmlElement) -> html.HtmlElement | None:
    """The element marked as the article's text: itemprop=articleBody, a usual class of it, or the only `article`."""
    every = [
        node for node in scope.iter(etree.Element) if "articlebody" in (node.get("itemprop") or "").lower()
    ]
    every = every or [
        node for node in scope.iter("div", "section") if _BODY.search((node.get("class") or "")[:400])
    ]
    if not every and scope.tag == "article":
        every = [scope]
    return max(every, key=_text_chars, default=None)


def _text_chars(node: html.HtmlElement) -> int:
    return sum(len(one.text_content()) for one in node.iter("p"))
