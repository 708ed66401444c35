"""What each operation costs with 10,000, 100,000 and a million articles, on either engine.

    .venv/bin/python -m bench.large [--engine sqlite|postgres] [--sizes 10000,100000,1000000] [--keep FOLDER]

CPU milliseconds of the process, median of a few runs (with PostgreSQL, whose server works elsewhere, wall
milliseconds), and the growth from the smallest store to the largest. `--keep` leaves the stores there and uses
them again. Each size is measured in a process of its own; what it writes is left in the store: a few articles.
Feeds are measured without the window of two days, so that they hold the same number of entries at every size.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import large_store
from bench.large_work import measured
from tests import postgres


def main() -> int:
    """Builds what is missing, measures each size, prints the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--sizes", default="10000,100000,1000000")
    options.add_argument("--keep", type=Path)
    options.add_argument("--measure", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.measure:
        print(json.dumps(measured(chosen.measure)))
        return 0
    sizes = [int(one) for one in chosen.sizes.split(",")]
    if any(size % large_store.BASE for size in sizes):
        options.error(f"a size is a multiple of {large_store.BASE}")
    with ExitStack() as stack:
        if chosen.engine == "postgres":
            address = stack.enter_context(postgres.server(large_store.SITE))
            url = stack.enter_context(postgres.database(address, "large"))
            tables = [
                _measured_apart(large_store.on_postgres(url, size, is_first=size == sizes[0]))
                for size in sizes
            ]
        else:
            folder = chosen.keep or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-large-"))
            )
            tables = [_measured_apart(str(large_store.on_sqlite(folder, size))) for size in sizes]
    _show(sizes, tables)
    return 0


def _measured_apart(url: str) -> dict[str, float]:
    # A process of its own: what building took of its memory is not the web's.
    answer = subprocess.run(
        [sys.executable, "-m", "bench.large", "--measure", url], stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _show(sizes: list[int], tables: list[dict[str, float]]) -> None:
    print("| operation | " + " | ".join(f"{size:,}" for size in sizes) + " | growth |")
    print("| --- |" + " ---: |" * (len(sizes) + 1))
    for name in tables[0]:
        told = [table[name] for table in tables]
        growth = f"{told[-1] / told[0]:.1f}" if told[0] else ""
        print(f"| {name} | " + " | ".join(f"{one:,.1f}" for one in told) + f" | {growth} |")


if __name__ == "__main__":
    sys.exit(main())
