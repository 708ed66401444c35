"""How much a database grows: bytes per 1,000 articles by table with its indexes, SQLite, articles of a stated length.

    .venv/bin/python -m bench.growth [--articles N] [--words N]

Articles are made up, one source for every 50, polled, published and read for the search by the real code; each is edited
once, so that a former version is kept. What a source costs without articles is in the figures of its own tables.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.publishing.search import read_batch
from tests.fakes import Newsroom, item, rss

PER_SOURCE = 50
SYLLABLES = (
    "har bour fer ry quay tide gull mar ket pi lot crane fog horn kelp seal wharf net loft coun cil".split()
)


def main() -> int:
    """Prints a row for each table, largest first."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--articles", type=int, default=2_000)
    options.add_argument("--words", type=int, default=400)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = SqliteEngine(Path(folder) / "growth.db")
        migrate(engine)
        fill(Store(engine), chosen.articles, chosen.words)
        engine.checkpoint(is_whole=True)
        rows = engine.rows(
            "SELECT COALESCE(m.tbl_name, d.name) AS name, sum(d.pgsize) AS size FROM dbstat AS d"
            " LEFT JOIN sqlite_master AS m ON m.name = d.name GROUP BY 1 ORDER BY 2 DESC"
        )
        engine.close()
    total = sum(row["size"] for row in rows)
    print(f"{chosen.articles:,} articles of {chosen.words} words, each edited once")
    print(f"{'table':<24}{'bytes per 1,000 articles':>26}")
    for row in (*rows, {"name": "all", "size": total}):
        if row["size"] * 200 >= total:
            print(f"{row['name']:<24}{row['size'] * 1000 // chosen.articles:>26,}")
    return 0


def fill(store: Store, count: int, words: int) -> None:
    """Polls so many articles, and each again with another text."""
    newsroom, chance = Newsroom(store), random.Random(7)

    def word() -> str:
        return "".join(chance.choices(SYLLABLES, k=chance.randint(1, 3)))

    def document(first: int, edit: str) -> str:
        several = (
            item(
                first + n,
                title=f"{word()} {word()} {first + n}",
                body=edit + " ".join(word() for _ in range(words)),
                extra=f"<dc:creator>{word().title()} {word().title()}</dc:creator><category>{word()}</category>",
            )
            for n in range(min(PER_SOURCE, count - first))
        )
        return rss(*several, title=f"Source {first}")

    for first in range(0, count, PER_SOURCE):
        newsroom.add(f"https://s{first}.example/feed", document(first, ""))
    newsroom.round()
    for first in range(0, count, PER_SOURCE):
        newsroom.web.put(f"https://s{first}.example/feed", document(first, "Corrected: "))
    newsroom.again()

    async def read() -> None:
        while await read_batch(newsroom._in_store, excerpt_chars=300, now=newsroom.clock()):
            pass

    asyncio.run(read())


if __name__ == "__main__":
    sys.exit(main())
