"""Articles that people pinned: they stand first on the pages of their feeds (table `pins`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.engines.engine import Engine, chunks
from feeds.clock import to_ms


def put(engine: Engine, article_id: int, *, who: str, now: datetime) -> None:
    """The article is pinned; one that was, is pinned anew."""
    engine.run(
        "INSERT INTO pins (article_id, who, pinned_at) VALUES (:article, :who, :now)"
        " ON CONFLICT (article_id) DO UPDATE SET who = excluded.who, pinned_at = excluded.pinned_at",
        {"article": article_id, "who": who, "now": to_ms(now)},
    )


def drop(engine: Engine, article_id: int) -> None:
    """It stands where its date puts it."""
    engine.run("DELETE FROM pins WHERE article_id = :article", {"article": article_id})


def among(engine: Engine, ids: Sequence[int]) -> frozenset[int]:
    """Those of the articles that are pinned."""
    return frozenset(
        row["article_id"]
        for part in chunks(ids)
        for row in engine.rows("SELECT article_id FROM pins WHERE article_id IN (:ids*)", {"ids": part})
    )


def of_feed(engine: Engine, feed_id: int, *, most: int) -> list[int]:
    """The articles of the feed that are pinned, the last pinned first."""
    # CROSS JOIN has SQLite begin with the few pins, and not with all that stands in the feed.
    rows = engine.rows(
        "SELECT p.article_id FROM pins p CROSS JOIN memberships m"
        " WHERE m.article_id = p.article_id AND m.feed_id = :feed AND m.left_seq IS NULL AND +m.joined_seq > 0 ORDER BY p.pinned_at DESC, p.article_id DESC LIMIT :most",
        {"feed": feed_id, "most": most},
    )
    return [row["article_id"] for row in rows]
