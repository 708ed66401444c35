"""How often one client may ask for what has to be made for it alone; remembered in this process."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

MOST_CLIENTS = 10_000


class RateLimit:
    """So many in a span for each client, given back evenly; clients longest quiet are forgotten."""

    def __init__(self, *, most: int, span: timedelta) -> None:
        self._most, self._span = most, span
        self._left: dict[str, tuple[float, datetime]] = {}
        self._lock = threading.Lock()

    def wait(self, client: str, now: datetime) -> timedelta | None:
        """None where the client may go on, which is counted; else how long it has to wait."""
        with self._lock:
            left, at = self._left.pop(client, (float(self._most), now))
            left = min(self._most, left + (now - at) / self._span * self._most)
            is_allowed = left >= 1
            self._left[client] = (left - 1 if is_allowed else left, now)
            while len(self._left) > MOST_CLIENTS:
                del self._left[next(iter(self._left))]
        return None if is_allowed else self._span * ((1 - left) / self._most)
