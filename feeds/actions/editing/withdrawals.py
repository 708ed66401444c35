"""Withdraws and restores articles for an admin; `article_edits` adds the line in the log."""

from __future__ import annotations

from datetime import datetime

from db.store import Store
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting.matching import rematch_articles
from feeds.errors import NotFoundError, RequestError
from feeds.model.articles import Article, Tombstone


def withdraw(
    store: Store, article_id: int, reason: str, now: datetime, *, is_silent: bool = False
) -> Article:
    """The article as it was; it leaves every feed at once, and no source brings it back."""
    article = _there(store, article_id)
    if isinstance(article, Tombstone):
        raise RequestError(f"Article {article_id} was withdrawn already: {article.reason}")
    if not reason.strip():
        raise RequestError("Say why it is withdrawn; the reason is published.")
    store.articles.withdraw(article_id, reason=reason.strip()[:200], now=now, is_silent=is_silent)
    publish_touched(store, now)
    return article


def restore(store: Store, article_id: int, now: datetime) -> Article:
    """The withdrawn article, in its feeds again."""
    if not isinstance(_there(store, article_id), Tombstone):
        raise RequestError(f"Article {article_id} is not withdrawn.")
    if not store.articles.restore(article_id, now):
        raise RequestError(f"Article {article_id} is no longer kept: only its id is left.")
    # Rules that changed meanwhile were not held against it.
    rematch_articles(store, [article_id], store.topics.every(), now)
    publish_touched(store, now)
    article = _there(store, article_id)
    assert isinstance(article, Article)
    return article


def _there(store: Store, article_id: int) -> Article | Tombstone:
    article = store.articles.get(article_id)
    if article is None:
        raise NotFoundError(f"There is no article {article_id}.")
    return article
