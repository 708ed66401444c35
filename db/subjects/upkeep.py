"""Counts, times that a wrong clock left behind, and the database's health."""

from __future__ import annotations

from datetime import datetime, timedelta

from db import future
from db.kept import Kept
from db.subject import Subject


class Upkeep(Subject):
    """Counts, times that a wrong clock left behind, and the database's health."""

    def put_back_future(self, *, now: datetime, by: timedelta) -> int:
        """Brings back times that a clock ahead by so much left behind; signs of life, too. Returns how many sources."""
        with self.write():
            Kept(self.engine).put_back_beats(now)
            return future.put_back(self.engine, now=now, by=by)

    def counts(self) -> dict[str, int]:
        """How many sources, articles, authors, topics, feeds and open jobs there are."""
        rows = self.engine.rows(
            "SELECT (SELECT count(*) FROM sources WHERE state <> 'removed') AS sources,"
            " COALESCE((SELECT article_count FROM feeds WHERE kind = 'all'), 0) AS articles,"
            " (SELECT count(*) FROM feeds WHERE kind = 'author' AND state = 'open') AS authors,"
            " (SELECT count(*) FROM topics WHERE state <> 'retired') AS topics, (SELECT count(*) FROM feeds) AS feeds,"
            " (SELECT count(*) FROM jobs WHERE state IN ('waiting', 'running')) AS open_jobs,"
            " (SELECT count(*) FROM poll_states WHERE status NOT IN ('well', 'unchanged', 'new'))"
            " AS troubled_sources"
        )
        return dict(rows[0])

    def checkpoint(self, *, is_whole: bool = False) -> None:
        """Moves the write-ahead log into the database (SQLite); `is_whole`: all of it, however little."""
        self.engine.checkpoint(is_whole=is_whole)

    def check(self) -> tuple[str, ...]:
        """What is wrong with the database itself."""
        return self.engine.check()

    def backup(self, path: str) -> None:
        """A whole copy while work goes on (SQLite)."""
        self.engine.backup(path)
