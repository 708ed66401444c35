"""The site's own WebSub hub: takes subscriptions, asks the callback back, and sends it every change.

ask (POST /hub) → a receiver, and a delivery that asks back → live → the publish tick's deliveries → the feed itself
That we subscribe to the hubs of others is `feeds.actions.gathering.subscribe`; hubs of others that we tell are `feeds.actions.delivering.public_hubs`.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

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
from feeds.actions.delivering.subscriber_links import link_key, status_link
from feeds.actions.publishing.publish import Renderer, feed_url, links_of, site_info
from feeds.config.own_addresses import own_problem
from feeds.errors import RenderError, RequestError
from feeds.http.address_guard import guard_of
from feeds.http.requests import Request
from feeds.http.websub import denial_url, question_url, signature
from feeds.model.deliveries import Delivery, Receiver, Sent
from feeds.model.outgoing import FeedInfo, FeedKey, Format, RenderedFeed, SiteInfo
from feeds.model.settings import Settings
from feeds.publish.compose import is_numbered
from feeds.publish.feed_paths import place_of
from feeds.publish.render import FORMATS
from feeds.text.urls import absolute_url, host_of, polite_domain

WEBSUB, VERIFY = "websub", "websub-verify"
LEASE, LONGEST_LEASE, SHORTEST_LEASE = timedelta(days=10), timedelta(days=15), timedelta(minutes=5)
MOST_SECRET = 200
MOST_URL = 2_000
MOST_OF_DOMAIN, MOST_OF_CLIENT = 10_000, 10_000
"""Receivers below one registrable domain, and asked for from one network address."""
MOST_UNVERIFIED = 100
"""Of one domain at one time: nobody has us ask thousands of addresses of somebody else."""
VERIFIED_WITHIN = timedelta(minutes=10)
"""How long we go on asking a callback that does not answer whether it meant to subscribe."""
ENDED = "The feed has ended, or is not public any more."
Mode = Literal["subscribe", "unsubscribe"]


class RefusedError(RequestError):
    """The hub refuses a request; `status` is the HTTP status of the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscriber asked for and has not confirmed yet."""

    mode: Mode
    feed_url: str
    lease_s: int
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One of our public feeds in a format."""

    feed_id: int
    info: FeedInfo
    format: Format


@dataclass(frozen=True, slots=True)
class _Secret:
    """The secret that signs a message to a subscriber; None if they gave none."""

    value: str | None


def is_on(settings: Settings) -> bool:
    """True if `[publish] hub` is on and the site has an address at which subscribers know it."""
    return settings.publish.hub and settings.site.base_url is not None


def topic_at(store: Store, url: str, site: SiteInfo) -> Topic:
    """The public feed at one of our addresses, a former one included; raises RefusedError."""
    path = url.removeprefix(site.base_url) if url.startswith(site.base_url + "/") else ""
    place = place_of(path) if "?" not in path and "#" not in path and "\0" not in path else None
    if place is None or not is_numbered(place[0]):
        raise RefusedError(404, "That is none of the feeds that this hub tells of.")
    key, format = place
    if key.kind != "all":
        present = store.feeds.slug_now(key.kind, key.slug)
        key = FeedKey(kind=key.kind, slug=present) if present is not None else key
    info = store.feeds.info(key)
    feed_id = store.feeds.id_of(key) if info is not None else None
    if info is None or feed_id is None:
        raise RefusedError(404, "That is none of the feeds that this hub tells of.")
    return Topic(feed_id=feed_id, info=info, format=format)


def checked_callback(url: str, settings: Settings, site: SiteInfo) -> str:
    """The address if we may send to it, as far as it shows; the transport looks at what it resolves to."""
    whole = absolute_url(url) if len(url) <= MOST_URL and url.isprintable() else None
    if whole is None or "@" in urlsplit(url).netloc:
        raise RefusedError(
            400, f"The callback has to be an http(s) address of at most {MOST_URL:,} characters."
        )
    if own_problem(whole, (site.base_url,)):
        raise RefusedError(400, "The callback is an address of this site.")
    try:
        is_open = guard_of(settings.fetch.allow).is_open(urlsplit(whole).hostname or "", 443, is_sample=False)
    except ValueError:
        is_open = True  # a name: judged when it is connected to
    if not is_open:
        raise RefusedError(400, "The callback is not at a public address.")
    return url.partition("#")[0]


def check_limits(store: Store, url: str, client: str) -> None:
    """Raises RefusedError if a domain or a client holds as many receivers as one may."""
    if store.deliveries.count_receivers(domain=polite_domain(host_of(url))) >= MOST_OF_DOMAIN:
        raise RefusedError(429, "There are too many subscriptions of that callback's domain.")
    if (
        store.deliveries.count_receivers(domain=polite_domain(host_of(url)), is_unverified=True)
        >= MOST_UNVERIFIED
    ):
        raise RefusedError(429, "Too many subscriptions of that callback's domain wait to be confirmed.")
    if store.deliveries.count_receivers(client=client) >= MOST_OF_CLIENT:
        raise RefusedError(429, "There are too many subscriptions from your address.")


def ask(
    store: Store,
    settings: Settings,
    *,
    mode: Mode,
    callback_url: str,
    feed_url: str,
    lease_seconds: int | None,
    secret: str | None,
    client: str,
    now: datetime,
) -> None:
    """Notes what a subscriber asks for, to be verified at its callback; raises RefusedError."""
    site = site_info(settings)
    topic = topic_at(store, feed_url, site)
    url = checked_callback(callback_url, settings, site)
    if secret is not None and not 0 < len(secret.encode("utf-8", "replace")) <= MOST_SECRET:
        raise RefusedError(400, f"hub.secret has to have 1 to {MOST_SECRET} bytes.")
    wanted = LEASE if lease_seconds is None else timedelta(seconds=min(lease_seconds, 10**8))
    lease = min(max(wanted, SHORTEST_LEASE), LONGEST_LEASE)
    asked = Asked(mode=mode, feed_url=feed_url, lease_s=round(lease.total_seconds()), secret=secret)
    with store.write():
        receiver = store.deliveries.receiver_at(WEBSUB, url, topic.feed_id, topic.format)
        if receiver is None:
            if mode == "unsubscribe":
                return  # nobody learns here who subscribes, and nothing has to end
            check_limits(store, url, client)
            receiver = new_receiver(WEBSUB, url, topic, client, now)
        stored = store.deliveries.put_receiver(
            replace(
                receiver,
                state="asked" if receiver.state == "ended" else receiver.state,
                asked=msgspec.json.encode(asked).decode(),
                asked_no=receiver.asked_no + 1,
                asked_at=now,
                client=client,
            )
        )
        store.deliveries.add(stored, kind=VERIFY, subject="verify", seq=stored.asked_no, now=now)


def new_receiver(kind: str, url: str, topic: Topic, client: str, now: datetime) -> Receiver:
    """A receiver of a feed that nobody has verified yet."""
    host = host_of(url)
    return Receiver(
        kind=kind,
        url=url,
        host=host,
        domain=polite_domain(host),
        feed_id=topic.feed_id,
        format=topic.format,
        client=client,
        asked_at=now,
    )


def end(store: Store, receiver: Receiver, why: str, now: datetime) -> None:
    """The receiver is told nothing more."""
    with store.write():
        store.deliveries.put_receiver(replace(receiver, state="ended", asked="", detail=why, until_at=now))
        store.deliveries.drop_of(receiver.id)


def get_request(url: str, *headers: tuple[str, str]) -> Request:
    """A question to a receiver: nothing is followed, since an answer from elsewhere confirms nothing."""
    return Request(url=url, headers=headers, timeout=TIMEOUT, max_bytes=MOST_ANSWER, max_redirects=0)


def _questions(
    store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime
) -> Sequence[Letter]:
    receivers = store.deliveries.receivers_of([one.receiver_id for one in several])
    key, base_url = link_key(store, tools.new_secret), site_info(tools.settings).base_url
    letters: list[Letter] = []
    for one in several:
        receiver = receivers[one.receiver_id]
        if not receiver.asked:
            continue
        asked = msgspec.json.decode(receiver.asked, type=Asked)
        challenge = tools.new_secret()
        lease = timedelta(seconds=asked.lease_s) if asked.mode == "subscribe" else None
        url = question_url(
            receiver.url, asked.mode, feed_url=asked.feed_url, challenge=challenge, lease=lease
        )
        letters.append(
            Letter(
                deliveries=(one,),
                request=get_request(url, ("Link", status_link(key, receiver, base_url))),
                told_seq=receiver.asked_no,
                note=(receiver.asked_no, challenge),
            )
        )
    return letters


async def ask_back(letter: Letter, tools: SendTools) -> Sent:
    """Asks a receiver whether it meant what was asked; told where its answer is the challenge."""
    assert letter.request is not None
    sent = judged(await tools.transport.get(letter.request), tools.clock())
    return confirmed(sent, hmac.compare_digest(sent.body.strip(), letter.note[1].encode()))


def confirmed(sent: Sent, is_challenge: bool) -> Sent:
    """The answer to a question: told where it brings the challenge; a no is final, who could not answer is asked again."""
    if sent.is_taken and not is_challenge:
        return replace(sent, is_taken=False, is_final=True, detail="It did not answer with the challenge.")
    is_no = sent.status is not None and sent.status < 500 and sent.status != 429
    return replace(sent, is_final=not sent.is_taken and is_no)


def confirming(store: Store, letter: Letter, sent: Sent, how: How) -> Receiver | None:
    """The receiver that has just confirmed what it asked for; None, and noted, where it did not, or asked anew since."""
    receiver = store.deliveries.receiver(letter.deliveries[0].receiver_id)
    if receiver is None or not receiver.asked or receiver.asked_no != letter.note[0] or how == "again":
        return None
    if how != "told":
        state = "ended" if receiver.state == "asked" else receiver.state
        store.deliveries.put_receiver(
            replace(receiver, state=state, asked="", detail=f"It did not confirm: {sent.detail}")
        )
        return None
    return receiver


def _verified(store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
    receiver = confirming(store, letter, sent, how)
    if receiver is None:
        return
    asked = msgspec.json.decode(receiver.asked, type=Asked)
    if asked.mode == "unsubscribe":
        end(store, receiver, "it unsubscribed", now)
        return
    live = replace(
        receiver,
        state="live",
        asked="",
        named_url=asked.feed_url,
        secret=asked.secret,
        since_at=receiver.since_at or now,
        until_at=now + timedelta(seconds=asked.lease_s),
        detail="",
    )
    store.deliveries.wake(store.deliveries.put_receiver(live), now)


def _contents(store: Store, several: Sequence[Delivery], tools: SendTools, now: datetime) -> Sequence[Letter]:
    site, publish = site_info(tools.settings), tools.settings.publish
    receivers = store.deliveries.receivers_of([one.receiver_id for one in several])
    infos = store.feeds.of_ids([one.feed_id for one in receivers.values()])
    renderer = Renderer(store, site=site, publish=publish, now=now)
    key = link_key(store, tools.new_secret)
    made: dict[tuple[int, str], RenderedFeed | None] = {}
    letters: list[Letter] = []
    for one in sorted(
        several, key=lambda one: (receivers[one.receiver_id].feed_id, receivers[one.receiver_id].format)
    ):
        receiver = receivers[one.receiver_id]
        if receiver.state != "live" or (receiver.until_at is not None and receiver.until_at <= now):
            continue
        info, format = infos.get(receiver.feed_id), format_of(receiver)
        if info is None or not is_on(tools.settings):
            url = denial_url(receiver.url, feed_url=receiver.named_url, reason=ENDED)
            letters.append(Letter(deliveries=(one,), request=get_request(url), note=ENDED))
            continue
        place = (receiver.feed_id, receiver.format)
        if place not in made:
            made[place] = _rendered(renderer, info.key, format)
        feed = made[place]
        letters.append(
            Letter(
                deliveries=(one,),
                request=None if feed is None else _content(receiver, one, feed, info.key, site, key),
                told_seq=info.changed_seq,
                note=_Secret(receiver.secret),
            )
        )
    return letters


def format_of(receiver: Receiver) -> Format:
    """The format in which a receiver gets its feed."""
    return next(one for one in FORMATS if one == receiver.format)


def _rendered(renderer: Renderer, key: FeedKey, format: Format) -> RenderedFeed | None:
    try:
        return renderer.feed(key, format)
    except RenderError:
        return None


def _content(
    receiver: Receiver,
    delivery: Delivery,
    feed: RenderedFeed,
    key: FeedKey,
    site: SiteInfo,
    sign_key: str,
) -> Request:
    status = status_link(sign_key, receiver, site.base_url)
    own = f'<{feed_url(key, format_of(receiver), site)}>; rel="self"'
    headers = (
        ("Content-Type", feed.media_type),
        ("Link", f"{links_of(key, format_of(receiver), site) or own}, {status}"),
        ("Idempotency-Key", delivery.key),
    )
    return Request(
        url=receiver.url,
        method="POST",
        body=feed.body,
        headers=headers,
        timeout=TIMEOUT,
        max_bytes=MOST_ANSWER,
        max_redirects=0,
    )


async def _deliver(letter: Letter, tools: SendTools) -> Sent:
    if letter.request is None:
        return Sent(is_taken=False, status=0, detail="The feed cannot be written; the log says why.")
    if isinstance(letter.note, _Secret) and letter.note.value is not None:
        # Only now: signing thousands of copies at once would have the first one wait for the last.
        signed = ("X-Hub-Signature", signature(letter.note.value, letter.request.body))
        letter = replace(letter, request=replace(letter.request, headers=(*letter.request.headers, signed)))
    return await post(letter, tools)


def _delivered(store: Store, letter: Letter, sent: Sent, how: How, now: datetime) -> None:
    if how == "again" or not (letter.note == ENDED or sent.status == 410):
        return
    receiver = store.deliveries.receiver(letter.deliveries[0].receiver_id)
    if receiver is not None and receiver.state == "live":
        end(store, receiver, ENDED if letter.note == ENDED else "its callback answered 410", now)


SENDER = Sender(letters=_contents, send=_deliver, noted=_delivered)
QUESTIONS = Sender(
    letters=_questions, send=ask_back, noted=_verified, patience=VERIFIED_WITHIN, is_alerted=False
)
