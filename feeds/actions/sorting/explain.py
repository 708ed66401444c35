"""Why an article is, or is not, where it is: from what is stored, part by part."""

from __future__ import annotations

from dataclasses import dataclass

from db.store import Store
from feeds.actions.publishing.publish import MOST_ENTRIES, WINDOW
from feeds.actions.sorting.topics import found_topic
from feeds.errors import NotFoundError
from feeds.ingest.rules.rights import what_terms_forbid
from feeds.ingest.rules.topics import explain
from feeds.model.articles import Article, Tombstone
from feeds.model.kept import Clause, Matchable
from feeds.model.outgoing import FeedKey
from feeds.model.settings import PublishSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicExplanation:
    """Whether an article belongs to a topic, and why; and every part of the rule."""

    slug: str
    is_in: bool
    evidence: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedExplanation:
    """One feed that the article belongs to: by what, and whether it shows it now."""

    key: FeedKey
    evidence: str
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleExplanation:
    """Where an article stands, and which topics it does not belong to."""

    article: Article | Tombstone
    feeds: tuple[FeedExplanation, ...]
    others: tuple[str, ...]
    """Slugs of topics that it is not in."""
    share: str = ""
    """How much of it is passed on, and why."""


def explain_topic(store: Store, article_id: int, slug: str) -> TopicExplanation:
    """Why the article is, or is not, in the topic; raises NotFoundError for what there is not."""
    topic = found_topic(store, slug)
    slug = topic.slug
    clauses = explain(topic, _matchable(store, article_id))
    matches = store.topics.matches_of([article_id]).get(article_id, {})
    if slug in matches:
        return TopicExplanation(slug=slug, is_in=True, evidence=matches[slug], clauses=clauses)
    excluded = [one for one in clauses if one.text.startswith("excluded by") and one.evidence]
    if topic.state != "active":
        why = "the topic is paused and gets nothing new"
    elif excluded:
        why = f"{excluded[0].text} ({excluded[0].evidence})"
    elif any(one.evidence for one in clauses):
        why = "the rule meets it, but has not been held against it yet (./run topic add does that)"
    else:
        why = "no part of the rule holds"
    return TopicExplanation(slug=slug, is_in=False, evidence=why, clauses=clauses)


def explain_article(store: Store, article_id: int, publish: PublishSettings) -> ArticleExplanation:
    """Where the article stands and why; raises NotFoundError if there is none."""
    article = store.articles.get(article_id)
    if article is None:
        raise NotFoundError(f"There is no article {article_id}; ./run article find WORDS shows ids.")
    if isinstance(article, Tombstone):
        return ArticleExplanation(article=article, feeds=(), others=())
    matches = store.topics.matches_of([article_id]).get(article_id, {})
    matchable = _matchable(store, article_id)
    wanted = [(FeedKey(kind="all"), "every article")]
    wanted += [(FeedKey(kind="source", slug=slug), f"{slug} brought it") for slug in matchable.source_slugs]
    wanted += [(FeedKey(kind="author", slug=one.slug), f"{one.name} wrote it") for one in article.authors]
    wanted += [(FeedKey(kind="topic", slug=slug), why) for slug, why in matches.items()]
    if article.status == "held":
        wanted = []
    return ArticleExplanation(
        article=article,
        feeds=tuple(
            FeedExplanation(key=key, evidence=why, is_shown=_is_shown(store, key, article_id, publish))
            for key, why in wanted
        ),
        others=tuple(one.slug for one in store.topics.every() if one.slug not in matches),
        share=explain_share(article),
    )


def explain_share(article: Article) -> str:
    """How much of the article is passed on, and by what: `headline, because of its terms of use: they …`."""
    if article.source.is_ours:
        return "full, because its source is our own"
    if article.is_restricted:
        why = what_terms_forbid(article.terms) or "they prohibit every use"
        return f"headline, because of its source's terms of use: {why}"
    return f"{article.source.share}, as its source {article.source.slug} is set"


def _is_shown(store: Store, key: FeedKey, article_id: int, publish: PublishSettings) -> bool:
    most = max(MOST_ENTRIES, publish.entries)
    return article_id in store.changes.shown_ids(key, entries=publish.entries, window=WINDOW, most=most)


def _matchable(store: Store, article_id: int) -> Matchable:
    found = store.topics.matchable_of([article_id])
    if not found:
        raise NotFoundError(f"There is no published article {article_id}.")
    return found[0]
