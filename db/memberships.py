"""Which article stands in which feed, since and until which seq (table `memberships`).

A membership begins with `joined_seq` 0 and ends with `left_seq` 0; the publish tick puts the real
numbers there. Readers see those that have joined and have not begun to leave. (They ask for `+joined_seq`: else
SQLite takes the index of joining, which holds all articles of a feed, and sorts them, for one page.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from db import feed_changes, retold, touched
from db.engines.engine import Engine, Row
from feeds.clock import to_ms


def begin(engine: Engine, rows: Sequence[tuple[int, int, int]], now: datetime) -> None:
    """New articles join feeds: (feed id, article id, sort time in ms) each, none a member yet."""
    engine.run_many(
        "INSERT INTO memberships (feed_id, article_id, sort_at, joined_seq, left_seq)"
        " VALUES (:feed, :article, :sort, 0, NULL)",
        [{"feed": feed, "article": article, "sort": sort} for feed, article, sort in rows],
    )
    touched.append(engine, [(feed, article, "joined") for feed, article, _ in rows], now)


def sync(
    engine: Engine,
    article_id: int,
    wanted: Iterable[int],
    now: datetime,
    *,
    is_changed: bool,
    fields: Sequence[str] = (),
    is_quiet: bool = False,
) -> bool:
    """Makes the article a member of exactly the wanted feeds; True if any feed is touched.

    With `is_changed`, feeds that it stays in are touched too; `fields` names what of it changed.
    """
    rows = engine.rows(
        "SELECT feed_id FROM memberships WHERE article_id = :article AND left_seq IS NULL",
        {"article": article_id},
    )
    present, want = {row["feed_id"] for row in rows}, set(wanted)
    sort_at = engine.rows("SELECT sort_at FROM articles WHERE id = :id", {"id": article_id})[0]["sort_at"]
    begin(engine, [(feed, article_id, sort_at) for feed in sorted(want - present)], now)
    gone = sorted(present - want)
    engine.run_many(
        "UPDATE memberships SET left_seq = 0 WHERE article_id = :article AND feed_id = :feed AND left_seq IS NULL",
        [{"article": article_id, "feed": feed} for feed in gone],
    )
    marks = [(feed, article_id, "left") for feed in gone]
    if is_changed:
        marks += [(feed, article_id, "changed") for feed in sorted(want & present)]
    touched.append(engine, marks, now, feed_changes.quietly(fields) if is_quiet else fields)
    return bool(marks) or want != present


def page(engine: Engine, feed_id: int, *, entries: int, window: timedelta, most: int) -> list[int]:
    """Article ids, newest first: the newest `entries`, and all within `window` of the newest."""
    ceiling = max(entries, most)
    rows: list[Row] = engine.rows(
        "SELECT article_id, sort_at FROM memberships WHERE feed_id = :feed AND left_seq IS NULL AND +joined_seq > 0"
        " ORDER BY sort_at DESC, article_id DESC LIMIT :most",
        {"feed": feed_id, "most": ceiling},
    )
    if not rows:
        return []
    since = rows[0]["sort_at"] - window // timedelta(milliseconds=1)
    return [row["article_id"] for place, row in enumerate(rows) if place < entries or row["sort_at"] >= since]


def page_before(engine: Engine, feed_id: int, *, sort_at: int, article_id: int, most: int) -> list[int]:
    """Article ids that stand after that place (sort time in ms, article id), newest first."""
    rows = engine.rows(
        "SELECT article_id FROM memberships WHERE feed_id = :feed AND left_seq IS NULL AND +joined_seq > 0"
        " AND (sort_at, article_id) < (:sort, :article) ORDER BY sort_at DESC, article_id DESC LIMIT :most",
        {"feed": feed_id, "sort": sort_at, "article": article_id, "most": most},
    )
    return [row["article_id"] for row in rows]


def span(engine: Engine, feed_id: int) -> tuple[int, int] | None:
    """The sort times (ms) of the oldest and of the newest article of the feed; None if it is empty."""
    ends = [
        engine.rows(
            "SELECT sort_at FROM memberships WHERE feed_id = :feed AND left_seq IS NULL AND +joined_seq > 0"
            f" ORDER BY sort_at {order}, article_id {order} LIMIT 1",
            {"feed": feed_id},
        )
        for order in ("ASC", "DESC")
    ]
    return (ends[0][0]["sort_at"], ends[1][0]["sort_at"]) if all(ends) else None


def feed_id(engine: Engine, kind: str, target_id: int) -> int | None:
    """The open feed of that target, without counting what stands in it."""
    rows = engine.rows(
        "SELECT f.id FROM feeds f WHERE f.kind = :kind AND f.target_id = :target AND f.state = 'open'",
        {"kind": kind, "target": target_id},
    )
    return rows[0]["id"] if rows else None


def left_lately(engine: Engine, feed_id: int, *, most: int) -> list[int]:
    """The articles that left the feed last, and stand in it no more."""
    rows = engine.rows(
        "SELECT m.article_id FROM memberships m WHERE m.feed_id = :feed AND m.left_seq > 0 AND m.joined_seq > 0"
        " AND NOT EXISTS (SELECT 1 FROM memberships n WHERE n.feed_id = m.feed_id AND n.article_id = m.article_id"
        " AND n.left_seq IS NULL) ORDER BY m.left_seq DESC LIMIT :most",
        {"feed": feed_id, "most": most},
    )
    return list(dict.fromkeys(row["article_id"] for row in rows))


def has_left(engine: Engine, feed_id: int, article_id: int) -> bool:
    """True if the article has ever left the feed, whether it came back or not."""
    return bool(
        engine.rows(
            "SELECT 1 AS one FROM memberships WHERE article_id = :article AND feed_id = :feed"
            " AND left_seq IS NOT NULL LIMIT 1",
            {"article": article_id, "feed": feed_id},
        )
    )


def feeds_of(engine: Engine, article_id: int) -> list[int]:
    """The feeds that the article stands in."""
    rows = engine.rows(
        "SELECT feed_id FROM memberships WHERE article_id = :article AND left_seq IS NULL",
        {"article": article_id},
    )
    return [row["feed_id"] for row in rows]


def touch_all(engine: Engine, feed_id: int, now: datetime) -> None:
    """The feed shows something else though no article changed (its title, its source's name)."""
    engine.run(
        "INSERT INTO touched (feed_id, article_id, what, touched_at) VALUES (:feed, 0, 'header', :now)",
        {"feed": feed_id, "now": to_ms(now)},
    )


def touch_source(engine: Engine, source_id: int, now: datetime, fields: Sequence[str] = ("source",)) -> None:
    """Every feed that shows an article of the source shows another name, home or rights of it."""
    retold.begin(engine, "source", source_id, fields)
    engine.run(
        "INSERT INTO touched (feed_id, article_id, what, touched_at)"
        " SELECT DISTINCT m.feed_id, 0, 'header', :now + 0 FROM sightings g"
        " JOIN memberships m ON m.article_id = g.article_id AND m.left_seq IS NULL WHERE g.source_id = :source",
        {"source": source_id, "now": to_ms(now)},
    )
