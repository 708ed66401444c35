"""The store's outbox: who is told by push, what waits for them, what came of it (spans tables)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from db import deliveries, receivers, receiving_hosts
from db.subject import Subject
from feeds.model.deliveries import HostClaim, HostTally, Noted, Receiver
from feeds.text.urls import host_of


class Deliveries(Subject):
    """Who is told by push, and what waits for them."""

    def add(
        self, receiver: Receiver, *, subject: str, seq: int, now: datetime, kind: str | None = None
    ) -> None:
        """Adds a delivery for a receiver, due now; if one of that kind and subject waits already, that one covers this, too."""
        with self.write():
            deliveries.add(
                self.engine,
                kind=kind or receiver.kind,
                receiver_id=receiver.id,
                subject=subject,
                host=receiver.host,
                seq=seq,
                now=now,
            )

    def claim(
        self,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        most_hosts: int,
        most_failing: int,
        most_each: int,
        busy: Collection[str] = (),
    ) -> tuple[HostClaim, ...]:
        """Hosts with something due that nobody holds, the owner's until then; `busy` ones are left out."""
        if not receiving_hosts.is_any_due(self.engine, now):
            return ()
        with self.write():
            return deliveries.claim(
                self.engine,
                owner=owner,
                now=now,
                until=until,
                most_hosts=most_hosts,
                most_failing=most_failing,
                most_each=most_each,
                busy=busy,
            )

    def note(self, noted: Sequence[Noted], now: datetime) -> tuple[Noted, ...]:
        """Stores the outcome of deliveries and answers which were stored: none if another process has claimed the host."""
        with self.write():
            return deliveries.note(self.engine, noted, now)

    def release(
        self,
        host: str,
        claim_no: int,
        *,
        rest_until: datetime | None,
        is_taken: bool,
        fault: str,
        kinds: Mapping[str, datetime],
        now: datetime,
    ) -> None:
        """Lets go of a host that is still held under that number.

        Where nobody answered there (`fault`), what has waited since before each kind's time is given up.
        """
        with self.write():
            if host not in receiving_hosts.still_claimed(self.engine, {host: claim_no}):
                return
            if fault and not is_taken:
                deliveries.give_up_old(self.engine, host, kinds=kinds, detail=fault)
            receiving_hosts.release(
                self.engine, host, rest_until=rest_until, is_taken=is_taken, fault=fault, now=now
            )

    def let_go(self, owner: str) -> None:
        """Lets go of all hosts that the owner holds."""
        with self.write():
            receiving_hosts.let_go(self.engine, owner)

    def wake(self, receiver: Receiver, now: datetime) -> None:
        """Makes all that waits for a receiver due now."""
        with self.write():
            deliveries.wake(self.engine, receiver.id, receiver.host, now)

    def drop_of(self, receiver_id: int, kind: str | None = None) -> None:
        """Deletes what waits for a receiver: of one kind, or of all kinds."""
        with self.write():
            deliveries.drop_of(self.engine, receiver_id, kind)

    def receiver(self, receiver_id: int) -> Receiver | None:
        """One receiver; inside `write()`, nobody else changes it, or notes what it was told, meanwhile."""
        known = receivers.of_ids(self.engine, [receiver_id])
        if not known:
            return None
        receiving_hosts.lock(self.engine, known[receiver_id].host)
        return receivers.locked(self.engine, receiver_id)

    def receiver_at(self, kind: str, url: str, feed_id: int, format: str) -> Receiver | None:
        """The same by what tells receivers apart."""
        receiving_hosts.lock(self.engine, host_of(url))
        return receivers.locked_at(self.engine, kind, url, feed_id, format)

    def receivers_of(self, ids: Sequence[int]) -> dict[int, Receiver]:
        """The receivers with these ids."""
        return receivers.of_ids(self.engine, ids)

    def receivers(
        self, kind: str | None = None, *, host: str | None = None, most: int = 1000
    ) -> tuple[Receiver, ...]:
        """Receivers, newest first: of a kind, at a host."""
        return receivers.of_kind(self.engine, kind, host=host, most=most)

    def count_receivers(
        self, *, domain: str | None = None, client: str | None = None, is_unverified: bool = False
    ) -> int:
        """How many that did not end there are, of a registrable domain or of a client; or only those not verified."""
        return receivers.count(self.engine, domain=domain, client=client, is_unverified=is_unverified)

    def put_receiver(self, one: Receiver) -> Receiver:
        """Stores a receiver, new or changed; what it was told stays as it is."""
        with self.write():
            return receivers.put(self.engine, one)

    def tallies(self, *, most: int = 1000) -> tuple[HostTally, ...]:
        """What goes where, the hosts with the most receivers first."""
        return receiving_hosts.tallies(self.engine, most=most)

    def tally(self, host: str) -> HostTally | None:
        """What goes to one host; None if nobody there asked to be told."""
        return next(iter(receiving_hosts.tallies(self.engine, most=1, host=host)), None)

    def given_up_of(self, receiver_id: int) -> int:
        """How many deliveries to a receiver were given up."""
        return deliveries.given_up_of(self.engine, receiver_id)

    def given_up(self, without: Collection[str] = ()) -> dict[str, tuple[int, str]]:
        """By host: how many deliveries of other kinds were given up there, and why the last of them."""
        return deliveries.given_up(self.engine, without)

    def waiting(self) -> tuple[int, datetime | None]:
        """How many deliveries wait, and since when the oldest does."""
        return deliveries.waiting(self.engine)

    def waiting_of(self, receiver_ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
        """By receiver: how many deliveries wait for it, and when the next is tried; without those for whom none does."""
        return deliveries.waiting_of(self.engine, receiver_ids)

    def tidy(self, now: datetime, *, keep: timedelta, keep_unverified: timedelta) -> None:
        """Ends leases that are over, and lets go of what ended, was given up, or was never verified, so long ago."""
        # Each on its own: together they would hold rows in another order than those who deliver.
        receivers.end_past(self.engine, now)
        deliveries.forget_given_up(self.engine, now - keep)
        receivers.forget(self.engine, before=now - keep, unverified_before=now - keep_unverified)
        receiving_hosts.forget(self.engine, now - keep)
