"""What passwords are hashed with: Argon2id, so that a stolen database does not give them away."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2:
    """Fulfils `feeds.actions.people.Passwords`; 19 MiB and two passes a time, as OWASP advises."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._nobody = self._hasher.hash("of nobody")

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(password)

    def fits(self, hashed: str | None, password: str) -> bool:
        """True where it is that one; a name that nobody has takes as long to refuse."""
        try:
            return self._hasher.verify(hashed or self._nobody, password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False
