"""What the choosing of a page's text would lose, kept by marks: frames, films and sound, rules, where lists begin to count."""

from __future__ import annotations

import re
from html import escape

from lxml import etree, html

from feeds.ingest.pages.tree import line_of
from feeds.text.embeds import page_of
from feeds.text.markup import whole_number
from feeds.text.replaced import with_meaning

FRAME = "fwframe"
"""The element that keeps the place of a frame until the text is read."""
MOST = 40
_START = re.compile(r"fwstart\d{1,5}x\s?")
_STARTED = re.compile(r"<ol>(\s*<li>\s*(?:<p>)?)\s*fwstart(\d{1,5})x\s?")
_NAMES = ("iframe", "object", "embed")
_PLAYERS = ("audio", "video")
_ASKED = frozenset((*_NAMES, *_PLAYERS))
_OWN_NAMES = re.compile(r"^(?:amp|lite|youtube|vimeo)-[a-z-]{2,30}$")
_NO_TEXT = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|adslot|sponsor\w*|newsletter\w*|promo\w*|related|share|social|comments?|cookie\w*|consent|"
    r"subscri\w*|signup|recommend\w*|taboola|outbrain)(?=$|[\s_-])",
    re.IGNORECASE,
)
_OUTSIDE = frozenset({"nav", "aside", "footer", "header", "form", "head"})


def keep_frames(root: html.HtmlElement) -> None:
    """Puts an element of ours in the place of every frame and player of the text; those of adverts and forms stay."""
    for node in list(root.iter("amp-img", "amp-anim")):
        node.tag = "img"
    _mark_starts(root)
    for node in list(root.iter("hr")):
        _keep(node, "<hr>")
    count = 0
    # A list, since the tree changes on the way.
    for node in [one for one in root.iter(etree.Element) if _is_asked(str(one.tag))]:
        if node.getparent() is None or count >= MOST or not _is_of_text(node):
            continue
        markup = with_meaning(html.tostring(node, encoding="unicode", with_tail=False))
        if not re.search(r"<(?:a|audio|video|img)\b", markup):
            continue
        count += 1
        _keep(node, markup)


def _is_asked(name: str) -> bool:
    return name in _ASKED or ("-" in name and bool(_OWN_NAMES.match(name)))


def with_starts(markup: str) -> str:
    """The HTML of a list with the number at which it begins to count."""
    return _STARTED.sub(r'<ol start="\2">\1', markup) if "fwstart" in markup else markup


def without_starts(words: str) -> str:
    """The words without the marks of such numbers."""
    return _START.sub("", words) if "fwstart" in words else words


def _keep(node: html.HtmlElement, markup: str) -> None:
    parent = node.getparent()
    if parent is None:
        return
    kept = html.Element(FRAME)
    kept.set("data-markup", markup)
    kept.tail = node.tail
    parent.replace(node, kept)


def _mark_starts(root: html.HtmlElement) -> None:
    for node in root.iter("ol"):
        start = whole_number(node.get("start"), digits=5)
        first = next(node.iter("li"), None)
        if start is not None and start != 1 and first is not None:
            first.text = f"fwstart{start}x {first.text or ''}"


def markup_of(node: html.HtmlElement) -> tuple[html.HtmlElement, str]:
    """What stands for a kept frame, with what is said under it, and the element that it replaces."""
    markup = node.get("data-markup") or ""
    figure = next((one for one in node.iterancestors() if one.tag == "figure"), None)
    if figure is None or next(figure.iter("img"), None) is not None:
        return node, markup
    caption = next(iter(figure.iter("figcaption")), None)
    words = line_of(caption) if caption is not None else ""
    if not words:
        return figure, markup
    return figure, f"<figure>{markup}<figcaption>{escape(words, quote=False)}</figcaption></figure>"


def _is_of_text(node: html.HtmlElement) -> bool:
    """False if an advert, a form or the frame of the page holds it, and for frames of nobody known in such places."""
    for level, one in enumerate((node, *node.iterancestors())):
        if one.tag in _OUTSIDE:
            return False
        if level < 4 and one.tag not in ("body", "html", "article", "main"):
            names = f"{one.get('class') or ''} {one.get('id') or ''}"[:300]
            if _NO_TEXT.search(names):
                return False
    address = node.get("src") or node.get("data-src") or ""
    if node.tag == "iframe" and address and page_of(address)[0] == address:
        # Of no player that we know: what calls itself something, or stands in a figure, is shown on purpose.
        is_named = bool((node.get("title") or "").strip())
        return is_named or any(
            one.tag in ("figure", "p", "article", "main", "section") for one in node.iterancestors()
        )
    return True
