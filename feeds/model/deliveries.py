"""What leaves by push: who is told (receivers), what waits for them (deliveries), and what came of sending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ReceiverState = Literal["asked", "live", "ended"]
EVERY_FEED = 0
"""As a receiver's `feed_id`: it is told of every feed that anybody may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody who is told: one address, for one feed in one format (or for every feed)."""

    id: int = 0
    kind: str
    """The kind of the deliveries that a change of its feed makes for it."""
    url: str
    host: str
    domain: str
    """The registrable domain of `url`, by which receivers are counted."""
    feed_id: int = EVERY_FEED
    format: str = ""
    state: ReceiverState = "asked"
    """Only who is `live` is told of changes."""
    named_url: str = ""
    """The address of the feed in the words of who asked for it."""
    secret: str | None = None
    client: str = ""
    """Who asked for it, by network address; for limits only."""
    asked: str = ""
    """What was asked for last and is not verified yet, as the kind writes it (JSON); empty: nothing."""
    asked_no: int = 0
    """Counts what was asked, so that the answer to an earlier question is told from that to a later one."""
    asked_at: datetime
    since_at: datetime | None = None
    until_at: datetime | None = None
    """When its lease ends; None: never."""
    told_seq: int = 0
    """The newest change that it took."""
    told_at: datetime | None = None
    told_count: int = 0
    place: str = ""
    """How far it has come in its feed's changes, as the kind writes it; empty: the kind keeps no place."""
    detail: str = ""
    """Why it ended, or why the last delivery failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing that a receiver is to be told; of one kind and subject at most one waits for a receiver."""

    id: int
    kind: str
    receiver_id: int
    subject: str
    """What it is about: the id of a feed, or a word of the kind's own."""
    host: str
    seq: int
    """The newest change that it has to tell; a later one, while this waits, raises it."""
    attempts: int
    since_at: datetime
    key: str
    """The idempotency key: the same whenever the same delivery of the same change is sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostClaim:
    """A receiving host that is one scheduler's for a moment, with what is due there."""

    host: str
    claim_no: int
    failure_count: int
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of one sending."""

    is_taken: bool
    detail: str = ""
    status: int | None = None
    """None: nobody answered."""
    is_final: bool = False
    """Trying again would not help: the delivery is dropped."""
    retry_after: timedelta | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """How a delivery goes on, for the store to write."""

    delivery: Delivery
    claim_no: int
    how: Literal["told", "again", "given-up", "dropped"]
    told_seq: int = 0
    """With `told`: the newest change that the content held."""
    due_at: datetime | None = None
    """With `again`: when it is tried next."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTally:
    """What goes to one host, for people."""

    host: str
    receivers: int
    waiting: int
    given_up: int
    failure_count: int
    told_at: datetime | None
    failed_at: datetime | None
    detail: str
