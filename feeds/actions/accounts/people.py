"""People who sign in: links, passwords, signing in and out, how many tries there are, roles. What a password is hashed with is passed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from db.store import Store
from feeds.actions.accounts.totp import fitting_step, is_secret
from feeds.actions.editing.changes import noted
from feeds.errors import NotFoundError, RequestError
from feeds.http.client_address import client_of
from feeds.model.people import Actor, Person, Role, SignIn

LINK_LASTS = timedelta(hours=24)
IDLE = timedelta(days=14)
"""A browser that was not used for so long is signed in no more."""
LONGEST = timedelta(days=90)
USED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a sign-in is kept: a page does not write for each that is opened."""
FRESH = timedelta(minutes=10)
"""How young a sign-in has to be for who has no password to prove themselves by."""
LEAST_LENGTH = 12
MOST_LENGTH = 200
WINDOW = timedelta(minutes=15)
MOST_BY_NAME, MOST_BY_ADDRESS = 8, 24
"""Failed tries within that span, after which no password is looked at."""


class Passwords(Protocol):
    """What passwords are hashed with."""

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        ...

    def fits(self, hashed: str | None, password: str) -> bool:
        """True if it is that one; takes as long where there is none."""
        ...


class TooManyTriesError(RequestError):
    """Nobody looks at passwords for this name, or from this address, for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody at work: who, in which browser."""

    person: Person
    sign_in: SignIn

    @property
    def actor(self) -> Actor:
        """The same, as the log names them."""
        return Actor(name=self.person.name)


def hashed(token: str) -> str:
    """What is kept of a token that nobody guesses."""
    return hashlib.sha256(token.encode()).hexdigest()


def has_admin(store: Store) -> bool:
    """True if somebody can sign in as an admin."""
    return any(one.role == "admin" and one.gets_in for one in store.people.every())


def link_for(store: Store, name: str | None, *, new_secret: Callable[[], str], now: datetime) -> str:
    """The token of a one-time link: for the person, or, where there is no admin yet, for the first one."""
    person = found_person(store, name) if name else None
    if person is None and has_admin(store):
        raise RequestError("There is an admin already: name whose password is to be chosen anew.")
    token = new_secret()
    store.people.add_start_link(hashed(token), person.id if person else None, now + LINK_LASTS)
    return token


def add_person(store: Store, name: str, role: Role, *, actor: Actor, now: datetime) -> Person:
    """A new person, who chooses a password by a one-time link."""
    require_name(name)
    with store.write():
        person = store.people.add(name.strip(), role, None, now)
        noted(store, actor, now, kind="people", what=f"added {person.name} as {role}")
    return person


def found_person(store: Store, name: str) -> Person:
    """Who is called so; raises NotFoundError."""
    person = store.people.get(name)
    if person is None:
        known = ", ".join(one.name for one in store.people.every()) or "nobody yet"
        raise NotFoundError(f"There is no person called {name}; there are: {known}.")
    return person


def person_of_link(store: Store, token: str, now: datetime) -> Person | None:
    """Whose link it is, None for the first admin's; raises NotFoundError if it is none, or used up."""
    is_there, person_id = store.people.start_link(hashed(token), now)
    person = store.people.of_id(person_id) if person_id is not None else None
    if not is_there or (person_id is None and has_admin(store)) or (person_id is not None and person is None):
        raise NotFoundError(
            "This link was used already, or is older than a day. A new one comes with: ./run admin link"
        )
    return person


def start(
    store: Store, token: str, name: str, password: str, *, passwords: Passwords, now: datetime
) -> Person:
    """Who chose a password by the link, which is used up; their other sign-ins end."""
    person = person_of_link(store, token, now)
    require_password(password, person.name if person else name)
    secret = passwords.hash(password)
    with store.write():
        if not store.people.use_start_link(hashed(token)):
            raise NotFoundError("This link was used already.")
        if person is None:
            require_name(name)
            person = store.people.add(name.strip(), "admin", secret, now)
            noted(store, Actor(name=person.name), now, kind="people", what="became the first admin")
        else:
            store.people.set_password(person.id, secret)
            # Who lost the app gets in by a link: whoever gives links may do so.
            store.people.set_totp(person.id, None, 0)
            store.people.end_sign_ins(person.id)
            noted(store, Actor(name=person.name), now, kind="people", what="chose a password by a link")
    store.people.forget_tries([name_key(person.name)])
    return person


def sign_in(
    store: Store,
    name: str,
    password: str,
    code: str = "",
    *,
    passwords: Passwords,
    address: str,
    now: datetime,
) -> Person:
    """Who that is; raises RequestError if it is nobody, TooManyTriesError after too many tries.

    A wrong password and a wrong code are told alike: else a code would say that the password was right.
    """
    count_try(store, name, address=address, now=now)
    person = store.people.get(name.strip())
    is_right = passwords.fits(person.password if person else None, password)
    if not is_right or person is None or not _is_second_right(store, person, code, now):
        raise RequestError("Name and password (and code, if you use one) do not match.")
    store.people.forget_tries([name_key(name)])
    return person


def count_try(store: Store, name: str | None, *, address: str, now: datetime) -> None:
    """Counts a try for the address, and for the name where one is told; raises TooManyTriesError after too many."""
    mosts = {f"address:{client_of(address)}": MOST_BY_ADDRESS} | (
        {name_key(name): MOST_BY_NAME} if name is not None else {}
    )
    for key, most in mosts.items():
        # The address first: who is stopped already fills no table with names.
        if store.people.note_tries([key], since=now - WINDOW, now=now)[key] > most:
            began = store.people.tries_since([key]) or now
            left = max(1, -(-int((began + WINDOW - now).total_seconds()) // 60))
            what = "Passwords" if name is not None else "Sign-ins"
            raise TooManyTriesError(
                f"Too many tries. {what} are looked at again in {left} minute{'' if left == 1 else 's'};"
                " whoever runs the machine gets in at once with: ./run admin link NAME"
            )


def _is_second_right(store: Store, person: Person, code: str, now: datetime) -> bool:
    if person.totp is None:
        return True
    step = fitting_step(person.totp, code, now, after=person.totp_step)
    return step is not None and store.people.use_totp(person.id, step)


def set_second(store: Store, session: Session, secret: str, code: str, now: datetime) -> None:
    """Codes of an app are asked for from now on; raises RequestError if the code is not of that secret."""
    step = fitting_step(secret, code, now) if is_secret(secret) else None
    if step is None:
        raise RequestError(
            "The app shows another code: check its clock, and that you typed the secret correctly."
        )
    with store.write():
        store.people.set_totp(session.person.id, secret, step)
        noted(store, session.actor, now, kind="people", what="set up a second factor")


def drop_second(
    store: Store, session: Session, password: str, *, passwords: Passwords, now: datetime
) -> None:
    """No code is asked for any more; raises RequestError if the password is another one."""
    if not passwords.fits(session.person.password, password):
        raise RequestError("The password is wrong.")
    with store.write():
        store.people.set_totp(session.person.id, None, 0)
        noted(store, session.actor, now, kind="people", what="took off the second factor")


def open_session(
    store: Store, person: Person, token: str, *, address: str, browser: str, now: datetime
) -> SignIn:
    """A browser is signed in under that token, which nobody has used before."""
    store.people.forget_sign_ins(used_before=now - IDLE, made_before=now - LONGEST)
    return store.people.add_sign_in(hashed(token), person.id, address=address, browser=browser, now=now)


def session_of(store: Store, token: str, *, address: str, now: datetime) -> Session | None:
    """Who is at work under the token; None if nobody is any more."""
    found = store.people.sign_in_of(hashed(token))
    if found is None or found.used_at < now - IDLE or found.made_at < now - LONGEST:
        return None
    person = store.people.of_id(found.person_id)
    if person is None:
        return None
    if found.used_at + USED_EVERY <= now or found.address != address:
        store.people.note_used(found, address, now)
    return Session(person=person, sign_in=found)


def change_password(
    store: Store, session: Session, old: str, new: str, *, passwords: Passwords, now: datetime
) -> int:
    """How many other sign-ins ended with the former password; raises RequestError if it is not that one."""
    if not passwords.fits(session.person.password, old):
        raise RequestError("The present password is wrong.")
    require_password(new, session.person.name)
    secret = passwords.hash(new)
    with store.write():
        store.people.set_password(session.person.id, secret)
        ended = store.people.end_sign_ins(session.person.id, but=session.sign_in.id)
        noted(store, session.actor, now, kind="people", what="changed their password")
    return ended


def require_proof(
    store: Store, session: Session, password: str, *, passwords: Passwords, now: datetime
) -> None:
    """Raises RequestError for who does not prove that it is them.

    Else whoever finds an open browser could make themselves a way in that stays.
    """
    person = session.person
    count_try(store, person.name, address=session.sign_in.address, now=now)
    if person.password is not None and not passwords.fits(person.password, password):
        raise RequestError("The password is wrong.")
    if person.password is None and session.sign_in.made_at < now - FRESH:
        raise RequestError("You signed in more than ten minutes ago: sign out, sign in, and add it then.")
    store.people.forget_tries([name_key(person.name)])


def set_language(store: Store, person: Person, language: str | None, *, known: Collection[str]) -> None:
    """In which language the person reads from now on, None for the site's; raises RequestError if there are no texts in it."""
    if language is not None and language not in known:
        raise RequestError(f"There are no pages in {language!r}: choose one of {', '.join(known)}.")
    store.people.set_language(person.id, language)


def set_role(store: Store, name: str, role: Role, *, actor: Actor, now: datetime) -> None:
    """What the person may do from now on; the last admin stays one."""
    with store.write():
        person = found_person(store, name)
        if person.role == role:
            return
        require_another_admin(store, person)
        store.people.set_role(person.id, role)
        noted(store, actor, now, kind="people", what=f"made {person.name} {role}, who was {person.role}")


def remove_person(store: Store, name: str, *, actor: Actor, now: datetime) -> int:
    """The person may not sign in any more; returns how many sign-ins that ended. The last admin stays."""
    with store.write():
        person = found_person(store, name)
        require_another_admin(store, person)
        ended = len(store.people.sign_ins(person.id))
        store.people.remove(person.id)
        noted(store, actor, now, kind="people", what=f"removed {person.name}")
    return ended


def require_password(password: str, name: str) -> None:
    """Raises RequestError, with what is wrong, for a password that is too easily guessed."""
    if len(password) < LEAST_LENGTH:
        raise RequestError(f"{LEAST_LENGTH} characters or more; this has {len(password)}.")
    if len(password) > MOST_LENGTH:
        raise RequestError(f"{MOST_LENGTH} characters at most.")
    plain = password.casefold()
    if len(set(plain)) < 5 or (name and plain.replace(name.casefold(), "") in ("", *"0123456789")):
        raise RequestError("This password is too easy to guess. Take several words, for example.")


def require_name(name: str) -> None:
    """Raises RequestError for what is no name."""
    if not name.strip() or len(name.strip()) > 60 or any(not one.isprintable() for one in name):
        raise RequestError("A name has 1 to 60 letters.")


def require_another_admin(store: Store, person: Person) -> None:
    """Raises RequestError if the person is the last admin."""
    others = [
        one for one in store.people.every() if one.role == "admin" and one.id != person.id and one.gets_in
    ]
    if person.role == "admin" and not others:
        raise RequestError(f"{person.name} is the last admin: make somebody else admin first.")


def name_key(name: str) -> str:
    """Under which key tries for a name are counted."""
    return f"name:{name.strip().casefold()[:60]}"
