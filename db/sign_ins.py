"""Who is signed in: one row for each browser, its token as a hash (table `sign_ins`)."""

from __future__ import annotations

from datetime import datetime

from db.engines.engine import Engine, Row, one
from feeds.clock import from_ms, to_ms
from feeds.model.people import SignIn

_COLUMNS = "id, person_id, made_at, used_at, address, browser"


def add(
    engine: Engine, token_hash: str, person_id: int, *, address: str, browser: str, now: datetime
) -> SignIn:
    """A browser is signed in."""
    rows = engine.rows(
        "INSERT INTO sign_ins (token_hash, person_id, made_at, used_at, address, browser)"
        f" VALUES (:token, :person, :now, :now, :address, :browser) RETURNING {_COLUMNS}",
        {
            "token": token_hash,
            "person": person_id,
            "now": to_ms(now),
            "address": address,
            "browser": browser[:200],
        },
    )
    return _sign_in(rows[0])


def by_token(engine: Engine, token_hash: str) -> SignIn | None:
    """The sign-in of that token's hash."""
    row = one(
        engine.rows(f"SELECT {_COLUMNS} FROM sign_ins WHERE token_hash = :token", {"token": token_hash})
    )
    return _sign_in(row) if row else None


def of_person(engine: Engine, person_id: int) -> tuple[SignIn, ...]:
    """A person's sign-ins, the last used first."""
    rows = engine.rows(
        f"SELECT {_COLUMNS} FROM sign_ins WHERE person_id = :person ORDER BY used_at DESC, id DESC",
        {"person": person_id},
    )
    return tuple(_sign_in(row) for row in rows)


def note_used(engine: Engine, sign_in_id: int, address: str, now: datetime) -> None:
    """It was used from there."""
    engine.run(
        "UPDATE sign_ins SET used_at = :now, address = :address WHERE id = :id",
        {"id": sign_in_id, "now": to_ms(now), "address": address},
    )


def end(engine: Engine, person_id: int, *, only: int | None = None, but: int | None = None) -> int:
    """Ends a person's sign-ins: the one named, or all but one; returns how many."""
    return engine.run(
        "DELETE FROM sign_ins WHERE person_id = :person AND (:only + 0 = 0 OR id = :only + 0) AND id <> :but + 0",
        {"person": person_id, "only": only or 0, "but": but or 0},
    )


def forget(engine: Engine, *, used_before: datetime, made_before: datetime) -> int:
    """Ends sign-ins that nobody used since, and those that are too old."""
    return engine.run(
        "DELETE FROM sign_ins WHERE used_at < :used OR made_at < :made",
        {"used": to_ms(used_before), "made": to_ms(made_before)},
    )


def _sign_in(row: Row) -> SignIn:
    return SignIn(
        id=row["id"],
        person_id=row["person_id"],
        made_at=from_ms(row["made_at"]),
        used_at=from_ms(row["used_at"]),
        address=row["address"],
        browser=row["browser"],
    )
