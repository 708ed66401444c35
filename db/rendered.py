"""The bytes last rendered of a feed in a format; one row, replaced (table `rendered`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import feed_states, feeds
from db.engines.engine import Engine, one
from feeds.clock import from_ms, to_ms
from feeds.errors import NotFoundError
from feeds.model.outgoing import FeedKey, RenderedFeed

PUBLIC = "public"
_UNREAD = ("read_at < :before", "read_at IS NULL AND rendered_at < :before")
"""Each half has an index: a row cannot be asked for its times without walking over its bytes."""


def kept(engine: Engine, key: FeedKey, format: str, recipe: str) -> tuple[int, RenderedFeed] | None:
    """The bytes and the feed's `changed_seq` that they show; None if there are none of that recipe."""
    feed_id = feeds.id_of(engine, key.whole())
    row = one(
        engine.rows(
            "SELECT changed_seq, body, media_type, etag, changed_at FROM rendered WHERE feed_id = :id"
            " AND format = :format AND variant = :variant AND audience = :audience AND recipe = :recipe",
            {
                "id": feed_id,
                "format": format,
                "variant": feeds.rendered_variant(key),
                "audience": PUBLIC,
                "recipe": recipe,
            },
        )
    )
    if row is None:
        return None
    return row["changed_seq"], RenderedFeed(
        body=bytes(row["body"]),
        media_type=row["media_type"],
        etag=row["etag"],
        changed_at=from_ms(row["changed_at"]),
    )


def keep(
    engine: Engine,
    key: FeedKey,
    format: str,
    recipe: str,
    changed_seq: int,
    feed: RenderedFeed,
    prints: Sequence[bytes] = (),
) -> RenderedFeed:
    """Keeps the bytes, unless newer ones are there; equal bytes keep their time, and time never goes back.

    Of a feed itself also which entries stand there, by their prints: so a reader can be sent what it lacks.
    """
    feed_id = feeds.id_of(engine, key.whole())
    if feed_id is None:
        raise NotFoundError(f"There is no feed {key.path()}.")
    rows = engine.rows(
        "INSERT INTO rendered (feed_id, format, variant, audience, recipe, changed_seq, body, media_type, etag,"
        " changed_at, rendered_at) VALUES (:id, :format, :variant, :audience, :recipe, :seq, :body, :type, :etag, :at, :at)"
        " ON CONFLICT (feed_id, format, variant, audience) DO UPDATE SET"
        " changed_at = CASE WHEN rendered.etag = excluded.etag OR rendered.changed_at > excluded.changed_at"
        " THEN rendered.changed_at ELSE excluded.changed_at END,"
        " recipe = excluded.recipe, changed_seq = excluded.changed_seq, body = excluded.body,"
        " media_type = excluded.media_type, etag = excluded.etag, rendered_at = excluded.rendered_at"
        " WHERE rendered.changed_seq <= excluded.changed_seq RETURNING changed_at",
        {
            "id": feed_id,
            "format": format,
            "variant": feeds.rendered_variant(key),
            "audience": PUBLIC,
            "recipe": recipe,
            "seq": changed_seq,
            "body": feed.body,
            "type": feed.media_type,
            "etag": feed.etag,
            "at": to_ms(feed.changed_at),
        },
    )
    if rows and not key.archive:
        feed_states.note(engine, feed_id, format, feed.etag, prints, to_ms(feed.changed_at))
    changed_at = from_ms(rows[0]["changed_at"]) if rows else feed.changed_at
    return RenderedFeed(body=feed.body, media_type=feed.media_type, etag=feed.etag, changed_at=changed_at)


def prune(engine: Engine, *, before: datetime, most: int) -> int:
    """Lets go of bytes that nobody has asked for since then, at most so many of each sort; returns how many."""
    gone = 0
    for unread in _UNREAD:
        rows = engine.rows(
            f"SELECT feed_id, format, variant, audience FROM rendered WHERE {unread} LIMIT :most",
            {"before": to_ms(before), "most": most},
        )
        engine.run_many(
            "DELETE FROM rendered WHERE feed_id = :feed_id AND format = :format AND variant = :variant"
            " AND audience = :audience",
            [dict(row) for row in rows],
        )
        gone += len(rows)
    return gone


def count_unread(engine: Engine, *, before: datetime) -> int:
    """How many documents there are that nobody has asked for since then."""
    counts = (f"(SELECT count(*) FROM rendered WHERE {unread})" for unread in _UNREAD)
    found: int = engine.rows(f"SELECT {' + '.join(counts)} AS n", {"before": to_ms(before)})[0]["n"]
    return found
