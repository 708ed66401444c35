"""`[[partner]]` into the store: added, changed, paused; a partner found by its slug, and its values as the log keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from db.store import Store
from feeds.errors import NotFoundError
from feeds.model.partners import Partner, PartnerDeclaration, PartnerSpec


def declare_partners(
    store: Store, declared: Sequence[PartnerDeclaration], now: datetime
) -> tuple[list[str], list[str], list[str]]:
    """What the file states of partners; names of those added, changed and paused.

    One that vanished from the file keeps its keys, which are good for nothing until it stands there again.
    """
    present = {one.spec.slug: one for one in store.partners.every()}
    added: list[str] = []
    changed: list[str] = []
    paused: list[str] = []
    for one in declared:
        before, spec = present.get(one.slug), one.spec()
        if before is not None and (before.spec, before.origin, before.state) == (spec, "file", "active"):
            continue
        store.partners.put(spec, origin="file", now=now)
        (added if before is None else changed).append(f"partner {one.slug}")
    kept = {one.slug for one in declared}
    for slug, partner in present.items():
        if partner.origin == "file" and partner.state == "active" and slug not in kept:
            store.partners.pause(partner.id)
            paused.append(f"partner {slug}")
    return added, changed, paused


def found_partner(store: Store, slug: str) -> Partner:
    """The partner of that slug; raises NotFoundError."""
    found = store.partners.get(slug)
    if found is None or found.state == "removed":
        raise NotFoundError(f"There is no partner {slug!r}: `./run partner list` shows who there is.")
    return found


def partner_values(spec: PartnerSpec) -> dict[str, Any]:
    """What the log keeps of a partner."""
    return {
        "slug": spec.slug,
        "name": spec.name,
        "contact": spec.contact,
        "feeds": list(spec.feeds),
        "share": spec.share,
        "quota": spec.quota,
        "ends": spec.ends_on.isoformat() if spec.ends_on else None,
        "webhooks": list(spec.webhooks),
        "webhook_events": list(spec.webhook_events),
        "webhook_feeds": list(spec.webhook_feeds),
        "webhook_form": spec.webhook_form,
    }


def spec_of_values(values: Mapping[str, Any]) -> PartnerSpec:
    """The same the other way."""
    return PartnerSpec(
        slug=values["slug"],
        name=values["name"],
        contact=values["contact"],
        feeds=tuple(values["feeds"]),
        share=values["share"],
        quota=values["quota"],
        ends_on=date.fromisoformat(values["ends"]) if values["ends"] else None,
        webhooks=tuple(values["webhooks"]),
        webhook_events=tuple(values["webhook_events"]),
        webhook_feeds=tuple(values["webhook_feeds"]),
        webhook_form=values["webhook_form"],
    )


def changed_spec(spec: PartnerSpec, values: Mapping[str, Any]) -> PartnerSpec:
    """The spec with other values; keys are those of PartnerSpec."""
    return replace(spec, **values)
