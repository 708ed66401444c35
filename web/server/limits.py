"""How many connections a web process holds open at once.

Whoever opens connections and never ends a request on them takes one place each, for the half minute that a head may
take. With granian's own limit of 1,024 a few thousand of them held everybody else up.
"""

from __future__ import annotations

import resource

BACKLOG = 4096
"""Connections that wait to be accepted; the system's own limit (`net.core.somaxconn`) may be lower."""
MOST_CONNECTIONS = 16384
"""Each costs 8 kB while it waits for the head of a request."""
OTHER_FILES = 256
"""What a process has open besides: databases, logs, modules, pipes."""


def raise_file_limit() -> int:
    """Raises the limit of open files as far as is useful and allowed; it holds for processes started afterwards too.

    Says how many connections then can be held at once.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if soft != unlimited and soft < wanted:
        fresh = wanted if hard == unlimited else min(wanted, hard)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (fresh, hard))
            soft = fresh
        except (OSError, ValueError):
            # macOS states no hard limit and refuses what is above one of its own.
            pass
    return MOST_CONNECTIONS if soft == unlimited else max(64, min(MOST_CONNECTIONS, soft - OTHER_FILES))
