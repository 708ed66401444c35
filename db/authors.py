"""Authors: names within a publisher's domain, and who they are (tables `authors`, `author_names`, `author_links`).

A found author is a folded name within one domain. The same name elsewhere is the same person only
where a declaration says so (its names stand under the empty domain, which every publisher's bylines
are held against first) or where both carry the same profile link or address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from db import feeds, memberships, slugs
from db.engine import Engine, Row, chunks, one
from feeds.clock import to_ms
from feeds.model.articles import Author, DraftAuthor
from feeds.urls import slugify

EVERYWHERE = ""
_COLUMNS = "u.id, u.slug, u.name, u.domain, u.bio, u.links, u.origin"


def fold(name: str) -> str:
    """What is equal for a name written in other cases or spacing."""
    return " ".join(name.casefold().replace(".", ". ").split())


def resolve(engine: Engine, found: DraftAuthor, domain: str, now: datetime) -> int:
    """The id of the author that a byline of that publisher means; found for the first time, it is added."""
    folded = fold(found.name)
    row = one(
        engine.rows(
            "SELECT author_id FROM author_names WHERE folded = :folded AND domain IN (:everywhere, :domain)"
            " ORDER BY domain LIMIT 1",
            {"folded": folded, "everywhere": EVERYWHERE, "domain": domain},
        )
    )
    links = [link for link in (found.url, f"mailto:{found.email}" if found.email else None) if link]
    author_id: int | None = row["author_id"] if row else _by_link(engine, folded, links)
    if author_id is None:
        author_id = _add(engine, found.name, domain, "found", found.url, now)
    if row is None:
        _add_name(engine, author_id, found.name, domain)
    for link in links:
        engine.run(
            "INSERT INTO author_links (link, folded, author_id) VALUES (:link, :folded, :id)"
            " ON CONFLICT (link, folded) DO NOTHING",
            {"link": link, "folded": folded, "id": author_id},
        )
    return author_id


def set_of_article(engine: Engine, article_id: int, author_ids: Sequence[tuple[int, str]]) -> None:
    """Gives an article its authors, in order, each with the name as written."""
    engine.run("DELETE FROM article_authors WHERE article_id = :id", {"id": article_id})
    add_to_article(engine, article_id, author_ids)


def add_to_article(engine: Engine, article_id: int, author_ids: Sequence[tuple[int, str]]) -> None:
    """Gives a new article its authors."""
    unique = dict(reversed([(author_id, name) for author_id, name in author_ids]))
    ordered = list(dict.fromkeys(author_id for author_id, _ in author_ids))
    engine.run_many(
        "INSERT INTO article_authors (article_id, position, author_id, name) VALUES (:id, :place, :author, :name)",
        [
            {"id": article_id, "place": place, "author": author_id, "name": unique[author_id]}
            for place, author_id in enumerate(ordered)
        ],
    )


def ids_of_article(engine: Engine, article_id: int) -> list[int]:
    """The ids of an article's authors, in order."""
    rows = engine.rows(
        "SELECT author_id FROM article_authors WHERE article_id = :id ORDER BY position", {"id": article_id}
    )
    return [row["author_id"] for row in rows]


def of_articles(engine: Engine, ids: Sequence[int]) -> dict[int, tuple[Author, ...]]:
    """The authors of each article, in order."""
    found: dict[int, list[Author]] = {}
    for part in chunks(ids):
        rows = engine.rows(
            f"SELECT b.article_id, {_COLUMNS} FROM article_authors b JOIN authors u ON u.id = b.author_id"
            " WHERE b.article_id IN (:ids*) ORDER BY b.article_id, b.position",
            {"ids": part},
        )
        for row in rows:
            found.setdefault(row["article_id"], []).append(_author(row, ()))
    return {key: tuple(several) for key, several in found.items()}


def put(
    engine: Engine,
    *,
    slug: str | None,
    name: str,
    known_as: Sequence[str],
    bio: str,
    links: Sequence[str],
    origin: str,
    now: datetime,
) -> Author:
    """Adds a declared author or changes it; found authors of these names become it.

    Raises RequestError for a slug that leads to somebody who goes by another slug, and name, now.
    """
    wanted = slug or slugify(name, "author")
    names = [name, *known_as]
    author_id = _meant(engine, wanted, name)
    if author_id is None:
        author_id = _add(engine, name, EVERYWHERE, origin, None, now, slug=wanted)
    before = _must(engine, author_id)
    engine.run(
        "UPDATE authors SET name = :name, bio = :bio, links = :links, origin = :origin, domain = '' WHERE id = :id",
        {
            "id": author_id,
            "name": name,
            "bio": bio,
            "links": msgspec.json.encode(links).decode(),
            "origin": origin,
        },
    )
    if slug and slugs.current(engine, "author", wanted) != wanted:
        rename(engine, author_id, wanted, now)
    engine.run(
        "DELETE FROM author_names WHERE author_id = :id AND domain = :everywhere",
        {"id": author_id, "everywhere": EVERYWHERE},
    )
    for known in names:
        _join(engine, author_id, known, now)
    if name != before.name:
        _touch(engine, author_id, now)
    elif (bio, tuple(links)) != (before.bio, before.links):
        memberships.touch_all(engine, feeds.row_id(engine, "author", author_id, wanted, now), now)
    return _must(engine, author_id)


def rename(engine: Engine, author_id: int, slug: str, now: datetime) -> None:
    """A new slug; the old one leads to it."""
    slugs.require_free(engine, "author", slug, author_id)
    slugs.give(engine, "author", slug, author_id, now)
    engine.run("UPDATE authors SET slug = :slug WHERE id = :id", {"slug": slug, "id": author_id})
    _touch(engine, author_id, now)


def every(engine: Engine) -> tuple[tuple[Author, int], ...]:
    """All authors that have articles or are declared, by name, with their number of articles."""
    names: dict[int, list[str]] = {}
    for row in engine.rows("SELECT author_id, name FROM author_names ORDER BY name"):
        names.setdefault(row["author_id"], []).append(row["name"])
    rows = engine.rows(
        f"SELECT {_COLUMNS}, count(b.article_id) AS articles FROM authors u"
        " LEFT JOIN article_authors b ON b.author_id = u.id WHERE u.merged_into IS NULL"
        f" GROUP BY {_COLUMNS} HAVING count(b.article_id) > 0 OR u.origin <> 'found' ORDER BY u.name, u.id"
    )
    return tuple((_author(row, tuple(names.get(row["id"], ()))), row["articles"]) for row in rows)


def _touch(engine: Engine, author_id: int, now: datetime) -> None:
    """Name and address stand at each of their articles, in whatever feed: all of these show something else."""
    memberships.touch_all(engine, feeds.row_id(engine, "author", author_id, "", now), now)
    engine.run(
        "INSERT INTO touched (feed_id, article_id, what, touched_at)"
        " SELECT DISTINCT m.feed_id, 0, 'header', :now + 0 FROM article_authors b"
        " JOIN memberships m ON m.article_id = b.article_id AND m.left_seq IS NULL WHERE b.author_id = :author",
        {"author": author_id, "now": to_ms(now)},
    )


def _join(engine: Engine, author_id: int, name: str, now: datetime) -> None:
    """Every found author of the name becomes this one: articles, names, slugs."""
    folded = fold(name)
    rows = engine.rows(
        "SELECT DISTINCT n.author_id FROM author_names n JOIN authors u ON u.id = n.author_id"
        " WHERE n.folded = :folded AND n.author_id <> :id AND u.origin = 'found'",
        {"folded": folded, "id": author_id},
    )
    for row in rows:
        _merge(engine, row["author_id"], author_id, now)
    engine.run(
        "INSERT INTO author_names (folded, domain, author_id, name) VALUES (:folded, :domain, :id, :name)"
        " ON CONFLICT (folded, domain) DO UPDATE SET author_id = excluded.author_id, name = excluded.name",
        {"folded": folded, "domain": EVERYWHERE, "id": author_id, "name": name},
    )


def _merge(engine: Engine, old: int, new: int, now: datetime) -> None:
    articles = [
        row["article_id"]
        for row in engine.rows("SELECT article_id FROM article_authors WHERE author_id = :old", {"old": old})
    ]
    pair = {"old": old, "new": new}
    engine.run("UPDATE article_authors SET author_id = :new WHERE author_id = :old", pair)
    engine.run("UPDATE author_names SET author_id = :new WHERE author_id = :old", pair)
    engine.run("UPDATE author_links SET author_id = :new WHERE author_id = :old", pair)
    engine.run("UPDATE authors SET merged_into = :new WHERE id = :old", pair)
    old_feed = feeds.row_id(engine, "author", old, _must(engine, old).slug, now)
    new_feed = feeds.row_id(engine, "author", new, _must(engine, new).slug, now)
    feeds.retire(engine, "author", old, now)
    slugs.move(engine, "author", old, new)
    for article_id in articles:
        wanted = [feed for feed in memberships.feeds_of(engine, article_id) if feed != old_feed]
        memberships.sync(engine, article_id, [*wanted, new_feed], now, is_changed=True)


def _add(
    engine: Engine,
    name: str,
    domain: str,
    origin: str,
    url: str | None,
    now: datetime,
    *,
    slug: str | None = None,
) -> int:
    free = slugs.free_one(engine, "author", slug or slugify(name, "author"))
    rows = engine.rows(
        "INSERT INTO authors (slug, name, domain, bio, links, origin, added_at)"
        " VALUES (:slug, :name, :domain, '', :links, :origin, :now) RETURNING id",
        {
            "slug": free,
            "name": name,
            "domain": domain,
            "links": msgspec.json.encode([url] if url else []).decode(),
            "origin": origin,
            "now": to_ms(now),
        },
    )
    author_id: int = rows[0]["id"]
    slugs.give(engine, "author", free, author_id, now)
    feeds.row_id(engine, "author", author_id, free, now)
    return author_id


def _add_name(engine: Engine, author_id: int, name: str, domain: str) -> None:
    engine.run(
        "INSERT INTO author_names (folded, domain, author_id, name) VALUES (:folded, :domain, :id, :name)"
        " ON CONFLICT (folded, domain) DO NOTHING",
        {"folded": fold(name), "domain": domain, "id": author_id, "name": name},
    )


def _by_link(engine: Engine, folded: str, links: Sequence[str]) -> int | None:
    """The author of that name with one of the links: a site's home page is many people's link, so both count."""
    row = one(
        engine.rows(
            "SELECT author_id FROM author_links WHERE folded = :folded AND link IN (:links*) ORDER BY author_id LIMIT 1",
            {"folded": folded, "links": list(links)},
        )
    )
    return row["author_id"] if row else None


def _meant(engine: Engine, slug: str, name: str) -> int | None:
    """Who is called that: by present slug, by a former one that the same name bears, by declared name."""
    held = slugs.holder(engine, "author", slug)
    if held is not None and fold(_must(engine, held).name) == fold(name):
        return held
    found = slugs.present(engine, "author", slug)
    return found if found is not None else _by_name(engine, name)


def _by_name(engine: Engine, name: str) -> int | None:
    row = one(
        engine.rows(
            "SELECT author_id FROM author_names WHERE folded = :folded AND domain = ''",
            {"folded": fold(name)},
        )
    )
    return row["author_id"] if row else None


def _must(engine: Engine, author_id: int) -> Author:
    row = engine.rows(f"SELECT {_COLUMNS} FROM authors u WHERE u.id = :id", {"id": author_id})[0]
    names = engine.rows(
        "SELECT name FROM author_names WHERE author_id = :id ORDER BY name", {"id": author_id}
    )
    return _author(row, tuple(row["name"] for row in names))


def _author(row: Row, names: tuple[str, ...]) -> Author:
    return Author(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        domain=row["domain"],
        bio=row["bio"],
        links=msgspec.json.decode(row["links"], type=tuple[str, ...]),
        known_as=tuple(dict.fromkeys(name for name in names if name != row["name"])),
        origin=row["origin"],
    )
