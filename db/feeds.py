"""Our feeds: one row for each thing that can be subscribed to (table `feeds`)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import msgspec

from db import memberships, slugs
from db.engines.engine import Engine, Row, chunks, one
from db.kept import SITE_ID, Kept
from feeds.clock import from_ms, to_ms
from feeds.errors import StoreError
from feeds.model.outgoing import FeedInfo, FeedKey, FeedKind

ALL_TITLE = ""
"""The feed of everything bears the site's title, which only the config file knows."""

_COUNT = (
    "(SELECT count(*) FROM memberships m WHERE m.feed_id = f.id AND m.left_seq IS NULL AND m.joined_seq > 0)"
)
_SELECT = (
    f"SELECT f.id, f.kind, f.target_id, f.key, f.changed_seq, f.changed_at, {_COUNT} AS article_count,"
    " COALESCE(t.slug, a.slug, s.slug, '') AS slug,"
    " COALESCE(t.title, a.name, s.title, s.feed_title, s.slug, '') AS title,"
    " COALESCE(t.description, NULLIF(a.bio, ''), a.found_bio, '') AS description, s.home_url, a.links,"
    " COALESCE(NULLIF(a.role, ''), a.found_role, '') AS role,"
    " COALESCE(NULLIF(a.picture_url, ''), a.found_picture_url, '') AS picture_url"
    " FROM feeds f"
    " LEFT JOIN topics t ON f.kind = 'topic' AND t.id = f.target_id"
    " LEFT JOIN authors a ON f.kind = 'author' AND a.id = f.target_id"
    " LEFT JOIN sources s ON f.kind = 'source' AND s.id = f.target_id"
    " WHERE f.state = 'open'"
)


def row_id(engine: Engine, kind: FeedKind, target_id: int, slug: str, now: datetime) -> int:
    """The id of the target's feed, which begins here if it has none; its key is fixed then."""
    row = one(
        engine.rows(
            "SELECT id FROM feeds WHERE kind = :kind AND target_id = :target",
            {"kind": kind, "target": target_id},
        )
    )
    if row is None:
        row = one(
            engine.rows(
                "INSERT INTO feeds (kind, target_id, key, changed_seq, changed_at, state)"
                " VALUES (:kind, :target, :key, 0, :now, 'open') RETURNING id",
                {"kind": kind, "target": target_id, "key": f"{kind}/{slug}", "now": to_ms(now)},
            )
        )
    assert row is not None
    found: int = row["id"]
    return found


def row_ids(engine: Engine, kind: FeedKind, target_ids: Sequence[int], now: datetime) -> set[int]:
    """The same of several targets, asked for together: a wire's story is carried by hundreds of sources."""
    found: dict[int, int] = {}
    for part in chunks(target_ids):
        rows = engine.rows(
            "SELECT id, target_id FROM feeds WHERE kind = :kind AND target_id IN (:ids*)",
            {"kind": kind, "ids": part},
        )
        found |= {row["target_id"]: row["id"] for row in rows}
    return {found.get(target) or row_id(engine, kind, target, "", now) for target in target_ids}


def id_of(engine: Engine, key: FeedKey) -> int | None:
    """The row id of the feed with that (present) key."""
    row = _row(engine, key)
    return row["id"] if row else None


def info(engine: Engine, key: FeedKey) -> FeedInfo | None:
    """The feed of that (present) key."""
    row = _row(engine, key)
    return _info(row, _site(engine)) if row else None


def every(engine: Engine, kind: FeedKind | None) -> tuple[FeedInfo, ...]:
    """Open feeds by kind and title."""
    condition = "" if kind is None else " AND f.kind = :kind"
    rows = engine.rows(_SELECT + condition + " ORDER BY f.kind, 9, f.id", {"kind": kind} if kind else {})
    site = _site(engine)
    return tuple(_info(row, site) for row in rows)


def note_read(engine: Engine, keys: Sequence[FeedKey], now: datetime) -> None:
    """These feeds were asked for."""
    ids = [found for found in (id_of(engine, key) for key in keys) if found is not None]
    engine.run_many(
        "UPDATE feeds SET read_at = :now WHERE id = :id", [{"now": to_ms(now), "id": i} for i in ids]
    )


def stale(engine: Engine, *, read_since: datetime, recipe: str, most: int) -> tuple[FeedKey, ...]:
    """Feeds read lately of which some kept bytes are older than what they hold."""
    rows = engine.rows(
        _SELECT + " AND f.read_at >= :since AND EXISTS (SELECT 1 FROM rendered r WHERE r.feed_id = f.id"
        " AND (r.changed_seq < f.changed_seq OR r.recipe <> :recipe)) ORDER BY f.read_at DESC LIMIT :most",
        {"since": to_ms(read_since), "recipe": recipe, "most": most},
    )
    return tuple(FeedKey(kind=row["kind"], slug=row["slug"]) for row in rows)


def retire(engine: Engine, kind: FeedKind, target_id: int, now: datetime) -> None:
    """The feed is no longer open; its articles and its key stay. Who holds it in memory is told."""
    rows = engine.rows(
        "UPDATE feeds SET state = 'retired' WHERE kind = :kind AND target_id = :target RETURNING id",
        {"kind": kind, "target": target_id},
    )
    for row in rows:
        memberships.touch_all(engine, row["id"], now)


def reopen(engine: Engine, kind: FeedKind, target_id: int) -> None:
    """A retired feed is open again."""
    engine.run(
        "UPDATE feeds SET state = 'open' WHERE kind = :kind AND target_id = :target",
        {"kind": kind, "target": target_id},
    )


def _row(engine: Engine, key: FeedKey) -> Row | None:
    target = 0 if key.kind == "all" else slugs.holder(engine, key.kind, key.slug)
    if target is None or (key.kind != "all" and slugs.current(engine, key.kind, key.slug) != key.slug):
        return None
    return one(
        engine.rows(
            _SELECT + " AND f.kind = :kind AND f.target_id = :target", {"kind": key.kind, "target": target}
        )
    )


def _site(engine: Engine) -> uuid.UUID:
    drawn = Kept(engine).get(SITE_ID)
    if drawn is None:
        raise StoreError("The site has no id yet: run `./run db migrate`, which draws it.")
    return uuid.UUID(drawn)


def _info(row: Row, site: uuid.UUID) -> FeedInfo:
    links = msgspec.json.decode(row["links"], type=list[str]) if row["links"] else []
    return FeedInfo(
        key=FeedKey(kind=row["kind"], slug=row["slug"]),
        feed_urn=f"urn:uuid:{uuid.uuid5(site, row['key'])}",
        title=row["title"],
        description=row["description"],
        home_url=row["home_url"] or next(iter(links), None),
        role=row["role"],
        picture_url=row["picture_url"] or None,
        links=tuple(links),
        article_count=row["article_count"],
        changed_seq=row["changed_seq"],
        changed_at=from_ms(row["changed_at"]),
    )
