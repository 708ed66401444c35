"""Which scheduler delivers to which host, when, and how that host fares (table `receiving_hosts`).

Whoever writes locks hosts before deliveries, and several hosts in the order of their names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from db.engines.engine import Engine, Row, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.deliveries import HostTally


def add(engine: Engine, host: str, now: datetime) -> None:
    """The host's row, kept for the time being: somebody there asks to be told."""
    engine.run(
        "INSERT INTO receiving_hosts (host, asked_at, claim_no, claimed_until_at, failure_count, detail)"
        " VALUES (:host, :now, 0, 0, 0, '') ON CONFLICT (host) DO UPDATE SET asked_at = excluded.asked_at",
        {"host": host, "now": to_ms(now)},
    )


def lock(engine: Engine, host: str) -> None:
    """Holds the host's row until the transaction ends: whoever writes about a receiver there does so first."""
    engine.rows("SELECT host FROM receiving_hosts WHERE host = :host /*for update*/", {"host": host})


def forget(engine: Engine, before: datetime) -> int:
    """Lets go of hosts where nobody is any more since before then; returns how many."""
    return engine.run(
        "DELETE FROM receiving_hosts WHERE asked_at < :before AND claimed_until_at < :before"
        " AND NOT EXISTS (SELECT 1 FROM receivers r WHERE r.host = receiving_hosts.host)",
        {"before": to_ms(before)},
    )


def claim(
    engine: Engine,
    *,
    owner: str,
    now: datetime,
    until: datetime,
    most: int,
    is_failing: bool,
    busy: Collection[str],
) -> list[Row]:
    """Gives due hosts that nobody holds to the owner: those that fail, or the others; answers host, number, failures."""
    except_busy = " AND host NOT IN (:busy*)" if busy else ""
    free = engine.rows(
        "SELECT host FROM receiving_hosts WHERE next_due_at <= :now AND claimed_until_at <= :now"
        f" AND failure_count {'>' if is_failing else '='} 0{except_busy} ORDER BY next_due_at, host LIMIT :most"
        " /*skip locked*/",
        {"now": to_ms(now), "most": most, "busy": sorted(busy)},
    )
    rows: list[Row] = []
    for part in chunks(row["host"] for row in free):
        rows += engine.rows(
            "UPDATE receiving_hosts SET claim_no = claim_no + 1, claimed_by = :owner, claimed_until_at = :until"
            " WHERE host IN (:hosts*) RETURNING host, claim_no, failure_count",
            {"owner": owner, "until": to_ms(until), "hosts": part},
        )
    return rows


def is_any_due(engine: Engine, now: datetime) -> bool:
    """True if something is to be delivered now: so that nobody takes the right to write for nothing."""
    sql = (
        "SELECT 1 AS one FROM receiving_hosts WHERE next_due_at <= :now AND claimed_until_at <= :now LIMIT 1"
    )
    return bool(engine.rows(sql, {"now": to_ms(now)}))


def still_claimed(engine: Engine, claims: Mapping[str, int]) -> frozenset[str]:
    """The hosts that are still held under these numbers; their rows are held as they are."""
    found: dict[str, int] = {}
    for part in chunks(sorted(claims)):
        rows = engine.rows(
            "SELECT host, claim_no FROM receiving_hosts WHERE host IN (:hosts*) ORDER BY host /*for update*/",
            {"hosts": part},
        )
        found.update({row["host"]: row["claim_no"] for row in rows})
    return frozenset(host for host, number in claims.items() if found.get(host) == number)


def wake(engine: Engine, hosts: Sequence[str], now: datetime) -> None:
    """Something is due there now; a host that rests after failures goes on resting."""
    for part in chunks(sorted(hosts)):
        engine.rows(
            "SELECT host FROM receiving_hosts WHERE host IN (:hosts*) ORDER BY host /*for update*/",
            {"hosts": part},
        )
        engine.run(
            "UPDATE receiving_hosts SET next_due_at = :now WHERE host IN (:hosts*)"
            " AND (next_due_at IS NULL OR (failure_count = 0 AND next_due_at > :now))",
            {"hosts": part, "now": to_ms(now)},
        )


def release(
    engine: Engine, host: str, *, rest_until: datetime | None, is_taken: bool, fault: str, now: datetime
) -> None:
    """Lets go of a held host: due when its next delivery is, or not before its rest ends.

    `fault` says that nobody answered there; empty, and nothing told: nothing was tried.
    """
    rows = engine.rows(
        "SELECT min(d.due_at) AS first FROM deliveries d WHERE d.host = :host AND d.state = 'waiting'"
        " AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.receiver_id = d.receiver_id AND e.kind = d.kind"
        " AND e.state = 'waiting' AND e.id < d.id)",
        {"host": host},
    )
    first: int | None = rows[0]["first"]
    if first is not None and rest_until is not None:
        first = max(first, to_ms(rest_until))
    values = {"host": host, "first": first, "now": to_ms(now), "fault": fault}
    fares = ""
    if is_taken:
        fares = ", failure_count = 0, told_at = :now, detail = ''"
    elif fault:
        fares = ", failure_count = failure_count + 1, failed_at = :now, detail = :fault"
    engine.run(
        "UPDATE receiving_hosts SET claimed_by = NULL, claimed_until_at = 0, next_due_at = :first"
        f"{fares} WHERE host = :host",
        values,
    )


def let_go(engine: Engine, owner: str) -> None:
    """Lets go of all that the owner holds."""
    engine.run(
        "UPDATE receiving_hosts SET claimed_by = NULL, claimed_until_at = 0 WHERE claimed_by = :owner",
        {"owner": owner},
    )


def tallies(engine: Engine, *, most: int, host: str | None = None) -> tuple[HostTally, ...]:
    """What goes where (or to one host), the hosts with the most receivers first."""
    rows = engine.rows(
        "SELECT h.host, h.failure_count, h.told_at, h.failed_at, h.detail,"
        " (SELECT count(*) FROM receivers r WHERE r.host = h.host AND r.state = 'live') AS receivers,"
        " (SELECT count(*) FROM deliveries d WHERE d.host = h.host AND d.state = 'waiting') AS waiting,"
        " (SELECT count(*) FROM deliveries d WHERE d.host = h.host AND d.state = 'given-up') AS given_up"
        f" FROM receiving_hosts h{'' if host is None else ' WHERE h.host = :host'}"
        " ORDER BY receivers DESC, h.host LIMIT :most",
        {"most": most, "host": host},
    )
    return tuple(
        HostTally(
            host=row["host"],
            receivers=row["receivers"],
            waiting=row["waiting"],
            given_up=row["given_up"],
            failure_count=row["failure_count"],
            told_at=None if row["told_at"] is None else from_ms(row["told_at"]),
            failed_at=None if row["failed_at"] is None else from_ms(row["failed_at"]),
            detail=row["detail"],
        )
        for row in rows
    )
