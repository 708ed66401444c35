"""Holding stored articles against a changed topic rule: seconds for a hundred thousand of them.

.venv/bin/python -m bench.rematch [--articles 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.operating.jobs import JobTools
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting import matching
from feeds.ingest.rules.decide import decide
from feeds.model.articles import Draft, DraftAuthor, DraftFeed, Known, TopicRule
from feeds.model.settings import FetchSettings, Settings
from tests.fakes import NOON, FakeWeb, MovedClock, fake_tools

WORDS = tuple(f"word{number}" for number in range(4_000))
LABELS = tuple(f"Label {number}" for number in range(300))
BATCH = 1_000


def draft(number: int, chance: random.Random) -> Draft:
    """An article of 350 words, with a label or two."""
    text = " ".join(chance.choices(WORDS, k=350))
    url = f"https://a.example/{number}"
    return Draft(
        guid=url, is_guid_given=True, url=url, canonical_url=url, title=" ".join(chance.choices(WORDS, k=8)),
        summary="", content_html=f"<p>{text}</p>", published_at=NOON - timedelta(minutes=number), modified_at=None,
        authors=(DraftAuthor(name=f"Author {number % 500}"),), categories=tuple(chance.choices(LABELS, k=2)),
        hash=str(number),
    )  # fmt: skip


def main() -> int:
    """Prints how long the first matching and a changed rule took, and what moved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    count = parser.parse_args().articles
    with tempfile.TemporaryDirectory(prefix="feedwright-rematch-") as folder:
        measure(Path(folder) / "r.db", count)
    return 0


def measure(path: Path, count: int) -> None:
    """Fills a new database at the path with so many articles, and matches them."""
    engine = SqliteEngine(path)
    migrate(engine)
    store, chance, clock = Store(engine), random.Random(3), MovedClock()
    source = store.sources.add(spec_at("https://a.example/feed"), NOON)
    for start in range(0, count, BATCH):
        feed = DraftFeed(
            format="x", drafts=tuple(draft(n, chance) for n in range(start, min(start + BATCH, count)))
        )
        store.polls.save_changes(
            source, feed, decide(source, feed, Known(), topics=(), is_import=True, now=NOON), NOON
        )
        print(f"\r{start + BATCH} articles", end="", file=sys.stderr, flush=True)
    while publish_touched(store, NOON):
        pass
    for number in range(20):
        rule = TopicRule(
            categories=(LABELS[number],), phrases=(f"word{number} word{number + 1}",),
            expressions=(f"title:word{number} AND NOT word{number + 50}",),
        )  # fmt: skip
        store.topics.put(slug=f"t{number}", title="t", description="", rule=rule, origin="admin", now=NOON)

    async def in_store(work: Any) -> Any:
        return work(store)

    async def progress(done: int, total: int, message: str) -> None:
        print(f"\r{message}        ", end="", file=sys.stderr, flush=True)

    poll = fake_tools(FakeWeb(), clock, in_store, FetchSettings())
    tools = JobTools(in_store=in_store, poll=poll, settings=Settings(path=Path("config.toml")), clock=clock)
    print("", file=sys.stderr)
    for name in ("first matching", "the same again", "one rule changed"):
        if name == "one rule changed":
            rule = TopicRule(categories=(LABELS[0],), phrases=("word9",))
            store.topics.put(slug="t0", title="t", description="", rule=rule, origin="admin", now=NOON)
        started = time.perf_counter()
        slugs = ("t0",) if name == "one rule changed" else ()
        result = asyncio.run(matching.rematch(tools, progress, slugs))
        print(
            f"\n{name}: {result['changed']} of {result['articles']} moved, {time.perf_counter() - started:.1f} s"
        )
    store.close()


if __name__ == "__main__":
    sys.exit(main())
