"""What every command is given: the settings of the named site and its store.

Where no scheduler runs, the command itself applies a changed config file, as the scheduler would.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from db.kept import SCHEDULER, SCHEDULER_ENDED
from db.store import Store
from feeds.actions.declaring.declare import declare
from feeds.actions.operating.wrong_clock import AHEAD_MOST
from feeds.clock import system_clock
from feeds.config.load import load_strictly
from feeds.errors import RequestError, StoreBusyError, StoreUnwritableError
from feeds.model.settings import Settings
from parts.store import open_store, prepare_store

ALIVE_S = 30
"""A scheduler whose last sign of life is older does not count as running."""
NEXT_BEAT_S = 6
"""Within this time a running scheduler leaves its next sign of life."""


def site_settings() -> Settings:
    """The settings of the file that `--config` (or FEEDWRIGHT_CONFIG) names; raises ConfigError."""
    return load_strictly(Path(os.environ["FEEDWRIGHT_CONFIG"]), os.environ)


def is_scheduler_alive(store: Store) -> bool:
    """True if a scheduler left a sign of life a moment ago, and none has stopped cleanly since."""
    beats = store.kept.beats()
    beat, ended = beats.get(SCHEDULER), beats.get(SCHEDULER_ENDED)
    if beat is None or (ended is not None and ended[0] >= beat[0]):
        return False
    return -AHEAD_MOST < system_clock() - beat[0] < timedelta(seconds=ALIVE_S)


def require_no_scheduler(store: Store) -> None:
    """Raises RequestError if a scheduler works on the database; waits if one has stopped and another may still run."""
    ended = store.kept.beats().get(SCHEDULER_ENDED)
    rest_s = NEXT_BEAT_S - (system_clock() - ended[0]).total_seconds() if ended is not None else 0
    if 0 < rest_s <= NEXT_BEAT_S and not is_scheduler_alive(store):
        click.echo(f"Waiting {rest_s:.0f} s: another scheduler may work on this database.", err=True)
        time.sleep(rest_s)
    if is_scheduler_alive(store):
        raise RequestError(
            "Feedwright runs on this database: stop it first (Ctrl-C, or SIGTERM). If it was killed, wait"
            f" {ALIVE_S} s."
        )


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
