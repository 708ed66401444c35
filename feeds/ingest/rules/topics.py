"""Which topics an article belongs to, each with the evidence; and why it does not. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial

from feeds.config.expressions import Field, asks_for, parse_expression
from feeds.ingest.rules.expressions import Folded, condition, has_phrase, read_aloud
from feeds.model.articles import Topic, TopicMatch, TopicRule
from feeds.model.incoming import Source
from feeds.model.kept import Clause, Matchable
from feeds.text.folding import plain_phrase


def match_topics(topics: Sequence[Topic], article: Matchable) -> tuple[TopicMatch, ...]:
    """The active topics that the article belongs to; the first reason that holds is the evidence.

    What belongs to a topic belongs to those above it too. Pass the same sequence again for the next article: its rules are
    made ready once.
    """
    read = _Reading(article)
    rules = _made_ready(_Same(topics))
    found: dict[str, TopicMatch] = {}
    for rule in rules:
        evidence = rule.evidence(read)
        if evidence:
            found[rule.slug] = TopicMatch(slug=rule.slug, evidence=evidence)
    if not found:
        return ()
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


def asking_for(topics: Sequence[Topic], field: Field) -> tuple[str, ...]:
    """The slugs of topics whose expressions ask for that field."""
    return tuple(topic.slug for topic in topics if _asks_for(topic.rule, field))


def moved_by(topics: Sequence[Topic], before: Source, after: Source) -> set[str]:
    """The slugs of topics whose articles may be others since a source is set, or called, otherwise."""
    moved = set(after.topic_slugs) ^ set(before.topic_slugs)
    if after.slug != before.slug:
        moved |= {topic.slug for topic in topics if after.slug in topic.rule.source_slugs}
        moved |= set(asking_for(topics, "source"))
    if after.language != before.language:
        moved |= set(asking_for(topics, "language"))
    return moved


def _asks_for(rule: TopicRule, field: Field) -> bool:
    return any(asks_for(parse_expression(text), field) for text in (*rule.expressions, *rule.exclude))


def explain(topic: Topic, article: Matchable) -> tuple[Clause, ...]:
    """Every part of the topic's rule with whether it holds for the article, and by what."""
    read, rule = _Reading(article), _Rule(topic)
    parts = list(zip(_asked(topic.rule), rule.wanted, strict=True))
    parts += zip((f"excluded by {_shown(text)}" for text in topic.rule.exclude), rule.against, strict=True)
    clauses = [Clause(text=text, evidence=why(read)) for text, why in parts]
    own = rule.own(read)
    return (Clause(text="the source's own topics", evidence=own), *clauses) if own else tuple(clauses)


class _Reading:
    """One article read for many topics: each of its texts is made once, when a rule asks for it."""

    def __init__(self, article: Matchable) -> None:
        self.article = article
        self.folded = Folded(article)

    @cached_property
    def labels(self) -> dict[str, str]:
        return {label.casefold(): label for label in self.article.categories}

    @cached_property
    def url(self) -> str:
        return (self.article.url or "").casefold()

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        article = self.article
        return (
            ("title or summary", " ".join(f"{article.title} {article.summary}".casefold().split())),
            ("text", self.folded.plain.casefold()),
        )


Reason = Callable[[_Reading], str | None]
"""Why a part of a rule holds for an article; None if it does not."""


class _Rule:
    """One topic's rule, ready to be asked."""

    __slots__ = ("against", "slug", "wanted")

    def __init__(self, topic: Topic) -> None:
        rule = topic.rule
        self.slug = topic.slug
        self.wanted: tuple[Reason, ...] = (
            *(partial(_of_source, slug) for slug in rule.source_slugs),
            *(partial(_of_category, category.casefold()) for category in rule.categories),
            *(partial(_of_address, part, part.casefold()) for part in rule.url_parts),
            *(partial(_of_phrase, phrase, plain_phrase(phrase)) for phrase in rule.phrases),
            *(_of_expression(text) for text in rule.expressions),
        )
        self.against = tuple(_of_expression(text) for text in rule.exclude)

    def evidence(self, read: _Reading) -> str | None:
        """The first reason that holds, where nothing excludes the article."""
        why = self.own(read)
        if not why:
            for reason in self.wanted:
                why = reason(read)
                if why:
                    break
            else:
                return None
        return None if any(reason(read) for reason in self.against) else why

    def own(self, read: _Reading) -> str | None:
        """That the source is set to this topic."""
        article = read.article
        if self.slug not in article.source_topics:
            return None
        return f"source {article.source_slugs[0]} is set to this topic"


class _Same:
    """A sequence of topics, known again by its identity: comparing rules costs more than reading an article by them."""

    __slots__ = ("topics",)

    def __init__(self, topics: Sequence[Topic]) -> None:
        self.topics = topics

    def __hash__(self) -> int:
        return id(self.topics)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.topics is other.topics


@lru_cache(maxsize=4)
def _made_ready(same: _Same) -> tuple[_Rule, ...]:
    return tuple(_Rule(topic) for topic in same.topics if topic.state == "active")


def _asked(rule: TopicRule) -> Iterator[str]:
    """The parts of the rule in words, in the order of their reasons."""
    yield from (f"source {slug}" for slug in rule.source_slugs)
    yield from (f"category “{category}”" for category in rule.categories)
    yield from (f"address with “{part}”" for part in rule.url_parts)
    yield from (f"phrase “{phrase}”" for phrase in rule.phrases)
    yield from (_shown(text) for text in rule.expressions)


def _shown(text: str) -> str:
    return read_aloud(parse_expression(text))


def _of_source(slug: str, read: _Reading) -> str | None:
    return f"source {slug}" if slug in read.article.source_slugs else None


def _of_category(folded: str, read: _Reading) -> str | None:
    label = read.labels.get(folded)
    return f"category “{label}”" if label is not None else None


def _of_address(part: str, folded: str, read: _Reading) -> str | None:
    return f"address holds “{part}”" if folded in read.url else None


def _of_phrase(phrase: str, words: str, read: _Reading) -> str | None:
    for name, text in read.texts:
        # Most texts hold no part of it: asking whether its bounds are right as well takes a call.
        if words in text and has_phrase(words, text):
            # Two sentences, so that each can be told in another language.
            return (
                f"phrase “{phrase}” in text" if name == "text" else f"phrase “{phrase}” in title or summary"
            )
    return None


def _of_expression(text: str) -> Reason:
    asked = condition(parse_expression(text))
    return lambda read: asked(read.folded)
