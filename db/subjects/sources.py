"""The store's sources, with what a change of one means for feeds and subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import feeds, memberships, poll_states, saving, search, slugs, sources, subscriptions, topics
from db.retold import OF_SOURCE
from db.subject import Subject
from feeds.errors import RequestError
from feeds.model.incoming import Source
from feeds.model.kept import SourceRow, SourceSpec


class Sources(Subject):
    """Sources, with what a change of one means for feeds and subscriptions."""

    def add(self, spec: SourceSpec, now: datetime) -> Source:
        """A new source, due at once; a removed one of the same address comes back."""
        with self.write():
            there = sources.by_address(self.engine, spec.fetch_url)
            if there is None or there.source.fetch_url != spec.fetch_url:
                found = sources.add(self.engine, spec, now)
            elif there.source.state == "removed":
                sources.set_state(self.engine, there.source.id, "active", now)
                found = self.change(there.source.id, spec, now)
            else:
                raise RequestError(f"{there.source.slug} already polls that address.")
            if not found.is_private:
                feeds.reopen(self.engine, "source", found.id)
            subscriptions.wake(self.engine, now, found.id)
        return found

    def change(self, source_id: int, spec: SourceSpec, now: datetime) -> Source:
        """The source with other settings."""
        with self.write():
            before = sources.require(self.engine, source_id).source
            changed = sources.change(self.engine, source_id, spec)
            if _shown(before) != _shown(changed):
                own = feeds.row_id(self.engine, "source", source_id, changed.slug, now)
                memberships.touch_all(self.engine, own, now)
                memberships.touch_source(self.engine, source_id, now, _shown_by(before, changed))
            if _shared(before) != _shared(changed):
                search.read_anew(self.engine, now, source_id)
            if before.is_private != changed.is_private:
                self._change_audience(changed, now)
        return changed

    def _change_audience(self, source: Source, now: datetime) -> None:
        """Takes its articles out of all public feeds, or brings them back."""
        if source.is_private:
            feeds.hide(self.engine, "source", source.id, now)
        elif source.state != "removed":
            feeds.reopen(self.engine, "source", source.id)
        rows = self.engine.rows(
            "SELECT id FROM articles WHERE source_id = :id AND status = 'published' ORDER BY id",
            {"id": source.id},
        )
        for row in rows:
            saving.settle(self.engine, row["id"], now, is_changed=False)

    def rename(self, source_id: int, slug: str, now: datetime) -> None:
        """Gives it a new slug; the old one leads to the new one."""
        with self.write():
            former = sources.require(self.engine, source_id).source.slug
            sources.rename(self.engine, source_id, slug, now)
            topics.follow_rename(self.engine, "source", former, slug)
            memberships.touch_source(self.engine, source_id, now)

    def set_state(self, source_id: int, state: str, now: datetime, *, paused_by: str | None = None) -> None:
        """active, paused, gone or removed; the feed of a removed one is retired, its articles leave the rest.

        `paused_by` is the slug of the list that pauses it.
        """
        with self.write():
            sources.set_state(self.engine, source_id, state, now, paused_by=paused_by)
            subscriptions.wake(self.engine, now, source_id)
            if state == "removed":
                feeds.retire(self.engine, "source", source_id, now)
            elif state == "active" and not sources.require(self.engine, source_id).source.is_private:
                feeds.reopen(self.engine, "source", source_id)

    def lead(self, former: str, source_id: int, now: datetime) -> bool:
        """Makes a slug that nobody had lead to the source; False if somebody has it."""
        with self.write():
            return slugs.lead(self.engine, "source", former, source_id, now)

    def former_slugs(self) -> dict[str, tuple[str, ...]]:
        """By present slug, the former ones."""
        return slugs.former_by_present(self.engine, "source")

    def poll_soon(self, source_ids: Sequence[int], now: datetime) -> None:
        """Makes sources due at once."""
        with self.write():
            poll_states.set_next(self.engine, source_ids, now)

    def every(self, *, with_removed: bool = False) -> tuple[SourceRow, ...]:
        """All sources by slug."""
        return sources.every(self.engine, with_removed=with_removed)

    def get(self, slug: str) -> SourceRow | None:
        """The source that has, or had, the slug."""
        return sources.by_slug(self.engine, slug)

    def of_id(self, source_id: int) -> SourceRow | None:
        """The source of that id."""
        return sources.by_id(self.engine, source_id)

    def at(self, url: str) -> SourceRow | None:
        """The source that is, or was, polled at the address."""
        return sources.by_address(self.engine, url)


def _shown(source: Source) -> tuple[object, ...]:
    """The settings of a source that show in feeds."""
    return source.title, source.public_url, source.language, *_shared(source)


def _shown_by(before: Source, after: Source) -> tuple[str, ...]:
    """Which fields of its articles a change of a source's settings means."""
    if _shared(before) != _shared(after):
        return OF_SOURCE
    return ("source", "language") if before.language != after.language else ("source",)


def _shared(source: Source) -> tuple[object, ...]:
    """The settings of a source that say how much of its articles is shown."""
    return source.share, source.is_ours, source.options.pictures, source.options.terms_agreed
