"""A new version meets an older database: a copy first, all steps or none, and what to do where one fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db.migrate
from commands.root import cli
from db.engines.sqlite import SqliteEngine
from db.migrate import applied, migrate, needs_migration
from db.migrations import LATEST, STEPS
from feeds.errors import StoreError

NUMBERS = [number for number, _, _ in STEPS]
FORMER = NUMBERS[-2]
"""The schema before the present one."""
_VALUES = {"INTEGER": 1, "TEXT": "x", "BLOB": b"x"}
REWRITTEN: frozenset[str] = frozenset()
"""Tables whose values a step computes anew."""
Rows = dict[str, list[dict[str, object]]]


def fill(engine: SqliteEngine) -> None:
    """One row in every table, in the order of their making: all that points to another row finds it."""
    tables = engine.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    for name in (row["name"] for row in tables):
        if name.startswith(("_", "sqlite_")) or engine.rows(f"SELECT 1 AS n FROM {name}"):
            continue
        row = {one["name"]: _VALUES[one["type"]] for one in engine.rows(f"PRAGMA table_info({name})")}
        places = ", ".join(f":{column}" for column in row)
        engine.run(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})", row)


def rows_of(engine: SqliteEngine) -> Rows:
    tables = engine.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    return {
        row["name"]: [dict(one) for one in engine.rows(f"SELECT * FROM {row['name']}")]
        for row in tables
        if not row["name"].startswith(("_", "sqlite_"))
    }


def made_at(path: Path, number: int) -> Rows:
    """A database at an older schema, made by the older steps themselves, with a row in every table."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(db.migrate, "STEPS", tuple(step for step in STEPS if step[0] <= number))
        patched.setattr(db.migrate, "LATEST", number)
        engine = SqliteEngine(path)
        migrate(engine)
    assert max(applied(engine)) == number
    fill(engine)
    found = rows_of(engine)
    engine.close()
    return found


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site whose database stands at the former schema."""
    made_at(tmp_path / "data/feedwright.db", FORMER)
    (tmp_path / "config.toml").write_text("")
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", str(tmp_path / "config.toml"))
    return tmp_path / "data/feedwright.db"


@pytest.mark.parametrize("number", NUMBERS[:-1])
def test_every_former_schema_is_carried_to_the_newest_with_all_its_data(tmp_path: Path, number: int) -> None:
    before = made_at(tmp_path / "a.db", number)
    assert len(before) > 20
    assert all(before.values())
    engine = SqliteEngine(tmp_path / "a.db")
    migrate(engine)
    after = rows_of(engine)
    assert engine.check() == ()
    engine.close()
    for table, rows in before.items():
        kept = [{name: row[name] for name in rows[0] if name in row} for row in after[table]]
        if table in REWRITTEN:
            assert len(kept) == len(rows)
        else:
            assert kept == rows, table


def migrated(older: Path) -> Result:
    return CliRunner().invoke(
        cli,
        ["--config", str(older.parents[1] / "config.toml"), "db", "migrate", "--quiet"],
        env=dict(os.environ),
    )


def copies(older: Path) -> list[Path]:
    return sorted(older.parent.glob("feedwright-before-upgrade-*.db"))


def test_an_older_database_is_copied_then_carried_to_the_newest_with_all_its_data(older: Path) -> None:
    done = migrated(older)
    assert done.exit_code == 0, done.output
    engine = SqliteEngine(older)
    assert not needs_migration(engine)
    assert engine.rows("SELECT slug FROM sources")[0]["slug"] == "x"
    engine.close()
    assert f"step {LATEST:04d}_" in done.output
    kept = SqliteEngine(copies(older)[0])
    assert max(applied(kept)) == FORMER
    kept.close()
    assert migrated(older).output == "", "nothing to do, nothing to say"
    assert len(copies(older)) == 1


def test_a_failed_step_leaves_the_old_state_and_says_how_to_go_back(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (
        9998,
        "broken",
        "ALTER TABLE alerts ADD COLUMN half INTEGER; INSERT INTO nowhere (x) VALUES (1);",
    )
    monkeypatch.setattr(db.migrate, "STEPS", (*STEPS, broken))
    monkeypatch.setattr(db.migrate, "LATEST", 9998)
    done = migrated(older)
    assert done.exit_code == 1
    assert "The database is as it was. Start the former version of the program again" in done.output
    assert str(copies(older)[0]) in done.output
    engine = SqliteEngine(older)
    assert max(applied(engine)) == FORMER
    columns = {row["name"] for row in engine.rows("PRAGMA table_info(alerts)")}
    assert "half" not in columns
    assert engine.rows("SELECT slug FROM sources")[0]["slug"] == "x"
    engine.close()


def test_a_new_database_needs_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("")
    done = migrated(tmp_path / "data/feedwright.db")
    assert (done.exit_code, done.output) == (0, "")
    assert [one.name for one in (tmp_path / "data").iterdir() if one.suffix == ".db"] == ["feedwright.db"]


def test_a_broken_step_is_an_error_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        db.migrate, "STEPS", ((1, "broken", "CREATE TABLE x (y INTEGER); DROP TABLE nowhere;"),)
    )
    engine = SqliteEngine(tmp_path / "new.db")
    with pytest.raises(StoreError):
        migrate(engine)
    assert not engine.rows("SELECT name FROM sqlite_master WHERE name = 'x'")
    engine.close()
