"""Articles as pages list them: what may be shown, and where a click leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.model.articles import Article
from feeds.model.incoming import Image
from feeds.model.outgoing import SiteInfo
from feeds.publish.compose import compose_entry, share_of, title_of
from feeds.text.markup import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with a name that a link leads to."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One article in a list."""

    title: str
    url: str
    is_elsewhere: bool
    """The title leads to the source: our page would show less than the list does."""
    summary: str
    source: Named
    authors: tuple[Named, ...]
    topics: tuple[Named, ...]
    shown_at: datetime
    is_dated: bool
    """False if the source gave no date; `shown_at` is then when it was first seen here."""
    language: str | None
    picture: Image | None
    is_pinned: bool = False
    """It stands first, whatever its date."""


def card(article: Article, site: SiteInfo, *, excerpt_chars: int, is_pinned: bool = False) -> Card:
    """The article as a list shows it, by the same rules as in feeds."""
    entry = compose_entry(article, site, excerpt_chars=excerpt_chars)
    share = share_of(article)
    is_elsewhere = share != "full" and article.url is not None
    return Card(
        title=title_of(article),
        url=entry.url if is_elsewhere else f"/articles/{article.id}",
        is_elsewhere=is_elsewhere,
        summary=entry.summary if share != "headline" else "",
        source=source_of(article),
        authors=authors_of(article),
        topics=topics_of(article),
        shown_at=shown_at(article),
        is_dated=article.published_at is not None,
        language=article.language,
        picture=entry.images[0] if entry.images else None,
        is_pinned=is_pinned,
    )


def shown_at(article: Article) -> datetime:
    """The source's date; where it gave none, when the article was first seen here."""
    return article.published_at or article.first_seen_at


def source_of(article: Article) -> Named:
    """Where it was first published, with our page of it."""
    return Named(name=one_line(article.source.title), path=f"/sources/{article.source.slug}")


def authors_of(article: Article) -> tuple[Named, ...]:
    """Who wrote it, each with our page of them."""
    return tuple(
        Named(name=one_line(who.name), path=f"/authors/{who.slug}") for who in article.authors if who.name
    )


def topics_of(article: Article) -> tuple[Named, ...]:
    """What it is about."""
    return tuple(Named(name=one_line(topic.title), path=f"/topics/{topic.slug}") for topic in article.topics)
