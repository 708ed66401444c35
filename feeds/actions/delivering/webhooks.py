"""Webhooks of partners: sends each change of a feed as one signed message to each of their addresses.

An address and a feed are one receiver of the outbox (kind `webhook`). It keeps its place in the feed's changes, so that
what could not be told is told later, and what changed meanwhile is told once, as it is then. A message has the same id
whenever the same change is told to the same receiver: `webhook-id`, by which a partner knows what it has already.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.store import Store
from feeds.actions.declaring.partners import found_partner
from feeds.actions.delivering.deliveries import MOST_ANSWER, TIMEOUT, How, Letter, Sender, SendTools, judged
from feeds.actions.publishing.publish import site_info
from feeds.config.own_addresses import own_problem
from feeds.errors import RequestError
from feeds.http.requests import Request
from feeds.http.webhook_signing import new_secret, signed_headers
from feeds.model.deliveries import Delivery, Receiver, Sent
from feeds.model.deltas import Delta, DeltaKind, Place
from feeds.model.outgoing import FeedInfo, FeedKey, SiteInfo
from feeds.model.partners import Partner
from feeds.model.people import Actor
from feeds.model.settings import Settings
from feeds.model.statements import LedgerEntry, LedgerEvent
from feeds.publish.webhook_messages import MEDIA_TYPE, message
from feeds.text.urls import host_of, polite_domain

WEBHOOK = "webhook"
MOST_MESSAGES = 20
"""Changes that one delivery tells, one after the other; a further delivery goes on from there."""
MOST_PAGES = 20
"""Of changes that nobody wants to be told of, looked through for one delivery."""
LONG = timedelta(seconds=4)
"""A delivery that takes longer begins no further message: the rest waits its turn."""
BOTH_COUNT = timedelta(days=1)
"""A new secret and the former one sign side by side for so long."""
LONGEST_REPLAY = timedelta(days=7)
GONE, NOT_NAMED = "it answered 410", "its partner does not name it"


_EVENTS: dict[DeltaKind, LedgerEvent] = {
    "entered": "delivered",
    "changed": "corrected",
    "left": "left",
    "withdrawn": "withdrawn",
}


@dataclass(slots=True, kw_only=True)
class Message:
    """One change on its way."""

    id: str
    body: bytes
    delta: Delta
    place: Place
    """How far the receiver has come once it took this."""
    taken_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one delivery tells, and how far it came."""

    partner: Partner
    info: FeedInfo
    url: str
    messages: tuple[Message, ...]
    before: str
    """The receiver's place when this was put together."""
    end: Place
    has_more: bool
    secrets: tuple[str, ...]
    done: int = 0

    @property
    def is_whole(self) -> bool:
        return self.done == len(self.messages)


def sync_webhooks(store: Store, settings: Settings, now: datetime) -> None:
    """Has a receiver for each address and feed that partners name, beginning with what changes from now on."""
    wanted: set[tuple[str, int, str]] = set()
    for partner in store.partners.every():
        if partner.state != "active" or not store.partners.hook_secrets(partner.id, now):
            continue
        ids = [store.feeds.id_of(_present(store, key)) for key in partner.spec.hook_feeds()]
        open_ones = store.feeds.of_ids([one for one in ids if one is not None])
        own = (site_info(settings).base_url,)
        for url in partner.spec.webhooks:
            if not own_problem(url, own):
                wanted |= {(url, feed_id, str(partner.id)) for feed_id in open_ones}
    present = {
        (one.url, one.feed_id, one.format): one for one in store.deliveries.receivers(WEBHOOK, most=100_000)
    }
    for place in sorted(wanted):
        one = present.get(place)
        if one is None or (one.state != "live" and one.detail != GONE):
            _begin(store, *place, now)
    for place, one in present.items():
        if place not in wanted and one.state == "live":
            _end(store, one.id, NOT_NAMED, now)


def new_webhook_secret(
    store: Store,
    slug: str,
    entropy: Callable[[int], bytes],
    *,
    actor: Actor,
    settings: Settings,
    now: datetime,
) -> str:
    """A new secret, shown this once; the former one signs beside it for a day. With the first one, webhooks begin."""
    partner = found_partner(store, slug)
    secret = new_secret(entropy)
    with store.write():
        store.partners.put_hook_secret(partner.id, secret, before_until=now + BOTH_COUNT)
        store.changes.add_change(
            actor, kind="partner", what=f"made the webhook secret of {partner.spec.name}", steps=(), now=now
        )
    sync_webhooks(store, settings, now)
    return secret


def replay(store: Store, slug: str, since: datetime, *, settings: Settings, now: datetime) -> int:
    """Has all that changed since then told again, to each address that still is named; returns to how many.

    One that answered 410 begins again. What is told is each article once, as it is now, under the same ids as before.
    """
    partner = found_partner(store, slug)
    if not now - LONGEST_REPLAY <= since <= now:
        raise RequestError(
            "Changes of the last seven days can be replayed. Older ones are in /api/v1/changes."
        )
    sync_webhooks(store, settings, now)
    begin = Place.at(store.deltas.seq_at(since))
    count = 0
    for one in receivers_of(store, partner):
        if one.state != "live" and one.detail != GONE:
            continue
        with store.write():
            receiver = store.deliveries.receiver(one.id)
            if receiver is None:
                continue
            live = store.deliveries.put_receiver(
                replace(receiver, state="live", until_at=None, detail="", place=begin.text())
            )
            store.deliveries.add(
                live, subject=str(live.feed_id), seq=max(store.deltas.seq(), live.told_seq), now=now
            )
            store.deliveries.wake(live, now)
        count += 1
    return count


def receivers_of(store: Store, partner: Partner) -> tuple[Receiver, ...]:
    """Its receivers, one for each address and feed, the oldest first."""
    found = store.deliveries.receivers(WEBHOOK, most=100_000)
    return tuple(one for one in reversed(found) if one.format == str(partner.id))


def _letters(store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime) -> Sequence[Letter]:
    receivers = store.deliveries.receivers_of([one.receiver_id for one in several])
    letters: list[Letter] = []
    for delivery in several:
        receiver = receivers[delivery.receiver_id]
        partner = store.partners.of_id(int(receiver.format))
        if receiver.state != "live" or partner is None or partner.state != "active" or partner.has_ended(now):
            continue
        secrets = store.partners.hook_secrets(partner.id, now)
        info = store.feeds.of_ids([receiver.feed_id]).get(receiver.feed_id)
        batch = _batch(store, receiver, partner, info, secrets, tools.settings) if info and secrets else None
        if batch is not None:
            letters.append(Letter(deliveries=(delivery,), note=batch))
    return letters


def _batch(
    store: Store,
    receiver: Receiver,
    partner: Partner,
    info: FeedInfo,
    secrets: tuple[str, ...],
    settings: Settings,
) -> Batch | None:
    site, spec = site_info(settings), partner.spec
    place, messages, has_more = Place.parse(receiver.place), list[Message](), True
    namespace = uuid.uuid5(store.feeds.site_uuid(), f"webhook {receiver.id} {store.deltas.epoch()}")
    for _ in range(MOST_PAGES):
        page = store.deltas.page(info.key, place, most=MOST_MESSAGES)
        if page is None:
            return None
        for delta in page.deltas:
            if delta.kind in spec.webhook_events and not delta.is_quiet:
                messages.append(
                    Message(
                        id=f"msg_{uuid.uuid5(namespace, f'{delta.seq} {delta.article_id}').hex}",
                        body=_body(delta, page.info, site, partner, settings),
                        delta=delta,
                        place=Place(floor=place.floor, start=place.start, position=delta.seq),
                    )
                )
        place, has_more = page.place, page.has_more
        if messages or not has_more:
            break
    return Batch(
        partner=partner,
        info=info,
        url=receiver.url,
        messages=tuple(messages),
        before=receiver.place,
        end=place,
        has_more=has_more,
        secrets=secrets,
    )


def _body(delta: Delta, info: FeedInfo, site: SiteInfo, partner: Partner, settings: Settings) -> bytes:
    spec = partner.spec
    return message(
        delta,
        info,
        site,
        form=spec.webhook_form,
        excerpt_chars=settings.publish.excerpt_chars,
        most=spec.share,
    )


async def _send(letter: Letter, tools: SendTools) -> Sent:
    """One message after the other, until one is not taken; what was taken counts, and the rest is a new delivery."""
    batch: Batch = letter.note
    begun = tools.clock()
    sent = Sent(is_taken=True, status=0)
    for one in batch.messages:
        if batch.done and tools.clock() - begun > LONG:
            break
        now = tools.clock()
        answer = judged(
            await tools.transport.get(hook_request(batch.url, one.id, one.body, batch.secrets, now)), now
        )
        if not answer.is_taken:
            return sent if batch.done else answer
        sent, one.taken_at = answer, tools.clock()
        batch.done += 1
    return sent


def hook_request(url: str, message_id: str, body: bytes, secrets: tuple[str, ...], now: datetime) -> Request:
    """The signed request; a redirect is not followed."""
    return Request(
        url=url,
        method="POST",
        body=body,
        headers=(("Content-Type", MEDIA_TYPE), *signed_headers(message_id, body, secrets=secrets, now=now)),
        timeout=TIMEOUT,
        max_bytes=MOST_ANSWER,
        max_redirects=0,
    )


def _noted(store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
    batch: Batch = letter.note
    store.ledger.add([_taken(batch, one, now) for one in batch.messages[: batch.done]])
    receiver = store.deliveries.receiver(letter.deliveries[0].receiver_id)
    if receiver is None or receiver.state != "live":
        return
    if sent.status == 410:
        _end(store, receiver.id, GONE, now)
        return
    if receiver.place == batch.before:  # else: it is told again from another place
        place = batch.end if batch.is_whole else batch.messages[batch.done - 1].place if batch.done else None
        if place is not None:
            receiver = store.deliveries.put_receiver(replace(receiver, place=place.text()))
    is_more = batch.has_more or not batch.is_whole or receiver.place != batch.end.text()
    if how == "told" and is_more:
        store.deliveries.add(
            receiver, subject=letter.deliveries[0].subject, seq=letter.deliveries[0].seq, now=now
        )


def _taken(batch: Batch, one: Message, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        partner_id=batch.partner.id,
        at=one.taken_at or now,
        event=_EVENTS[one.delta.kind],
        way="webhook",
        feed=batch.info.key.path()[1:],
        urn=one.delta.urn,
        seq=one.delta.seq,
    )


def _begin(store: Store, url: str, feed_id: int, format: str, now: datetime) -> None:
    host = host_of(url)
    with store.write():
        one = store.deliveries.receiver_at(WEBHOOK, url, feed_id, format) or Receiver(
            kind=WEBHOOK,
            url=url,
            host=host,
            domain=polite_domain(host),
            feed_id=feed_id,
            format=format,
            asked_at=now,
        )
        here = Place.at(store.deltas.seq()).text()
        store.deliveries.put_receiver(
            replace(one, state="live", since_at=now, until_at=None, asked_at=now, detail="", place=here)
        )


def _end(store: Store, receiver_id: int, why: str, now: datetime) -> None:
    with store.write():
        receiver = store.deliveries.receiver(receiver_id)
        if receiver is not None:
            store.deliveries.put_receiver(replace(receiver, state="ended", until_at=now, detail=why))
            store.deliveries.drop_of(receiver.id)


def _present(store: Store, key: FeedKey) -> FeedKey:
    if key.kind == "all":
        return key
    return FeedKey(kind=key.kind, slug=store.feeds.slug_now(key.kind, key.slug) or key.slug)


SENDER = Sender(letters=_letters, send=_send, noted=_noted)
