"""Which topics an article belongs to, each with the evidence; and why it does not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from feeds.config_expressions import parse_expression
from feeds.ingest.expressions import Folded, has_phrase, holds, told
from feeds.model.articles import Clause, Topic, TopicMatch, TopicRule
from feeds.model.kept import Matchable


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
    parts: list[tuple[str, str | None]] = [(text, why) for text, why in _parts(topic, read)]
    parts += [(f"excluded by {text}", why) for text, why in _excluding(topic.rule, read)]
    return tuple(Clause(text=text, evidence=why) for text, why in parts)


class _Reading:
    """One article read for many topics: each of its texts is made once, when a rule asks for it."""

    def __init__(self, article: Matchable) -> None:
        self.article = article
        self.folded = Folded(article)
        self.labels = {label.casefold(): label for label in article.categories}
        self.url = (article.url or "").casefold()
        self._texts: tuple[str, str] | None = None

    def texts(self) -> tuple[tuple[str, str], ...]:
        if self._texts is None:
            article = self.article
            self._texts = (
                " ".join(f"{article.title} {article.summary}".casefold().split()),
                self.folded.plain.casefold(),
            )
        return (("title or summary", self._texts[0]), ("text", self._texts[1]))


def _evidence(topic: Topic, read: _Reading) -> str | None:
    why = next((why for _, why in _parts(topic, read) if why), None)
    if why is None or any(reason for _, reason in _excluding(topic.rule, read)):
        return None
    return why


def _parts(topic: Topic, read: _Reading) -> Iterator[tuple[str, str | None]]:
    """What the rule asks and why it holds, part by part; lazily, because the first that holds suffices."""
    rule, article = topic.rule, read.article
    if topic.slug in article.source_topics:
        yield "the source's own topics", f"source {article.source_slugs[0]} is set to this topic"
    for slug in rule.source_slugs:
        yield f"source {slug}", f"source {slug}" if slug in article.source_slugs else None
    for category in rule.categories:
        label = read.labels.get(category.casefold())
        yield f"category “{category}”", f"category “{label}”" if label is not None else None
    for part in rule.url_parts:
        held = part.casefold() in read.url
        yield f"address with “{part}”", f"address holds “{part}”" if held else None
    for phrase in rule.phrases:
        where = next((name for name, text in read.texts() if has_phrase(phrase, text)), None)
        yield f"phrase “{phrase}”", f"phrase “{phrase}” in {where}" if where else None
    for text in rule.expressions:
        expression = parse_expression(text)
        yield told(expression), holds(expression, read.folded)


def _excluding(rule: TopicRule, read: _Reading) -> list[tuple[str, str | None]]:
    found = []
    for text in rule.exclude:
        expression = parse_expression(text)
        found.append((told(expression), holds(expression, read.folded)))
    return found
