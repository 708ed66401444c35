"""What the rules cost for each new article, beside reading and cleaning it: CPU, medians over a folder of feeds.

Twice: one new article of a document at a time, step by step; and all of a document together, as its first poll has them.

.venv/bin/python -m bench.normalize DIR
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from feeds.errors import ParseError
from feeds.ingest.poll.drafts import parse
from feeds.ingest.rules import normalize as normalizing
from feeds.ingest.rules.decide import decide
from feeds.ingest.rules.languages import detect, is_asked
from feeds.ingest.rules.topics import match_topics
from feeds.model.articles import Known, Topic, TopicRule
from feeds.model.incoming import ParsedFeed, Source
from feeds.model.kept import Matchable
from feeds.text.markup import sanitize, text_of_html
from tests.fakes import NOON

URL = "https://corpus.example/feed"
RULES_MS, BATCH_MS = 0.2, 1.0
MOST = 10_000
T = TypeVar("T")
SOURCE = Source(
    id=1, slug="c", title="c", fetch_url=URL, first_url=URL, public_url=None, domain="corpus.example"
)
TOPICS = tuple(
    Topic(
        id=number,
        slug=f"t{number}",
        title="t",
        rule=TopicRule(
            categories=(f"Label {number}",),
            phrases=(f"harbour {number}",),
            expressions=(f"title:ferry{number} AND fog",),
        ),
    )
    for number in range(20)
)


def timed(work: Callable[[], T], times: list[float], share: int = 1) -> T:
    """What the work answers; its CPU, in ms for each of `share` articles, is noted."""
    started = time.process_time_ns()
    found = work()
    times.append((time.process_time_ns() - started) / 1e6 / max(share, 1))
    return found


def together(feed: ParsedFeed) -> list[float]:
    """CPU of all rules over a document whose entries are all new; for each of its articles, in ms."""
    cleaning: list[float] = []
    times: list[float] = []

    def clean(text: str, *, base_url: str | None = None) -> str:
        return timed(lambda: sanitize(text, base_url=base_url), cleaning)

    with patch.object(normalizing, "sanitize", clean):
        made = timed(
            lambda: normalizing.normalize(feed, source=SOURCE, url=URL, now=NOON, max_entries=MOST), times
        )
    timed(lambda: decide(SOURCE, made, Known(), topics=TOPICS, is_import=True, now=NOON), times)
    count = len(made.drafts)
    return [(sum(times) - sum(cleaning)) / count] * count if count else []


def main(folder: Path) -> int:
    """Prints the table; 1 where a target is missed."""
    spent: dict[str, list[float]] = defaultdict(list)
    spent_together: list[float] = []
    articles = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        body = path.read_bytes()
        try:
            feed = timed(lambda: parse(body, url=URL, content_type=""), spent["reading (feedparser, lxml)"])  # noqa: B023
        except ParseError:
            continue
        spent["reading (feedparser, lxml)"][-1] /= max(len(feed.entries), 1)
        for entry in feed.entries:
            alone = replace(feed, entries=(entry,))
            clean = timed(lambda: sanitize(entry.content_html or "", base_url=URL), spent["cleaning (nh3)"])  # noqa: B023
            with patch.object(normalizing, "sanitize", lambda *_, **__: clean):  # noqa: B023
                made = timed(
                    lambda: normalizing.normalize(alone, source=SOURCE, url=URL, now=NOON, max_entries=1),  # noqa: B023
                    spent["rules: normalizing"],
                )
            if not made.drafts:
                continue
            articles += 1
            draft = made.drafts[0]
            timed(
                lambda: decide(SOURCE, made, Known(), topics=(), is_import=False, now=NOON),  # noqa: B023
                spent["rules: deciding"],
            )
            matchable = Matchable(
                id=1, source_slugs=("c",), source_topics=(), title=draft.title, summary=draft.summary,
                text_html=draft.content_html, url=draft.url, categories=draft.categories,
            )  # fmt: skip
            timed(lambda: match_topics(TOPICS, matchable), spent["rules: twenty topics"])  # noqa: B023
            text = text_of_html(draft.content_html)
            timed(lambda: detect(text) if is_asked(None, text) else None, spent["batch: language"])  # noqa: B023
        spent_together += together(feed)
    print(f"{articles} articles of {folder.name}; CPU ms an article")
    print(f"{'step':<30}{'median':>9}{'mean':>9}{'95 %':>9}")
    for name, times in spent.items():
        high = statistics.quantiles(times, n=20)[18]
        print(f"{name:<30}{statistics.median(times):>9.3f}{statistics.mean(times):>9.3f}{high:>9.3f}")
    rules = sum(statistics.median(times) for name, times in spent.items() if name.startswith("rules"))
    batch = sum(statistics.median(times) for name, times in spent.items() if name.startswith("batch"))
    print(
        f"rules inside the poll: {rules:.3f} ms (at most {RULES_MS}); batches: {batch:.3f} ms (at most {BATCH_MS})"
    )
    print(f"the same, a document's articles together: {statistics.median(spent_together):.3f} ms")
    return 0 if rules <= RULES_MS and batch <= BATCH_MS else 1


if __name__ == "__main__":
    asking = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asking.add_argument("folder", type=Path, help="a folder of feeds")
    sys.exit(main(asking.parse_args().folder))
