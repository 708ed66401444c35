"""Adds and removes passkeys, and signs in by one. What reads and proves them is passed in.

A passkey is two factors in one: the device is held, and its owner is verified on it (`user verification`, always
required here). So it signs in without a password and without a code.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from db.store import Store
from feeds.actions.accounts.people import Passwords, Session, count_try, hashed, require_proof
from feeds.actions.editing.changes import noted
from feeds.clock import to_ms
from feeds.errors import RequestError
from feeds.model.people import Actor, NewPasskey, Passkey, Person
from feeds.text.urls import host_of, name_of

ANSWER_WITHIN = timedelta(minutes=5)
MOST_PASSKEYS = 20
MOST_NAME = 60
MOST_ANSWER = 20_000
"""Characters of what a browser sends; the longest known, with an RSA key and its attestation, have some 6,000."""
SIGN_IN, ADD = "passkey sign-in", "passkey add"
_TOO_LATE = "That took longer than five minutes, or was sent twice. Try once more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where passkeys belong to, as browsers check it: never told by a request, always by `[site] base_url`."""

    domain: str
    origin: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an answer says before anything of it is proved."""

    credential: str
    challenge: str
    handle: str


class Authenticators(Protocol):
    """What reads and proves what authenticators say; each raises RequestError with words where it cannot."""

    def options_to_add(
        self, place: Place, challenge: str, *, handle: str, name: str, known: list[str]
    ) -> str:
        """What a browser is asked to make, as JSON."""
        ...

    def options_to_sign_in(self, place: Place, challenge: str) -> str:
        """What a browser is asked to prove, as JSON."""
        ...

    def claim(self, answer: str) -> Claim:
        """What the answer says."""
        ...

    def made(self, answer: str, challenge: str, place: Place) -> NewPasskey:
        """The passkey that was made for this challenge, at this place, by somebody who was verified."""
        ...

    def proved(self, answer: str, challenge: str, place: Place, passkey: Passkey) -> int:
        """The counter of an answer that this passkey signed, for this challenge, at this place; the counter is not judged."""
        ...


class CounterError(RequestError):
    """The counter of a passkey went back, as that of a copy does."""


def place_of(base_url: str | None, title: str) -> Place | None:
    """Where passkeys belong to; None if browsers offer none (`why_none` says why)."""
    if base_url is None:
        return None
    scheme, host = urlsplit(base_url).scheme.lower(), host_of(base_url)
    name = name_of(host).rstrip(".")
    is_local = name == "localhost" or name.endswith(".localhost")
    if not (scheme == "https" or (scheme == "http" and is_local)) or _is_address(name):
        return None
    return Place(domain=name, origin=f"{scheme}://{host}", title=title)


def why_none(base_url: str | None) -> str:
    """Why passkeys are not offered, and what to do."""
    place = "is not set" if base_url is None else f"is {base_url}"
    return (
        "Passkeys are not offered: browsers tie them to a name that is reached by https, or to localhost."
        f" [site] base_url {place}."
    )


def challenge_to_sign_in(
    store: Store, authenticators: Authenticators, place: Place, *, secret: str, address: str, now: datetime
) -> str:
    """What a browser is asked to prove, as JSON. Each is counted as a try; raises TooManyTriesError."""
    count_try(store, None, address=address, now=now)
    store.people.add_challenge(hashed(secret), SIGN_IN, 0, ends_at=now + ANSWER_WITHIN, now=now)
    return authenticators.options_to_sign_in(place, secret)


def sign_in(
    store: Store, authenticators: Authenticators, place: Place, answer: str, *, now: datetime
) -> Person:
    """Who that is; raises RequestError if the answer proves nothing, CounterError where it is that of a copy."""
    claim = _claimed(authenticators, answer)
    # Used up before it is judged: no answer is tried twice.
    if not store.people.use_challenge(hashed(claim.challenge), SIGN_IN, 0, now):
        raise RequestError(_TOO_LATE)
    passkey = store.people.passkey(claim.credential)
    person = store.people.of_id(passkey.person_id) if passkey else None
    if passkey is None or person is None or claim.handle != handle_of(person):
        raise RequestError(
            "This site does not know that passkey. Delete it on your device, and use another way."
        )
    count = authenticators.proved(answer, claim.challenge, place, passkey)
    if not store.people.use_passkey(passkey.id, count, now):
        with store.write():
            noted(
                store,
                Actor(name=person.name),
                now,
                kind="people",
                what=f"was refused with the passkey “{passkey.name}”: its counter went back, as that of a copy does",
            )
        raise CounterError(
            "That passkey counted back, as a copy of it would. Use another way, remove it, and make a new one."
        )
    return person


def challenge_to_add(
    store: Store,
    authenticators: Authenticators,
    place: Place,
    session: Session,
    password: str,
    *,
    passwords: Passwords,
    secret: str,
    now: datetime,
) -> str:
    """What a browser is asked to make, as JSON; raises RequestError for who does not prove that it is them."""
    person = session.person
    require_proof(store, session, password, passwords=passwords, now=now)
    known = store.people.passkeys(person.id)
    if len(known) >= MOST_PASSKEYS:
        raise RequestError(f"You have {MOST_PASSKEYS} passkeys: remove one first.")
    store.people.add_challenge(hashed(secret), ADD, person.id, ends_at=now + ANSWER_WITHIN, now=now)
    return authenticators.options_to_add(
        place,
        secret,
        handle=handle_of(person),
        name=person.name,
        known=[one.credential for one in known],
    )


def add(
    store: Store,
    authenticators: Authenticators,
    place: Place,
    session: Session,
    answer: str,
    *,
    name: str,
    now: datetime,
) -> str:
    """The name of the passkey that was added; raises RequestError."""
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise RequestError(f"Name it by the device, in 1 to {MOST_NAME} letters.")
    claim = _claimed(authenticators, answer)
    person = session.person
    if not store.people.use_challenge(hashed(claim.challenge), ADD, person.id, now):
        raise RequestError(_TOO_LATE)
    made = authenticators.made(answer, claim.challenge, place)
    with store.write():
        known = store.people.passkeys(person.id)
        if len(known) >= MOST_PASSKEYS or not store.people.add_passkey(person.id, made, name=name, now=now):
            raise RequestError("That passkey is known here already.")
        noted(store, session.actor, now, kind="people", what=f"added the passkey “{name}”")
    return name


def remove(store: Store, session: Session, passkey_id: int, *, now: datetime) -> str:
    """The name of the passkey that was removed; raises RequestError if it is the only way in."""
    with store.write():
        person = store.people.of_id(session.person.id)
        known = store.people.passkeys(session.person.id)
        found = next((one for one in known if one.id == passkey_id), None)
        if person is None or found is None:
            raise RequestError("That passkey was removed already.")
        if person.password is None and len(known) == 1:
            raise RequestError(
                "You have no password, and this is your only passkey: without it you could not sign in."
                " Add another one first, or ask an admin for a link to choose a password."
            )
        store.people.drop_passkey(person.id, found.id)
        noted(store, session.actor, now, kind="people", what=f"removed the passkey “{found.name}”")
    return found.name


def handle_of(person: Person) -> str:
    """By which a device tells the person's passkeys here from others; says nothing of them, and is no secret."""
    return hashed(f"{person.id} {to_ms(person.made_at)}")[:32]


def _claimed(authenticators: Authenticators, answer: str) -> Claim:
    if not answer:
        raise RequestError(
            "Your browser sent no passkey: that needs script, and a browser that knows passkeys."
        )
    if len(answer) > MOST_ANSWER:
        raise RequestError("What your browser sent is too long for a passkey.")
    return authenticators.claim(answer)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
