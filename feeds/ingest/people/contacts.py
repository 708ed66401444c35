"""Addresses in bylines: mail forms, which addresses are one person's own, and which are everybody's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from feeds.ingest.people.job_titles import ROLES
from feeds.text.urls import canonical_url, is_secret, same_url_key, url_domain

_MAILTO = re.compile(r"\bmailto:", re.IGNORECASE)
_BRACKETED = re.compile(r"^(?P<email>[^\s@()<>]+@[^\s()<>]+)\s*\((?P<name>[^()]+)\)$")
_ANGLED = re.compile(r"^\"?(?P<name>[^<>\"]+?)\"?\s*<(?P<email>[^\s@<>]+@[^\s<>]+)>$")
_NAME_FIRST = re.compile(r"^(?P<name>[^()]+?)\s*\((?P<email>[^\s@()<>]+@[^\s()<>]+)\)$")
_BARE = re.compile(r"^(?P<name>[^@]*[^@\s,;–—-])[\s,;|–—-]+(?P<email>[^\s@]+@[^\s@]+\.[^\s@]+)$")
_NO_ADDRESS = re.compile(
    r"\s*(?:<>\s*)?\((?P<name>[^()]+)\)\s*|\s*\"?(?P<first>[^()<>\"]+?)\"?\s*(?:\(\)|<>)\s*"
)
_SITE = re.compile(r" ?[:|(,–—-] ?(?:https?://|www\.)[^\s()@]+\)?$", re.IGNORECASE)
_ADDRESS = re.compile(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")
_EVERYBODYS = frozenset(
    "blogger.com blogspot.com medium.com twitter.com x.com facebook.com instagram.com linkedin.com youtube.com wordpress.com"
    " wordpress.org github.com google.com tumblr.com substack.com example.com example.org w.org reddit.com threads.net bsky.app".split()
)
_WITHIN = re.compile(
    r"[\s,;|(<–—-]{0,4}(?<![\w.@+-])(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})(?![\w@])[\s,;|)>–—-]{0,4}"
)
MAX_CHARS = 1000
MOST_LINKS = 8
LINK_CHARS = 500


def read_mailbox(text: str) -> tuple[str, str | None]:
    """Name and address of `jane@x.example (Jane Roe)`, `Jane Roe <jane@x.example>` and the like; without one, the text."""
    bare = _MAILTO.sub("", text[:MAX_CHARS])
    alone = _NO_ADDRESS.fullmatch(bare)
    if alone is not None:
        return " ".join((alone["name"] or alone["first"]).split()), None
    if "@" in bare and not is_address(bare):
        for pattern in (_BRACKETED, _ANGLED, _NAME_FIRST, _BARE):
            found = pattern.match(bare)
            if found:
                return " ".join(found["name"].split()), found["email"].lower()
        within = list(_WITHIN.finditer(bare))
        if len(within) == 1 and (name := _WITHIN.sub(" | ", bare).strip(" |")):
            return " ".join(name.split()), within[0]["email"].lower()
    return without_site(bare), None


def without_site(name: str) -> str:
    """The name without the web address that stands behind it."""
    site = _SITE.search(name) if "www." in name or "://" in name else None
    return name[: site.start()] if site else name


def is_address(text: str) -> bool:
    """True for a bare e-mail address."""
    return bool(_ADDRESS.match(text))


def own_address(email: str | None) -> str | None:
    """The address where it can be one person's: not `noreply@…`, `none@…`, `editor@…`, which many names share."""
    if not email or not _ADDRESS.match(email):
        return None
    local, _, host = email.lower().partition("@")
    is_shared = re.sub(r"[\d._+-]+$", "", local) in ROLES or host.startswith("none.")
    return None if is_shared or host.endswith((".invalid", ".localhost")) else email.lower()


def own_profile(url: str | None) -> str | None:
    """The address where it can be one person's profile; a platform's front page is everybody's, a secret nobody's."""
    if not url or len(url) > LINK_CHARS or is_secret(url):
        return None
    parts = urlsplit(url)
    is_front = parts.path in ("", "/") and not parts.query
    return None if is_front and (url_domain(url) in _EVERYBODYS) else url


def own_links(urls: Iterable[str], page_url: str | None) -> tuple[str, ...]:
    """Of the addresses that are said to be a person's own, those that can be, each once, at most MOST_LINKS.

    None with a secret in it, no platform's front page, and not the home page of the site that says so.
    """
    found: dict[str, str] = {}
    for url in urls:
        link = canonical_url(url, page_url)
        if link is None or own_profile(link) is None:
            continue
        parts = urlsplit(link)
        is_home = parts.path in ("", "/") and not parts.query and url_domain(link) == url_domain(page_url)
        if not is_home and len(found) < MOST_LINKS:
            found.setdefault(same_url_key(link), link)
    return tuple(found.values())
