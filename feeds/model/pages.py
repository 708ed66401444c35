"""That an article's own page was read or tried, and how far dates of pages are believed.

Which pages are read is `feeds.ingest.pages.reading`.
"""

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
    """In a row: of a page that was read, readings for its date alone that brought nothing."""
    next_try_at: datetime | None = None
    """Of a page that was read: it is to be read again for its date, then or later."""
    dated_at: datetime | None = None
    """The latest change that the listing named and that was believed; None if it was not looked at yet."""
    made: str | None = None
    """Of what listing and page said together when it was read; None of pages that versions before 0.2.0 read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDates:
    """How far a source's dates of change are believed of pages that were read before."""

    in_vain: int = 0
    """Pages that were read again for their date alone and were the same, less those that were not."""
    rest_until: datetime | None = None
    """No page is read again for its date alone before then."""
    due_at: datetime | None = None
    """When the next page is to be read again; the whole listing is read then."""
    moved_until: datetime | None = None
    """The latest date that most entries moved to together: dates up to it say nothing."""


NO_DATES = PageDates()
