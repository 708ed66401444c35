"""Brings a database to the present schema, one numbered step at a time, under one lock.

On SQLite the steps run through sqlite-utils' `Migrations`, which records each; on PostgreSQL the
same table of records is kept by us. A schema that is newer than the program is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from db.engines.engine import Engine
from db.engines.postgres import PostgresEngine
from db.engines.sqlite import SqliteEngine
from db.migrations import LATEST, STEPS
from feeds.errors import SchemaError

RECORDS = "_sqlite_migrations"
SET_NAME = "feedwright"


def migrate(engine: Engine, report: Callable[[str], None] = lambda _step: None) -> tuple[str, ...]:
    """The names of the steps taken; empty if the schema was present already. `report` hears of each as it begins."""
    # Looked at without the lock first: whoever only reads need not wait for another program's write.
    if not _missing(engine):
        return ()
    with engine.write():
        if isinstance(engine, PostgresEngine):
            engine.lock_schema()
        missing = _missing(engine)
        if not missing:
            return ()
        if isinstance(engine, SqliteEngine):
            _through_sqlite_utils(engine, report)
        else:
            for number, name, text in missing:
                report(f"{number:04d}_{name}")
                engine.script(engine.ddl(text))
                _record(engine, number, name)
    return tuple(f"{number:04d}_{name}" for number, name, _ in missing)


def refuse_newer(engine: Engine) -> None:
    """Raises SchemaError if the schema is newer than the program."""
    done = applied(engine)
    if done and max(done) > LATEST:
        raise SchemaError(
            f"The database has schema {max(done)}, this program knows {LATEST}: "
            "it was used by a newer Feedwright. Update the program, or restore an older backup."
        )


def _missing(engine: Engine) -> list[tuple[int, str, str]]:
    refuse_newer(engine)
    done = applied(engine)
    return [step for step in STEPS if step[0] not in done]


def applied(engine: Engine) -> set[int]:
    """The numbers of the steps that the database has taken."""
    if isinstance(engine, SqliteEngine):
        found = engine.rows("SELECT name FROM sqlite_master WHERE name = :name", {"name": RECORDS})
        if not found:
            return set()
    else:
        engine.script(
            f"CREATE TABLE IF NOT EXISTS {RECORDS} (migration_set TEXT NOT NULL, name TEXT NOT NULL,"
            " applied_at TEXT NOT NULL, PRIMARY KEY (migration_set, name))"
        )
    rows = engine.rows(f"SELECT name FROM {RECORDS} WHERE migration_set = :own", {"own": SET_NAME})
    return {int(row["name"].split("_", 1)[0]) for row in rows}


def needs_migration(engine: Engine) -> bool:
    """True if steps are missing."""
    return not {number for number, _, _ in STEPS} <= applied(engine)


def _through_sqlite_utils(engine: SqliteEngine, report: Callable[[str], None]) -> None:
    # Loaded where there is something to do: it takes a quarter as long as the whole program, at every start.
    sqlite_utils = import_module("sqlite_utils")
    steps = sqlite_utils.Migrations(SET_NAME)
    for number, name, text in STEPS:
        whole = f"{number:04d}_{name}"
        steps(name=whole)(_step(engine, engine.ddl(text), whole, report))
    steps.apply(sqlite_utils.Database(engine.connection, recursive_triggers=False))


def _step(engine: SqliteEngine, text: str, name: str, report: Callable[[str], None]) -> Callable[[Any], None]:
    def take(_database: Any) -> None:
        report(name)
        engine.script(text)

    return take


def _record(engine: Engine, number: int, name: str) -> None:
    engine.run(
        f"INSERT INTO {RECORDS} (migration_set, name, applied_at) VALUES (:own, :name, now()::text)",
        {"own": SET_NAME, "name": f"{number:04d}_{name}"},
    )
