"""What an admin should look at, from when until when (table `alerts`)."""

from __future__ import annotations

from datetime import datetime

from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.model.kept import Alert


class Alerts(Subject):
    """What an admin should look at."""

    def open(self, kind: str, subject: str, message: str, now: datetime) -> None:
        """Opens an alert; one of that kind and subject that is open keeps its time, and says what holds now."""
        self.engine.run(
            "INSERT INTO alerts (kind, subject, message, opened_at) VALUES (:kind, :subject, :message, :now)"
            " ON CONFLICT (kind, subject) WHERE closed_at IS NULL DO UPDATE SET message = excluded.message",
            {"kind": kind, "subject": subject, "message": message, "now": to_ms(now)},
        )

    def close(self, kind: str, subject: str, now: datetime) -> None:
        """Closes the open alert of that kind and subject, if there is one."""
        self.engine.run(
            "UPDATE alerts SET closed_at = :now WHERE kind = :kind AND subject = :subject AND closed_at IS NULL",
            {"kind": kind, "subject": subject, "now": to_ms(now)},
        )

    def open_ones(self) -> tuple[Alert, ...]:
        """What is open, newest first."""
        rows = self.engine.rows(
            "SELECT kind, subject, message, opened_at FROM alerts WHERE closed_at IS NULL ORDER BY opened_at DESC, id DESC"
        )
        return tuple(
            Alert(
                kind=row["kind"],
                subject=row["subject"],
                message=row["message"],
                opened_at=from_ms(row["opened_at"]),
            )
            for row in rows
        )
