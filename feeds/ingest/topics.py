"""Which topics an article belongs to, each with the evidence; and why it does not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from feeds.config_expressions import parse_expression
from feeds.ingest.expressions import Folded, has_phrase, holds, told
from feeds.model.articles import Topic, TopicMatch, TopicRule
from feeds.model.kept import Clause, Matchable


def match_topics(topics: Sequence[Topic], article: Matchable) -> tuple[TopicMatch, ...]:
    """The active topics that the article belongs to; the first reason that holds is the evidence.

    What belongs to a topic belongs to those above it too.
    """
    read = _Reading(article)
    found: dict[str, TopicMatch] = {}
    for topic in topics:
        evidence = _evidence(topic, read) if topic.state == "active" else None
        if evidence:
            found[topic.slug] = TopicMatch(slug=topic.slug, evidence=evidence)
    by_slug = {topic.slug: topic for topic in topics}
    for match in tuple(found.values()):
        for parent in above(match.slug, by_slug):
            if by_slug[parent].state == "active":
                found.setdefault(
                    parent, TopicMatch(slug=parent, evidence=f"it belongs to {match.slug}: {match.evidence}")
                )
    return tuple(found[topic.slug] for topic in topics if topic.slug in found)


def above(slug: str, by_slug: Mapping[str, Topic]) -> list[str]:
    """The topics above one, nearest first; a circle ends where it closes."""
    found: list[str] = []
    parent = by_slug[slug].rule.parent if slug in by_slug else None
    while parent is not None and parent in by_slug and parent not in found and parent != slug:
        found.append(parent)
        parent = by_slug[parent].rule.parent
    return found


def explain(topic: Topic, article: Matchable) -> tuple[Clause, ...]:
    """Every part of the topic's rule with whether it holds for the article, and by what."""
    read = _Reading(article)
    parts = list(_parts(topic, read))
    parts += [(f"excluded by {text}", why) for text, why in _excluding(topic.rule, read)]
    return tuple(Clause(text=text, evidence=why) for text, why in parts)


class _Reading:
    """One article read for many topics: each of its texts is made once, when a rule asks for it."""

    def __init__(self, article: Matchable) -> None:
        self.article = article
        self.folded = Folded(article)
        self.labels = {label.casefold(): label for label in article.categories}
        self.url = (article.url or "").casefold()

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        article = self.article
        return (
            ("title or summary", " ".join(f"{article.title} {article.summary}".casefold().split())),
            ("text", self.folded.plain.casefold()),
        )


def _evidence(topic: Topic, read: _Reading) -> str | None:
    why = next(filter(None, _reasons(topic, read)), None)
    if why is None or any(_against(topic.rule, read)):
        return None
    return why


def _parts(topic: Topic, read: _Reading) -> Iterator[tuple[str, str | None]]:
    """What the rule asks and why it holds, part by part."""
    return zip(_asked(topic, read.article), _reasons(topic, read), strict=True)


def _asked(topic: Topic, article: Matchable) -> Iterator[str]:
    """The parts of the rule in words, in the order of their reasons."""
    rule = topic.rule
    if topic.slug in article.source_topics:
        yield "the source's own topics"
    yield from (f"source {slug}" for slug in rule.source_slugs)
    yield from (f"category “{category}”" for category in rule.categories)
    yield from (f"address with “{part}”" for part in rule.url_parts)
    yield from (f"phrase “{phrase}”" for phrase in rule.phrases)
    yield from (told(parse_expression(text)) for text in rule.expressions)


def _reasons(topic: Topic, read: _Reading) -> Iterator[str | None]:
    """Why each part of the rule holds, None where it does not; lazily, because the first that holds suffices."""
    rule, article = topic.rule, read.article
    if topic.slug in article.source_topics:
        yield f"source {article.source_slugs[0]} is set to this topic"
    for slug in rule.source_slugs:
        yield f"source {slug}" if slug in article.source_slugs else None
    for category in rule.categories:
        label = read.labels.get(category.casefold())
        yield f"category “{label}”" if label is not None else None
    for part in rule.url_parts:
        yield f"address holds “{part}”" if part.casefold() in read.url else None
    for phrase in rule.phrases:
        where = next((name for name, text in read.texts if has_phrase(phrase, text)), None)
        yield f"phrase “{phrase}” in {where}" if where else None
    for text in rule.expressions:
        yield holds(parse_expression(text), read.folded)


def _excluding(rule: TopicRule, read: _Reading) -> list[tuple[str, str | None]]:
    asked = (told(parse_expression(text)) for text in rule.exclude)
    return list(zip(asked, _against(rule, read), strict=True))


def _against(rule: TopicRule, read: _Reading) -> Iterator[str | None]:
    return (holds(parse_expression(text), read.folded) for text in rule.exclude)
