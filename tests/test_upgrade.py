"""A new version meets an older database: a copy first, all steps or none, and what to do where one fails.

`python -m tests.test_upgrade --release` keeps a small database of the version that is about to be released.
"""

from __future__ import annotations

import gzip
import os
import re
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

import db.migrate
from commands.root import cli
from db.engines.sqlite import SqliteEngine
from db.migrate import applied, migrate, needs_migration
from db.migrations import LATEST, STEPS
from db.store import Store
from feeds import VERSION
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import StoreError
from feeds.model.articles import Tombstone, TopicRule
from feeds.model.incoming import NO_OPTIONS, SourceOptions
from feeds.model.outgoing import FeedKey
from tests.fakes import NOON, Newsroom, item, rss
from web.server.serve import prepare

ROOT = Path(__file__).resolve().parent.parent
RELEASES = ROOT / "tests" / "released"
RELEASED = sorted(RELEASES.glob("*.db.gz"))
"""A small database of each release, as that version wrote it."""
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


@pytest.mark.parametrize(
    ("kind", "options", "left"),
    [
        (None, NO_OPTIONS, ("x", "x", "x")),
        ("sitemap", NO_OPTIONS, (None, None, None)),
        (None, SourceOptions(full_text=True), (None, None, "x")),
    ],
)
def test_listings_are_read_once_more_so_that_their_dates_are_known(
    tmp_path: Path, kind: str | None, options: SourceOptions, left: tuple[str | None, ...]
) -> None:
    made_at(tmp_path / "a.db", 101)
    engine = SqliteEngine(tmp_path / "a.db")
    kept = msgspec.json.encode(options).decode()
    engine.run("UPDATE sources SET kind = :kind, options = :options", {"kind": kind, "options": kept})
    migrate(engine)
    (row,) = engine.rows("SELECT etag, last_modified, body_hash, prints FROM poll_states")
    assert (row["etag"], row["last_modified"], row["body_hash"]) == left
    assert row["prints"] == b"x"
    engine.close()


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.name)
def test_the_database_of_every_release_is_carried_to_the_newest_and_read(tmp_path: Path, path: Path) -> None:
    kept = tmp_path / "kept.db"
    kept.write_bytes(gzip.decompress(path.read_bytes()))
    engine = SqliteEngine(kept)
    before = rows_of(engine)
    assert all(before.values())
    migrate(engine)
    after = rows_of(engine)
    for table, rows in before.items():
        if table not in REWRITTEN:
            assert [{name: row[name] for name in rows[0] if name in row} for row in after[table]] == rows, (
                table
            )
    store = Store(engine)
    page = store.feeds.page(FeedKey(kind="topic", slug="sea"), entries=9, window=timedelta(0), most=9)
    assert page is not None
    assert {one.title for one in page.articles} == {"Ferry & tide 1, said otherwise", "Ferry & tide 3"}
    assert all(one.urn.startswith("urn:uuid:") for one in page.articles)
    assert isinstance(store.articles.get(2), Tombstone)
    assert store.changes.pinned_of([1, 2, 3]) == {1}
    engine.close()


def test_the_present_release_has_its_database() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    released = re.findall(r"^## (\d\S+) \(\d{4}-\d\d-\d\d\)", text, re.MULTILINE)
    assert {path.name.removesuffix(".db.gz") for path in RELEASED} == set(released)


def keep_release(folder: Path) -> None:
    """Writes a small database as this version makes it, with a row in every table."""
    engine = SqliteEngine(folder / "release.db")
    migrate(engine)
    store = Store(engine)
    store.kept.site_id(lambda: "00000000-0000-4000-8000-000000000000")
    room = Newsroom(store)
    store.topics.put(
        slug="sea",
        title="Sea",
        description="",
        rule=TopicRule(categories=("ferry",)),
        origin="admin",
        now=NOON,
    )
    label = "<category>ferry</category><dc:creator>Ines Halvorsen</dc:creator>"
    room.add(
        "https://harbour.example/feed",
        rss(*(item(number, title=f"Ferry & tide {number}", extra=label) for number in (1, 2, 3))),
    )
    room.round()
    store.changes.set_override(1, "title", "Ferry & tide 1, said otherwise", who="Ada", now=room.clock())
    store.changes.set_pin(1, True, who="Ada", now=room.clock())
    store.articles.withdraw(2, reason="It was wrong.", now=room.clock())
    publish_touched(store, room.clock())
    fill(engine)
    engine.run("VACUUM")
    engine.checkpoint()
    engine.close()
    RELEASES.mkdir(exist_ok=True)
    packed = gzip.compress((folder / "release.db").read_bytes(), 9, mtime=0)
    (RELEASES / f"{VERSION}.db.gz").write_bytes(packed)


def run(older: Path, *words: str) -> Result:
    config = str(older.parents[1] / "config.toml")
    return CliRunner().invoke(cli, ["--config", config, *words], env=dict(os.environ))


def migrated(older: Path) -> Result:
    return run(older, "db", "migrate", "--quiet")


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


def test_the_start_of_a_new_version_names_the_copy_and_the_way_back(older: Path) -> None:
    said: list[str] = []
    prepare(said.append)
    (copy,) = copies(older)
    assert said[0].endswith(f"it is kept: {copy}")
    config = older.parents[1] / "config.toml"
    assert said[1].endswith(f"with this version: ./run --config {config} db restore {copy}")
    assert said[2].startswith("Only then put the former version")
    said.clear()
    prepare(said.append)
    assert said == []


def test_the_way_back_leads_to_a_database_that_the_former_version_opens(older: Path) -> None:
    prepare(list[str]().append)
    done = run(older, "db", "restore", str(copies(older)[0]), "--yes")
    assert done.exit_code == 0, done.output
    assert "An older version made it" in done.output
    engine = SqliteEngine(older)
    assert max(applied(engine)) == FORMER, "it was upgraded again"
    assert engine.rows("SELECT slug FROM sources")[0]["slug"] == "x"
    # Places in the order of changes that the newer version gave away count no more.
    assert Store(engine).deltas.epoch() > 0
    assert engine.check() == ()
    engine.close()
    assert older.stat().st_mode & 0o077 == 0
    (kept,) = older.parent.glob("feedwright.db.before-restore-*")
    newer = SqliteEngine(kept)
    assert max(applied(newer)) == LATEST
    newer.close()
    assert migrated(older).exit_code == 0, "and once more to the new version"


def test_a_copy_is_restored_over_the_database_of_a_newer_version_and_over_a_damaged_one(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(list[str]().append)
    (copy,) = copies(older)
    with monkeypatch.context() as former:
        former.setattr(db.migrate, "STEPS", tuple(step for step in STEPS if step[0] <= FORMER))
        former.setattr(db.migrate, "LATEST", FORMER)
        done = run(older, "db", "restore", str(copy), "--yes")
        assert done.exit_code == 0, done.output
    older.write_bytes(b"no database at all" * 1000)
    done = run(older, "db", "restore", str(copy), "--yes")
    assert done.exit_code == 0, done.output
    engine = SqliteEngine(older)
    assert engine.rows("SELECT slug FROM sources")[0]["slug"] == "x"
    engine.close()


def test_a_copy_that_is_newer_or_none_at_all_changes_nothing(
    older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(list[str]().append)
    newer, empty, before = tmp_path / "newer.db", tmp_path / "empty.db", older.read_bytes()
    newer.write_bytes(before)
    SqliteEngine(empty).close()
    monkeypatch.setattr(db.migrate, "LATEST", FORMER)
    for copy, why in ((newer, "it was used by a newer Feedwright"), (empty, "no database of Feedwright")):
        done = run(older, "db", "restore", str(copy), "--yes")
        assert done.exit_code == 1
        assert why in done.output
    assert older.read_bytes() == before
    assert not list(older.parent.glob("*.restoring*"))
    assert not list(older.parent.glob("*before-restore*"))


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


if __name__ == "__main__" and "--release" in sys.argv:
    with tempfile.TemporaryDirectory() as place:
        keep_release(Path(place))
