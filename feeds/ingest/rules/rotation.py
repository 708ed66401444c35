"""Recognizes the articles of a source that gave all of them new ids and addresses (a new CMS). Pure.

One article by itself with the title of another is another one (a weekly column has the same title each
time). But where most of a document is unknown, and most of that tells what known articles of the
same source told, under the same titles and dates, then the ids have changed and not the articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain

from feeds.ingest.rules.versions import major_part
from feeds.model.articles import Draft, KnownArticle
from feeds.text.markup import one_line

AT_LEAST = 3
PART = 0.5
"""So much of the document must be unknown by id and address, and so much of that be known by what it tells."""
NEAR = timedelta(hours=20)
"""Dates may be told in another time zone, or without a time, after a move; yesterday's issue of a series is further away."""


def looks_rotated(unknown: int, entry_count: int) -> bool:
    """True if so much of a document is unknown that its ids may have changed."""
    return unknown >= AT_LEAST and unknown >= entry_count * PART


def renamed_guids(unknown: Sequence[Draft], recent: Iterable[KnownArticle]) -> Mapping[int, int]:
    """For the place of each draft that tells a known article again: that article's id; empty if it is too few.

    Title and text equal, or title equal and date near; each article and each draft at most once. What was purged has
    lost its title: it is known by title and text together.
    """
    by_key: dict[str, list[KnownArticle]] = {}
    for article in recent:
        by_key.setdefault(_key(article.title) or major_part(article.hash), []).append(article)
    counts = Counter(_key(draft.title) for draft in unknown)
    is_spread = _is_spread(unknown)
    found: dict[int, int] = {}
    for place, draft in enumerate(unknown):
        key, text = _key(draft.title), major_part(draft.hash)
        known = chain(by_key.get(key, ()), by_key.get(text, ()))
        fitting = [article for article in known if _is_same(draft, article, is_spread=is_spread)]
        exact = [one for one in fitting if major_part(one.hash) == text]
        chosen = exact if len(exact) == 1 else fitting
        if key and len(chosen) == 1 and (counts[key] == 1 or exact) and chosen[0].id not in found.values():
            found[place] = chosen[0].id
    return found if len(found) >= max(AT_LEAST, len(unknown) * PART) else {}


def _is_spread(drafts: Sequence[Draft]) -> bool:
    """True if half of the dates lie further apart than `NEAR`: an old stock, and no new issue of something."""
    dates = sorted(draft.published_at for draft in drafts if draft.published_at is not None)
    return bool(dates) and dates[len(dates) * 3 // 4] - dates[len(dates) // 4] > NEAR


def _is_same(draft: Draft, article: KnownArticle, *, is_spread: bool) -> bool:
    if major_part(article.hash) == major_part(draft.hash):
        return True
    if draft.published_at is None or article.published_at is None:
        return False
    # Horoscopes, weather, markets: today's issue has yesterday's titles. What is dated after we met the known article
    # is a later one, unless all dates have moved with the clocks of a new CMS.
    is_earlier = is_spread or draft.published_at <= article.first_seen_at
    return is_earlier and abs(draft.published_at - article.published_at) <= NEAR


def _key(title: str) -> str:
    return one_line(title).casefold()
