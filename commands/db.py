"""`./run db …`: the database's schema, health, copies."""

from __future__ import annotations

import os
import shlex
import shutil
from datetime import UTC
from pathlib import Path

import click

from commands.output import ask_leave, json_option, write_json, yes_option
from commands.site import require_no_scheduler, site_settings, site_store
from db.engines.sqlite import SqliteEngine
from db.migrate import applied, needs_migration, refuse_newer
from db.store import Store
from feeds.clock import system_clock
from feeds.config import values
from feeds.config.load import IS_INSTALLED
from feeds.config.secrets import secret_of
from feeds.errors import FeedwrightError, RequestError, StoreError
from feeds.model.settings import Settings
from parts.backups import write_checked
from parts.store import copy_database, engine_at, open_engine, prepare_store


@click.group()
def db() -> None:
    """Migrate, check, back up or restore the database."""


@db.command()
@click.option("--quiet", is_flag=True, help="Print nothing if all is well.")
def migrate(quiet: bool) -> None:
    """Upgrade the database to the schema of this version. SQLite databases are copied first."""
    settings = site_settings()
    _make_folder(settings)
    copy = _copy_before(settings)
    try:
        steps = prepare_store(settings, lambda step: click.echo(f"step {step} …", err=True) if copy else None)
    except StoreError as error:
        if copy is None:
            raise
        raise RequestError(
            f"{error} The database is as it was. Start the former version of the program again, or report this;"
            f" a copy is at {copy}."
        ) from error
    if not quiet:
        for step in steps:
            click.echo(f"done: {step}")
        click.echo("The database is up to date.")


@db.command()
@json_option
def check(as_json: bool) -> None:
    """Look for damage in the database. Exit code 1 if there is any."""
    with site_store(site_settings()) as store:
        wrong = store.upkeep.check()
    if as_json:
        write_json({"ok": not wrong, "problems": wrong})
    else:
        click.echo("\n".join(wrong) or "The database is well.")
    if wrong:
        raise SystemExit(1)


@db.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path | None) -> None:
    """Write a copy of the running database and verify it (to FILE, or beside the database)."""
    settings = site_settings()
    path = file or _default_copy(settings)
    if path.exists():
        raise RequestError(f"{path} exists; name another file.")
    with site_store(settings):
        write_checked(settings, path)
    click.echo(f"Written and verified: {path} ({path.stat().st_size:,} bytes)")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@yes_option
def restore(file: Path, yes: bool) -> None:
    """Restore a copy. The present database is kept beside it.

    The copy may be of an older version: it stays as it is until the program is started, so that the version that made it
    can go on with it.
    """
    settings = site_settings()
    target = _sqlite_path(settings)
    if target.exists():
        _require_stopped(target)
        if not yes:
            ask_leave(f"Replace {target} by {file}?")
    _make_folder(settings)
    fresh = target.with_name(f"{target.name}.restoring")
    _remove(fresh)
    fresh.touch(mode=0o600)
    shutil.copyfile(file, fresh)
    try:
        is_older = _begun_anew(fresh)
    except FeedwrightError:
        _remove(fresh)
        raise
    if target.exists():
        click.echo(f"The former database is kept: {_put_aside(target)}")
    os.replace(fresh, target)
    click.echo(f"Restored from {file}.")
    if is_older:
        click.echo(
            "An older version made it: start that one to go on with it, or this one, which upgrades it."
        )


@db.command()
@click.argument("from_", metavar="FROM")
@click.argument("to", metavar="TO")
@click.option("--quiet", is_flag=True, help="Do not print a line for each table.")
def copy(from_: str, to: str, quiet: bool) -> None:
    """Copy a whole database into an empty one, between SQLite and PostgreSQL.

    FROM and TO are paths or addresses as [database] url has them, or env:NAME or file:PATH where they hold a password.
    """
    folder = Path.cwd()
    try:
        source, target = (values.database_address(secret_of(one, os.environ, folder)) for one in (from_, to))
    except ValueError as error:
        raise RequestError(f"{error}.") from error
    if "://" not in source and not (folder / source).is_file():
        raise RequestError(f"{source}: there is no such database.")
    engine = engine_at(source, folder)
    try:
        if not needs_migration(engine):
            require_no_scheduler(Store(engine))
    finally:
        engine.close()

    def report(table: str, count: int) -> None:
        if not quiet:
            click.echo(f"{table}: {count:,}", err=True)

    total = copy_database(source, target, folder, report)
    click.echo(f"Copied: {total:,} rows. Now set [database] url to the copy, and start ./run.")


def _copy_before(settings: Settings) -> Path | None:
    """A copy of a SQLite database that is about to be changed; None if nothing is to be kept."""
    path = backup_path(settings, "before-upgrade")
    if path is None or not _sqlite_path(settings).is_file():
        return None
    engine = open_engine(settings)
    try:
        if not applied(engine) or not needs_migration(engine):
            return None
        path.unlink(missing_ok=True)
        engine.backup(str(path))
    finally:
        engine.close()
    click.echo(f"The database is brought up to date. As it was, it is kept: {path}", err=True)
    # The whole command: without --config it would be the demonstration's database.
    program = "feedwright" if IS_INSTALLED else "./run"
    words = [program, "--config", str(settings.path), "db", "restore", str(path)]
    click.echo(
        f"To go back: stop it, run this with this version: {shlex.join(words)}\n"
        "Only then put the former version of the program in its place, and start it.",
        err=True,
    )
    return path


def _require_stopped(path: Path) -> None:
    """Whatever version wrote the database, and even where it is damaged: both are reasons to restore a copy."""
    try:
        engine = SqliteEngine(path)
        try:
            require_no_scheduler(Store(engine))
        finally:
            engine.close()
    except StoreError:
        return


def _begun_anew(path: Path) -> bool:
    """Looks whether a copy is whole, and begins a new count of changes in it; True if its schema is older."""
    engine = SqliteEngine(path)
    try:
        wrong = engine.check()
        if wrong:
            raise RequestError("The copy has faults, nothing was changed: " + "; ".join(wrong))
        done = applied(engine)
        if not done:
            raise RequestError(
                f"{path.name.removesuffix('.restoring')}: the copy is no database of Feedwright."
            )
        refuse_newer(engine)
        Store(engine).deltas.begin_epoch(system_clock())
        engine.checkpoint(is_whole=True)
        return needs_migration(engine)
    finally:
        engine.close()


def _put_aside(path: Path) -> Path:
    """Moves the present database to another name; returns which."""
    kept = path.with_name(f"{path.name}.before-restore-{_stamp()}")
    try:
        engine = SqliteEngine(path)
        # Everything that still stands in the log beside the file belongs into the kept copy.
        engine.checkpoint(is_whole=True)
        engine.close()
    except StoreError:
        # Damaged: kept as it is, its log too.
        for suffix in ("-wal", "-shm"):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                beside.replace(kept.with_name(kept.name + suffix))
    path.replace(kept)
    _remove(path)
    return kept


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sqlite_path(settings: Settings) -> Path:
    if "://" in settings.database.url:
        raise RequestError("This is for SQLite; for PostgreSQL use pg_dump and pg_restore.")
    return Path(settings.database.url)


def _default_copy(settings: Settings) -> Path:
    path = _sqlite_path(settings)
    return path.with_name(f"{path.stem}-{_stamp()}{path.suffix}")


def backup_path(settings: Settings, why: str) -> Path | None:
    """Where a copy that precedes something goes; None for a database that is no file of ours."""
    if "://" in settings.database.url and not settings.database.url.startswith("sqlite:///"):
        return None
    path = _sqlite_path(settings)
    return path.with_name(f"{path.stem}-{why}-{_stamp()}{path.suffix}")


def _stamp() -> str:
    return system_clock().astimezone(UTC).strftime("%Y%m%d-%H%M%S")


def _make_folder(settings: Settings) -> None:
    if "://" in settings.database.url:
        return
    folder = Path(settings.database.url).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(
            f"{folder} cannot be made ({error.strerror}): it will hold the database."
        ) from error
