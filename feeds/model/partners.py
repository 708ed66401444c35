"""Partners: sites that read our feeds and API under a name, with what each may read, how much, and until when."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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
HookForm = Literal["json", "jsonfeed", "ninjs"]
"""What a webhook brings: a change as the API tells it, an item of JSON Feed, an item of ninjs."""
EVENTS: tuple[str, ...] = ("entered", "changed", "left", "withdrawn")
MOST_HOOKS = 5
"""Addresses of one partner."""
MOST_URL = 2_000
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
    webhooks: tuple[str, ...] = ()
    """Addresses that are told of changes."""
    webhook_events: tuple[str, ...] = EVENTS
    """What they are told of."""
    webhook_feeds: tuple[str, ...] = ()
    """Of which feeds; empty: of those in `feeds`, or of everything."""
    webhook_form: HookForm = "json"

    def hook_feeds(self) -> tuple[FeedKey, ...]:
        """The feeds that webhooks are told of; a mix that nobody saved has no changes, and is left out."""
        keys = (feed_of_path(path) for path in self.webhook_feeds or self.feeds or ("all",))
        return tuple(dict.fromkeys(one for one in keys if one.kind != "query"))

    def hook_problem(self) -> str | None:
        """What does not fit together, with what to do; None if all does."""
        if len(self.webhooks) > MOST_HOOKS:
            return f"webhooks: at most {MOST_HOOKS} addresses"
        named, allowed = set(map(feed_of_path, self.webhook_feeds)), set(map(feed_of_path, self.feeds))
        beyond = sorted(one.path()[1:] for one in (named - allowed if allowed else set()))
        if beyond:
            return f"webhook_feeds: {beyond[0]} is not one of its feeds; name it there, too"
        mixed = sorted(one.path()[1:] for one in named if one.kind == "query")
        if mixed:
            return f"webhook_feeds: {mixed[0]} has no changes of its own; save it as a [[mix]] and name mixes/SLUG"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDeclaration:
    """A `[[partner]]`. Its keys are made by `./run partner key`; the file holds none."""

    slug: str
    name: str
    contact: str | None = None
    feeds: tuple[str, ...] = ()
    """Paths of feeds and mixes; empty: all that are public."""
    share: Share = "full"
    """No more of an article than that."""
    quota: int | None = None
    """Requests a day."""
    ends: str | None = None
    """The last day on which its keys are good, as `2027-12-31`."""
    webhooks: tuple[str, ...] = ()
    """Addresses that are told of changes, once `./run partner webhook secret` has made what they are signed with."""
    webhook_events: tuple[str, ...] = EVENTS
    """What they are told of."""
    webhook_feeds: tuple[str, ...] = ()
    """Of which feeds; empty: of `feeds`, or of everything."""
    webhook_form: HookForm = "json"
    """What they are sent."""
    line: int = field(default=0, compare=False)

    def spec(self) -> PartnerSpec:
        """What the declaration states."""
        return PartnerSpec(
            slug=self.slug,
            name=self.name,
            contact=self.contact or "",
            feeds=self.feeds,
            share=self.share,
            quota=self.quota,
            ends_on=date.fromisoformat(self.ends) if self.ends else None,
            webhooks=self.webhooks,
            webhook_events=self.webhook_events,
            webhook_feeds=self.webhook_feeds,
            webhook_form=self.webhook_form,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner as it is kept."""

    id: int
    spec: PartnerSpec
    origin: Literal["file", "admin"] = "admin"
    state: Literal["active", "paused", "removed"] = "active"

    def has_ended(self, now: datetime) -> bool:
        """True if its keys are good no more."""
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
