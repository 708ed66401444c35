"""Notes in the store what the parent saw: `python -m web.server.note TEXT`; the parent itself holds no store."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from feeds.clock import system_clock
from feeds.config.load import load
from feeds.errors import FeedwrightError
from parts.store import open_store

SUPERVISOR = "supervisor"
"""The name of the beat: its detail says what last happened to the scheduler."""


def main(arguments: list[str]) -> int:
    """0 where the note stands in the store."""
    try:
        store = open_store(load(Path(os.environ["FEEDWRIGHT_CONFIG"]), os.environ))
        try:
            store.kept.beat(SUPERVISOR, system_clock(), " ".join(arguments))
        finally:
            store.close()
    except FeedwrightError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
