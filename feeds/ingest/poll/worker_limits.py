"""What a worker process may spend on one document: CPU time, counted by the system, not by the clock on the wall.

A busy machine makes nothing take more CPU time, so no healthy document is given up for its sake. First an
exception ends the document and the process lives on with all that it imported. It is raised again and again,
because a library that calls back into Python may swallow it; where nothing heeds it, as in one long call into C,
the system ends the process a moment later.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

GRACE_S = 1.0
"""CPU seconds between the exception and the end of the process."""
AGAIN_S = 0.25
ENDED_BY = signal.SIGPROF
"""The signal that ends a process which did not heed the exception."""


class TooSlowError(BaseException):
    """The document took more CPU time than it may. No `Exception`, so that no parser mistakes it for a fault."""


@contextlib.contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """The block, ended by TooSlowError after so many CPU seconds of this process."""

    is_over = False

    def give_up(_number: int, _frame: FrameType | None) -> None:
        if not is_over:
            raise TooSlowError

    signal.signal(signal.SIGVTALRM, give_up)
    signal.signal(ENDED_BY, signal.SIG_DFL)
    # Time in the kernel counts for the second timer only: what spends it there is caught by that one.
    signal.setitimer(signal.ITIMER_PROF, seconds + GRACE_S)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        is_over = True
        end_limit()


def end_limit() -> None:
    """No limit holds any more."""
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.setitimer(signal.ITIMER_PROF, 0)


def be_quiet_when_swallowed() -> None:
    """A TooSlowError that a library swallowed is not written to standard error; it is raised again."""
    former = sys.unraisablehook

    def hook(unraisable: sys.UnraisableHookArgs) -> None:
        if not isinstance(unraisable.exc_value, TooSlowError):
            former(unraisable)

    sys.unraisablehook = hook


def cpu_seconds() -> float:
    """CPU seconds of this process so far."""
    return time.process_time()
