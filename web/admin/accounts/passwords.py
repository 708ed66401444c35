"""What passwords are hashed with: Argon2id, so that a stolen database does not give them away."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""19 MiB and two passes a time, as OWASP advises."""


class Argon2:
    """Fulfils `feeds.actions.accounts.people.Passwords`."""

    def __init__(self) -> None:
        # Made now: made when it is first needed, it would make the first refusal of an unknown name slower.
        self._nobody = _of_nobody()

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return _HASHER.hash(password)

    def fits(self, hashed: str | None, password: str) -> bool:
        """True if it is that one; a name that nobody has takes as long to refuse."""
        try:
            return _HASHER.verify(hashed or self._nobody, password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _of_nobody() -> str:
    return _HASHER.hash("of nobody")
