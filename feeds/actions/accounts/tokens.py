"""Tokens of people: made at random, shown once, kept as hashes, taken back, and recognized."""

from __future__ import annotations

import base64
import contextlib
import hmac
from collections.abc import Callable
from datetime import date, datetime, timedelta

from db.store import Store
from feeds.actions.accounts.people import found_person
from feeds.actions.declaring.partner_keys import BYTES, MOST_KEY, hash_of
from feeds.actions.editing.changes import noted
from feeds.errors import RequestError, StoreError
from feeds.model.people import Actor, Role, lesser
from feeds.model.tokens import SHOWN_OF_TOKEN, TOKEN_BEGIN, Holder

USED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a token is kept."""


def new_token(
    store: Store,
    name: str,
    role: Role,
    *,
    ends_on: date | None,
    entropy: Callable[[int], bytes],
    actor: Actor,
    now: datetime,
) -> str:
    """A token of the person, to be shown once; raises RequestError if it would do more than they may."""
    if ends_on is not None and ends_on < now.date():
        raise RequestError(f"{ends_on} is past: name a day to come.")
    token = TOKEN_BEGIN + base64.urlsafe_b64encode(entropy(BYTES)).decode().rstrip("=")
    with store.write():
        person = found_person(store, name)
        if lesser(role, person.role) != role:
            raise RequestError(f"{person.name} is {person.role}: a token of theirs cannot be {role}.")
        begin = token[:SHOWN_OF_TOKEN]
        store.tokens.add(person.id, hash=hash_of(token), begin=begin, role=role, ends_on=ends_on, now=now)
        noted(store, actor, now, kind="people", what=f"made the token {begin}… ({role}) of {person.name}")
    return token


def take_token_back(store: Store, name: str, begin: str, *, actor: Actor, now: datetime) -> str:
    """How the token begins that is revoked."""
    with store.write():
        person = found_person(store, name)
        token = store.tokens.drop(person.id, begin)
        noted(store, actor, now, kind="people", what=f"took back the token {token.begin}… of {person.name}")
    return token.begin


def holder_of(store: Store, token: str, now: datetime) -> Holder | None:
    """Whose token that is, ended or not; None for one that nobody has. Its use is noted now and then.

    It is looked up by its hash: how long that takes tells of the hash's likeness to others, never of the token's.
    """
    if not token.startswith(TOKEN_BEGIN) or len(token) > MOST_KEY:
        return None
    asked = hash_of(token)
    found = store.tokens.by_hash(asked)
    if found is None or not hmac.compare_digest(found[1], asked):
        return None
    holder = found[0]
    used = holder.token.used_at
    if not holder.token.has_ended(now) and (used is None or used + USED_EVERY <= now):
        # Who reads is not kept waiting by a database that takes no writes.
        with contextlib.suppress(StoreError):
            store.tokens.note_used(holder.token.id, now)
    return holder
