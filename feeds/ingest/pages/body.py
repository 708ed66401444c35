"""The text of a page as blocks of HTML: what trafilatura takes for the article, or the element that says it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from html import escape, unescape
from itertools import islice
from typing import Any, Literal

import trafilatura
from lxml import etree, html

from feeds.ingest.pages.boilerplate import opens_list
from feeds.ingest.pages.figures import MARK_WORD, MARKED, Figure
from feeds.ingest.pages.frames import with_starts, without_starts
from feeds.ingest.pages.tree import line_of
from feeds.text.markup import text_of_html

LEAST_SHARE = 0.5
"""trafilatura's text is not believed where the marked element has more than twice as much."""
SURE_SHARE = 0.8
"""Of the marked element's text, kept: no second opinion is asked (the same text on 81 of 81 pages of the corpus)."""
MOST_BLOCKS = 3_000
MAX_LINES = 5_000
_TAGS = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|table|tr)\b[^<>]{0,400}>", re.IGNORECASE)
_LONG = tuple("p div br li td h1 h2 h3 h4 h5 h6 option dd dt".split())
_INLINE = {"#b": "strong", "#i": "em", "#u": "u", "#t": "code", "#sub": "sub", "#sup": "sup"}
_NAMES = {"quote": "blockquote", "lb": "br", "row": "tr", "del": "del", "p": "p", "table": "table"}
_KEPT_BLOCKS = frozenset("p ul ol dl blockquote pre table h2 h3 h4 h5 h6 h1 hr".split())
_BOXES = tuple("div section figure aside table ul ol blockquote".split())
_HOLDERS = frozenset("div section article main body td".split())
_ENDS = frozenset(
    "br p div section article figure aside table ul ol dl blockquote pre h1 h2 h3 h4 h5 h6 hr".split()
)
MOST_INLINE = 200
"""Links and emphasis of one paragraph; trafilatura takes the square of their number."""
LOOSE_CHARS = 20
"""Less than this is no sentence of the text."""
_LINES = frozenset("p h1 h2 h3 h4 h5 h6".split())

_FIRST_ITEM = re.compile(r"<[uo]l[^>]{0,80}>\s{0,80}<li[^>]{0,80}>(.{1,300}?)</li>", re.DOTALL)

Kind = Literal["line", "heading", "figure", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, heading, list, quotation, table or picture of the text."""

    kind: Kind
    line: str
    """Its words, for a line or a heading; of others too, but no rule about lines takes them."""
    markup: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The blocks of a text and how they were found."""

    blocks: tuple[Block, ...]
    evidence: str


def read_body(
    root: html.HtmlElement,
    container: html.HtmlElement | None,
    figures: Sequence[Figure],
    *,
    is_plain: bool = False,
) -> Body:
    """The article's text in the tree, its boilerplate already gone; `container` is the element marked as its body."""
    is_long = _is_long(root)
    if container is None:
        return Body(blocks=_chosen(root, figures, is_plain=is_plain, is_fast=is_long), evidence="trafilatura")
    # Where the page itself marks about as much, trafilatura needs no second opinion, a third of its cost.
    blocks = _chosen(root, figures, is_plain=is_plain, is_fast=True)
    have = length(blocks)
    if have >= SURE_SHARE * len(container.text_content()):
        return Body(blocks=blocks, evidence="trafilatura")
    marked = _of_container(container, figures)
    meant = length(marked)
    if have < SURE_SHARE * meant and not is_long:
        blocks = _chosen(root, figures, is_plain=is_plain, is_fast=False)
        have = length(blocks)
    if meant > 200 and have < meant * LEAST_SHARE:
        return Body(blocks=marked, evidence="the marked element; trafilatura kept less than half of it")
    return Body(blocks=blocks, evidence="trafilatura")


def _chosen(
    root: html.HtmlElement, figures: Sequence[Figure], *, is_plain: bool, is_fast: bool
) -> tuple[Block, ...]:
    # Its Markdown, which nobody here reads, is written for the format "python" alone, at a tenth of the cost.
    chosen: Any = trafilatura.bare_extraction(
        _in_paragraphs(root), include_comments=False, include_formatting=not is_plain, include_links=True,
        include_tables=True, with_metadata=False, fast=is_fast, output_format="xml",
    )  # fmt: skip
    return _of_trafilatura(chosen.body, figures) if chosen is not None and chosen.body is not None else ()


def _in_paragraphs(root: html.HtmlElement) -> html.HtmlElement:
    """The tree with loose text behind boxes in paragraphs, a copy: trafilatura loses it where the box holds some.

    The tree itself, where it has no such text; trafilatura changes nothing in it.
    """
    if not any(map(_is_loose_behind, root.iter(*_BOXES))):
        return root
    copy = deepcopy(root)
    holding: set[html.HtmlElement] = set()
    for paragraph in copy.iter("p"):
        for one in paragraph.iterancestors():
            if one in holding:
                break
            holding.add(one)
    boxes = [one for one in copy.iter(*_BOXES) if one in holding and _is_loose_behind(one)]
    for box in boxes:
        parent = box.getparent()
        if parent is None or parent.tag not in _HOLDERS:
            continue
        paragraph = html.Element("p")
        paragraph.text, box.tail = box.tail, None
        box.addnext(paragraph)
        for _ in range(MOST_INLINE):
            following = paragraph.getnext()
            if following is None or not isinstance(following.tag, str) or following.tag in _ENDS:
                break
            paragraph.append(following)
    return copy


def _is_loose_behind(box: html.HtmlElement) -> bool:
    tail = box.tail
    return tail is not None and len(tail.strip()) >= LOOSE_CHARS


def stated_body(text: str) -> Body:
    """The text that a page states for machines, its lines as paragraphs."""
    if _TAGS.search(text):
        lines = [text_of_html(part) for part in _TAGS.split(text, maxsplit=MAX_LINES)]
    else:
        lines = unescape(text).split("\n")
    filled = [" ".join(line.split()) for line in lines[:MAX_LINES]]
    blocks = [
        Block(kind="line", line=one, markup=f"<p>{escape(one, quote=False)}</p>") for one in filled if one
    ]
    return Body(blocks=tuple(blocks), evidence="stated for machines; the page shows less than half of it")


def length(blocks: Sequence[Block]) -> int:
    """How many characters of words the blocks hold."""
    return sum(len(one.line) for one in blocks)


def lists_others(block: Block) -> bool:
    """True for a list that begins as lists of other articles do: `You may also like`."""
    first = _FIRST_ITEM.match(block.markup) if block.kind == "other" else None
    return first is not None and opens_list(text_of_html(first[1]))


def _is_long(root: html.HtmlElement) -> bool:
    """True if trafilatura's second opinion (justext, quadratic in blocks) is too dear."""
    return sum(1 for _ in islice(root.iter(*_LONG), MOST_BLOCKS + 1)) > MOST_BLOCKS


def _of_trafilatura(body: etree._Element, figures: Sequence[Figure]) -> tuple[Block, ...]:
    for node in body.iter(etree.Element):
        _as_html(node)
    found: list[Block] = []
    if body.text and body.text.strip():
        found.extend(_block(_paragraph(body.text), figures))
    for node in list(body):
        tail, node.tail = node.tail, None
        found.extend(_block(node, figures))
        if tail and tail.strip():
            found.extend(_block(_paragraph(tail), figures))
    return tuple(found)


def _as_html(node: etree._Element) -> None:
    """The element of trafilatura's own vocabulary (TEI) as one of HTML, in place."""
    rend, target = node.get("rend") or "", node.get("target")
    name = str(node.tag)
    if name == "head":
        node.tag = rend if re.fullmatch(r"h[1-6]", rend) else "h2"
    elif name == "hi":
        node.tag = _INLINE.get(rend, "em")
    elif name == "ref":
        node.tag = "a"
    elif name == "list":
        node.tag = rend if rend in ("ul", "ol", "dl") else "ul"
    elif name == "item":
        node.tag = rend[:2] if rend[:2] in ("dt", "dd") else "li"
    elif name == "cell":
        node.tag = "th" if node.get("role") == "head" else "td"
    elif name == "graphic":
        node.tag = "img"
        return
    elif name == "code":
        parent = node.getparent()
        has_lines = "\n" in "".join(map(str, node.itertext())) or (
            parent is not None and parent.tag == "body"
        )
        node.tag = "pre" if has_lines and (parent is None or parent.tag != "pre") else "code"
    else:
        node.tag = _NAMES.get(name, name)
    node.attrib.clear()
    if node.tag == "a" and target:
        node.set("href", target)


def _paragraph(text: str) -> etree._Element:
    node = etree.Element("p")
    node.text = text.strip()
    return node


def _block(node: etree._Element, figures: Sequence[Figure]) -> list[Block]:
    """The element as a block, and after it the pictures that stand in it."""
    words = without_starts(" ".join("".join(map(str, node.itertext())).split()))
    shown = [int(number) for number in MARKED.findall(words)] if MARK_WORD in words else []
    markup = without_starts(with_starts(html.tostring(node, encoding="unicode", with_tail=False)))
    if shown:
        words, markup = MARKED.sub(" ", words).strip(), MARKED.sub(" ", markup)
    found: list[Block] = []
    if words or node.tag == "img":
        name = str(node.tag)
        is_block = name in _KEPT_BLOCKS or name == "img"
        kind: Kind = (
            "heading"
            if re.fullmatch(r"h[1-6]", name)
            else "line"
            if name in _LINES or not is_block
            else "other"
        )
        found.append(Block(kind=kind, line=words, markup=markup if is_block else f"<p>{markup}</p>"))
    found.extend(
        Block(kind="figure", line="", markup=figures[number].markup)
        for number in dict.fromkeys(shown)
        if number < len(figures)
    )
    return found


def _of_container(container: html.HtmlElement, figures: Sequence[Figure]) -> tuple[Block, ...]:
    """The marked element's own blocks, where they stand, and its loose text as paragraphs."""
    found: list[Block] = []
    loose: list[str] = []

    def flush() -> None:
        text = "".join(loose).strip()
        loose.clear()
        if text:
            words = line_of(html.fromstring(f"<div>{text}</div>"))
            if words:
                found.extend(_block(html.fromstring(f"<p>{text}</p>"), figures))

    waiting: list[html.HtmlElement | str | None] = [container]
    while waiting:
        node = waiting.pop()
        if node is None:
            flush()
        elif isinstance(node, str):
            loose.append(escape(node, quote=False))
        elif node.tag in _KEPT_BLOCKS:
            flush()
            found.extend(_block(_bare(node), figures))
        elif node is container or node.tag in (
            "div",
            "section",
            "article",
            "main",
            "header",
            "figure",
            "center",
            "body",
        ):
            flush()
            waiting.append(None)
            for child in reversed(node):
                if child.tail:
                    waiting.append(child.tail)
                if isinstance(child.tag, str):
                    waiting.append(child)
            if node.text:
                waiting.append(node.text)
        elif node.tag not in ("script", "style", "noscript", "aside", "footer", "button", "svg", "iframe"):
            loose.append(
                "<br>" if node.tag == "br" else html.tostring(node, encoding="unicode", with_tail=False)
            )
    return tuple(found)


def _bare(node: html.HtmlElement) -> html.HtmlElement:
    """A copy without what follows the element."""
    copy = deepcopy(node)
    copy.tail = None
    return copy
