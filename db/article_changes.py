"""What changed in articles that are published: corrections and withdrawals, newest first (spans tables)."""

from __future__ import annotations

from db.engines.engine import Engine, Row
from db.withdrawals import KEPT_NO_LONGER

_EVENTS = (
    # A version is the state before a change; the time is that of the change.
    "SELECT v.article_id, v.seen_at AS at, 'changed' AS what, '' AS note FROM versions v"
    " JOIN articles a ON a.id = v.article_id JOIN sources s ON s.id = a.source_id"
    " WHERE v.is_major = 1 AND (v.seen_at, v.article_id) < (:before, :place) AND a.status = 'published' AND s.is_private = 0"
    " ORDER BY v.seen_at DESC, v.article_id DESC LIMIT :most",
    "SELECT o.article_id, o.set_at AS at, 'corrected' AS what, o.value AS note FROM overrides o"
    " JOIN articles a ON a.id = o.article_id JOIN sources s ON s.id = a.source_id"
    " WHERE o.field = 'correction' AND (o.set_at, o.article_id) < (:before, :place) AND a.status = 'published' AND s.is_private = 0"
    " ORDER BY o.set_at DESC, o.article_id DESC LIMIT :most",
    "SELECT t.article_id, t.withdrawn_at AS at, 'withdrawn' AS what, t.reason AS note FROM tombstones t"
    " JOIN articles a ON a.id = t.article_id JOIN sources s ON s.id = a.source_id"
    " WHERE (t.withdrawn_at, t.article_id) < (:before, :place) AND s.is_private = 0"
    # The content of what was withdrawn long ago may be let go of since.
    f" AND t.reason <> '{KEPT_NO_LONGER}' AND a.status IN ('withdrawn', 'purged')"
    " AND t.is_silent = 0"
    " AND EXISTS (SELECT 1 FROM memberships m WHERE m.article_id = a.id AND m.joined_seq > 0)"
    " ORDER BY t.withdrawn_at DESC, t.article_id DESC LIMIT :most",
)


def newest(engine: Engine, *, before: tuple[int, int], most: int) -> list[Row]:
    """Article id, time (ms), what (changed, corrected, withdrawn) and an admin's note each; those before a time and id."""
    latest: dict[tuple[int, int, str], Row] = {}
    for sql in _EVENTS:
        for row in engine.rows(sql, {"before": before[0], "place": before[1], "most": most}):
            latest[row["article_id"], row["at"], row["what"]] = row
    return sorted(latest.values(), key=lambda row: (-row["at"], -row["article_id"], row["what"]))[:most]
