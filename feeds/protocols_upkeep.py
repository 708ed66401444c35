"""What the running of a site asks of a store: what is kept once, signs of life, alerts, counts, the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from feeds.model.kept import Alert


class UpkeepStore(Protocol):
    """The site's own notes, and the database's health."""

    def site_id(self, new_id: Callable[[], str]) -> str:
        """The site's own id, a UUID drawn once."""
        ...

    def kept(self, name: str) -> str | None:
        """A small value kept under a name."""
        ...

    def keep(self, name: str, value: str) -> None:
        """Keeps a small value under a name."""
        ...

    def beat(self, name: str, now: datetime, detail: str = "") -> None:
        """Leaves a sign of life."""
        ...

    def beats(self) -> dict[str, tuple[datetime, str]]:
        """The last sign of life of each name, with its detail."""
        ...

    def put_back_future(self, *, now: datetime, by: timedelta) -> int:
        """Brings back times that a clock ahead by so much left behind; signs of life, too. Answers how many sources."""
        ...

    def open_alert(self, kind: str, subject: str, message: str, now: datetime) -> None:
        """Something that an admin should look at; once open, it stays as it was first told."""
        ...

    def close_alert(self, kind: str, subject: str, now: datetime) -> None:
        """It is over."""
        ...

    def alerts(self) -> tuple[Alert, ...]:
        """What is open, newest first."""
        ...

    def counts(self) -> dict[str, int]:
        """How many sources, articles, authors, topics there are, and what is due."""
        ...

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the database (SQLite)."""
        ...

    def check(self) -> tuple[str, ...]:
        """What is wrong with the database itself; empty where nothing is."""
        ...

    def backup(self, path: str) -> None:
        """A whole copy while work goes on (SQLite)."""
        ...
