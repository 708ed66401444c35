"""Former states of rendered feeds: which entries a reader need not be sent again (table `feed_states`, `rendered`).

A state is known by the tag of its bytes and has a number. Of the present one, each entry's print stands beside the number of
the state since which it has been there unchanged: so a tag costs a short row, however many entries a feed has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.engines.engine import Engine, Row, one
from feeds.clock import to_ms
from feeds.model.outgoing import FormerState

MOST_STATES = 1000
"""Of one feed in one format; a feed that changes every five seconds goes through them in an hour and a half."""
PRINT, NUMBER = 16, 6
"""Bytes of an entry's print, and of the number behind it."""


def note(engine: Engine, feed_id: int, format: str, etag: str, prints: Sequence[bytes], at: int) -> None:
    """The feed is given out under that tag from now on; within the transaction that kept its bytes."""
    place = {"id": feed_id, "format": format}
    row = _present(engine, feed_id, format)
    known = engine.rows(
        "SELECT max(number) AS last FROM feed_states WHERE feed_id = :id AND format = :format", place
    )
    number = max(row["state_no"] or 0, known[0]["last"] or 0) + 1 if row is not None else 1
    since = _since(row["entries"]) if row is not None else {}
    entries = b"".join(one + since.get(one, number).to_bytes(NUMBER, "big") for one in prints)
    engine.run(
        "UPDATE rendered SET entries = :entries, state_no = :number WHERE feed_id = :id AND format = :format"
        " AND variant = ''",
        place | {"entries": entries, "number": number},
    )
    engine.run(
        "UPDATE feed_states SET ended_at = :at WHERE feed_id = :id AND format = :format AND ended_at IS NULL",
        place | {"at": at},
    )
    engine.run(
        "INSERT INTO feed_states (feed_id, format, etag, number, ended_at)"
        " VALUES (:id, :format, :etag, :number, NULL)"
        " ON CONFLICT (feed_id, format, etag) DO UPDATE SET number = excluded.number, ended_at = NULL",
        place | {"etag": etag, "number": number},
    )
    engine.run(
        "DELETE FROM feed_states WHERE feed_id = :id AND format = :format AND number <= :last",
        place | {"last": number - MOST_STATES},
    )


def former(
    engine: Engine, feed_id: int, format: str, tags: Sequence[str], present: str
) -> FormerState | None:
    """The latest state that one of these tags stands for; None if none is known, or `present` is not the present tag."""
    row = _present(engine, feed_id, format)
    if row is None or row["etag"] != present or row["entries"] is None:
        return None
    found = one(
        engine.rows(
            "SELECT etag, number FROM feed_states WHERE feed_id = :id AND format = :format AND etag IN (:tags*)"
            " ORDER BY number DESC LIMIT 1",
            {"id": feed_id, "format": format, "tags": list(tags)},
        )
    )
    if found is None:
        return None
    since = _since(row["entries"])
    return FormerState(
        etag=found["etag"],
        changed_seq=row["changed_seq"],
        entries=frozenset(since),
        unchanged=frozenset(key for key, number in since.items() if number <= found["number"]),
    )


def prune(engine: Engine, *, before: datetime) -> int:
    """Lets go of states that ended before then; returns how many."""
    return engine.run("DELETE FROM feed_states WHERE ended_at < :before", {"before": to_ms(before)})


def _present(engine: Engine, feed_id: int, format: str) -> Row | None:
    return one(
        engine.rows(
            "SELECT changed_seq, etag, entries, state_no FROM rendered WHERE feed_id = :id AND format = :format"
            " AND variant = ''",
            {"id": feed_id, "format": format},
        )
    )


def _since(entries: bytes | None) -> dict[bytes, int]:
    kept, step = bytes(entries or b""), PRINT + NUMBER
    return {
        kept[at : at + PRINT]: int.from_bytes(kept[at + PRINT : at + step], "big")
        for at in range(0, len(kept), step)
    }
