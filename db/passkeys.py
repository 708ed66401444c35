"""Passkeys of people (table `passkeys`)."""

from __future__ import annotations

from datetime import datetime

from db.engines.engine import Engine, Row, one
from feeds.clock import from_ms, to_ms
from feeds.model.people import NewPasskey, Passkey

_COLUMNS = "id, person_id, credential, public_key, sign_count, name, made_at, used_at"


def add(engine: Engine, person_id: int, made: NewPasskey, *, name: str, now: datetime) -> bool:
    """A new one; False if somebody has it already."""
    added = engine.run(
        "INSERT INTO passkeys (person_id, credential, public_key, sign_count, name, made_at)"
        " VALUES (:person, :credential, :public_key, :sign_count, :name, :now)"
        " ON CONFLICT (credential) DO NOTHING",
        {
            "person": person_id,
            "credential": made.credential,
            "public_key": made.public_key,
            "sign_count": made.sign_count,
            "name": name,
            "now": to_ms(now),
        },
    )
    return added == 1


def of_person(engine: Engine, person_id: int) -> tuple[Passkey, ...]:
    """A person's passkeys, the oldest first."""
    rows = engine.rows(
        f"SELECT {_COLUMNS} FROM passkeys WHERE person_id = :person ORDER BY id", {"person": person_id}
    )
    return tuple(_passkey(row) for row in rows)


def by_credential(engine: Engine, credential: str) -> Passkey | None:
    """The one that the browser calls so."""
    row = one(
        engine.rows(
            f"SELECT {_COLUMNS} FROM passkeys WHERE credential = :credential", {"credential": credential}
        )
    )
    return _passkey(row) if row else None


def use(engine: Engine, passkey_id: int, sign_count: int, now: datetime) -> bool:
    """Notes a use; False if the counter did not go on. Who does not count says 0 each time."""
    used = engine.run(
        "UPDATE passkeys SET sign_count = :count, used_at = :now WHERE id = :id"
        " AND (sign_count < :count OR (sign_count = 0 AND :count + 0 = 0))",
        {"id": passkey_id, "count": sign_count, "now": to_ms(now)},
    )
    return used == 1


def drop(engine: Engine, person_id: int, passkey_id: int) -> bool:
    """Takes a person's passkey away."""
    return (
        engine.run(
            "DELETE FROM passkeys WHERE id = :id AND person_id = :person",
            {"id": passkey_id, "person": person_id},
        )
        == 1
    )


def drop_of(engine: Engine, person_id: int) -> None:
    """Takes all of a person's passkeys away."""
    engine.run("DELETE FROM passkeys WHERE person_id = :person", {"person": person_id})


def _passkey(row: Row) -> Passkey:
    return Passkey(
        id=row["id"],
        person_id=row["person_id"],
        credential=row["credential"],
        public_key=row["public_key"],
        sign_count=row["sign_count"],
        name=row["name"],
        made_at=from_ms(row["made_at"]),
        used_at=None if row["used_at"] is None else from_ms(row["used_at"]),
    )
