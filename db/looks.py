"""What an admin set of the site's look (table `looks`), where the config file says nothing of it."""

from __future__ import annotations

from datetime import datetime

from db.subject import Subject
from feeds.clock import to_ms


class Looks(Subject):
    """The look as it was set in the browser."""

    def values(self) -> dict[str, str]:
        """Each that is set."""
        return {
            row["name"]: row["value"]
            for row in self.engine.rows("SELECT name, value FROM looks ORDER BY name")
        }

    def put(self, name: str, value: str | None, now: datetime) -> None:
        """Sets one; None takes it back."""
        with self.write():
            self.engine.run("DELETE FROM looks WHERE name = :name", {"name": name})
            if value is not None:
                self.engine.run(
                    "INSERT INTO looks (name, value, set_at) VALUES (:name, :value, :now)",
                    {"name": name, "value": value, "now": to_ms(now)},
                )
