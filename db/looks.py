"""What an admin set of the site's look (tables `looks`, `look_files`), where the config file says nothing of it."""

from __future__ import annotations

from datetime import datetime

from db.engines.engine import one
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

    def put_file(self, name: str, body: bytes, now: datetime) -> None:
        """Keeps a picture under a name that no other bytes have; those of former looks stay, so that one can go back."""
        with self.write():
            self.engine.run(
                "INSERT INTO look_files (name, body, set_at) VALUES (:name, :body, :now) ON CONFLICT (name) DO NOTHING",
                {"name": name, "body": body, "now": to_ms(now)},
            )

    def file(self, name: str) -> bytes | None:
        """The picture of that name."""
        row = one(self.engine.rows("SELECT body FROM look_files WHERE name = :name", {"name": name}))
        return bytes(row["body"]) if row is not None else None

    def put(self, name: str, value: str | None, now: datetime) -> None:
        """Sets one; None takes it back."""
        with self.write():
            self.engine.run("DELETE FROM looks WHERE name = :name", {"name": name})
            if value is not None:
                self.engine.run(
                    "INSERT INTO looks (name, value, set_at) VALUES (:name, :value, :now)",
                    {"name": name, "value": value, "now": to_ms(now)},
                )
