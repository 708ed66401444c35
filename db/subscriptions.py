"""Our subscriptions to sources' hubs (table `subscriptions`), and until when a source is told by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from db.engines.engine import Engine, Row, chunks, one
from feeds.clock import from_ms, to_ms
from feeds.model.push import HubSubscription

FORGOTTEN_AFTER = timedelta(days=30)
_WRITTEN = (
    "source_id", "hub_url", "hub_urls", "feed_url", "document_url", "document_format", "token", "secret", "state",
    "pending", "pending_until_at", "since_at", "lease_until_at", "next_try_at", "failure_count", "silences",
    "told_at", "ignored_at", "reason",
)  # fmt: skip
_TIMES = ("pending_until_at", "since_at", "lease_until_at", "next_try_at", "told_at", "ignored_at")


def of_sources(engine: Engine, source_ids: Sequence[int]) -> tuple[HubSubscription, ...]:
    """All subscriptions of these sources, oldest first."""
    rows: list[Row] = []
    for part in chunks(source_ids):
        rows += engine.rows(
            "SELECT * FROM subscriptions WHERE source_id IN (:ids*) ORDER BY id", {"ids": part}
        )
    return tuple(read(row) for row in rows)


def locked(engine: Engine, subscription_id: int) -> HubSubscription | None:
    """One subscription, its row held until the transaction ends."""
    row = one(
        engine.rows("SELECT * FROM subscriptions WHERE id = :id /*for update*/", {"id": subscription_id})
    )
    return read(row) if row else None


def locked_of_token(engine: Engine, token: str) -> HubSubscription | None:
    """The subscription whose callback ends in the token, its row held until the transaction ends."""
    row = one(
        engine.rows("SELECT * FROM subscriptions WHERE token = :token /*for update*/", {"token": token})
    )
    return read(row) if row else None


def put(engine: Engine, subscription: HubSubscription) -> HubSubscription:
    """Stores the subscription, new or changed, and brings in line until when its source is told."""
    values = _values(subscription)
    if subscription.id:
        settings = ", ".join(f"{name} = :{name}" for name in _WRITTEN)
        engine.run(f"UPDATE subscriptions SET {settings} WHERE id = :id", values)
        found = subscription.id
    else:
        names, places = ", ".join(_WRITTEN), ", ".join(f":{name}" for name in _WRITTEN)
        del values["id"]
        rows = engine.rows(f"INSERT INTO subscriptions ({names}) VALUES ({places}) RETURNING id", values)
        found = rows[0]["id"]
    until = (
        "(SELECT max(lease_until_at) FROM subscriptions"
        " WHERE subscriptions.source_id = poll_states.source_id AND subscriptions.state = 'active')"
    )
    engine.run(
        f"UPDATE poll_states SET told_until_at = {until} WHERE source_id = :id"
        f" AND told_until_at IS DISTINCT FROM {until}",
        {"id": subscription.source_id},
    )
    stored = locked(engine, found)
    assert stored is not None
    return stored


def take_due(engine: Engine, *, now: datetime, until: datetime, most: int) -> tuple[HubSubscription, ...]:
    """Subscriptions whose hub is to be asked now; nobody else takes them before `until`."""
    rows = engine.rows(
        "SELECT * FROM subscriptions WHERE next_try_at <= :now ORDER BY next_try_at, id LIMIT :most"
        " /*skip locked*/",
        {"now": to_ms(now), "most": most},
    )
    engine.run_many(
        "UPDATE subscriptions SET next_try_at = :until WHERE id = :id",
        [{"id": row["id"], "until": to_ms(until)} for row in rows],
    )
    return tuple(read(row) for row in rows)


def wake(engine: Engine, now: datetime, source_id: int | None = None, *, is_every: bool = True) -> None:
    """Has subscriptions looked at now: of one source or of all, every one or those that wait for nothing."""
    engine.run(
        "UPDATE subscriptions SET next_try_at = :now WHERE (source_id = :id OR :id IS NULL)"
        " AND (next_try_at IS NULL OR :every = 1)",
        {"now": to_ms(now), "id": source_id, "every": int(is_every)},
    )


def is_any_due(engine: Engine, now: datetime) -> bool:
    """True if a hub is to be asked: so that nobody takes the right to write for nothing."""
    sql = "SELECT 1 AS one FROM subscriptions WHERE next_try_at <= :now LIMIT 1"
    return bool(engine.rows(sql, {"now": to_ms(now)}))


def live(engine: Engine) -> tuple[HubSubscription, ...]:
    """Subscriptions that a hub knows of, or that wait to be asked for."""
    rows = engine.rows(
        "SELECT * FROM subscriptions WHERE next_try_at IS NOT NULL AND state <> 'leaving' ORDER BY id"
    )
    return tuple(read(row) for row in rows)


def forget(engine: Engine, now: datetime) -> None:
    """Lets go of subscriptions that were left long ago."""
    engine.run(
        "DELETE FROM subscriptions WHERE state = 'left' AND pending_until_at < :before"
        " AND id NOT IN (SELECT subscription_id FROM pushes)",
        {"before": to_ms(now - FORGOTTEN_AFTER)},
    )


def read(row: Row) -> HubSubscription:
    """The subscription in a row of the table."""
    given: dict[str, Any] = {
        name: row[name] for name in _WRITTEN if name not in _TIMES and name != "hub_urls"
    }
    given |= {name: None if row[name] is None else from_ms(row[name]) for name in _TIMES}
    hub_urls = msgspec.json.decode(row["hub_urls"], type=tuple[str, ...])
    return HubSubscription(id=row["id"], hub_urls=hub_urls, **given)


def _values(subscription: HubSubscription) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(subscription, name) for name in ("id", *_WRITTEN)}
    for name in _TIMES:
        moment = getattr(subscription, name)
        values[name] = None if moment is None else to_ms(moment)
    values["hub_urls"] = msgspec.json.encode(subscription.hub_urls).decode()
    return values
