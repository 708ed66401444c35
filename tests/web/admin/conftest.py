"""An office for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.admin.office import Office


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """A site over its own SQLite file."""
    made = Office(tmp_path, Path(shutil.copy(sqlite_template, tmp_path / "site.db")))
    yield made
    made.store.close()
