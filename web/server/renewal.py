"""Web workers come and go without a gap: a new one answers before the old one ends, and all end with their parent.

Parent and workers meet in a folder: a worker leaves an empty file there, named by its process id, once the app is
made. granian itself waits for a fixed time, which a busy machine exceeds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from granian.server.mp import MPServer

READY_FOLDER = "FEEDWRIGHT_READY_FOLDER"
RENEW = "renew"
"""The file by which workers ask for it; those that are ready leave files of digits."""
READY_WITHIN_S = 120.0
LISTENING_AFTER_S = 0.5
"""A worker that has made the app listens a moment later."""
LOOK_EVERY_S = 0.1
PARENT_EVERY_S = 1.0
END_WITHIN_S = 5.0


class GaplessServer(MPServer):
    """granian, whose workers count as started only once they are ready."""

    def __init__(self, target: str, *, ready_folder: Path, **options: Any) -> None:
        super().__init__(target, respawn_interval=LISTENING_AFTER_S, **options)
        self._ready_folder = ready_folder

    def _spawn_worker(self, *args: Any, **kwargs: Any) -> Any:
        # granian starts a worker, waits `respawn_interval`, then ends the one that it replaces.
        worker: Any = super()._spawn_worker(*args, **kwargs)
        begin = worker.start

        def start() -> None:
            begin()
            self._wait_until_ready(worker)

        worker.start = start
        return worker

    def _wait_until_ready(self, worker: Any) -> None:
        mark = self._ready_folder / str(worker.inner.pid)
        ends_at = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < ends_at and worker.is_alive() and not self.interrupt_signal:
            if mark.exists():
                mark.unlink()
                return
            time.sleep(LOOK_EVERY_S)


def ask_for_renewal() -> None:
    """In a worker: what it began with is out of date. The parent puts new workers in the place of all."""
    folder = os.environ.get(READY_FOLDER)
    if folder is not None:
        (Path(folder) / RENEW).touch()


def is_renewal_asked(folder: Path) -> bool:
    """In the parent: a worker asked for it since it was looked last."""
    try:
        (folder / RENEW).unlink()
    except FileNotFoundError:
        return False
    return True


def report_ready() -> None:
    """In a worker: the app is made. From now on the worker ends when its parent does."""
    folder = os.environ.get(READY_FOLDER)
    parent = multiprocessing.parent_process()
    if folder is None or parent is None:
        return
    (Path(folder) / str(os.getpid())).touch()
    # Asked of the system now, it would be somebody else where the parent was killed while the app was made.
    threading.Thread(target=_end_with_parent, args=(parent.pid,), name="parent", daemon=True).start()


def _end_with_parent(parent: int | None) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_WITHIN_S)
    os._exit(1)
