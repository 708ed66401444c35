"""Adds and changes topics, lists labels, tries a rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from db.store import Store
from feeds.actions.declaring.declare import REMATCH, require_not_declared
from feeds.actions.sorting.matching import with_picks
from feeds.config.expressions import parse_expression
from feeds.errors import NotFoundError, RequestError
from feeds.ingest.rules.topics import above, match_topics
from feeds.model.articles import Topic, TopicRule
from feeds.model.kept import CategoryCount, Matchable
from feeds.model.settings import Settings
from feeds.text.urls import slugify

BATCH = 500
SEVERAL = 2
"""So many sources must use a label before it is suggested as a topic."""
TRIED = "tried"
"""Stands for a topic that has no slug yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelUse:
    """A label that sources use, and the topics that it leads to."""

    count: CategoryCount
    topic_slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrial:
    """What a rule would do to one public feed."""

    slug: str
    added: int
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a rule would match among the stored articles, and what that would change."""

    looked_at: int
    match_count: int
    matched: tuple[tuple[Matchable, str], ...]
    """The newest matches, each with the evidence."""
    added: tuple[tuple[Matchable, str], ...]
    """The newest that would come, with the evidence."""
    dropped: tuple[tuple[Matchable, str], ...]
    """The newest that would go, with the evidence that they had."""
    feeds: tuple[FeedTrial, ...]
    """The topic's own feed and those above it."""


def put_topic(
    store: Store,
    *,
    slug: str,
    title: str | None,
    description: str | None,
    rule: TopicRule,
    settings: Settings,
    now: datetime,
    asked_by: str,
) -> tuple[Topic, int]:
    """The topic as it is now, and the job that holds stored articles against it; None leaves a text as it is."""
    require_not_declared(settings, "topic", slug)
    if rule == TopicRule():
        raise RequestError(
            "A topic needs a rule: a category, a phrase, a part of addresses, a source, or an expression."
        )
    require_sound(store, slug, rule)
    made = Topic(id=0, slug=slug, title=slug.replace("-", " ").capitalize())
    before = next((one for one in store.topics.every() if one.slug == slug), made)
    to_match = [slug, *([before.rule.parent] if before.rule.parent else [])]
    with store.write():
        topic = store.topics.put(
            slug=slug,
            title=title or before.title,
            description=before.description if description is None else description,
            rule=rule,
            origin="admin",
            now=now,
        )
        return topic, store.jobs.add(REMATCH, {"topics": to_match}, asked_by=asked_by, now=now)


def found_topic(store: Store, name: str) -> Topic:
    """The topic that has the slug, or had it; raises NotFoundError."""
    every = store.topics.every()
    slug = store.feeds.slug_now("topic", name)
    for topic in every:
        if topic.slug == slug:
            return topic
    known = ", ".join(topic.slug for topic in every) or "none yet"
    raise NotFoundError(f"There is no topic {name!r}; there are {known}.")


def rename_topic(store: Store, name: str, slug: str, *, settings: Settings, now: datetime) -> Topic:
    """The topic under its new slug; the old address leads there, rules and sources follow."""
    topic = _own(store, name, settings)
    require_slug(slug)
    store.topics.rename(topic.slug, slug, now)
    return replace(topic, slug=slug)


def pause_topic(store: Store, name: str, *, settings: Settings, now: datetime) -> Topic:
    """The topic, which gets no more articles; those that it has stay, and so does its feed."""
    topic = _own(store, name, settings)
    store.topics.set_state(topic.slug, "paused", now)
    return topic


def retire_topic(store: Store, name: str, *, settings: Settings, now: datetime) -> Topic:
    """The topic, ended with its feed: its address answers that it is gone, its articles stay elsewhere."""
    topic = _own(store, name, settings)
    above_it = [one.slug for one in store.topics.every() if one.rule.parent == topic.slug]
    if above_it:
        raise RequestError(f"{', '.join(above_it)} stand below it: put them elsewhere first.")
    store.changes.retire_topic(topic.slug, now)
    return topic


def resume_topic(
    store: Store, name: str, *, settings: Settings, now: datetime, asked_by: str
) -> tuple[Topic, int]:
    """The topic, and the job that gives it what it missed."""
    topic = _own(store, name, settings)
    with store.write():
        # Where the file has let go of it, nobody but people change it from now on.
        store.topics.put(
            slug=topic.slug,
            title=topic.title,
            description=topic.description,
            rule=topic.rule,
            origin="admin",
            now=now,
        )
        return topic, store.jobs.add(REMATCH, {"topics": [topic.slug]}, asked_by=asked_by, now=now)


def require_slug(slug: str) -> None:
    """Raises RequestError, with one that will do, for what is no slug."""
    if slugify(slug) != slug:
        raise RequestError(f"A slug is a word of a-z, 0-9 and hyphens; take {slugify(slug)!r}.")


def labels(store: Store, most: int) -> tuple[LabelUse, ...]:
    """Labels that sources use, most used first, each with the topics that name it."""
    meets: dict[str, list[str]] = {}
    for topic in store.topics.every():
        for category in topic.rule.categories:
            meets.setdefault(category.casefold(), []).append(topic.slug)
    return tuple(
        LabelUse(count=count, topic_slugs=tuple(meets.get(count.label.casefold(), ())))
        for count in store.topics.category_counts(most)
    )


def suggestions(store: Store, most: int) -> tuple[CategoryCount, ...]:
    """Labels that several sources use and no topic meets, most used first."""
    unmet = (one.count for one in labels(store, most * 20) if not one.topic_slugs)
    return tuple(count for count in unmet if count.source_count >= SEVERAL)[:most]


def try_rule(store: Store, rule: TopicRule, *, slug: str | None = None, most: int) -> Trial:
    """What the rule would match, add and drop as that of the topic `slug`, without changing anything."""
    trial = RuleTrial(store, rule, slug=slug, most=most)
    while trial.step(store):
        pass
    return trial.result()


class RuleTrial:
    """A rule held against all stored articles, a batch at a time, so that others come in between."""

    def __init__(self, store: Store, rule: TopicRule, *, slug: str | None, most: int) -> None:
        self._tried, self._most = slug or TRIED, most
        require_sound(store, self._tried, rule)
        present = {topic.slug: topic for topic in store.topics.every()}
        before = present.get(self._tried)
        topic = replace(before or Topic(id=0, slug=self._tried, title=""), rule=rule, state="active")
        self._wanted = {**present, self._tried: topic}
        self._asked = tuple(self._wanted.values())
        affected = (self._tried, *above(self._tried, present), *above(self._tried, self._wanted))
        self._counts = {name: [0, 0] for name in dict.fromkeys(affected)}
        self.looked_at = 0
        self._match_count = self._after = 0
        self._newest: dict[str, list[tuple[Matchable, str]]] = {"matched": [], "added": [], "dropped": []}

    def step(self, store: Store) -> bool:
        """Looks at the next articles; False if there are none left."""
        batch = store.topics.matchable(after_id=self._after, most=BATCH)
        if not batch:
            return False
        self._after = batch[-1].id
        self.looked_at += len(batch)
        matches = store.topics.matches_of([article.id for article in batch])
        picks = store.changes.picks_of([article.id for article in batch])
        for article in batch:
            has = matches.get(article.id, {})
            gets = {one.slug: one.evidence for one in match_topics(self._asked, article)}
            gets = with_picks(gets, picks.get(article.id, ()), self._wanted, self._counts)
            self._count(article, has, gets)
        self._newest = {name: rows[-self._most :] for name, rows in self._newest.items()}
        return True

    def _count(self, article: Matchable, has: dict[str, str], gets: dict[str, str]) -> None:
        for name, count in self._counts.items():
            count[0] += name in gets and name not in has
            count[1] += name in has and name not in gets
        tried = self._tried
        if tried in gets:
            self._match_count += 1
            self._newest["matched"].append((article, gets[tried]))
        if tried in gets and tried not in has:
            self._newest["added"].append((article, gets[tried]))
        if tried in has and tried not in gets:
            self._newest["dropped"].append((article, has[tried]))

    def result(self) -> Trial:
        """What was found."""
        return Trial(
            looked_at=self.looked_at,
            match_count=self._match_count,
            matched=tuple(reversed(self._newest["matched"])),
            added=tuple(reversed(self._newest["added"])),
            dropped=tuple(reversed(self._newest["dropped"])),
            feeds=tuple(
                FeedTrial(slug=name, added=added, dropped=dropped)
                for name, (added, dropped) in self._counts.items()
            ),
        )


def require_sound(store: Store, slug: str, rule: TopicRule) -> None:
    """Raises RequestError for expressions that cannot be read and parents that cannot be."""
    for text in (*rule.expressions, *rule.exclude):
        try:
            parse_expression(text)
        except ValueError as error:
            raise RequestError(f"The expression cannot be read: {error}.") from error
    if rule.parent is None:
        return
    present = {topic.slug: topic for topic in store.topics.every()}
    if rule.parent == slug or slug in above(rule.parent, present):
        raise RequestError(f"{slug} would be its own parent.")
    if rule.parent not in present:
        raise RequestError(f"There is no topic {rule.parent!r} to stand above {slug}.")


def _own(store: Store, name: str, settings: Settings) -> Topic:
    topic = found_topic(store, name)
    require_not_declared(settings, "topic", topic.slug)
    return topic
