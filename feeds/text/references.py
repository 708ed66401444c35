"""Character references that mean no character, mended: pairs of surrogates joined, impossible ones replaced. Pure.

Generators that think in UTF-16 write an emoji as two references, and one of them makes a whole document unreadable
for XML. Half a pair, and numbers beyond Unicode, become U+FFFD; control characters go, as `markup` lets them go.
"""

from __future__ import annotations

import re

# Only what may be bad, so that a document full of `&#8217;` costs nothing; possessive: linear on any input.
_SUSPECT = (
    r"&#(?:[xX]0*+(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]|[0-9a-fA-F]{6,}+|[01]?[0-9a-fA-F])?"
    r"|0*+(?:5[5-7][0-9]{3}|6553[45]|[0-9]{7,}+|3[01]|[12]?[0-9])?)(?:;|(?![0-9a-fA-F;]))"
)
_RUN = re.compile(rf"(?:{_SUSPECT})++")
_RUN_OF_BYTES = re.compile(_RUN.pattern.encode())
_ONE = re.compile(r"&#([xX]?)([0-9a-fA-F]*+);?")
_LAST = 0x10FFFF
REPLACEMENT = "\ufffd"


def mended_references(text: str) -> str:
    """The text in which every numeric reference means a character that XML can carry."""
    return _RUN.sub(_mended, text) if "&#" in text else text


def mended_document(body: bytes) -> bytes:
    """The same of a document in UTF-8; the very bytes where nothing was wrong."""
    if b"&#" not in body:
        return body
    return _RUN_OF_BYTES.sub(lambda found: _mended_run(found[0].decode()).encode(), body)


def _mended(run: re.Match[str]) -> str:
    return _mended_run(run[0])


def _mended_run(run: str) -> str:
    made: list[str] = []
    high = 0
    for found in _ONE.finditer(run):
        code = _code(found[1], found[2])
        if high:
            if 0xDC00 <= code <= 0xDFFF:
                made.append(chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)))
                high = 0
                continue
            made.append(REPLACEMENT)
            high = 0
        if 0xD800 <= code <= 0xDBFF:
            high = code
        else:
            made.append(_character(code, found[0]))
    return "".join((*made, REPLACEMENT if high else ""))


def _code(is_hex: str, digits: str) -> int:
    """The number; one beyond Unicode where there is none, or more digits than any character has."""
    bare = digits.lstrip("0")
    if not digits or len(bare) > 7:
        return _LAST + 1
    return int(bare or "0", 16 if is_hex else 10)


def _character(code: int, written: str) -> str:
    if code > _LAST or 0xDC00 <= code <= 0xDFFF:
        return written if written.strip("&#xX;") == "" else REPLACEMENT
    if code in (0xFFFE, 0xFFFF) or (code < 0x20 and code not in (0x9, 0xA, 0xD)):
        return ""
    return written
