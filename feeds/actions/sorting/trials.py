"""Tries a topic's rule as a job, where there are so many articles that a page would have to wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from db.store import Store
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.actions.sorting.topics import FeedTrial, RuleTrial, Trial
from feeds.model.articles import TopicRule
from feeds.model.kept import Matchable

TRY = "try"
"""`slug` of the topic, `rule` as JSON, `most` articles to be named; what else is in it comes back."""
AT_ONCE = 20_000
"""Up to so many articles a rule is tried while the page waits: that takes half a second."""


def is_at_once(store: Store) -> bool:
    """True if a page can wait for a trial."""
    return not store.changes.has_more_articles_than(AT_ONCE)


def stated(rule: TopicRule) -> dict[str, Any]:
    """The rule as a job carries it."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(rule))
    return found


async def try_job(arguments: dict[str, Any], tools: JobTools, progress: Progress) -> dict[str, Any]:
    """What the rule would do, as `trial_of` reads it."""
    rule = msgspec.convert(arguments["rule"], TopicRule)
    slug, most = arguments["slug"], int(arguments["most"])
    total = int((await tools.in_store(lambda store: store.upkeep.counts()))["articles"])
    trial: RuleTrial = await tools.in_store(lambda store: RuleTrial(store, rule, slug=slug, most=most))
    while await tools.in_store(trial.step):
        await progress(
            trial.looked_at, max(total, trial.looked_at), f"{trial.looked_at:,} of {total:,} articles"
        )
    found = trial.result()
    return {
        "looked_at": found.looked_at,
        "match_count": found.match_count,
        "matched": _plain(found.matched),
        "added": _plain(found.added),
        "dropped": _plain(found.dropped),
        "feeds": [[one.slug, one.added, one.dropped] for one in found.feeds],
    }


def trial_of(result: dict[str, Any]) -> Trial:
    """The trial that a job told."""
    return Trial(
        looked_at=result["looked_at"],
        match_count=result["match_count"],
        matched=_read(result["matched"]),
        added=_read(result["added"]),
        dropped=_read(result["dropped"]),
        feeds=tuple(
            FeedTrial(slug=slug, added=added, dropped=dropped) for slug, added, dropped in result["feeds"]
        ),
    )


def _plain(rows: Sequence[tuple[Matchable, str]]) -> list[list[Any]]:
    return [[one.id, one.title, why] for one, why in rows]


def _read(rows: Sequence[Sequence[Any]]) -> tuple[tuple[Matchable, str], ...]:
    return tuple(
        (
            Matchable(
                id=key, title=title, source_slugs=(), source_topics=(), summary="", text_html="", url=None,
                categories=(),
            ),
            why,
        )
        for key, title, why in rows
    )  # fmt: skip
