"""What a process and all its children cost: CPU seconds and memory, as Linux counts them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from pathlib import Path

import psutil


def family(root: psutil.Process) -> list[psutil.Process]:
    """The process and all below it."""
    return [root, *root.children(recursive=True)]


def cpu_of(roots: Iterable[psutil.Process], *, without: frozenset[int] = frozenset()) -> float:
    """CPU seconds, user and system, that these processes and all their children, ended ones too, have used."""
    total = 0.0
    for root in roots:
        for process in family(root):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                if process.pid not in without:
                    total += times.user + times.system
                total += times.children_user + times.children_system
    return total


def pss_of(root: psutil.Process) -> dict[int, int]:
    """Each process's proportional share of memory, in bytes: shared pages are divided among their users."""
    found: dict[int, int] = {}
    for process in family(root):
        with contextlib.suppress(psutil.NoSuchProcess, OSError):
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            found[process.pid] = sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return found


class PeakMemory:
    """The highest sum of PSS of a process and its children while the context lasts."""

    def __init__(self, root: psutil.Process, every_s: float = 0.25) -> None:
        self.peak = 0
        self._root, self._every_s = root, every_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.peak = max(self.peak, sum(pss_of(self._root).values()))
            if self._done.wait(self._every_s):
                return
