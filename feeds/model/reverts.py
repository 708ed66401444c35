"""That a source tells a former text of an article again; when that is believed is `feeds.ingest.rules.reverts`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One article whose source went back to a former text, which is not believed yet."""

    article_id: int
    guid: str
    hash: str
    """Of the text that the source tells now."""
    since_at: datetime
    polls: int = 0
    """Polls since then that succeeded, in which it told no other text."""
    is_ripe: bool = False
    """It has stood long enough: the next poll reads the whole document, and what it tells counts."""
