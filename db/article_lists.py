"""Articles page by page, newest first, by what people look for (spans tables)."""

from __future__ import annotations

from db.engine import Engine, Params
from feeds.model.kept import ArticleFilter

_FROM = " FROM articles a"


def find(engine: Engine, wanted: ArticleFilter, *, most: int, offset: int) -> list[int]:
    """Ids of the articles that fit, newest first."""
    where, values = _where(wanted)
    rows = engine.rows(
        f"SELECT a.id{_FROM} WHERE {where} ORDER BY a.sort_at DESC, a.id DESC LIMIT :most OFFSET :offset",
        {**values, "most": most, "offset": offset},
    )
    return [row["id"] for row in rows]


def _where(wanted: ArticleFilter) -> tuple[str, Params]:
    values: dict[str, object] = {}
    parts = {
        "": ["a.status = 'published'"],
        "withdrawn": ["a.status = 'withdrawn'"],
        "changed": ["EXISTS (SELECT 1 FROM overrides o WHERE o.article_id = a.id)"],
        "picked": ["EXISTS (SELECT 1 FROM hand_picks h WHERE h.article_id = a.id)"],
    }[wanted.mark]
    if wanted.words:
        parts.append("lower(a.title) LIKE :part")
        values["part"] = f"%{wanted.words.lower()}%"
    if wanted.source:
        parts.append(
            "EXISTS (SELECT 1 FROM sightings g JOIN sources s ON s.id = g.source_id WHERE g.article_id = a.id"
            " AND s.slug = :source)"
        )
        values["source"] = wanted.source
    if wanted.topic:
        parts.append(
            "EXISTS (SELECT 1 FROM article_topics m JOIN topics t ON t.id = m.topic_id WHERE m.article_id = a.id"
            " AND t.slug = :topic)"
        )
        values["topic"] = wanted.topic
    if wanted.author:
        parts.append(
            "EXISTS (SELECT 1 FROM article_authors m JOIN authors u ON u.id = m.author_id WHERE m.article_id = a.id"
            " AND u.slug = :author)"
        )
        values["author"] = wanted.author
    return " AND ".join(parts), values
