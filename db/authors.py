"""Authors: names within a publisher's domain, and who they are (tables `authors`, `author_names`).

A found author is a folded name within one domain. The same name elsewhere is the same person only
where a declaration says so (its names stand under the empty domain, which every publisher's bylines
are held against first) or where both carry the same profile link or address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from db import author_links, author_merges, feeds, memberships, slugs
from db.author_rows import COLUMNS, EVERYWHERE, add, add_name, author_of, fold, id_of_name, must, touch
from db.engines.engine import Engine, chunks
from feeds.errors import NotFoundError, OwnedByFileError, RequestError
from feeds.model.articles import DraftAuthor
from feeds.model.authors import Author, AuthorFacts, AuthorLooks
from feeds.text.urls import slugify


def resolve(engine: Engine, found: DraftAuthor, domain: str, now: datetime) -> int:
    """The id of the author that a byline of that publisher means; found for the first time, it is added."""
    if found.kind == "agency":
        return _agency(engine, found, now)
    folded = fold(found.name)
    named = id_of_name(engine, found.name, (EVERYWHERE, domain))
    if named is not None and _is_found_agency(engine, named):
        # Somebody whose name is an agency's abbreviation in other letters.
        named = id_of_name(engine, found.name, (domain,))
    email = f"mailto:{found.email}" if found.email else None
    links = [link for link in dict.fromkeys((found.url, email, *found.links)) if link]
    author_id = named if named is not None else author_links.holder(engine, folded, links)
    if author_id is None:
        author_id = add(engine, found.name, domain, "found", found.url, now, kind=found.kind)
    if named is None:
        add_name(engine, author_id, found.name, domain)
    author_links.note(engine, author_id, folded, links)
    return author_id


def _is_found_agency(engine: Engine, author_id: int) -> bool:
    row = engine.rows("SELECT kind, origin FROM authors WHERE id = :id", {"id": author_id})[0]
    return bool(row["kind"] == "agency" and row["origin"] == "found")


def _agency(engine: Engine, found: DraftAuthor, now: datetime) -> int:
    """One desk everywhere; what was found under a spelling of it before becomes it."""
    author_id = id_of_name(engine, found.name, (EVERYWHERE,))
    if author_id is None:
        author_id = add(engine, found.name, EVERYWHERE, "found", None, now, kind="agency")
    for spelling in (found.name, found.written):
        if spelling and id_of_name(engine, spelling, (EVERYWHERE,)) is None:
            author_merges.join(engine, author_id, spelling, EVERYWHERE, now, is_exact=True)
    return author_id


def set_of_article(engine: Engine, article_id: int, author_ids: Sequence[tuple[int, str]]) -> None:
    """Gives an article its authors, in order, each with the name as written."""
    engine.run("DELETE FROM article_authors WHERE article_id = :id", {"id": article_id})
    add_to_articles(engine, [(article_id, author_ids)])


def add_to_articles(engine: Engine, several: Sequence[tuple[int, Sequence[tuple[int, str]]]]) -> None:
    """Gives new articles their authors; who is named twice stands where, and as, they were named first."""
    rows: list[dict[str, object]] = []
    for article_id, author_ids in several:
        named: dict[int, str] = {}
        for author_id, name in author_ids:
            named.setdefault(author_id, name)
        rows += [
            {"id": article_id, "place": place, "author": author_id, "name": name}
            for place, (author_id, name) in enumerate(named.items())
        ]
    engine.run_many(
        "INSERT INTO article_authors (article_id, position, author_id, name) VALUES (:id, :place, :author, :name)",
        rows,
    )


def ids_of_article(engine: Engine, article_id: int) -> list[int]:
    """The ids of an article's authors, in order."""
    rows = engine.rows(
        "SELECT author_id FROM article_authors WHERE article_id = :id ORDER BY position", {"id": article_id}
    )
    return [row["author_id"] for row in rows]


def named_in(engine: Engine, article_id: int) -> list[tuple[int, str]]:
    """The ids of an article's authors with their names as written, in order."""
    rows = engine.rows(
        "SELECT author_id, name FROM article_authors WHERE article_id = :id ORDER BY position",
        {"id": article_id},
    )
    return [(row["author_id"], row["name"]) for row in rows]


def as_merged(engine: Engine, several: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The same authors by the ids that they have now."""
    merged: dict[int, int] = {}
    for part in chunks([one for one, _ in several]):
        rows = engine.rows(
            "SELECT id, COALESCE(merged_into, id) AS now FROM authors WHERE id IN (:ids*)", {"ids": part}
        )
        merged |= {row["id"]: row["now"] for row in rows}
    return [(merged[one], name) for one, name in several if one in merged]


def of_articles(engine: Engine, ids: Sequence[int]) -> dict[int, tuple[Author, ...]]:
    """The authors of each article, in order."""
    found: dict[int, list[Author]] = {}
    for part in chunks(ids):
        rows = engine.rows(
            f"SELECT b.article_id, {COLUMNS} FROM article_authors b JOIN authors u ON u.id = b.author_id"
            " WHERE b.article_id IN (:ids*) ORDER BY b.article_id, b.position",
            {"ids": part},
        )
        for row in rows:
            several, author = found.setdefault(row["article_id"], []), author_of(row)
            if author not in several:
                several.append(author)
    return {key: tuple(several) for key, several in found.items()}


def of_ids(engine: Engine, ids: Sequence[int]) -> tuple[Author, ...]:
    """The authors with these ids, in that order."""
    found: dict[int, Author] = {}
    for part in chunks(ids):
        rows = engine.rows(f"SELECT {COLUMNS} FROM authors u WHERE u.id IN (:ids*)", {"ids": part})
        found |= {row["id"]: author_of(row) for row in rows}
    return tuple(found[one] for one in dict.fromkeys(ids) if one in found)


def put(
    engine: Engine,
    *,
    slug: str | None,
    name: str,
    known_as: Sequence[str],
    bio: str,
    links: Sequence[str],
    origin: str,
    looks: AuthorLooks,
    now: datetime,
) -> Author:
    """Adds a declared author or changes it; found authors of these names become it.

    Raises RequestError for a slug that leads to somebody who goes by another slug, and name, now.
    """
    wanted = slug or slugify(name, "author")
    names = [name, *known_as]
    author_id = _meant(engine, wanted, name)
    if author_id is None:
        author_id = add(engine, name, EVERYWHERE, origin, None, now, slug=wanted)
    before = must(engine, author_id)
    engine.run(
        "UPDATE authors SET name = :name, bio = :bio, links = :links, role = :role,"
        " picture_url = :picture, fediverse = :fediverse, origin = :origin, domain = '' WHERE id = :id",
        {
            "id": author_id,
            "name": name,
            "bio": bio,
            "links": msgspec.json.encode(links).decode(),
            "role": looks.role,
            "picture": looks.picture_url or "",
            "fediverse": looks.fediverse or "",
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
        author_merges.join(engine, author_id, known, EVERYWHERE, now)
    if name != before.name:
        touch(engine, author_id, now)
        return must(engine, author_id)
    after = must(engine, author_id)
    if after != before:
        memberships.touch_all(engine, feeds.row_id(engine, "author", author_id, wanted, now), now)
    return after


def set_facts(engine: Engine, author_id: int, facts: AuthorFacts, now: datetime) -> Author:
    """What an admin says of an author, which no source's telling replaces; None leaves a field as it is.

    Names are added at the author's own publisher, or everywhere for one who is known everywhere.
    """
    before = must(engine, author_id)
    if before.origin == "file":
        raise OwnedByFileError(f"The author {before.slug!r} is declared in the config file: change it there.")
    columns = {"bio": facts.bio, "role": facts.role, "picture_url": facts.picture_url}
    given: dict[str, object] = {key: value for key, value in columns.items() if value is not None}
    if facts.links is not None:
        given["links"] = msgspec.json.encode(facts.links).decode()
    if given:
        engine.run(
            f"UPDATE authors SET {', '.join(f'{key} = :{key}' for key in given)} WHERE id = :id",
            {**given, "id": author_id},
        )
    for name in facts.known_as:
        owner = id_of_name(engine, name, (before.domain,))
        if owner is not None and owner != author_id and must(engine, owner).origin != "found":
            raise RequestError(f"{name!r} is a declared name of {must(engine, owner).slug!r}.")
        author_merges.join(engine, author_id, name, before.domain, now)
    if must(engine, author_id) != before:
        touch(engine, author_id, now)
    return must(engine, author_id)


def rename(engine: Engine, author_id: int, slug: str, now: datetime) -> None:
    """A new slug; the old one leads to it."""
    slugs.require_free(engine, "author", slug, author_id)
    slugs.give(engine, "author", slug, author_id, now)
    engine.run("UPDATE authors SET slug = :slug WHERE id = :id", {"slug": slug, "id": author_id})
    touch(engine, author_id, now)


def require(engine: Engine, slug: str) -> int:
    """The id of who has, or had, the slug; raises NotFoundError."""
    owner = slugs.holder(engine, "author", slug)
    if owner is None:
        raise NotFoundError(f"There is no author {slug!r}: `author list` shows who is known.")
    return owner


def merge(engine: Engine, old: int, new: int, now: datetime) -> Author:
    """Two become one; raises RequestError for one and the same, and for whom the config file states."""
    before, after = must(engine, old), must(engine, new)
    if old == new:
        raise RequestError(f"{before.slug!r} and {after.slug!r} are one author already.")
    if before.origin == "file":
        raise RequestError(
            f"{before.slug!r} is declared in the config file: take it out there first,"
            f" or let its known_as name {after.name!r}."
        )
    if after.kind == "agency" and before.kind != "agency" and before.origin != "found":
        raise RequestError(f"{before.slug!r} is declared, and {after.slug!r} is an agency: they stay two.")
    author_merges.merge(engine, old, new, now)
    return must(engine, new)


def every(engine: Engine) -> tuple[tuple[Author, int], ...]:
    """All authors that have articles or are declared, by name, with their number of published articles."""
    names = _known_as(engine)
    rows = engine.rows(
        f"SELECT {COLUMNS}, count(DISTINCT a.id) AS articles FROM authors u"
        " LEFT JOIN article_authors b ON b.author_id = u.id"
        " LEFT JOIN articles a ON a.id = b.article_id AND a.status = 'published' WHERE u.merged_into IS NULL"
        " GROUP BY u.id HAVING count(b.article_id) > 0 OR u.origin <> 'found' ORDER BY u.name, u.id"
    )
    return tuple((author_of(row, names.get(row["id"], ())), row["articles"]) for row in rows)


def people(engine: Engine) -> tuple[Author, ...]:
    """All people among the authors that have articles or are declared, by name."""
    names = _known_as(engine)
    rows = engine.rows(
        f"SELECT {COLUMNS} FROM authors u WHERE u.merged_into IS NULL AND u.kind = 'person' AND (u.origin <> 'found'"
        " OR EXISTS (SELECT 1 FROM article_authors b WHERE b.author_id = u.id)) ORDER BY u.name, u.id"
    )
    return tuple(author_of(row, names.get(row["id"], ())) for row in rows)


def article_counts(engine: Engine, ids: Sequence[int]) -> dict[int, int]:
    """How many articles the feed of each author holds."""
    return {
        row["target_id"]: row["article_count"]
        for part in chunks(ids)
        for row in engine.rows(
            "SELECT target_id, article_count FROM feeds WHERE kind = 'author' AND target_id IN (:ids*)",
            {"ids": part},
        )
    }


def _known_as(engine: Engine) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for row in engine.rows("SELECT author_id, name FROM author_names ORDER BY name"):
        names.setdefault(row["author_id"], []).append(row["name"])
    return names


def _meant(engine: Engine, slug: str, name: str) -> int | None:
    """Who is called that: by present slug, by a former one that the same name bears, by declared name."""
    owner = slugs.holder(engine, "author", slug)
    if owner is not None and fold(must(engine, owner).name) == fold(name):
        return owner
    found = slugs.present(engine, "author", slug)
    return found if found is not None else id_of_name(engine, name, (EVERYWHERE,))
