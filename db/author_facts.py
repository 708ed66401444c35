"""What was found of authors beside their names (table `authors`), and what speaks for two being one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from db import author_links, feeds, memberships
from db.author_rows import EVERYWHERE
from db.engines.engine import Engine, chunks
from feeds.model.articles import DraftAuthor
from feeds.model.incoming import Biography
from feeds.model.kept import AuthorTraces

MOST_LINKS = 8
BIO_CHARS = 1500


def note(
    engine: Engine,
    author_id: int,
    found: DraftAuthor,
    biography: Biography | None,
    domain: str,
    now: datetime,
) -> None:
    """Keeps what a publisher tells of its own author; of somebody else's it is not believed.

    A later telling takes the place of an earlier one; what was declared is not touched.
    """
    row = engine.rows(
        "SELECT slug, domain, kind, links, found_bio, found_role, found_picture_url FROM authors WHERE id = :id",
        {"id": author_id},
    )[0]
    if row["domain"] not in (EVERYWHERE, domain) or row["kind"] == "agency":
        return
    links = msgspec.json.decode(row["links"], type=list[str])
    added = [
        link
        for link in (found.url, biography.url if biography else None, *found.links)
        if link and link not in links
    ]
    # A declared author's links are the declaration's; what many have is nobody's.
    if row["domain"] == EVERYWHERE or len(links) >= MOST_LINKS or not added:
        kept = links
    else:
        kept = [*links, *author_links.unshared(engine, author_id, list(dict.fromkeys(added)))][:MOST_LINKS]
    after = {
        "bio": (biography.text[:BIO_CHARS] if biography and biography.text else "") or row["found_bio"],
        "role": found.role or row["found_role"],
        "picture": (biography.picture_url if biography else None) or row["found_picture_url"],
        "links": msgspec.json.encode(kept).decode(),
        "kind": found.kind,
    }
    before = {
        "bio": row["found_bio"],
        "role": row["found_role"],
        "picture": row["found_picture_url"],
        "links": row["links"],
        "kind": row["kind"],
    }
    if after == before:
        return
    engine.run(
        "UPDATE authors SET found_bio = :bio, found_role = :role, found_picture_url = :picture, links = :links,"
        " kind = :kind WHERE id = :id",
        {**after, "id": author_id},
    )
    memberships.touch_all(engine, feeds.row_id(engine, "author", author_id, row["slug"], now), now)


def traces(engine: Engine, ids: Sequence[int]) -> dict[int, AuthorTraces]:
    """For each author: the sources that carry their articles, with how many, and the addresses beside their bylines."""
    counts: dict[int, dict[str, int]] = {}
    links = author_links.of_authors(engine, ids)
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT b.author_id, s.slug, count(DISTINCT b.article_id) AS articles FROM article_authors b"
            " JOIN articles a ON a.id = b.article_id AND a.status = 'published' JOIN sources s ON s.id = a.source_id"
            " WHERE b.author_id IN (:ids*) GROUP BY b.author_id, s.slug ORDER BY b.author_id, s.slug",
            {"ids": part},
        ):
            counts.setdefault(row["author_id"], {})[row["slug"]] = row["articles"]
    return {
        one: AuthorTraces(sources=tuple(counts.get(one, {}).items()), links=tuple(links.get(one, ())))
        for one in ids
    }
