"""Challenges that a browser has to bring back, once and soon (passkeys, single sign-on), as hashes (table `challenges`)."""

from __future__ import annotations

from datetime import datetime

from db.engines.engine import Engine
from feeds.clock import to_ms


def add(
    engine: Engine, challenge_hash: str, purpose: str, person_id: int, *, ends_at: datetime, now: datetime
) -> None:
    """A new one; those that ended go."""
    engine.run("DELETE FROM challenges WHERE ends_at <= :now", {"now": to_ms(now)})
    engine.run(
        "INSERT INTO challenges (challenge_hash, purpose, person_id, ends_at) VALUES (:hash, :purpose, :person, :ends)",
        {"hash": challenge_hash, "purpose": purpose, "person": person_id, "ends": to_ms(ends_at)},
    )


def use(engine: Engine, challenge_hash: str, purpose: str, person_id: int, now: datetime) -> bool:
    """Takes it away; False if there is none for that purpose and person, or it ended."""
    used = engine.run(
        "DELETE FROM challenges WHERE challenge_hash = :hash AND purpose = :purpose AND person_id = :person"
        " AND ends_at > :now",
        {"hash": challenge_hash, "purpose": purpose, "person": person_id, "now": to_ms(now)},
    )
    return used == 1
