"""Writes alerts into the scheduler's own log: what opened and what has ended, whether or not anybody else is told."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from feeds.actions.operating.alerts import SOURCE
from feeds.model.alerts import KINDS, UNKNOWN
from feeds.model.kept import Alert

MOST_LINES = 20
"""Of one look; what is more is counted."""
LOGGED_BY_POLLS = frozenset({SOURCE})
"""Their polls have written them there already, with the source's slug."""

log = logging.getLogger("feedwright.alerts")


class AlertLog:
    """What this process has seen open; a new one sees all that is open anew, and writes it once more."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], Alert] = {}

    def note(self, open_ones: Sequence[Alert]) -> None:
        """Writes what is new since the last call."""
        present = {(one.kind, one.subject): one for one in open_ones}
        opened = [
            one for key, one in present.items() if key not in self._seen and one.kind not in LOGGED_BY_POLLS
        ]
        ended = [one for key, one in self._seen.items() if key not in present]
        self._seen = present
        for one in opened[:MOST_LINES]:
            log.warning("%s%s", _about(one), one.message)
        if len(opened) > MOST_LINES:
            log.warning("%d more alerts have opened: ./run alert list", len(opened) - MOST_LINES)
        for one in ended[:MOST_LINES]:
            log.info("well again: %s%s", _about(one), KINDS.get(one.kind, UNKNOWN).ended)
        if len(ended) > MOST_LINES:
            log.info("%d more alerts have ended", len(ended) - MOST_LINES)


def _about(one: Alert) -> str:
    return f"{one.subject}: " if one.subject else ""
