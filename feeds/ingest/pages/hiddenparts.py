"""Parts of a page that it holds and does not show, out of the tree in which its text is looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree, html

from feeds.text.unseen import LEAST_SEEN, MOST_CHARS, MOST_HIDDEN, is_dispensable, is_hidden, seen_words

_MAY_BE: Callable[[html.HtmlElement], Any] = etree.XPath(
    # By attributes: asking every element costs twice as much.
    "//@hidden/.. | //@style[contains(., 'none') or contains(., 'hidden')]/.. "
    "| //@class[contains(., 'hidden') or contains(., 'sr-') or contains(., 'screen') or contains(., 'invisible')]/.."
)
_NEVER = frozenset({"html", "body", "main", "head", "article"})


def drop_hidden(root: html.HtmlElement) -> None:
    """Takes out what nobody misses, in place; nothing where a script would show most of the page."""
    found = [node for node in _MAY_BE(root) if node.tag not in _NEVER and is_hidden(_stated(node))]
    if not found:
        return
    left = seen_words(root.text_content())
    least = LEAST_SEEN * len(left)
    dropped: list[html.HtmlElement] = []
    for node in found[:MOST_HIDDEN]:
        inner = html.tostring(node, encoding="unicode", with_tail=False)
        words = seen_words(node.text_content())
        if len(inner) > MOST_CHARS or not is_dispensable(_stated(node), inner, words, left):
            continue
        dropped.append(node)
        left = left.replace(words, "", 1)
    if len(left) < least:
        return
    for node in dropped:
        if node.getparent() is not None:
            node.drop_tree()


def _stated(node: html.HtmlElement) -> dict[str, str]:
    return {str(name): str(text) for name, text in node.attrib.items()}
