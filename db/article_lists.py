"""Articles page by page, newest first, by what people look for (spans tables)."""

from __future__ import annotations

from db.engines.engine import Engine
from db.words import holds
from feeds.model.kept import ArticleFilter


def find(engine: Engine, wanted: ArticleFilter, *, most: int, offset: int) -> list[int]:
    """Ids of the articles that fit, newest first."""
    where, values = _where(wanted)
    start = "" if wanted.mark else _feed(wanted, values)
    if start:
        # A feed's articles stand in order already; all others would be sorted for each page.
        sql = (
            f"SELECT a.id FROM memberships m JOIN articles a ON a.id = m.article_id WHERE m.feed_id = ({start})"
            f" AND m.left_seq IS NULL AND {where} ORDER BY m.sort_at DESC, m.article_id DESC"
        )
    else:
        sql = f"SELECT a.id FROM articles a WHERE {where} ORDER BY a.sort_at DESC, a.id DESC"
    rows = engine.rows(f"{sql} LIMIT :most OFFSET :offset", {**values, "most": most, "offset": offset})
    return [row["id"] for row in rows]


def public_after(engine: Engine, article_id: int, *, most: int) -> list[int]:
    """Ids above that one, in order: what everybody may read, and what left that everybody could read."""
    rows = engine.rows(
        "SELECT a.id FROM articles a JOIN sources s ON s.id = a.source_id AND s.is_private = 0"
        " WHERE a.id > :after ORDER BY a.id LIMIT :most",
        {"after": article_id, "most": most},
    )
    return [row["id"] for row in rows]


def has_more_than(engine: Engine, count: int) -> bool:
    """True if more articles are published."""
    sql = "SELECT a.id FROM articles a WHERE a.status = 'published' LIMIT 1 OFFSET :count"
    return bool(engine.rows(sql, {"count": count}))


def _feed(wanted: ArticleFilter, values: dict[str, object]) -> str:
    """The narrowest feed that holds all that fit."""
    for kind, slug in (("source", wanted.source), ("author", wanted.author), ("topic", wanted.topic)):
        if slug:
            values["feed_kind"] = kind
            return (
                "SELECT f.id FROM feeds f JOIN slugs g ON g.kind = f.kind AND g.target_id = f.target_id"
                f" WHERE f.kind = :feed_kind AND g.slug = :{kind}"
            )
    return "SELECT f.id FROM feeds f WHERE f.kind = 'all'"


def _where(wanted: ArticleFilter) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"source": wanted.source, "author": wanted.author, "topic": wanted.topic}
    parts = {
        "": ["a.status = 'published'"],
        "withdrawn": ["a.status = 'withdrawn'"],
        "held": ["a.status = 'held'"],
        "changed": ["a.id IN (SELECT o.article_id FROM overrides o)"],
        "pinned": ["a.status = 'published'", "a.id IN (SELECT p.article_id FROM pins p)"],
        "picked": ["a.id IN (SELECT h.article_id FROM hand_picks h)"],
    }[wanted.mark]
    if wanted.words:
        parts.append(holds("a.title", wanted.words, values))
    if wanted.source:
        parts.append(
            "EXISTS (SELECT 1 FROM sightings g JOIN slugs s ON s.kind = 'source' AND s.target_id = g.source_id"
            " WHERE g.article_id = a.id AND s.slug = :source)"
        )
    if wanted.topic:
        parts.append(
            "EXISTS (SELECT 1 FROM article_topics m JOIN topics t ON t.id = m.topic_id WHERE m.article_id = a.id"
            " AND t.slug = :topic)"
        )
    if wanted.author:
        parts.append(
            "EXISTS (SELECT 1 FROM article_authors m JOIN authors u ON u.id = m.author_id WHERE m.article_id = a.id"
            " AND u.slug = :author)"
        )
    return " AND ".join(parts), values
