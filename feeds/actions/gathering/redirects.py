"""A source whose permanent redirect has stood for days gets its new address, or its file is told of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from db.store import Store
from feeds.actions.declaring.specs import spec_at, stored_spec
from feeds.ingest.poll.redirects import is_settled, moved_to
from feeds.model.articles import PollReport
from feeds.model.incoming import DueSource
from feeds.text.urls import shown_url

MOVED = "moved"

log = logging.getLogger("feedwright.poll")


def follow_move(store: Store, due: DueSource, report: PollReport, now: datetime) -> None:
    """Takes over the new address where the redirect is believed; what the file declares, the file changes."""
    source, move = due.source, report.poll.move
    if move is None:
        if due.poll.move is not None:
            store.alerts.close(MOVED, source.slug, now)
        return
    if source.is_sample or not is_settled(move, now):
        return
    taken = store.sources.at(moved_to(move))
    if taken is not None and (taken.source.id == source.id or taken.source.fetch_url != moved_to(move)):
        taken = None
    has_secrets = source.options.user is not None or bool(source.options.headers)
    if source.origin == "file" or taken is not None or has_secrets:
        whom = f"; {taken.source.slug} is polled there already" if taken is not None else ""
        message = (
            f"{source.title} has moved for good to {shown_url(moved_to(move))}{whom}. Change its address in the config"
            " file, and keep the old one in `was`."
            if source.origin == "file"
            else f"{source.title} has moved for good to {shown_url(moved_to(move))}{whom}: remove one of the two."
            if taken is not None
            else f"{source.title} has moved for good to {shown_url(moved_to(move))}. Its headers and credentials go nowhere by"
            f" themselves: ./run source set {source.slug} --url ADDRESS"
        )
        store.alerts.open(MOVED, source.slug, message, now)
        return
    target = spec_at(moved_to(move))
    spec = replace(
        stored_spec(source, target.host),
        fetch_url=target.fetch_url,
        public_url=target.public_url,
        host=target.host,
        host_domain=target.host_domain,
    )
    log.warning("%s has moved for good: %s", source.slug, shown_url(moved_to(move)))
    store.sources.change(source.id, spec, now)
