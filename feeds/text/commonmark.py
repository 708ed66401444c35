"""CommonMark with tables as HTML, by markdown-it-py; what may not stand in it is for the sanitizer. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from feeds.text.markup import text_of_html
from feeds.text.plainlines import linked_addresses

MOST_NESTED = 20
MAX_CHARS = 2_000_000


def markdown_as_html(text: str) -> str:
    """Markdown that stands in a field of a feed, as HTML; tags in it are words."""
    return tight(str(markdown_reader(is_html=False).render(text[:MAX_CHARS])))


def tight(markup: str) -> str:
    """The HTML without line breaks between tags, and without the last one of code."""
    return re.sub(r">\n+(?=</?[a-z])", ">", markup).replace("\n</code></pre>", "</code></pre>").strip()


def markdown_reader(*, is_html: bool) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": is_html, "maxNesting": MOST_NESTED}).enable(
        ["table", "strikethrough"]
    )
    reader.add_render_rule("image", _picture)
    reader.core.ruler.push("addresses", _link_addresses)
    # Links of whatever scheme: the sanitizer judges them, and leaves their words.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


def _link_addresses(state: Any) -> None:
    """Bare addresses are links, as everybody who writes them expects."""
    for token in state.tokens:
        depth = 0
        for child in token.children or ():
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type == "text" and depth == 0 and "://" in child.content:
                child.type, child.content = (
                    "html_inline",
                    linked_addresses(escape(child.content, quote=False)),
                )


def _picture(self: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    token = tokens[place]
    alt = text_of_html(str(self.renderInlineAsText(token.children or [], options, env)))
    shown = f'<img src="{escape(str(token.attrs.get("src") or ""))}" alt="{escape(alt)}">'
    title = str(token.attrs.get("title") or "")
    return f"<figure>{shown}<figcaption>{escape(title)}</figcaption></figure>" if title else shown
