"""The pictures of an entry: given ones with their own credits, then those in its content. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal

from lxml import etree, html

from feeds.ingest.credits import split_credit
from feeds.markup import one_line, text_of_html, whole_number
from feeds.model.incoming import Enclosure, Image
from feeds.urls import absolute_url

MOST = 30
# Reading an article whole for the picture at its top costs six times as much (a twentieth of a document).
_FIGURE_OR_PICTURE = re.compile(r"<figure\b[^<>]*+>(?:[^<]|<(?!/?figure\b))*+</figure>|<img\b[^<>]*+>")


def collect_images(
    given: Sequence[Image], enclosures: Sequence[Enclosure], content_html: str, *, base_url: str | None
) -> tuple[Image, ...]:
    """Every picture once, by address, given ones first; what any place says of it is joined.

    A credit whose picture the text does not hold stays, as a picture without an address: it is not shown.
    A credit never moves from one picture to another.
    """
    found: dict[str, Image] = {}
    attached = [
        Image(url=one.url, media_type=one.media_type, alt=one.title) for one in enclosures if is_picture(one)
    ]
    for image in [*given, *attached, *images_in(content_html)]:
        url = absolute_url(image.url, base_url) if image.url else ""
        if url is None or not (url or image.credit):
            continue
        clean = replace(
            image,
            url=url,
            credit=_line(image.credit, 200),
            caption=_line(image.caption, 1000),
            alt=_line(image.alt, 500),
        )
        found[url] = _joined(found[url], clean) if url in found else clean
    return tuple(found.values())[:MOST]


def is_picture(enclosure: Enclosure) -> bool:
    """True for an attached file that is a picture."""
    return (enclosure.media_type or "").lower().startswith("image/")


def pixels(value: object) -> int | None:
    """A width or height in pixels as sources write it: `640`, `640px`, `640.0`; None for `100%`, 0 and all else."""
    text = str(value).strip().lower().removesuffix("px").strip() if value is not None else ""
    found = whole_number(text.partition(".")[0] if text.replace(".", "", 1).isdigit() else text, digits=5)
    return found or None


def joined_role(one: Image, other: Image) -> Literal["", "main", "thumbnail"]:
    """What a picture is that two places tell of: a thumbnail only where both say so."""
    if "main" in (one.role, other.role):
        return "main"
    return "thumbnail" if one.role == other.role == "thumbnail" else ""


def images_in(content_html: str) -> tuple[Image, ...]:
    """The pictures in sanitized HTML, with caption and credit of the figure that holds each."""
    if "<img" not in content_html:
        return ()
    try:
        root = html.fragment_fromstring(_around_pictures(content_html), create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ()
    found: list[Image] = []
    for node in islice(root.iter("img"), 10 * MOST):
        src = node.get("src")
        if not src:
            continue
        caption, credit = split_credit(_figcaption(node))
        found.append(
            Image(
                url=src,
                alt=node.get("alt") or None,
                caption=caption,
                credit=credit,
                width=pixels(node.get("width")),
                height=pixels(node.get("height")),
            )
        )
    return tuple(found)


def _around_pictures(content_html: str) -> str:
    """What of the HTML has to be read for its pictures: figures, and pictures outside of them."""
    found = "".join(_FIGURE_OR_PICTURE.findall(content_html))
    is_all = all(found.count(tag) == content_html.count(tag) for tag in ("<img", "<figure"))
    return found if is_all else content_html


def _figcaption(node: html.HtmlElement) -> str | None:
    for parent in node.iterancestors("figure"):
        if len(list(islice(parent.iter("img"), 2))) > 1:
            return None
        caption = next(iter(parent.iter("figcaption")), None)
        if caption is not None:
            return text_of_html(html.tostring(caption, encoding="unicode", with_tail=False)) or None
    return None


def _joined(before: Image, image: Image) -> Image:
    return replace(
        before,
        credit=before.credit or image.credit,
        caption=before.caption or image.caption,
        alt=before.alt or image.alt,
        width=before.width or image.width,
        height=before.height or image.height,
        media_type=before.media_type or image.media_type,
        role=joined_role(before, image),
    )


def _line(text: str | None, most: int) -> str | None:
    return (one_line(text_of_html(text))[:most] or None) if text else None
