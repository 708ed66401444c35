"""The one outbox: what waits to leave by push, for whom (table `deliveries`).

A change of a feed makes one small row for each live receiver of it, in the transaction that numbers the change; where
one waits already, that row is raised to the newest change. Content is never kept here: it is the feed as it is when the
delivery is sent. Of one receiver and kind, what is older goes first.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from db import feed_changes, receiving_hosts
from db.engines.engine import Engine, Row, chunks
from db.kept import SITE_ID, Kept
from feeds.clock import from_ms, to_ms
from feeds.model.deliveries import Delivery, HostClaim, Noted

_COLUMNS = "d.id, d.kind, d.receiver_id, d.subject, d.host, d.seq, d.attempts, d.since_at"
_PUT = (
    " ON CONFLICT (receiver_id, kind, subject) WHERE state = 'waiting'"
    " DO UPDATE SET seq = CASE WHEN excluded.seq > deliveries.seq THEN excluded.seq ELSE deliveries.seq END"
)
_MOVED = (
    "SELECT t.feed_id, max(t.seq) AS last FROM touched t WHERE t.seq > :base AND t.seq <= :last"
    " AND (t.fields IS NULL OR t.fields NOT LIKE :quiet) GROUP BY t.feed_id"
)
_NOT_YET_SENT = (
    f" FROM ({_MOVED}) AS moved JOIN feeds f ON f.id = moved.feed_id JOIN receivers r ON r.state = 'live'"
    " AND (r.feed_id = moved.feed_id OR (r.feed_id = 0 AND f.state = 'open'))"
)


def announce(engine: Engine, *, base: int, last: int, now: datetime) -> int:
    """Inside the transaction that numbers changes: a delivery for each live receiver of what they touch."""
    if not engine.rows("SELECT 1 AS one FROM receivers WHERE state = 'live' LIMIT 1"):
        return 0
    span = {"base": base, "last": last, "now": to_ms(now), "quiet": f"{feed_changes.QUIET}%"}
    hosts = [row["host"] for row in engine.rows(f"SELECT DISTINCT r.host{_NOT_YET_SENT}", span)]
    if not hosts:
        return 0
    receiving_hosts.wake(engine, hosts, now)
    return engine.run(
        "INSERT INTO deliveries (kind, receiver_id, subject, host, seq, state, attempts, since_at, due_at, detail)"
        f" SELECT r.kind, r.id, CAST(moved.feed_id AS TEXT), r.host, moved.last, 'waiting', 0, :now, :now, ''{_NOT_YET_SENT}"
        f" WHERE true ORDER BY r.id, moved.feed_id{_PUT}",
        span,
    )


def add(
    engine: Engine, *, kind: str, receiver_id: int, subject: str, host: str, seq: int, now: datetime
) -> None:
    """One delivery, due now; where one of that kind and subject waits for the receiver, that one is raised."""
    receiving_hosts.wake(engine, [host], now)
    engine.run(
        "INSERT INTO deliveries (kind, receiver_id, subject, host, seq, state, attempts, since_at, due_at, detail)"
        f" VALUES (:kind, :receiver, :subject, :host, :seq, 'waiting', 0, :now, :now, ''){_PUT}",
        {
            "kind": kind,
            "receiver": receiver_id,
            "subject": subject,
            "host": host,
            "seq": seq,
            "now": to_ms(now),
        },
    )


def claim(
    engine: Engine,
    *,
    owner: str,
    now: datetime,
    until: datetime,
    most_hosts: int,
    most_failing: int,
    most_each: int,
    busy: Collection[str],
) -> tuple[HostClaim, ...]:
    """Hosts with something due, the owner's until then, each with what is due there, oldest first."""
    site = uuid.UUID(Kept(engine).get(SITE_ID) or str(uuid.NAMESPACE_URL))
    found: list[HostClaim] = []
    for is_failing, most in ((False, most_hosts), (True, most_failing)):
        rows = (
            receiving_hosts.claim(
                engine, owner=owner, now=now, until=until, most=most, is_failing=is_failing, busy=busy
            )
            if most > 0
            else []
        )
        for row in rows:
            due = engine.rows(
                f"SELECT {_COLUMNS} FROM deliveries d WHERE d.host = :host AND d.state = 'waiting'"
                " AND d.due_at <= :now AND NOT EXISTS (SELECT 1 FROM deliveries e"
                " WHERE e.receiver_id = d.receiver_id AND e.kind = d.kind AND e.state = 'waiting'"
                " AND e.id < d.id AND e.due_at > :now) ORDER BY d.id LIMIT :most",
                {"host": row["host"], "now": to_ms(now), "most": most_each},
            )
            found.append(
                HostClaim(
                    host=row["host"],
                    claim_no=row["claim_no"],
                    failure_count=row["failure_count"],
                    deliveries=tuple(_delivery(one, site) for one in due),
                )
            )
    return tuple(found)


def note(engine: Engine, noted: Sequence[Noted], now: datetime) -> tuple[Noted, ...]:
    """Writes what came of deliveries and answers what was written: nothing of a host that another took over."""
    ours = receiving_hosts.still_claimed(engine, {one.delivery.host: one.claim_no for one in noted})
    # In one order with `announce`, so that neither waits for the other in a circle.
    mine = sorted(
        (one for one in noted if one.delivery.host in ours),
        key=lambda one: (one.delivery.receiver_id, one.delivery.id),
    )
    _note_sent(engine, [one for one in mine if one.how == "told"], to_ms(now))
    engine.run_many(
        "DELETE FROM deliveries WHERE id = :id",
        [{"id": one.delivery.id} for one in mine if one.how == "dropped"],
    )
    _note_again(engine, [one for one in mine if one.how == "again"], now)
    _give_up(engine, [one for one in mine if one.how == "given-up"])
    engine.run_many(
        "UPDATE receivers SET detail = :detail WHERE id = :receiver",
        [
            {"receiver": one.delivery.receiver_id, "detail": one.detail}
            for one in mine
            if one.how in ("again", "given-up")
        ],
    )
    return tuple(mine)


def _note_sent(engine: Engine, several: Sequence[Noted], at: int) -> None:
    sent = [
        {
            "id": one.delivery.id,
            "receiver": one.delivery.receiver_id,
            "kind": one.delivery.kind,
            "seq": max(one.told_seq, one.delivery.seq),
            "now": at,
        }
        for one in several
    ]
    engine.run_many("DELETE FROM deliveries WHERE id = :id AND seq <= :seq", sent)
    # What changed while it was sent: the same row goes on as a new delivery.
    engine.run_many(
        "UPDATE deliveries SET attempts = 0, since_at = :now, due_at = :now, detail = '' WHERE id = :id", sent
    )
    engine.run_many(
        "UPDATE receivers SET told_seq = CASE WHEN told_seq < :seq THEN :seq ELSE told_seq END, told_at = :now,"
        " told_count = told_count + 1, detail = '' WHERE id = :receiver AND kind = :kind",
        sent,
    )


def _note_again(engine: Engine, several: Sequence[Noted], now: datetime) -> None:
    again = [
        {
            "id": one.delivery.id,
            "receiver": one.delivery.receiver_id,
            "kind": one.delivery.kind,
            "due": to_ms(one.due_at or now),
            "detail": one.detail,
        }
        for one in several
    ]
    engine.run_many(
        "UPDATE deliveries SET attempts = attempts + 1, detail = :detail, due_at = :due WHERE id = :id", again
    )
    # What came later for the same receiver waits for it.
    engine.run_many(
        "UPDATE deliveries SET due_at = :due WHERE receiver_id = :receiver AND kind = :kind AND state = 'waiting'"
        " AND id > :id AND due_at < :due",
        again,
    )


def _give_up(engine: Engine, several: Sequence[Noted]) -> None:
    values = [
        {
            "id": one.delivery.id,
            "receiver": one.delivery.receiver_id,
            "kind": one.delivery.kind,
            "subject": one.delivery.subject,
            "detail": one.detail,
        }
        for one in several
    ]
    # Of one receiver and subject the last that was given up is remembered.
    engine.run_many(
        "DELETE FROM deliveries WHERE receiver_id = :receiver AND kind = :kind AND subject = :subject"
        " AND state = 'given-up'",
        values,
    )
    engine.run_many(
        "UPDATE deliveries SET state = 'given-up', attempts = attempts + 1, detail = :detail WHERE id = :id",
        values,
    )


def give_up_old(engine: Engine, host: str, *, kinds: Mapping[str, datetime], detail: str) -> int:
    """Gives up what waits at a host that does not answer since before each kind's time; returns how many."""
    count = 0
    for kind, before in sorted(kinds.items()):
        rows = engine.rows(
            "SELECT id, receiver_id, subject FROM deliveries WHERE host = :host AND kind = :kind"
            " AND state = 'waiting' AND since_at <= :before ORDER BY receiver_id, id",
            {"host": host, "kind": kind, "before": to_ms(before)},
        )
        for part in chunks(row["id"] for row in rows):
            engine.run(
                "DELETE FROM deliveries WHERE state = 'given-up' AND kind = :kind AND EXISTS (SELECT 1 FROM deliveries w"
                " WHERE w.id IN (:ids*) AND w.receiver_id = deliveries.receiver_id AND w.subject = deliveries.subject)",
                {"kind": kind, "ids": part},
            )
            count += engine.run(
                "UPDATE deliveries SET state = 'given-up', detail = :detail WHERE id IN (:ids*)",
                {"ids": part, "detail": detail},
            )
    return count


def wake(engine: Engine, receiver_id: int, host: str, now: datetime) -> None:
    """What waits for a receiver is due now: it has just shown that it is there."""
    receiving_hosts.wake(engine, [host], now)
    engine.run(
        "UPDATE deliveries SET due_at = :now WHERE receiver_id = :id AND state = 'waiting' AND due_at > :now",
        {"id": receiver_id, "now": to_ms(now)},
    )


def drop_of(engine: Engine, receiver_id: int, kind: str | None = None) -> None:
    """Nothing waits any more for a receiver: of one kind, or of all."""
    engine.run(
        "DELETE FROM deliveries WHERE receiver_id = :id AND (kind = :kind OR :every = 1)",
        {"id": receiver_id, "kind": kind or "", "every": int(kind is None)},
    )


def given_up(engine: Engine, without: Collection[str] = ()) -> dict[str, tuple[int, str]]:
    """By host: how many deliveries of other kinds were given up there, and why the last of them."""
    rows = engine.rows(
        "SELECT g.host, g.n, d.detail FROM (SELECT host, count(*) AS n, max(id) AS last FROM deliveries"
        f" WHERE state = 'given-up'{' AND kind NOT IN (:without*)' if without else ''} GROUP BY host) AS g"
        " JOIN deliveries d ON d.id = g.last ORDER BY g.host",
        {"without": sorted(without)},
    )
    return {row["host"]: (row["n"], row["detail"]) for row in rows}


def given_up_of(engine: Engine, receiver_id: int) -> int:
    """How many deliveries to a receiver were given up, and are not forgotten yet."""
    found: int = engine.rows(
        "SELECT count(*) AS n FROM deliveries WHERE state = 'given-up' AND receiver_id = :id",
        {"id": receiver_id},
    )[0]["n"]
    return found


def waiting(engine: Engine) -> tuple[int, datetime | None]:
    """How many deliveries wait, and since when the oldest does."""
    row = engine.rows("SELECT count(*) AS n, min(since_at) AS first FROM deliveries WHERE state = 'waiting'")[
        0
    ]
    return row["n"], None if row["first"] is None else from_ms(row["first"])


def waiting_of(engine: Engine, receiver_ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """By receiver: how many deliveries wait for it, and when the next is tried; without those for whom none does."""
    found: dict[int, tuple[int, datetime]] = {}
    for part in chunks(receiver_ids):
        rows = engine.rows(
            "SELECT receiver_id, count(*) AS n, min(due_at) AS first FROM deliveries"
            " WHERE state = 'waiting' AND receiver_id IN (:ids*) GROUP BY receiver_id",
            {"ids": part},
        )
        found |= {row["receiver_id"]: (row["n"], from_ms(row["first"])) for row in rows}
    return found


def forget_given_up(engine: Engine, before: datetime) -> int:
    """Lets go of what was given up and had waited since before then; returns how many."""
    return engine.run(
        "DELETE FROM deliveries WHERE state = 'given-up' AND since_at < :before", {"before": to_ms(before)}
    )


def _delivery(row: Row, site: uuid.UUID) -> Delivery:
    return Delivery(
        id=row["id"],
        kind=row["kind"],
        receiver_id=row["receiver_id"],
        subject=row["subject"],
        host=row["host"],
        seq=row["seq"],
        attempts=row["attempts"],
        since_at=from_ms(row["since_at"]),
        key=str(uuid.uuid5(site, f"delivery {row['id']} {row['seq']}")),
    )
