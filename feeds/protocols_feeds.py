"""What publishing asks of a store: feeds at their slugs, what stands in them, their seq, their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from feeds.model.outgoing import FeedInfo, FeedKey, FeedKind, FeedPage, RenderedFeed


class FeedStore(Protocol):
    """What we publish."""

    def slug_now(self, kind: FeedKind, slug: str) -> str | None:
        """The present slug of what is, or was, known by this one."""
        ...

    def slug_given_at(self, kind: FeedKind, slug: str) -> datetime | None:
        """Since when the slug is the present one; None where it is not."""
        ...

    def feed_info(self, key: FeedKey) -> FeedInfo | None:
        """The feed of that key."""
        ...

    def feeds(self, kind: FeedKind | None = None) -> tuple[FeedInfo, ...]:
        """Feeds that can be subscribed to, by kind and title."""
        ...

    def feed_page(self, key: FeedKey, *, entries: int, window: timedelta, most: int) -> FeedPage | None:
        """The newest `entries` and everything within `window` of the newest, at most `most`."""
        ...

    def number_touched(self, now: datetime, most: int = 5000) -> int:
        """Gives committed touches their seq, gap-free and in one order; answers how many."""
        ...

    def seq(self) -> int:
        """The last seq given."""
        ...

    def rendered(self, key: FeedKey, format: str, recipe: str) -> tuple[int, RenderedFeed] | None:
        """The bytes last rendered with that recipe, and the feed's changed_seq they show."""
        ...

    def keep_rendered(
        self, key: FeedKey, format: str, recipe: str, changed_seq: int, feed: RenderedFeed
    ) -> RenderedFeed:
        """Keeps the bytes; same bytes keep their time, and the time never goes back."""
        ...

    def note_read(self, keys: Sequence[FeedKey], now: datetime) -> None:
        """These feeds were asked for."""
        ...

    def stale_feeds(self, *, read_since: datetime, recipe: str, most: int) -> tuple[FeedKey, ...]:
        """Feeds read lately whose rendered bytes are older than what they hold."""
        ...
