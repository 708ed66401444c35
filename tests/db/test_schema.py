"""Both schemas are one: same tables, same columns, same kinds; a newer one is refused; migrating twice is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.engines.sqlite import SqliteEngine
from db.migrate import RECORDS, SET_NAME, migrate, needs_migration
from db.migrations import LATEST
from db.store import Store
from feeds.errors import SchemaError, StoreError
from tests import postgres
from tests.conftest import open_store

KINDS = {
    "INTEGER": "number",
    "TEXT": "text",
    "BLOB": "bytes",
    "bigint": "number",
    "text": "text",
    "bytea": "bytes",
}


def test_both_engines_have_the_same_tables_columns_and_kinds(tmp_path: Path, postgres_server: str) -> None:
    engine = SqliteEngine(tmp_path / "a.db")
    migrate(engine)
    tables = [row["name"] for row in engine.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    own = {
        (table, row["name"], KINDS[row["type"]], bool(row["notnull"] or row["pk"]))
        for table in tables
        if not table.startswith(("sqlite_", "_"))
        for row in engine.rows(f"PRAGMA table_info({table})")
    }
    engine.close()
    with postgres.database(postgres_server, "schema_test") as url:
        store = open_store(url)
        rows = store.engine.rows(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        theirs = {
            (row["table_name"], row["column_name"], KINDS[row["data_type"]], row["is_nullable"] == "NO")
            for row in rows
            if not row["table_name"].startswith("_")
        }
        store.close()
    assert own == theirs
    assert len(tables) > 20


def test_migrating_twice_is_nothing(store: Store) -> None:
    assert migrate(store.engine) == ()
    assert not needs_migration(store.engine)


def test_a_newer_schema_is_refused_in_a_sentence(store: Store) -> None:
    store.engine.run(
        f"INSERT INTO {RECORDS} (migration_set, name, applied_at) VALUES (:own, :name, 'now')",
        {"own": SET_NAME, "name": f"{LATEST + 1:04d}_from_the_future"},
    )
    with pytest.raises(SchemaError, match="used by a newer Feedwright"):
        migrate(store.engine)


def test_a_database_that_cannot_be_opened_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "no.db").mkdir()
    with pytest.raises(StoreError, match=r"no\.db: The database file or its folder is gone"):
        SqliteEngine(tmp_path / "no.db")


def test_a_sound_database_has_no_complaints_and_its_copy_neither(sqlite_store: Store, tmp_path: Path) -> None:
    sqlite_store.kept.put("a", "1")
    assert sqlite_store.upkeep.check() == ()
    sqlite_store.upkeep.checkpoint()
    copy = tmp_path / "copy.db"
    sqlite_store.upkeep.backup(str(copy))
    again = open_store(str(copy))
    assert (again.upkeep.check(), again.kept.get("a")) == ((), "1")
    again.close()
    with pytest.raises(StoreError, match="exists already"):
        sqlite_store.upkeep.backup(str(copy))
