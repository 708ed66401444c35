"""Articles that people put into a topic, or kept out of it, by hand (table `hand_picks`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.engines.engine import Engine, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.people import HandPick


def put(engine: Engine, article_id: int, topic_id: int, *, is_in: bool, who: str, now: datetime) -> None:
    """The article is in the topic, or out of it, whatever the rule says."""
    engine.run(
        "INSERT INTO hand_picks (article_id, topic_id, is_in, who, picked_at) VALUES (:article, :topic, :is_in, :who, :now)"
        " ON CONFLICT (article_id, topic_id) DO UPDATE SET is_in = excluded.is_in, who = excluded.who,"
        " picked_at = excluded.picked_at",
        {"article": article_id, "topic": topic_id, "is_in": int(is_in), "who": who, "now": to_ms(now)},
    )


def drop(engine: Engine, article_id: int, topic_id: int) -> None:
    """The rule alone decides again."""
    engine.run(
        "DELETE FROM hand_picks WHERE article_id = :article AND topic_id = :topic",
        {"article": article_id, "topic": topic_id},
    )


def of_articles(engine: Engine, ids: Sequence[int]) -> dict[int, tuple[HandPick, ...]]:
    """What was picked for each article, by slug."""
    found: dict[int, list[HandPick]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT h.article_id, h.is_in, h.who, h.picked_at, t.slug FROM hand_picks h JOIN topics t ON t.id = h.topic_id"
            " WHERE h.article_id IN (:ids*) ORDER BY h.article_id, t.slug",
            {"ids": part},
        ):
            found.setdefault(row["article_id"], []).append(
                HandPick(
                    topic_slug=row["slug"],
                    is_in=bool(row["is_in"]),
                    who=row["who"],
                    picked_at=from_ms(row["picked_at"]),
                )
            )
    return {key: tuple(several) for key, several in found.items()}
