"""When each registrable domain may be asked next, shared by all processes (table `domains`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from db.engines.engine import Engine, chunks, one
from feeds.clock import from_ms, to_ms


def take_slot(engine: Engine, domain: str, *, now: datetime, pause: timedelta) -> datetime:
    """The moment from which a request to the domain is welcome; the next one comes a pause later."""
    row = one(
        engine.rows(
            "INSERT INTO domains (domain, next_slot_at, cool_until_at) VALUES (:domain, :now + :pause, 0)"
            " ON CONFLICT (domain) DO UPDATE SET next_slot_at ="
            " CASE WHEN domains.next_slot_at > :now THEN domains.next_slot_at ELSE :now END + :pause"
            " RETURNING next_slot_at - :pause AS slot_at",
            {"domain": domain, "now": to_ms(now), "pause": pause // timedelta(milliseconds=1)},
        )
    )
    assert row is not None
    return from_ms(row["slot_at"])


def cool(engine: Engine, domain: str, *, until: datetime) -> None:
    """No slot of the domain before then."""
    engine.run(
        "INSERT INTO domains (domain, next_slot_at, cool_until_at) VALUES (:domain, :until, :until)"
        " ON CONFLICT (domain) DO UPDATE SET cool_until_at = :until, next_slot_at ="
        " CASE WHEN domains.next_slot_at > :until THEN domains.next_slot_at ELSE :until END",
        {"domain": domain, "until": to_ms(until)},
    )


def hold(engine: Engine, domains: Iterable[str], *, owner: str, until: datetime) -> None:
    """From now on only this process asks these domains: so that never two requests are under way at one."""
    engine.run_many(
        "UPDATE domains SET held_by = :owner, held_until_at = :until WHERE domain = :domain",
        [{"domain": name, "owner": owner, "until": to_ms(until)} for name in sorted(set(domains))],
    )


def extend_holds(engine: Engine, hosts: Collection[str], *, owner: str, until: datetime) -> None:
    """Holds the domains of these hosts for longer, where they are still the owner's."""
    for part in chunks(sorted(hosts)):
        engine.run(
            "UPDATE domains SET held_until_at = :until WHERE held_by = :owner"
            " AND domain IN (SELECT domain FROM hosts WHERE host IN (:hosts*))",
            {"owner": owner, "until": to_ms(until), "hosts": part},
        )


def let_go(
    engine: Engine, *, owner: str, hosts: Sequence[str] | None, next_at: datetime | None = None
) -> None:
    """Lets go of the owner's domains that none of its hosts belongs to any more: those of the hosts named, or all.

    Their next slot is not before `next_at`.
    """
    idle = (
        "UPDATE domains SET held_by = NULL, held_until_at = NULL,"
        " next_slot_at = CASE WHEN next_slot_at < :next THEN :next ELSE next_slot_at END"
        " WHERE held_by = :owner AND NOT EXISTS"
        " (SELECT 1 FROM hosts h WHERE h.domain = domains.domain AND h.claimed_by = :owner)"
    )
    values = {"owner": owner, "next": to_ms(next_at) if next_at else 0}
    if hosts is None:
        engine.run(idle, values)
        return
    for part in chunks(hosts):
        engine.run(
            f"{idle} AND domain IN (SELECT domain FROM hosts WHERE host IN (:hosts*))",
            {**values, "hosts": part},
        )


def cool_until(engine: Engine, domain: str) -> datetime | None:
    """Until when the domain is to be left alone."""
    row = one(engine.rows("SELECT cool_until_at FROM domains WHERE domain = :domain", {"domain": domain}))
    return from_ms(row["cool_until_at"]) if row else None


def lock_slots(engine: Engine, domains: Iterable[str], *, owner: str, now: datetime) -> dict[str, int]:
    """The next free slot (ms) of each domain that nobody else holds, its row held until the transaction ends."""
    names = sorted(set(domains))
    engine.run_many(
        "INSERT INTO domains (domain, next_slot_at, cool_until_at) VALUES (:domain, 0, 0)"
        " ON CONFLICT (domain) DO NOTHING",
        [{"domain": name} for name in names],
    )
    slots: dict[str, int] = {}
    for part in chunks(names):
        rows = engine.rows(
            "SELECT domain, next_slot_at FROM domains WHERE domain IN (:names*) AND (held_by IS NULL"
            " OR held_by = :owner OR held_until_at <= :now) ORDER BY domain /*for update*/",
            {"names": part, "owner": owner, "now": to_ms(now)},
        )
        slots.update({row["domain"]: row["next_slot_at"] for row in rows})
    return slots


def set_slots(engine: Engine, slots: dict[str, int]) -> None:
    """Writes the next free slot of each domain."""
    engine.run_many(
        "UPDATE domains SET next_slot_at = :slot WHERE domain = :domain",
        [{"domain": name, "slot": slot} for name, slot in slots.items()],
    )
