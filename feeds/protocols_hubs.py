"""What WebSub asks of a store: our subscriptions to hubs, and what hubs brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.articles import Changes, DraftFeed
from feeds.model.incoming import PollState, Source
from feeds.model.push import HubSubscription, Push


class HubStore(Protocol):
    """Our subscriptions to hubs, and what hubs bring until it is taken up."""

    def subscriptions_of(self, source_ids: Sequence[int]) -> tuple[HubSubscription, ...]:
        """Our subscriptions to these sources' hubs, oldest first."""
        ...

    def subscription(self, subscription_id: int) -> HubSubscription | None:
        """One subscription; inside `write()`, nobody else changes it meanwhile."""
        ...

    def subscription_of_token(self, token: str) -> HubSubscription | None:
        """The same by the end of its callback address."""
        ...

    def put_subscription(self, one: HubSubscription) -> HubSubscription:
        """Stores a subscription, new or changed."""
        ...

    def take_subscriptions(self, *, now: datetime, until: datetime, most: int) -> tuple[HubSubscription, ...]:
        """Subscriptions whose hub is to be asked now; nobody else takes them before `until`."""
        ...

    def wake_subscriptions(self, now: datetime, *, is_every: bool) -> None:
        """Has subscriptions looked at now: every one, or those that wait for nothing."""
        ...

    def live_subscriptions(self) -> tuple[HubSubscription, ...]:
        """Subscriptions with something to come: a confirmation, a renewal, another try."""
        ...

    def forget_subscriptions(self, now: datetime) -> None:
        """Lets go of subscriptions that were left long ago."""
        ...

    def add_push(
        self, subscription_id: int, *, body: bytes, content_type: str, now: datetime, most: int
    ) -> bool:
        """Keeps what a hub brought for the scheduler; False where so many wait already."""
        ...

    def take_pushes(
        self, *, owner: str, now: datetime, until: datetime, most: int, busy: Collection[str] = ()
    ) -> tuple[Push, ...]:
        """What hubs brought for hosts that nobody holds; they are the owner's until then."""
        ...

    def save_push(
        self, source: Source, poll: PollState, feed: DraftFeed, changes: Changes, now: datetime
    ) -> None:
        """Writes what a push brought: articles and rhythm, and what was touched."""
        ...

    def drop_push(self, push_id: int) -> None:
        """It has been taken up."""
        ...
