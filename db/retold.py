"""Articles told again because a name that they bear changed: their source's, an author's, a topic's (table `retold`).

A source may have a hundred thousand articles, and may change its title with every poll. So whoever changes the name only
notes it; the publish tick tells some articles at a time, and a name that changes meanwhile begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import touched
from db.engines.engine import Engine, Row, chunks, one

OF_SOURCE = ("source", "language", "rights", "text", "summary", "pictures", "files")
"""What the settings of a source decide of its articles."""


def begin(engine: Engine, kind: str, target_id: int, fields: Sequence[str]) -> None:
    """The articles that stand in the feed of a source, author or topic are told again, soon; `fields` is why."""
    engine.run(
        "INSERT INTO retold (feed_id, fields, sort_at, article_id)"
        " SELECT f.id, :fields, NULL, NULL FROM feeds f WHERE f.kind = :kind AND f.target_id = :target"
        " AND EXISTS (SELECT 1 FROM memberships m WHERE m.feed_id = f.id AND m.left_seq IS NULL)"
        " ON CONFLICT (feed_id) DO UPDATE SET sort_at = NULL, article_id = NULL,"
        " fields = CASE WHEN retold.fields = excluded.fields THEN excluded.fields ELSE :both END",
        {
            "kind": kind,
            "target": target_id,
            "fields": " ".join(fields),
            "both": " ".join(OF_SOURCE if kind == "source" else fields),
        },
    )


def begin_partly_shown(engine: Engine) -> None:
    """The same of every source whose articles are shown as excerpts: other excerpts are shown of them now."""
    engine.run(
        "INSERT INTO retold (feed_id, fields, sort_at, article_id) SELECT f.id, 'summary text', NULL, NULL"
        " FROM sources s JOIN feeds f ON f.kind = 'source' AND f.target_id = s.id"
        " WHERE s.share = 'excerpt' AND s.is_ours = 0 AND s.is_private = 0"
        " ON CONFLICT (feed_id) DO UPDATE SET sort_at = NULL, article_id = NULL, fields = :all",
        {"all": " ".join(OF_SOURCE)},
    )


def go_on(engine: Engine, now: datetime, most: int) -> int:
    """Tells so many articles more in all feeds that they stand in; returns how many."""
    done = 0
    while done < most:
        waiting = one(
            engine.rows("SELECT feed_id, fields, sort_at, article_id FROM retold ORDER BY feed_id LIMIT 1")
        )
        if waiting is None:
            break
        done += _some(engine, waiting, now, most - done)
    return done


def _some(engine: Engine, waiting: Row, now: datetime, most: int) -> int:
    place = "" if waiting["sort_at"] is None else " AND (sort_at, article_id) < (:sort, :article)"
    at = {"feed": waiting["feed_id"], "sort": waiting["sort_at"], "article": waiting["article_id"]}
    rows = engine.rows(
        "SELECT sort_at, article_id FROM memberships WHERE feed_id = :feed AND left_seq IS NULL"
        f"{place} ORDER BY sort_at DESC, article_id DESC LIMIT :most",
        at | {"most": most},
    )
    for part in chunks(row["article_id"] for row in rows):
        ids = engine.rows(
            "SELECT feed_id, article_id FROM memberships WHERE article_id IN (:ids*) AND left_seq IS NULL"
            " ORDER BY feed_id, article_id",
            {"ids": part},
        )
        marks = [(row["feed_id"], row["article_id"], "changed") for row in ids]
        touched.append(engine, marks, now, waiting["fields"].split())
    if len(rows) < most:
        engine.run("DELETE FROM retold WHERE feed_id = :feed", at)
    else:
        last = {"feed": waiting["feed_id"], "sort": rows[-1]["sort_at"], "article": rows[-1]["article_id"]}
        engine.run("UPDATE retold SET sort_at = :sort, article_id = :article WHERE feed_id = :feed", last)
    return len(rows)
