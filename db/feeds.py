"""Our feeds: one row for each thing that can be subscribed to (table `feeds`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from db import memberships, slugs
from db.engines.engine import Engine, Row, chunks, one
from db.kept import SITE_ID, Kept
from db.words import holds
from feeds.clock import from_ms, to_ms
from feeds.errors import StoreError
from feeds.model.outgoing import FeedInfo, FeedKey, FeedKind

"""The feed of everything bears the site's title, which only the config file knows."""

READABLE = "f.state = 'open' AND (f.kind <> 'author' OR f.changed_seq > 0)"
"""Which feeds (`f`) anybody may ask for. Nothing ever joined the feed of an author of private articles alone."""

_SELECT = (
    "SELECT f.id, f.kind, f.target_id, f.key, f.changed_seq, f.changed_at, f.article_count,"
    " COALESCE((SELECT max(number) FROM archives r WHERE r.feed_id = f.id), 0) AS archive_count,"
    " COALESCE(t.slug, a.slug, s.slug, x.slug, '') AS slug,"
    " COALESCE(t.title, a.name, s.title, s.feed_title, s.slug, x.title, '') AS title,"
    " COALESCE(t.description, NULLIF(a.bio, ''), a.found_bio, x.description, '') AS description, s.home_url, a.links,"
    " COALESCE(NULLIF(a.role, ''), a.found_role, '') AS role,"
    " COALESCE(NULLIF(a.picture_url, ''), a.found_picture_url, '') AS picture_url"
    " FROM feeds f"
    " LEFT JOIN topics t ON f.kind = 'topic' AND t.id = f.target_id"
    " LEFT JOIN authors a ON f.kind = 'author' AND a.id = f.target_id"
    " LEFT JOIN sources s ON f.kind = 'source' AND s.id = f.target_id"
    " LEFT JOIN saved_mixes x ON f.kind = 'mix' AND x.id = f.target_id"
    f" WHERE {READABLE}"
)

_TITLES: dict[str, tuple[str, str]] = {
    "topic": ("topics", "lower(x.title)"),
    "author": ("authors", "lower(x.name)"),
    "source": ("sources", "lower(COALESCE(x.title, x.feed_title, x.slug))"),
    "mix": ("saved_mixes", "lower(x.title)"),
}
_ITS_FEED = "(SELECT f.id FROM feeds f WHERE f.kind = :kind AND f.target_id = x.id AND f.state = 'open')"
"""Asked for each `x` in its order; a join is read feeds first, and all of them are sorted for one page."""
_HAS_LOST = "EXISTS (SELECT 1 FROM memberships m WHERE m.feed_id = r.feed_id AND m.left_seq > 0 AND m.left_seq > r.changed_seq)"


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
    return _info(row, site_uuid(engine)) if row else None


def every(engine: Engine, kind: FeedKind | None) -> tuple[FeedInfo, ...]:
    """Open feeds by kind and title."""
    return tuple(each(engine, kind))


def each(engine: Engine, kind: FeedKind | None) -> Iterator[FeedInfo]:
    """The same one by one, read in parts: a hundred thousand at once take a hundred megabytes."""
    condition = "" if kind is None else " AND f.kind = :kind"
    rows = engine.rows(
        f"SELECT id FROM ({_SELECT}{condition}) AS listed ORDER BY kind, title, id",
        {"kind": kind} if kind else {},
    )
    for part in chunks(row["id"] for row in rows):
        yield from of_ids(engine, part)


def largest(engine: Engine, kind: FeedKind, *, most: int) -> tuple[FeedInfo, ...]:
    """The open feeds of that kind that hold the most articles."""
    rows = engine.rows(
        "SELECT id FROM feeds WHERE kind = :kind AND state = 'open' AND article_count > 0"
        " ORDER BY article_count DESC, id LIMIT :most",
        {"kind": kind, "most": most},
    )
    return of_ids(engine, [row["id"] for row in rows])


def find(
    engine: Engine, kind: FeedKind, words: str, *, most: int, offset: int
) -> tuple[int, tuple[FeedInfo, ...]]:
    """Open feeds of that kind whose titles or slugs hold the words, those with the most articles first; and how many."""
    table, title = _TITLES[kind]
    values: dict[str, Any] = {"kind": kind, "most": most, "offset": offset}
    fits = (
        f"FROM {table} x JOIN feeds f ON f.kind = :kind AND f.target_id = x.id AND f.state = 'open'"
        f" WHERE {holds(title, words, values)} OR {holds('x.slug', words, values)}"
    )
    rows = engine.rows(
        f"SELECT f.id {fits} ORDER BY f.article_count DESC, f.id LIMIT :most OFFSET :offset", values
    )
    return engine.rows(f"SELECT count(*) AS n {fits}", values)[0]["n"], of_ids(
        engine, [row["id"] for row in rows]
    )


def by_title(engine: Engine, kind: FeedKind, *, most: int, offset: int) -> tuple[FeedInfo, ...]:
    """A page of the open feeds of that kind, by their titles."""
    table, title = _TITLES[kind]
    rows = engine.rows(
        f"SELECT {_ITS_FEED} AS id FROM {table} x WHERE {_ITS_FEED} IS NOT NULL"
        f" ORDER BY {title}, x.id LIMIT :most OFFSET :offset",
        {"kind": kind, "most": most, "offset": offset},
    )
    return of_ids(engine, [row["id"] for row in rows])


def count(engine: Engine, kind: FeedKind) -> int:
    """How many open feeds of that kind there are."""
    found: int = engine.rows(
        "SELECT count(*) AS n FROM feeds WHERE kind = :kind AND state = 'open'", {"kind": kind}
    )[0]["n"]
    return found


def of_ids(engine: Engine, ids: Sequence[int]) -> tuple[FeedInfo, ...]:
    """The open feeds with these row ids, in their order."""
    site, found = site_uuid(engine), dict[int, FeedInfo]()
    for part in chunks(ids):
        rows = engine.rows(_SELECT + " AND f.id IN (:ids*)", {"ids": part})
        found |= {row["id"]: _info(row, site) for row in rows}
    return tuple(found[one] for one in ids if one in found)


def similar(engine: Engine, kind: FeedKind, slug: str, *, most: int) -> tuple[FeedInfo, ...]:
    """Open feeds of that kind whose slugs begin as this one does, or stand beside it in the alphabet."""
    table, _ = _TITLES[kind]
    ids: list[int] = []
    for sign, order in ((">=", ""), ("<", "DESC")):
        rows = engine.rows(
            f"SELECT {_ITS_FEED} AS id FROM {table} x"
            f" WHERE x.slug {sign} :begin AND {_ITS_FEED} IS NOT NULL ORDER BY x.slug {order} LIMIT :most",
            {"kind": kind, "begin": slug[:2], "most": most},
        )
        ids += [row["id"] for row in rows]
    return of_ids(engine, ids)


def mark(engine: Engine) -> tuple[int, int]:
    """Changes whenever the list of open feeds, or a title in it, does: how many there are, and the last such change."""
    rows = engine.rows(
        "SELECT (SELECT count(*) FROM feeds WHERE state = 'open') AS n,"
        " COALESCE((SELECT max(seq) FROM touched WHERE what = 'header' AND seq IS NOT NULL), 0) AS last"
    )
    return rows[0]["n"], rows[0]["last"]


def note_read(engine: Engine, read: Sequence[tuple[FeedKey, str]], now: datetime) -> None:
    """These feeds were asked for, each in a format."""
    known = {whole: id_of(engine, whole) for whole in {key.whole() for key, _ in read}}
    asked = [
        {"now": to_ms(now), "id": known[key.whole()], "format": name, "variant": rendered_variant(key)}
        for key, name in read
        if known.get(key.whole())
    ]
    engine.run_many(
        "UPDATE feeds SET read_at = :now WHERE id = :id", [one for one in asked if not one["variant"]]
    )
    engine.run_many(
        "UPDATE rendered SET read_at = :now WHERE feed_id = :id AND format = :format AND variant = :variant",
        asked,
    )


def rendered_variant(key: FeedKey) -> str:
    """What stands for an archive document in table `rendered`; empty for the feed itself."""
    return f"archive/{key.archive}" if key.archive else ""


def stale(
    engine: Engine, *, read_since: datetime, rendered_before: datetime, recipe: str, most: int
) -> tuple[tuple[FeedKey, str], ...]:
    """Feeds, each in a format, that were read lately and whose kept bytes are older than what they hold.

    Those rendered since `rendered_before` wait, so that a feed that changes all the time is not written all the
    time; one that an article has left does not wait, and comes first.
    """
    rows = engine.rows(
        "SELECT r.feed_id, r.format FROM rendered r JOIN feeds f ON f.id = r.feed_id AND f.state = 'open'"
        " WHERE r.read_at >= :since AND r.variant = '' AND (r.changed_seq < f.changed_seq OR r.recipe <> :recipe)"
        f" AND (r.rendered_at <= :before OR {_HAS_LOST})"
        f" ORDER BY {_HAS_LOST} DESC, r.read_at DESC LIMIT :most",
        {
            "since": to_ms(read_since),
            "before": to_ms(rendered_before),
            "recipe": recipe,
            "most": most,
        },
    )
    keys: dict[int, FeedKey] = {}
    for part in chunks(sorted({row["feed_id"] for row in rows})):
        found = engine.rows(_SELECT + " AND f.id IN (:ids*)", {"ids": part})
        keys |= {row["id"]: FeedKey(kind=row["kind"], slug=row["slug"]) for row in found}
    return tuple((keys[row["feed_id"]], row["format"]) for row in rows if row["feed_id"] in keys)


def retire(engine: Engine, kind: FeedKind, target_id: int, now: datetime) -> None:
    """The feed is no longer open; its articles and its key stay. Who holds it in memory is told."""
    rows = engine.rows(
        "UPDATE feeds SET state = 'retired' WHERE kind = :kind AND target_id = :target RETURNING id",
        {"kind": kind, "target": target_id},
    )
    for row in rows:
        memberships.touch_all(engine, row["id"], now)


def hide(engine: Engine, kind: FeedKind, target_id: int, now: datetime) -> None:
    """The feed is nobody's to read: as if it had never been."""
    rows = engine.rows(
        "UPDATE feeds SET state = 'hidden' WHERE kind = :kind AND target_id = :target RETURNING id",
        {"kind": kind, "target": target_id},
    )
    for row in rows:
        memberships.touch_all(engine, row["id"], now)


def is_hidden(engine: Engine, key: FeedKey) -> bool:
    """True if the feed is there and nobody's to read: nothing of it was ever public, or is no more."""
    target = slugs.holder(engine, key.kind, key.slug)
    return bool(
        engine.rows(
            "SELECT 1 AS one FROM feeds f WHERE f.kind = :kind AND f.target_id = :target"
            f" AND f.state <> 'retired' AND NOT ({READABLE})",
            {"kind": key.kind, "target": target if target is not None else -1},
        )
    )


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


def urn_of(engine: Engine, key: str) -> str:
    """The id of the feed with that first key, such as `source/harbour`."""
    return f"urn:uuid:{uuid.uuid5(site_uuid(engine), key)}"


def site_uuid(engine: Engine) -> uuid.UUID:
    """The site's own id; raises StoreError if none was drawn yet."""
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
        archive_count=row["archive_count"],
    )
