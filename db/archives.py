"""Archive documents of feeds (table `archives`): fixed ranges of `joined_seq`, the oldest is number 1.

A range is closed once SIZE articles have joined after the last one. What has joined since stands in the feed's own
document until then, so that following the links from there misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from db.engines.engine import Engine, one

SIZE = 100


def close_full(engine: Engine, feed_ids: Iterable[int]) -> None:
    """Closes ranges of these feeds, where enough has joined."""
    for feed_id in feed_ids:
        number, last_seq = last(engine, feed_id)
        while rows := engine.rows(
            "SELECT joined_seq FROM memberships WHERE feed_id = :feed AND joined_seq > :last AND joined_seq > 0"
            " ORDER BY joined_seq LIMIT 1 OFFSET :skip",
            {"feed": feed_id, "last": last_seq, "skip": SIZE - 1},
        ):
            number, last_seq = number + 1, rows[0]["joined_seq"]
            engine.run(
                "INSERT INTO archives (feed_id, number, last_seq) VALUES (:feed, :number, :last)",
                {"feed": feed_id, "number": number, "last": last_seq},
            )


def last(engine: Engine, feed_id: int) -> tuple[int, int]:
    """The number and last seq of the newest closed range; zeros where there is none."""
    row = one(
        engine.rows(
            "SELECT number, last_seq FROM archives WHERE feed_id = :feed ORDER BY number DESC LIMIT 1",
            {"feed": feed_id},
        )
    )
    return (row["number"], row["last_seq"]) if row else (0, 0)


def articles_of(engine: Engine, feed_id: int, number: int) -> list[int] | None:
    """The articles that joined in a range, the last one first; None if there is no such range.

    Also those that left since: what stands in an archive document stays. An article that joined again stands where
    it joined first.
    """
    rows = engine.rows(
        "SELECT number, last_seq FROM archives WHERE feed_id = :feed AND number IN (:number, :before)",
        {"feed": feed_id, "number": number, "before": number - 1},
    )
    ends = {row["number"]: row["last_seq"] for row in rows}
    if number not in ends:
        return None
    return _joined(engine, feed_id, ends.get(number - 1, 0), ends[number])


def open_articles(engine: Engine, feed_id: int) -> list[int]:
    """The articles that joined after the newest closed range and stand in the feed, the last one first."""
    _, last_seq = last(engine, feed_id)
    rows = engine.rows(
        "SELECT article_id FROM memberships WHERE feed_id = :feed AND joined_seq > :last AND joined_seq > 0"
        " AND left_seq IS NULL ORDER BY joined_seq DESC",
        {"feed": feed_id, "last": last_seq},
    )
    return [row["article_id"] for row in rows]


def _joined(engine: Engine, feed_id: int, after: int, upto: int) -> list[int]:
    rows = engine.rows(
        "SELECT m.article_id FROM memberships m WHERE m.feed_id = :feed AND m.joined_seq > :after"
        " AND m.joined_seq > 0 AND m.joined_seq <= :upto AND NOT EXISTS (SELECT 1 FROM memberships e"
        " WHERE e.feed_id = m.feed_id AND e.article_id = m.article_id AND +e.joined_seq > 0"
        " AND +e.joined_seq < m.joined_seq) ORDER BY m.joined_seq DESC",
        {"feed": feed_id, "after": after, "upto": upto},
    )
    return [row["article_id"] for row in rows]
