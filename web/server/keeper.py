"""Keeps the scheduler process alive beside the web: restarts it with growing pauses, for ever.

A dying scheduler never takes the web with it. What happened is noted in the store by a short
process of its own (`web.server.note`), so that this parent stays small: it holds no connection.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from feeds.config.load import PARENT

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
WELL_AFTER_S = 120.0
"""A scheduler that lived this long was well: the next pause begins small again."""
STOP_WITHIN_S = 7.0
LOOK_EVERY_S = 0.1

log = logging.getLogger("feedwright.run")


def scheduler_command() -> list[str]:
    """How the scheduler process is started."""
    return [sys.executable, "-m", "scheduler"]


class SchedulerKeeper:
    """One scheduler process, kept alive by a thread until it is told to stop."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        note: Callable[[str], None],
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._command = list(command)
        self._environ = dict(environ)
        self._note = note
        self._first_pause_s = first_pause_s
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_restart_wanted = False
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        """Starts the process and the thread that watches it; nothing where there is no command."""
        if self._command:
            self._thread.start()

    def restart(self) -> None:
        """Ends the process; a new one starts at once."""
        with self._lock:
            if self._process and self._process.poll() is None:
                self._is_restart_wanted = True
                self._process.terminate()

    def begin_stop(self) -> None:
        """Tells the process to end, without waiting; nothing is restarted from now on."""
        self._stopping.set()
        with self._lock:
            if self._process and self._process.poll() is None:
                self._process.terminate()

    def stop(self) -> None:
        """Ends the process, by force where it does not end in time."""
        self.begin_stop()
        if not self._thread.ident:
            return
        process = self._process
        if process is not None:
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                log.warning("The scheduler did not stop in time and was ended by force.")
                process.kill()
        self._thread.join(5)

    def _keep(self) -> None:
        pause = self._first_pause_s
        while not self._stopping.is_set():
            started = time.monotonic()
            code = self._run_once()
            if self._stopping.is_set():
                return
            if self._is_restart_wanted:
                self._is_restart_wanted = False
                continue
            if time.monotonic() - started >= WELL_AFTER_S:
                pause = self._first_pause_s
            detail = f"The scheduler ended ({_ending(code)}) and is started again in {pause:g} s."
            log.error("%s Feeds are served meanwhile.", detail)
            self._note(detail)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _run_once(self) -> int:
        with self._lock:
            if self._stopping.is_set():
                return 0
            # A session of its own: Ctrl-C reaches this parent alone, which then asks for a clean
            # stop. The pipe on its standard input closes when this parent is gone.
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                env={**self._environ, PARENT: str(os.getpid())},
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        process = self._process
        # Asked again and again: a blocking wait in this thread was once seen to come back 20 s late,
        # not before the next signal arrived.
        while (code := process.poll()) is None:
            time.sleep(LOOK_EVERY_S)
        if process.stdin:
            process.stdin.close()
        return code


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
