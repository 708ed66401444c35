"""The store's own articles, as they were typed (table `own_texts`)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from db.engines.engine import one
from db.subject import Subject
from feeds.clock import to_ms
from feeds.model.own_texts import OwnText


class OwnTexts(Subject):
    """Articles that are written here, as they were typed."""

    def get(self, article_id: int) -> tuple[str, OwnText] | None:
        """Its guid, and what was typed; None for an article of a source."""
        row = one(
            self.engine.rows("SELECT guid, form FROM own_texts WHERE article_id = :id", {"id": article_id})
        )
        return (row["guid"], msgspec.json.decode(row["form"], type=OwnText)) if row else None

    def put(self, article_id: int, guid: str, text: OwnText, *, who: str, now: datetime) -> None:
        """What was typed last."""
        self.engine.run(
            "INSERT INTO own_texts (article_id, guid, form, who, written_at) VALUES (:id, :guid, :form, :who, :now)"
            " ON CONFLICT (article_id) DO UPDATE SET form = excluded.form, who = excluded.who,"
            " written_at = excluded.written_at",
            {
                "id": article_id,
                "guid": guid,
                "form": msgspec.json.encode(text).decode(),
                "who": who,
                "now": to_ms(now),
            },
        )
