"""Former states of articles (table `versions`)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from db.engines.engine import Engine
from feeds.clock import from_ms, to_ms
from feeds.model.articles import Draft
from feeds.model.kept import Version


def keep(engine: Engine, article_id: int, draft: Draft, *, is_major: bool, now: datetime) -> None:
    """Keeps the present state of an article that the draft is to replace."""
    row = engine.rows(
        "SELECT a.title, a.hash, a.rights, a.updated_at, c.summary, c.content_html, c.images FROM articles a"
        " JOIN contents c ON c.article_id = a.id WHERE a.id = :id",
        {"id": article_id},
    )[0]
    if row["hash"] == draft.hash:
        # Its publisher tells what an aggregator told: nothing was replaced.
        return
    body = {key: row[key] for key in ("title", "summary", "content_html", "images", "rights", "updated_at")}
    engine.run(
        "INSERT INTO versions (article_id, number, hash, is_major, seen_at, body) VALUES (:id,"
        " (SELECT COALESCE(max(number), 0) + 1 FROM versions WHERE article_id = :id), :hash, :major, :now, :body)",
        {
            "id": article_id,
            "hash": row["hash"],
            "major": int(is_major),
            "now": to_ms(now),
            "body": msgspec.json.encode(body).decode(),
        },
    )


def of_article(engine: Engine, article_id: int) -> tuple[Version, ...]:
    """Former states of the article, newest first."""
    rows = engine.rows(
        "SELECT number, is_major, seen_at, body FROM versions WHERE article_id = :id ORDER BY number DESC",
        {"id": article_id},
    )
    found: list[Version] = []
    for row in rows:
        body = msgspec.json.decode(row["body"])
        found.append(
            Version(
                number=row["number"],
                is_major=bool(row["is_major"]),
                replaced_at=from_ms(row["seen_at"]),
                title=body["title"],
                summary=body["summary"],
                content_html=body["content_html"],
                rights=body["rights"],
            )
        )
    return tuple(found)


def drop(engine: Engine, *, before: datetime, most: int) -> int:
    """Forgets former states seen before then, the oldest first; returns how many."""
    return engine.run(
        "DELETE FROM versions WHERE (article_id, number) IN"
        " (SELECT article_id, number FROM versions WHERE seen_at < :before ORDER BY seen_at LIMIT :most)",
        {"before": to_ms(before), "most": most},
    )


def count_older(engine: Engine, *, before: datetime) -> int:
    """How many former states were seen before then."""
    found: int = engine.rows(
        "SELECT count(*) AS n FROM versions WHERE seen_at < :before", {"before": to_ms(before)}
    )[0]["n"]
    return found
