"""Mends character references that mean no character: pairs of surrogates joined, impossible ones replaced. Pure.

Generators that think in UTF-16 write an emoji as two references, and one of them makes a whole document unreadable
for XML. Half a pair, and numbers beyond Unicode, become U+FFFD; control characters go, as `markup` lets them go.
"""

from __future__ import annotations

import re
from html.entities import html5, name2codepoint

# Only what may be bad, so that a document full of `&#8217;` costs nothing; possessive: linear on any input.
_SUSPECT = (
    r"&#(?:[xX]0*+(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF]|[0-9a-fA-F]{6,}+|[01]?[0-9a-fA-F])?"
    r"|0*+(?:5[5-7][0-9]{3}|6553[45]|[0-9]{7,}+|3[01]|[12]?[0-9])?)(?:;|(?![0-9a-fA-F;]))"
)
# Begun with what is looked for, not with a group: `&#` is then found at a quarter of the cost.
_RUN = re.compile(rf"{_SUSPECT}(?:{_SUSPECT})*+")
_RUN_OF_BYTES = re.compile(_RUN.pattern.encode())
_ONE = re.compile(r"&#([xX]?)([0-9a-fA-F]*+);?")
_LAST = 0x10FFFF
_MARK = re.compile(rb"<!\[CDATA\[|<!--|&(?:#\d{1,8};|#[xX][0-9a-fA-F]{1,8};|([A-Za-z][A-Za-z0-9]{1,30});)?")
_DECLARED = re.compile(rb"<!ENTITY\s{1,99}([A-Za-z][\w.-]{0,60})\s")
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
_OF_XML = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_CONTROLS = bytes((*range(0x9), 0xB, 0xC, *range(0xE, 0x20)))
REPLACEMENT = "\ufffd"


def mended_references(text: str) -> str:
    """The text in which every numeric reference means a character that XML can carry."""
    return _RUN.sub(_mended, text) if "&#" in text else text


def mended_document(body: bytes) -> bytes:
    """The same of a document in UTF-8; the very bytes where nothing was wrong."""
    if b"&#" not in body:
        return body
    return _RUN_OF_BYTES.sub(lambda found: _mended_run(found[0].decode()).encode(), body)


def well_formed_text(body: bytes) -> bytes:
    """A document in UTF-8 in which each `&` begins a reference that XML knows; without control characters.

    `Fish & chips` and `&nbsp;` make a document unreadable for XML that is right in all else. What stands in CDATA
    and comments is left alone, and so are entities that the document declares itself.
    """
    own = frozenset(_DECLARED.findall(body)) if b"<!ENTITY" in body else frozenset[bytes]()
    text = body.translate(None, _CONTROLS)
    pieces: list[bytes] = []
    at = 0
    for found in _MARK.finditer(text):
        if found.start() < at:
            continue
        end = _ENDS.get(found[0])
        pieces += (text[at : found.start()], found[0] if end else _known_to_xml(found, own))
        at = found.end()
        if end:
            close = text.find(end, at)
            # What is never closed goes on to the end.
            stop = len(text) if close < 0 else close
            pieces.append(text[at:stop])
            at = stop
    return b"".join((*pieces, text[at:]))


def _known_to_xml(found: re.Match[bytes], own: frozenset[bytes]) -> bytes:
    whole, name = found[0], found[1]
    if name is not None and name not in _OF_XML and name not in own:
        meant = _meaning(name.decode())
        return "".join(f"&#{ord(one)};" for one in meant).encode() if meant else b"&amp;" + whole[1:]
    return b"&amp;" if whole == b"&" else whole


def _meaning(name: str) -> str | None:
    """The characters that HTML calls so; in HTML 4 before HTML 5, as feedparser reads them."""
    return chr(name2codepoint[name]) if name in name2codepoint else html5.get(f"{name};")


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
