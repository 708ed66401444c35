"""Digests: a feed by e-mail, once a day or a week, for people without a feed reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feeds.model.articles import Article
from feeds.model.outgoing import ArticleChange, FeedInfo, FeedKey

Rhythm = Literal["daily", "weekly"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One subscription: an address, a feed, a rhythm."""

    id: int
    email: str
    key: FeedKey
    rhythm: Rhythm
    state: Literal["asked", "live", "ended"]
    """asked until its owner confirms it by the link in the first mail."""
    client: str
    """Who asked for it, by network address; for limits only."""
    asked_at: datetime
    since_at: datetime | None
    first_seq: int
    """What had joined the feed before then was never mailed."""
    told_seq: int
    """What joined the feed up to then was mailed."""
    told_at: datetime | None
    next_at: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestNews:
    """What the next mail of a digest tells."""

    info: FeedInfo
    articles: tuple[Article, ...]
    """New ones, newest first."""
    more: int
    """How many more are new; they stand on the feed's page."""
    changes: tuple[ArticleChange, ...]
    """Corrections and withdrawals of what was mailed before, newest first."""
    upto_seq: int
    """What the next one begins after."""
