"""The store's people: who may sign in, who is signed in, and who tried to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import challenges, identities, passkeys, people, sign_in_tries, sign_ins, start_links, tokens
from db.subject import Subject
from feeds.errors import RequestError
from feeds.model.people import NewPasskey, Passkey, Person, Role, SignIn


class People(Subject):
    """Who may sign in, who is signed in, and who tried to."""

    def add(self, name: str, role: Role, password: str | None, now: datetime) -> Person:
        """A new person."""
        with self.write():
            if people.by_name(self.engine, name) is not None:
                raise RequestError(f"There is already a person called {name}.")
            return people.add(self.engine, name, role, password, now)

    def every(self) -> tuple[Person, ...]:
        """All by name."""
        return people.every(self.engine)

    def get(self, name: str) -> Person | None:
        """Who is called so."""
        return people.by_name(self.engine, name)

    def of_id(self, person_id: int) -> Person | None:
        """The person of that id."""
        return people.by_id(self.engine, person_id)

    def set_role(self, person_id: int, role: Role) -> None:
        """What the person may do."""
        with self.write():
            people.set_role(self.engine, person_id, role)

    def set_password(self, person_id: int, password: str) -> None:
        """Keeps the hash of a password."""
        with self.write():
            people.set_password(self.engine, person_id, password)

    def set_language(self, person_id: int, language: str | None) -> None:
        """Keeps in which language the person reads."""
        with self.write():
            people.set_language(self.engine, person_id, language)

    def set_totp(self, person_id: int, secret: str | None, step: int) -> None:
        """Keeps a second factor, or takes it off."""
        with self.write():
            people.set_totp(self.engine, person_id, secret, step)

    def use_totp(self, person_id: int, step: int) -> bool:
        """Notes that a code was used."""
        with self.write():
            return people.use_totp(self.engine, person_id, step)

    def remove(self, person_id: int) -> None:
        """The person may not sign in any more."""
        with self.write():
            people.remove(self.engine, person_id)
            sign_ins.end(self.engine, person_id)
            tokens.end_all(self.engine, person_id)
            start_links.drop_of(self.engine, person_id)
            passkeys.drop_of(self.engine, person_id)

    def add_passkey(self, person_id: int, made: NewPasskey, *, name: str, now: datetime) -> bool:
        """A new passkey; False if somebody has it already."""
        with self.write():
            return passkeys.add(self.engine, person_id, made, name=name, now=now)

    def passkeys(self, person_id: int) -> tuple[Passkey, ...]:
        """A person's passkeys."""
        return passkeys.of_person(self.engine, person_id)

    def passkey(self, credential: str) -> Passkey | None:
        """The one that the browser calls so."""
        return passkeys.by_credential(self.engine, credential)

    def use_passkey(self, passkey_id: int, sign_count: int, now: datetime) -> bool:
        """Notes a use; False if the counter did not go on."""
        with self.write():
            return passkeys.use(self.engine, passkey_id, sign_count, now)

    def drop_passkey(self, person_id: int, passkey_id: int) -> bool:
        """Takes a person's passkey away."""
        with self.write():
            return passkeys.drop(self.engine, person_id, passkey_id)

    def of_identity(self, issuer: str, subject: str) -> tuple[int, bool] | None:
        """Whose identity that is, and whether they may still sign in."""
        return identities.of_subject(self.engine, issuer, subject)

    def of_email(self, email: str) -> int | None:
        """Who has that address."""
        return identities.of_email(self.engine, email)

    def has_been(self, name: str) -> bool:
        """True if somebody is, or was, called so."""
        return identities.has_been(self.engine, name)

    def bind(self, person_id: int, issuer: str, subject: str) -> bool:
        """Binds an identity to a person; False if they have one."""
        with self.write():
            return identities.bind(self.engine, person_id, issuer, subject)

    def set_email(self, person_id: int, email: str | None) -> None:
        """By which address single sign-on knows the person the next time."""
        with self.write():
            identities.set_email(self.engine, person_id, email)

    def add_challenge(
        self, challenge_hash: str, purpose: str, person_id: int, *, ends_at: datetime, now: datetime
    ) -> None:
        """What a browser is asked to bring back."""
        with self.write():
            challenges.add(self.engine, challenge_hash, purpose, person_id, ends_at=ends_at, now=now)

    def use_challenge(self, challenge_hash: str, purpose: str, person_id: int, now: datetime) -> bool:
        """It came back; False if it was not asked for, was used, or is too old."""
        with self.write():
            return challenges.use(self.engine, challenge_hash, purpose, person_id, now)

    def add_sign_in(
        self, token_hash: str, person_id: int, *, address: str, browser: str, now: datetime
    ) -> SignIn:
        """A browser is signed in."""
        with self.write():
            people.note_seen(self.engine, person_id, now)
            return sign_ins.add(self.engine, token_hash, person_id, address=address, browser=browser, now=now)

    def sign_in_of(self, token_hash: str) -> SignIn | None:
        """The sign-in of that token's hash."""
        return sign_ins.by_token(self.engine, token_hash)

    def sign_ins(self, person_id: int) -> tuple[SignIn, ...]:
        """A person's sign-ins."""
        return sign_ins.of_person(self.engine, person_id)

    def note_used(self, sign_in: SignIn, address: str, now: datetime) -> None:
        """It was used from there."""
        with self.write():
            sign_ins.note_used(self.engine, sign_in.id, address, now)
            people.note_seen(self.engine, sign_in.person_id, now)

    def end_sign_ins(self, person_id: int, *, only: int | None = None, but: int | None = None) -> int:
        """Ends a person's sign-ins."""
        with self.write():
            return sign_ins.end(self.engine, person_id, only=only, but=but)

    def forget_sign_ins(self, *, used_before: datetime, made_before: datetime) -> int:
        """Ends what is too old."""
        with self.write():
            sign_in_tries.drop(self.engine, before=used_before)
            return sign_ins.forget(self.engine, used_before=used_before, made_before=made_before)

    def add_start_link(self, token_hash: str, person_id: int | None, ends_at: datetime) -> None:
        """A new link."""
        with self.write():
            start_links.add(self.engine, token_hash, person_id, ends_at)

    def start_link(self, token_hash: str, now: datetime) -> tuple[bool, int | None]:
        """Whether there is such a link, and whose it is."""
        return start_links.find(self.engine, token_hash, now)

    def use_start_link(self, token_hash: str) -> bool:
        """The link is used up."""
        with self.write():
            return start_links.drop(self.engine, token_hash)

    def note_tries(self, tried: Sequence[str], *, since: datetime, now: datetime) -> dict[str, int]:
        """Counts a try."""
        with self.write():
            return sign_in_tries.note(self.engine, tried, since=since, now=now)

    def tries_since(self, tried: Sequence[str]) -> datetime | None:
        """When the latest of these counts began."""
        return sign_in_tries.since(self.engine, tried)

    def forget_tries(self, tried: Sequence[str]) -> None:
        """These count from nothing again."""
        with self.write():
            sign_in_tries.forget(self.engine, tried)
