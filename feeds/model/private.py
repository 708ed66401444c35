"""Private addresses: feeds at an address that only those know to whom it was given, with more (or less) text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.model.rights import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateAddress:
    """One address under `/p/`; its token is kept as a hash alone."""

    id: int
    name: str
    """For whom it is."""
    feeds: tuple[str, ...]
    """What it opens, as `topics/harbour`; empty for every public feed."""
    share: Share
    """How much of an article it shows, whatever its source shares with everybody."""
    made_at: datetime
    ends_at: datetime | None = None
    used_at: datetime | None = None
    """Its last use, to the hour."""
    revoked_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """True if it still leads anywhere."""
        return self.revoked_at is None and (self.ends_at is None or now < self.ends_at)

    def opens(self, path: str) -> bool:
        """True if it is for the feed of that path, such as `/topics/harbour`."""
        return not self.feeds or path.strip("/") in self.feeds
