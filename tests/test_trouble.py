"""A running scheduler on a disk that is full, really: it says so by another way, loses nothing, and goes on by itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import Store
from feeds.errors import StoreError
from tests.conftest import open_store
from tests.fakes import item, rss
from tests.farm import farm
from tests.outlets import Hook, web_hook
from tests.test_scheduler import scheduler, wait_until


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", place],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(place: Path) -> Path:
    """Takes all the room that there is."""
    file = place / "ballast"
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(os.urandom(65_536))
        except OSError:
            pass
    with file.open("ab", buffering=0) as out:
        try:
            while True:
                out.write(b"x" * 512)
        except OSError:
            return file


def titles(store: Store) -> set[str]:
    try:
        return {row["title"] for row in store.engine.rows("SELECT title FROM articles")}
    except StoreError:
        return set()


def kinds(hook: Hook, what: str) -> list[str]:
    return [one["kind"] for posted in hook.posted for one in posted["alerts"] if one["what"] == what]


def test_a_full_disk_is_told_without_the_database_and_polling_goes_on_by_itself(
    tmp_path: Path, small_disk: Path
) -> None:
    config = tmp_path / "config.toml"
    with farm() as land, web_hook() as hook:
        land.pages["/feed.xml"] = rss(item(1)).encode()
        config.write_text(
            f'[database]\nurl = "{small_disk}/test.db"\n[fetch]\nallow = ["127.0.0.0/8"]\n'
            f"[poll]\npause = 0\nmin_interval = 1\ndefault_interval = 2\nmax_interval = 2\n"
            f'[alerts]\nwebhook = "{hook.url}"\n[[source]]\nurl = "{land.url("/feed.xml")}"\ninterval = 2\n'
        )
        log_file = tmp_path / "log"
        with log_file.open("wb") as log, scheduler(config, log) as process:
            wait_until((small_disk / "test.db").exists, 240)
            wait_until(lambda: titles_at(small_disk) == {"Story 1"}, 240)
            ballast = fill(small_disk)
            big = "".join(item(n, body="The ferry runs again. " * 400) for n in range(2, 60))
            land.pages["/feed.xml"] = rss(item(1), big).encode()
            wait_until(lambda: "database" in kinds(hook, "opened"), 240)
            assert titles_at(small_disk) <= {"Story 1"}
            ballast.unlink()
            wait_until(lambda: len(titles_at(small_disk)) == 59, 240)
            wait_until(lambda: "database" in kinds(hook, "closed"), 240)
            process.terminate()
            process.wait(60)
    store = open_store(str(small_disk / "test.db"))
    assert store.upkeep.check() == ()
    store.close()
    assert "Traceback" not in log_file.read_text()
    assert "The disk is full" in log_file.read_text()
    assert kinds(hook, "opened").count("database") == 1


def titles_at(place: Path) -> set[str]:
    try:
        store = open_store(str(place / "test.db"))
    except StoreError:
        return set()
    try:
        return titles(store)
    finally:
        store.close()
