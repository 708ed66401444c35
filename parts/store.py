"""From settings to the store: the database that `[database] url` names, at the present schema."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from db.copying import copy
from db.engines.postgres import PostgresEngine
from db.engines.sqlite import SqliteEngine
from db.migrate import migrate, needs_migration
from db.store import Store
from feeds.errors import SchemaError
from feeds.model.settings import Settings


def open_engine(settings: Settings) -> SqliteEngine | PostgresEngine:
    """One connection to the database that `[database] url` names."""
    return engine_at(settings.database.url, settings.path.parent)


def engine_at(url: str, folder: Path) -> SqliteEngine | PostgresEngine:
    """One connection to the database at an address as `[database] url` has it; paths start from the folder."""
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresEngine(url)
    return SqliteEngine(folder / url.removeprefix("sqlite:///"))


def copy_database(source: str, target: str, folder: Path, report: Callable[[str, int], None]) -> int:
    """Copies one database into another, empty one; returns how many rows."""
    first = engine_at(source, folder)
    try:
        second = engine_at(target, folder)
        try:
            return copy(first, second, report)
        finally:
            second.close()
    finally:
        first.close()


def open_store(settings: Settings) -> Store:
    """A store over its own connection; the schema must be present."""
    engine = open_engine(settings)
    if needs_migration(engine):
        engine.close()
        raise SchemaError(
            "The database has an older schema: run `./run db migrate`, or start `./run`, which does it."
        )
    return Store(engine, polls_kept=settings.keep.polls)


def prepare_store(settings: Settings, report: Callable[[str], None] = lambda _step: None) -> tuple[str, ...]:
    """Brings the database to the present schema and draws the site's id; returns the steps taken, tells each as it begins."""
    engine = open_engine(settings)
    try:
        steps = migrate(engine, report)
        Store(engine).kept.site_id(lambda: str(uuid.uuid4()))
    finally:
        engine.close()
    return steps
