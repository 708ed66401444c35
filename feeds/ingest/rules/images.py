"""The pictures of an entry: given ones with their own credits, then those in its content. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Literal

from feeds.ingest.people.credits import split_credit
from feeds.model.incoming import Enclosure, Image
from feeds.text.markup import html_of_unstated, text_of_clean, text_of_html, whole_number
from feeds.text.urls import absolute_url

MOST = 30
CAPTION_HTML = 20_000
"""Characters of a caption as HTML that are read: captions can stand in captions, and each would be read as often."""
_SAYS_NOTHING = frozenset({"application/octet-stream", "binary/octet-stream", "application/force-download"})
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_FIGURE_TAG = re.compile(r"<(img|/?figure|/?figcaption)\b([^>]*)>")
_ATTRIBUTE = re.compile(r"([a-z]+)=\"([^\"]*)\"")


def collect_images(
    given: Sequence[Image], enclosures: Sequence[Enclosure], content_html: str, *, base_url: str | None
) -> tuple[Image, ...]:
    """Every picture once, by address, given ones first; what any place says of it is joined.

    A credit whose picture the text does not hold stays, as a picture without an address: it is not shown.
    A credit never moves from one picture to another.
    """
    found: dict[str, Image] = {}
    attached = [
        Image(
            url=one.url, media_type=one.media_type if "/" in (one.media_type or "") else None, alt=one.title
        )
        for one in enclosures
        if is_picture(one)
    ]
    for image in [*given, *attached, *images_in(content_html)]:
        url = absolute_url(image.url, base_url) if image.url else ""
        if url is None or not (url or image.credit):
            continue
        clean = _clean(image, url)
        found[url] = joined_image(found[url], clean) if url in found else clean
    return tuple(found.values())[:MOST]


def is_picture(enclosure: Enclosure) -> bool:
    """True for an attached file that is a picture, by its type; by its name where no type is stated that says anything."""
    kind = (enclosure.media_type or "").strip().lower()
    is_stated = "/" in kind and kind not in _SAYS_NOTHING
    return kind.startswith("image/") or (not is_stated and bool(_PICTURE_FILE.search(enclosure.url)))


def pixels(value: object) -> int | None:
    """A width or height in pixels as sources write it: `640`, `640px`, `640.0`; None for `100%`, 0 and all else."""
    text = str(value).strip().lower().removesuffix("px").strip() if value is not None else ""
    found = whole_number(text.partition(".")[0] if text.replace(".", "", 1).isdigit() else text, digits=5)
    return found or None


def joined_image(before: Image, again: Image) -> Image:
    """The picture as two places tell of it together: what the first one leaves out, the second one says."""
    return replace(
        before,
        credit=before.credit or again.credit,
        caption=before.caption or again.caption,
        alt=before.alt or again.alt,
        width=before.width or again.width,
        height=before.height or again.height,
        media_type=before.media_type or again.media_type,
        role=_joined_role(before, again),
        source_type=before.source_type or again.source_type,
    )


def images_in(content_html: str) -> tuple[Image, ...]:
    """The pictures in sanitized HTML, with caption and credit of the figure that holds each."""
    if "<img" not in content_html:
        return ()
    found: list[Image] = []
    for attributes, figures in _pictures(content_html):
        stated = dict(_ATTRIBUTE.findall(attributes))
        src = unescape(stated.get("src", ""))
        if not src:
            continue
        caption, credit = split_credit(_caption(figures))
        found.append(
            Image(
                url=src,
                alt=unescape(stated.get("alt", "")) or None,
                caption=caption,
                credit=credit,
                width=pixels(stated.get("width")),
                height=pixels(stated.get("height")),
            )
        )
    return tuple(found)


@dataclass(slots=True)
class _Figure:
    """One figure: how many pictures it holds, and its first caption."""

    pictures: int = 0
    has_caption: bool = False
    caption: str | None = None


def _pictures(content_html: str) -> list[tuple[str, tuple[_Figure, ...]]]:
    """The attributes of each picture, and the figures around it, nearest first.

    By the tags alone: what nh3 writes is balanced, and a tree of it costs six times as much.
    """
    found: list[tuple[str, tuple[_Figure, ...]]] = []
    around: list[_Figure] = []
    captions: list[tuple[int, list[_Figure]]] = []
    for tag in _FIGURE_TAG.finditer(content_html):
        if tag[1] == "img":
            for figure in around:
                figure.pictures += 1
            found.append((tag[2], tuple(reversed(around))))
            if len(found) >= 10 * MOST:
                break
        elif tag[1] == "figure":
            around.append(_Figure())
        elif tag[1] == "figcaption":
            first = [figure for figure in around if not figure.has_caption]
            for figure in first:
                figure.has_caption = True
            captions.append((tag.end(), first))
        elif tag[1] == "/figure":
            del around[-1:]
        elif captions:
            begin, first = captions.pop()
            text = text_of_clean(_cut(content_html[begin : tag.start()])) if first else ""
            for figure in first:
                figure.caption = text
    return found


def _cut(content_html: str) -> str:
    """The beginning of a caption, which ends before a tag where it would end within one."""
    if len(content_html) <= CAPTION_HTML:
        return content_html
    begin = content_html[:CAPTION_HTML]
    return begin[: begin.rindex("<")] if begin.rfind("<") > begin.rfind(">") else begin


def _joined_role(one: Image, other: Image) -> Literal["", "main", "thumbnail"]:
    """What a picture is that two places tell of: a thumbnail only where both say so."""
    if "main" in (one.role, other.role):
        return "main"
    return "thumbnail" if one.role == other.role == "thumbnail" else ""


def _caption(figures: tuple[_Figure, ...]) -> str | None:
    """What is said under a picture; under several pictures it is said of none of them."""
    for figure in figures:
        if figure.pictures > 1:
            return None
        if figure.caption is not None:
            return figure.caption or None
    return None


def _clean(image: Image, url: str) -> Image:
    credit, caption, alt = _line(image.credit, 200), _line(image.caption, 1000), _line(image.alt, 500)
    if (url, credit, caption, alt) == (image.url, image.credit, image.caption, image.alt):
        return image
    return replace(image, url=url, credit=credit, caption=caption, alt=alt)


def _line(text: str | None, most: int) -> str | None:
    return (text_of_html(html_of_unstated(text))[:most] or None) if text else None
