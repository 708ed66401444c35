"""What every command is given: the settings of the named site and its store.

Where no scheduler runs, the command itself applies a changed config file, as the scheduler would.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from db.store import Store
from feeds.actions.declaring.declare import declare
from feeds.actions.operating.clock import AHEAD_MOST
from feeds.clock import system_clock
from feeds.config.load import load_strictly
from feeds.errors import StoreBusyError, StoreUnwritableError
from feeds.model.settings import Settings
from parts.store import open_store, prepare_store

ALIVE_S = 30
"""A scheduler whose last sign of life is older does not count as running."""


def site_settings() -> Settings:
    """The settings of the file that `--config` (or FEEDWRIGHT_CONFIG) names; raises ConfigError."""
    return load_strictly(Path(os.environ["FEEDWRIGHT_CONFIG"]), os.environ)


def is_scheduler_alive(store: Store) -> bool:
    """True if a scheduler left a sign of life a moment ago."""
    beat = store.kept.beats().get("scheduler")
    return beat is not None and -AHEAD_MOST < system_clock() - beat[0] < timedelta(seconds=ALIVE_S)


@contextmanager
def site_store(settings: Settings) -> Iterator[Store]:
    """The site's store, prepared, and closed at the end."""
    prepare_store(settings)
    store = open_store(settings)
    try:
        if not is_scheduler_alive(store):
            _declare(store, settings)
        yield store
    finally:
        store.close()


def _declare(store: Store, settings: Settings) -> None:
    try:
        for problem in declare(store, settings, system_clock()).problems:
            click.echo(f"{settings.path.name}: {problem}", err=True)
    except (StoreBusyError, StoreUnwritableError) as error:
        # What only looks is needed most where nothing can be written.
        click.echo(f"{settings.path.name} is not applied: {error}", err=True)
