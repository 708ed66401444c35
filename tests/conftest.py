"""Fixtures that many rooms share: a store over either engine, and a newsroom around it."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from db.engines.postgres import PostgresEngine
from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from tests import postgres
from tests.fakes import Newsroom
from web.app import App

# No example has to end in time: a busy machine takes as long as it takes.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

_numbers = itertools.count()
WAIT_LONG = frozenset(
    "test_scheduler.py test_workers.py test_serve.py test_browser.py test_freezing.py test_servers.py test_hostile.py"
    " test_rereading.py test_odd_addresses.py test_correction_reach.py test_bridge.py test_commands.py test_wheel.py".split()
)
SITE = "11111111-2222-4333-8444-555555555555"


class Compiled(BytecodeCache):
    """Templates as they were compiled, by their source: for all the apps that tests make in this process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket, where the template was compiled before."""
        if kept := self._kept.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        self._kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


App.jinja_options = {**App.jinja_options, "bytecode_cache": Compiled()}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that wait longest come first: at the end, one process would run them while the others have nothing to do."""
    items.sort(key=lambda item: item.path.name not in WAIT_LONG)


def pytest_collection_finish() -> None:
    """Thousands of tests and their modules stay till the end: no collection of garbage has to walk over them."""
    gc.collect()
    gc.freeze()
    # Each test makes an app and lets go of it: the usual threshold looks for garbage a hundred times as often as there is any.
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    with postgres.server(SITE) as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated database file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = SqliteEngine(path)
    migrate(engine)
    Store(engine).kept.site_id(lambda: SITE)
    engine.checkpoint()
    engine.close()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database, once on each engine."""
    if request.param == "sqlite":
        yield str(shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db"))
        return
    address = request.getfixturevalue("postgres_server")
    with postgres.database(address, f"test_{os.getpid()}_{next(_numbers)}") as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store over each engine in turn."""
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """A store over SQLite, where the engine does not matter."""
    opened = Store(SqliteEngine(Path(shutil.copy(sqlite_template, tmp_path / "test.db"))))
    yield opened
    opened.close()


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    """A store over each engine with a web and a clock around it."""
    return Newsroom(store)


@pytest.fixture
def corpus() -> Path:
    """The folder of real inputs, where there is one."""
    folder = os.environ.get("FEEDWRIGHT_CORPUS")
    if not folder or not Path(folder).is_dir():
        pytest.skip("FEEDWRIGHT_CORPUS names no folder of real inputs")
    return Path(folder)


def open_store(url: str) -> Store:
    """Another connection to the same database."""
    return Store(PostgresEngine(url) if url.startswith("postgresql:") else SqliteEngine(Path(url)))
