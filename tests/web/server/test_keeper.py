"""The keeper of the scheduler, with real processes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from web.server.keeper import SchedulerKeeper

LIVES = "import time\nfor _ in range(600): time.sleep(0.1)"
DIES = "import sys; sys.exit(3)"


@contextmanager
def kept(script: str, notes: list[str], file: Path) -> Iterator[SchedulerKeeper]:
    """A keeper of a process that first writes its id into a file."""
    whole = f"import os\nopen({str(file)!r}, 'a').write(f'{{os.getpid()}}\\n')\n{script}"
    keeper = SchedulerKeeper([sys.executable, "-c", whole], os.environ, note=notes.append, first_pause_s=0.05)
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.stop()


def ids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_dying_process_is_started_again_with_growing_pauses_and_noted(tmp_path: Path) -> None:
    notes: list[str] = []
    with kept(DIES, notes, tmp_path / "ids"):
        assert within(20, lambda: len(ids(tmp_path / "ids")) >= 4)
    assert notes[0] == "The scheduler ended (exit code 3) and is started again in 0.05 s."
    assert "0.1 s" in notes[1]
    assert "0.2 s" in notes[2]


def test_a_killed_process_is_replaced(tmp_path: Path) -> None:
    notes: list[str] = []
    with kept(LIVES, notes, tmp_path / "ids"):
        assert within(20, lambda: len(ids(tmp_path / "ids")) == 1)
        os.kill(ids(tmp_path / "ids")[0], signal.SIGKILL)
        assert within(20, lambda: len(ids(tmp_path / "ids")) == 2)
    assert "signal 9" in notes[0]


def test_stopping_ends_the_process_and_starts_none(tmp_path: Path) -> None:
    notes: list[str] = []
    with kept(LIVES, notes, tmp_path / "ids") as keeper:
        assert within(20, lambda: len(ids(tmp_path / "ids")) == 1)
        keeper.stop()
        assert not is_alive(ids(tmp_path / "ids")[0])
    assert len(ids(tmp_path / "ids")) == 1
    assert notes == []


def test_a_wanted_restart_is_no_failure(tmp_path: Path) -> None:
    notes: list[str] = []
    with kept(LIVES, notes, tmp_path / "ids") as keeper:
        assert within(20, lambda: len(ids(tmp_path / "ids")) == 1)
        keeper.restart()
        assert within(20, lambda: len(ids(tmp_path / "ids")) == 2)
    assert notes == []


def test_a_keeper_that_never_started_stops_at_once() -> None:
    SchedulerKeeper([sys.executable], {}, note=print).stop()
