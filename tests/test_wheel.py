"""The wheel: built from what is in the repository, installed into an empty venv, run from a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feeds import VERSION

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without the network, by the setuptools that the lock pins."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("the repository's files are not known without git")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith(("tests/", "bench/")):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            ".",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "-w",
            out,
        ],
        cwd=tree,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`feedwright` in a venv that holds the wheel, and sees the libraries of this run."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin/feedwright"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with a stranger's module of our room's name: it must not be taken for ours."""
    (tmp_path / "here/web").mkdir(parents=True)
    (tmp_path / "here/web/__init__.py").write_text("raise SystemExit('a stranger was imported')")
    return tmp_path / "here"


def clean(elsewhere: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("FEEDWRIGHT_", "PYTHON"))
    }
    return {**kept, "HOME": str(elsewhere.parent), "XDG_DATA_HOME": str(elsewhere.parent / "data")}


def run(program: Path, elsewhere: Path, *arguments: str) -> str:
    done = subprocess.run(
        [program, *arguments],
        cwd=elsewhere,
        env=clean(elsewhere),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def served(program: Path, elsewhere: Path, *arguments: str) -> Iterator[str]:
    """The address of a running site."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = elsewhere.parent / f"told-{port}.log"
    with told.open("wb") as out:
        process = subprocess.Popen(
            [program, *arguments, "--port", str(port)],
            cwd=elsewhere,
            env=clean(elsewhere),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + 240
    try:
        while True:
            try:
                read(f"{address}/readyz")
                break
            except OSError:
                assert process.poll() is None, told.read_text()
                assert time.monotonic() < until, "it did not come up in time"
                time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        sys.stdout.write(told.read_text())


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        found: bytes = answer.read()
    return found


def test_a_site_is_made_served_and_asked_from_the_wheel(program: Path, elsewhere: Path) -> None:
    assert run(program, elsewhere, "--version") == f"Feedwright {VERSION}\n"
    news = elsewhere.parent / "news"
    told = run(program, elsewhere, "init", str(news), "--title", "Quay", "--yes")
    assert f"feedwright --config {news}/config.toml" in told
    config = str(news / "config.toml")
    with served(program, elsewhere, "--config", config) as address:
        assert b"Quay" in read(f"{address}/")
        assert b"<feed" in read(f"{address}/all.atom")
        until = time.monotonic() + 240
        while json.loads(read(f"{address}/healthz"))["scheduler"]["state"] != "ok":
            assert time.monotonic() < until, "the scheduler did not come up"
            time.sleep(0.1)
    assert run(program, elsewhere, "--config", config, "db", "check") == "The database is well.\n"


def test_the_demonstration_runs_from_the_wheel_and_keeps_its_data_with_the_user(
    program: Path, elsewhere: Path
) -> None:
    with served(program, elsewhere) as address:
        assert b"<rss" in read(f"{address}/sample/harbour.rss")
        until = time.monotonic() + 240
        while b"<entry" not in read(f"{address}/all.atom"):
            assert time.monotonic() < until, "nothing was polled"
            time.sleep(0.2)
    assert (elsewhere.parent / "data/feedwright/demonstration.db").is_file()
    assert not (elsewhere / "data").exists()


def test_the_wheel_holds_the_program_and_nothing_beside_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        metadata = packed.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"commands", "db", "feeds", "parts", "web", "scheduler.py"}
    for path in (*(ROOT / "web/templates").rglob("*.html"), *(ROOT / "web/static").rglob("*.*")):
        assert path.relative_to(ROOT).as_posix() in names
    assert "Requires-Dist: flask" in metadata
    assert f"Version: {VERSION}" in metadata
