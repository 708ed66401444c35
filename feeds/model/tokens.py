"""Tokens of people: by which their scripts write to the API, each with a role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from feeds.model.people import MAY, Actor, Role, lesser

TOKEN_BEGIN = "fwt_"  # noqa: S105 - what every token begins with
"""So that scanners for secrets know one."""
SHOWN_OF_TOKEN = 10
MOST_TOKENS = 5
"""Of one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token, without what is secret of it."""

    id: int
    begin: str
    role: Role
    made_at: datetime
    ends_on: date | None
    """Its last day."""
    used_at: datetime | None

    def has_ended(self, now: datetime) -> bool:
        """True after its last day (UTC)."""
        return self.ends_on is not None and now.date() > self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose script it is, by which token."""

    name: str
    person_role: Role
    token: Token

    @property
    def role(self) -> Role:
        """What it may: never more than its person may now."""
        return lesser(self.person_role, self.token.role)

    def may(self, subject: str) -> bool:
        """True if it may change that: a key of `MAY`."""
        return self.role in MAY[subject]

    @property
    def actor(self) -> Actor:
        """The same, as the log names them."""
        return Actor(name=self.name, via="api")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What a write was answered, or (without a status) that it is under way."""

    print: str
    """Of what was asked."""
    begun_at: datetime
    status: int | None = None
    body: str = ""
    location: str | None = None
    etag: str | None = None
