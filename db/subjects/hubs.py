"""The store's WebSub: our subscriptions to hubs, and what hubs brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from db import pushes, saving, subscriptions
from db.subject import Subject
from feeds.model.articles import Changes, DraftFeed
from feeds.model.incoming import PollState, Source
from feeds.model.push import HubSubscription, Push


class Hubs(Subject):
    """Our subscriptions to hubs, and what hubs brought."""

    def subscriptions_of(self, source_ids: Sequence[int]) -> tuple[HubSubscription, ...]:
        """Our subscriptions to these sources' hubs, oldest first."""
        return subscriptions.of_sources(self.engine, source_ids)

    def subscription(self, subscription_id: int) -> HubSubscription | None:
        """One subscription; inside `write()`, nobody else changes it meanwhile."""
        return subscriptions.locked(self.engine, subscription_id)

    def subscription_of_token(self, token: str) -> HubSubscription | None:
        """The same by the end of its callback address."""
        return subscriptions.locked_of_token(self.engine, token)

    def put_subscription(self, one: HubSubscription) -> HubSubscription:
        """Stores a subscription, new or changed."""
        with self.write():
            return subscriptions.put(self.engine, one)

    def take_subscriptions(self, *, now: datetime, until: datetime, most: int) -> tuple[HubSubscription, ...]:
        """Subscriptions whose hub is to be asked now; nobody else takes them before `until`."""
        if not subscriptions.is_any_due(self.engine, now):
            return ()
        with self.write():
            return subscriptions.take_due(self.engine, now=now, until=until, most=most)

    def wake_subscriptions(self, now: datetime, *, is_every: bool) -> None:
        """Makes subscriptions due now: all of them, or those that have no next try."""
        with self.write():
            subscriptions.wake(self.engine, now, is_every=is_every)

    def live_subscriptions(self) -> tuple[HubSubscription, ...]:
        """Subscriptions with something to come: a confirmation, a renewal, another try."""
        return subscriptions.live(self.engine)

    def forget_subscriptions(self, now: datetime) -> None:
        """Lets go of subscriptions that were left long ago."""
        with self.write():
            subscriptions.forget(self.engine, now)

    def add_push(
        self, subscription_id: int, *, body: bytes, content_type: str, now: datetime, most: int
    ) -> bool:
        """Keeps what a hub brought for the scheduler; False if so many wait already."""
        with self.write():
            return pushes.add(
                self.engine, subscription_id, body=body, content_type=content_type, now=now, most=most
            )

    def take_pushes(
        self, *, owner: str, now: datetime, until: datetime, most: int, busy: Collection[str] = ()
    ) -> tuple[Push, ...]:
        """What hubs brought for hosts that nobody holds; they are the owner's until then."""
        if not pushes.is_any(self.engine):
            return ()
        with self.write():
            return pushes.take(self.engine, owner=owner, now=now, until=until, most=most, busy=busy)

    def save_push(
        self, source: Source, poll: PollState, feed: DraftFeed, changes: Changes, now: datetime
    ) -> None:
        """Writes what a push brought: articles and rhythm, and what was touched."""
        with self.write():
            saving.save_push(self.engine, source, poll, feed, changes, now)

    def drop_push(self, push_id: int) -> None:
        """Deletes a push whose articles are stored."""
        pushes.drop(self.engine, push_id)
