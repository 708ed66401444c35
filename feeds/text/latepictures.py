"""Pictures that a page loads late by script: where their real address stands, and what stands in for it. Pure.

Readers run no script, so a placeholder would be all that they show.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

SOURCES = (
    "data-src", "data-lazy-src", "data-original", "data-orig-file", "data-hi-res-src", "data-lazyload", "data-lazy",
    "data-url", "data-img-src", "data-image", "data-full-src", "data-actualsrc", "data-echo", "data-ll-src", "data-cfsrc",
    "nitro-lazy-src",
)  # fmt: skip
SETS = (
    "data-srcset",
    "data-lazy-srcset",
    "data-ll-srcset",
    "data-original-set",
    "nitro-lazy-srcset",
    "srcset",
)
_ATTRIBUTE = re.compile(r"([^\s\"'>/=]+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++)))?+")
_SET = re.compile(r"\S\s+\d{1,5}(?:\.\d)?[wx]\s*(?:,|$)")
_SIZE = re.compile(r"(\d{1,5}(?:\.\d{1,2})?)[wx](?:,(.*))?$")
_ADDRESS = re.compile(r"(?:https?:)?//\S|/\S|[\w./%+ -]+\.(?:jpe?g|png|gif|webp|avif|svg)\b", re.IGNORECASE)
_MORE = r"(?:[_.-]?(?:\d[\dx]{0,9}|image|img|pixel|gif|bg|icon|placeholder|loader|loading|load|small|thumb|square|landscape))*"
_PLACEHOLDER = re.compile(
    rf"(?:^|[/_.-])(?:(?:blank|spacer|placeholder|lazy(?:load)?|transparent|dummy|1x1|preload(?:er)?){_MORE}\.(?:gif|png|svg|jpe?g|webp)"
    rf"|(?:space|spinner|loader|loading|pixel|px|trans|empty|clear(?:dot)?|gr[ea]y|white){_MORE}\.(?:gif|png|svg))$",
    re.IGNORECASE,
)
_SHRUNK = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w{2,5}$)")
_FACE = re.compile(
    r"^https?://(?:[\w.-]+\.)?gravatar\.com/avatar|^https?://avatars?\d{0,3}\.|/(?:avatars?|userpics?|buddyicons?|profile_images)/",
    re.IGNORECASE,
)
_STYLED_PIXEL = re.compile(r"(?<![\w-])(width|height)\s*:\s*[01](?:px)?\s*(?=[;!]|$)")
_SYMBOLS = frozenset({"So", "Sk", "Sm", "Mn", "Me", "Cf"})
_KEYCAPS = frozenset("0123456789#*")
_LINE_HEIGHTS = frozenset(map(str, range(8, 33)))
LONGEST_SYMBOL = 12
"""Characters of one emoji: a family of four is seven, a flag of a region as many."""
MOST_ATTRIBUTES = 60


def attributes_of(tag: str) -> dict[str, str]:
    """The attributes of a start tag, with their references read; of a name that stands twice, the first."""
    body = re.sub(r"^<[^\s/>]+|/?>$", "", tag)
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(body)[:MOST_ATTRIBUTES]:
        found.setdefault(name.lower(), html.unescape(double or single or bare))
    return found


def is_hollow(address: str) -> bool:
    """True for what stands in a picture's place until a script has run: nothing, a data address, `blank.gif`."""
    clean = address.strip()
    if not clean or clean.startswith(("#", "data:", "about:", "javascript:", "blob:")):
        return True
    return bool(_PLACEHOLDER.search(clean.split("?", 1)[0].split("#", 1)[0]))


def real_address(stated: Mapping[str, str]) -> str | None:
    """The address of the picture that attributes state; None if all of them stand in for it."""
    src = stated.get("src", "")
    for name in SOURCES:
        given = stated.get(name, "").strip()
        if not given:
            continue
        if _SET.search(given):
            given = largest_of(given)
        if _ADDRESS.match(given) and not is_hollow(given):
            return given
    if not is_hollow(src):
        return largest_of(src) if _SET.search(src) else src.strip()
    for name in SETS:
        given = largest_of(stated.get(name, ""))
        if given and not is_hollow(given):
            return given
    return None


def largest_of(addresses: str) -> str:
    """The address with the greatest width or density of a `srcset`; without them the last one."""
    best, address = (0.0, ""), ""
    for word in addresses.split():
        size = _SIZE.match(word)
        if size is None or not address:
            address = word.strip(",")
            continue
        best = max(best, (float(size[1]), address), key=lambda one: one[0])
        address = size[2] or ""
    return best[1] or addresses.rsplit(",", maxsplit=1)[-1].strip().split(" ", 1)[0]


def is_pixel(stated: Mapping[str, str]) -> bool:
    """True for a picture of one pixel, by attributes or style, which is there to count."""
    if "width" not in stated and "style" not in stated:
        return False
    sizes = [stated.get(name, "").strip().lower().removesuffix("px") for name in ("width", "height")]
    if all(one in ("0", "1") for one in sizes):
        return True
    style = stated.get("style", "").lower()
    return "px" in style and len(set(_STYLED_PIXEL.findall(style))) == 2


def symbol_of(stated: Mapping[str, str]) -> str | None:
    """The emoji that a picture stands for, as systems put them in for readers without such letters; None for all else."""
    sign = stated.get("alt", "").strip()
    if not 0 < len(sign) <= LONGEST_SYMBOL or not all(
        unicodedata.category(one) in _SYMBOLS or one in _KEYCAPS for one in sign
    ):
        return None
    if sign.isascii():
        return None
    where = f"{stated.get('class', '')} {stated.get('src', '')} {stated.get('data-src', '')}".lower()
    is_small = any(
        (stated.get(name) or "99").removesuffix("px") in _LINE_HEIGHTS for name in ("width", "height")
    )
    return sign if is_small or "emoji" in where or "smil" in where or "emoticon" in where else None


def picture_key(address: str) -> str:
    """What is equal for one picture in several sizes."""
    parts = urlsplit(address.strip())
    return _SHRUNK.sub("", parts.path) or address


def is_face(address: str) -> bool:
    """True for the picture of an author on a platform: none of what an article is about."""
    return bool(_FACE.search(address))
