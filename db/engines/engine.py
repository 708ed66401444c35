"""What the two engines have in common, and the few clauses in which they differ.

Statements are written once: `:name` parameters, `IN (:names*)` for a list, and comments where
PostgreSQL wants a clause that SQLite needs none for (it has one writer at a time):
`/*for update*/`, `/*for share*/`, `/*skip locked*/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = Mapping[str, Any]
Params = Mapping[str, Any]

_LIST = re.compile(r":(\w+)\*")
LIST_MOST = 400
"""Values in one `IN (…)`; longer lists are asked in chunks by `chunks`."""


class Engine(Protocol):
    """One connection, used by one thread at a time."""

    name: str

    def rows(self, sql: str, params: Params | None = None) -> list[Row]:
        """All rows of a query, or of a statement with RETURNING."""
        ...

    def run(self, sql: str, params: Params | None = None) -> int:
        """Runs a statement; returns how many rows it met."""
        ...

    def run_many(self, sql: str, params: Sequence[Params]) -> None:
        """Runs a statement once for each parameter set."""
        ...

    def write(self, *, within_s: float | None = None) -> AbstractContextManager[None]:
        """A writing transaction; inside another one, a savepoint.

        Raises StoreBusyError if another program holds the write lock for longer than `within_s`, else for longer
        than this engine waits.
        """
        ...

    def read(self) -> AbstractContextManager[None]:
        """A reading transaction: all statements see one state. Inside another one, nothing."""
        ...

    def ddl(self, text: str) -> str:
        """Schema text in this engine's dialect."""
        ...

    def script(self, text: str) -> None:
        """Runs several statements inside the present transaction."""
        ...

    def lock_schema(self) -> None:
        """Holds the schema's lock until the transaction ends, where a transaction alone does not."""
        ...

    def lock_table(self, name: str) -> None:
        """Keeps others from changing the table until the transaction ends, where a transaction alone does not."""
        ...

    def checkpoint(self, *, is_whole: bool = False) -> None:
        """Moves a write-ahead log into the database, where there is one of ours."""
        ...

    def check(self) -> tuple[str, ...]:
        """What the engine's own checks complain about."""
        ...

    def backup(self, path: str) -> None:
        """A whole copy into a new file while work goes on."""
        ...

    def close(self) -> None:
        """Lets go of the connection."""
        ...


def only_for(engine: str, text: str) -> str:
    """Schema text without the statements that are marked as another engine's."""
    marks = {"sqlite": "/*postgres*/", "postgres": "/*sqlite*/"}
    return ";".join(part for part in text.split(";") if marks[engine] not in part)


def one(rows: Sequence[Row]) -> Row | None:
    """The first row, or None."""
    return rows[0] if rows else None


def expanded(sql: str, params: Params | None) -> tuple[str, Params]:
    """The statement with each `:name*` as so many parameters as its list has values."""
    if params is None:
        return sql, {}
    if "*" not in sql or not _LIST.search(sql):
        return sql, params
    flat = {key: value for key, value in params.items() if not isinstance(value, (list, tuple))}

    def spread(found: re.Match[str]) -> str:
        name = found[1]
        values = params[name]
        if not values:
            return "NULL"
        for place, value in enumerate(values):
            flat[f"{name}_{place}"] = value
        return ", ".join(f":{name}_{place}" for place in range(len(values)))

    return _LIST.sub(spread, sql), flat


def chunks(values: Iterable[Any]) -> list[list[Any]]:
    """The values without doubles, in lists that fit one `IN (…)`."""
    every = list(dict.fromkeys(values))
    return [every[start : start + LIST_MOST] for start in range(0, len(every), LIST_MOST)]
