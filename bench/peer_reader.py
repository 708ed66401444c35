"""The peer: lemon24/reader over the same farm. Runs under the Python of a venv that has `reader`, alone.

Reads addresses from the file that its first argument names, keeps its database at the second; each line on
standard input is one round.
"""

from __future__ import annotations

import sys
from pathlib import Path

from reader import make_reader  # type: ignore[import-not-found,unused-ignore]

WORKERS = 8


def main(urls: list[str], database: str) -> None:
    """One round for each line: `all`, or a number for the first so many addresses."""
    store = make_reader(database)
    added = 0
    print("ready", flush=True)
    for line in sys.stdin:
        wanted = len(urls) if line.strip() == "all" else int(line)
        for url in urls[added:wanted]:
            store.add_feed(url)
        added = max(added, wanted)
        print("added", flush=True)
        sys.stdin.readline()
        store.update_feeds(workers=WORKERS, scheduled=False)
        print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).read_text().split(), sys.argv[2])
