"""The store's own notes: what is kept once, signs of life, alerts, counts; and the database's health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from db import alerts, kept
from db.connected import Connected
from feeds.model.kept import Alert


class UpkeepStore(Connected):
    """Fulfils `feeds.protocols_upkeep`."""

    def site_id(self, new_id: Callable[[], str]) -> str:
        """The site's own id, drawn once."""
        return kept.site_id(self.engine, new_id)

    def kept(self, name: str) -> str | None:
        """A small value kept under a name."""
        return kept.value(self.engine, name)

    def keep(self, name: str, value: str) -> None:
        """Keeps a small value under a name."""
        kept.keep(self.engine, name, value)

    def beat(self, name: str, now: datetime, detail: str = "") -> None:
        """Leaves a sign of life."""
        kept.beat(self.engine, name, now, detail)

    def beats(self) -> dict[str, tuple[datetime, str]]:
        """The last sign of life of each name."""
        return kept.beats(self.engine)

    def open_alert(self, kind: str, subject: str, message: str, now: datetime) -> None:
        """Something that an admin should look at; once open, it stays as it was first told."""
        alerts.open_(self.engine, kind, subject, message, now)

    def close_alert(self, kind: str, subject: str, now: datetime) -> None:
        """It is over."""
        alerts.close(self.engine, kind, subject, now)

    def alerts(self) -> tuple[Alert, ...]:
        """What is open, newest first."""
        return alerts.open_ones(self.engine)

    def counts(self) -> dict[str, int]:
        """How many sources, articles, authors, topics, feeds and open jobs there are."""
        rows = self.engine.rows(
            "SELECT (SELECT count(*) FROM sources WHERE state <> 'removed') AS sources,"
            " (SELECT count(*) FROM articles WHERE status = 'published') AS articles,"
            " (SELECT count(*) FROM authors WHERE merged_into IS NULL) AS authors,"
            " (SELECT count(*) FROM topics WHERE state <> 'retired') AS topics, (SELECT count(*) FROM feeds) AS feeds,"
            " (SELECT count(*) FROM jobs WHERE state IN ('waiting', 'running')) AS open_jobs,"
            " (SELECT count(*) FROM poll_states WHERE status NOT IN ('well', 'unchanged', 'new'))"
            " AS troubled_sources"
        )
        return dict(rows[0])

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the database (SQLite)."""
        self.engine.checkpoint()

    def check(self) -> tuple[str, ...]:
        """What is wrong with the database itself."""
        return self.engine.check()

    def backup(self, path: str) -> None:
        """A whole copy while work goes on (SQLite)."""
        self.engine.backup(path)
