"""What a page holds and does not show: labels for screen readers, what waits for a script, previews of mails. Pure.

A reader's page has no style sheet of theirs, so that all of it would be seen, much of it twice. What says something of
its own is kept: answers, spoilers and whole articles are folded away until somebody asks for them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from feeds.text.latepictures import SETS, SOURCES, attributes_of
from feeds.text.tagnames import TAG_BODY

_SPOKEN = frozenset(
    "sr-only sr-only-focusable screen-reader-text screen-reader-only screen-reader screenreader screenreader-only screenreadertext "
    "visually-hidden visuallyhidden visually-hidden-focusable visuallyhidden-focusable cdk-visually-hidden is-visually-hidden "
    "u-visually-hidden u-visuallyhidden u-hidden-visually u-hiddenvisually hidden-visually is-sr-only u-sr-only show-for-sr "
    "show-for-sr-only a11y-hidden hidden-accessible ui-helper-hidden-accessible element-invisible assistive-text "
    "visually_hidden accessibly-hidden a11y-text hidden-text-for-screenreaders".split()
)
"""Classes under which a page puts words that only programs that read aloud shall tell."""
_HINTS = (
    *(
        "hidden",
        ":none",
        ": none",
        "sr-only",
        "screen-reader",
        "screenreader",
        "for-sr",
        "a11y-",
        "assistive",
    ),
    *("element-invisible", ":collapse", ": collapse"),
)
"""What a tag that hides holds one of; looking for them costs a twentieth of reading every tag."""
_OPENING = re.compile(rf"<([a-zA-Z][a-zA-Z0-9]*)(?=\s){TAG_BODY}>")
_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
_SHRUNK = re.compile(
    r"mso-hide\s*:|(?:max-height|font-size|line-height|opacity|max-width)\s*:\s*[01](?:px|em)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
"""How mails make sure that nobody sees their preview."""
_FOLDED = re.compile(
    r"accordion|collaps|toggle|tab|spoiler|faq|answer|antwort|solution|transcript|more|expand|detail|reveal|fold|slid|carousel|swiper"
    r"|galler|lightbox|content|article|story|text|entry|post|body|lazy|fade|anim",
    re.IGNORECASE,
)
_PREVIEW = re.compile(r"pre-?(?:header|view)", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
_PICTURES = re.compile(r"<(?:img|amp-img|picture)\b", re.IGNORECASE)
_KEPT_INSIDE = re.compile(r"<(?:\w{1,10}:)?(?:math|iframe|video|audio|object|embed)[\s>/]", re.IGNORECASE)
_LINK = re.compile(r"<a\b[^<>]*>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_BLANK = re.compile("[\\s\u00ad\u034f\u061c\u200b-\u200f\u2060\ufeff]+")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
MOST_HIDDEN = 100
MOST_CHARS = 20_000
"""What is hidden and longer than this is no label: it is kept unseen."""
LABEL_CHARS = 60
"""Less is said by labels and buttons; more, and it may be an answer that is folded away."""
PREVIEW_CHARS = 250
LEAST_SEEN = 0.5
"""Of all words that are neither for reading aloud nor seen elsewhere, seen; else the page shows its text by a script, and all of it counts."""


def without_hidden(source: str) -> str:
    """The HTML without what its page does not show and nobody would miss; the same where that is most of its words."""
    if not may_hide(source.lower()):
        return source
    kept: list[str] = []
    place, at = 0, 0
    left = words_of(source)
    meant = len(left)
    unclosed: set[str] = set()
    for _ in range(MOST_HIDDEN):
        found = next((one for one in _OPENING.finditer(source, at) if _hides(one[0])), None)
        if found is None:
            break
        at = found.end()
        end = _end_of(source, found, unclosed)
        if end is None:
            continue
        inner = source[found.end() : end[0]]
        stated = attributes_of(found[0])
        is_first = found.start() < MOST_CHARS and not words_of("".join(kept) + source[place : found.start()])
        words = words_of(inner)
        if not is_dispensable(stated, inner, words, left, is_first=is_first):
            continue
        kept.append(source[place : found.start()])
        place = at = end[1]
        if is_spoken(stated) or left.count(words) > 1:
            meant -= len(words)
        # Of two hidden copies one is the only one that is left.
        left = left.replace(words, "", 1)
    if not place:
        return source
    rest = "".join((*kept, source[place:]))
    seen = len(words_of(rest))
    return rest if seen and seen >= LEAST_SEEN * meant else source


def may_hide(low: str) -> bool:
    """True for text, in small letters, that holds what a tag that hides holds."""
    return any(hint in low for hint in _HINTS)


def _hides(tag: str) -> bool:
    return may_hide(tag.lower()) and is_hidden(attributes_of(tag))


def is_hidden(stated: Mapping[str, str]) -> bool:
    """True for an element that pages do not show, or show to programs that read aloud alone."""
    if "hidden" in stated and stated["hidden"].strip().lower() != "until-found":
        return True
    return bool(_STYLE.search(stated.get("style", ""))) or is_spoken(stated)


def is_spoken(stated: Mapping[str, str]) -> bool:
    """True for an element of words that only programs that read aloud shall tell."""
    classes = stated.get("class")
    return classes is not None and not _SPOKEN.isdisjoint(classes.lower().split())


def is_unseen_picture(stated: Mapping[str, str]) -> bool:
    """True for a picture that is there to count or for another site's button; not for one that a script shows."""
    if not is_hidden(stated) or is_spoken(stated):
        return False
    return not any(stated.get(name) for name in (*SOURCES, *SETS)) and "lazy" not in stated.get("class", "")


def is_dispensable(
    stated: Mapping[str, str], inner: str, words: str, left: str, *, is_first: bool = False
) -> bool:
    """True for a hidden element of these words without which a reader misses nothing.

    It is a label, a mail's preview, or a repetition of words that are `left`.
    """
    if _KEPT_INSIDE.search(inner):
        return False
    if is_spoken(stated):
        return len(words) <= PREVIEW_CHARS or left.count(words) > 1
    style = stated.get("style", "")
    if not words:
        pictures = len(_PICTURES.findall(inner))
        return pictures == 0 or (pictures == 1 and not _is_folded(stated) and "lazy" not in inner)
    if _SHRUNK.search(style) or _PREVIEW.search(stated.get("class", "")):
        return True
    if is_first and len(words) <= PREVIEW_CHARS and not _is_folded(stated):
        return True
    if left.count(words) > 1 or words.startswith(("{", "[{")):
        return True
    linked = sum(len(words_of(one)) for one in _LINK.findall(inner))
    return (len(words) <= LABEL_CHARS or linked * 2 > len(words)) and not _is_folded(stated)


def words_of(source: str) -> str:
    """The words of HTML on one line, without characters that nobody sees."""
    return seen_words(html.unescape(_TAGS.sub(" ", source)))


def seen_words(text: str) -> str:
    """The text on one line, without characters that nobody sees."""
    return _BLANK.sub(" ", text).strip()


def _is_folded(stated: Mapping[str, str]) -> bool:
    return bool(_FOLDED.search(f"{stated.get('class', '')} {stated.get('id', '')}"))


def _end_of(source: str, opening: re.Match[str], unclosed: set[str]) -> tuple[int, int] | None:
    """Where the element's end tag begins and ends; None for one without, or far away."""
    name = opening[1].lower()
    if name in _VOID or name in unclosed or opening[0].endswith("/>"):
        return None
    depth = 1
    tags = re.compile(rf"<(/?){re.escape(name)}(?=[\s/>])[^<>]*>", re.IGNORECASE)
    for tag in tags.finditer(source, opening.end(), opening.end() + MOST_CHARS):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.start(), tag.end()
    if opening.end() + MOST_CHARS >= len(source):
        unclosed.add(name)
    return None
