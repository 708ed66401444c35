"""What hubs brought and is not yet taken up (table `pushes`), claimed by host as polls are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from db import hosts, poll_states, sources, subscriptions
from db.engines.engine import Engine, Row, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.incoming import DueSource
from feeds.model.push import Push


def add(
    engine: Engine, subscription_id: int, *, body: bytes, content_type: str, now: datetime, most: int
) -> bool:
    """Keeps what a hub brought, once; False if so many wait already."""
    waiting = engine.rows(
        "SELECT count(*) AS n, (SELECT max(id) FROM pushes WHERE subscription_id = :id AND body = :body) AS same,"
        " max(id) AS last FROM pushes WHERE subscription_id = :id",
        {"id": subscription_id, "body": body},
    )[0]
    if waiting["last"] is not None and waiting["same"] == waiting["last"]:
        return True
    if waiting["n"] >= most:
        return False
    engine.run(
        "INSERT INTO pushes (subscription_id, body, content_type, received_at)"
        " VALUES (:id, :body, :content_type, :now)",
        {"id": subscription_id, "body": body, "content_type": content_type, "now": to_ms(now)},
    )
    return True


def take(
    engine: Engine, *, owner: str, now: datetime, until: datetime, most: int, busy: Collection[str] = ()
) -> tuple[Push, ...]:
    """The oldest pushes for hosts that nobody holds, at most one a source; the hosts are the owner's now."""
    free = engine.rows(
        f"SELECT host FROM hosts WHERE claimed_until_at <= :now{hosts.except_busy(busy)} AND host IN (SELECT p.host FROM pushes u"
        " JOIN subscriptions s ON s.id = u.subscription_id JOIN poll_states p ON p.source_id = s.source_id)"
        " ORDER BY host LIMIT :most /*skip locked*/",
        {"now": to_ms(now), "most": most, "busy": sorted(busy)},
    )
    if not free:
        return ()
    names = [row["host"] for row in free]
    numbers = hosts.claim(engine, names, owner=owner, until=until)
    rows: list[Row] = []
    for part in chunks(names):
        rows += engine.rows(
            "SELECT u.id AS push_id, u.subscription_id, u.content_type, u.received_at, u.body,"
            f" {sources.COLUMNS}, {poll_states.COLUMNS}"
            " FROM pushes u JOIN subscriptions b ON b.id = u.subscription_id"
            " JOIN sources s ON s.id = b.source_id JOIN poll_states p ON p.source_id = s.id"
            " WHERE p.host IN (:hosts*) AND u.id IN (SELECT min(w.id) FROM pushes w"
            " JOIN subscriptions v ON v.id = w.subscription_id GROUP BY v.source_id)"
            " ORDER BY u.id LIMIT :most",
            {"hosts": part, "most": most},
        )
    taken = rows[:most]
    idle = set(names) - {row["host"] for row in taken}
    if idle:
        hosts.release(engine, owner=owner, hosts=sorted(idle))
    return tuple(_push(engine, row, numbers[row["host"]], now) for row in taken)


def is_any(engine: Engine) -> bool:
    """True if something waits."""
    return bool(engine.rows("SELECT 1 AS one FROM pushes LIMIT 1"))


def drop(engine: Engine, push_id: int) -> None:
    """It has been taken up."""
    engine.run("DELETE FROM pushes WHERE id = :id", {"id": push_id})


def _push(engine: Engine, row: Row, claim_no: int, now: datetime) -> Push:
    subscription = subscriptions.locked(engine, row["subscription_id"])
    assert subscription is not None
    due = DueSource(
        source=sources.read(row), poll=poll_states.read(row), host=row["host"], claim_no=claim_no, slot_at=now
    )
    return Push(
        id=row["push_id"],
        subscription=subscription,
        due=due,
        body=bytes(row["body"]),
        content_type=row["content_type"],
        received_at=from_ms(row["received_at"]),
    )
