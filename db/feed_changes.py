"""A feed's changes in the order of their seq, each membership once, at its last one (table `memberships`).

Nothing is kept of the changes between: what somebody is told is the present state of whatever changed since they asked
last, so that an old place costs no more than a new one and never goes out of date.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from db.engines.engine import Engine, Row, chunks

QUIET = "~"
"""Before the name of a field: it changed by our own doing (`ChangedArticle.is_quiet`). Listed and shown, not sent."""
_UNNAMED = ""
"""In the place of a name: something that is sent, of which nobody noted what it is."""

_AT = "COALESCE(changed_seq, joined_seq)"
_NUMBERED = "t.seq > :base AND t.seq <= :last"


def quietly(fields: Sequence[str]) -> tuple[str, ...]:
    """The names of fields that changed by our own doing."""
    return tuple(f"{QUIET}{name}" for name in fields) or (QUIET,)


def note(engine: Engine, base: int, last: int) -> None:
    """Notes at memberships what the changes with these numbers say; within the publish tick, after the joining ones."""
    span = {"base": base, "last": last}
    unnamed = _unnamed_before_quiet(engine, span)
    # A joining may be numbered after its membership was, where an article came and went within one tick.
    engine.run(
        "UPDATE memberships SET changed_seq = moved.last FROM"
        " (SELECT t.feed_id, t.article_id, max(t.seq) AS last FROM touched t"
        f" WHERE t.what IN ('changed', 'joined') AND {_NUMBERED} GROUP BY t.feed_id, t.article_id) AS moved"
        " WHERE memberships.feed_id = moved.feed_id AND memberships.article_id = moved.article_id"
        " AND memberships.left_seq IS NULL AND memberships.joined_seq > 0"
        " AND memberships.joined_seq < moved.last",
        span,
    )
    rows = engine.rows(
        "SELECT m.id, m.changed_fields, t.seq, t.fields FROM touched t JOIN memberships m"
        " ON m.article_id = t.article_id AND m.feed_id = t.feed_id AND m.left_seq IS NULL"
        f" WHERE t.fields IS NOT NULL AND m.joined_seq > 0 AND m.joined_seq < t.seq AND {_NUMBERED} ORDER BY t.seq",
        span,
    )
    fields: dict[int, dict[str, int]] = {}
    for row in rows:
        if row["id"] in unnamed and row["id"] not in fields:
            fields[row["id"]] = {**_known(row), _UNNAMED: unnamed[row["id"]]}
        known = fields.setdefault(row["id"], _known(row))
        known.update(dict.fromkeys(row["fields"].split(), row["seq"]))
    engine.run_many(
        "UPDATE memberships SET changed_fields = :fields WHERE id = :id",
        [{"id": key, "fields": msgspec.json.encode(known).decode()} for key, known in fields.items()],
    )


def present(engine: Engine, feed_id: int, *, after: int, most: int) -> list[Row]:
    """What stands in the feed and was told last after that seq: `article_id`, `joined_seq`, `at`, `changed_fields`."""
    return engine.rows(
        f"SELECT article_id, joined_seq, {_AT} AS at, changed_fields FROM memberships"
        f" WHERE feed_id = :feed AND left_seq IS NULL AND {_AT} > :after ORDER BY {_AT} LIMIT :most",
        {"feed": feed_id, "after": after, "most": most},
    )


def gone(engine: Engine, feed_id: int, *, after: int, most: int) -> list[Row]:
    """What left the feed after that seq: `article_id`, `joined_seq`, `at`."""
    return engine.rows(
        "SELECT article_id, joined_seq, left_seq AS at FROM memberships"
        " WHERE feed_id = :feed AND left_seq > 0 AND left_seq > :after ORDER BY left_seq LIMIT :most",
        {"feed": feed_id, "after": after, "most": most},
    )


def fields_since(row: Row, floor: int) -> tuple[str, ...]:
    """Which fields of the article changed after that seq."""
    names = {name.removeprefix(QUIET) for name, seq in _known(row).items() if seq > floor}
    return tuple(sorted(names - {_UNNAMED}))


def is_quiet_since(row: Row, floor: int) -> bool:
    """True if all that changed of the article after that seq changed by our own doing."""
    late = {name: seq for name, seq in _known(row).items() if seq > floor}
    # A change that nobody named is the last one, or was noted when a quiet one followed it.
    return row["at"] in late.values() and all(name.startswith(QUIET) for name in late)


def _unnamed_before_quiet(engine: Engine, span: dict[str, int]) -> dict[int, int]:
    """By membership: the number of the last change before, or beside, a quiet one of which nobody noted what it is."""
    rows = engine.rows(
        f"SELECT m.id, m.changed_fields, m.joined_seq, {_AT} AS at, u.last FROM"
        " (SELECT DISTINCT t.feed_id, t.article_id FROM touched t"
        f" WHERE t.fields LIKE :quiet AND {_NUMBERED}) AS q"
        " JOIN memberships m ON m.article_id = q.article_id AND m.feed_id = q.feed_id AND m.left_seq IS NULL"
        " LEFT JOIN (SELECT t.feed_id, t.article_id, max(t.seq) AS last FROM touched t"
        f" WHERE t.what = 'changed' AND t.fields IS NULL AND {_NUMBERED} GROUP BY t.feed_id, t.article_id) AS u"
        " ON u.article_id = q.article_id AND u.feed_id = q.feed_id",
        span | {"quiet": f"{QUIET}%"},
    )
    found: dict[int, int] = {}
    for row in rows:
        if row["last"] is not None:
            found[row["id"]] = row["last"]
        elif row["at"] > row["joined_seq"] and row["at"] not in _known(row).values():
            found[row["id"]] = row["at"]
    return found


def urns(engine: Engine, ids: Sequence[int]) -> dict[int, str]:
    """The urns of articles, whatever became of them."""
    found: dict[int, str] = {}
    for part in chunks(ids):
        rows = engine.rows("SELECT id, urn FROM articles WHERE id IN (:ids*)", {"ids": part})
        found |= {row["id"]: row["urn"] for row in rows}
    return found


def _known(row: Row) -> dict[str, int]:
    kept = row["changed_fields"]
    return msgspec.json.decode(kept, type=dict[str, int]) if kept else {}
