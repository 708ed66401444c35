"""Languages found out in batches, beside the polls: for articles whose source declares none, or an impossible one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from db.store import Store
from feeds.actions.sorting.matching import note_languages
from feeds.ingest.poll.tasks import LanguageTask, Workers
from feeds.model.kept import Spoken
from feeds.text.markup import text_of_html

BATCH = 500
MOST_READ = 20_000
"""Characters of an article's HTML that are read for it: the scheduler does nothing else meanwhile."""
UNKNOWN = "-"
"""Looked at, and nothing to say."""


async def detect_batch(
    in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]], workers: Workers, now: datetime
) -> int:
    """How many articles were looked at; the detecting is a worker's."""
    batch: tuple[Spoken, ...] = await in_store(lambda store: store.articles.without_language(BATCH))
    if not batch:
        return 0
    texts = tuple(
        (one.declared, f"{one.title}. {text_of_html(one.text_html[:MOST_READ])[:2000]}") for one in batch
    )
    found = await workers.languages(LanguageTask(texts=texts))
    if isinstance(found, tuple):
        detected = [(one.id, language or UNKNOWN) for one, language in zip(batch, found, strict=True)]
    else:
        detected = [(one.id, UNKNOWN) for one in batch]
    await in_store(lambda store: note_languages(store, detected, now))
    return len(batch)
