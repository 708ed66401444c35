"""That an article's own page was read or tried; which pages are read is `feeds.ingest.pages.reading`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMark:
    """That an entry's own page (or file) was read, or could not be, in the state that the listing named."""

    guid: str
    hash: str
    """Of the draft as the listing gave it."""
    state: Literal["read", "failed", "refused", "skipped"]
    tries: int = 0
    next_try_at: datetime | None = None
