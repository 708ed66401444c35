"""Articles of sources that are ours and everybody's to read: what stands in sitemaps (spans tables)."""

from __future__ import annotations

from db.engines.engine import Engine

_OWN = "s.is_ours = 1 AND s.is_private = 0 AND s.is_sample = 0"


def slugs(engine: Engine) -> list[str]:
    """Of all own sources."""
    return [row["slug"] for row in engine.rows(f"SELECT s.slug FROM sources s WHERE {_OWN} ORDER BY s.slug")]


def spans(engine: Engine) -> list[tuple[str, int, int]]:
    """Slug, first and last sort time (ms) of each own source that holds articles."""
    rows = engine.rows(f"SELECT s.id, s.slug FROM sources s WHERE {_OWN} ORDER BY s.slug")
    found: list[tuple[str, int, int]] = []
    for row in rows:
        ends = [
            engine.rows(
                "SELECT sort_at FROM articles WHERE source_id = :id"
                f" ORDER BY source_id {order}, sort_at {order} LIMIT 1",
                {"id": row["id"]},
            )
            for order in ("ASC", "DESC")
        ]
        if all(ends):
            found.append((row["slug"], ends[0][0]["sort_at"], ends[1][0]["sort_at"]))
    return found


def between(engine: Engine, slug: str, *, since: int, before: int, most: int) -> list[tuple[int, int]]:
    """Id and last change (ms) of the published articles of an own source in a span of sort times (ms), newest first."""
    rows = engine.rows(
        f"SELECT a.id, a.updated_at FROM articles a JOIN sources s ON s.id = a.source_id WHERE {_OWN}"
        " AND s.slug = :slug AND a.sort_at >= :since AND a.sort_at < :before AND a.status = 'published'"
        " ORDER BY a.sort_at DESC LIMIT :most",
        {"slug": slug, "since": since, "before": before, "most": most},
    )
    return [(row["id"], row["updated_at"]) for row in rows]


def newest(engine: Engine, *, since: int, most: int) -> list[int]:
    """Ids of the articles of all own sources from that sort time (ms) on, newest first."""
    rows = engine.rows(
        f"SELECT a.id FROM articles a JOIN sources s ON s.id = a.source_id WHERE {_OWN}"
        " AND a.sort_at >= :since AND a.status = 'published' ORDER BY a.sort_at DESC LIMIT :most",
        {"since": since, "most": most},
    )
    return [row["id"] for row in rows]
