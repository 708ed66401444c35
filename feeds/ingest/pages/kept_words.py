"""Words of a page that the choosing of its text would lose, in elements that it keeps: formulas, readings, lists in tables, lines of code. Pure."""

from __future__ import annotations

import html as entities
from collections.abc import Callable
from typing import Any

from lxml import etree, html

from feeds.text.formulas import formula_in_words, scripts_in_words
from feeds.text.latepictures import symbol_of

_ASKED = ("math", "script", "ruby", "q", "img")
MOST_CELL = 1_000
"""Characters of a cell of a table; what holds more is the frame of a page that is laid out by tables."""
_HOLDERS = frozenset({"ul", "ol", "dl"})
_Question = Callable[[html.HtmlElement], Any]
# A walk in Python from each of them up would cost as much as the rest of reading the page.
_IN_CELLS: _Question = etree.XPath(
    "//*[self::ul or self::ol or self::dl or self::li or self::dt or self::dd or self::pre][ancestor::td or ancestor::th]"
)
_FEET_OF_QUOTATIONS: _Question = etree.XPath("//footer[ancestor::blockquote]")


def keep_words(root: html.HtmlElement) -> None:
    """Changes the tree in place; one that holds none of these stays as it is."""
    for node in list(root.iter(*_ASKED)):
        if node.tag == "math":
            _as_words(node, entities.unescape(formula_in_words(_markup(node))))
        elif node.tag == "script":
            _formula(node)
        elif node.tag == "ruby":
            _with_reading(node)
        elif node.tag == "q":
            _quoted(node)
        else:
            _as_letter(node)
    for foot in _FEET_OF_QUOTATIONS(root):
        # Who said it; the foot of a page is furniture.
        foot.tag = "p"
    chars: dict[html.HtmlElement, int] = {}
    for node in _IN_CELLS(root):
        cell = next(node.iterancestors("td", "th"), node)
        if cell not in chars:
            chars[cell] = len(cell.text_content())
        if chars[cell] <= MOST_CELL:
            _opened(node)

    laid_out = list(root.iter("pre"))
    page_chars = len(root.text_content()) if laid_out else 0
    for node in laid_out:
        _as_code(node, page_chars)


def _as_code(node: html.HtmlElement, page_chars: int) -> None:
    """Lines that are set as they are, as code: of what highlights them little is kept, and other lines are run together.

    One with links stays, and one that is most of the page: a letter, or a standard.
    """
    text = node.text_content()
    if len(text) * 2 > page_chars or any(link.text_content().strip() for link in node.iter("a")):
        return
    for line in list(node.iter("br", "div", "p", "li", "tr")):
        if line.tag == "br" or not line.text_content().endswith("\n"):
            line.tail = f"\n{line.tail or ''}"
    code = html.Element("code")
    code.text = node.text_content()
    for child in list(node):
        node.remove(child)
    node.text = None
    node.append(code)


def _markup(node: html.HtmlElement) -> str:
    return etree.tostring(node, encoding="unicode", with_tail=False)


def _as_words(node: html.HtmlElement, words: str) -> None:
    """A bare element of these words in the place of the node."""
    if node.getparent() is None:
        return
    kept = html.Element("span")
    kept.text, kept.tail = words, node.tail
    node.getparent().replace(node, kept)


def _formula(node: html.HtmlElement) -> None:
    """A formula for MathJax; what is shown until it has run says the same once more."""
    if not (node.get("type") or "").strip().lower().startswith("math/tex"):
        return
    before = node.getprevious()
    if before is not None and "MathJax_Preview" in (before.get("class") or ""):
        before.drop_tree()
    _as_words(node, entities.unescape(scripts_in_words(_markup(node))))


def _with_reading(node: html.HtmlElement) -> None:
    """`漢（かん）`: how it is read in brackets behind it, as everywhere where it cannot stand above."""
    has_brackets = any(one.text for one in node.iter("rp"))
    for part in list(node.iter("rt", "rp")):
        if part.tag == "rt" and not has_brackets:
            words = "".join(map(str, part.itertext())).strip()
            for child in list(part):
                child.drop_tree()
            part.text = f"（{words}）" if words else ""
        part.drop_tag()


def _quoted(node: html.HtmlElement) -> None:
    """In the marks that browsers put around it; it would be taken for a quotation that stands alone."""
    node.text = f"“{node.text or ''}"
    if len(node):
        node[-1].tail = f"{node[-1].tail or ''}”"
    else:
        node.text += "”"
    node.tag = "span"


def _as_letter(node: html.HtmlElement) -> None:
    sign = symbol_of({str(name): str(text) for name, text in node.attrib.items()})
    if sign is not None:
        _as_words(node, sign)


def _opened(node: html.HtmlElement) -> None:
    """A list in a cell as its paragraphs, and lines set as they are as code."""
    if node.tag in _HOLDERS:
        _with_paragraph_behind(node)
        node.drop_tag()
    else:
        node.tag = "code" if node.tag == "pre" else "p"


def _with_paragraph_behind(node: html.HtmlElement) -> None:
    if node.tail and node.tail.strip():
        behind = html.Element("p")
        behind.text, node.tail = node.tail.strip(), None
        node.addnext(behind)
