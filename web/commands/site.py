"""What every command is given: the settings of the named site and its store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feeds.config import load_strictly
from feeds.model.settings import Settings
from feeds.protocols import Store
from parts import open_store, prepare_store


def site_settings() -> Settings:
    """The settings of the file that `--config` (or FEEDWRIGHT_CONFIG) names; raises ConfigError."""
    return load_strictly(Path(os.environ["FEEDWRIGHT_CONFIG"]), os.environ)


@contextmanager
def site_store(settings: Settings) -> Iterator[Store]:
    """The site's store, prepared, and closed at the end."""
    prepare_store(settings)
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()
