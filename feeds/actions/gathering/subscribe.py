"""Subscribes to the hubs of sources (WebSub): a poll finds a hub, we ask it, it confirms or denies; renews and leaves.

poll → note_hubs | tick: due_asks → ask (POST to the hub) → note_answer | hub's GET: confirm, deny
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.store import Store
from feeds.errors import NotFoundError
from feeds.http.requests import Request, Response
from feeds.http.websub import request_form
from feeds.ingest.pages.reading import reads_pages
from feeds.ingest.poll.fetch import judge
from feeds.ingest.poll.pipeline import Polled, PollTools
from feeds.ingest.poll.subscriber import (
    LEASE,
    LIVE,
    again,
    answered,
    asking,
    confirmed,
    has_missed,
    left,
    links_of,
    planned,
    refused,
    silent,
)
from feeds.ingest.rules.politeness import domain_cooldown
from feeds.model.articles import Changes
from feeds.model.fetched import Failed, Fetched, NotModified
from feeds.model.push import HubAsk, HubSubscription
from feeds.model.settings import Settings
from feeds.text.markup import one_line, whole_number
from feeds.text.urls import host_of, polite_domain, shown_url

CALLBACK_PATH = "/websub/"
MOST_ASKS = 20
RETAKEN_AFTER = timedelta(minutes=10)
"""After so long another process repeats a request: the one that was sending it may have died."""
SLOT_WAIT = timedelta(seconds=20)
MOST_ANSWER = 65_536
BY_US = "the source is not polled, or `[poll] websub` is off"
"""A temporary reason why we left a subscription: when it ends, we subscribe again."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")

log = logging.getLogger("feedwright.websub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whether, and where, hubs can tell us."""

    is_on: bool
    base_url: str | None

    def callback_url(self, token: str) -> str:
        """The address that a hub is given."""
        return f"{(self.base_url or '').rstrip('/')}{CALLBACK_PATH}{token}"


def reach_of(settings: Settings) -> Reach:
    """On where `[poll] websub` says so and the site has a public address."""
    base_url = settings.site.base_url
    return Reach(is_on=settings.poll.websub and base_url is not None, base_url=base_url)


def note_hubs(store: Store, several: Sequence[Polled]) -> None:
    """Notes the hubs that polled sources name: new ones will be asked, others left."""
    named = [
        (one, links)
        for one in several
        if (links := links_of(one.due.source, one.result, one.feed)) is not None
    ]
    subscriptions: dict[int, list[HubSubscription]] = defaultdict(list)
    for one in store.hubs.subscriptions_of([polled.due.source.id for polled, _ in named]) if named else ():
        subscriptions[one.source_id].append(one)
    for polled, links in named:
        if not isinstance(polled.result, Fetched | NotModified):
            continue
        for change in planned(
            links,
            subscriptions[polled.due.source.id],
            source_id=polled.due.source.id,
            document_url=polled.result.url,
            document_format=polled.feed.format if polled.feed is not None else None,
            now=polled.at,
        ):
            store.hubs.put_subscription(change)


def note_silence(store: Store, polled: Polled, changes: Changes) -> Polled:
    """The poll. If it found articles that the hub should have sent, the source is polled at its own pace again."""
    poll = polled.due.poll
    if (
        poll.told_until_at is None
        or not poll.is_imported
        or not changes.new
        or reads_pages(polled.due.source)
    ):
        return polled
    drafts = [new.draft for new in changes.new]
    for one in store.hubs.subscriptions_of([polled.due.source.id]):
        if has_missed(one, drafts, last_polled_at=poll.last_polled_at, now=polled.at):
            log.warning("%s: %s went silent", polled.due.source.slug, host_of(one.hub_url))
            store.hubs.put_subscription(silent(one, polled.at))
            return replace(polled, due=replace(polled.due, poll=replace(poll, told_until_at=None)))
    return polled


def due_asks(
    store: Store, reach: Reach, *, now: datetime, pause: timedelta, new_secret: Callable[[], str]
) -> tuple[HubAsk, ...]:
    """Requests to hubs that are due; each is noted before it leaves, since a hub may ask back at once."""
    asks: list[HubAsk] = []
    taken = store.hubs.take_subscriptions(now=now, until=now + RETAKEN_AFTER, most=MOST_ASKS)
    for each in taken:
        with store.write():
            one = store.hubs.subscription(each.id)
            present = _as_wished(store, one, reach, now) if one is not None else None
            if present is None:
                continue
            domain = polite_domain(host_of(present.hub_url))
            cool = store.polls.cool_until(domain)
            slot = (
                cool
                if cool is not None and cool > now
                else store.polls.take_slot(domain, now=now, pause=pause)
            )
            if slot > now + SLOT_WAIT:
                store.hubs.put_subscription(replace(present, next_try_at=slot))
                continue
            noted = asking(present, token=new_secret(), secret=new_secret(), now=now)
            stored = store.hubs.put_subscription(noted)
            if stored.pending is not None and stored.pending_until_at is not None and noted.state != "left":
                asks.append(HubAsk(subscription=stored, mode=stored.pending, slot_at=slot))
    return tuple(asks)


async def ask(one: HubAsk, tools: PollTools, reach: Reach) -> Response | Failed:
    """The hub's answer to one request, sent when its domain gives leave."""
    await asyncio.sleep(max(0.0, (one.slot_at - tools.clock()).total_seconds()))
    subscription = one.subscription
    body = request_form(
        one.mode,
        callback_url=reach.callback_url(subscription.token or ""),
        feed_url=subscription.feed_url,
        secret=subscription.secret,
        lease=LEASE,
    )
    return await tools.send.get(
        Request(
            url=subscription.hub_url,
            method="POST",
            body=body,
            headers=(("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "*/*")),
            timeout=tools.asking.limits.timeout,
            max_bytes=MOST_ANSWER,
            max_redirects=tools.asking.limits.max_redirects,
        )
    )


def note_answer(store: Store, one: HubAsk, answer: Response | Failed, now: datetime) -> None:
    """Notes what a hub answered; what it confirmed meanwhile stays confirmed."""
    status, detail, retry_after = None, "", None
    if isinstance(answer, Response) and 200 <= answer.status < 300:
        status = answer.status
    else:
        failed = answer if isinstance(answer, Failed) else judge(answer, now=now)
        status = answer.status if isinstance(answer, Response) else None
        detail = failed.detail if isinstance(failed, Failed) else f"The hub answered with status {status}."
        if isinstance(failed, Failed):
            retry_after = failed.retry_after
            rest = domain_cooldown(failed, one.subscription.failure_count)
            if rest is not None:
                store.polls.cool(polite_domain(host_of(one.subscription.hub_url)), until=now + rest)
        reason = (
            one_line(answer.body[:500].decode("utf-8", "replace")) if isinstance(answer, Response) else ""
        )
        detail = f"{detail} {reason}".strip() if reason and not reason.startswith("<") else detail
        log.info("%s: %s", shown_url(one.subscription.hub_url), detail)
    with store.write():
        present = store.hubs.subscription(one.subscription.id)
        if present is None or present.token != one.subscription.token:
            return
        after = answered(present, one.mode, status=status, detail=detail, retry_after=retry_after, now=now)
        if after != present:
            store.hubs.put_subscription(after)


def confirm(
    store: Store, token: str, *, mode: str, feed_url: str, lease_seconds: str | None, now: datetime
) -> bool:
    """True if the hub asks about a request that we did make; the answer is stored. Raises NotFoundError for an unknown token."""
    seconds = whole_number(lease_seconds, digits=10)
    of_token(store, token)  # a stranger's guess must not wait for, nor take, the right to write
    with store.write():
        one = of_token(store, token)
        after = confirmed(one, mode, feed_url, None if seconds is None else timedelta(seconds=seconds), now)
        if after is not None:
            store.hubs.put_subscription(after)
    return after is not None


def deny(store: Store, token: str, *, feed_url: str, reason: str, now: datetime) -> bool:
    """True if the hub's refusal was stored; it may refuse at any time."""
    of_token(store, token)
    with store.write():
        one = of_token(store, token)
        if feed_url != one.feed_url or one.state not in LIVE:
            return False
        store.hubs.put_subscription(
            refused(one, f"it denied the subscription: {reason.replace(chr(0), '') or 'no reason'}", now)
        )
    return True


def wake_all(store: Store, reach: Reach, now: datetime) -> None:
    """At the start of a scheduler: makes subscriptions be looked at, to subscribe again or to leave them, as `[poll] websub` says."""
    store.hubs.wake_subscriptions(now, is_every=not reach.is_on)


def _as_wished(store: Store, one: HubSubscription, reach: Reach, now: datetime) -> HubSubscription | None:
    """The subscription as it should be by now; None if there is nothing to ask for it."""
    row = store.sources.of_id(one.source_id)
    is_wished = reach.is_on and row is not None and row.source.state == "active"
    if one.state in LIVE and not is_wished:
        if one.state in ("wanted", "refused"):
            if row is None or row.source.state != "active":
                store.hubs.put_subscription(left(one, BY_US, now))
            return None
        one = left(one, BY_US, now)
    elif one.state in ("leaving", "left") and one.reason == BY_US and is_wished:
        siblings = store.hubs.subscriptions_of([one.source_id])
        if not any(other.state in LIVE for other in siblings) and one.id == siblings[-1].id:
            store.hubs.put_subscription(again(one, now))
    if one.state == "leaving" and reach.base_url is None:
        one = replace(one, state="left", next_try_at=None)
    if one.state == "left":
        store.hubs.put_subscription(replace(one, next_try_at=None))
        return None
    return one


def of_token(store: Store, token: str) -> HubSubscription:
    """The subscription whose callback address ends so; NotFoundError where there is none."""
    found = store.hubs.subscription_of_token(token) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise NotFoundError("That is not one of our callbacks.")
    return found


def by_hub(asks: Sequence[HubAsk]) -> dict[str, list[HubAsk]]:
    """Requests, registrable domain by domain, in the order of their slots."""
    grouped: dict[str, list[HubAsk]] = defaultdict(list)
    for one in sorted(asks, key=lambda one: one.slot_at):
        grouped[polite_domain(host_of(one.subscription.hub_url))].append(one)
    return dict(grouped)
