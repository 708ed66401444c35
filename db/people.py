"""People who may sign in, and as what (table `people`)."""

from __future__ import annotations

from datetime import datetime

from db.engines.engine import Engine, Row, one
from feeds.clock import from_ms, to_ms
from feeds.model.people import Person, Role

_COLUMNS = (
    "id, name, role, password, made_at, seen_at, totp, totp_step, email, issuer, subject, language,"
    " (SELECT count(*) FROM passkeys WHERE passkeys.person_id = people.id) AS passkeys"
)


def add(engine: Engine, name: str, role: Role, password: str | None, now: datetime) -> Person:
    """A new person; one who was removed under that name comes back."""
    values = {"name": name, "role": role, "password": password, "now": to_ms(now)}
    engine.run(
        "INSERT INTO people (name, role, password, made_at, is_removed) VALUES (:name, :role, :password, :now, 0)"
        " ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password,"
        " is_removed = 0, totp = NULL, email = NULL, issuer = NULL, subject = NULL,"
        " language = NULL",
        values,
    )
    rows = engine.rows(f"SELECT {_COLUMNS} FROM people WHERE name = :name", {"name": name})
    return _person(rows[0])


def every(engine: Engine) -> tuple[Person, ...]:
    """All by name."""
    return tuple(
        _person(row)
        for row in engine.rows(f"SELECT {_COLUMNS} FROM people WHERE is_removed = 0 ORDER BY name")
    )


def by_name(engine: Engine, name: str) -> Person | None:
    """Who is called so, whatever the case."""
    row = one(
        engine.rows(
            f"SELECT {_COLUMNS} FROM people WHERE lower(name) = lower(:name) AND is_removed = 0",
            {"name": name},
        )
    )
    return _person(row) if row else None


def by_id(engine: Engine, person_id: int) -> Person | None:
    """The person of that id."""
    row = one(
        engine.rows(
            f"SELECT {_COLUMNS} FROM people WHERE id = :id AND is_removed = 0 /*for update*/",
            {"id": person_id},
        )
    )
    return _person(row) if row else None


def set_role(engine: Engine, person_id: int, role: Role) -> None:
    """What the person may do from now on."""
    engine.run("UPDATE people SET role = :role WHERE id = :id", {"id": person_id, "role": role})


def set_password(engine: Engine, person_id: int, password: str) -> None:
    """Keeps the hash of a password."""
    engine.run(
        "UPDATE people SET password = :password WHERE id = :id", {"id": person_id, "password": password}
    )


def set_totp(engine: Engine, person_id: int, secret: str | None, step: int) -> None:
    """Keeps a second factor, or (None) takes it off."""
    engine.run(
        "UPDATE people SET totp = :secret, totp_step = :step WHERE id = :id",
        {"id": person_id, "secret": secret, "step": step},
    )


def use_totp(engine: Engine, person_id: int, step: int) -> bool:
    """Notes that the code of that span was used; False if it, or a later one, was used before."""
    used = engine.run(
        "UPDATE people SET totp_step = :step WHERE id = :id AND totp_step < :step",
        {"id": person_id, "step": step},
    )
    return used == 1


def set_language(engine: Engine, person_id: int, language: str | None) -> None:
    """Keeps in which language the person reads; None for the site's."""
    engine.run(
        "UPDATE people SET language = :language WHERE id = :id", {"id": person_id, "language": language}
    )


def note_seen(engine: Engine, person_id: int, now: datetime) -> None:
    """The person was here."""
    engine.run("UPDATE people SET seen_at = :now WHERE id = :id", {"id": person_id, "now": to_ms(now)})


def remove(engine: Engine, person_id: int) -> None:
    """The person may not sign in any more; the name stays with what they changed.

    So does who they are at a provider: else single sign-on would make a new person of them.
    """
    engine.run(
        "UPDATE people SET is_removed = 1, password = NULL, email = NULL WHERE id = :id", {"id": person_id}
    )


def _person(row: Row) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        password=row["password"],
        made_at=from_ms(row["made_at"]),
        seen_at=None if row["seen_at"] is None else from_ms(row["seen_at"]),
        totp=row["totp"],
        totp_step=row["totp_step"],
        passkeys=row["passkeys"],
        email=row["email"],
        issuer=row["issuer"],
        subject=row["subject"],
        language=row["language"],
    )
