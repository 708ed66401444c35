"""Who wrote an entry: its bylines judged one by one, the same person named twice kept once. Pure.

Role accounts, the feed's own title and bare addresses are no authors; several authors stay several.
When unsure, a byline is left as it was written rather than cut into names that nobody has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from feeds.ingest.people.byline_parts import BylineParts, read_byline_parts
from feeds.ingest.people.contacts import (
    MOST_LINKS,
    is_address,
    own_address,
    own_links,
    own_profile,
    read_mailbox,
)
from feeds.ingest.people.job_titles import desk_kind
from feeds.ingest.people.names import is_handle, is_login_of, looks_like_name, same_person
from feeds.model.articles import DraftAuthor
from feeds.model.incoming import Byline
from feeds.text.markup import one_line, text_of_html
from feeds.text.urls import absolute_url, same_url_key

MAX_AUTHORS = 50
"""A paper of a clinic has twenty; one of a particle detector has thousands, of whom nobody wants a feed each."""
MOST_BYLINES = 100
"""Of one entry: those after them are not read."""
BYLINE_CHARS = 1000
EMAIL_CHARS = 320
READ_KEPT = 500
"""Bylines whose reading is kept: a feed's entries share a few, and each is read for authors and for pictures."""
_PASSING = re.compile(r"(?:in|at|en|à|aus|for|für|now|earlier)\b", re.IGNORECASE)
"""Where somebody was, or for whom, this once: not what they are."""


def judge_bylines(
    bylines: Iterable[Byline], *, titles: Sequence[str | None], fallback: str | None, base_url: str | None
) -> tuple[DraftAuthor, ...]:
    """The people, desks and agencies that bylines name, in order, each once.

    An entry's own bylines win over the feed's. `titles` are names of the feed, which no author bears;
    `fallback` is the admin's answer for what has no byline. A newsroom's desk counts where nobody is named.
    """
    every, named = tuple(bylines), tuple(titles)
    # A feed's entries share a few bylines; only an address of one may hang on the entry's own.
    base = base_url if any(one.url for one in every) else None
    is_short = len(every) <= 20 and sum(len(one.text) + len(one.email or "") for one in every) <= BYLINE_CHARS
    judging = _judged if is_short else _judged.__wrapped__
    return judging(every, named, fallback, base)


@lru_cache(maxsize=READ_KEPT)
def _judged(
    every: tuple[Byline, ...], titles: tuple[str | None, ...], fallback: str | None, base_url: str | None
) -> tuple[DraftAuthor, ...]:
    own = [one for one in every if not one.is_feed_level][:MOST_BYLINES]
    shut = {_folded(title) for title in titles if title}
    found: dict[str, DraftAuthor] = {}
    desks: dict[str, DraftAuthor] = {}
    for chosen in (own, [one for one in every if one.is_feed_level][:MOST_BYLINES]):
        for byline in chosen:
            for author in _people(byline, shut, base_url):
                kept = desks if desk_kind(author.name) else found
                key = same_person(author.name)
                if key in kept:
                    kept[key] = _joined(kept[key], author)
                elif len(kept) < MAX_AUTHORS:
                    kept[key] = author
        if found:
            break
    if not found and fallback:
        return (DraftAuthor(name=fallback),)
    return _unshared(_without_logins(tuple(found.values())) or tuple(desks.values()))


def with_links(authors: Iterable[DraftAuthor], others: Iterable[DraftAuthor]) -> tuple[DraftAuthor, ...]:
    """The authors, each with the addresses that another telling of the same article gives for that name."""
    known = {same_person(one.name): one for one in others}
    made: list[DraftAuthor] = []
    for one in authors:
        again = known.get(same_person(one.name))
        more = [link for link in (again.url, *again.links) if link and link != one.url] if again else []
        links = tuple(dict.fromkeys((*one.links, *more)))[:MOST_LINKS]
        made.append(replace(one, links=links) if links != one.links else one)
    return _unshared(tuple(made))


def photographers_of(bylines: Iterable[Byline]) -> tuple[str, ...]:
    """Who made the pictures, as an entry's own bylines say it: `Text: A, Foto: B` names B."""
    own = [one for one in bylines if not one.is_feed_level][:MOST_BYLINES]
    names = [name for one in own for name in _read(one)[0].pictures_by]
    return tuple(dict.fromkeys(names))[:MAX_AUTHORS]


def _people(byline: Byline, shut: set[str], base_url: str | None) -> list[DraftAuthor]:
    signature, email = _read(byline)
    alone = sum(one.kind == "person" for one in signature.signed) == 1
    url = own_profile(absolute_url(byline.url, base_url)) if byline.url and alone else None
    links = own_links(byline.links, base_url) if byline.links and alone else ()
    made = [
        DraftAuthor(
            name=one.name,
            url=url if one.kind == "person" else None,
            email=email if alone and one.kind == "person" else None,
            kind=one.kind,
            role=None if one.role is None or _PASSING.match(one.role) else one.role,
            written=one.written,
            links=links if one.kind == "person" else (),
        )
        for one in signature.signed
        if not _is_nobody(one.name, shut)
    ]
    return made


def _read(byline: Byline) -> tuple[BylineParts, str | None]:
    is_short = len(byline.email or "") <= EMAIL_CHARS
    reading = _read_again if is_short else _read_again.__wrapped__
    return reading(byline.text[:BYLINE_CHARS], byline.email)


@lru_cache(maxsize=READ_KEPT)
def _read_again(raw: str, given: str | None) -> tuple[BylineParts, str | None]:
    text = one_line(text_of_html(raw) if "<" not in raw or "@" not in raw else raw)
    if _is_login(text, given):
        return read_byline_parts(text), given.lower() if given else None
    name, email = read_mailbox(text)
    return read_byline_parts(name), own_address(email or given)


def _is_login(text: str, email: str | None) -> bool:
    return bool(email) and text == (email or "").split("@", 1)[0]


def _is_nobody(name: str, shut: set[str]) -> bool:
    folded = _folded(name)
    if is_address(name) or desk_kind(name) == "account" or folded in shut:
        return True
    return not re.search(r"[^\W\d_]", name) or name.lower().startswith(("http://", "https://"))


def _joined(before: DraftAuthor, again: DraftAuthor) -> DraftAuthor:
    """The first telling, with what the second one adds; a name in its natural order and case is the better one."""
    is_turned = "," in before.name and "," not in again.name
    is_shouted = before.name.isupper() and not again.name.isupper()
    return replace(
        before,
        name=again.name if is_turned or is_shouted else before.name,
        url=before.url or again.url,
        email=before.email or again.email,
        role=before.role or again.role,
        links=tuple(dict.fromkeys((*before.links, *again.links)))[:MOST_LINKS],
    )


def _unshared(authors: tuple[DraftAuthor, ...]) -> tuple[DraftAuthor, ...]:
    """The authors without the links that several of them have: those are their publisher's."""
    if len(authors) < 2 or not any(one.links for one in authors):
        return authors
    counts = Counter(
        key for one in authors for key in {same_url_key(url) for url in (one.url, *one.links) if url}
    )
    return tuple(
        replace(one, links=tuple(link for link in one.links if counts[same_url_key(link)] == 1))
        if one.links
        else one
        for one in authors
    )


def _without_logins(authors: tuple[DraftAuthor, ...]) -> tuple[DraftAuthor, ...]:
    """Without logins and handles, where somebody has a name: of an address, of that name, or with marks of one."""
    full = [one.name for one in authors if looks_like_name(one.name)]
    named = tuple(one for one in authors if not _is_only_login(one, full))
    return named if any(" " in one.name for one in named) else authors


def _is_only_login(one: DraftAuthor, full: Sequence[str]) -> bool:
    if one.email is not None and one.name == one.email.split("@", 1)[0]:
        return True
    if not full or one.kind != "person" or not is_handle(one.name):
        return False
    return bool(re.search(r"[@/_\d]", one.name)) or any(is_login_of(one.name, name) for name in full)


def _folded(text: str) -> str:
    return " ".join(text_of_html(text).casefold().split())
