"""`./run` and its sisters as shell: which Python they take, what they say, what they install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("sh", "dirname", "basename", "cmp", "awk", "rm", "cp", "cat", "env", "sed")
PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python")


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A PATH with a shell's tools and no Python at all."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    return folder


def put(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def old_python(version: str) -> str:
    """A stand-in that tells its version and is unfit for all else."""
    return f'case "$2" in *print*) echo {version} ;; *) exit 1 ;; esac'


def run(bin_folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "run", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(bin_folder), "HOME": str(bin_folder), "FEEDWRIGHT_VENV": str(bin_folder / "venv")},
        timeout=60,
    )


def test_without_python_it_says_which_to_install(bin_folder: Path) -> None:
    done = run(bin_folder)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "feedwright: needs Python 3.11, 3.12, 3.13 or 3.14, and found none. Install one of them, then start again."
    )


def test_a_python_too_old_or_too_new_is_named(bin_folder: Path) -> None:
    put(bin_folder, "python3", old_python("3.9"))
    put(bin_folder, "python", old_python("3.15"))
    done = run(bin_folder)
    assert done.returncode == 1
    assert "found only: 3.9 3.15. Install one" in done.stderr


def test_the_newest_fit_python_is_taken(bin_folder: Path) -> None:
    put(bin_folder, "python3.14", "exit 1")
    put(bin_folder, "python3.12", 'case "$2" in *venv*) exit 1 ;; esac; echo used python3.12 >&2; exit 0')
    put(bin_folder, "python3", "echo wrong one >&2")
    done = run(bin_folder)
    assert "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv" in done.stderr
    assert "wrong one" not in done.stderr


def test_an_old_sqlite_is_told(bin_folder: Path) -> None:
    put(bin_folder, "python3.13", 'case "$2" in *sqlite3*) exit 1 ;; esac; exit 0')
    done = run(bin_folder)
    assert done.returncode == 1
    assert "SQLite older than 3.39" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_only_what_changed_is_installed_and_the_arguments_reach_the_program(bin_folder: Path) -> None:
    # The venv is made of stand-ins that write down what they are asked.
    log = bin_folder / "log"
    python = f'echo "$*" >> {log}; case "$*" in *venv*/venv) mkdir -p {bin_folder}/venv/bin; cp {bin_folder}/python3.13 {bin_folder}/venv/bin/python ;; esac; exit 0'
    (bin_folder / "mkdir").symlink_to(str(shutil.which("mkdir")))
    put(bin_folder, "python3.13", python)
    assert run(bin_folder, "source", "list", "--json").returncode == 0
    asked = [line for line in log.read_text().splitlines() if line.startswith("-m")]
    assert [line.split()[1] for line in asked] == ["venv", "pip", "pip", "commands"]
    first, second = asked[1], asked[2]
    assert "--only-binary :all: -r" in first
    for option in (
        "--no-build-isolation",
        "--no-deps",
        "--require-hashes",
        "--only-binary :all: --no-binary feedgen",
    ):
        assert option in second
    assert asked[3] == "-m commands source list --json"
    tools = (bin_folder / "venv/build-tools.txt").read_text()
    names = [line.split("==")[0] for line in tools.splitlines() if "==" in line]
    assert names == ["setuptools", "wheel"]
    assert tools.count("--hash=sha256:") >= 2

    log.write_text("")
    assert run(bin_folder).returncode == 0
    assert [line for line in log.read_text().splitlines() if line.startswith("-m")] == ["-m commands"]


def test_a_failed_install_is_told_and_tried_again(bin_folder: Path) -> None:
    (bin_folder / "mkdir").symlink_to(str(shutil.which("mkdir")))
    script = f'case "$*" in *venv*/venv) mkdir -p {bin_folder}/venv/bin; cp {bin_folder}/python3.13 {bin_folder}/venv/bin/python ;; "-m pip"*) exit 1 ;; esac; exit 0'
    put(bin_folder, "python3.13", script)
    for _ in range(2):
        done = run(bin_folder)
        assert done.returncode == 1
        assert "could not install setuptools and wheel" in done.stderr


def test_progress_is_told_while_packages_are_installed(bin_folder: Path) -> None:
    (bin_folder / "mkdir").symlink_to(str(shutil.which("mkdir")))
    saying = "for n in 1 2 3 4 5 6 7 8 9 10 11; do echo Collecting one; done; echo Installing collected packages: one"
    script = f'case "$*" in *venv*/venv) mkdir -p {bin_folder}/venv/bin; cp {bin_folder}/python3.13 {bin_folder}/venv/bin/python ;; "-m pip"*) {saying} ;; esac; exit 0'
    put(bin_folder, "python3.13", script)
    told = run(bin_folder).stderr.splitlines()
    pins = sum("==" in line for line in (ROOT / "requirements.txt").read_text().splitlines())
    assert told[0].startswith(f"feedwright: installing the {pins} packages that requirements.txt pins")
    assert told[-2:] == [f"feedwright: 10 of {pins} packages", f"feedwright: unpacking {pins} packages"]


@pytest.mark.parametrize("script", ["run", "test", "check", ".ci/run", "deploy/venv.sh", "lock"])
def test_scripts_are_plain_sh(script: str) -> None:
    assert subprocess.run(["sh", "-n", ROOT / script], check=False).returncode == 0
    if script != "deploy/venv.sh":
        assert os.access(ROOT / script, os.X_OK)


def test_the_lock_names_no_index_and_pins_everything_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        pins = [line for line in text.splitlines() if "==" in line]
        assert len(pins) > 20
        assert all(line.endswith("\\") for line in pins)
    runtime, dev = ((ROOT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt"))
    pinned = {line.split(" ")[0] for line in runtime.splitlines() if "==" in line}
    assert pinned <= {line.split(" ")[0] for line in dev.splitlines()}
    assert sys.version_info >= (3, 11)
