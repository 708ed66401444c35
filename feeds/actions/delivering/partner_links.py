"""Signed links to a partner's own page: slug, end and signature in one token, believed until they end or are taken back."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from db.store import Store
from feeds.actions.declaring.partners import found_partner
from feeds.model.partners import Partner
from feeds.model.people import Actor

LONGEST = timedelta(days=366)
MOST_TOKEN = 300
PATH = "/partner/"


def new_link(
    store: Store,
    slug: str,
    *,
    until: datetime,
    new_secret: Callable[[], str],
    actor: Actor,
    now: datetime,
    is_only: bool = False,
) -> str:
    """The path of the partner's page, good until then; with `is_only`, links given before are good no more."""
    partner = found_partner(store, slug)
    with store.write():
        secret = None if is_only else store.partners.link_secret(partner.id)
        if secret is None:
            secret = new_secret()
            store.partners.put_link_secret(partner.id, secret)
        what = f"made a link to the page of {partner.spec.name}, good until {until:%Y-%m-%d %H:%M}"
        if is_only:
            what += ", and took the former ones back"
        store.changes.add_change(actor, kind="partner", what=what, steps=(), now=now)
    begin = f"{slug}.{int(until.timestamp())}"
    return f"{PATH}{begin}.{_signature(secret, begin)}"


def opened_by(store: Store, token: str) -> tuple[Partner, datetime] | None:
    """Whose page the token opens, and until when; None for one that we did not sign, or took back."""
    begin, _, signature = token[:MOST_TOKEN].rpartition(".")
    slug, _, end = begin.rpartition(".")
    if not (slug and end.isascii() and end.isdigit() and len(end) <= 11 and signature.isascii()):
        return None
    partner = store.partners.get(slug)
    secret = store.partners.link_secret(partner.id) if partner and partner.state != "removed" else None
    if partner is None or secret is None or not hmac.compare_digest(_signature(secret, begin), signature):
        return None
    return partner, datetime.fromtimestamp(int(end), UTC)


def _signature(secret: str, begin: str) -> str:
    return hmac.new(secret.encode(), begin.encode(), hashlib.sha256).hexdigest()
