"""Tokens of people, as hashes (table `tokens`)."""

from __future__ import annotations

from datetime import date, datetime

from db.engines.engine import Engine, Row, one
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.errors import NotFoundError, RequestError
from feeds.model.people import Role
from feeds.model.tokens import MOST_TOKENS, Holder, Token

_COLUMNS = "id, begin_text, role, made_at, ends_on, used_at"


class Tokens(Subject):
    """Tokens by which people's scripts write."""

    def of_person(self, person_id: int) -> tuple[Token, ...]:
        """A person's tokens, the oldest first."""
        rows = self.engine.rows(
            f"SELECT {_COLUMNS} FROM tokens WHERE person_id = :id ORDER BY id", {"id": person_id}
        )
        return tuple(_token(row) for row in rows)

    def add(
        self, person_id: int, *, hash: str, begin: str, role: Role, ends_on: date | None, now: datetime
    ) -> Token:
        """Keeps the hash of a new token; raises RequestError if the person has five."""
        with self.write():
            # Two at once: the second waits here, and sees the first one's token.
            self.engine.run("UPDATE people SET role = role WHERE id = :id", {"id": person_id})
            tokens = self.of_person(person_id)
            if len(tokens) >= MOST_TOKENS:
                shown = ", ".join(each.begin for each in tokens)
                raise RequestError(f"There are {MOST_TOKENS} tokens already ({shown}): take one back first.")
            rows = self.engine.rows(
                "INSERT INTO tokens (person_id, hash, begin_text, role, made_at, ends_on)"
                f" VALUES (:person, :hash, :begin, :role, :now, :ends) RETURNING {_COLUMNS}",
                {
                    "person": person_id,
                    "hash": hash,
                    "begin": begin,
                    "role": role,
                    "now": to_ms(now),
                    "ends": ends_on.isoformat() if ends_on else None,
                },
            )
        return _token(rows[0])

    def drop(self, person_id: int, begin: str) -> Token:
        """Takes the token back that begins so; raises NotFoundError if there is none, or more than one."""
        with self.write():
            fitting = [each for each in self.of_person(person_id) if begin and each.begin.startswith(begin)]
            if len(fitting) != 1:
                raise NotFoundError(f"No token, or more than one, begins with {begin!r}.")
            _end(self.engine, fitting[0].id)
        return fitting[0]

    def by_hash(self, hash: str) -> tuple[Holder, str] | None:
        """Whose token has that hash, and the hash as it is kept."""
        row = one(
            self.engine.rows(
                "SELECT t.id, t.begin_text, t.role, t.made_at, t.ends_on, t.used_at, t.hash, p.name, p.role AS person_role"
                " FROM tokens t JOIN people p ON p.id = t.person_id WHERE t.hash = :hash AND p.is_removed = 0",
                {"hash": hash},
            )
        )
        if row is None:
            return None
        return Holder(name=row["name"], person_role=row["person_role"], token=_token(row)), row["hash"]

    def note_used(self, token_id: int, now: datetime) -> None:
        """It was used."""
        self.engine.run(
            "UPDATE tokens SET used_at = :now WHERE id = :id", {"id": token_id, "now": to_ms(now)}
        )


def end_all(engine: Engine, person_id: int) -> None:
    """Takes all tokens of a person back."""
    for row in engine.rows("SELECT id FROM tokens WHERE person_id = :id", {"id": person_id}):
        _end(engine, row["id"])


def _end(engine: Engine, token_id: int) -> None:
    engine.run("DELETE FROM kept_answers WHERE token_id = :id", {"id": token_id})
    engine.run("DELETE FROM tokens WHERE id = :id", {"id": token_id})


def _token(row: Row) -> Token:
    return Token(
        id=row["id"],
        begin=row["begin_text"],
        role=row["role"],
        made_at=from_ms(row["made_at"]),
        ends_on=date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
        used_at=None if row["used_at"] is None else from_ms(row["used_at"]),
    )
