"""Checks stored articles against topic rules: all of them in the background, one of them when it changed.

What a document alone cannot tell is told here: that several sources carry an article, and by which names we know
its authors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from db.store import Store
from feeds.actions.declaring.declare import FILL_MIXES, REMATCH
from feeds.actions.operating.jobs import JobTools, Progress
from feeds.ingest.rules.topics import above, asking_for, match_topics
from feeds.model.articles import Changes, Topic, TopicMatch
from feeds.model.kept import Matchable
from feeds.model.mixes import parse_mix
from feeds.model.people import HandPick

BATCH = 500


async def rematch(tools: JobTools, progress: Progress, slugs: Sequence[str] = ()) -> dict[str, Any]:
    """How many stored articles were held against the rules of now, and how many changed topics.

    Only the topics named (all, where none is), and those above them, get or lose articles.
    """
    total = int((await tools.in_store(lambda store: store.upkeep.counts())).get("articles", 0))
    done = changed = after = 0
    while True:
        last, looked, moved = await tools.in_store(
            lambda store: _rematch_batch(store, after, slugs, tools.clock())  # noqa: B023
        )
        if not looked:
            return {"articles": done, "changed": changed}
        after, done, changed = last, done + looked, changed + moved
        await progress(done, max(total, done), f"{done} of {max(total, done)} articles")


def rematch_after_authors(store: Store, now: datetime, *, asked_by: str) -> None:
    """An author has another name: checks all articles again against the rules that ask for authors."""
    _refill_mixes(store, asked_by=asked_by, now=now)
    slugs = asking_for(store.topics.every(), "author")
    if slugs:
        store.jobs.add(REMATCH, {"topics": list(slugs)}, asked_by=asked_by, now=now)


def _refill_mixes(store: Store, *, asked_by: str, now: datetime) -> None:
    """Fills the saved mixes anew that name authors: two of them became one, or one became two."""
    naming = [
        one.slug
        for one in store.mixes.every()
        if one.state == "active" and any(term.kind == "authors" for term in parse_mix(one.path).terms)
    ]
    if naming:
        store.jobs.add(FILL_MIXES, {"mixes": naming}, asked_by=asked_by, now=now, is_once=True)


def rematch_saved(store: Store, changes: Changes, topics: Sequence[Topic], now: datetime) -> None:
    """Checks the articles that a poll changed against the rules; they are stored, and the caller holds the transaction."""
    ids = {one.article_id for one in changes.changed} | {one.article_id for one in changes.seen_again}
    if changes.new and asking_for(topics, "author"):
        ids |= set(store.articles.ids_of([one.urn for one in changes.new]))
    rematch_articles(store, sorted(ids), topics, now)


def note_languages(store: Store, detected: Sequence[tuple[int, str]], now: datetime) -> None:
    """Keeps the languages that were found out, and holds these articles against rules that ask for them."""
    with store.write():
        found = store.articles.note_languages(detected, now)
        topics = store.topics.every() if found else ()
        if asking_for(topics, "language"):
            rematch_articles(store, found, topics, now)


def rematch_articles(store: Store, ids: Sequence[int], topics: Sequence[Topic], now: datetime) -> None:
    """Holds these articles against the rules; those that are not published are left out."""
    if ids and topics:
        _rematch(store, store.topics.matchable_of(ids), topics, (), now)


def with_picks(
    gets: dict[str, str], picks: Sequence[HandPick], every: Mapping[str, Topic], touched: Collection[str]
) -> dict[str, str]:
    """The topics of an article with their evidence, as people picked them over what the rules give."""
    found = dict(gets)
    for one in picks:
        slug = one.topic_slug
        if not one.is_in or slug not in every:
            continue
        for name in (slug, *above(slug, every)):
            if name in touched:
                why = (
                    f"{one.who} put it here"
                    if name == slug
                    else f"it belongs to {slug}: {one.who} put it there"
                )
                found.setdefault(name, why)
    for one in picks:
        if not one.is_in and one.topic_slug in touched:
            found.pop(one.topic_slug, None)
    return found


def _rematch_batch(store: Store, after: int, slugs: Sequence[str], now: datetime) -> tuple[int, int, int]:
    batch = store.topics.matchable(after_id=after, most=BATCH)
    moved = _rematch(store, batch, store.topics.every(), slugs, now)
    return (batch[-1].id if batch else after), len(batch), moved


def _rematch(
    store: Store, batch: Sequence[Matchable], topics: Sequence[Topic], slugs: Sequence[str], now: datetime
) -> int:
    """How many of the articles got or lost one of these topics (any, where none is named)."""
    every = {topic.slug: topic for topic in topics}
    touched = {one for slug in slugs or every for one in (slug, *above(slug, every))}
    # A topic's articles come from its own rule and from the topics below it.
    asked = [topic for slug, topic in every.items() if touched & {slug, *above(slug, every)}]
    settled = {slug for slug, topic in every.items() if topic.state != "active" or slug not in touched}
    present = store.topics.matches_of([article.id for article in batch])
    picks = store.changes.picks_of([article.id for article in batch])
    moved = 0
    with store.write():
        for article in batch:
            has = present.get(article.id, {})
            gets = {one.slug: one.evidence for one in match_topics(asked, article) if one.slug in touched}
            gets = with_picks(gets, picks.get(article.id, ()), every, touched)
            # A paused topic gets nothing new, and loses nothing either.
            gets |= {slug: why for slug, why in has.items() if slug in settled}
            if gets != has:
                matches = [TopicMatch(slug=slug, evidence=why) for slug, why in gets.items()]
                moved += store.topics.set_matches(article.id, matches, now)
    return moved
