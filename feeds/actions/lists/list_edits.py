"""What an admin decides of followed lists, each with its line in the log that takes it back."""

from __future__ import annotations

from db.store import Store
from feeds.actions.declaring.declare import require_not_declared
from feeds.actions.declaring.declare_lists import LIST
from feeds.actions.editing.changes import Desk, recorded
from feeds.actions.lists.list_polls import is_address
from feeds.config.load import own_addresses
from feeds.config.own_addresses import own_problem
from feeds.errors import NotFoundError, RequestError
from feeds.model.lists import FollowedList, ListDeclaration
from feeds.model.people import Change


def found_list(store: Store, slug: str) -> FollowedList:
    """The list of that slug; raises NotFoundError with those that there are."""
    followed = store.lists.get(slug)
    if followed is None or followed.state == "removed":
        known = ", ".join(one.slug for one in store.lists.every())
        raise NotFoundError(f"There is no list {slug!r}; there are: {known or 'none yet'}.")
    return followed


def add_list(desk: Desk, stated: ListDeclaration) -> FollowedList:
    """The new list, due at once."""
    store = desk.store
    require_not_declared(desk.settings, LIST, stated.slug)
    there = store.lists.get(stated.slug)
    if there is not None and there.state != "removed":
        raise RequestError(f"There is a list {stated.slug!r} already: `./run list remove` ends it.")
    same = next((one for one in store.lists.every() if one.stated.url == stated.url), None)
    if same is not None:
        raise RequestError(f"That address is already followed, as {same.slug!r}.")
    own = own_problem(stated.url, own_addresses(desk.settings)) if is_address(stated.url) else None
    if own:
        raise RequestError(own)
    known = {topic.slug for topic in store.topics.every()}
    for slug in stated.topics:
        if slug not in known:
            raise RequestError(f"There is no topic {slug!r}: add it first, or choose another one.")
    followed, _ = recorded(
        desk,
        kind=LIST,
        what=lambda made: f"added the list {made.title}",
        work=lambda: store.lists.put(stated, origin="admin", now=desk.now),
        subjects=(f"list/{there.id}",) if there else (),
        made=None if there else (lambda made: (f"list/{made.id}",)),
    )
    return followed


def remove_list(desk: Desk, slug: str) -> Change | None:
    """The list is no longer followed; its sources stay as they are."""
    followed = found_list(desk.store, slug)
    require_not_declared(desk.settings, LIST, slug)

    def work() -> None:
        desk.store.lists.set_state(followed.id, "removed", desk.now)
        desk.store.alerts.close(LIST, slug, desk.now)

    _, change = recorded(
        desk,
        kind=LIST,
        what=f"removed the list {followed.title}",
        work=work,
        subjects=(f"list/{followed.id}",),
    )
    return change
