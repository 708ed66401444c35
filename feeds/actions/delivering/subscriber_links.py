"""Where a subscriber of our hub sees how its subscription fares: an address that is sent to its callback alone."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from db.store import Store
from feeds.model.deliveries import Receiver

KEY = "subscriber-links"
KIND = "websub"
PATH = "/subscription/"
RELATION = "status"
"""Of the link by which a subscriber is given the address (RFC 8631)."""


def link_key(store: Store, new_secret: Callable[[], str]) -> str:
    """What signs these addresses, drawn once for the site."""
    return store.kept.drawn(KEY, new_secret)


def status_link(key: str, receiver: Receiver, base_url: str) -> str:
    """A `Link` header's value that gives a subscriber the address of its page."""
    return f'<{base_url}{PATH}{token_of(key, receiver)}>; rel="{RELATION}"'


def token_of(key: str, receiver: Receiver) -> str:
    """What opens the page: the subscription, and a sign that only we could make for this callback and feed."""
    return f"{receiver.id}-{_sign(key, receiver)}"


def opened_by(store: Store, token: str) -> Receiver | None:
    """Whose page the token opens; None for one that we did not make, or whose subscription is forgotten."""
    number, _, sign = token.partition("-")
    key = store.kept.get(KEY)
    if key is None or not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    found = store.deliveries.receivers_of([int(number)]).get(int(number))
    if found is None or found.kind != KIND:
        return None
    is_ours = hmac.compare_digest(_sign(key, found).encode(), sign.encode("utf-8", "replace"))
    return found if is_ours else None


def _sign(key: str, receiver: Receiver) -> str:
    # The callback and the feed are in it: a number that another subscriber gets one day opens nothing.
    text = "\n".join((str(receiver.id), receiver.url, str(receiver.feed_id), receiver.format))
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
