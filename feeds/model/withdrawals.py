"""The words by which a source takes an article back, as they are remembered; what they do is `feeds.ingest.rules.withdrawals`.

Kept as long as the source says them, so that an article that an admin restored is not withdrawn by the same words again.
"""

from __future__ import annotations

from datetime import UTC, datetime

GONE = "gone"
"""What an article's own page says by status 410."""
LEFT = "left"
"""What a complete document says by no longer holding an entry."""


def deleted_word(when: str | None) -> str:
    """What an `at:deleted-entry` says: that the entry was deleted, and when."""
    return f"deleted {when or ''}".strip()


def ended_word(end: datetime) -> str:
    """What a `dcterms:valid` says whose end is past, in whole seconds: stores round."""
    return f"ended {end.astimezone(UTC).replace(microsecond=0):%Y-%m-%dT%H:%M:%SZ}"
