"""What is asked of a store about what people change: the log, values set over sources' words, picks by hand; and lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from feeds.model.articles import Article, Author, Topic
from feeds.model.incoming import Source
from feeds.model.kept import ArticleFilter, PollRow, SourceFilter, SourceRow, SourceTally
from feeds.model.outgoing import FeedKey
from feeds.model.people import Actor, Change, Effect, HandPick, Override, Step


class ChangeStore(Protocol):
    """The log of changes, and what people decide over what sources say."""

    def add_change(
        self,
        actor: Actor,
        *,
        kind: str,
        what: str,
        steps: Sequence[Step],
        effects: Sequence[Effect] = (),
        undoes_id: int | None = None,
        now: datetime,
    ) -> Change:
        """A new line of the log; no line is ever altered or taken out."""
        ...

    def change(self, change_id: int) -> Change | None:
        """One line of the log."""
        ...

    def changes(
        self,
        *,
        who: str = "",
        kind: str = "",
        words: str = "",
        subject: str = "",
        most: int,
        offset: int = 0,
    ) -> tuple[Change, ...]:
        """The newest lines that fit."""
        ...

    def later_changes(self, subjects: Sequence[str], after: int) -> tuple[Change, ...]:
        """Changes of these subjects after that one which still hold, newest first."""
        ...

    def changers(self) -> tuple[str, ...]:
        """Everybody who changed something."""
        ...

    def set_override(
        self, article_id: int, field: str, value: str | None, *, who: str, now: datetime
    ) -> None:
        """What the field of the article shows; None: what its source says."""
        ...

    def overrides_of(self, ids: Sequence[int]) -> dict[int, tuple[Override, ...]]:
        """What is set over each of these articles."""
        ...

    def article_as_told(self, article_id: int) -> Article | None:
        """The article as its source tells it, whether or not it is published."""
        ...

    def set_pick(
        self, article_id: int, topic_slug: str, is_in: bool | None, *, who: str, now: datetime
    ) -> None:
        """That the article is in, or out of, the topic whatever its rule says; None: the rule decides."""
        ...

    def picks_of(self, ids: Sequence[int]) -> dict[int, tuple[HandPick, ...]]:
        """What was picked by hand for each article."""
        ...

    def retire_topic(self, slug: str, now: datetime) -> None:
        """Ends the topic and its feed; articles leave it. `put_topic` brings it back."""
        ...

    def topic_of_id(self, topic_id: int) -> Topic | None:
        """The topic of that id, None where it was retired."""
        ...

    def retired_topic(self, topic_id: int) -> Topic | None:
        """A retired topic as it was."""
        ...

    def author_bundle(self, author_id: int) -> dict[str, Any]:
        """What an author holds: articles, names, addresses; and into whom they were merged."""
        ...

    def unmerge_author(self, author_id: int, bundle: dict[str, Any], now: datetime) -> None:
        """Gives a merged author back what they held."""
        ...

    def source_page(
        self, wanted: SourceFilter, trouble: Sequence[str], *, most: int, offset: int
    ) -> tuple[SourceRow, ...]:
        """Sources that fit, most harm first; `trouble` are the states that count as such."""
        ...

    def source_alone(self, source_id: int) -> Source | None:
        """The source of that id, without its state and counts."""
        ...

    def polls(self, source_id: int, most: int) -> tuple[PollRow, ...]:
        """The last polls of a source that brought a document or failed, newest first."""
        ...

    def source_count(self, wanted: SourceFilter, trouble: Sequence[str]) -> int:
        """How many sources fit."""
        ...

    def source_tally(self, trouble: Sequence[str]) -> SourceTally:
        """How many sources there are of each group."""
        ...

    def author_page(self, words: str, *, most: int, offset: int) -> tuple[tuple[Author, int], ...]:
        """Authors whose name holds the words, by name, each with the number of their articles."""
        ...

    def author_count(self, words: str) -> int:
        """How many authors' names hold the words."""
        ...

    def author_id(self, slug: str) -> int | None:
        """The id of the author who has, or had, the slug."""
        ...

    def author_of_id(self, author_id: int) -> tuple[Author, int]:
        """The author of that id, with the number of their articles."""
        ...

    def shown_ids(self, key: FeedKey, *, entries: int, window: timedelta, most: int) -> tuple[int, ...]:
        """The articles that a feed shows, newest first."""
        ...

    def daily_articles(self, now: datetime, days: int) -> tuple[int, ...]:
        """For each of the last days (in UTC, today last) how many articles were published here."""
        ...

    def daily_of_sources(self, ids: Sequence[int], now: datetime, days: int) -> dict[int, tuple[int, ...]]:
        """The same for each of these sources."""
        ...

    def has_more_articles_than(self, count: int) -> bool:
        """True where more articles are published."""
        ...

    def article_page(self, wanted: ArticleFilter, *, most: int, offset: int) -> tuple[Article, ...]:
        """Articles that fit, newest first."""
        ...
