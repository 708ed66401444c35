"""Leave to ask a registrable domain, shared by all processes (table `domains`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from db.engine import Engine, chunks, one
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


def lock_slots(engine: Engine, domains: Iterable[str]) -> dict[str, int]:
    """The next free slot (ms) of each domain, its row held until the transaction ends."""
    names = sorted(set(domains))
    engine.run_many(
        "INSERT INTO domains (domain, next_slot_at, cool_until_at) VALUES (:domain, 0, 0)"
        " ON CONFLICT (domain) DO NOTHING",
        [{"domain": name} for name in names],
    )
    slots: dict[str, int] = {}
    for part in chunks(names):
        rows = engine.rows(
            "SELECT domain, next_slot_at FROM domains WHERE domain IN (:names*) ORDER BY domain /*for update*/",
            {"names": part},
        )
        slots.update({row["domain"]: row["next_slot_at"] for row in rows})
    return slots


def set_slots(engine: Engine, slots: dict[str, int]) -> None:
    """Writes the next free slot of each domain."""
    engine.run_many(
        "UPDATE domains SET next_slot_at = :slot WHERE domain = :domain",
        [{"domain": name, "slot": slot} for name, slot in slots.items()],
    )
