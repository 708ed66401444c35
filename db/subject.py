"""What every subject of the store has: one engine and its transactions."""

from __future__ import annotations

from contextlib import AbstractContextManager

from db.engines.engine import Engine


class Subject:
    """Works through one connection; each method is a transaction of its own unless it runs inside `write()`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def write(self, *, within_s: float | None = None) -> AbstractContextManager[None]:
        """A writing transaction around several calls; inside another one, a savepoint (see `Engine.write`)."""
        return self.engine.write(within_s=within_s)
