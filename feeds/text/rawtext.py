"""Removes comments, declarations, scripts and styles from HTML. Pure.

The sanitizer drops them too. They go first because tags are looked for by patterns, and a tag in a comment or in a
script is none.
"""

from __future__ import annotations

import re

from feeds.text.tagnames import COMMENT, INSTRUCTION, TAG_BODY, tag_names

_DROPPED = frozenset({"script", "style", "textarea", "xmp"})
"""What they hold is characters up to the end tag, and is not shown."""
_UNFINISHED = frozenset({"script", "style"})
"""Without an end tag, all that follows is theirs."""
_NAMES = "script style textarea xmp title noframes template applet button select plaintext xml".split()
_ASKED = frozenset((*_NAMES, COMMENT, INSTRUCTION))
_RAW = re.compile(
    rf"<(?:!--(?:-?>|.*?(?:--!?>|\Z))|(?!!(?:--|\[CDATA\[))[!?][^<>]*>|({'|'.join(_NAMES)})(?=[\s/>]){TAG_BODY}>)",
    re.IGNORECASE | re.DOTALL,
)
_TOKEN = re.compile(rf"{_RAW.pattern}|</?[a-zA-Z]{TAG_BODY}>", _RAW.flags)
"""The same, or any other tag: its attributes hold neither."""
_NEXT = {name: re.compile(rf"<(/?){name}(?=[\s/>]){TAG_BODY}>", re.IGNORECASE) for name in _NAMES}


def without_raw_text(source: str, *, instead: str = "") -> str:
    """The HTML without comments, declarations, scripts and styles, something instead of each; scripts for MathJax stay, which are formulas.

    HTML lets `<button/>`, or an element that is never closed, swallow all that follows. XHTML means the first as
    closed, and nobody means the second: only the tag goes. Unfinished scripts and styles hold no words.
    """
    if _ASKED.isdisjoint(tag_names(source)):
        return source
    pieces: list[str] = []
    place = 0
    unclosed: set[str] = set()
    while (found := _TOKEN.search(source, place)) is not None:
        is_comment = found[0][1] in "!?"
        if found[1] is None and not is_comment:
            pieces.append(source[place : found.end()])
            place = found.end()
            continue
        pieces.append(source[place : found.start()])
        kept, place = ("", found.end()) if is_comment else _element(source, found, unclosed)
        pieces.append(kept or instead)
    pieces.append(source[place:])
    return "".join(pieces)


def _element(source: str, found: re.Match[str], unclosed: set[str]) -> tuple[str, int]:
    """What stays of the element that begins there, and the place from where to go on."""
    name, tag = found[1].lower(), found[0]
    is_alone = tag.endswith("/>")
    following = None if name in unclosed else _following(source, name, found.end(), any_tag=is_alone)
    if following is None:
        unclosed.add(name)
        return "", len(source) if name in _UNFINISHED and not is_alone else found.end()
    if is_alone and not following[1]:
        return "", found.end()
    if name not in _DROPPED:
        return tag, found.end()
    return source[found.start() : following.end()] if "math/tex" in tag else "", following.end()


def _following(source: str, name: str, place: int, *, any_tag: bool) -> re.Match[str] | None:
    """The next end tag of that name, or whatever tag of it comes first."""
    for tag in _NEXT[name].finditer(source, place):
        if any_tag or tag[1]:
            return tag
    return None
