"""What is asked of a store about topics, and which articles belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from feeds.model.articles import Topic, TopicMatch, TopicRule
from feeds.model.kept import CategoryCount, Matchable


class TopicStore(Protocol):
    """Our subjects, and what fills them."""

    def put_topic(
        self, *, slug: str, title: str, description: str, rule: TopicRule, origin: str, now: datetime
    ) -> Topic:
        """Adds the topic or changes it; RequestError for a slug that another topic had before."""
        ...

    def rename_topic(self, old: str, new: str, now: datetime) -> None:
        """A new slug; the old one leads to it for ever."""
        ...

    def set_topic_state(self, slug: str, state: str, now: datetime) -> None:
        """active or paused; a paused topic keeps its feed and gets nothing new."""
        ...

    def topics(self) -> tuple[Topic, ...]:
        """All topics by slug."""
        ...

    def category_counts(self, most: int) -> tuple[CategoryCount, ...]:
        """Labels that sources use, most used first."""
        ...

    def matchable(self, *, after_id: int, most: int) -> tuple[Matchable, ...]:
        """Published articles by id, as topic rules see them."""
        ...

    def matchable_of(self, ids: Sequence[int]) -> tuple[Matchable, ...]:
        """The same of these articles."""
        ...

    def matches_of(self, ids: Sequence[int]) -> dict[int, dict[str, str]]:
        """The topics of each article by their slugs, with the evidence."""
        ...

    def set_matches(self, article_id: int, matches: Sequence[TopicMatch], now: datetime) -> bool:
        """Gives an article these topics; True where that changed a feed."""
        ...
