"""One-time links by which a person chooses a password, as hashes (table `start_links`)."""

from __future__ import annotations

from datetime import datetime

from db.engines.engine import Engine, one
from feeds.clock import to_ms


def add(engine: Engine, token_hash: str, person_id: int | None, ends_at: datetime) -> None:
    """A new link, in place of the person's former one; without a person: the first admin's."""
    engine.run(
        "DELETE FROM start_links WHERE COALESCE(person_id, 0) = :person + 0", {"person": person_id or 0}
    )
    engine.run(
        "INSERT INTO start_links (token_hash, person_id, ends_at) VALUES (:token, :person, :ends)",
        {"token": token_hash, "person": person_id, "ends": to_ms(ends_at)},
    )


def find(engine: Engine, token_hash: str, now: datetime) -> tuple[bool, int | None]:
    """Whether there is such a link that has not ended, and whose it is."""
    row = one(
        engine.rows(
            "SELECT person_id FROM start_links WHERE token_hash = :token AND ends_at > :now /*for update*/",
            {"token": token_hash, "now": to_ms(now)},
        )
    )
    return (row is not None), (row["person_id"] if row else None)


def drop(engine: Engine, token_hash: str) -> bool:
    """The link is used up; False if it was already."""
    return engine.run("DELETE FROM start_links WHERE token_hash = :token", {"token": token_hash}) == 1


def drop_of(engine: Engine, person_id: int | None) -> None:
    """The person's link (without one: the first admin's) is worth nothing any more."""
    engine.run(
        "DELETE FROM start_links WHERE COALESCE(person_id, 0) = :person + 0", {"person": person_id or 0}
    )
