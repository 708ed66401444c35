"""Whether it is them or us: when every host fails at once, no source is blamed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.model.incoming import Failed, FetchResult

NETWORK_STATES = frozenset({"name", "unreachable", "slow"})
"""Failures that our own network can be the cause of."""
AT_LEAST = 4
"""So many different domains in a row must fail before our network is suspected."""


@dataclass(frozen=True, slots=True)
class Streak:
    """The domains that failed one after the other, with no answer from anybody in between."""

    domains: frozenset[str] = frozenset()

    @property
    def is_ours(self) -> bool:
        """True where it is rather our network than all of theirs."""
        return len(self.domains) >= AT_LEAST


def is_network_failure(result: FetchResult) -> bool:
    """True for a failure without any answer of the host."""
    return isinstance(result, Failed) and result.state in NETWORK_STATES and result.status is None


def after(streak: Streak, results: Sequence[tuple[str, FetchResult]]) -> Streak:
    """The streak after these results (domain and result each): one answer from anybody ends it."""
    failed = {domain for domain, result in results if is_network_failure(result)}
    if any(not is_network_failure(result) for _, result in results):
        return Streak()
    return Streak(streak.domains | failed)
