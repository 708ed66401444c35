"""Signs of Unicode in lines: letters with their marks, characters that nobody sees, what turns the direction of text. Pure."""

from __future__ import annotations

import re
import unicodedata

# Nobody sees them, and they part a word for who searches it; where words have no spaces, one marks their ends.
_UNSEEN = re.compile(
    "[\u00ad\u180e\u2060\ufeff]|(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b(?![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])"
)
_MARKED = re.compile(
    r"\w[\u0300-\u036f\u0653-\u0655\u3099\u309a]+|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
)
MAX_DIRECTIONS = 20
"""How deep directions nest in a line; UAX #9 heeds 125."""
_POP_EMBEDDING, _POP_ISOLATE = "\u202c", "\u2069"
_CLOSED_BY = dict.fromkeys("\u202a\u202b\u202d\u202e", _POP_EMBEDDING) | dict.fromkeys(
    "\u2066\u2067\u2068", _POP_ISOLATE
)
_DIRECTIONS = (*_CLOSED_BY, _POP_EMBEDDING, _POP_ISOLATE)
_DIRECTION = re.compile(f"[{''.join(_DIRECTIONS)}]")


def without_unseen(text: str) -> str:
    """The text without soft hyphens, joiners of words and other characters that nobody sees."""
    # Looking for one after the other costs a fiftieth of the pattern.
    if not any(sign in text for sign in "\u00ad\u180e\u200b\u2060\ufeff"):
        return text
    return _UNSEEN.sub("", text)


def composed(line: str) -> str:
    """The line with each letter and its marks as one character, where there is one: so all others write it.

    What else NFC changes stays: it takes other characters for some names of people and places in Chinese and Japanese.
    """
    if line.isascii() or unicodedata.is_normalized("NFC", line):
        return line
    return _MARKED.sub(lambda found: unicodedata.normalize("NFC", found[0]), line)


def with_directions_closed(line: str) -> str:
    """The line with every override, embedding and isolate (UAX #9) that it opens closed at its end.

    What is left open would turn around whatever a reader's page shows behind the line. What closes nothing would end
    what that page opened around it, and is left out; of a line that only an attack can have written, all of it.
    """
    if line.isascii():
        return line
    # Looking for one after the other costs a third of the pattern.
    for sign in _DIRECTIONS:
        if sign in line:
            break
    else:
        return line
    kept: list[str] = []
    opened: list[str] = []
    place = 0
    for found in _DIRECTION.finditer(line):
        kept.append(line[place : found.start()])
        place = found.end()
        sign = found[0]
        closing = _CLOSED_BY.get(sign)
        if closing is not None:
            opened.append(closing)
        elif sign == _POP_ISOLATE and sign in opened:
            # Embeddings that are open within an isolate end with it.
            while opened.pop() != sign:
                pass
        elif opened and opened[-1] == sign:
            opened.pop()
        else:
            continue
        if len(opened) > MAX_DIRECTIONS:
            return _DIRECTION.sub("", line)
        kept.append(sign)
    return "".join((*kept, line[place:], *reversed(opened)))
