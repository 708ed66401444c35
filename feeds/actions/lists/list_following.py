"""Applies a followed list to its sources: adds those that are new in it, pauses those that left it, moves those with a new address.

A list decides about sources that it added, and of these it leaves alone what a person decided: who paused, removed or
changed one by hand is not overruled. Every change is a line of the log, made by `list SLUG`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from feeds.actions.declaring.specs import stored_spec
from feeds.actions.editing.changes import Desk, recorded
from feeds.actions.gathering.sources import add
from feeds.actions.lists.listings import declared, spec_of_entry
from feeds.errors import RequestError
from feeds.ingest.rules.lists import Difference, address_of, compare, loses_too_much
from feeds.model.incoming import Source
from feeds.model.kept import SourceRow, SourceSpec
from feeds.model.lists import EntryState, FollowedList, ListedSource, ListEntry, Listing
from feeds.text.urls import shown_url

PRESENT: tuple[EntryState, ...] = ("followed", "theirs", "waiting", "refused")
"""States of entries that stand in the list."""
MOST_WRONG = 50
"""Sentences about a list's faults that are kept."""
BY_HAND = "It was removed by hand: add it by hand to take it back."


class RefusedListError(RequestError):
    """The list looks wrong: nothing changes until an admin agrees."""


@dataclass(slots=True, kw_only=True)
class FollowReport:
    """What a reading changed: slugs of sources."""

    added: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Addresses of entries whose hosts wait."""
    refused: list[str] = field(default_factory=list)
    """Sentences."""
    unusable: list[str] = field(default_factory=list)
    """Those of them that tell of entries which could not be read, or taken from anybody."""


def message_of(followed: FollowedList, waiting: int) -> str | None:
    """What an admin should know of the list; None if all is well."""
    reading, parts = followed.reading, []
    if reading.fault:
        parts.append(f"Nothing was changed: {reading.fault}")
    if waiting:
        many = "1 entry waits" if waiting == 1 else f"{waiting:,} entries wait"
        parts.append(
            f"{many}, because their hosts are new here and {followed.stated.new_hosts} of these enter a day."
            f" `./run list accept {followed.slug}` lets all of them in at once."
        )
    if reading.unusable and reading.wrong:
        many = "1 entry" if reading.unusable == 1 else f"{reading.unusable:,} entries"
        parts.append(f"{many} could not be taken. {reading.wrong[0]}")
        if reading.unusable > 1:
            parts.append(f"All of them: `./run list show {followed.slug}`.")
    return f"The list “{followed.title}”: {' '.join(parts)}" if parts else None


class Following:
    """One reading of one list, made true."""

    def __init__(self, desk: Desk, followed: FollowedList, *, is_accepted: bool) -> None:
        self._desk, self._store, self._followed, self._is_accepted = desk, desk.store, followed, is_accepted
        self._topics = followed.stated.topics
        self._known = {one.url: one for one in self._store.lists.entries(followed.id)}
        today = desk.now.date().isoformat()
        self._day = today
        self._hosts = followed.reading.hosts if followed.reading.day == today else 0
        self.report = FollowReport()

    def run(self, listing: Listing | None) -> None:
        """Makes true what the list names now; without a listing it names what it named.

        Raises RefusedListError if it lost more than half of its entries, unless an admin accepted that.
        """
        if listing is None:
            for entry in self._known.values():
                if entry.state in ("waiting", "refused", "theirs"):
                    self._enter(entry.url, entry.stated)
            return
        present = {url: one.stated for url, one in self._known.items() if one.state in PRESENT}
        named = self._takeable(listing)
        difference = compare({url: one.stated for url, one in self._known.items()}, named)
        gone = [url for url in difference.left if url in present]
        if not self._is_accepted and loses_too_much(len(present), len(gone)):
            raise RefusedListError(
                f"it names {len(named)} sources, and {len(gone)} of the {len(present)} that it named are gone from it."
                f" If that is meant: `./run list accept {self._followed.slug}`."
            )
        self._apply(difference, gone)

    def counted(self) -> tuple[str, int]:
        """The day, and how many new hosts entered on it."""
        return self._day, self._hosts

    def _takeable(self, listing: Listing) -> list[ListedSource]:
        self.report.refused += listing.wrong
        found: list[ListedSource] = []
        for one in listing.entries:
            try:
                spec_of_entry(one, self._topics, self._desk.settings)
                found.append(one)
            except RequestError as error:
                self.report.refused.append(str(error))
        self.report.unusable += self.report.refused
        if not found:
            raise RefusedListError(f"it names no source that can be taken. {self.report.refused[0]}")
        return found

    def _apply(self, difference: Difference, gone: list[str]) -> None:
        for url, one in difference.renamed:
            self._moved(self._known[url], one)
        for url, one in difference.same:
            self._named(self._known[url], one)
        for url in gone:
            self._left(self._known[url])
        for one in difference.entered:
            self._enter(address_of(one), one)

    def _named(self, entry: ListEntry, one: ListedSource) -> None:
        """The list names it, as before or again."""
        if entry.state == "followed" and entry.stated == one and entry.source_state != "removed":
            return
        row = self._row(entry)
        if row is None or entry.state not in ("followed", "left"):
            self._enter(entry.url, one)
            return
        if row.source.state == "removed":
            self._put(entry.url, one, "refused", detail=BY_HAND)
            return
        if entry.state == "left" and row.source.paused_by == self._followed.slug:
            self._recorded(row.source, "resumed", "active")
            self.report.resumed.append(row.source.slug)
        self._changed(row, entry, one)
        self._put(entry.url, one, "followed", source_id=row.source.id)

    def _moved(self, entry: ListEntry, one: ListedSource) -> None:
        """The list names it at another address."""
        with self._store.write():
            self._store.lists.move_entry(entry.id, address_of(one))
        self._named(replace(entry, url=address_of(one)), one)

    def _changed(self, row: SourceRow, entry: ListEntry, one: ListedSource) -> None:
        """Takes over what the list states otherwise now, of a source whose settings nobody changed by hand."""
        source, settings = row.source, self._desk.settings
        try:
            before = spec_of_entry(entry.stated, self._topics, settings)
        except RequestError:
            return
        after = spec_of_entry(one, self._topics, settings)
        if before == after:
            return
        if source.origin != "list":
            self.report.refused.append(
                f"{source.slug} is stated otherwise now ({shown_url(after.fetch_url)}), and was changed by hand: change it here, too."
            )
            return
        self._take_over(row, before, after)

    def _take_over(self, row: SourceRow, before: SourceSpec, after: SourceSpec) -> None:
        source, desk = row.source, self._desk
        present = stored_spec(source, row.host)
        names = ["title", "language", "timezone"]
        if before.kind == after.kind:
            names.append("options")
        else:
            self.report.refused.append(
                f"{source.slug} is named as a {after.kind} now: remove it here, and add it anew."
            )
        other = self._store.sources.at(after.fetch_url)
        if source.fetch_url != before.fetch_url:
            # It has moved by itself since: what is polled is newer than what was listed.
            pass
        elif other is not None and other.source.id != source.id and other.source.state != "removed":
            self.report.refused.append(
                f"{source.slug} is named at {shown_url(after.fetch_url)} now, where {other.source.slug} is polled already."
            )
        else:
            names += ["fetch_url", "public_url", "host", "host_domain"]
        differing = {one: getattr(after, one) for one in names if getattr(before, one) != getattr(after, one)}
        spec = replace(present, **differing)
        if spec == present:
            return

        def work() -> None:
            self._store.sources.change(source.id, spec, desk.now)
            if source.state == "gone" and spec.fetch_url != source.fetch_url:
                self._store.sources.set_state(source.id, "active", desk.now)
            elif source.state == "active":
                self._store.sources.poll_soon([source.id], desk.now)

        recorded(
            desk,
            kind="source",
            what=f"changed {source.title} as the list states it",
            work=work,
            subjects=(f"source/{source.id}",),
        )
        self.report.changed.append(source.slug)

    def _left(self, entry: ListEntry) -> None:
        """The list no longer names it: pauses its source, unless another list or a person keeps it."""
        row = self._row(entry)
        if row is None or entry.state != "followed" or row.source.state == "removed":
            with self._store.write():
                self._store.lists.drop_entry(entry.id)
            return
        source = row.source
        if self._is_kept_by_another(source, entry):
            with self._store.write():
                self._store.lists.drop_entry(entry.id)
            return
        if source.origin != "file" and source.state == "active":
            self._recorded(source, "paused", "paused")
            self.report.paused.append(source.slug)
        self._put(entry.url, entry.stated, "left", source_id=source.id)

    def _is_kept_by_another(self, source: Source, leaving: ListEntry) -> bool:
        """True if another entry names the source, of this list or of another: from now on it is that one's."""
        for other, entry in self._store.lists.naming([source.id]).get(source.id, ()):
            if entry.id == leaving.id or other.state != "active" or entry.state not in ("followed", "theirs"):
                continue
            if entry.state == "theirs":
                with self._store.write():
                    self._store.lists.put_entry(
                        other.id, entry.url, entry.stated, state="followed", source_id=source.id
                    )
            return True
        return False

    def _enter(self, url: str, one: ListedSource) -> None:
        """The list names a source that it does not manage yet."""
        desk = self._desk
        try:
            spec = spec_of_entry(one, self._topics, desk.settings)
            there = self._store.sources.at(spec.fetch_url)
            if there is not None and there.source.state != "removed":
                state: EntryState = "followed" if self._is_nobodys(there.source) else "theirs"
                self._put(url, one, state, source_id=there.source.id)
                return
            if there is not None and there.source.fetch_url == spec.fetch_url:
                self._put(url, one, "refused", source_id=there.source.id, detail=BY_HAND)
                self.report.refused.append(f"{shown_url(spec.fetch_url)}: {BY_HAND}")
                return
            is_new = not self._store.lists.knows_host(spec.host)
            if is_new and not self._is_accepted and self._hosts >= self._followed.stated.new_hosts:
                self._put(url, one, "waiting")
                self.report.waiting.append(shown_url(spec.fetch_url))
                return
            source, _ = recorded(
                desk,
                kind="source",
                what=lambda made: f"added the source {made.title}",
                work=lambda: self._added(url, one),
                made=lambda made: (f"source/{made.id}",),
            )
        except RequestError as error:
            self._put(url, one, "refused", detail=str(error))
            self.report.refused.append(str(error))
            return
        self._hosts += is_new
        self.report.added.append(source.slug)

    def _added(self, url: str, one: ListedSource) -> Source:
        """The new source, and that it is the list's: both or neither."""
        desk = self._desk
        wanted = declared(one, self._topics)
        source = add(self._store, wanted, settings=desk.settings, now=desk.now, origin="list")
        self._store.lists.put_entry(self._followed.id, url, one, state="followed", source_id=source.id)
        return source

    def _is_nobodys(self, source: Source) -> bool:
        """True for a source that a list added which is no longer followed."""
        if source.origin != "list":
            return False
        naming = self._store.lists.naming([source.id]).get(source.id, ())
        return not any(
            other.id != self._followed.id and other.state == "active" and entry.state in ("followed", "left")
            for other, entry in naming
        )

    def _recorded(self, source: Source, done: str, state: str) -> None:
        """Pauses or resumes, with its line in the log."""
        paused_by = self._followed.slug if state == "paused" else None
        why = " again" if state == "active" else " no more"
        recorded(
            self._desk,
            kind="source",
            what=f"{done} {source.title}: the list names it{why}",
            work=lambda: self._store.sources.set_state(source.id, state, self._desk.now, paused_by=paused_by),
            subjects=(f"source/{source.id}",),
        )

    def _row(self, entry: ListEntry) -> SourceRow | None:
        return self._store.sources.of_id(entry.source_id) if entry.source_id is not None else None

    def _put(
        self,
        url: str,
        one: ListedSource,
        state: EntryState,
        *,
        source_id: int | None = None,
        detail: str = "",
    ) -> None:
        before = self._known.get(url)
        after = (state, source_id, detail, one)
        if before is None or (before.state, before.source_id, before.detail, before.stated) != after:
            self._store.lists.put_entry(
                self._followed.id, url, one, state=state, source_id=source_id, detail=detail
            )
