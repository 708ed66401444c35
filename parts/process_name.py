"""Under which name this process claims hosts and jobs."""

from __future__ import annotations

import os
import secrets
import socket


def process_name() -> str:
    """A name that no other process bears: host, process id, and four random bytes."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
