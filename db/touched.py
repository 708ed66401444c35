"""What changed in which feed, and the one gap-free order of these changes (tables `touched`, `sequence`).

Saving only appends; the publish tick numbers committed rows while it holds the one row of
`sequence`. (Raising a shared row in each save made PostgreSQL deadlock; its sequences become
visible out of order, so that a reader's cursor passes what commits later.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from db import archives, deliveries, feed_changes
from db.engines.engine import Engine
from feeds.clock import to_ms


def append(
    engine: Engine, marks: Sequence[tuple[int, int, str]], now: datetime, fields: Sequence[str] = ()
) -> None:
    """Notes (feed id, article id, what) each; `what` is joined, left, changed or header.

    Of what changed, `fields` names what it is (`feeds.model.deltas`, and `feed_changes.quietly`).
    """
    at, named = to_ms(now), " ".join(fields)
    engine.run_many(
        "INSERT INTO touched (feed_id, article_id, what, touched_at, fields)"
        " VALUES (:feed, :article, :what, :now, :fields)",
        [
            {
                "feed": feed,
                "article": article,
                "what": what,
                "now": at,
                "fields": named if named and what == "changed" else None,
            }
            for feed, article, what in marks
        ],
    )


def seq(engine: Engine) -> int:
    """The last number given."""
    found: int = engine.rows("SELECT seq FROM sequence WHERE id = 1")[0]["seq"]
    return found


def number(engine: Engine, now: datetime, most: int) -> int:
    """Numbers up to `most` committed rows and tells their feeds; returns how many. One transaction."""
    with engine.write():
        base: int = engine.rows("SELECT seq FROM sequence WHERE id = 1 /*for update*/")[0]["seq"]
        count = engine.run(
            "UPDATE touched SET seq = :base + new.place FROM (SELECT id, row_number() OVER (ORDER BY id) AS place"
            " FROM (SELECT id FROM touched WHERE seq IS NULL ORDER BY id LIMIT :most) AS waiting) AS new"
            " WHERE touched.id = new.id",
            {"base": base, "most": most},
        )
        if count:
            _number_feeds(engine, base, base + count, now)
            deliveries.announce(engine, base=base, last=base + count, now=now)
    return count


def _number_feeds(engine: Engine, base: int, last: int, now: datetime) -> None:
    span = {"base": base, "last": last, "now": to_ms(now)}
    numbered = "t.seq > :base AND t.seq <= :last"
    counted: Counter[int] = Counter()
    for what, column, step in (("joined", "joined_seq", 1), ("left", "left_seq", -1)):
        rows = engine.rows(
            f"UPDATE memberships SET {column} = moved.last FROM"
            f" (SELECT t.feed_id, t.article_id, max(t.seq) AS last FROM touched t"
            f" WHERE t.what = '{what}' AND {numbered} GROUP BY t.feed_id, t.article_id) AS moved"
            f" WHERE memberships.feed_id = moved.feed_id AND memberships.article_id = moved.article_id"
            f" AND memberships.{column} = 0 RETURNING memberships.feed_id",
            span,
        )
        for row in rows:
            counted[row["feed_id"]] += step
        if what == "joined":
            archives.close_full(engine, sorted({row["feed_id"] for row in rows}))
    feed_changes.note(engine, base, last)
    engine.run_many(
        "UPDATE feeds SET article_count = article_count + :step WHERE id = :feed",
        [{"feed": feed, "step": step} for feed, step in sorted(counted.items()) if step],
    )
    engine.run(
        "UPDATE feeds SET changed_seq = moved.last, changed_at = :now FROM"
        f" (SELECT t.feed_id, max(t.seq) AS last FROM touched t WHERE {numbered} GROUP BY t.feed_id) AS moved"
        " WHERE feeds.id = moved.feed_id",
        span,
    )
    engine.run("UPDATE sequence SET seq = :last WHERE id = 1", {"last": last})


def seq_at(engine: Engine, moment: datetime) -> int:
    """The last number given to what changed before then; where nothing changed since, the last of all."""
    row = engine.rows(
        "SELECT min(seq) AS first FROM touched WHERE seq IS NOT NULL AND touched_at >= :at",
        {"at": to_ms(moment)},
    )[0]
    return seq(engine) if row["first"] is None else int(row["first"]) - 1


def prune(engine: Engine, *, before: datetime, upto: int, most: int) -> int:
    """Lets go of changes that were published before then and that everybody has read; returns how many."""
    return engine.run(
        "DELETE FROM touched WHERE id IN (SELECT id FROM touched WHERE seq IS NOT NULL AND seq <= :upto"
        " AND touched_at < :before ORDER BY seq LIMIT :most)",
        {"upto": upto, "before": to_ms(before), "most": most},
    )
