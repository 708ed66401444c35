"""Proof that the scan changes nothing: over every feed of a folder, with every edit, `Changes` with it and without.

.venv/bin/python -m bench.scan_equality DIR
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.feeds.ingest.formats.test_scan import Bench, edited

SEED = 7


def main(folder: Path) -> int:
    """Prints how many documents were compared and how many drafts the scan spared; 1 where any differs."""
    with tempfile.TemporaryDirectory(prefix="feedwright-scan-") as place:
        return compared(folder, Bench(Path(place)))


def compared(folder: Path, bench: Bench) -> int:
    """The same, in a store that is there."""
    chance, pairs, spared_in_all = random.Random(SEED), Counter[str](), 0
    differing: list[str] = []
    started = time.monotonic()
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for number, path in enumerate(files):
        body = path.read_bytes()
        due = bench.import_first(body)
        if due is None:
            continue
        for edit, later in edited(body, chance):
            quick, whole, spared = bench.both(due, later)
            pairs[edit] += 1
            spared_in_all += spared
            if quick != whole:
                differing.append(f"{path.name}: {edit}")
        if number % 20 == 0:
            print(f"\r{number} of {len(files)}", end="", file=sys.stderr, flush=True)
    total = sum(pairs.values())
    print(f"\n{total} pairs of documents of {len(files)} files in {time.monotonic() - started:.0f} s")
    print(", ".join(f"{count} {edit}" for edit, count in pairs.items()))
    print(f"{spared_in_all} drafts spared; {len(differing)} pairs differ")
    print(*differing[:20], sep="\n")
    return 1 if differing else 0


if __name__ == "__main__":
    asking = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("folder", type=Path, help="a folder of feeds")
    sys.exit(main(asking.parse_args().folder))
