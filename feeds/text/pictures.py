"""Pictures taken out of an article's HTML, or credited otherwise in it. Pure.

Works on HTML that `feeds.text.markup.sanitize` has passed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

_IMG = re.compile(r"<img\b((?:[^>\"]|\"[^\"]*\")*)>", re.IGNORECASE)
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w{2,5}$)")
_SEEN = ("img", "video", "audio", "table", "blockquote", "pre", "ul", "ol", "figure", "hr")
_EMPTIED = frozenset({"figure", "picture", "a", "p", "div", "span"})


def picture_key(url: str) -> str:
    """What is equal for the sizes of one picture."""
    parts = urlsplit(html.unescape(url))
    name = _SIZE.sub("", parts.path)
    # A script that serves pictures tells them apart by its query only.
    query = "" if re.search(r"\.(jpe?g|png|gif|webp|avif)$", name, re.IGNORECASE) else parts.query
    return f"{parts.netloc}{name}?{query}"


def without_pictures(content_html: str, is_gone: Callable[[str], bool]) -> str:
    """The HTML without the pictures whose addresses `is_gone` names; a figure that loses its only picture goes with its caption.

    What else a figure holds stays: another figure, a table, the link to a film.
    """
    if "<img" not in content_html and "poster=" not in content_html:
        return content_html
    root = _tree(content_html)
    if root is None:
        return _IMG.sub("", content_html)
    for film in root.iter("video"):
        if is_gone(film.get("poster") or ""):
            film.attrib.pop("poster", None)
    gone = [one for one in root.iter("img") if is_gone(one.get("src") or "")]
    for picture in gone:
        holders = [one for one in picture.iterancestors() if one.tag in _EMPTIED]
        picture.drop_tree()
        for holder in holders:
            if holder.getparent() is not None and _is_emptied(holder):
                holder.drop_tree()
    return _inner(root)


def with_credit_replaced(content_html: str, url: str, before: str, after: str) -> str:
    """The HTML with another credit in the caption of the picture at `url`, where the former one stands there."""
    if not before or before not in html.unescape(content_html):
        return content_html
    root = _tree(content_html)
    if root is None:
        return content_html
    wanted = picture_key(url)
    for picture in root.iter("img"):
        figure = next((one for one in picture.iterancestors("figure")), None)
        if figure is None or picture_key(picture.get("src") or "") != wanted:
            continue
        for caption in figure.iter("figcaption"):
            for node in caption.iter():
                node.text = node.text and node.text.replace(before, after)
                if node is not caption:
                    node.tail = node.tail and node.tail.replace(before, after)
    return _inner(root)


def _tree(content_html: str) -> lxml_html.HtmlElement | None:
    try:
        return lxml_html.fragment_fromstring(content_html, create_parent="div")
    except (etree.ParserError, ValueError):
        return None


def _is_emptied(node: lxml_html.HtmlElement) -> bool:
    """True if nothing is left that can be seen; of a figure, nothing but words about the picture."""
    if next(node.iterdescendants(*_SEEN), None) is not None:
        return False
    if node.tag != "figure":
        return not "".join(node.itertext()).strip()
    links = (one for one in node.iter("a") if "".join(one.itertext()).strip())
    return all(any(up.tag == "figcaption" for up in one.iterancestors()) for one in links)


def _inner(root: lxml_html.HtmlElement) -> str:
    text = html.escape(root.text or "", quote=False)
    made = "".join(lxml_html.tostring(child, encoding="unicode", with_tail=True) for child in root)
    # Elements that libxml2 does not know to be empty.
    return text + re.sub(r"</(?:source|wbr)>", "", made)
