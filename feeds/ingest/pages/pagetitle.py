"""The title of a page: which of its tellings is the article's own, without the site's name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feeds.ingest.pages.surroundings import folded
from feeds.text.markup import text_of_html

STROKE = re.compile(r"\s+(?:[|–—·•»«:›-]|::|//)\s+|\s*[|｜]\s*|\s+-{2}\s+")
MOST_CHARS = 500
_NOTHING = frozenset(
    {
        "home",
        "index",
        "homepage",
        "startseite",
        "untitled",
        "untitled document",
        "accueil",
        "inicio",
        "welcome",
    }
)


def choose_title(
    titles: Sequence[tuple[str, str | None]], *, site_name: str | None, host: str, known: str | None = None
) -> tuple[str, str] | None:
    """The title and where it came from; `titles` are all tellings, the most trusted first.

    Site names behind a stroke are taken off; a title that is cut with an ellipsis or within a word gives way to the
    whole one, and one that the heading and the page's head tell otherwise to theirs.
    """
    clean = [
        (where, bare) for where, text in titles if text and (bare := _bare(text, titles, site_name, host))
    ]
    if not clean:
        return None
    if known:
        same = next((one for one in clean if folded(one[1]) == folded(known)), None)
        if same:
            return same[1], same[0]
    where, title = clean[0]
    shown = next((text for other, text in clean if other == "heading"), "")
    others = {folded(text) for other, text in clean if other in ("meta", "title")}
    is_after_kicker = folded(shown).endswith(folded(title)) and f": {title}" not in shown
    if folded(shown) in others and not is_after_kicker:
        # What readers see and the head says too: a headline told otherwise to machines is one for searches.
        where, title = "heading", shown
    if _is_cut(title, shown):
        return shown, "heading"
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


def is_akin(heading: str | None, title: str | None) -> bool:
    """True if a heading of several words is another telling of the window's title, or that says nothing: `Home`."""
    words = [set(re.findall(r"\w{4,}", (one or "")[:MOST_CHARS].casefold())) for one in (heading, title)]
    is_nothing = (title or "").strip().casefold() in _NOTHING
    return " " in (heading or "").strip() and (is_nothing or bool(words[0] & words[1]))


def _is_cut(title: str, shown: str) -> bool:
    """True if the heading goes on within a word, or with a quotation that ended an attribute."""
    rest = shown[len(title) :] if len(title) > 20 and shown.startswith(title) else ""
    return bool(re.match(r"\w|\s?[\"'“”«„]", rest)) and title[-1:].isalnum()


def _bare(text: str, titles: Sequence[tuple[str, str | None]], site_name: str | None, host: str) -> str:
    title = text_of_html(text[: 4 * MOST_CHARS])[:MOST_CHARS]
    others = {folded(one) for where, one in titles if one and one is not text}
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
        head, tail = title[: found.start()].strip(), title[found.end() :].strip(" |»›>–—-")
        if tail and (folded(head) == site or folded(head) == folded(host.removeprefix("www."))) and head:
            title = tail
    return title


def _is_of_host(text: str, host: str) -> bool:
    name = folded(text)
    labels = host.removeprefix("www.").rsplit(".", 1)[0]
    words = [word for word in re.findall(r"\w{4,}", text.casefold()) if word in folded(labels)]
    is_short = len(text.split()) <= 4 and bool(words)
    return bool(name) and (is_short or name in (folded(host.removeprefix("www.")), folded(labels)))
