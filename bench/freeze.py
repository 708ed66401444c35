"""What freezing a large site costs: addresses per second, memory, bytes on disk, and a second run.

    .venv/bin/python -m bench.freeze FOLDER [ARTICLES] [SERVER,…]

FOLDER is for the store and what is frozen of it; a store of that size that is there already is taken.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

from bench.large_store import BASE, build_base, clone, opened
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import NOON
from web.freeze.freezing import SERVERS, freeze

TELL_EVERY = 5_000


def main() -> int:
    """Builds the store where it is not there, freezes it twice, and says what that took."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("articles", type=int, nargs="?", default=BASE)
    options.add_argument("servers", nargs="?", default=",".join(SERVERS), help="with commas between them")
    chosen = options.parse_args()
    folder, size, servers = chosen.folder, chosen.articles, tuple(chosen.servers.split(","))
    folder.mkdir(parents=True, exist_ok=True)
    base, large = folder / "base.db", folder / f"{size}.db"
    if not base.exists():
        build_base(str(base))
    if size > BASE and not large.exists():
        clone(str(base), str(large), size // BASE)
    settings = Settings(
        path=folder / "config.toml", site=SiteSettings(title="Reader", base_url="https://news.example")
    )
    store = opened(str(large if size > BASE else base))
    for run in ("first", "second"):
        began = time.monotonic()

        def progress(done: int, total: int, at: str, began: float = began) -> None:
            if done % TELL_EVERY == 0:
                print(
                    f"{done:>9,} of about {total:,}  {time.monotonic() - began:7.0f} s  {_peak()}  {at}",
                    flush=True,
                )

        found = freeze(
            settings, store, folder / f"frozen-{size}", now=NOON, servers=servers, progress=progress
        )
        took = time.monotonic() - began
        print(
            f"{run}: {found.addresses:,} addresses in {took:,.0f} s ({found.addresses / took:,.0f} a second), {_peak()};"
            f" {found.written:,} files written, {found.kept:,} kept, {found.removed:,} removed",
            flush=True,
        )
    store.close()
    return 0


def _peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most"


if __name__ == "__main__":
    sys.exit(main())
