"""Angles that are no tags: `List<String>`, `<jane@quay.example>`, `x<y`, and HTML that was escaped once too often. Pure.

A reader of HTML takes whatever follows `<` and a letter for a tag, and its words are gone.
"""

from __future__ import annotations

import html
import re

from feeds.text.tagnames import COMMENT, INSTRUCTION, tag_names

_KNOWN = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br button "
    "canvas caption center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl dt element em "
    "embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image "
    "img input ins isindex kbd keygen label legend li link listing main map mark marquee math menu menuitem meta meter multicol nav "
    "nextid nobr noembed noframes noscript object ol optgroup option output p param picture plaintext portal pre progress q rb rp rt "
    "rtc ruby s samp script search section select shadow slot small source spacer span strike strong style sub summary sup svg table "
    "tbody td template text textarea tfoot th thead time title tr track tt u ul var video wbr xmp"
).split()
_NAMES = "|".join(_KNOWN)
_ALL = frozenset((*_KNOWN, COMMENT, INSTRUCTION))
_OPEN_WORDS = re.compile(r"<[a-zA-Z]\w*\s[^<>=\"'/]{1,300}(?=<|\Z)")
_TAG = re.compile(rf"</?(?:{_NAMES})(?:\s*/?>|\s+[\w:@.-]+\s*=)", re.IGNORECASE)
_ODD = re.compile(
    # A name that is none of HTML's, not of another vocabulary, without attributes.
    rf"<(?!(?:{_NAMES})[\s/>])([a-zA-Z][^\s<>/=:\"'-]{{0,80}})((?:\s[^<>=\"']{{0,300}})?)(?=([<>]|\Z))"
    # Or one of HTML's with words behind it, and no end.
    rf"|<(?:{_NAMES})\s[^<>=\"'/]{{1,300}}(?=<|\Z)",
    re.IGNORECASE,
)
_ESCAPED_FIRST = re.compile(
    r"\s*+&lt;(?:(?:p|div|h[1-6]|ul|ol|table|blockquote|figure|section|article|span|strong|em|b|i|a|img|pre|center|font|br|hr|iframe)(?=[\s/&])|!--)",
    re.IGNORECASE,
)
_ESCAPED_LAST = re.compile(
    r"&lt;(?:/[a-z][a-z0-9]{0,15}\s?|(?:br|img|hr)\b.*)&gt;|.*--&gt;", re.IGNORECASE | re.DOTALL
)
MOST_ODD = 200
"""Of one text; with more of them it is written in tags of its own."""


def holds_tags(text: str) -> bool:
    """True for text in which an angle begins a tag of HTML, with its end or an attribute."""
    return "<" in text and _TAG.search(text) is not None


def with_words_in_angles(source: str) -> str:
    """The HTML with `&lt;` for each angle that begins no tag but words; the same where all begin tags.

    A name that is closed again (`<person>Jane</person>`) is a tag, if of nobody knows what.
    """
    # A tenth of what the pattern costs: nearly every text is written in names of HTML alone.
    if tag_names(source) <= _ALL and not _OPEN_WORDS.search(source):
        return source
    low = source.lower()
    pieces: list[str] = []
    place = 0
    for number, found in enumerate(_ODD.finditer(source)):
        if number == MOST_ODD:
            break
        name = found[1]
        if name is not None and f"</{name.lower()}" in low:
            continue
        pieces += (source[place : found.start()], "&lt;")
        place = found.start() + 1
    return "".join((*pieces, source[place:]))


def unescaped_once_more(text: str) -> str:
    """HTML of which all is escaped, from its first tag to its last, as HTML; any other text as it is."""
    if "<" in text or not _ESCAPED_FIRST.match(text):
        return text
    last = text[text.rindex("&lt;") :].rstrip()
    return html.unescape(text) if _ESCAPED_LAST.fullmatch(last) else text
