"""Whether an element of a page is of the article itself, or of what stands around it."""

from __future__ import annotations

import re

from lxml import html

_NOT_OURS = re.compile(
    r"comment|related|sidebar|widget|recommend|popular|latest|teaser|footer|newsletter|trending|recent|author-?(?:box|bio|info)|today|clock|weather|masthead|top-?bar",
    re.IGNORECASE,
)


def is_ours(node: html.HtmlElement) -> bool:
    """True for an element of the article's own head or text: no header of the page, no lists of other articles."""
    for one in (node, *node.iterancestors()):
        if one.tag in ("nav", "aside", "footer"):
            return False
        if one.tag in ("article", "main", "body"):
            return True
        if _NOT_OURS.search(f"{one.get('class') or ''} {one.get('id') or ''}"[:400]):
            return False
        parent = one.getparent()
        if (
            one.tag == "header"
            and parent is not None
            and parent.tag == "body"
            and next(one.iter("h1"), None) is None
        ):
            return False
    return True
