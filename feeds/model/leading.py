"""The leading picture of an article: which one it is, and the article with another one, or another credit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feeds.model.incoming import Image
from feeds.model.people import Override
from feeds.text.pictures import picture_key, with_credit_replaced, without_pictures


def leading(images: Sequence[Image]) -> Image | None:
    """The picture that stands for the article: the one its source calls so, else the first that is no thumbnail."""
    for role in ("main", ""):
        found = next((one for one in images if one.role == role), None)
        if found is not None:
            return found
    return images[0] if images else None


def taken_out(images: Sequence[Image]) -> tuple[str, ...]:
    """Keys of the leading picture and of the thumbnails: what goes where another picture is to lead, or none."""
    lead = leading(images)
    return tuple(
        dict.fromkeys(picture_key(one.url) for one in images if one.role == "thumbnail" or one == lead)
    )


def pictured(
    images: Sequence[Image], content_html: str, picture: Override | None, credit: Override | None
) -> tuple[tuple[Image, ...], str]:
    """Pictures and text with another leading picture (an address; empty: none) and another credit.

    None leaves as it is. A picture that was replaced or taken out stands nowhere any more, also where its source has
    moved it since. A credit holds for the picture for which it was set, wherever that stands, and for no other.
    """
    if picture is not None:
        images, content_html = _with_lead(images, content_html, picture)
    lead = leading(images)
    if credit is None or lead is None:
        return tuple(images), content_html
    keys = credit.pictures or (picture_key(lead.url),)
    for one in images:
        if picture_key(one.url) in keys and one.credit:
            content_html = with_credit_replaced(content_html, one.url, one.credit, credit.value)
    return tuple(
        replace(one, credit=credit.value or None) if picture_key(one.url) in keys else one for one in images
    ), content_html


def _with_lead(
    images: Sequence[Image], content_html: str, picture: Override
) -> tuple[tuple[Image, ...], str]:
    wanted = picture_key(picture.value) if picture.value else None
    gone = {*picture.pictures, *taken_out(images)} - {wanted}
    content_html = without_pictures(content_html, lambda address: picture_key(address) in gone)
    others = tuple(one for one in images if picture_key(one.url) not in {*gone, wanted})
    if wanted is None:
        return others, content_html
    known = next((one for one in images if picture_key(one.url) == wanted), None)
    new = replace(known, url=picture.value, role="main") if known else Image(url=picture.value, role="main")
    return (new, *others), content_html
