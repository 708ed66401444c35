"""Memory that a large piece of work leaves free but not returned."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back() -> None:
    """Free memory goes back to the system: after something large, which glibc leaves to us."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
