"""Who people are at a provider of single sign-on (columns of `people`)."""

from __future__ import annotations

from db.engines.engine import Engine, one


def of_subject(engine: Engine, issuer: str, subject: str) -> tuple[int, bool] | None:
    """The person of that identity, and whether they may still sign in."""
    row = one(
        engine.rows(
            "SELECT id, is_removed FROM people WHERE issuer = :issuer AND subject = :subject",
            {"issuer": issuer, "subject": subject},
        )
    )
    return None if row is None else (row["id"], not row["is_removed"])


def of_email(engine: Engine, email: str) -> int | None:
    """Who has that address."""
    row = one(engine.rows("SELECT id FROM people WHERE email = :email AND is_removed = 0", {"email": email}))
    return None if row is None else int(row["id"])


def bind(engine: Engine, person_id: int, issuer: str, subject: str) -> bool:
    """Binds an identity to a person who has none; False if they have one. Who was removed loses it."""
    engine.run(
        "UPDATE people SET issuer = NULL, subject = NULL"
        " WHERE issuer = :issuer AND subject = :subject AND is_removed = 1",
        {"issuer": issuer, "subject": subject},
    )
    bound = engine.run(
        "UPDATE people SET issuer = :issuer, subject = :subject WHERE id = :id AND subject IS NULL AND is_removed = 0",
        {"id": person_id, "issuer": issuer, "subject": subject},
    )
    return bound == 1


def set_email(engine: Engine, person_id: int, email: str | None) -> None:
    """By which address the person is known at their next single sign-on; a former identity is let go."""
    engine.run(
        "UPDATE people SET email = :email, issuer = NULL, subject = NULL WHERE id = :id",
        {"id": person_id, "email": email},
    )


def has_been(engine: Engine, name: str) -> bool:
    """True if somebody is, or was, called so, whatever the case."""
    return bool(engine.rows("SELECT 1 AS one FROM people WHERE lower(name) = lower(:name)", {"name": name}))
