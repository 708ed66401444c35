"""IndexNow (indexnow.org): search engines are told which pages of ours are new, changed or gone (`[publish] indexnow`).

Only articles of sources that are ours: the pages of others' articles name their origin as the canonical one. Each own
source's feed is one receiver of the outbox, which keeps its place in the feed's changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from db.store import Store
from feeds.actions.delivering.deliveries import MOST_ANSWER, TIMEOUT, How, Letter, Sender, SendTools
from feeds.actions.publishing.publish import site_info
from feeds.http.requests import Request
from feeds.model.deliveries import Delivery, Receiver, Sent
from feeds.model.deltas import Place
from feeds.model.outgoing import FeedKey
from feeds.model.settings import Settings
from feeds.text.urls import host_of, polite_domain

INDEXNOW = "indexnow"
KEY = "indexnow_key"
MOST_PAGES = 1_000
"""Addresses in one request; the protocol allows 10,000."""
NOT_NAMED = "[publish] indexnow does not name it, or its source is ours no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Where the receiver stood, where it stands once it took this, and whether there is more."""

    before: str
    after: str
    has_more: bool


def declare_indexnow(store: Store, settings: Settings, new_secret: Callable[[], str], now: datetime) -> None:
    """Has a receiver for each own source, from what changes next on; none where no endpoint is named."""
    url = settings.publish.indexnow if settings.site.base_url is not None else None
    wanted: set[tuple[str, int]] = set()
    if url is not None:
        if store.kept.get(KEY) is None:
            with store.write():
                if store.kept.get(KEY) is None:
                    store.kept.put(KEY, hashlib.sha256(new_secret().encode()).hexdigest()[:32])
        keys = [FeedKey(kind="source", slug=slug) for slug in store.articles.own_sources()]
        wanted = {(url, feed_id) for key in keys if (feed_id := store.feeds.id_of(key)) is not None}
    present = {(one.url, one.feed_id): one for one in store.deliveries.receivers(INDEXNOW, most=100_000)}
    for place in sorted(wanted - {place for place, one in present.items() if one.state == "live"}):
        host = host_of(place[0])
        one = present.get(place) or Receiver(
            kind=INDEXNOW,
            url=place[0],
            host=host,
            domain=polite_domain(host),
            feed_id=place[1],
            asked_at=now,
        )
        with store.write():
            here = Place.at(store.deltas.seq()).text()
            store.deliveries.put_receiver(
                replace(one, state="live", since_at=now, until_at=None, asked_at=now, detail="", place=here)
            )
    for place, one in present.items():
        if place not in wanted and one.state == "live":
            with store.write():
                store.deliveries.put_receiver(replace(one, state="ended", until_at=now, detail=NOT_NAMED))
                store.deliveries.drop_of(one.id)


def _letters(store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime) -> Sequence[Letter]:
    key, base = store.kept.get(KEY), site_info(tools.settings).base_url
    receivers = store.deliveries.receivers_of([one.receiver_id for one in several])
    letters: list[Letter] = []
    for delivery in several:
        receiver = receivers[delivery.receiver_id]
        info = store.feeds.of_ids([receiver.feed_id]).get(receiver.feed_id)
        if receiver.state != "live" or info is None or key is None:
            continue
        page = store.deltas.page(info.key, Place.parse(receiver.place), most=MOST_PAGES)
        if page is None or not page.deltas:
            continue
        body = {
            "host": urlsplit(base).netloc,
            "key": key,
            "keyLocation": f"{base}/{key}.txt",
            "urlList": [f"{base}/articles/{one.article_id}" for one in page.deltas],
        }
        letters.append(
            Letter(
                deliveries=(delivery,),
                request=Request(
                    url=receiver.url,
                    method="POST",
                    body=msgspec.json.encode(body),
                    headers=(
                        ("Content-Type", "application/json; charset=utf-8"),
                        ("Idempotency-Key", delivery.key),
                    ),
                    timeout=TIMEOUT,
                    max_bytes=MOST_ANSWER,
                    max_redirects=2,
                ),
                note=Batch(before=receiver.place, after=page.place.text(), has_more=page.has_more),
            )
        )
    return letters


def _noted(store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
    batch, delivery = letter.note, letter.deliveries[0]
    assert isinstance(batch, Batch)
    receiver = store.deliveries.receiver(delivery.receiver_id)
    if how != "told" or receiver is None or receiver.state != "live" or receiver.place != batch.before:
        return
    receiver = store.deliveries.put_receiver(replace(receiver, place=batch.after))
    if batch.has_more:
        store.deliveries.add(receiver, subject=delivery.subject, seq=delivery.seq, now=now)


SENDER = Sender(letters=_letters, noted=_noted)
