"""Whose an article is that several sources tell: it passes from an aggregator to its publisher. Pure.

An article belongs to the source that brought it first: that source's edits count, and its rights and `share` hold. Where
that was an aggregator, the publisher could neither correct nor withdraw it. What proves a publisher is where its document
is fetched, and nothing that a document says of itself.
"""

from __future__ import annotations

from feeds.model.articles import Draft, KnownArticle
from feeds.model.incoming import Source
from feeds.text.urls import guid_domain, url_domain


def is_publisher(source: Source, article: KnownArticle, answered_by: str | None) -> bool:
    """True if the source was fetched, and has answered, at the domain of the article's address.

    `answered_by` is the domain that answered; None if nobody was asked. Both count: an open redirect of the publisher
    makes an address of its domain answer what anybody wrote, and a source that has moved keeps its former domain.
    """
    domain = url_domain(article.canonical_url)
    return domain is not None and domain == source.domain == url_domain(source.fetch_url) == answered_by


def takes_over(source: Source, draft: Draft, article: KnownArticle, answered_by: str | None) -> bool:
    """True if an article of another source is this one's from now on.

    The publisher's, where it came from a source of another domain or from one that is removed. An article that no
    publisher brought, and whose source is removed, is anybody's who tells it: nobody else could correct it. What is
    withdrawn stays as it is.
    """
    if article.source_id == source.id or article.status != "published" or answered_by is None:
        return False
    domain = url_domain(article.canonical_url)
    if domain is None or url_domain(draft.canonical_url) != domain:
        return False
    is_by_publisher = article.source_domain == domain
    if is_publisher(source, article, answered_by):
        return article.is_source_removed or not is_by_publisher
    return article.is_source_removed and not is_by_publisher


def may_take_back(
    source: Source, ref: str, article: KnownArticle, answered_by: str | None, *, is_sighted: bool
) -> bool:
    """True if the source's own tombstone for `ref` counts for the article.

    For what it brought; and, if it is the publisher, for what a source of another domain brought: under an id that it
    was met by here (`is_sighted`), or that names the publisher's domain.
    """
    if article.source_id == source.id:
        return is_sighted
    if not is_publisher(source, article, answered_by) or not (
        is_sighted or guid_domain(ref) == source.domain
    ):
        return False
    return article.is_source_removed or article.source_domain != source.domain
