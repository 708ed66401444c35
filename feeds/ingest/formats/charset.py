"""Which characters a document's bytes are: decoded once, so that every reader of it sees the same text.

Servers and documents often state another charset than they use. Text beyond ASCII that is valid
UTF-8 is UTF-8, whatever is stated; single bytes that are not get the meaning of windows-1252, which is
what ISO-8859-1 means on the web (WHATWG Encoding). Nothing is guessed from the frequency of letters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from feeds.text.references import mended_references

REPAIRED = "utf-8 with stray bytes"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be", "cp037")
_MEANT = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "big5": "big5hkscs", "tis-620": "cp874", "iso8859-9": "cp1254", "iso8859-11": "cp874",
}  # fmt: skip
_LOOSE = re.compile(r"\A(?:cp|win(?:dows)?|dos|ibm)[._-]?(?=\d{3,4}\Z)")
"""`cp-1251`, `win-1251`, `windows-874`: code pages, as Python calls none of them."""
_ALIASES = {"windows-31j": "cp932", "iso-8859-8-i": "iso8859-8", "koi8": "koi8-r", "utf8mb4": "utf-8"}
LOOKED_AT = 2_000
LEAST_WIDE = 16
NULL_SHARE = 0.3
_BY_NULLS: dict[tuple[bool, ...], str] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
"""Which of four bytes are null, of text that is mostly ASCII."""
# No charsets of documents; punycode is even quadratic.
_REFUSED = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs"}
)
# Seven-bit charsets: what looks like ASCII is not.
_SHIFTING = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
_DECLARATION = re.compile(r"\A\s{0,99}<\?xml\s[^>]{0,200}>")
_DECLARED = re.compile(r"encoding\s{0,9}=\s{0,9}[\"']\s{0,9}([A-Za-z0-9._:-]{1,40})")
_STATED = re.compile(r"charset\s{0,9}[=:]\s{0,9}[\"']?\s{0,9}([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_META = re.compile(
    r"<meta\s[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


def as_utf8(body: bytes, content_type: str) -> bytes:
    """The document in UTF-8, declared as such; no byte is refused."""
    text = text_in(body, content_type)
    found = _DECLARATION.match(text)
    rest = text[found.end() :] if found else text
    return b'<?xml version="1.0" encoding="utf-8"?>' + rest.encode("utf-8", "replace")


def text_in(body: bytes, content_type: str) -> str:
    """The characters of a document that states no charset itself, without a mark in front; no byte is refused."""
    return _decoded(body, charset_of(body, content_type)).lstrip("\ufeff")


def page_text(body: bytes, content_type: str) -> str:
    """The characters of a web page: what HTTP says of its charset, else what its `meta` says (WHATWG HTML 13.2.3)."""
    stated = content_type
    if "charset" not in stated.lower():
        found = _META.search(body[:4096].decode("latin-1"))
        stated = f"text/html; charset={found[1]}" if found else stated
    return mended_references(_decoded(body, charset_of(body, stated)).lstrip("\ufeff"))


def charset_of(body: bytes, content_type: str) -> str:
    """The name of the charset that the bytes are in, as Python knows it."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name if name != "utf-8" or is_utf8(body) else REPAIRED
    for name in _WIDE:
        if body.startswith("<?xm".encode(name)):
            return next(
                (one for one in _stated(body, name, "") if name == "cp037" and _fits(body, one)), name
            )
    wide = _wide_by_nulls(body)
    if wide is not None:
        return wide
    stated = list(_stated(body, "latin-1", content_type))
    shifting = next((name for name in stated if name in _SHIFTING), None)
    if shifting and _fits(body, shifting):
        return shifting
    if is_utf8(body):
        return "utf-8"
    for name in stated:
        if name not in ("utf-8", "cp1252") and _fits(body, name):
            return name
    sequences = len(_MULTIBYTE.findall(body))
    strays = body.decode("utf-8", "replace").count("\ufffd")
    return REPAIRED if sequences > strays else "cp1252"


def _wide_by_nulls(body: bytes) -> str | None:
    """UTF-16 or UTF-32 that says so neither by a mark nor in words: markup is ASCII, and half of its bytes are null."""
    start = body[:LOOKED_AT]
    start = start[: len(start) // 4 * 4]
    if start.count(0) * 8 < len(start) or len(start) < LEAST_WIDE:
        return None
    quarters = tuple(start[place::4].count(0) * 4 > len(start) * NULL_SHARE for place in range(4))
    name = _BY_NULLS.get(quarters)
    whole = len(body) // 4 * 4 if name and "32" in name else len(body) // 2 * 2
    return name if name is not None and _fits(body[:whole], name) else None


def is_utf8(body: bytes) -> bool:
    """True for valid UTF-8, ASCII among it."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _stated(body: bytes, name: str, content_type: str) -> Iterator[str]:
    """What HTTP, then the document, says of its charset: names as they are meant on the web."""
    start = body[:1600].decode(name, "replace")
    found = _DECLARATION.match(start)
    for declared in (_STATED.search(content_type), _DECLARED.search(found[0]) if found else None):
        known = _known(declared[1]) if declared else None
        if known:
            yield known


def _known(label: str) -> str | None:
    bare = label.lower().removeprefix("x-")
    for one in (label, _ALIASES.get(bare) or _LOOSE.sub("cp", bare)):
        try:
            name = codecs.lookup(one).name
            "".encode(one)
        except LookupError:
            continue
        return None if name in _REFUSED else _MEANT.get(name, name)
    return None


def _fits(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _decoded(body: bytes, name: str) -> str:
    return body.decode("utf-8", _STRAYS) if name == REPAIRED else body.decode(name, _STRAYS)


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Bytes that the charset has no character for, each as windows-1252 has it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_OF_1252[byte] for byte in bad), error.end


_OF_1252 = tuple(bytes([byte]).decode("cp1252", "replace") for byte in range(256))
_STRAYS = "feedwright-strays"
codecs.register_error(_STRAYS, _stray)
