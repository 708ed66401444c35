"""Files that are packed by gzip and served as they lie there, without a `Content-Encoding` that the transport undoes. Pure."""

from __future__ import annotations

import zlib

from feeds.errors import ParseError

MOST_UNPACKED = 60_000_000
"""A sitemap may be 50 MB (sitemaps.org)."""
_GZIP = b"\x1f\x8b"


def unpacked(body: bytes) -> bytes:
    """The document in a gzip file, any other document as it is; raises ParseError for a damaged or huge one."""
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(body, MOST_UNPACKED)
    except zlib.error as error:
        raise ParseError("The gzip file is damaged and cannot be unpacked.") from error
    if not text:
        raise ParseError("The gzip file is damaged and cannot be unpacked.")
    if unpacker.unconsumed_tail:
        raise ParseError(f"The unpacked file is larger than {MOST_UNPACKED:,} bytes.", state="large")
    return text
