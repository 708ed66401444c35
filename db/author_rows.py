"""Rows of authors: how they are read, and how one is begun (tables `authors`, `author_names`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from db import feeds, memberships, retold, slugs
from db.engines.engine import Engine, Row, one
from feeds.clock import to_ms
from feeds.model.authors import Author
from feeds.text.urls import slugify

EVERYWHERE = ""
COLUMNS = (
    "u.id, u.slug, u.name, u.domain, u.links, u.origin, u.kind, u.fediverse, COALESCE(NULLIF(u.bio, ''), u.found_bio) AS bio,"
    " COALESCE(NULLIF(u.role, ''), u.found_role) AS role,"
    " COALESCE(NULLIF(u.picture_url, ''), u.found_picture_url) AS picture_url"
)
"""What was declared comes before what was found."""


def fold(name: str) -> str:
    """What is equal for a name written in other cases or spacing."""
    return " ".join(name.casefold().replace(".", ". ").split())


def author_of(row: Row, names: Sequence[str] = ()) -> Author:
    """The author of a row with COLUMNS."""
    return Author(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        domain=row["domain"],
        bio=row["bio"],
        links=msgspec.json.decode(row["links"], type=tuple[str, ...]),
        known_as=tuple(dict.fromkeys(name for name in names if name != row["name"])),
        origin=row["origin"],
        kind=row["kind"],
        role=row["role"],
        picture_url=row["picture_url"] or None,
        fediverse=row["fediverse"] or None,
    )


def must(engine: Engine, author_id: int) -> Author:
    """The author of that id, who is known to be there."""
    row = engine.rows(f"SELECT {COLUMNS} FROM authors u WHERE u.id = :id", {"id": author_id})[0]
    names = engine.rows(
        "SELECT name FROM author_names WHERE author_id = :id ORDER BY name", {"id": author_id}
    )
    return author_of(row, tuple(row["name"] for row in names))


def id_of_name(engine: Engine, name: str, domains: Sequence[str]) -> int | None:
    """Who is called that at one of the publishers; a name that holds everywhere comes first."""
    row = one(
        engine.rows(
            "SELECT author_id FROM author_names WHERE folded = :folded AND domain IN (:domains*)"
            " ORDER BY domain LIMIT 1",
            {"folded": fold(name), "domains": list(domains)},
        )
    )
    return row["author_id"] if row else None


def add(
    engine: Engine,
    name: str,
    domain: str,
    origin: str,
    url: str | None,
    now: datetime,
    *,
    slug: str | None = None,
    kind: str = "person",
) -> int:
    """A new author with a slug and a feed; the id."""
    free = slugs.free_one(engine, "author", slug or slugify(name, "author"))
    rows = engine.rows(
        "INSERT INTO authors (slug, name, domain, bio, links, origin, added_at, kind)"
        " VALUES (:slug, :name, :domain, '', :links, :origin, :now, :kind) RETURNING id",
        {
            "slug": free,
            "name": name,
            "domain": domain,
            "links": msgspec.json.encode([url] if url else []).decode(),
            "origin": origin,
            "now": to_ms(now),
            "kind": kind,
        },
    )
    author_id: int = rows[0]["id"]
    slugs.give(engine, "author", free, author_id, now)
    feeds.row_id(engine, "author", author_id, free, now)
    return author_id


def add_name(engine: Engine, author_id: int, name: str, domain: str) -> None:
    """The name leads to the author at that publisher, unless it leads to another."""
    engine.run(
        "INSERT INTO author_names (folded, domain, author_id, name) VALUES (:folded, :domain, :id, :name)"
        " ON CONFLICT (folded, domain) DO NOTHING",
        {"folded": fold(name), "domain": domain, "id": author_id, "name": name},
    )


def take_name(engine: Engine, author_id: int, name: str, domain: str) -> None:
    """The name leads to the author at that publisher from now on, whoever it led to."""
    engine.run(
        "INSERT INTO author_names (folded, domain, author_id, name) VALUES (:folded, :domain, :id, :name)"
        " ON CONFLICT (folded, domain) DO UPDATE SET author_id = excluded.author_id, name = excluded.name",
        {"folded": fold(name), "domain": domain, "id": author_id, "name": name},
    )


def touch(engine: Engine, author_id: int, now: datetime) -> None:
    """Name and address stand at each of their articles, in whatever feed: all of these show something else."""
    memberships.touch_all(engine, feeds.row_id(engine, "author", author_id, "", now), now)
    retold.begin(engine, "author", author_id, ("authors",))
    engine.run(
        "INSERT INTO touched (feed_id, article_id, what, touched_at)"
        " SELECT DISTINCT m.feed_id, 0, 'header', :now + 0 FROM article_authors b"
        " JOIN memberships m ON m.article_id = b.article_id AND m.left_seq IS NULL WHERE b.author_id = :author",
        {"author": author_id, "now": to_ms(now)},
    )
