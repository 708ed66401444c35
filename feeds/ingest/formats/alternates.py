"""Which of an entry's addresses is its own, where it names its translations as well. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# feedparser's own dicts answer one field under another's name, at ten times the cost.
_of: Callable[..., Any] = dict.get
_PAGES = ("text/html", "application/xhtml+xml")


def in_own_language(entry: Any, language: str | None) -> str | None:
    """The page in the entry's own language; None where it does not name pages in several.

    feedparser takes the last one, whatever its language. Where none is in the entry's own, the first one counts.
    """
    links = dict.get(entry, "links") or ()
    if len(links) < 2:
        return None
    pages = [one for one in links if _of(one, "rel") == "alternate" and _of(one, "type") in _PAGES]
    if len(pages) < 2 or len({_primary(one) for one in pages}) < 2:
        return None
    wanted = (language or "").replace("_", "-").partition("-")[0].lower()
    of_language = next((one for one in pages if wanted and _primary(one) == wanted), None)
    unstated = next((one for one in pages if not _primary(one)), None)
    address: str | None = _of(of_language or unstated or pages[0], "href")
    return address


def _primary(link: Any) -> str:
    """`pt` of `pt-BR`; empty where the link states no language."""
    stated: str = _of(link, "hreflang") or ""
    return stated.strip().replace("_", "-").partition("-")[0].lower()
