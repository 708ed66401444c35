"""People who sign in to the admin pages, and what they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Role = Literal["admin", "editor", "viewer"]
Via = Literal["page", "command", "file", "list", "api"]
OverrideField = Literal["title", "summary", "authors", "rights", "credit", "picture", "correction"]
"""`credit` and `picture`: of the leading picture. `correction`: what readers are told of a change, at the end of the text."""
ROLES: tuple[Role, ...] = ("admin", "editor", "viewer")
"""Who may more comes first."""
MAY: Mapping[str, tuple[Role, ...]] = {
    "sources": ("admin",),
    "topics": ("admin", "editor"),
    "authors": ("admin", "editor"),
    "articles": ("admin", "editor"),
    "log": ("admin", "editor"),
    "people": ("admin",),
    "own": ("admin", "editor", "viewer"),
}
"""Who may change what; everybody signed in may look at everything but people."""
State = Mapping[str, Any]
"""What there is to know of a subject, flat: key and JSON value. `is_there` is False for what does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in."""

    id: int
    name: str
    role: Role
    password: str | None
    """As a hash; None until one is chosen."""
    made_at: datetime
    seen_at: datetime | None
    totp: str | None = None
    """The secret of their app; None without a second factor."""
    totp_step: int = 0
    """Of the last code that was used: none is used twice."""
    passkeys: int = 0
    """How many."""
    email: str | None = None
    """By which single sign-on knows them the first time; set by an admin."""
    issuer: str | None = None
    subject: str | None = None
    """Who they are at that provider, from then on."""
    language: str | None = None
    """In which they read the admin pages; None for the site's."""

    @property
    def gets_in(self) -> bool:
        """True if the person has something to sign in with."""
        return self.password is not None or self.passkeys > 0 or self.subject is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, as a provider of single sign-on said it, proved."""

    issuer: str
    subject: str
    name: str
    email: str | None
    """Only where the provider says that it looked: an address that anybody may type proves nothing."""
    values: tuple[str, ...] = ()
    """Of the claim that tells roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """What an authenticator made, in base64url where it is bytes."""

    credential: str
    public_key: str
    """As COSE holds it."""
    sign_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey(NewPasskey):
    """A key by which somebody signs in; its private half never leaves their device."""

    id: int
    person_id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One browser that is signed in."""

    id: int
    person_id: int
    made_at: datetime
    used_at: datetime
    address: str
    browser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who changes something, and by which way."""

    name: str
    via: Via = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One subject (`source/3`) before and after a change: the keys in which they differ."""

    subject: str
    before: State
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change does to one public feed."""

    feed: str
    entered: int
    left: int
    articles: tuple[tuple[int, str, bool], ...] = ()
    """Id, title, and whether it enters; the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Lines of the log that a page in another language says with a word: as they are stored."""

    like: str
    """A pattern of SQL's LIKE."""
    but: tuple[str, ...] = ()
    """Patterns of lines that would fit, too, and are said without the word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the log."""

    id: int
    made_at: datetime
    who: str
    via: Via
    kind: str
    """`source`, `topic`, `author`, `article`, `list`, `people`."""
    what: str
    """A sentence without its subject: `paused Tideline`."""
    steps: tuple[Step, ...]
    effects: tuple[Effect, ...]
    undoes_id: int | None
    undone_by_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A value that somebody set over what the source says."""

    field: OverrideField
    value: str
    """As text: `authors` one a line, `picture` an address or nothing for no picture."""
    who: str
    set_at: datetime
    pictures: tuple[str, ...] = ()
    """Keys of pictures (`feeds.text.pictures.picture_key`): of `credit`, the one whose maker it names; of `picture`,
    those that stand nowhere any more. Empty for what an older version set: the picture that leads now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandPick:
    """That somebody put an article into a topic, or kept it out."""

    topic_slug: str
    is_in: bool
    who: str
    picked_at: datetime


def lesser(one: Role, other: Role) -> Role:
    """The role of the two that may less."""
    return max(one, other, key=ROLES.index)
