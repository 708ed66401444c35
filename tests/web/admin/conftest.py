"""An office for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.admin.office import Office


@pytest.fixture
def office_anywhere(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """A site over each engine in turn."""
    made = Office(tmp_path, database_url)
    yield made
    made.store.close()
    # The app's own connection would keep its database from being dropped.
    made.app.extensions["feedwright"].stores.drop()


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """A site over its own SQLite file."""
    made = Office(tmp_path, Path(shutil.copy(sqlite_template, tmp_path / "site.db")))
    yield made
    made.store.close()
