"""What writes of the API were answered, under the keys that scripts gave (table `kept_answers`)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from db.engines.engine import Row, one
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.errors import ClaimLostError
from feeds.model.tokens import KeptAnswer

Kind = Literal["source", "topic", "article"]
_TABLES = {"source": "sources", "topic": "topics", "article": "articles"}


class KeptAnswers(Subject):
    """Answers to writes, each given again to who asks the same under the same key."""

    def begin(
        self, token_id: int, key: str, print: str, *, lost_before: datetime, now: datetime
    ) -> KeptAnswer | None:
        """None if the write is the caller's to do from now on; else what stands under the key already.

        One that began before `lost_before` and has no answer was given up, and is the caller's.
        """
        with self.write():
            made = self.engine.run(
                "INSERT INTO kept_answers (token_id, given_key, print, begun_at) VALUES (:token, :key, :print, :now)"
                " ON CONFLICT (token_id, given_key) DO UPDATE SET begun_at = excluded.begun_at"
                " WHERE kept_answers.status IS NULL AND kept_answers.begun_at < :lost"
                " AND kept_answers.print = excluded.print",
                {
                    "token": token_id,
                    "key": key,
                    "print": print,
                    "now": to_ms(now),
                    "lost": to_ms(lost_before),
                },
            )
            return None if made else self.get(token_id, key)

    def get(self, token_id: int, key: str) -> KeptAnswer | None:
        """What stands under the key."""
        row = one(
            self.engine.rows(
                "SELECT print, begun_at, status, body, location, etag FROM kept_answers"
                " WHERE token_id = :token AND given_key = :key",
                {"token": token_id, "key": key},
            )
        )
        return _answer(row) if row else None

    def keep(self, token_id: int, key: str, answer: KeptAnswer) -> None:
        """Keeps the answer to the write that began then; raises ClaimLostError if another one took it over."""
        kept = self.engine.run(
            "UPDATE kept_answers SET status = :status, body = :body, location = :location, etag = :etag"
            " WHERE token_id = :token AND given_key = :key AND status IS NULL AND begun_at = :begun",
            {
                "token": token_id,
                "key": key,
                "status": answer.status,
                "body": answer.body,
                "location": answer.location,
                "etag": answer.etag,
                "begun": to_ms(answer.begun_at),
            },
        )
        if kept != 1:
            raise ClaimLostError("This write was taken over by another request under the same key.")

    def give_up(self, token_id: int, key: str, begun_at: datetime) -> None:
        """The write that began then was not done: the key is free again."""
        self.engine.run(
            "DELETE FROM kept_answers WHERE token_id = :token AND given_key = :key AND status IS NULL"
            " AND begun_at = :begun",
            {"token": token_id, "key": key, "begun": to_ms(begun_at)},
        )

    def forget(self, *, before: datetime) -> int:
        """Lets older answers go."""
        return self.engine.run("DELETE FROM kept_answers WHERE begun_at < :before", {"before": to_ms(before)})

    def hold(self, kind: Kind, subject_id: int) -> None:
        """Keeps others from changing its row until the caller's transaction ends."""
        self.engine.rows(f"SELECT id FROM {_TABLES[kind]} WHERE id = :id /*for update*/", {"id": subject_id})

    def hold_all(self, kind: Kind) -> None:
        """Keeps others from adding or changing one of the kind until the caller's transaction ends."""
        self.engine.lock_table(_TABLES[kind])


def _answer(row: Row) -> KeptAnswer:
    return KeptAnswer(
        print=row["print"],
        begun_at=from_ms(row["begun_at"]),
        status=row["status"],
        body=row["body"] or "",
        location=row["location"],
        etag=row["etag"],
    )
