"""Who made a picture, where its caption says so without a word for it: `Boats. © Jane Roe`, `Boats. (AP Photo/Jane Roe)`. Pure."""

from __future__ import annotations

import re

from feeds.ingest.people.agencies import read_agency
from feeds.ingest.people.names import looks_like_name

MAX_CHARS = 1000
_WHO = r"(?P<who>[^.!?()\[\]]{2,80}?)"
_ENDED = r"(?:^|(?P<caption>.{2,900}?)"
_SIGNED = re.compile(
    rf"{_ENDED}\s*)(?:[|–—-]\s*)?[(\[]?(?:©|\(c\))\s*+(?!(?:19|20)\d\d\b){_WHO}(?:\s(?:19|20)\d\d)?[)\]]?\.?$",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    rf"{_ENDED}[.!?”\"’')]\s+)[(\[]?(?:(?:photos?|photographs?|images?|pictures?)\s)?courtesy(?:\sof|:)?\s+(?-i:(?=[^\W\d_a-zß-ÿ])){_WHO}[)\]]?\.?$",
    re.IGNORECASE,
)
_DOTS = re.compile(
    r"(?:^|(?P<caption>.{2,900}?)\s*)credits?\s?(?:\.{3}|…)\s?(?P<who>[^.!?]{2,80}?)\.?$", re.IGNORECASE
)
_FRENCH = re.compile(
    r"(?:^|(?P<caption>.{2,900}?)[\s(\[|–—-]+)cr[ée]dit(?:o|s|os)?\s(?:photo|image|foto|de la foto)s?\s?[:/]\s?(?P<who>[^()\[\]]{2,80}?)[)\]]?\.?$",
    re.IGNORECASE,
)
_EASTERN = re.compile(
    r"(?:^|(?P<caption>.{2,900}?)[\s，。、（(|/]++)(?:(?:摄影|攝影|图源|图片来源|圖片來源|撮影|写真提供|写真|사진\s?제공|사진)\s*[:：/=＝]\s*(?P<who>[^（）()]{2,40}?)"
    r"|(?P<by>[^\s（）()，。]{2,12}(?:\s[^\s（）()，。]{2,6})?)\s?(?:摄|攝|撮影))[）)]?[。.]?$"
)
_STROKE = re.compile(
    r"(?:^|(?P<caption>.{2,900}?)(?:[.!?”\"’']\s+|\s*(?P<open>[(\[])))(?P<first>[^/()\[\].!?]{2,40}?)\s?/\s?(?P<second>[^/()\[\]!?]{2,60}?)[)\]]?\.?$"
)
_SOURCE = re.compile(
    r"\b(?:getty images?|gettyimages|afp|shutterstock|alamy|istock(?:photo)?|imago(?: images)?|picture[ -]alliance|unsplash|pexels|pixabay|adobe stock|depositphotos"
    r"|dreamstime|wikimedia commons|zuma press|magnum photos|keystone|ap photo|reuters)\b",
    re.IGNORECASE,
)
_PHOTO = re.compile(r"\s(?:photo|file photo|images?|foto)$", re.IGNORECASE)


def signed_caption(text: str) -> tuple[str | None, str] | None:
    """Caption and credit; None if nothing in the line is sure to be a credit."""
    if len(text) > MAX_CHARS:
        return None
    text = " ".join(text.split())
    for form in (_SIGNED, _COURTESY, _DOTS, _FRENCH, _EASTERN):
        found = form.match(text)
        if found:
            parts = found.groupdict()
            return _bare(parts["caption"], text), (parts["who"] or parts.get("by") or "").strip(" ,;|")
    found = _STROKE.match(text)
    if found and _is_signature(found["first"], found["second"], is_bracketed=bool(found["open"])):
        return _bare(found["caption"], text), f"{found['first']}/{found['second']}".strip()
    return (None, text.strip(" .")) if len(text) <= 40 and _is_source(text) else None


def _bare(caption: str | None, text: str) -> str | None:
    """The caption as far as it goes, with the sign that ends its sentence."""
    if not caption:
        return None
    behind = text[len(caption) : len(caption) + 1]
    return (caption + behind if behind in (".", "!", "?", "”", '"', "’", "'") else caption).strip(
        " |–—-([，、"
    ) or None


def _is_signature(first: str, second: str, *, is_bracketed: bool) -> bool:
    """True for a name and an agency around a stroke, in either order; within brackets a name is enough."""
    is_known = _is_source(first) or _is_source(second)
    return is_known or (is_bracketed and looks_like_name(first.strip()))


def _is_source(text: str) -> bool:
    bare = _PHOTO.sub("", text.strip(" ."))
    return read_agency(bare, is_beside=True) is not None or bool(_SOURCE.fullmatch(text.strip(" .")))
