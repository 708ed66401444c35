"""Partners: sites that read our feeds and API under a name, with what each may read, how much, and until when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from feeds.model.mixes import MixError, parse_mix
from feeds.model.outgoing import FeedKey, FeedKind
from feeds.model.rights import Share

MOST_KEYS = 2
"""Keys that a partner has at a time: the present one, and the one that takes its place."""
KEY_BEGIN = "fwk_"
"""Keys begin so, by which scanners for secrets know them."""
SHOWN_OF_KEY = 10
"""Of a key, what tells it apart and is kept readable."""
_KINDS: dict[str, FeedKind] = {"topics": "topic", "authors": "author", "sources": "source", "mixes": "mix"}
_PLAIN = re.compile(rf"({'|'.join(_KINDS)})/([\w-]{{1,200}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSpec:
    """What is said of a partner, in `[[partner]]` or by an admin."""

    slug: str
    name: str
    contact: str = ""
    feeds: tuple[str, ...] = ()
    """Paths of the feeds and mixes that they may read; empty: all that are public."""
    share: Share = "full"
    """No more of an article than that, whatever its source allows."""
    quota: int | None = None
    """Requests a day (UTC); None: as many as the rate allows."""
    ends_on: date | None = None
    """The last day (UTC) on which their keys are good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner as it is kept."""

    id: int
    spec: PartnerSpec
    origin: Literal["file", "admin"] = "admin"
    state: Literal["active", "paused", "removed"] = "active"

    def has_ended(self, now: datetime) -> bool:
        """True where its keys are good no more."""
        return self.spec.ends_on is not None and now.date() > self.spec.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerKey:
    """A key of a partner; the key itself is kept nowhere, only its hash."""

    id: int
    begin: str
    """Its first characters, by which people tell it from the other one."""
    made_at: datetime


def feed_of_path(path: str) -> FeedKey:
    """The feed that a path names: `all`, `topics/x`, `authors/x`, `sources/x`, `mixes/x`, `mix/…`; raises ValueError with what to do."""
    clean = path.strip().strip("/")
    if clean == "all":
        return FeedKey(kind="all")
    found = _PLAIN.fullmatch(clean)
    if found:
        return FeedKey(kind=_KINDS[found[1]], slug=found[2])
    if clean.startswith("mix/"):
        try:
            return FeedKey(kind="query", slug=parse_mix(clean.removeprefix("mix/")).path())
        except MixError as error:
            raise ValueError(str(error)) from error
    raise ValueError("expected all, topics/SLUG, authors/SLUG, sources/SLUG, mixes/SLUG or mix/…")
