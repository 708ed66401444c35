"""The leading picture of an article: which one it is, and the article with another one, or another credit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feeds.model.incoming import Image
from feeds.text.pictures import picture_key, with_credit_replaced, without_pictures


def leading(images: Sequence[Image]) -> Image | None:
    """The picture that stands for the article: the one its source calls so, else the first that is no thumbnail."""
    for role in ("main", ""):
        found = next((one for one in images if one.role == role), None)
        if found is not None:
            return found
    return images[0] if images else None


def pictured(
    images: Sequence[Image], content_html: str, picture: str | None, credit: str | None
) -> tuple[tuple[Image, ...], str]:
    """Pictures and text with another leading picture (an address; empty: none) and another credit of it.

    None leaves as it is. The picture that is replaced or taken out stands nowhere any more, its thumbnails neither.
    """
    lead = leading(images)
    if picture is not None:
        former = {picture_key(one.url) for one in images if one.role == "thumbnail" or one == lead}
        content_html = without_pictures(content_html, lambda address: picture_key(address) in former)
        others = tuple(one for one in images if picture_key(one.url) not in former)
        new = (Image(url=picture, credit=credit or None, role="main"),) if picture else ()
        return (*new, *others), content_html
    if lead is None or credit is None:
        return tuple(images), content_html
    shown = with_credit_replaced(content_html, lead.url, lead.credit or "", credit)
    return tuple(replace(one, credit=credit or None) if one == lead else one for one in images), shown
