"""Small values under a name, and signs of life (tables `kept`, `beats`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from db.engines.engine import one
from db.subject import Subject
from feeds.clock import from_ms, to_ms

SITE_ID = "site_id"
SCHEDULER, SCHEDULER_ENDED = "scheduler", "scheduler ended"
"""Names of beats: any scheduler works, and one has stopped cleanly."""


class Kept(Subject):
    """Small values under a name, and signs of life."""

    def get(self, name: str) -> str | None:
        """The value kept under a name."""
        row = one(self.engine.rows("SELECT value FROM kept WHERE name = :name", {"name": name}))
        return row["value"] if row else None

    def put(self, name: str, text: str) -> None:
        """Keeps a value under a name."""
        self.engine.run(
            "INSERT INTO kept (name, value) VALUES (:name, :value)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"name": name, "value": text},
        )

    def lock(self, name: str, first: str) -> None:
        """Holds the value against all other writers until the transaction ends; it begins as `first`."""
        self.engine.run(
            "INSERT INTO kept (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = kept.value",
            {"name": name, "value": first},
        )

    def take_turn(self, name: str, now: datetime, pause: timedelta) -> bool:
        """True for one of all processes, once in each pause."""
        with self.write():
            self.lock(name, "0")
            until = int(self.get(name) or 0)
            # A turn that lies further ahead than a pause is of a clock that was wrong.
            if to_ms(now) < until <= to_ms(now + pause):
                return False
            self.put(name, str(to_ms(now + pause)))
        return True

    def site_id(self, new_id: Callable[[], str]) -> str:
        """The site's own id, drawn once; whoever comes second reads the first one's."""
        return self.drawn(SITE_ID, new_id)

    def drawn(self, name: str, new: Callable[[], str]) -> str:
        """What was drawn once under a name; whoever comes second reads the first one's."""
        found = self.get(name)
        if found is None:
            self.engine.run(
                "INSERT INTO kept (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING",
                {"name": name, "value": new()},
            )
            found = self.get(name)
        assert found is not None
        return found

    def beat(self, name: str, now: datetime, detail: str = "") -> None:
        """Leaves a sign of life."""
        self.engine.run(
            "INSERT INTO beats (name, beat_at, detail) VALUES (:name, :now, :detail)"
            " ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at, detail = excluded.detail",
            {"name": name, "now": to_ms(now), "detail": detail},
        )

    def beats(self) -> dict[str, tuple[datetime, str]]:
        """The last sign of life of each name."""
        rows = self.engine.rows("SELECT name, beat_at, detail FROM beats")
        return {row["name"]: (from_ms(row["beat_at"]), row["detail"]) for row in rows}

    def put_back_beats(self, now: datetime) -> None:
        """Signs of life from the future become signs of now."""
        self.engine.run("UPDATE beats SET beat_at = :now WHERE beat_at > :now", {"now": to_ms(now)})
