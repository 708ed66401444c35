"""From settings to the store: the database that `[database] url` names, at the present schema."""

from __future__ import annotations

import uuid

from db.engines.postgres import PostgresEngine
from db.engines.sqlite import SqliteEngine
from db.migrate import migrate, needs_migration
from db.store import Store
from feeds.errors import SchemaError
from feeds.model.settings import Settings


def open_engine(settings: Settings) -> SqliteEngine | PostgresEngine:
    """One connection to the database that `[database] url` names."""
    url = settings.database.url
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresEngine(url)
    path = url.removeprefix("sqlite:///")
    return SqliteEngine(settings.path.parent / path)


def open_store(settings: Settings) -> Store:
    """A store over its own connection; the schema must be present."""
    engine = open_engine(settings)
    if needs_migration(engine):
        engine.close()
        raise SchemaError(
            "The database has an older schema: run `./run db migrate`, or start `./run`, which does it."
        )
    return Store(engine)


def prepare_store(settings: Settings) -> tuple[str, ...]:
    """Brings the database to the present schema and draws the site's id; answers the steps taken."""
    engine = open_engine(settings)
    try:
        steps = migrate(engine)
        Store(engine).kept.site_id(lambda: str(uuid.uuid4()))
    finally:
        engine.close()
    return steps
