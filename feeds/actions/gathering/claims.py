"""The hosts that this process claimed and still works on: claimed, held for longer, let go.

Everything here runs in the thread that holds the store, so the list needs no lock. Only hosts on it are
extended, and none of them is claimed again, even where its claim ran out while the process was paused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from db.store import Store
from feeds.actions.gathering.incoming_pushes import take
from feeds.actions.gathering.poll import claim_due
from feeds.clock import Clock
from feeds.model.incoming import DueSource
from feeds.model.push import Push
from feeds.model.settings import PollSettings


class Claims:
    """What one process holds; `owner` is a name that no other process has."""

    def __init__(self, owner: str, settings: PollSettings, clock: Clock) -> None:
        self.owner = owner
        self._settings, self._clock = settings, clock
        self._hosts: set[str] = set()
        self._lost: set[str] = set()
        self._until: datetime | None = None

    def claim_due(self, store: Store, now: datetime) -> tuple[DueSource, ...]:
        """Due sources of hosts that are ours from now on."""
        dues = claim_due(store, owner=self.owner, now=now, settings=self._settings, busy=self._hosts)
        self._note(due.host for due in dues)
        self._until = self._until or now + self._settings.claim
        return dues

    def take_pushes(self, store: Store, now: datetime) -> tuple[Push, ...]:
        """What hubs brought for hosts that nobody holds; they are ours from now on."""
        pushes = take(store, owner=self.owner, now=now, claim=self._settings.claim, busy=self._hosts)
        self._note(one.due.host for one in pushes)
        return pushes

    def extend(self, store: Store, now: datetime) -> None:
        """Holds the hosts on the list for longer, and notes those that another process took meanwhile."""
        until = now + self._settings.claim
        kept = store.polls.extend(self._hosts, owner=self.owner, until=until) if self._hosts else frozenset()
        self._lost = self._hosts - kept
        self._until = until

    def release(self, store: Store, hosts: Sequence[str]) -> None:
        """Lets go of these hosts; they stay on the list where the store does not take it."""
        if hosts:
            store.polls.release(owner=self.owner, hosts_done=hosts, next_at=self._next_at())
            self._hosts.difference_update(hosts)
            self._lost.difference_update(hosts)

    def release_all(self, store: Store) -> None:
        """Releases every host that this process has claimed."""
        store.polls.release(owner=self.owner, next_at=self._next_at())
        self._hosts.clear()
        self._lost.clear()

    def is_lost(self, host: str) -> bool:
        """True if another process has taken over the host: the store would refuse what we find there."""
        return host in self._lost

    def may_have_lapsed(self, now: datetime) -> bool:
        """True if claims were not extended in time: the process was paused, or the store locked."""
        return self._until is not None and now >= self._until

    def _next_at(self) -> datetime:
        """Makes the next process that claims these hosts wait for the pause, too."""
        return self._clock() + self._settings.pause

    def _note(self, hosts: Iterable[str]) -> None:
        for host in hosts:
            self._hosts.add(host)
            self._lost.discard(host)


def next_extension(claim: timedelta) -> timedelta:
    """How often claims are extended: at a third of their time."""
    return claim / 3
