"""Values that people set over what a source says; it stays as it is beneath (table `overrides`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from db.engines.engine import Engine, Row, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.people import Override
from feeds.text.dates import day_text


def put(engine: Engine, article_id: int, field: str, value: str, *, who: str, now: datetime) -> None:
    """The field shows this from now on."""
    engine.run(
        "INSERT INTO overrides (article_id, field, value, who, set_at) VALUES (:article, :field, :value, :who, :now)"
        " ON CONFLICT (article_id, field) DO UPDATE SET value = excluded.value, who = excluded.who,"
        " set_at = excluded.set_at",
        {"article": article_id, "field": field, "value": value, "who": who, "now": to_ms(now)},
    )


def drop(engine: Engine, article_id: int, field: str) -> None:
    """The field shows what the source says."""
    engine.run(
        "DELETE FROM overrides WHERE article_id = :article AND field = :field",
        {"article": article_id, "field": field},
    )


def of_articles(engine: Engine, ids: Sequence[int]) -> dict[int, tuple[Override, ...]]:
    """What is set over each of these articles, by field."""
    found: dict[int, list[Override]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT article_id, field, value, who, set_at FROM overrides WHERE article_id IN (:ids*)"
            " ORDER BY article_id, CASE WHEN field = 'correction' THEN 1 ELSE 0 END, field",
            {"ids": part},
        ):
            found.setdefault(row["article_id"], []).append(
                Override(
                    field=row["field"], value=row["value"], who=row["who"], set_at=from_ms(row["set_at"])
                )
            )
    return {key: tuple(several) for key, several in found.items()}


def values_of(engine: Engine, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The values alone, to be laid over what is read."""
    return {
        key: {str(one.field): one.value for one in several}
        for key, several in of_articles(engine, ids).items()
    }


def laid_over(row: Row, several: Sequence[Override]) -> Row:
    """The article's row as it is shown: a correction stands at the end of the text, and moves its last change."""
    shown = dict(row)
    for one in several:
        if one.field == "correction":
            text = row["content_html"] or f"<p>{escape(shown['summary'])}</p>"
            shown["content_html"] = (
                f"{text}<p><strong>Correction, {day_text(one.set_at)}:</strong> {escape(one.value)}</p>"
            )
            shown["updated_at"] = max(row["updated_at"], to_ms(one.set_at))
        else:
            shown[one.field] = one.value
    return shown
