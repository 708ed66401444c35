"""A source says that it has something new: by its own ping address, or as WebSub publishers tell a hub.

Whoever pings has no say but this: the source is asked soon. It is not asked more than once a minute by
pings, so that nobody can use us against a host.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from db.store import Store
from feeds.errors import NotFoundError
from feeds.model.kept import SourceRow
from feeds.text.markup import whole_number

SECRET = "ping_secret"  # noqa: S105 - the name that it is kept under
AT_MOST_EVERY = timedelta(minutes=1)
TOKEN_CHARS = 32


def ping_token(store: Store, source_id: int, new_secret: Callable[[], str]) -> str:
    """The unguessable word in the source's ping address; the same for as long as the database lives."""
    return _token(store.kept.drawn(SECRET, new_secret), source_id)


def ping(store: Store, token: str, now: datetime) -> bool:
    """True if the source of that token is due at once; False if it was asked a moment ago, and will be soon.

    Raises NotFoundError for a token that is nobody's.
    """
    secret = store.kept.get(SECRET)
    number = token.partition("-")[0]
    if secret is None or whole_number(number, digits=18) is None:
        raise NotFoundError("That is not a ping address.")
    if not hmac.compare_digest(_token(secret, int(number)).encode(), token.encode()):
        raise NotFoundError("That is not a ping address.")
    row = store.sources.of_id(int(number))
    if row is None or row.source.state == "removed":
        raise NotFoundError("That source no longer exists.")
    return _soon(store, row, now)


def published(store: Store, url: str, now: datetime) -> bool:
    """The same for a source named by its address, as `hub.mode=publish` does.

    A private one is as unknown: nobody finds out here which addresses are read with a password. It has its ping address.
    """
    row = store.sources.at(url.strip()) if "\0" not in url else None
    if row is None or row.source.state == "removed" or row.source.is_private:
        raise NotFoundError("No source is polled at that address here.")
    return _soon(store, row, now)


def _soon(store: Store, row: SourceRow, now: datetime) -> bool:
    """A source that was asked a moment ago is due when its minute is over: what came since would wait for a day."""
    last, planned = row.poll.last_polled_at, row.poll.next_poll_at
    if row.source.state != "active":
        return False
    at = max(now, last + AT_MOST_EVERY) if last is not None else now
    if at == now or planned is None or at < planned:
        store.sources.poll_soon([row.source.id], at)
    return at == now


def _token(secret: str, source_id: int) -> str:
    mark = hmac.new(secret.encode(), f"ping {source_id}".encode(), hashlib.sha256).hexdigest()
    return f"{source_id}-{mark[:TOKEN_CHARS]}"
