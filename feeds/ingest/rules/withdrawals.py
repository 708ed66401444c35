"""What a document takes back, what of that an admin overruled, and what it tells as living again. Pure.

An admin's restoring stands against the very words that it overruled. It ends where the source tells the article
without them: whatever takes it back then is said anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from feeds.ingest.rules.ownership import may_take_back
from feeds.model.articles import Draft, DraftFeed, Known, KnownArticle, Withdrawal
from feeds.model.incoming import Source
from feeds.model.withdrawals import GONE, deleted_word, ended_word

Remembered = tuple[tuple[int, tuple[str, ...]], ...]
DELETED = "its source took it back"
ENDED = "its source let it end"


def is_over(
    source: Source, draft: Draft, article: KnownArticle | None, gained: Collection[int], now: datetime
) -> bool:
    """True if the source lets end what is new, or its own, what it gained among it; others' articles are theirs."""
    is_ended = draft.expires_at is not None and draft.expires_at <= now
    return is_ended and (article is None or article.source_id == source.id or article.id in gained)


def is_overruled(draft: Draft, article: KnownArticle | None) -> bool:
    """True if an admin restored the article though it ended on that very date."""
    return (
        article is not None
        and article.status == "published"
        and draft.expires_at is not None
        and ended_word(draft.expires_at) in article.taken_back
    )


def taken_back(
    source: Source,
    feed: DraftFeed,
    known: Known,
    pairs: Iterable[tuple[Draft, KnownArticle | None]],
    gained: Collection[int],
    now: datetime,
) -> tuple[tuple[Withdrawal, ...], Remembered]:
    """What is withdrawn; and of articles that stay as they are, by which words they are taken back from now on."""
    articles: dict[int, KnownArticle] = {}
    reasons: dict[int, dict[str, str]] = {}
    for ref, article, is_sighted in known.graves:
        if not may_take_back(source, ref, article, feed.answered_by, is_sighted=is_sighted):
            continue
        articles[article.id] = article
        for one in feed.deleted:
            if one.ref == ref:
                reasons.setdefault(article.id, {}).setdefault(deleted_word(one.when), one.comment or DELETED)
    for draft, own in pairs:
        if own is None or (own.source_id != source.id and own.id not in gained):
            continue
        articles[own.id] = own
        if draft.expires_at is not None and is_over(source, draft, own, gained, now):
            reasons.setdefault(own.id, {}).setdefault(ended_word(draft.expires_at), ENDED)
    withdrawn: list[Withdrawal] = []
    remembered: dict[int, tuple[str, ...]] = {}
    for article in articles.values():
        words = reasons.get(article.id, {})
        anew = [word for word in words if word not in article.taken_back]
        every = (*article.taken_back, *anew)
        if anew and article.status == "published":
            withdrawn.append(Withdrawal(article_id=article.id, reason=words[anew[0]], words=every))
        elif anew:
            # What is said while an admin keeps it withdrawn is overruled, too, once they restore it.
            remembered[article.id] = every
        elif not words and not feed.is_part and set(article.taken_back) - {GONE}:
            # A source that still lists a page says nothing of whether it is there.
            remembered[article.id] = tuple(word for word in article.taken_back if word == GONE)
    return tuple(withdrawn), tuple(remembered.items())
