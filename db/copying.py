"""A whole database into an empty one, of either engine: rows, ids, the numbers that come next (spans all tables)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from db import search
from db.engines.engine import Engine, Row
from db.engines.postgres import PostgresEngine
from db.migrate import migrate, needs_migration
from db.migrations import STEPS
from feeds.errors import RequestError, SchemaError

BATCH = 500
INDEXED = "texts"
"""Copied by way of the search's own writing, which makes the index that each engine has in its own kind."""
_TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)\n?\)\s*;", re.DOTALL)
_SEVERAL, _SINGLE = re.compile(r"PRIMARY KEY \(([^)]+)\)"), re.compile(r"(\w+) \w+ PRIMARY KEY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table and what tells its rows apart."""

    name: str
    key: tuple[str, ...]
    is_numbered: bool
    """The engine gives its ids."""


def tables() -> tuple[Table, ...]:
    """All tables in the order of their making: what a row points to comes before it. Without the engines' indexes."""
    found: list[Table] = []
    for _, _, text in STEPS:
        for name, columns in _TABLE.findall(text):
            if not name.startswith("_"):
                found.append(_table(name, columns))
    return tuple(found)


def copy(source: Engine, target: Engine, report: Callable[[str, int], None]) -> int:
    """Copies everything and answers how many rows; `report` hears of each table. Raises where the target holds a site."""
    if needs_migration(source):
        raise SchemaError(
            "The database that is copied has an older schema: run `./run db migrate` on it first."
        )
    migrate(target)
    if target.rows("SELECT 1 AS one FROM sources LIMIT 1"):
        raise RequestError("The target database already holds sources: name an empty one.")
    total = 0
    with source.read(), target.write():
        for table in tables():
            target.run(f"DELETE FROM {table.name}")
        for table in tables():
            count = _copy_table(source, target, table)
            report(table.name, count)
            total += count
        for table in tables():
            if table.is_numbered:
                _go_on_from(target, table.name, _last_number(source, table.name))
    return total


def _table(name: str, columns: str) -> Table:
    if re.match(r"\s*id ID\b", columns):
        return Table(name=name, key=("id",), is_numbered=True)
    several, single = _SEVERAL.search(columns), _SINGLE.search(columns)
    if several:
        return Table(name=name, key=tuple(re.split(r",\s*", several[1])), is_numbered=False)
    assert single, f"table {name} has no key"
    return Table(name=name, key=(single[1],), is_numbered=False)


def _copy_table(source: Engine, target: Engine, table: Table) -> int:
    count = 0
    for rows in _batches(source, table):
        if table.name == INDEXED:
            search.put(target, [(row["article_id"], row["words"]) for row in rows])
        else:
            names = list(rows[0])
            places = ", ".join(f":{name}" for name in names)
            target.run_many(
                f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})",
                [_plain(row) for row in rows],
            )
        count += len(rows)
    arrived = target.rows(f"SELECT count(*) AS n FROM {table.name}")[0]["n"]
    if arrived != count:
        raise RequestError(f"Of {count:,} rows of {table.name}, {arrived:,} arrived. Nothing was copied.")
    return count


def _batches(source: Engine, table: Table) -> Iterator[list[Row]]:
    """All rows by their key, some hundreds at a time."""
    key = ", ".join(table.key)
    after = ", ".join(f":{name}" for name in table.key)
    rows = source.rows(f"SELECT * FROM {table.name} ORDER BY {key} LIMIT {BATCH}")
    while rows:
        yield rows
        last = {name: rows[-1][name] for name in table.key}
        rows = source.rows(
            f"SELECT * FROM {table.name} WHERE ({key}) > ({after}) ORDER BY {key} LIMIT {BATCH}", last
        )


def _plain(row: Row) -> Mapping[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def _last_number(engine: Engine, name: str) -> int:
    """The last id that was given in a table, also where its row is gone: ids are never given twice."""
    if isinstance(engine, PostgresEngine):
        rows = engine.rows(
            "SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, 'id')::regclass) AS n",
            {"name": name},
        )
    else:
        rows = engine.rows("SELECT seq AS n FROM sqlite_sequence WHERE name = :name", {"name": name})
    return int(rows[0]["n"] or 0) if rows else 0


def _go_on_from(engine: Engine, name: str, number: int) -> None:
    if not number:
        return
    if isinstance(engine, PostgresEngine):
        engine.rows("SELECT setval(pg_get_serial_sequence(:name, 'id'), :n)", {"name": name, "n": number})
        return
    engine.run("DELETE FROM sqlite_sequence WHERE name = :name", {"name": name})
    engine.run("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :n)", {"name": name, "n": number})
