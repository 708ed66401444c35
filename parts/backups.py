"""Copies of a SQLite database into a folder: taken while it runs, read once before they count, old ones removed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from db.engines.sqlite import SqliteEngine
from db.store import Store
from feeds.actions.operating.backups import UNFINISHED, copy_name, faults_of, to_remove
from feeds.errors import StoreError
from feeds.model.settings import Settings
from parts.store import open_store

SQLITE_ONLY = "[backup] copies SQLite only: for PostgreSQL let pg_dump run by cron, and unset [backup] every."


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; None if it is a server's."""
    url = settings.database.url
    if url.startswith(("postgresql://", "postgres://")):
        return None
    return settings.path.parent / url.removeprefix("sqlite:///")


def backup_folder(settings: Settings) -> Path:
    """Where `[backup]` puts its copies."""
    return settings.path.parent / settings.backup.to


def copies(folder: Path) -> tuple[str, ...]:
    """The names of all files in the folder; none where there is no folder yet."""
    return tuple(one.name for one in folder.iterdir()) if folder.is_dir() else ()


def take_backup(settings: Settings, now: datetime) -> Path:
    """Takes a copy, reads it, removes what is beyond `[backup] keep`; returns the copy. Raises StoreError, OSError."""
    path = database_file(settings)
    if path is None:
        raise StoreError("Back up PostgreSQL with its own tools: pg_dump.")
    folder = backup_folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # What a process left behind that was killed while it wrote.
    for left in folder.glob(f"{path.stem}-*{UNFINISHED}*"):
        left.unlink()
    target = folder / copy_name(path.stem, now)
    fresh = target.with_name(target.name + UNFINISHED)
    try:
        write_checked(settings, fresh)
    except (StoreError, OSError):
        fresh.unlink(missing_ok=True)
        raise
    fresh.replace(target)
    for name in to_remove(copies(folder), path.stem, settings.backup.keep):
        (folder / name).unlink()
    return target


def write_checked(settings: Settings, target: Path) -> None:
    """Writes a copy and reads it; raises StoreError if it cannot be read."""
    store = open_store(settings)
    try:
        store.upkeep.backup(str(target))
        copy = Store(SqliteEngine(target))
        try:
            wrong = faults_of(copy, store)
        finally:
            copy.close()
    finally:
        store.close()
    if wrong:
        raise StoreError(f"The copy cannot be used: {'; '.join(wrong[:3])}.")
