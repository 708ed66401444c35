"""What is asked of a store about people who sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.people import Person, Role, SignIn


class PeopleStore(Protocol):
    """Who may sign in, who is signed in, and who tried to."""

    def add_person(self, name: str, role: Role, password: str | None, now: datetime) -> Person:
        """A new person; RequestError for a name that another one has."""
        ...

    def people(self) -> tuple[Person, ...]:
        """All by name."""
        ...

    def person(self, name: str) -> Person | None:
        """Who is called so, whatever the case."""
        ...

    def person_of_id(self, person_id: int) -> Person | None:
        """The person of that id."""
        ...

    def set_role(self, person_id: int, role: Role) -> None:
        """What the person may do from now on."""
        ...

    def set_password(self, person_id: int, password: str) -> None:
        """Keeps the hash of a password."""
        ...

    def set_totp(self, person_id: int, secret: str | None, step: int) -> None:
        """Keeps the secret of a second factor, or (None) takes it off."""
        ...

    def use_totp(self, person_id: int, step: int) -> bool:
        """Notes that the code of that span was used; False where it was before."""
        ...

    def remove_person(self, person_id: int) -> None:
        """The person may not sign in any more; their sign-ins and links end."""
        ...

    def add_sign_in(
        self, token_hash: str, person_id: int, *, address: str, browser: str, now: datetime
    ) -> SignIn:
        """A browser is signed in."""
        ...

    def sign_in_of(self, token_hash: str) -> SignIn | None:
        """The sign-in of that token's hash."""
        ...

    def sign_ins(self, person_id: int) -> tuple[SignIn, ...]:
        """A person's sign-ins, the last used first."""
        ...

    def note_used(self, sign_in: SignIn, address: str, now: datetime) -> None:
        """It was used from there."""
        ...

    def end_sign_ins(self, person_id: int, *, only: int | None = None, but: int | None = None) -> int:
        """Ends a person's sign-ins: the one named, or all but one; answers how many."""
        ...

    def forget_sign_ins(self, *, used_before: datetime, made_before: datetime) -> int:
        """Ends sign-ins that nobody used since, and those that are too old."""
        ...

    def add_start_link(self, token_hash: str, person_id: int | None, ends_at: datetime) -> None:
        """A new link, in place of the person's former one; without a person: the first admin's."""
        ...

    def start_link(self, token_hash: str, now: datetime) -> tuple[bool, int | None]:
        """Whether there is such a link that has not ended, and whose it is."""
        ...

    def use_start_link(self, token_hash: str) -> bool:
        """The link is used up; False where it was already."""
        ...

    def note_tries(self, tried: Sequence[str], *, since: datetime, now: datetime) -> dict[str, int]:
        """Counts a try to sign in for each of these; answers the counts since then."""
        ...

    def tries_since(self, tried: Sequence[str]) -> datetime | None:
        """When the latest of these counts began."""
        ...

    def forget_tries(self, tried: Sequence[str]) -> None:
        """These count from nothing again."""
        ...
