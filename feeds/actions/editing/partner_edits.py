"""What an admin decides of partners and their keys, each with its line in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from db.store import Store
from feeds.actions.declaring.declare import require_not_declared
from feeds.actions.declaring.partner_keys import make_key
from feeds.actions.declaring.partners import changed_spec, found_partner
from feeds.actions.editing.changes import Desk, noted, recorded
from feeds.errors import RequestError
from feeds.model.outgoing import FeedInfo, FeedKey
from feeds.model.partners import Partner, PartnerSpec, feed_of_path
from feeds.model.people import Actor, Change


def add_partner(desk: Desk, spec: PartnerSpec) -> Partner:
    """The new partner, as yet without a key."""
    _require_fitting(spec)
    there = desk.store.partners.get(spec.slug)
    if there is not None and there.state != "removed":
        raise RequestError(f"There is a partner {spec.slug!r} already: `./run partner set` changes it.")
    partner, _ = recorded(
        desk,
        kind="partner",
        what=f"added the partner {spec.name}",
        work=lambda: desk.store.partners.put(spec, origin="admin", now=desk.now),
        made=lambda one: (f"partner/{one.id}",),
    )
    return partner


def set_partner(desk: Desk, slug: str, values: Mapping[str, Any]) -> tuple[Partner, Change | None]:
    """The partner with other values; keys are those of PartnerSpec."""
    partner = _own(desk, slug)
    _require_fitting(changed_spec(partner.spec, values))
    keys = ", ".join(values)
    return recorded(
        desk,
        kind="partner",
        what=f"set {keys} of {partner.spec.name}",
        work=lambda: desk.store.partners.put(
            changed_spec(partner.spec, values), origin="admin", now=desk.now
        ),
        subjects=(f"partner/{partner.id}",),
    )


def remove_partner(desk: Desk, slug: str) -> Change | None:
    """Takes the partner out and its keys back; taking that back brings the partner, not the keys."""
    partner = _own(desk, slug)
    _, change = recorded(
        desk,
        kind="partner",
        what=f"removed the partner {partner.spec.name}",
        work=lambda: desk.store.partners.remove(partner.id),
        subjects=(f"partner/{partner.id}",),
    )
    return change


def new_key(store: Store, slug: str, entropy: Callable[[int], bytes], *, actor: Actor, now: datetime) -> str:
    """A new key of the partner, shown this once; raises RequestError if it has two."""
    partner = found_partner(store, slug)
    # A key that was taken back is known to nobody here: nothing could bring it again.
    with store.write():
        key = make_key(store, partner, entropy, now)
        begin = store.partners.keys(partner.id)[-1].begin
        noted(store, actor, now, kind="partner", what=f"made the key {begin}… of {partner.spec.name}")
    return key


def take_key_back(store: Store, slug: str, begin: str, *, actor: Actor, now: datetime) -> str:
    """How the key begins that is revoked."""
    partner = found_partner(store, slug)
    with store.write():
        key = store.partners.drop_key(partner.id, begin)
        noted(
            store, actor, now, kind="partner", what=f"took back the key {key.begin}… of {partner.spec.name}"
        )
    return key.begin


def missing_feeds(store: Store, spec: PartnerSpec) -> tuple[str, ...]:
    """The feeds that it names and that are not there, or not public, at present: keys open nothing there."""
    keys = map(feed_of_path, dict.fromkeys((*spec.feeds, *spec.webhook_feeds)))
    return tuple(one.path()[1:] for one in keys if _present(store, one) is None)


def missing_notice(store: Store, spec: PartnerSpec) -> str:
    """What to say of them; empty if all are there."""
    missing = missing_feeds(store, spec)
    if not missing:
        return ""
    return (
        f"There is no feed {', '.join(missing)} at present: until there is, their key opens nothing there,"
        " and webhooks tell nothing of it."
    )


def _present(store: Store, key: FeedKey) -> FeedInfo | None:
    info = store.feeds.info(key)
    if info is not None or key.kind in ("all", "query"):
        return info
    slug = store.feeds.slug_now(key.kind, key.slug)
    return store.feeds.info(FeedKey(kind=key.kind, slug=slug)) if slug else None


def _own(desk: Desk, slug: str) -> Partner:
    partner = found_partner(desk.store, slug)
    require_not_declared(desk.settings, "partner", slug)
    return partner


def _require_fitting(spec: PartnerSpec) -> None:
    problem = spec.hook_problem()
    if problem is not None:
        raise RequestError(f"{problem}.")
