"""Who made a picture, read from the line that says so, in many languages; and the caption beside it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.ingest.people.bylines import read_byline
from feeds.ingest.people.caption_credits import signed_caption
from feeds.text.markup import weight_of

CAPTION_CHARS = 1000
LEAD_CAPTION_CHARS = 240
SURE_CHARS = 140
"""A line longer than this below a credit is text, where another line may be the caption."""
_PICTURE = (
    r"photos?|photographs?|photography|image|images|picture|pictures|pic|foto|fotos|fotografie|bild|bilder|photographie|"
    r"illustration|grafik|graphic|fotografía|imagen|imagem|immagine|afbeelding|zdjęcie|фото|фотография|kuva|kép|fotoğraf"
)
_CREDIT = re.compile(
    r"^\s*(?:(?:photo|image|picture|foto|bild|photograph|illustration)\s*(?:credit|courtesy|by|von|par|:)?"
    r"(?:\s*(?:by|of|:))?|credits?\s*:|©|\(c\))\s*:?\s*(?P<who>\S.{1,120})$",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"^(?P<caption>.+?[.!?”\"'’)])?\s*[(\[]?(?:photo(?:graph)?|image|picture|foto|bild)(?:\s+(?:credits?|by|courtesy(?: of)?))?"
    r"\s*[:/]?\s+(?P<who>[^.()\[\]]{2,80})[)\]]?\.?$",
    re.IGNORECASE,
)
_STATED = re.compile(
    rf"^(?P<caption>.{{1,900}}?)\s*[(\[|–—-]*\s*\b(?:{_PICTURE}|credits?|crédits?|quelle|bildquelle)(?:\s+(?:credit|by))?\s*[:©]\s*(?P<who>[^\[\]]{{2,100}}?)[)\].]*$",
    re.IGNORECASE,
)
_WHICH = r"(?:header|cover|main|lead|featured|top|banner)"
# A line of its own among paragraphs: stricter, since `Photo exhibitions open` must stay text.
_LINE = re.compile(
    rf"^[\[(]?\s*(?:(?:{_WHICH}\s+)?(?:{_PICTURE})\s*(?:credits?|courtesy(?:\s+of)?|source)\s*(?:[:/–-]|by\b|of\b)\s*"
    rf"|(?:{_WHICH}\s+)?(?:{_PICTURE})\s*(?:\([^()]{{1,40}}\))?\s*(?:[:/]|©|\(c\))\s*(?:by\b|von\b|par\b|por\b|di\b|©|\(c\))?\s*"
    rf"|(?:{_PICTURE})\s+(?:by|von|par|por|di|door|courtesy of)\s+(?-i:(?=[^\W\d_a-z]))"
    rf"|cr[ée]ditos?\s+(?:da|de|do|de la|della)\s+(?:{_PICTURE})\s*[:/–-]\s*"
    r"|(?:crédits?|credits?)(?:\s+(?:photos?|images?))?\s*:\s*|(?:bildnachweis|bildquelle|bildrechte|fotocredit|fotonachweis|titelbild|"
    r"crédito de la foto|foto de|fot\.)\s*[:：/=]?\s*|(?:写真提供|写真|画像提供|摄影|攝影|图片来源|사진 ?제공|사진|صورة|تصوير|तस्वीर)\s*[:：/=]\s*"
    r"|(?:©|\(c\))\s*(?!\s*(?:19|20)\d\d))(?P<who>\S.{1,140}?)[\])]?$",
    re.IGNORECASE,
)  # fmt: skip
_NO_CREDIT = re.compile(
    r"all rights reserved|alle rechte|tous droits|copyright|\b(?:19|20)\d\d\b.*\binc\b", re.IGNORECASE
)
_PARTS = re.compile(r"\s*(?:/|\s[|–—-]\s|\bvia\b)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A credit line taken apart; `written` is what follows the word that announces it."""

    written: str
    name: str
    agency: str | None = None
    caption: str | None = None
    """The words before the credit in the same line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCredit:
    """A credit above the text, its caption, and the places of the lines that they take."""

    credit: Credit
    caption: str | None
    lines: tuple[int, ...]


def split_credit(text: str | None) -> tuple[str | None, str | None]:
    """Caption and credit of a caption line: `Boats. Photo: Jane Roe` is both, `Photo: Jane Roe` a credit."""
    if not text or len(text) > CAPTION_CHARS:
        return text or None, None
    # Runs of spaces would be tried at each of their places.
    text = " ".join(text.split())
    whole = _CREDIT.match(text) or _LINE.match(text)
    if whole:
        return None, whole["who"].strip(" .")
    signed = signed_caption(text)
    if signed:
        return signed
    trailing = _TRAILING.match(text)
    if trailing and trailing["caption"]:
        return trailing["caption"].strip(), trailing["who"].strip(" .")
    stated = _STATED.match(text)
    if stated and _is_short(stated["who"]) and not stated["caption"].endswith(("FILE", "File", "file")):
        return stated["caption"].strip(" |–—-(["), stated["who"].strip(" .")
    return text, None


def read_credit(line: str) -> Credit | None:
    """The credit that a line of its own states: `Photo Credit: Jane Roe / Agency`; None for any other text."""
    text = " ".join(line.split())
    if len(text) > 300 or _NO_CREDIT.search(text):
        return None
    found = _LINE.match(text)
    if found and _is_short(found["who"]):
        return _credit(found["who"], None)
    # Both look for their end from each place of the text; of most lines a sign that they need says it sooner.
    trailing = _TRAILING.match(text) if re.search(r"[:(\[/]", text) else None
    if trailing is None and (":" in text or "©" in text):
        trailing = _STATED.match(text)
    if trailing and trailing["caption"] and _is_short(trailing["who"]):
        return _credit(trailing["who"], trailing["caption"].strip(" |–—-(["))
    return None


def lead_credit(lines: Sequence[str], *, before: str = "") -> LeadCredit | None:
    """The first credit among the lines above a text, with its caption: in the same line, the next short one, or the one before.

    The next line is a caption where the byline follows, or a longer line soon, so that no text is lost; where it is
    as long as text, `before` (the line above them all) is the caption, at place -1.
    """
    for place, line in enumerate(lines):
        credit = read_credit(line)
        if credit is None:
            continue
        if credit.caption:
            return LeadCredit(credit=credit, caption=credit.caption, lines=(place,))
        following = lines[place + 1] if place + 1 < len(lines) else ""
        # A line of Chinese or Japanese says as much as one of twice as many letters.
        size = weight_of(following)
        below = [line for line in lines[place + 2 : place + 4] if line]
        is_byline_below = any(
            (read := read_byline(line)) and (read.is_said or read.published) for line in below
        )
        is_text_below = any(len(line) > len(following) for line in lines[place + 2 : place + 6])
        most = CAPTION_CHARS if is_byline_below else LEAD_CAPTION_CHARS
        earlier = lines[place - 1] if place else before
        is_no_caption = read_byline(following) is not None or (not is_byline_below and size > SURE_CHARS)
        # Of two lines as long as text, nobody can tell which one is said of the picture: neither is lost.
        is_sure = len(earlier) <= SURE_CHARS or read_byline(following) is not None
        if is_no_caption and is_sure and _may_be_caption(earlier):
            return LeadCredit(credit=credit, caption=earlier, lines=(place - 1, place))
        if 0 < size <= most and (is_byline_below or is_text_below) and read_byline(following) is None:
            return LeadCredit(credit=credit, caption=following, lines=(place, place + 1))
        return LeadCredit(credit=credit, caption=None, lines=(place,))
    return None


def _credit(who: str, caption: str | None) -> Credit:
    written = who.strip(" .")
    parts = [part for part in _PARTS.split(written, maxsplit=1) if part]
    return Credit(
        written=written,
        name=parts[0] if parts else written,
        agency=parts[1] if len(parts) > 1 else None,
        caption=caption,
    )


def _may_be_caption(line: str) -> bool:
    return 10 < weight_of(line) <= LEAD_CAPTION_CHARS and read_byline(line) is None


def _is_short(who: str) -> bool:
    """A name and an agency, not a sentence."""
    return len(who.split()) <= 12 and not re.search(r"[.!?]\s+\w+\s+\w+\s+\w+", who)
