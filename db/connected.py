"""What every subject of the store has: one engine, its transactions, and its end.

The subjects are classes over this one, so that each can be read alone and calls no other's methods.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from db.postgres import PostgresEngine
from db.sqlite import SqliteEngine


class Connected:
    """Works through one connection."""

    def __init__(self, engine: SqliteEngine | PostgresEngine) -> None:
        self.engine = engine

    def write(self) -> AbstractContextManager[None]:
        """A writing transaction around several calls; inside another one, a savepoint."""
        return self.engine.write()

    def close(self) -> None:
        """Lets go of the connection."""
        self.engine.close()
