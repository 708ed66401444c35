"""WebSub's wire rules. Pure.

As a subscriber (`feeds.actions.gathering.subscribe`, `feeds.actions.gathering.incoming_pushes`): where hubs are named, what they are sent, how what they
bring is signed. As a hub (`feeds.actions.delivering.hub`): what subscribers are asked, told and sent.
W3C WebSub, sections 4 (discovery), 5 (subscribing), 7 (content distribution); RFC 8288 for Link headers.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from feeds.model.push import HubLinks, Pending
from feeds.text.linkheaders import header_links
from feeds.text.urls import absolute_url

MOST_HUBS = 5
MAX_PAGE = 1_000_000
METHODS = ("sha1", "sha256", "sha384", "sha512")
"""With which a hub may sign (section 7.1)."""


def links_of_headers(values: Iterable[str], base_url: str) -> HubLinks:
    """What the `Link` headers of an answer say, several headers and several links in one included."""
    return _chosen(((one.relations, one.target) for one in header_links(values)), base_url)


def links_of_page(page: bytes, base_url: str) -> HubLinks:
    """What the `<link>` elements in the head of a web page say."""
    reader = _Head()
    # `<![` and the like are asserted not to be there; what stood before them counts.
    with contextlib.suppress(AssertionError):
        reader.feed(page[:MAX_PAGE].decode("utf-8", "replace"))
    base = urljoin(base_url, reader.base) if reader.base else base_url
    return _chosen(reader.links, base)


def request_form(
    mode: Pending,
    *,
    callback_url: str,
    feed_url: str,
    secret: str | None = None,
    lease: timedelta | None = None,
) -> bytes:
    """The body of a request to a hub, `application/x-www-form-urlencoded` in UTF-8."""
    fields = {"hub.mode": mode, "hub.topic": feed_url, "hub.callback": callback_url}
    if mode == "subscribe":
        if lease is not None:
            fields["hub.lease_seconds"] = str(round(lease.total_seconds()))
        if secret is not None:
            fields["hub.secret"] = secret
    return urlencode(fields).encode("ascii")


def signature(secret: str, body: bytes, method: str = "sha256") -> str:
    """The value of `X-Hub-Signature` for a body."""
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def is_signed(header: str | None, secret: str, body: bytes) -> bool:
    """True if the header is the right signature of the body; compared in constant time."""
    method, _, digest = (header or "").strip().partition("=")
    method = method.strip().lower()
    if method not in METHODS or len(digest) != 2 * hashlib.new(method).digest_size:
        return False
    expected = signature(secret, body, method).partition("=")[2]
    return hmac.compare_digest(expected.encode(), digest.lower().encode("utf-8", "replace"))


def question_url(
    callback_url: str, mode: Pending, *, feed_url: str, challenge: str, lease: timedelta | None
) -> str:
    """Where a hub asks whether a request was meant (section 5.3)."""
    fields = {"hub.mode": mode, "hub.topic": feed_url, "hub.challenge": challenge}
    if lease is not None:
        fields["hub.lease_seconds"] = str(round(lease.total_seconds()))
    return _with_query(callback_url, fields)


def denial_url(callback_url: str, *, feed_url: str, reason: str) -> str:
    """Where a hub says no, or says that a subscription has ended (section 5.2)."""
    return _with_query(callback_url, {"hub.mode": "denied", "hub.topic": feed_url, "hub.reason": reason})


def _with_query(url: str, fields: dict[str, str]) -> str:
    whole, _, _ = url.partition("#")
    joint = "" if whole.endswith(("?", "&")) else "&" if "?" in whole else "?"
    return f"{whole}{joint}{urlencode(fields)}"


def _chosen(links: Iterable[tuple[str, str]], base_url: str) -> HubLinks:
    hubs: list[str] = []
    own: str | None = None
    for relations, target in links:
        named = relations.lower().split()
        url = absolute_url(target, base_url) if {"hub", "self"} & set(named) else None
        if url is None:
            continue
        if "hub" in named and url not in hubs:
            hubs.append(url)
        if "self" in named and own is None:
            own = url
    return HubLinks(hub_urls=tuple(hubs[:MOST_HUBS]), feed_url=own)


class _Head(HTMLParser):
    """Links and base of a page's head; what stands in its body was perhaps written by strangers."""

    def __init__(self) -> None:
        super().__init__()
        self.base: str | None = None
        self.links: list[tuple[str, str]] = []
        self._is_over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_over = self._is_over or tag == "body"
        if self._is_over:
            return
        given = {name: value or "" for name, value in attrs}
        href = given.get("href", "").strip()
        if tag == "base" and self.base is None:
            self.base = href
        elif tag == "link" and href:
            self.links.append((given.get("rel", ""), href))

    def handle_endtag(self, tag: str) -> None:
        self._is_over = self._is_over or tag == "head"
