"""A date that a page says in words alone: `Published on 14 March 2024`, `14.03.2024 – The harbour …`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from feeds.text.datelines import MAX_CHARS, find_date, is_today

_DATED_LINE = re.compile(
    r"\b(?:published|posted|first published|date of publication|publication date|release date|veröffentlicht|erschienen|publié|paru|mis en ligne|publicado"
    r"|pubblicato|geplaatst|gepubliceerd|publicerad|publisert|udgivet|julkaistu|opublikowano|опубликовано)\b"
    r"(?:\s(?:on|at|by us on|am|vom|le|el|em|il|op|den|the|von uns am))?\s?:?\s{0,2}(?=\W{0,3}\w)",
    re.IGNORECASE,
)
_OPENED = re.compile(r"\s{0,2}(?:uhr|h)?\s{0,2}[)\]]?\s{0,2}", re.IGNORECASE)
_DASHES = frozenset("\u2013\u2014-|:")
MOST_LINES = 5_000
MOST_LABELS = 200
MOST_LEADS = 2
REACH = 80
NEAR = 24
"""So many characters may stand between the word and the date, a day of the week for one."""


def labelled_date(lines: Iterable[str], *, language: str | None, now: datetime) -> str | None:
    """The only day on which a page's lines say that something was published; None if they say several.

    Lists of other articles say it of each; today is what a page says of itself.
    """
    found: dict[str, str] = {}
    labelled = (
        line[label.end() : label.end() + REACH]
        for line in islice(lines, MOST_LINES)
        if len(line) <= MAX_CHARS
        for label in _DATED_LINE.finditer(line)
    )
    for text in islice(labelled, MOST_LABELS):
        read = find_date(text, language=language)
        if read is None or read.start > NEAR or is_today(read.day, now):
            continue
        day = read.day.isoformat()
        found[day] = max(found.get(day, ""), read.written, key=len)
    return next(iter(found.values())) if len(found) == 1 else None


def opening_date(lines: Iterable[str], *, language: str | None) -> str | None:
    """The date with which one of the first lines of a text begins, set off from what follows by a dash or brackets."""
    for line in islice(lines, MOST_LEADS):
        is_bracketed = line[:1] in ("(", "[")
        head = line[is_bracketed : 60 + is_bracketed]
        read = find_date(head, language=language)
        if read is None or read.start:
            continue
        between = _OPENED.match(head, read.end)
        rest = head[between.end() if between else read.end :]
        is_closed = is_bracketed and between is not None and between[0].strip()[-1:] in (")", "]")
        if is_closed or rest[:1] in _DASHES:
            return read.written
    return None
