"""Single sign-on: goes to the provider, comes back, and decides whom that makes of it.

A person is who the provider calls by the same `sub`. An admin, who adds people first, cannot know that; so they type
the person's e-mail address, and the first sign-in with that address, verified by the provider, binds the `sub` for
good. From then on the address is not looked at: providers give addresses of who left to somebody else, never a `sub`.
Where a provider verifies no addresses, who is refused is told their `sub`, and an admin types that.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from db.store import Store
from feeds.actions.accounts.people import count_try, found_person, hashed, require_another_admin, require_name
from feeds.actions.editing.changes import noted
from feeds.config.values import mail_address
from feeds.errors import RequestError
from feeds.model.people import ROLES, Actor, Identity, Person, Role
from feeds.model.settings import OidcSettings

WITHIN = timedelta(minutes=10)
PURPOSE = "oidc"
MOST_CODE = 4_000
SUBJECT = "sub:"
"""Before the provider's own name of somebody, where an admin types that instead of an address."""
MOST_EMAIL = 254
MOST_SUBJECT = 255
"""Characters of a `sub` (OpenID Connect Core, section 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One way to the provider and back. All of it follows from a secret that the browser's signed cookie keeps."""

    secret: str

    @property
    def state(self) -> str:
        """Comes back with the answer: it belongs to this browser."""
        return hashed(f"state {self.secret}")

    @property
    def nonce(self) -> str:
        """Stands in the token: it was made for this trip."""
        return hashed(f"nonce {self.secret}")

    @property
    def verifier(self) -> str:
        """Proves to the provider that who brings the code is who asked for it (PKCE, RFC 7636)."""
        return hashed(f"verifier {self.secret}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What the browser brings back; anybody may have written it."""

    state: str
    code: str
    fault: str
    issuer: str | None


class Provider(Protocol):
    """What is asked of a provider; each raises RequestError with words where it does not answer as it should."""

    def address(self, trip: Trip, return_to: str) -> str:
        """Where the browser is sent."""
        ...

    def identity(self, trip: Trip, code: str, return_to: str, now: datetime) -> Identity:
        """Who came back with that code, checked in every respect."""
        ...


def set_out(
    store: Store, provider: Provider, trip: Trip, return_to: str, *, address: str, now: datetime
) -> str:
    """Where the browser is sent; counted as a try of its address."""
    count_try(store, None, address=address, now=now)
    target = provider.address(trip, return_to)
    store.people.add_challenge(hashed(trip.state), PURPOSE, 0, ends_at=now + WITHIN, now=now)
    return target


def come_back(
    store: Store,
    provider: Provider,
    settings: OidcSettings,
    trip: Trip | None,
    back: Back,
    *,
    return_to: str,
    now: datetime,
) -> Person:
    """Who that is; raises RequestError with words where it is nobody, or the answer is not to be believed."""
    if trip is None or not hmac.compare_digest(back.state.encode(), trip.state.encode()):
        raise RequestError("That answer does not belong to a sign-in of this browser. Start again.")
    # Used up before anything is judged: no answer is tried twice.
    if not store.people.use_challenge(hashed(trip.state), PURPOSE, 0, now):
        raise RequestError("That took longer than ten minutes, or was sent twice. Start again.")
    if back.issuer is not None and back.issuer != settings.issuer:
        raise RequestError("The answer came from another provider than the one that was asked. Start again.")
    if back.fault:
        raise RequestError(f"The provider did not sign you in. It says: {_quoted(back.fault)}")
    if not back.code or len(back.code) > MOST_CODE:
        raise RequestError("The provider sent no code. Start again.")
    return person_of(store, provider.identity(trip, back.code, return_to, now), settings, now)


def person_of(store: Store, who: Identity, settings: OidcSettings, now: datetime) -> Person:
    """The person of that identity, bound or made where that is allowed; raises RequestError."""
    with store.write():
        known = store.people.of_identity(who.issuer, who.subject)
        if known is not None and known[1]:
            return _there(store, known[0])
        if who.email is not None:
            named = store.people.of_email(who.email)
            if named is not None and not store.people.bind(named, who.issuer, who.subject):
                raise RequestError(
                    f"{who.email} is bound to another account of the provider. An admin binds it anew under People,"
                    " by setting the address again."
                )
            if named is not None:
                person = _there(store, named)
                _noted(store, person, now, f"was bound to single sign-on by {who.email}")
                return person
        if known is not None:
            raise RequestError("An admin removed you from this site. Ask them to add you again.")
        return _made(store, who, settings, now)


def set_account(
    store: Store, name: str, text: str, *, settings: OidcSettings, actor: Actor, now: datetime
) -> str | None:
    """Whom single sign-on takes for the person: an e-mail address, or `sub:…`; empty: nobody. The former is let go."""
    subject = text.strip().removeprefix(SUBJECT) if text.strip().startswith(SUBJECT) else None
    if subject is not None and not 0 < len(subject) <= MOST_SUBJECT:
        raise RequestError(
            f"After {SUBJECT} stands what the sign-in page told, {MOST_SUBJECT} characters at most."
        )
    email = _address(text) if subject is None else None
    with store.write():
        person = found_person(store, name)
        other = store.people.of_email(email) if email else None
        known = store.people.of_identity(settings.issuer or "", subject) if subject else None
        if (other is not None and other != person.id) or (known and known[1] and known[0] != person.id):
            raise RequestError("Somebody else here has that address or account.")
        if not subject and person.subject is not None and person.password is None and not person.passkeys:
            require_another_admin(store, person)
        store.people.set_email(person.id, email)
        if subject:
            store.people.bind(person.id, settings.issuer or "", subject)
        as_whom = email or (f"{SUBJECT}{subject}" if subject else None)
        did = f"let {person.name} in by single sign-on as {as_whom}" if as_whom else None
        noted(store, actor, now, kind="people", what=did or f"took single sign-on from {person.name}")
    return as_whom


def _address(text: str) -> str | None:
    plain = text.strip().lower()
    try:
        if plain and len(mail_address(plain)) > MOST_EMAIL:
            raise ValueError("it is too long")
    except ValueError as problem:
        raise RequestError(f"{_quoted(text)} is not an e-mail address.") from problem
    return plain or None


def role_of(who: Identity, settings: OidcSettings) -> Role | None:
    """What a person may do whom nobody added; None if they may not even look."""
    for one in settings.roles:
        value, _, role = one.rpartition("=")
        if value in who.values:
            return next(known for known in ROLES if known == role)
    return settings.default_role


def _made(store: Store, who: Identity, settings: OidcSettings, now: datetime) -> Person:
    role = role_of(who, settings)
    if role is None:
        raise RequestError(
            "The provider knows you, this site does not: ask an admin to add you under People, with the e-mail address"
            f" that the provider has verified, or as {SUBJECT}{who.subject}"
        )
    name = " ".join(who.name.split())[:60].strip()
    require_name(name)
    # Never taken for somebody by a name that they chose themselves; nor back for who was removed.
    if store.people.has_been(name):
        raise RequestError(f"There is, or was, somebody called {name} here already: ask an admin to add you.")
    person = store.people.add(name, role, None, now)
    store.people.bind(person.id, who.issuer, who.subject)
    _noted(store, person, now, f"came by single sign-on and is {role}")
    return _there(store, person.id)


def _there(store: Store, person_id: int) -> Person:
    person = store.people.of_id(person_id)
    if person is None:
        raise RequestError("You were just removed.")
    return person


def _noted(store: Store, person: Person, now: datetime, what: str) -> None:
    noted(store, Actor(name=person.name), now, kind="people", what=what)


def _quoted(text: str) -> str:
    plain = "".join(one if one.isprintable() else " " for one in text)
    return f"“{' '.join(plain.split())[:200]}”"
