"""What an admin should look at, from when until when, and to whom it was told (table `alerts`)."""

from __future__ import annotations

import json
from datetime import datetime

from db.engines.engine import Row
from db.subject import Subject
from feeds.clock import from_ms, to_ms
from feeds.model.kept import Alert

_COLUMNS = "id, kind, subject, message, opened_at, closed_at, told"


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
            f"SELECT {_COLUMNS} FROM alerts WHERE closed_at IS NULL ORDER BY opened_at DESC, id DESC"
        )
        return tuple(_alert(row) for row in rows)

    def open_counts(self) -> dict[str, int]:
        """How many are open of each kind that has any."""
        rows = self.engine.rows(
            "SELECT kind, count(*) AS n FROM alerts WHERE closed_at IS NULL GROUP BY kind"
        )
        return {row["kind"]: row["n"] for row in rows}

    def latest(self, most: int) -> tuple[Alert, ...]:
        """Those that opened last, ended or not, the newest first."""
        rows = self.engine.rows(f"SELECT {_COLUMNS} FROM alerts ORDER BY id DESC LIMIT :most", {"most": most})
        return tuple(_alert(row) for row in rows)

    def unsent(self) -> tuple[Alert, ...]:
        """What is open, and what was told and has ended since; oldest first."""
        # Two halves, since each has an index of its own, and a site of years has closed many.
        rows = self.engine.rows(
            f"SELECT {_COLUMNS} FROM alerts WHERE closed_at IS NULL UNION ALL"
            f" SELECT {_COLUMNS} FROM alerts WHERE told <> '{{}}' AND closed_at IS NOT NULL ORDER BY opened_at, id"
        )
        return tuple(_alert(row) for row in rows)

    def forget_sent(self, *, before: datetime) -> None:
        """Of what ended before that nobody is told any more: its channel was taken out, or failed for so long."""
        self.engine.run(
            "UPDATE alerts SET told = '{}' WHERE told <> '{}' AND closed_at < :before",
            {"before": to_ms(before)},
        )

    def forget(self, *, before: datetime) -> int:
        """Forgets what ended before then; returns how many."""
        return self.engine.run("DELETE FROM alerts WHERE closed_at < :before", {"before": to_ms(before)})

    def note_sent(self, alerts: tuple[Alert, ...], channel: str) -> None:
        """The channel took these, as they are given here."""
        with self.write():
            for alert in alerts:
                found = self.engine.rows(
                    "SELECT told FROM alerts WHERE id = :id /*for update*/", {"id": alert.id}
                )
                sent = json.loads(found[0]["told"])
                if alert.closed_at is None:
                    sent[channel] = alert.message
                else:
                    sent.pop(channel, None)
                self.engine.run(
                    "UPDATE alerts SET told = :told WHERE id = :id",
                    {"id": alert.id, "told": json.dumps(sent, ensure_ascii=False)},
                )


def _alert(row: Row) -> Alert:
    return Alert(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        message=row["message"],
        opened_at=from_ms(row["opened_at"]),
        closed_at=None if row["closed_at"] is None else from_ms(row["closed_at"]),
        told=json.loads(row["told"]),
    )
