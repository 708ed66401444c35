"""Our WebSub subscriptions: when a hub is asked, what its answers mean, when a lease is renewed or a hub no longer believed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feeds.http.websub import MOST_HUBS, links_of_headers
from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Fetched, FetchResult, NotModified
from feeds.model.incoming import Source
from feeds.model.push import HubLinks, HubSubscription, Pending
from feeds.text.markup import one_line
from feeds.text.urls import host_of, is_secret, same_url_key

LEASE = timedelta(days=10)
"""What we ask for, as the standard suggests."""
UNSAID_LEASE = timedelta(days=1)
"""What is assumed where the hub names none."""
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=1), timedelta(days=90)
CONFIRM_WITHIN = timedelta(hours=1)
"""How long a hub may take to ask whether we meant it; then it is asked again."""
CONFIRM_AGAIN = timedelta(minutes=10)
"""For so long a hub that missed our confirmation may ask once more."""
FIRST_RETRY, LAST_RETRY = timedelta(minutes=5), timedelta(days=1)
TRIES = 4
"""So many failures in a row, and the next hub is tried."""
AFTER_REFUSAL = timedelta(days=7)
AFTER_SILENCE = timedelta(days=1)
"""Doubled with each silence, sixteen times at most."""
GRACE = timedelta(minutes=10)
"""How late a push may be."""
REASON_CHARS = 200
LIVE = ("wanted", "asked", "active", "silent", "refused")
_NOT_A_NO = frozenset({408, 425, 429})


def links_of(source: Source, result: FetchResult, feed: DraftFeed | None) -> HubLinks | None:
    """The hubs that an answer names, headers before the document; None if it does not say.

    A source whose address is private, that wants credentials, or that is a sample, is never named to a hub.
    """
    if not isinstance(result, Fetched | NotModified):
        return None
    named = [value for name, value in result.headers if name.lower() == "link"]
    if feed is None and not named:
        return None
    is_private = source.public_url is None or source.options.user is not None or bool(source.options.headers)
    if is_private or source.is_sample:
        return HubLinks() if feed is not None else None
    stated = links_of_headers(named, result.url)
    hubs = stated.hub_urls or (feed.hub_urls if feed is not None else ())
    own = stated.feed_url or (feed.self_url if feed is not None else None)
    if feed is None and (not hubs or own is None):
        return None
    own = own or result.url
    return HubLinks() if not hubs or is_secret(own) else HubLinks(hub_urls=hubs[:MOST_HUBS], feed_url=own)


def planned(
    links: HubLinks,
    subscriptions: Sequence[HubSubscription],
    *,
    source_id: int,
    document_url: str,
    document_format: str | None,
    now: datetime,
) -> tuple[HubSubscription, ...]:
    """What changes in a source's subscriptions by what its document says: a new one, and old ones to leave."""
    live = [one for one in subscriptions if one.state in LIVE]
    kept = next(
        (one for one in live if one.feed_url == links.feed_url and one.hub_url in links.hub_urls), None
    )
    changed = [left(one, "the source names another hub or address", now) for one in live if one is not kept]
    if kept is not None:
        noted = replace(
            kept,
            hub_urls=links.hub_urls,
            document_url=document_url,
            document_format=document_format or kept.document_format,
        )
        return (*changed, noted) if noted != kept else tuple(changed)
    if links.hub_urls and links.feed_url:
        wanted = HubSubscription(
            source_id=source_id,
            hub_url=links.hub_urls[0],
            hub_urls=links.hub_urls,
            feed_url=links.feed_url,
            document_url=document_url,
            document_format=document_format,
            next_try_at=now,
        )
        changed.append(wanted)
    return tuple(changed)


def again(one: HubSubscription, now: datetime) -> HubSubscription:
    """The same as a new subscription: for a source that is polled again."""
    return HubSubscription(
        source_id=one.source_id,
        hub_url=one.hub_url,
        hub_urls=one.hub_urls,
        feed_url=one.feed_url,
        document_url=one.document_url,
        document_format=one.document_format,
        next_try_at=now,
    )


def left(one: HubSubscription, reason: str, now: datetime) -> HubSubscription:
    """The subscription on its way out: a hub that knows of it is told, another one need not be."""
    is_known = one.token is not None and one.state in ("asked", "active", "silent")
    return replace(
        one,
        state="leaving" if is_known else "left",
        pending=None,
        pending_until_at=now,
        next_try_at=now if is_known else None,
        failure_count=0,
        reason=reason,
    )


def asking(one: HubSubscription, *, token: str, secret: str, now: datetime) -> HubSubscription:
    """The subscription as it stands before the request leaves: the hub may ask at once whether we meant it."""
    if one.state == "leaving":
        if one.failure_count >= TRIES:
            return replace(one, state="left", pending_until_at=now, next_try_at=None)
        return _asked(replace(one, failure_count=one.failure_count + 1), "unsubscribe", now)
    if one.state == "asked" or (one.state == "silent" and one.pending == "subscribe"):
        before, one = one, _failed(one, "it never asked whether we meant it", now)
        if one.state != before.state:
            return one
    elif one.state != "silent" and not _is_leased(one, now):
        one = replace(one, state="asked")
    return _asked(replace(one, token=one.token or token, secret=one.secret or secret), "subscribe", now)


def answered(
    one: HubSubscription,
    mode: Pending,
    *,
    status: int | None,
    detail: str,
    retry_after: timedelta | None,
    now: datetime,
) -> HubSubscription:
    """The subscription after the hub's answer to our request; `status` is None if there was none."""
    if one.pending != mode or one.pending_until_at is None or one.pending_until_at < now:
        return one  # confirmed, refused or given up meanwhile
    if status is not None and 200 <= status < 300:
        return one
    is_no = status is not None and 400 <= status < 500 and status not in _NOT_A_NO
    if mode == "unsubscribe" and is_no:
        return replace(one, state="left", pending=None, pending_until_at=now, next_try_at=None)
    if is_no:
        return refused(one, detail, now)
    found = _failed(one, detail, now)
    if retry_after is not None and found.next_try_at is not None:
        found = replace(found, next_try_at=max(found.next_try_at, now + retry_after))
    return found


def confirmed(
    one: HubSubscription, mode: str, feed_url: str, lease: timedelta | None, now: datetime
) -> HubSubscription | None:
    """The subscription after the hub asked whether we meant it; None if we did not."""
    is_awaited = one.pending_until_at is not None and now <= one.pending_until_at
    if not is_awaited or mode != one.pending or feed_url != one.feed_url:
        return None
    again_until = min(one.pending_until_at or now, now + CONFIRM_AGAIN)
    if mode == "unsubscribe":
        return replace(one, state="left", pending_until_at=again_until, next_try_at=None, lease_until_at=None)
    span = min(max(lease or UNSAID_LEASE, SHORTEST_LEASE), LONGEST_LEASE)
    return replace(
        one,
        state="active",
        pending_until_at=again_until,
        since_at=one.since_at if one.state == "active" and one.since_at else now,
        lease_until_at=now + span,
        next_try_at=now + span / 2,
        failure_count=0,
        reason="",
    )


def refused(one: HubSubscription, reason: str, now: datetime) -> HubSubscription:
    """The subscription after a hub said no: to the source's next hub, or in a week to the first one again."""
    place = one.hub_urls.index(one.hub_url) + 1 if one.hub_url in one.hub_urls else len(one.hub_urls)
    has_next = place < len(one.hub_urls)
    why = one_line(reason)[:REASON_CHARS] or "it gave no reason"
    return replace(
        one,
        hub_url=one.hub_urls[place] if has_next else one.hub_urls[0],
        token=None,
        secret=None,
        state="wanted" if has_next else "refused",
        pending=None,
        pending_until_at=None,
        since_at=None,
        lease_until_at=None,
        next_try_at=now if has_next else now + AFTER_REFUSAL,
        failure_count=0,
        reason=f"{host_of(one.hub_url)}: {why}",
    )


def silent(one: HubSubscription, now: datetime) -> HubSubscription:
    """The subscription after the source was found to have what its hub did not bring."""
    wait = AFTER_SILENCE * 2 ** min(one.silences, 4)
    return replace(
        one,
        state="silent",
        silences=one.silences + 1,
        pending=None,
        pending_until_at=None,
        next_try_at=now + wait,
        reason="the source had an article that its hub did not tell of",
    )


def has_missed(
    one: HubSubscription, new: Sequence[Draft], *, last_polled_at: datetime | None, now: datetime
) -> bool:
    """True if a poll found an article that the hub should have brought by then.

    An undated one came some time since the last poll: it counts where that is long enough ago.
    """
    if one.state != "active" or one.since_at is None:
        return False
    heard = max(one.since_at, one.told_at or one.since_at)
    undated = last_polled_at if last_polled_at is not None and now - last_polled_at > 2 * GRACE else None
    for draft in new:
        moment = draft.published_at or undated
        if moment is not None and heard < moment <= now - GRACE:
            return True
    return False


def is_same_document(one: HubSubscription, source: Source) -> bool:
    """True if what the hub brings is what the source itself answers, not another form of it."""
    own = same_url_key(one.feed_url)
    return own in (same_url_key(one.document_url), same_url_key(source.fetch_url))


def hub_words(one: HubSubscription, *, is_on: bool) -> str:
    """How it stands with a source's hub, in words that an admin reads."""
    host = host_of(one.hub_url)
    if not is_on and one.state in LIVE:
        return f"{host} could tell us: set [site] base_url, and [poll] websub = true"
    ignored = (
        f"; unsigned or wrongly signed pushes were ignored ({_moment(one.ignored_at)})"
        if one.ignored_at
        else ""
    )
    why = f" ({one.reason})" if one.reason else ""
    words = {
        "wanted": f"{host} will be asked to tell us{why}",
        "asked": f"{host} was asked to tell us, and has not confirmed it yet{why}",
        "active": f"told by {host} until {_moment(one.lease_until_at)}",
        "silent": f"{host} went silent; asked at its own rhythm, tried again {_moment(one.next_try_at)}{why}",
        "refused": f"no hub tells us; tried again {_moment(one.next_try_at)}{why}",
        "leaving": f"{host} is being told that we leave{why}",
        "left": f"{host} does not tell us any more{why}",
    }
    return words[one.state] + ignored


def _asked(one: HubSubscription, mode: Pending, now: datetime) -> HubSubscription:
    until = now + CONFIRM_WITHIN
    return replace(one, pending=mode, pending_until_at=until, next_try_at=until)


def _failed(one: HubSubscription, detail: str, now: datetime) -> HubSubscription:
    count = one.failure_count + 1
    if one.state in ("asked", "silent") and count >= TRIES:
        return refused(one, detail, now)
    wait: timedelta = min(FIRST_RETRY * 2 ** min(one.failure_count, 12), LAST_RETRY)
    return replace(one, failure_count=count, next_try_at=now + wait, reason=one_line(detail)[:REASON_CHARS])


def _is_leased(one: HubSubscription, now: datetime) -> bool:
    return one.state == "active" and one.lease_until_at is not None and one.lease_until_at > now


def _moment(then: datetime | None) -> str:
    return then.strftime("%Y-%m-%d %H:%M UTC") if then else "never"
