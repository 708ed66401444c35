"""What is remembered of an entry: a fingerprint, and marks for its guid and its address. Pure."""

from __future__ import annotations

import hashlib

from feeds.model.articles import Draft
from feeds.text.urls import same_url_key

RULES = b"15"
"""Raised whenever a draft of the same bytes comes out differently; every entry is then read anew once."""
RECORD = 24
"""Bytes of one remembered entry: fingerprint, hash of its guid, hash of its address; eight each."""
NO_MARK = bytes(8)


def guid_mark(draft: Draft) -> bytes:
    """Eight bytes that stand for the draft's guid."""
    return hashed(draft.guid)


def url_mark(draft: Draft) -> bytes:
    """Eight bytes that stand for the draft's address; zeros where it has none."""
    return hashed(same_url_key(draft.canonical_url)) if draft.canonical_url else NO_MARK


def hashed(text: str) -> bytes:
    """Eight bytes that stand for the text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
