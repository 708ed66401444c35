"""How often one client may ask for what has to be made for it alone; remembered in this process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What a client has left after a request."""

    left: int
    wait: timedelta | None
    """How long it has to wait; None if it may go on."""
    until_full: timedelta
    """When all will have been given back."""


class RateLimit:
    """So many in a span for each client, given back evenly; clients longest quiet are forgotten."""

    def __init__(self, *, most: int, span: timedelta) -> None:
        self.most, self.span = most, span
        self._left: dict[str, tuple[float, datetime]] = {}
        self._lock = threading.Lock()

    def wait(self, client: str, now: datetime) -> timedelta | None:
        """None if the client may go on, which is counted; else how long it has to wait."""
        return self.spend(client, now).wait

    def spend(self, client: str, now: datetime) -> Spent:
        """Counts a request, where the client may make one, and tells what is left."""
        with self._lock:
            left, at = self._left.pop(client, (float(self.most), now))
            left = min(self.most, left + (now - at) / self.span * self.most)
            is_allowed = left >= 1
            left = left - 1 if is_allowed else left
            self._left[client] = (left, now)
            while len(self._left) > MOST_CLIENTS:
                del self._left[next(iter(self._left))]
        return Spent(
            left=int(left),
            wait=None if is_allowed else self.span * ((1 - left) / self.most),
            until_full=self.span * ((self.most - left) / self.most),
        )
