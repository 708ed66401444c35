"""Which language an article is in: what is declared, and what was found out (columns of table `articles`)."""

from __future__ import annotations

from collections.abc import Sequence

from db.engines.engine import Engine
from feeds.model.kept import Spoken

_DECLARED = "COALESCE(a.language, s.language, s.feed_language)"
LANGUAGE = f"CASE WHEN length(a.language_found) > 1 THEN a.language_found ELSE {_DECLARED} END"
"""Of article `a` of source `s`. What was found out stands only where nothing, or something that cannot be, is declared."""


def unspoken(engine: Engine, most: int) -> tuple[Spoken, ...]:
    """Published articles whose language was not looked at since they were written or edited, oldest first."""
    rows = engine.rows(
        f"SELECT a.id, a.title, {_DECLARED} AS language, c.content_html, c.summary"
        " FROM articles a JOIN contents c ON c.article_id = a.id JOIN sources s ON s.id = a.source_id"
        " WHERE a.is_spoken = 0 AND a.status = 'published' ORDER BY a.id LIMIT :most",
        {"most": most},
    )
    return tuple(
        Spoken(
            id=row["id"],
            declared=row["language"],
            title=row["title"],
            text_html=row["content_html"] or row["summary"],
        )
        for row in rows
    )


def note(engine: Engine, found: Sequence[tuple[int, str]]) -> list[int]:
    """Notes what was found out of each article; returns those of which something else is known now."""
    before = {
        row["id"]: row["language_found"] or ""
        for row in engine.rows(
            "SELECT id, language_found FROM articles WHERE id IN (:ids*)", {"ids": [one for one, _ in found]}
        )
    }
    engine.run_many(
        "UPDATE articles SET language_found = :language, is_spoken = 1 WHERE id = :id",
        [{"id": article_id, "language": language} for article_id, language in found],
    )
    return [
        article_id for article_id, language in found if _known(before.get(article_id, "")) != _known(language)
    ]


def _known(found: str) -> str:
    return found if len(found) > 1 else ""
