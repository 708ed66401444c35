"""Whether the fault is theirs or ours: when every host fails at once, no source is blamed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model.fetched import Failed, FetchResult

NETWORK_STATES = frozenset({"name", "unreachable", "slow"})
"""Failures that our own network can be the cause of."""
AT_LEAST = 4
"""So many different domains in a row must fail before our network is suspected."""


FORGOTTEN_AFTER = timedelta(minutes=5)
"""Failures further apart than this say nothing of one another."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Domains that were well before and failed lately, with no answer from anybody in between."""

    domains: tuple[tuple[str, datetime], ...] = ()

    @property
    def is_ours(self) -> bool:
        """True if it is rather our network than all of theirs."""
        return len(self.domains) >= AT_LEAST


def is_network_failure(result: FetchResult) -> bool:
    """True for a failure without any answer of the host."""
    return isinstance(result, Failed) and result.state in NETWORK_STATES and result.status is None


def after(streak: Streak, results: Sequence[tuple[str, FetchResult, bool]], now: datetime) -> Streak:
    """The streak after these results (domain, result, whether the source was well before).

    One answer from anybody ends it. Sources that failed already say nothing of our network; once it is
    known to be ours, it stays so until somebody answers.
    """
    if any(not is_network_failure(result) for _, result, _ in results):
        return Streak()
    known = {domain: at for domain, at in streak.domains if streak.is_ours or now - at <= FORGOTTEN_AFTER}
    known |= {domain: now for domain, _, was_well in results if was_well}
    return Streak(tuple(sorted(known.items())))
