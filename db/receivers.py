"""Who is told of our feeds by push (table `receivers`): subscribers of our hub, hubs that we tell, and others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db import receiving_hosts
from db.engines.engine import Engine, Row, chunks, one
from feeds.clock import from_ms, to_ms
from feeds.model.deliveries import Receiver

_WRITTEN = (
    "kind", "feed_id", "format", "url", "host", "domain", "state", "named_url", "secret", "client", "asked",
    "asked_no", "asked_at", "since_at", "until_at", "told_seq", "told_at", "told_count", "detail", "place",
)  # fmt: skip
_TIMES = ("asked_at", "since_at", "until_at", "told_at")
_BY_US = ("told_seq", "told_at", "told_count")
"""Written by what was delivered alone."""


def put(engine: Engine, receiver: Receiver) -> Receiver:
    """Stores a receiver, new or changed; returns it with its id. What it was told stays."""
    values: dict[str, Any] = {name: getattr(receiver, name) for name in ("id", *_WRITTEN)}
    for name in _TIMES:
        values[name] = None if values[name] is None else to_ms(values[name])
    if receiver.id:
        settings = ", ".join(f"{name} = :{name}" for name in _WRITTEN if name not in _BY_US)
        engine.run(f"UPDATE receivers SET {settings} WHERE id = :id", values)
        found: int = receiver.id
    else:
        receiving_hosts.add(engine, receiver.host, receiver.asked_at)
        names, places = ", ".join(_WRITTEN), ", ".join(f":{name}" for name in _WRITTEN)
        found = engine.rows(f"INSERT INTO receivers ({names}) VALUES ({places}) RETURNING id", values)[0][
            "id"
        ]
    stored = locked(engine, found)
    assert stored is not None
    return stored


def locked(engine: Engine, receiver_id: int) -> Receiver | None:
    """One receiver, its row held until the transaction ends."""
    row = one(engine.rows("SELECT * FROM receivers WHERE id = :id /*for update*/", {"id": receiver_id}))
    return read(row) if row else None


def locked_at(engine: Engine, kind: str, url: str, feed_id: int, format: str) -> Receiver | None:
    """The receiver at an address for a feed, its row held until the transaction ends."""
    row = one(
        engine.rows(
            "SELECT * FROM receivers WHERE kind = :kind AND url = :url AND feed_id = :feed AND format = :format"
            " /*for update*/",
            {"kind": kind, "url": url, "feed": feed_id, "format": format},
        )
    )
    return read(row) if row else None


def of_ids(engine: Engine, ids: Sequence[int]) -> dict[int, Receiver]:
    """The receivers with these ids."""
    found: dict[int, Receiver] = {}
    for part in chunks(ids):
        rows = engine.rows("SELECT * FROM receivers WHERE id IN (:ids*)", {"ids": part})
        found |= {row["id"]: read(row) for row in rows}
    return found


def of_kind(engine: Engine, kind: str | None, *, host: str | None, most: int) -> tuple[Receiver, ...]:
    """Receivers of a kind (or all) at a host (or all), newest first."""
    rows = engine.rows(
        "SELECT * FROM receivers WHERE (kind = :kind OR :every_kind = 1) AND (host = :host OR :every_host = 1)"
        " ORDER BY id DESC LIMIT :most",
        {
            "kind": kind or "",
            "every_kind": int(kind is None),
            "host": host or "",
            "every_host": int(host is None),
            "most": most,
        },
    )
    return tuple(read(row) for row in rows)


def count(
    engine: Engine, *, domain: str | None = None, client: str | None = None, is_unverified: bool = False
) -> int:
    """How many that did not end there are, of a registrable domain or of a client; only those yet to be verified."""
    by, value = ("domain", domain) if domain is not None else ("client", client)
    states = "= 'asked'" if is_unverified else "<> 'ended'"
    found: int = engine.rows(
        f"SELECT count(*) AS n FROM receivers WHERE {by} = :value AND state {states}", {"value": value}
    )[0]["n"]
    return found


def end_past(engine: Engine, now: datetime) -> int:
    """Ends those whose lease is over; returns how many."""
    return engine.run(
        "UPDATE receivers SET state = 'ended', detail = 'its lease ended' WHERE state = 'live' AND until_at <= :now",
        {"now": to_ms(now)},
    )


def forget(engine: Engine, *, before: datetime, unverified_before: datetime) -> int:
    """Lets go of those that ended before then, or asked before then and never were verified."""
    return engine.run(
        "DELETE FROM receivers WHERE state <> 'live' AND (asked_at < :before AND (until_at IS NULL OR until_at < :before)"
        " OR since_at IS NULL AND asked_at < :unverified)"
        " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.receiver_id = receivers.id)",
        {"before": to_ms(before), "unverified": to_ms(unverified_before)},
    )


def read(row: Row) -> Receiver:
    """The receiver in a row of the table."""
    given: dict[str, Any] = {name: row[name] for name in _WRITTEN if name not in _TIMES}
    given |= {name: None if row[name] is None else from_ms(row[name]) for name in _TIMES}
    return Receiver(id=row["id"], **given)
