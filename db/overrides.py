"""Values that people set over what a source says; it stays as it is beneath (table `overrides`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

import msgspec

from db.engines.engine import Engine, Row, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.incoming import Image
from feeds.model.leading import pictured
from feeds.model.people import Override
from feeds.text.dates import day_text

OF_PICTURES = ("picture", "credit")
"""The fields that are set for certain pictures."""


def put(
    engine: Engine,
    article_id: int,
    field: str,
    value: str,
    *,
    who: str,
    now: datetime,
    pictures: Sequence[str] = (),
) -> None:
    """The field shows this from now on; `pictures` as in `Override`."""
    engine.run(
        "INSERT INTO overrides (article_id, field, value, who, set_at) VALUES (:article, :field, :value, :who, :now)"
        " ON CONFLICT (article_id, field) DO UPDATE SET value = excluded.value, who = excluded.who,"
        " set_at = excluded.set_at",
        {"article": article_id, "field": field, "value": value, "who": who, "now": to_ms(now)},
    )
    if field in OF_PICTURES:
        _set_beneath(engine, article_id, field, msgspec.json.encode(list(pictures)))


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
            "SELECT article_id, field, value, who, set_at, beneath FROM overrides WHERE article_id IN (:ids*)"
            " ORDER BY article_id, CASE WHEN field = 'correction' THEN 1 ELSE 0 END, field",
            {"ids": part},
        ):
            found.setdefault(row["article_id"], []).append(
                Override(
                    field=row["field"],
                    value=row["value"],
                    who=row["who"],
                    set_at=from_ms(row["set_at"]),
                    pictures=_pictures(row),
                )
            )
    return {key: tuple(several) for key, several in found.items()}


def values_of(engine: Engine, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The values alone, to be laid over what is read."""
    return {
        key: {str(one.field): one.value for one in several}
        for key, several in of_articles(engine, ids).items()
    }


def beneath(engine: Engine, ids: Sequence[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """The ids of the authors whom sources name, with their names as written, where people set others over them."""
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT article_id, beneath FROM overrides WHERE field = 'authors' AND beneath IS NOT NULL"
            " AND article_id IN (:ids*)",
            {"ids": part},
        ):
            found[row["article_id"]] = msgspec.json.decode(row["beneath"], type=tuple[tuple[int, str], ...])
    return found


def set_beneath(engine: Engine, article_id: int, authors: Sequence[tuple[int, str]]) -> None:
    """Whom the source names, beneath the authors that people set."""
    _set_beneath(engine, article_id, "authors", msgspec.json.encode(list(authors)))


def _set_beneath(engine: Engine, article_id: int, field: str, value: bytes) -> None:
    engine.run(
        "UPDATE overrides SET beneath = :beneath WHERE article_id = :article AND field = :field",
        {"article": article_id, "field": field, "beneath": value.decode()},
    )


def _pictures(row: Row) -> tuple[str, ...]:
    if row["field"] not in OF_PICTURES or row["beneath"] is None:
        return ()
    return msgspec.json.decode(row["beneath"], type=tuple[str, ...])


def laid_over(row: Row, several: Sequence[Override]) -> Row:
    """The article's row as it is shown: a correction stands at the end of the text, and moves its last change.

    Authors are rows of their own: `db.saving` keeps them.
    """
    shown = dict(row)
    laid = {one.field: one for one in several}
    shown.update({name: laid[name].value for name in ("title", "summary", "rights") if name in laid})
    if "picture" in laid or "credit" in laid:
        images = msgspec.json.decode(row["images"], type=tuple[Image, ...])
        seen, text = pictured(images, row["content_html"], laid.get("picture"), laid.get("credit"))
        shown["images"], shown["content_html"] = msgspec.json.encode(seen).decode(), text
    for one in several:
        if one.field == "correction":
            text = shown["content_html"] or f"<p>{escape(shown['summary'])}</p>"
            shown["content_html"] = (
                f"{text}<p><strong>Correction, {day_text(one.set_at)}:</strong> {escape(one.value)}</p>"
            )
            shown["updated_at"] = max(row["updated_at"], to_ms(one.set_at))
    return shown
