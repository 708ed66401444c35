"""What is asked of a store about sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.incoming import Source
from feeds.model.kept import SourceRow, SourceSpec


class SourceStore(Protocol):
    """Where we poll, under which settings."""

    def add_source(self, spec: SourceSpec, now: datetime) -> Source:
        """A new source with its slug, due at once; a former one of the same address comes back."""
        ...

    def change_source(self, source_id: int, spec: SourceSpec, now: datetime) -> Source:
        """The source with the settings of `spec`; its id, first address and articles stay."""
        ...

    def rename_source(self, source_id: int, slug: str, now: datetime) -> None:
        """A new slug; the old one leads to it for ever."""
        ...

    def set_source_state(self, source_id: int, state: str, now: datetime) -> None:
        """active, paused, gone or removed; its feed stays unless removed."""
        ...

    def poll_soon(self, source_ids: Sequence[int], now: datetime) -> None:
        """Makes sources due at once."""
        ...

    def sources(self, *, with_removed: bool = False) -> tuple[SourceRow, ...]:
        """All sources by slug."""
        ...

    def source(self, slug: str) -> SourceRow | None:
        """The source of that slug, or of a former one."""
        ...

    def source_of_id(self, source_id: int) -> SourceRow | None:
        """The source of that id."""
        ...

    def source_at(self, url: str) -> SourceRow | None:
        """The source that is polled at that address; where none is, the one that was."""
        ...
