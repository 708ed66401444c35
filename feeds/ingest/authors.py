"""Who wrote an entry: bylines judged, one by one. Pure.

Role accounts, the feed's own title and bare addresses are no authors; several authors stay several.
When unsure, a byline is left as it was written rather than cut into names that nobody has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from feeds.markup import one_line, text_of_html
from feeds.model.articles import DraftAuthor
from feeds.model.incoming import Byline
from feeds.urls import absolute_url

ROLES = frozenset(
    "admin administrator anonymous author blog contact contributor contributors desk editor editors editorial"
    " editorial_team guest help info mail moderator news newsdesk newsroom no-reply noreply none nobody office"
    " owner postmaster press redaction redaktion root service staff support sysadmin system team test unknown user"
    " web webmaster website webteam wordpress wp".split()
) | {
    "the editors",
    "editorial team",
    "news desk",
    "guest author",
    "staff writer",
    "staff reporter",
    "site admin",
    "n/a",
}
MAX_AUTHORS = 12
BYLINE_CHARS = 1000
_BY = re.compile(r"^(?:by|von|par|por|di|door|af|av|text)\s*[:\s]\s*", re.IGNORECASE)
_MAILTO = re.compile(r"\bmailto:", re.IGNORECASE)
_BRACKETED = re.compile(r"^(?P<email>[^\s@()<>]+@[^\s()<>]+)\s*\((?P<name>[^()]+)\)$")
_ANGLED = re.compile(r"^\"?(?P<name>[^<>\"]+?)\"?\s*<(?P<email>[^\s@<>]+@[^\s<>]+)>$")
_NAME_FIRST = re.compile(r"^(?P<name>[^()]+?)\s*\((?P<email>[^\s@()<>]+@[^\s()<>]+)\)$")
_ADDRESS = re.compile(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")
_SPLIT = re.compile(r"\s*(?:,|;|\s+and\s+|\s+&\s+|\s+und\s+|\s+et\s+|\s+y\s+)\s*")
_WORD = re.compile(r"^[^\W\d_][\w.'’\-]*$")
_SMALL = frozenset("de da di do du der den des el la le van von zu af av bin ibn al y e ten ter".split())


def judge_bylines(
    bylines: Iterable[Byline], *, titles: Sequence[str | None], fallback: str | None, base_url: str | None
) -> tuple[DraftAuthor, ...]:
    """The people and desks that bylines name, in order, each once.

    An entry's own bylines win over the feed's. `titles` are names of the feed, which no author bears;
    `fallback` is the admin's answer for what has no byline.
    """
    every = tuple(bylines)
    own = [one for one in every if not one.is_feed_level]
    shut = {_folded(title) for title in titles if title}
    found: dict[str, DraftAuthor] = {}
    for chosen in (own, [one for one in every if one.is_feed_level]):
        for byline in chosen:
            for author in _people(byline, shut, base_url):
                key = _same_person(author.name)
                if key in found:
                    found[key] = _joined(found[key], author)
                elif len(found) < MAX_AUTHORS:
                    found[key] = author
        if found:
            break
    if not found and fallback:
        return (DraftAuthor(name=fallback),)
    return _without_logins(tuple(found.values()))


def split_names(text: str) -> tuple[str, ...]:
    """The names in `A, B and C`; the whole text where any part does not look like a full name."""
    parts = [part for part in _SPLIT.split(text) if part]
    if len(parts) > 1 and all(looks_like_name(part) for part in parts):
        return tuple(parts)
    return (text,)


def looks_like_name(text: str) -> bool:
    """True for two to four words that begin with capitals, small particles aside."""
    words = text.split()
    if not 2 <= len(words) <= 5 or not all(_WORD.match(word) for word in words):
        return False
    large = [word for word in words if word.lower() not in _SMALL]
    return len(large) >= 2 and all(word[0].isupper() or not word[0].islower() for word in large)


def _people(byline: Byline, shut: set[str], base_url: str | None) -> list[DraftAuthor]:
    text, email = _taken_apart(byline)
    name = _BY.sub("", text).strip(" ,;|-–—")
    if not name or len(name) > 200:
        return []
    names = split_names(name)
    url = absolute_url(byline.url, base_url) if byline.url and len(names) == 1 else None
    return [
        DraftAuthor(name=one, url=url, email=email if len(names) == 1 else None)
        for one in names
        if not _is_nobody(one, shut)
    ]


def _taken_apart(byline: Byline) -> tuple[str, str | None]:
    said = byline.text[:BYLINE_CHARS]
    text = one_line(text_of_html(said) if "<" not in said or "@" not in said else said)
    text = _MAILTO.sub("", text)
    for pattern in (_BRACKETED, _ANGLED, _NAME_FIRST):
        found = pattern.match(text)
        if found:
            return one_line(found["name"]), found["email"].lower()
    return text, byline.email.lower() if byline.email and _ADDRESS.match(byline.email) else None


def _is_nobody(name: str, shut: set[str]) -> bool:
    folded = _folded(name)
    if _ADDRESS.match(name) or folded in ROLES or folded in shut:
        return True
    return not re.search(r"[^\W\d_]", name) or name.lower().startswith(("http://", "https://"))


def _same_person(name: str) -> str:
    """What is equal for `Roe, Jane`, `JANE ROE` and `Jané Roe`: fields that name one person twice."""
    bare = unicodedata.normalize("NFKD", _folded(name))
    words = re.findall(r"\w+", "".join(char for char in bare if not unicodedata.combining(char)))
    return " ".join(sorted(words)) or bare


def _joined(before: DraftAuthor, again: DraftAuthor) -> DraftAuthor:
    """The first telling, with what the second one adds; a name in its natural order is the better one."""
    is_turned = "," in before.name and "," not in again.name
    return DraftAuthor(
        name=again.name if is_turned else before.name,
        url=before.url or again.url,
        email=before.email or again.email,
    )


def _without_logins(authors: tuple[DraftAuthor, ...]) -> tuple[DraftAuthor, ...]:
    """Without those who are only the login of an address, where somebody else has a name."""
    named = tuple(one for one in authors if one.email is None or one.name != one.email.split("@", 1)[0])
    return named if any(" " in one.name for one in named) else authors


def _folded(text: str) -> str:
    return " ".join(text_of_html(text).casefold().split())
