"""What stands in a byline beside its names: days, addresses, handles, pronouns, how long reading takes. Pure."""

from __future__ import annotations

import re

from feeds.text.datelines import find_date
from feeds.text.months import MONTHS

MAX_CHARS = 300
_PRONOUNS = r"(?:she|he|they|sie|er|elle|il)/[a-z/]{2,20}"
_ASIDE = re.compile(
    rf"\s*\({_PRONOUNS}\)|,\s{_PRONOUNS}(?=$|[,;|])"
    r"|\s*[|•·–—-]\s*\d{1,3}\s?(?:min(?:ute)?s?\.?(?:\s(?:read|lesezeit))?|minuten)\s*$",
    re.IGNORECASE,
)
"""Pronouns, and how long reading takes."""
_HANDLE = re.compile(r"(?<=[^\W\d_]),\s\(?@[\w.-]{2,40}\)?(?=$|[,;|])")
_OTHERS = re.compile(
    r"(?:,|\s)\s*(?:et al\.?|(?:and|&)\s(?:others|\d{1,3}\s(?:others?|more))|u\. ?a\.|et autres|y otros|e altri"
    r"|(?:mit|und)\s(?:(?:unseren|den)\s)?(?:agentur(?:material|en)|material)|(?:and|with)\s(?:wire|agency|staff)\s(?:reports?|services?))\s*$",
    re.IGNORECASE,
)
"""Those who are named nowhere."""
_MATERIAL = re.compile(
    r"(?:(?P<and>,?\s)|^)(?:mit|with|avec|con)\s(?:material|informationen|inhalten|files|information|input|des informations)\s(?:von|vom|der|from|de)\s",
    re.IGNORECASE,
)
_BEFORE_DAY = re.compile(
    r"(?:[\s,;:|•·–—(-]|\b(?:first|last|updated|modified|published|posted|created|on|at|am|vom|um|le|el|il|op|den|aktualisiert|veröffentlicht|publié"
    r"|publicado|pubblicato|gepubliceerd|mon(?:day)?|tue(?:s?day)?|wed(?:nesday)?|thu(?:rs?day)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b\.?)+$",
    re.IGNORECASE,
)
_DAY_OF_MONTH = re.compile(r"\s*[|•·]\s*(?P<month>[^\W\d_]{3,12})\.?\s\d{1,2}$")
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{3})(?<!Inc)(?<!Ltd)(?<!Esq)(?<!Corp)(?<!Bros)\.$")


def without_asides(text: str) -> str:
    """The byline without what is no name in it: `Jane Roe (she/her) · Nov 3` is `Jane Roe`.

    A byline that says nothing else stays as it was.
    """
    if len(text) > MAX_CHARS:
        return _ASIDE.sub("", text)
    bare = _ASIDE.sub("", _without_day(text))
    bare = _OTHERS.sub("", _HANDLE.sub("", bare))
    bare = _MATERIAL.sub(lambda found: " mit " if found["and"] else "", bare)
    return _FULL_STOP.sub("", bare.rstrip()) or text


def _without_day(text: str) -> str:
    """`Jane Roe` of `Jane Roe on 3 November 2026` and `3 November 2026 | Jane Roe`."""
    short = _DAY_OF_MONTH.search(text)
    if short and short["month"].casefold() in MONTHS:
        text = text[: short.start()]
    for _ in range(2):
        found = find_date(text)
        if found is None:
            break
        before, behind = _BEFORE_DAY.sub("", text[: found.start]), text[found.end :].strip(" ,;:|•·–—()-")
        if before and behind and not before.strip(" ,").isdigit():
            text = f"{before} | {behind}" if re.search(r"[^\W\d_]{2}", behind) else before
        else:
            text = before or behind or text
            if not (before or behind):
                break
    return text
