"""Keys of partners: made at random, shown once, kept as hashes, and recognized by them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from db.store import Store
from feeds.model.partners import KEY_BEGIN, SHOWN_OF_KEY, Partner

BYTES = 32
MOST_KEY = 200


def new_key(entropy: Callable[[int], bytes]) -> str:
    """A new key: `fwk_` and 32 random bytes as text."""
    return KEY_BEGIN + base64.urlsafe_b64encode(entropy(BYTES)).decode().rstrip("=")


def hash_of(key: str) -> str:
    """What is kept of a key. It holds 256 random bits, so a plain hash is as hard to turn round as a slow one."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def begin_of(key: str) -> str:
    """What tells a key apart and is kept readable."""
    return key[:SHOWN_OF_KEY]


def make_key(store: Store, partner: Partner, entropy: Callable[[int], bytes], now: datetime) -> str:
    """A new key of the partner, to be shown once; raises RequestError if it has two."""
    key = new_key(entropy)
    store.partners.add_key(partner.id, hash=hash_of(key), begin=begin_of(key), now=now)
    return key


def partner_of(store: Store, key: str) -> Partner | None:
    """Whose key that is; None for one that nobody has.

    It is looked up by its hash: how long that takes tells of the hash's likeness to others, never of the key's.
    """
    if not key.startswith(KEY_BEGIN) or len(key) > MOST_KEY:
        return None
    asked = hash_of(key)
    found = store.partners.by_hash(asked)
    if found is None or not hmac.compare_digest(found[1], asked):
        return None
    return found[0]
