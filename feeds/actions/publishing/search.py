"""Full-text search: words of articles kept beside the polls, in batches, and looked up newest first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from db.store import Store
from feeds.clock import Clock
from feeds.model.articles import Article
from feeds.model.outgoing import FeedPage
from feeds.publish.compose import shown_texts
from feeds.text.folding import folded, sought_words

RULES = 2
"""Raised when other words of an article that is not shown whole are read than before: these are then read anew."""
BATCH = 500
MERGE_STEPS = 25
"""Of merging the index at once; news waits for these, some seconds."""
MOST_CHARS = 100_000
"""Of one article's words; what comes after is not found."""
MOST_SOUGHT = 12


async def read_batch(
    in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]], *, excerpt_chars: int, now: datetime
) -> int:
    """How many articles that changed were read anew; the folding happens in a thread of its own."""
    await in_store(lambda store: store.search.use_reading(f"{RULES}-{excerpt_chars}", now))
    after, last, articles = await in_store(lambda store: store.search.behind(BATCH))
    if last == after:
        return 0
    words = await asyncio.to_thread(
        lambda: [(number, _words(one, excerpt_chars)) for number, one in articles]
    )
    is_kept = await in_store(lambda store: store.search.put(words, last, after=after))
    return len(words) if is_kept else 0


async def read_and_merge(
    in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]],
    clock: Clock,
    go_on: Callable[[], Awaitable[bool]],
    *,
    excerpt_chars: int,
) -> int:
    """Reads all that changed, then merges the index for some steps, not always to its end; returns how many articles were read."""
    while await read_batch(in_store, excerpt_chars=excerpt_chars, now=clock()):
        if not await go_on():
            return 0
    for done in range(MERGE_STEPS):
        if not await in_store(lambda store: store.search.merge()) or not await go_on():
            return done
    return MERGE_STEPS


def search(store: Store, query: str, *, most: int, offset: int = 0) -> tuple[Article, ...]:
    """Published articles that hold all the words (`"in a row"`, `begin*`), newest first; none for no words."""
    sought = sought_words(query)[:MOST_SOUGHT]
    return store.search.find(sought, most=most, offset=offset) if sought else ()


def search_page(store: Store, query: str, *, most: int) -> FeedPage | None:
    """A search as a feed; None if the query holds no words."""
    if not sought_words(query):
        return None
    return store.feeds.found(query, query_key(query), search(store, query, most=most))


def query_key(query: str) -> str:
    """What two queries have in common that always find the same."""
    return " ".join(sorted(f"{one.words}{'*' if one.is_prefix else ''}" for one in sought_words(query)))


def _words(article: Article | None, excerpt_chars: int) -> str:
    """What is shown of the article, folded; empty for what is not published."""
    if article is None:
        return ""
    # Folding sets words one space apart: nothing has to be put on one line before.
    parts = shown_texts(article, excerpt_chars=excerpt_chars)
    return " ".join(filter(None, (folded(part) for part in parts)))[:MOST_CHARS]
