"""What passes between hubs and us (W3C WebSub): our subscriptions to them, and what they bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feeds.model.incoming import DueSource

SubscriptionState = Literal["wanted", "asked", "active", "silent", "refused", "leaving", "left"]
Pending = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLinks:
    """What a document says of its hubs: HTTP Link headers, `atom:link`, JSON Feed hubs, HTML link."""

    hub_urls: tuple[str, ...] = ()
    """rel=hub, in the order in which they are to be tried."""
    feed_url: str | None = None
    """rel=self: what WebSub calls the topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSubscription:
    """Our subscription to a source at one of its hubs; `id` is 0 before it is stored.

    wanted → asked → active ⇄ silent; refused waits for another try; leaving → left.
    """

    id: int = 0
    source_id: int
    hub_url: str
    hub_urls: tuple[str, ...]
    """All hubs that the source names."""
    feed_url: str
    document_url: str
    """Where the source's own answer came from: what a pushed document's relative addresses hang on."""
    document_format: str | None = None
    """Of the source's own answer; a push in another format is only a hint to ask the source."""
    token: str | None = None
    """The unguessable end of the callback address; drawn when the hub is first asked."""
    secret: str | None = None
    """What the hub signs with."""
    state: SubscriptionState = "wanted"
    pending: Pending | None = None
    """What the hub may ask us to confirm."""
    pending_until_at: datetime | None = None
    since_at: datetime | None = None
    """When the hub first confirmed."""
    lease_until_at: datetime | None = None
    next_try_at: datetime | None = None
    failure_count: int = 0
    silences: int = 0
    """How often an article was found that the hub had not told of."""
    told_at: datetime | None = None
    """When the hub last brought something with a right signature."""
    ignored_at: datetime | None = None
    """When something without a right signature was last ignored, to the hour."""
    reason: str = ""
    """Why the state is what it is, in words that an admin reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAsk:
    """One request to a hub that is due, and when the hub's domain gives leave for it."""

    subscription: HubSubscription
    mode: Pending
    slot_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a hub brought, its signature checked."""

    id: int
    subscription: HubSubscription
    due: DueSource
    """The source under its host's claim, as for a poll."""
    body: bytes
    content_type: str
    received_at: datetime
