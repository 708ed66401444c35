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
import time
from contextlib import ExitStack
from pathlib import Path

from bench import large_store
from bench.large_work import measured
from db.engines.postgres import PostgresEngine
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
            tables = [_on_postgres(url, size, is_first=size == sizes[0]) for size in sizes]
        else:
            folder = chosen.keep or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-large-"))
            )
            folder.mkdir(parents=True, exist_ok=True)
            tables = [_on_sqlite(folder, size) for size in sizes]
    _show(sizes, tables)
    return 0


def _on_sqlite(folder: Path, size: int) -> dict[str, float]:
    base, path = folder / "base.db", folder / f"{size}.db"
    if not base.exists():
        draft = folder / "base.new"
        large_store.build_base(str(draft))
        draft.rename(base)
    if not path.exists():
        draft = folder / f"{size}.new"
        _build(str(base), str(draft), size)
        draft.rename(path)
    return _measured_apart(str(path))


def _on_postgres(url: str, size: int, *, is_first: bool) -> dict[str, float]:
    """The stores follow each other in one database; the base is a schema beside them."""
    if is_first:
        large_store.build_base(url)
    engine = PostgresEngine(url)
    engine.run("ALTER SCHEMA public RENAME TO base" if is_first else "DROP SCHEMA public CASCADE")
    engine.run("CREATE SCHEMA public")
    engine.close()
    _build("base", url, size)
    return _measured_apart(url)


def _build(base: str, url: str, size: int) -> None:
    started = time.perf_counter()
    large_store.clone(base, url, size // large_store.BASE)
    print(f"\r{size} articles cloned in {time.perf_counter() - started:.0f} s{' ' * 40}", file=sys.stderr)


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
