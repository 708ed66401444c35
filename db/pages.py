"""Which articles' own pages were read, in which state of the listing (table `pages`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from db.engines.engine import Engine, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.pages import PageMark


def marks(engine: Engine, source_id: int, guids: Sequence[str]) -> dict[str, PageMark]:
    """What is remembered of these entries of the source."""
    found: dict[str, PageMark] = {}
    for part in chunks(guids):
        rows = engine.rows(
            "SELECT guid, hash, state, tries, next_try_at, dated_at, made FROM pages"
            " WHERE source_id = :id AND guid IN (:guids*)",
            {"id": source_id, "guids": part},
        )
        for row in rows:
            found[row["guid"]] = PageMark(
                guid=row["guid"],
                hash=row["hash"],
                state=row["state"],
                tries=row["tries"],
                next_try_at=_time(row["next_try_at"]),
                dated_at=_time(row["dated_at"]),
                made=row["made"],
            )
    return found


def note(engine: Engine, source_id: int, several: Sequence[PageMark], now: datetime) -> None:
    """Remembers how reading these pages went."""
    engine.run_many(
        "INSERT INTO pages (source_id, guid, hash, state, tries, next_try_at, dated_at, made, asked_at)"
        " VALUES (:id, :guid, :hash, :state, :tries, :next_try_at, :dated_at, :made, :now)"
        " ON CONFLICT (source_id, guid) DO UPDATE SET hash = excluded.hash, state = excluded.state,"
        " tries = excluded.tries, next_try_at = excluded.next_try_at, dated_at = excluded.dated_at,"
        " made = excluded.made, asked_at = excluded.asked_at",
        [
            {
                "id": source_id,
                "guid": one.guid,
                "hash": one.hash,
                "state": one.state,
                "tries": one.tries,
                "next_try_at": _ms(one.next_try_at),
                "dated_at": _ms(one.dated_at),
                "made": one.made,
                "now": to_ms(now),
            }
            for one in several
        ],
    )


def ask_again(engine: Engine, source_id: int, article_id: int, now: datetime) -> None:
    """The source's pages of the article are due to be read again, as for a new date."""
    engine.run(
        "UPDATE pages SET next_try_at = :now, tries = 0 WHERE source_id = :source AND state = 'read' AND guid IN"
        " (SELECT guid FROM sightings WHERE source_id = :source AND article_id = :article)",
        {"source": source_id, "article": article_id, "now": to_ms(now)},
    )


def forget_names(engine: Engine, source_id: int, guids: Iterable[str]) -> None:
    """Files of these names were renamed: one of that name is another, and is to be read."""
    engine.run_many(
        "DELETE FROM pages WHERE source_id = :id AND guid = :guid",
        [{"id": source_id, "guid": guid} for guid in guids],
    )


def forget(engine: Engine, source_id: int, *, is_archive_kept: bool) -> None:
    """The source's pages are to be read anew: its settings changed. Its archive may stay passed over."""
    kept = " AND state <> 'skipped'" if is_archive_kept else ""
    engine.run(f"DELETE FROM pages WHERE source_id = :id{kept}", {"id": source_id})


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)
