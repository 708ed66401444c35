"""When a source wants an article to end: dcterms:valid (W3CDTF, or DCMI Period). Pure."""

from __future__ import annotations

import re
from datetime import datetime

from feeds.text.dateguess import guess_date

_END = re.compile(r"(?i)\bend\s{0,3}=\s{0,3}([^;]{4,60})")
_PERIOD = re.compile(r"(?i)\b(start|end|scheme|name)\s{0,3}=")


def ends_at(valid: str, *, zone: str, now: datetime) -> datetime | None:
    """The end of a period (`start=…; end=…`, `2026-01-01/2026-02-01`) or the date until which it is valid."""
    text = valid.strip()[:200]
    end = _END.search(text)
    if end is None and _PERIOD.search(text):
        return None
    written = end[1] if end else text.rpartition("/")[2]
    found, _ = guess_date(written.strip(), language=None, zone=zone, now=now)
    return found
