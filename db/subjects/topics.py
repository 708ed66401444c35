"""The store's topics, and which articles belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import saving, slugs, sources, topics
from db.subject import Subject
from feeds.model.articles import Topic, TopicMatch, TopicRule
from feeds.model.kept import CategoryCount, Matchable


class Topics(Subject):
    """Topics, and which articles belong to them."""

    def put(
        self, *, slug: str, title: str, description: str, rule: TopicRule, origin: str, now: datetime
    ) -> Topic:
        """Adds the topic or changes it."""
        with self.write():
            return topics.put(
                self.engine,
                slug=slug,
                title=title,
                description=description,
                rule=rule,
                origin=origin,
                now=now,
            )

    def rename(self, old: str, new: str, now: datetime) -> None:
        """Gives it a new slug; the old one leads to the new one."""
        with self.write():
            topics.rename(self.engine, old, new, now)
            sources.follow_topic(self.engine, old, new)

    def set_state(self, slug: str, state: str, now: datetime) -> None:
        """active or paused."""
        with self.write():
            topics.set_state(self.engine, slug, state)

    def merge(self, old: str, new: str, now: datetime) -> None:
        """One topic becomes another: its articles belong there, its address leads there."""
        with self.write():
            for article_id in topics.give_articles(self.engine, old, new):
                saving.settle(self.engine, article_id, now, is_changed=True, fields=("topics",))
            topics.end(self.engine, old, new, now)
            sources.follow_topic(self.engine, old, new)

    def lead(self, former: str, slug: str, now: datetime) -> bool:
        """Makes a slug that nobody had lead to the topic; False if somebody has it."""
        with self.write():
            return slugs.lead(self.engine, "topic", former, topics.id_of(self.engine, slug), now)

    def former_slugs(self) -> dict[str, tuple[str, ...]]:
        """By present slug, the former ones."""
        return slugs.former_by_present(self.engine, "topic")

    def every(self) -> tuple[Topic, ...]:
        """All topics by slug."""
        return topics.every(self.engine)

    def category_counts(self, most: int) -> tuple[CategoryCount, ...]:
        """Labels that sources use, most used first."""
        return topics.category_counts(self.engine, most)

    def matchable(self, *, after_id: int, most: int) -> tuple[Matchable, ...]:
        """Published articles by id, as topic rules see them."""
        return topics.matchable(self.engine, after_id=after_id, most=most)

    def matchable_of(self, ids: Sequence[int]) -> tuple[Matchable, ...]:
        """The same of these articles."""
        return topics.matchable_of(self.engine, ids)

    def matches_of(self, ids: Sequence[int]) -> dict[int, dict[str, str]]:
        """The topics of each article, with the evidence."""
        return topics.matches_of(self.engine, ids)

    def set_matches(self, article_id: int, matches: Sequence[TopicMatch], now: datetime) -> bool:
        """Gives an article these topics; True if that changed a feed."""
        with self.write():
            if not topics.set_of_article(self.engine, article_id, matches):
                return False
            saving.settle(self.engine, article_id, now, is_changed=True, fields=("topics",))
            return True
