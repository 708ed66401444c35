"""Topics as use cases: add or change, see labels, try a rule, hold stored articles against new rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feeds.actions.declare import REMATCH, require_not_declared
from feeds.actions.jobs import JobTools, Tell
from feeds.errors import NotFoundError, RequestError
from feeds.ingest.topics import match_topics
from feeds.model.articles import Article, Topic, TopicMatch, TopicRule
from feeds.model.kept import CategoryCount, Matchable
from feeds.model.settings import Settings
from feeds.protocols import Store

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelUse:
    """A label that sources use, and the topics that it leads to."""

    count: CategoryCount
    topic_slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a rule would match among the stored articles."""

    looked_at: int
    matched: tuple[tuple[Matchable, str], ...]
    """The newest matches, each with the evidence."""
    match_count: int


def put_topic(
    store: Store,
    *,
    slug: str,
    title: str,
    description: str,
    rule: TopicRule,
    settings: Settings,
    now: datetime,
    asked_by: str,
) -> tuple[Topic, int]:
    """The topic as it is now, and the job that holds stored articles against it."""
    require_not_declared(settings, "topic", slug)
    if rule == TopicRule():
        raise RequestError("A topic needs a rule: a category, a phrase, a part of addresses, or a source.")
    with store.write():
        topic = store.put_topic(
            slug=slug, title=title, description=description, rule=rule, origin="admin", now=now
        )
        return topic, store.add_job(REMATCH, {}, asked_by=asked_by, now=now)


def labels(store: Store, most: int) -> tuple[LabelUse, ...]:
    """Labels that sources use, most used first, each with the topics that name it."""
    meets: dict[str, list[str]] = {}
    for topic in store.topics():
        for category in topic.rule.categories:
            meets.setdefault(category.casefold(), []).append(topic.slug)
    return tuple(
        LabelUse(count=count, topic_slugs=tuple(meets.get(count.label.casefold(), ())))
        for count in store.category_counts(most)
    )


def try_rule(store: Store, rule: TopicRule, *, most: int) -> Trial:
    """What the rule would match, without changing anything."""
    topic = Topic(id=0, slug="tried", title="", rule=rule)
    looked_at = match_count = after = 0
    newest: list[tuple[Matchable, str]] = []
    while batch := store.matchable(after_id=after, most=BATCH):
        after = batch[-1].id
        looked_at += len(batch)
        for article in batch:
            for match in match_topics([topic], article):
                match_count += 1
                newest.append((article, match.evidence))
        newest = newest[-most:]
    return Trial(looked_at=looked_at, matched=tuple(reversed(newest)), match_count=match_count)


def rule_of(store: Store, slug: str) -> TopicRule:
    """The rule of a stored topic; raises NotFoundError."""
    for topic in store.topics():
        if topic.slug == slug:
            return topic.rule
    known = ", ".join(topic.slug for topic in store.topics()) or "none yet"
    raise NotFoundError(f"There is no topic {slug!r}; there are {known}.")


async def rematch(tools: JobTools, tell: Tell) -> dict[str, Any]:
    """How many stored articles were held against the rules of now, and how many changed topics."""
    total = int((await tools.in_store(lambda store: store.counts())).get("articles", 0))
    done = changed = after = 0
    while True:
        last, looked, moved = await tools.in_store(
            lambda store: _rematch_batch(store, after, tools.clock())  # noqa: B023
        )
        if not looked:
            return {"articles": done, "changed": changed}
        after, done, changed = last, done + looked, changed + moved
        await tell(done, max(total, done), f"{done} of {max(total, done)} articles")


def _rematch_batch(store: Store, after: int, now: datetime) -> tuple[int, int, int]:
    batch = store.matchable(after_id=after, most=BATCH)
    topics: Sequence[Topic] = store.topics()
    paused = {topic.slug for topic in topics if topic.state == "paused"}
    moved = 0
    with store.write():
        for article in batch:
            matches = (*match_topics(topics, article), *_kept(store, article.id, paused))
            moved += store.set_matches(article.id, matches, now)
    return (batch[-1].id if batch else after), len(batch), moved


def _kept(store: Store, article_id: int, paused: set[str]) -> tuple[TopicMatch, ...]:
    # A paused topic gets nothing new, and loses nothing either.
    article = store.article(article_id) if paused else None
    if not isinstance(article, Article):
        return ()
    return tuple(
        TopicMatch(slug=topic.slug, evidence="it was there when the topic was paused")
        for topic in article.topics
        if topic.slug in paused
    )
