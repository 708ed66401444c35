"""What an admin decides of those who are told by push, with its line in the log."""

from __future__ import annotations

from feeds.actions.delivering.cloud import CLOUD
from feeds.actions.delivering.hub import WEBSUB, end
from feeds.actions.editing.changes import Desk
from feeds.errors import NotFoundError, RequestError
from feeds.model.deliveries import Receiver

ENDED_HERE = "ended by an admin"
ASKED_FOR = (WEBSUB, CLOUD)
"""Kinds of receivers that asked for it themselves. The others follow from settings, and end there."""
MOST_SHOWN = 200


def end_subscriber(desk: Desk, receiver_id: int) -> Receiver:
    """The subscriber that is told nothing more, and may ask again; raises RequestError if settings decide."""
    with desk.store.write():
        found = desk.store.deliveries.receiver(receiver_id)
        if found is None:
            raise NotFoundError(f"There is no receiver {receiver_id}; `./run hub show HOST` lists them.")
        if found.kind not in ASKED_FOR:
            raise RequestError(
                f"{found.url} did not ask for this itself: change the partner, the digest or the setting that names it."
            )
        end(desk.store, found, ENDED_HERE, desk.now)
        what = f"ended the push to {found.url[:MOST_SHOWN]}"
        desk.store.changes.add_change(desk.actor, kind="partner", what=what, steps=(), now=desk.now)
    return found
