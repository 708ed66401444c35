"""SQLite behind `db.engines.engine.Engine`: one file, one writer at a time, write-ahead log."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from db.engines.engine import Params, Row, expanded, only_for
from feeds.errors import StoreBusyError, StoreError, StoreUnwritableError

OLDEST = (3, 39, 0)
"""IS DISTINCT FROM came with 3.39."""
BUSY_S = 30.0
CHECKPOINT_FROM, CUT_FROM = 1_000_000, 16_000_000
"""Bytes of the write-ahead log from which it is moved into the database, and from which its file is cut."""


class SqliteEngine:
    """One connection to one file."""

    name = "sqlite"

    def __init__(self, path: Path, *, busy_s: float = BUSY_S) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise StoreError(
                f"SQLite {sqlite3.sqlite_version} is too old: use a Python that comes with SQLite 3.39 or newer."
            )
        self.path = path
        connection: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_private(path)
            connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
            self.connection = connection
            for pragma in (
                "journal_mode = WAL",
                "foreign_keys = ON",
                "synchronous = NORMAL",
                # one checkpointer only (the scheduler): see sqlite.org/wal.html#walresetbug
                "wal_autocheckpoint = 0",
                "cache_size = -8000",
                "temp_store = MEMORY",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except (sqlite3.Error, OSError) as error:
            if connection is not None:
                connection.close()
            raise _unopened(path, error) from error
        self._depth = 0
        self._busy_s = busy_s

    def __del__(self) -> None:
        # A thread that ends lets go of its store without closing it; Python 3.13 warns of a connection left open.
        connection = getattr(self, "connection", None)
        if connection is not None:
            connection.close()

    def rows(self, sql: str, params: Params | None = None) -> list[Row]:
        """All rows of a query, or of a statement with RETURNING."""
        text, flat = expanded(sql, params)
        with _TRANSLATED:
            cursor = self.connection.execute(text, flat)
            found = cursor.fetchall()
        # sqlite3.Row looks a name up by walking over all columns; wide rows are read much quicker as dicts.
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found]

    def run(self, sql: str, params: Params | None = None) -> int:
        """Runs a statement; returns how many rows it met."""
        text, flat = expanded(sql, params)
        with _TRANSLATED:
            return self.connection.execute(text, flat).rowcount

    def run_many(self, sql: str, params: Sequence[Params]) -> None:
        """Runs a statement once for each parameter set."""
        with _TRANSLATED:
            self.connection.executemany(sql, params)

    @contextmanager
    def write(self, *, within_s: float | None = None) -> Iterator[None]:
        """A writing transaction (BEGIN IMMEDIATE, so that nothing fails half-way); inside, a savepoint."""
        name = f"level_{self._depth}"
        opening = "BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT {name}"
        closing = "COMMIT" if self._depth == 0 else f"RELEASE {name}"
        undoing = "ROLLBACK" if self._depth == 0 else f"ROLLBACK TO {name}"
        with _TRANSLATED, self._waiting(within_s):
            self.connection.execute(opening)
        self._depth += 1
        try:
            yield
        except BaseException:
            # Nothing is caught here: whatever ends the block, also Ctrl-C, must leave no transaction open.
            self._depth -= 1
            if self.connection.in_transaction:
                self.connection.execute(undoing)
                if self._depth:
                    self.connection.execute(closing)
            raise
        self._depth -= 1
        with _TRANSLATED:
            self.connection.execute(closing)

    @contextmanager
    def _waiting(self, within_s: float | None) -> Iterator[None]:
        """What begins inside waits so long for the write lock."""
        if within_s is None:
            yield
            return
        self.connection.execute(f"PRAGMA busy_timeout = {round(within_s * 1000)}")
        try:
            yield
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {round(self._busy_s * 1000)}")

    @contextmanager
    def read(self) -> Iterator[None]:
        """A reading transaction; inside another one, nothing."""
        if self._depth:
            yield
            return
        with _TRANSLATED:
            self.connection.execute("BEGIN")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            self.connection.execute("COMMIT")

    def ddl(self, text: str) -> str:
        """Schema text with SQLite's row ids, every table STRICT."""
        numbered = re.sub(r"\bID\b", "INTEGER PRIMARY KEY AUTOINCREMENT", only_for("sqlite", text))
        return re.sub(r"(CREATE TABLE \w+ \((?:[^;])*\))\s*;", r"\1 STRICT;", numbered)

    def script(self, text: str) -> None:
        """Runs several statements inside the present transaction."""
        with _TRANSLATED:
            for statement in text.split(";"):
                if statement.strip():
                    self.connection.execute(statement)

    def lock_schema(self) -> None:
        """Nothing: a writing transaction keeps all other writers out."""

    def lock_table(self, name: str) -> None:
        """Nothing, for the same reason."""

    def close(self) -> None:
        """Lets go of the connection."""
        self.connection.close()

    def checkpoint(self, *, is_whole: bool = False) -> None:
        """Moves the write-ahead log into the database as the only checkpointer, once there is enough of it.

        Readers hold nothing up: what they still read stays in the log, which then begins again at its start. A log
        that has grown large, or is wanted whole, is cut, which waits for readers for a moment.
        """
        log = self.path.with_name(self.path.name + "-wal")
        size = log.stat().st_size if log.exists() else 0
        if size < CHECKPOINT_FROM and not is_whole:
            return
        mode = "TRUNCATE" if size > CUT_FROM or is_whole else "PASSIVE"
        with _TRANSLATED:
            self.connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()

    def check(self) -> tuple[str, ...]:
        """What `integrity_check` and `foreign_key_check` complain about."""
        with _TRANSLATED:
            found = [row[0] for row in self.connection.execute("PRAGMA integrity_check(20)")]
            broken = self.connection.execute("PRAGMA foreign_key_check").fetchall()
        faults = [text for text in found if text != "ok"]
        faults += [f"table {row[0]}: row {row[1]} points to a missing row of {row[2]}" for row in broken[:20]]
        return tuple(faults)

    def backup(self, path: str) -> None:
        """A whole copy into a new file while work goes on."""
        if Path(path).exists():
            raise StoreError(f"{path} exists already: name a new file for the backup.")
        _make_private(Path(path))
        with _TRANSLATED:
            self.connection.execute("VACUUM INTO ?", (path,))


def _make_private(path: Path) -> None:
    """Makes an empty file that only its owner may read: what is stored may hold credentials and hidden texts."""
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _unopened(path: Path, error: Exception) -> StoreError:
    if isinstance(error, sqlite3.Error):
        found = _ours(error)
        if isinstance(found, StoreBusyError | StoreUnwritableError):
            return type(found)(f"{path}: {found}")
    return StoreError(f"The database {path} cannot be opened: {error}.")


class _Translated:
    """Errors of SQLite as ours; no generator, since entering one costs what a small statement costs."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise _ours(error) from error


def _ours(error: sqlite3.Error) -> StoreError:
    text = str(error)
    if isinstance(error, sqlite3.OperationalError):
        if "locked" in text or "busy" in text:
            return StoreBusyError("The database is busy: another program holds its write lock.")
        for words, advice in _UNWRITABLE.items():
            if words in text:
                return StoreUnwritableError(advice)
    return StoreError(f"The database refused a statement: {text}.")


_UNWRITABLE = {
    "disk is full": "The disk is full: free some space, and polling goes on by itself. Feeds are served meanwhile.",
    "readonly database": "The database or its folder is read-only: give this user the right to write there.",
    "unable to open database file": "The database file or its folder is gone or may not be read:"
    " put it back, or give this user the right to read and write there.",
    "disk I/O error": "The disk that holds the database fails to read or write: see the system's log.",
}
_TRANSLATED = _Translated()
