"""The pictures of a page with what is said under them: figures, captioned boxes of themes, pictures loaded late."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape

from lxml import etree, html

from feeds.ingest.pages.boilerplate import is_boilerplate
from feeds.ingest.pages.frames import FRAME, markup_of
from feeds.ingest.pages.tree import line_of
from feeds.ingest.people.credits import read_credit, split_credit
from feeds.ingest.rules.images import pixels
from feeds.model.incoming import Image
from feeds.text.latepictures import real_address
from feeds.text.unseen import is_unseen_picture
from feeds.text.urls import absolute_url

MOST = 60
_BOX = re.compile(
    r"(?:^|[\s_-])(?:wp-caption|caption|figure|image|img|photo|picture|media|featured|lead)", re.IGNORECASE
)
_CREDIT = re.compile(
    r"(?:^|[\s_-])(?:\w{0,8}credits?|copyright|photographer|attribution|fotograf\w{0,4}|source)(?=$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:\w{0,8}caption(?:-?text)?|legend|bildunterschrift)(?=$|[\s_-])", re.IGNORECASE
)
_ICONS = re.compile(
    r"\.svgz?$|avatar|gravatar|icon|logo|sprite|pixel|spacer|emoji|badge|tracking", re.IGNORECASE
)
_BLOCKS = frozenset("div section article main body td li center header blockquote figure".split())
_OUTSIDE = ("nav", "aside", "footer")
_WORD_BLOCKS = frozenset({"p", "div", "span", "small", "figcaption"})
CAPTION_CHARS = 300
MARK_WORD = "fwfigure"
MARK = f"{MARK_WORD}{{}}x"
MARKED = re.compile(rf"\s*{MARK_WORD}(\d{{1,3}})x\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture of the page, with its caption and credit, and as HTML of our own."""

    image: Image | None
    """None if it is a film, sound or a frame."""
    markup: str


def take_figures(root: html.HtmlElement, url: str) -> tuple[Figure, ...]:
    """Every picture, film and frame of the tree; in the tree a word stands in its place, by which it is put back.

    A picture whose caption calls it an advertisement is none, and gone.
    """
    found: list[Figure] = []
    for node in list(root.iter(FRAME)):
        if root not in node.iterancestors():
            continue
        holder, markup = markup_of(node)
        _replace(holder, MARK.format(len(found)))
        found.append(Figure(image=None, markup=markup))
    for node in list(root.iter("img")):
        if len(found) >= MOST or root not in node.iterancestors():
            continue
        image = _image(node, url)
        if image is None or next(node.iterancestors(*_OUTSIDE), None) is not None:
            continue
        box = _box(node)
        if box is not None:
            image = _with_words(image, box)
        if not image.caption:
            image = _with_words_behind(image, box if box is not None else _alone(node))
        is_advert = is_boilerplate(image.caption or "")
        _replace(box if box is not None else _alone(node), "" if is_advert else MARK.format(len(found)))
        if is_advert:
            continue
        found.append(Figure(image=image, markup=_markup(image)))
    return tuple(found)


def _image(node: html.HtmlElement, url: str) -> Image | None:
    stated = {str(name): str(text) for name, text in node.attrib.items()}
    address = absolute_url(real_address(stated), url) or absolute_url(_of_sources(node), url)
    width, height = pixels(node.get("width")), pixels(node.get("height"))
    if address is None or (width is not None and width < 60) or (height is not None and height < 60):
        return None
    if is_unseen_picture(stated):
        return None
    if _ICONS.search(f"{node.get('class') or ''} {address.rsplit('/', 1)[-1]}"[:300]):
        return None
    return Image(url=address, alt=(node.get("alt") or "").strip()[:500] or None, width=width, height=height)


def _of_sources(node: html.HtmlElement) -> str | None:
    """The best of the `source` elements beside a picture that has no address of its own."""
    parent = node.getparent()
    if parent is None or parent.tag not in ("picture", "source"):
        return None
    holder = next((one for one in node.iterancestors() if one.tag == "picture"), parent)
    sources = (
        {str(name): str(text) for name, text in one.attrib.items() if name != "src"}
        for one in holder.iter("source")
    )
    return next((address for one in sources if (address := real_address(one)) is not None), None)


def _box(node: html.HtmlElement) -> html.HtmlElement | None:
    """The outermost element that is this picture and the words about it."""
    best = None
    for level, parent in enumerate(node.iterancestors()):
        if level > 6 or parent.tag in ("body", "main", "article", "html"):
            break
        if sum(1 for _ in parent.iter("img")) > 1 and parent.tag != "picture":
            break
        if parent.tag == "figure":
            return parent
        named = _BOX.search((parent.get("class") or "")[:300])
        is_only = next(parent.iter("h1", "h2", "h3"), None) is None and sum(1 for _ in parent.iter("p")) <= 2
        if named and is_only and len(line_of(parent)) <= 600:
            best = parent
    return best


def _with_words(image: Image, box: html.HtmlElement) -> Image:
    credit = next((line_of(one) for one in _named(box, _CREDIT) if line_of(one)), None)
    caption_node = next(iter(box.iter("figcaption")), None)
    if caption_node is None:
        caption_node = next((one for one in _named(box, _CAPTION) if line_of(one)), None)
    caption = line_of(caption_node) if caption_node is not None else ""
    if credit:
        if len(credit) < 300:
            caption = caption.replace(credit, "").strip(" |–—-()[]")
        read = read_credit(credit)
        credit = (
            read.written
            if read
            else split_credit(credit)[1] or re.sub(r"(?i)^(?:source|quelle)\s*:\s*", "", credit)
        )
    else:
        read = read_credit(caption)
        caption, credit = (
            (read.caption or "", read.written) if read else tuple(one or "" for one in split_credit(caption))
        )
    return Image(
        url=image.url, alt=image.alt, width=image.width, height=image.height,
        caption=caption[:1000] or None, credit=(credit or "")[:200] or None,
    )  # fmt: skip


def _with_words_behind(image: Image, box: html.HtmlElement) -> Image:
    """The picture with what stands right behind it: elements for its credit and caption, the caption below the credit too.

    They go from the tree. An element without a class is a caption only below a credit and above longer text.
    """
    credit, caption = image.credit, ""
    for parent in box.iterancestors("div", "p", "span", "section"):
        if box.getnext() is not None or len(parent) != 1 or line_of(parent):
            break
        box = parent
    for _ in range(2):
        node = box.getnext()
        if node is None or not isinstance(node.tag, str) or node.tag not in _WORD_BLOCKS:
            break
        if (box.tail or "").strip() or next(
            node.iter("img", "p" if node.tag != "p" else "img", "h2"), None
        ) is not None:
            break
        words = line_of(node)
        if not words or len(words) > CAPTION_CHARS:
            break
        names = (node.get("class") or "")[:300]
        if credit is None and _CREDIT.search(names):
            read = read_credit(words)
            credit = read.written if read else split_credit(words)[1] or words
        elif _CAPTION.search(names) or (
            credit is not None and image.credit is None and _is_above_text(node, words)
        ):
            caption = words
        else:
            break
        node.drop_tree()
        if caption:
            break
    return replace(image, credit=(credit or "")[:200] or None, caption=caption[:1000] or image.caption)


def _is_above_text(node: html.HtmlElement, words: str) -> bool:
    following = node.getnext()
    return following is not None and isinstance(following.tag, str) and len(line_of(following)) > len(words)


def _named(box: html.HtmlElement, pattern: re.Pattern[str]) -> list[html.HtmlElement]:
    return [
        one
        for one in box.iter(etree.Element)
        if one is not box
        and (
            pattern.search((one.get("class") or "")[:300]) or pattern.search((one.get("itemprop") or "")[:60])
        )
    ]


def _alone(node: html.HtmlElement) -> html.HtmlElement:
    """The picture, with the links and pictures that hold nothing else."""
    found = node
    for parent in node.iterancestors():
        if parent.tag not in ("a", "picture", "source", "span", "noscript") or line_of(parent):
            break
        found = parent
    return found


def _replace(node: html.HtmlElement, word: str) -> None:
    parent = node.getparent()
    if parent is None:
        return
    put = html.Element("p" if parent.tag in _BLOCKS else "span")
    put.text = f" {word} "
    put.tail = node.tail
    parent.replace(node, put)


def _markup(image: Image) -> str:
    size = "".join(
        f' {name}="{value}"' for name, value in (("width", image.width), ("height", image.height)) if value
    )
    shown = f'<img src="{escape(image.url)}" alt="{escape(image.alt or "")}"{size}>'
    words = " ".join(
        part for part in (image.caption, f"Photo: {image.credit}" if image.credit else None) if part
    )
    return f"<figure>{shown}{f'<figcaption>{escape(words)}</figcaption>' if words else ''}</figure>"
