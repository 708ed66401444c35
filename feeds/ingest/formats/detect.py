"""Which format a body is in, by its first bytes; servers say `text/html` of anything."""

from __future__ import annotations

import re
from typing import Literal

DetectedFormat = Literal["xml", "json", "html", "empty", "unknown"]

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_FEED_ROOT = re.compile(rb"<(?:[a-z0-9_.-]+:)?(?:rss|feed|rdf|channel|cdf|entry)[\s>/:]", re.IGNORECASE)
_HTML_ROOT = re.compile(rb"<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE)


def detect(body: bytes) -> DetectedFormat:
    """The family of formats that a body belongs to."""
    start = body[:4096]
    for mark in _BOMS:
        start = start.removeprefix(mark)
    start = start.replace(b"\x00", b"").lstrip()
    if not start:
        return "empty"
    if start[:1] in (b"{", b"["):
        return "json"
    feed, page = _FEED_ROOT.search(start), _HTML_ROOT.search(start)
    if page and feed is None:
        return "html"
    if feed or b"<" in start:
        return "xml"
    return "unknown"
