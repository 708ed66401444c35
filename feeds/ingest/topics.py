"""Which topics an article belongs to, each with the evidence. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from feeds.markup import text_of_html
from feeds.model.articles import Topic, TopicMatch
from feeds.model.kept import Matchable


def match_topics(topics: Sequence[Topic], article: Matchable) -> tuple[TopicMatch, ...]:
    """The active topics that the article belongs to; the first reason that holds is the evidence."""
    labels = {label.casefold(): label for label in article.categories}
    texts: list[str] = []
    found: list[TopicMatch] = []
    for topic in topics:
        if topic.state != "active":
            continue
        if topic.rule.phrases and not texts:
            texts = [
                f"{article.title} {article.summary}".casefold(),
                text_of_html(article.text_html).casefold(),
            ]
        evidence = _evidence(topic, article, labels, texts)
        if evidence:
            found.append(TopicMatch(slug=topic.slug, evidence=evidence))
    return tuple(found)


def _evidence(topic: Topic, article: Matchable, labels: dict[str, str], texts: list[str]) -> str | None:
    rule = topic.rule
    if topic.slug in article.source_topics:
        return f"source {article.source_slug} is set to this topic"
    if article.source_slug in rule.source_slugs:
        return f"source {article.source_slug}"
    for category in rule.categories:
        if category.casefold() in labels:
            return f"category “{labels[category.casefold()]}”"
    for part in rule.url_parts:
        if article.url and part.casefold() in article.url.casefold():
            return f"address holds “{part}”"
    for phrase in rule.phrases:
        pattern = _phrase(phrase)
        for text, where in zip(texts, ("title or summary", "text"), strict=True):
            if pattern.search(text):
                return f"phrase “{phrase}” in {where}"
    return None


@lru_cache(maxsize=5000)
def _phrase(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in phrase.casefold().split())
    return re.compile(rf"(?<!\w){words}(?!\w)")
