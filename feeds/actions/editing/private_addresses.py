"""Private addresses of feeds: gives one out (its token is kept as a hash), finds what one opens, takes it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.store import Store
from feeds.actions.declaring.partner_keys import hash_of
from feeds.actions.editing.changes import noted
from feeds.actions.publishing.publish import MOST_ENTRIES, WINDOW
from feeds.errors import NotFoundError, RequestError, StoreError
from feeds.model.articles import Article
from feeds.model.outgoing import PLURALS, FeedKey, FeedPage, SiteInfo
from feeds.model.people import Actor
from feeds.model.private import PrivateAddress
from feeds.model.rights import Share
from feeds.model.settings import PublishSettings
from feeds.publish.alertfeed import NAME as ALERTS
from feeds.text.markup import one_line

USED_EVERY = timedelta(hours=1)
"""How exactly the last use is kept: a poll does not write."""
MOST_FEEDS = 100


def give(
    store: Store,
    *,
    name: str,
    opened: Sequence[str],
    share: Share,
    ends_at: datetime | None,
    actor: Actor,
    new_token: Callable[[], str],
    now: datetime,
) -> tuple[PrivateAddress, str]:
    """A new private address and its token, which is shown this once; raises RequestError for feeds that are not there."""
    name = one_line(name)
    if not name:
        raise RequestError("Say who the address is for.")
    if ends_at is not None and ends_at <= now:
        raise RequestError("That end is in the past.")
    paths = tuple(dict.fromkeys(one.strip().strip("/") for one in opened if one.strip()))
    if len(paths) > MOST_FEEDS:
        raise RequestError(
            f"An address opens {MOST_FEEDS} feeds at most; without any, it opens every public one."
        )
    for path in paths:
        _require_feed(store, path)
    token = new_token()
    with store.write():
        made = store.private.add(
            hash_of(token), name=name, opened=paths, share=share, ends_at=ends_at, now=now
        )
        noted(store, actor, now, kind="private address", what=f"gave {made.name} a private address")
    return made, token


def revoke(store: Store, address_id: int, *, actor: Actor, now: datetime) -> PrivateAddress:
    """Ends an address at once; raises NotFoundError."""
    found = next((one for one in store.private.every() if one.id == address_id), None)
    if found is None:
        raise NotFoundError(f"There is no private address {address_id}: ./run private list names them all.")
    with store.write():
        if store.private.revoke(address_id, now):
            noted(
                store, actor, now, kind="private address", what=f"revoked the private address of {found.name}"
            )
    return found


def opened_by(store: Store, token: str, now: datetime) -> PrivateAddress | None:
    """The address of a token, also one that has ended; its use is noted."""
    found = store.private.find(hash_of(token))
    if (
        found is not None
        and found.is_open(now)
        and (found.used_at is None or now - found.used_at >= USED_EVERY)
    ):
        try:
            store.private.note_used(found.id, now)
        except StoreError:
            # Reading matters more than knowing when: a full or busy database stops no reader.
            return found
    return found


def private_page(
    store: Store, address: PrivateAddress, key: FeedKey, publish: PublishSettings
) -> FeedPage | None:
    """What the address shows of that feed; None if it is not for it, or there is no such feed."""
    if not address.opens(key.whole().path()):
        return None
    page = store.feeds.page(
        key, entries=publish.entries, window=WINDOW, most=max(MOST_ENTRIES, publish.entries), is_linked=True
    )
    if page is None and key.kind == "source" and not key.archive and address.feeds:
        # A source with credentials is opened by name alone.
        page = store.private.source_page(key.slug, most=publish.entries)
    if page is None:
        return None
    # A feed of its own: a reader that has the public one, too, must not take them for one.
    urn = uuid.uuid5(uuid.NAMESPACE_URL, f"{page.info.feed_urn}/{address.id}").urn
    return replace(
        page,
        info=replace(page.info, feed_urn=urn),
        articles=tuple(shared(one, address) for one in page.articles),
    )


def private_article(store: Store, address: PrivateAddress, article_id: int) -> Article | None:
    """The article as the address shows it; None if it stands in none of its feeds."""
    found = store.articles.get(article_id)
    if not isinstance(found, Article) or found.status != "published":
        return None
    is_allowed = (
        store.private.holds(article_id, address.feeds) if address.feeds else not found.source.is_private
    )
    return shared(found, address) if is_allowed else None


def shared(article: Article, address: PrivateAddress) -> Article:
    """The article with as much of it as the address shows; what its terms restrict stays restricted."""
    return replace(article, source=replace(article.source, share=address.share))


def private_site(site: SiteInfo, token: str) -> SiteInfo:
    """The site as the address sees it: all that documents link to lies below the address."""
    # No hub is named: it would be told the address, and tell others' changes.
    return replace(site, base_url=f"{site.base_url}/p/{token}", hub_urls=(), cloud_url=None)


def _require_feed(store: Store, path: str) -> None:
    kinds = {PLURALS[kind]: kind for kind in PLURALS}
    plural, _, slug = one_line(path).partition("/")
    if path in ("all", "changes", ALERTS):
        return
    if plural == "mix" and store.feeds.info(FeedKey(kind="query", slug=slug)) is not None:
        return
    if plural in kinds and slug:
        key = FeedKey(kind=kinds[plural], slug=slug)  # type: ignore[arg-type]
        if store.feeds.info(key) is not None:
            return
        if kinds[plural] == "source" and store.private.source_page(slug, most=1) is not None:
            return
    raise RequestError(f"There is no feed {path!r}: name it as its address does, such as topics/harbour.")
