"""The outbox: everything that we push is a delivery; what each kind of delivery has to define.

A *receiver* (`feeds.model.deliveries.Receiver`) is somebody who is told: one address, for one feed or for every feed.
The publish tick writes a delivery for each live receiver of each feed that changed, in its own transaction; anything
else is asked for by `store.deliveries.add(receiver, subject=…, seq=…)`. Of one receiver, kind and subject at most one
delivery waits; what changes meanwhile raises its `seq`, so that a receiver who was away gets the newest content once.

To let another kind of thing leave by push, write a module with a `Sender` and put it into the table of
`feeds.actions.delivering.senders`:

    letters(store, deliveries, tools, now)  what is to be sent for these claimed deliveries: at least one `Letter` for
                                            each that still has something to tell, in their order; a delivery that no
                                            letter names is dropped. One letter may tell several of one receiver.
    send(letter, tools)                     sends it; unset: posts `letter.request` through the transport, where 2xx
                                            is told, 410 final, anything else tried again
    noted(store, letter, sent, how, now)    inside the transaction that writes what came of it; may change receivers
    patience                                how long it is tried: a day
    is_alerted                              whether giving up is an alert

Whoever receives may get a delivery twice where a process died between sending and noting it. Both bear the same
`delivery.key`: send it along (`Idempotency-Key`). Nothing is lost, and of one receiver and kind what is older goes first.

Claiming, sending and noting is `feeds.actions.delivering.dispatch`, which knows no kind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Literal

from db.store import Store
from feeds.clock import Clock
from feeds.http.requests import Request, Response, Transport
from feeds.ingest.poll.fetch import retry_after
from feeds.model.deliveries import Delivery, Sent
from feeds.model.settings import Settings
from feeds.text.markup import one_line

DELIVERIES = "deliveries"
"""The kind of the alert: its subject is a host."""
PATIENCE = timedelta(days=1)
TIMEOUT = timedelta(seconds=10)
"""For one delivery, connection and answer included."""
MOST_ANSWER = 20_000
KEPT_GIVEN_UP, KEPT_UNVERIFIED = timedelta(days=7), timedelta(hours=1)
How = Literal["told", "again", "given-up", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTools:
    """What senders are handed."""

    transport: Transport
    settings: Settings
    clock: Clock
    new_secret: Callable[[], str]
    mail: Callable[[EmailMessage], Awaitable[Sent]] | None = None
    """Hands a message to the mail server of `[mail]`; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One sending, for one or several deliveries of one receiver."""

    deliveries: tuple[Delivery, ...]
    request: Request | None = None
    told_seq: int = 0
    """The newest change that its content holds, where that is newer than what the deliveries ask for."""
    note: Any = None
    """What the sender wants to know again in `noted`."""


async def post(letter: Letter, tools: SendTools) -> Sent:
    """Sends the letter's request and judges the answer by its status."""
    assert letter.request is not None, "a letter without a request needs a sender of its own"
    return judged(await tools.transport.get(letter.request), tools.clock())


def judged(answer: object, now: datetime) -> Sent:
    """What an HTTP answer means: 2xx is told, 410 is final, everything else is tried again."""
    if not isinstance(answer, Response):
        return Sent(is_taken=False, detail=getattr(answer, "detail", "") or "Nobody answered.")
    if 200 <= answer.status < 300:
        return Sent(is_taken=True, status=answer.status, body=answer.body)
    answered = one_line(answer.body[:300].decode("utf-8", "replace"))
    answered = "" if answered.startswith("<") else f" {answered[:150]}"
    return Sent(
        is_taken=False,
        detail=f"It answered {answer.status}.{answered}",
        status=answer.status,
        is_final=answer.status == 410,
        retry_after=retry_after(answer.header("Retry-After"), now=now),
        body=answer.body,
    )


def nothing_more(store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
    """The `noted` of a kind of delivery that stores nothing after sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """How one kind of delivery is made and sent; the module's docstring says what each part has to do."""

    letters: Callable[[Store, Sequence[Delivery], SendTools, datetime], Sequence[Letter]]
    send: Callable[[Letter, SendTools], Awaitable[Sent]] = post
    noted: Callable[[Store, Letter, Sent, How, datetime], None] = nothing_more
    patience: timedelta = PATIENCE
    is_alerted: bool = True


def watch_deliveries(store: Store, kinds: Mapping[str, Sender], now: datetime) -> None:
    """Opens an alert for each host at which deliveries were given up, and closes it when none is left."""
    silent = frozenset(kind for kind, sender in kinds.items() if not sender.is_alerted)
    given_up = store.deliveries.given_up(without=silent)
    for host, (count, detail) in given_up.items():
        store.alerts.open(
            DELIVERIES,
            host,
            f"{count:,} {'delivery' if count == 1 else 'deliveries'} to {host} given up after a day of tries."
            f" {detail} `./run hub list` shows who is told there.",
            now,
        )
    for alert in store.alerts.open_ones():
        if alert.kind == DELIVERIES and alert.subject not in given_up:
            store.alerts.close(DELIVERIES, alert.subject, now)


def tidy_deliveries(store: Store, now: datetime) -> None:
    """Ends leases that are over, and lets go of what ended or was given up long ago."""
    store.deliveries.tidy(now, keep=KEPT_GIVEN_UP, keep_unverified=KEPT_UNVERIFIED)
