"""Unpacks gzip files that a server sends as they are, without a `Content-Encoding` that the transport would undo. Pure."""

from __future__ import annotations

import zlib

from feeds.errors import ParseError

MOST_UNPACKED = 60_000_000
"""A sitemap may be 50 MB (sitemaps.org)."""
MOST_MEMBERS = 10_000
_GZIP = b"\x1f\x8b"
_AT_ONCE = 65_536


def unpacked(body: bytes, most: int = MOST_UNPACKED) -> bytes:
    """The document in a gzip file, any other document as it is; raises ParseError for a damaged one, or one of more than `most` bytes.

    A gzip file may have several members, one behind the other (RFC 1952 section 2.2): the document is all of them.
    """
    if not body.startswith(_GZIP):
        return body
    parts: list[bytes] = []
    place, room = 0, most
    try:
        for _ in range(MOST_MEMBERS):
            place, text = _member(body, place, room)
            room -= len(text)
            if room < 0:
                raise ParseError(f"The unpacked file is larger than {most:,} bytes.", state="large")
            parts.append(text)
            if not body.startswith(_GZIP, place):
                break
        else:
            # No program packs so many, and a part of them is not the document.
            parts.clear()
    except zlib.error as error:
        raise ParseError("The gzip file is damaged and cannot be unpacked.") from error
    if not any(parts):
        raise ParseError("The gzip file is damaged and cannot be unpacked.")
    return b"".join(parts)


def _member(body: bytes, place: int, room: int) -> tuple[int, bytes]:
    """The place behind the member that begins there, and its text; of a text that is too long one byte more than there is room for."""
    unpacker = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    # What is left over is copied each time: of a whole file with many members, that would take hours.
    while place < len(body) and not unpacker.eof and room >= 0:
        given = body[place : place + _AT_ONCE]
        text = unpacker.decompress(given, room + 1)
        place += len(given) - len(unpacker.unused_data)
        room -= len(text)
        parts.append(text)
    return place, b"".join(parts)
