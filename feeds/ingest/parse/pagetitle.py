"""The title of a page: which of its tellings is the article's own, without the site's name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feeds.ingest.frame import folded
from feeds.markup import text_of_html

STROKE = re.compile(r"\s+(?:[|–—·•»«:›-]|::|//)\s+|\s*[|｜]\s*|\s+-{2}\s+")
MOST_CHARS = 500


def choose_title(
    told: Sequence[tuple[str, str | None]], *, site_name: str | None, host: str, known: str | None = None
) -> tuple[str, str] | None:
    """The title and where it came from; `told` are all tellings, the most trusted first.

    Site names behind a stroke are taken off; a title that is cut with an ellipsis gives way to the whole one.
    """
    clean = [(where, bare) for where, text in told if text and (bare := _bare(text, told, site_name, host))]
    if not clean:
        return None
    if known:
        same = next((one for one in clean if folded(one[1]) == folded(known)), None)
        if same:
            return same[1], same[0]
    where, title = clean[0]
    cut = re.sub(r"\s*(?:…|\.\.\.)$", "", title)
    for other, text in clean[1:]:
        if cut != title and folded(text).startswith(folded(cut)) and len(text) > len(cut):
            return text, other
    return title, where


def site_of_title(text: str | None, heading: str | None) -> str | None:
    """The site's name behind the stroke of a `<title>`, where the rest is the heading."""
    whole = " ".join((text or "")[: 2 * MOST_CHARS].split())
    for found in STROKE.finditer(whole):
        if heading and folded(whole[: found.start()]) == folded(heading):
            return whole[found.end() :].strip()[:100] or None
    return None


def _bare(text: str, told: Sequence[tuple[str, str | None]], site_name: str | None, host: str) -> str:
    title = text_of_html(text[: 4 * MOST_CHARS])[:MOST_CHARS]
    others = {folded(one) for where, one in told if one and one is not text}
    site = folded(site_name or "")
    parts = list(STROKE.finditer(title))
    for found in reversed(parts):
        head, tail = title[: found.start()].strip(), title[found.end() :].strip()
        if not head or not tail:
            continue
        is_site = folded(tail) == site or (len(tail) >= 3 and _is_of_host(tail, host))
        is_site = is_site or ("|" in found[0] and len(tail.split()) <= 4 and len(tail) < len(head))
        if is_site or (folded(head) in others and len(folded(head)) > 8):
            title = head
    for found in parts[:1]:
        head, tail = title[: found.start()].strip(), title[found.end() :].strip()
        if tail and folded(head) == site and site:
            title = tail
    return title


def _is_of_host(text: str, host: str) -> bool:
    name = folded(text)
    labels = host.removeprefix("www.").rsplit(".", 1)[0]
    words = [word for word in re.findall(r"\w{4,}", text.casefold()) if word in folded(labels)]
    is_short = len(text.split()) <= 4 and bool(words)
    return bool(name) and (is_short or name in (folded(host.removeprefix("www.")), folded(labels)))
