"""`[[list]]` into the store: followed, changed; one that vanished from the file is no longer read, and its sources stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.store import Store
from feeds.model.lists import ListDeclaration

LIST = "list"
"""The kind of alerts about lists."""


def declare_lists(
    store: Store, declared: Sequence[ListDeclaration], now: datetime
) -> tuple[list[str], list[str], list[str]]:
    """What the file states of lists; names of those added, changed and paused."""
    present = {one.slug: one for one in store.lists.every()}
    added: list[str] = []
    changed: list[str] = []
    paused: list[str] = []
    for one in declared:
        before = present.get(one.slug)
        state = "paused" if one.paused else "active"
        if before is not None and (before.stated, before.origin, before.state) == (one, "file", state):
            continue
        store.lists.put(one, origin="file", now=now)
        if one.paused:
            store.alerts.close(LIST, one.slug, now)
        (added if before is None else changed).append(f"list {one.slug}")
    kept = {one.slug for one in declared}
    for slug, followed in present.items():
        if followed.origin == "file" and followed.state == "active" and slug not in kept:
            store.lists.set_state(followed.id, "paused", now)
            store.alerts.close(LIST, slug, now)
            paused.append(f"list {slug}")
    return added, changed, paused
