"""rssCloud: asks back whoever asks at /cloud, then tells them for 25 hours that a feed has changed.

What is sent is the feed's address alone, as a form; the reader fetches the feed itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from db.store import Store
from feeds.actions.delivering.deliveries import (
    MOST_ANSWER,
    TIMEOUT,
    How,
    Letter,
    Sender,
    SendTools,
    judged,
    post,
)
from feeds.actions.delivering.hub import (
    ENDED,
    VERIFIED_WITHIN,
    RefusedError,
    check_limits,
    checked_callback,
    confirmed,
    confirming,
    end,
    format_of,
    get_request,
    new_receiver,
    topic_at,
)
from feeds.actions.publishing.publish import feed_url, site_info
from feeds.http.client_address import client_of
from feeds.http.requests import Request
from feeds.model.deliveries import Delivery, Sent
from feeds.model.settings import Settings

CLOUD, VERIFY = "rsscloud", "rsscloud-verify"
LEASE = timedelta(hours=25)
MOST_FEEDS = 20
"""In one request."""
CHALLENGE, TEST = "challenge", "test"


def please_notify(
    store: Store,
    settings: Settings,
    *,
    urls: Sequence[str],
    domain: str | None,
    client: str,
    port: str,
    path: str,
    protocol: str,
    now: datetime,
) -> int:
    """Notes that a reader wants to be told of these feeds, and answers of how many; raises RefusedError.

    With a `domain` of its own the reader is asked to return a challenge; else whoever asks is the one who is told, and
    a first message tries whether it can be reached.
    """
    if protocol not in ("http-post", "https-post"):
        raise RefusedError(400, "Only the protocols http-post and https-post are spoken here.")
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise RefusedError(400, "port has to be a number from 1 to 65535.")
    if not urls or len(urls) > MOST_FEEDS:
        raise RefusedError(400, f"Name one to {MOST_FEEDS} feeds: url1, url2 and so on.")
    site = site_info(settings)
    host = domain or (f"[{client}]" if ":" in client else client)
    scheme = "https" if protocol == "https-post" or port == "443" else "http"
    url = checked_callback(f"{scheme}://{host}:{port}/{path.lstrip('/')}", settings, site)
    counted = client_of(client)
    topics = [topic_at(store, one, site) for one in dict.fromkeys(urls)]
    with store.write():
        for topic, named in zip(topics, dict.fromkeys(urls), strict=True):
            receiver = store.deliveries.receiver_at(CLOUD, url, topic.feed_id, topic.format)
            if receiver is None:
                check_limits(store, url, counted)
                receiver = new_receiver(CLOUD, url, topic, counted, now)
            stored = store.deliveries.put_receiver(
                replace(
                    receiver,
                    state="asked" if receiver.state == "ended" else receiver.state,
                    named_url=named,
                    asked=CHALLENGE if domain else TEST,
                    asked_no=receiver.asked_no + 1,
                    asked_at=now,
                    client=counted,
                )
            )
            store.deliveries.add(stored, kind=VERIFY, subject="verify", seq=stored.asked_no, now=now)
    return len(topics)


def _message(url: str, named_url: str, key: str) -> Request:
    return Request(
        url=url,
        method="POST",
        body=urlencode({"url": named_url}).encode(),
        headers=(("Content-Type", "application/x-www-form-urlencoded"), ("Idempotency-Key", key)),
        timeout=TIMEOUT,
        max_bytes=MOST_ANSWER,
        max_redirects=0,
    )


def _questions(
    store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime
) -> Sequence[Letter]:
    receivers = store.deliveries.receivers_of([one.receiver_id for one in several])
    letters: list[Letter] = []
    for one in several:
        receiver = receivers[one.receiver_id]
        if not receiver.asked:
            continue
        challenge = tools.new_secret() if receiver.asked == CHALLENGE else ""
        joint = "&" if "?" in receiver.url else "?"
        question = f"{receiver.url}{joint}{urlencode({'url': receiver.named_url, 'challenge': challenge})}"
        letters.append(
            Letter(
                deliveries=(one,),
                request=get_request(question)
                if challenge
                else _message(receiver.url, receiver.named_url, one.key),
                told_seq=receiver.asked_no,
                note=(receiver.asked_no, challenge),
            )
        )
    return letters


async def _ask_back(letter: Letter, tools: SendTools) -> Sent:
    assert letter.request is not None
    sent = judged(await tools.transport.get(letter.request), tools.clock())
    return confirmed(sent, letter.note[1].encode() in sent.body)


def _verified(store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
    receiver = confirming(store, letter, sent, how)
    if receiver is None:
        return
    live = replace(
        receiver,
        state="live",
        asked="",
        since_at=receiver.since_at or now,
        until_at=now + LEASE,
        detail="",
    )
    store.deliveries.wake(store.deliveries.put_receiver(live), now)


def _messages(store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime) -> Sequence[Letter]:
    site = site_info(tools.settings)
    receivers = store.deliveries.receivers_of([one.receiver_id for one in several])
    infos = store.feeds.of_ids([one.feed_id for one in receivers.values()])
    letters: list[Letter] = []
    for one in several:
        receiver = receivers[one.receiver_id]
        if receiver.state != "live" or (receiver.until_at is not None and receiver.until_at <= now):
            continue
        info = infos.get(receiver.feed_id)
        if info is None:
            end(store, receiver, ENDED, now)
            continue
        # The reader knows the feed by the address at which it asked; a renamed feed leads on from there.
        named = receiver.named_url or feed_url(info.key, format_of(receiver), site)
        letters.append(
            Letter(
                deliveries=(one,),
                request=_message(receiver.url, named, one.key),
                told_seq=info.changed_seq,
            )
        )
    return letters


def _note(store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
    if sent.status != 410:
        return
    receiver = store.deliveries.receiver(letter.deliveries[0].receiver_id)
    if receiver is not None and receiver.state == "live":
        end(store, receiver, "it answered 410", now)


SENDER = Sender(letters=_messages, send=post, noted=_note)
QUESTIONS = Sender(
    letters=_questions, send=_ask_back, noted=_verified, patience=VERIFIED_WITHIN, is_alerted=False
)
