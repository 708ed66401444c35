"""Lists of sources that others keep, and what came of each entry (tables `lists`, `list_entries`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from db.engines.engine import Row, chunks, one
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.model.lists import FollowedList, ListDeclaration, ListedSource, ListEntry, ListReading

_COLUMNS = "l.id, l.slug, l.stated, l.origin, l.state, l.reading, l.next_at, l.read_at"
_ENTRY = (
    "SELECT e.id, e.list_id, e.url, e.stated, e.state, e.source_id, e.detail, s.state AS source_state"
    " FROM list_entries e LEFT JOIN sources s ON s.id = e.source_id"
)


class Lists(Subject):
    """Followed lists and their entries."""

    def every(self) -> tuple[FollowedList, ...]:
        """Lists by slug, without removed ones."""
        rows = self.engine.rows(f"SELECT {_COLUMNS} FROM lists l WHERE l.state <> 'removed' ORDER BY l.slug")
        return tuple(_list(row) for row in rows)

    def get(self, slug: str) -> FollowedList | None:
        """The list of that slug, removed or not."""
        row = one(self.engine.rows(f"SELECT {_COLUMNS} FROM lists l WHERE l.slug = :slug", {"slug": slug}))
        return _list(row) if row else None

    def of_id(self, list_id: int) -> FollowedList | None:
        """The list of that id, removed or not."""
        row = one(self.engine.rows(f"SELECT {_COLUMNS} FROM lists l WHERE l.id = :id", {"id": list_id}))
        return _list(row) if row else None

    def put(self, stated: ListDeclaration, *, origin: str, now: datetime) -> FollowedList:
        """Adds the list, or gives the one of that slug these values; where it is not paused, it is due at once."""
        values = {
            "slug": stated.slug,
            "stated": _text(replace(stated, line=0)),
            "origin": origin,
            "state": "paused" if stated.paused else "active",
            "now": to_ms(now),
            "next": None if stated.paused else to_ms(now),
            "reading": _text(ListReading()),
        }
        with self.write():
            before = self.get(stated.slug)
            self.engine.run(
                "INSERT INTO lists (slug, stated, origin, state, added_at, next_at, reading)"
                " VALUES (:slug, :stated, :origin, :state, :now, :next, :reading)"
                " ON CONFLICT (slug) DO UPDATE SET stated = excluded.stated, origin = excluded.origin,"
                " state = excluded.state, next_at = excluded.next_at",
                values,
            )
            found = self.get(stated.slug)
            assert found is not None
            if before is not None and before.stated.url != stated.url:
                # What another address said of its body is nothing to hold this one against.
                anew = replace(found.reading, etag=None, last_modified=None, body_hash=None, failures=0)
                self._keep(found.id, anew)
        return found

    def set_state(self, list_id: int, state: str, now: datetime) -> None:
        """active (due at once), paused (not read), or removed; its entries stay, so that it can go on later."""
        next_at = to_ms(now) if state == "active" else None
        self.engine.run(
            "UPDATE lists SET state = :state, next_at = :next WHERE id = :id",
            {"id": list_id, "state": state, "next": next_at},
        )

    def due(self, now: datetime) -> tuple[str, ...]:
        """Slugs of the lists that are to be read."""
        rows = self.engine.rows(
            "SELECT slug FROM lists WHERE state = 'active' AND next_at <= :now ORDER BY next_at, id",
            {"now": to_ms(now)},
        )
        return tuple(row["slug"] for row in rows)

    def claim(self, slug: str, now: datetime, until: datetime, *, again: datetime) -> FollowedList | None:
        """The active list, which is the caller's to read until then; None if another one reads it.

        Where reading it breaks off, it is due `again`: what breaks our own code is not tried without a pause.
        """
        # A claim that lies further ahead than one lasts is of a clock that was wrong.
        changed = self.engine.run(
            "UPDATE lists SET claimed_until_at = :until, next_at = :again WHERE slug = :slug AND state = 'active'"
            " AND (claimed_until_at IS NULL OR claimed_until_at <= :now OR claimed_until_at > :until)",
            {"slug": slug, "now": to_ms(now), "until": to_ms(until), "again": to_ms(again)},
        )
        return self.get(slug) if changed else None

    def release(self, list_id: int) -> None:
        """Nobody reads it any more."""
        self.engine.run("UPDATE lists SET claimed_until_at = NULL WHERE id = :id", {"id": list_id})

    def note(self, list_id: int, reading: ListReading) -> None:
        """How reading it went, and when it is due again."""
        with self.write():
            self._keep(list_id, reading)
            times = {
                "id": list_id,
                "next": to_ms(reading.next_at) if reading.next_at else None,
                "read": to_ms(reading.read_at) if reading.read_at else None,
            }
            self.engine.run("UPDATE lists SET read_at = :read WHERE id = :id", times)
            # Who paused it meanwhile is obeyed.
            self.engine.run("UPDATE lists SET next_at = :next WHERE id = :id AND state = 'active'", times)

    def entries(self, list_id: int) -> tuple[ListEntry, ...]:
        """What came of its entries, in the order in which they came."""
        rows = self.engine.rows(f"{_ENTRY} WHERE e.list_id = :id ORDER BY e.id", {"id": list_id})
        return tuple(_entry(row) for row in rows)

    def put_entry(
        self,
        list_id: int,
        url: str,
        stated: ListedSource,
        *,
        state: str,
        source_id: int | None = None,
        detail: str = "",
    ) -> None:
        """What came of an entry; the list's former word of that address is replaced."""
        self.engine.run(
            "INSERT INTO list_entries (list_id, url, stated, state, source_id, detail)"
            " VALUES (:list, :url, :stated, :state, :source, :detail) ON CONFLICT (list_id, url) DO UPDATE"
            " SET stated = excluded.stated, state = excluded.state, source_id = excluded.source_id,"
            " detail = excluded.detail",
            {
                "list": list_id,
                "url": url,
                "stated": _text(replace(stated, line=0)),
                "state": state,
                "source": source_id,
                "detail": detail,
            },
        )

    def move_entry(self, entry_id: int, url: str) -> None:
        """The entry has another address from now on; the list has no other entry of it."""
        self.engine.run("UPDATE list_entries SET url = :url WHERE id = :id", {"id": entry_id, "url": url})

    def drop_entry(self, entry_id: int) -> None:
        """Nothing is known of the entry any more."""
        self.engine.run("DELETE FROM list_entries WHERE id = :id", {"id": entry_id})

    def naming(self, source_ids: Sequence[int]) -> dict[int, tuple[tuple[FollowedList, ListEntry], ...]]:
        """By source, the lists and entries that name it or named it."""
        found: dict[int, tuple[tuple[FollowedList, ListEntry], ...]] = {}
        for part in chunks(source_ids):
            rows = self.engine.rows(
                f"{_ENTRY} WHERE e.source_id IN (:ids*) ORDER BY e.id",
                {"ids": part},
            )
            for row in rows:
                followed = self.of_id(row["list_id"])
                if followed is not None and followed.state != "removed":
                    found[row["source_id"]] = (*found.get(row["source_id"], ()), (followed, _entry(row)))
        return found

    def knows_host(self, host: str) -> bool:
        """True if a source of that host is there, polled or paused."""
        rows = self.engine.rows(
            "SELECT 1 AS one FROM poll_states p JOIN sources s ON s.id = p.source_id"
            " WHERE p.host = :host AND s.state <> 'removed' LIMIT 1",
            {"host": host},
        )
        return bool(rows)

    def _keep(self, list_id: int, reading: ListReading) -> None:
        plain = replace(reading, next_at=None, read_at=None)
        self.engine.run(
            "UPDATE lists SET reading = :reading WHERE id = :id", {"id": list_id, "reading": _text(plain)}
        )


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _list(row: Row) -> FollowedList:
    reading = msgspec.json.decode(row["reading"], type=ListReading)
    return FollowedList(
        id=row["id"],
        stated=msgspec.json.decode(row["stated"], type=ListDeclaration),
        origin=row["origin"],
        state=row["state"],
        reading=replace(
            reading,
            next_at=None if row["next_at"] is None else from_ms(row["next_at"]),
            read_at=None if row["read_at"] is None else from_ms(row["read_at"]),
        ),
    )


def _entry(row: Row) -> ListEntry:
    return ListEntry(
        id=row["id"],
        list_id=row["list_id"],
        url=row["url"],
        stated=msgspec.json.decode(row["stated"], type=ListedSource),
        state=row["state"],
        source_id=row["source_id"],
        detail=row["detail"],
        source_state=row["source_state"],
    )
