"""Two authors become one, and one becomes two again; no article's id changes, and old addresses lead on.

A merge keeps the row of who was merged, and each article keeps the name as its byline has it: that is what
a split goes by.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from db import author_rows as rows_of
from db import feeds, memberships, slugs
from db.engines.engine import Engine, one
from feeds.errors import RequestError
from feeds.text.urls import url_domain


def merge(engine: Engine, old: int, new: int, now: datetime) -> None:
    """All that is the old one's becomes the new one's: articles, names, links, addresses."""
    articles = _articles(engine, old)
    pair = {"old": old, "new": new}
    for table in ("article_authors", "author_names", "author_links"):
        engine.run(f"UPDATE {table} SET author_id = :new WHERE author_id = :old", pair)
    engine.run("UPDATE authors SET merged_into = :new WHERE id = :old OR merged_into = :old", pair)
    feeds.retire(engine, "author", old, now)
    slugs.move(engine, "author", old, new)
    _resettle(engine, articles, (old, new), now)


def join(
    engine: Engine, author_id: int, name: str, domain: str, now: datetime, *, is_exact: bool = False
) -> None:
    """The name leads to this author; every found author of it becomes this one, at that publisher or everywhere.

    `is_exact`: only who is called so letter by letter. `ELTA` is an agency, Elta somebody.
    """
    rows = engine.rows(
        "SELECT DISTINCT n.author_id FROM author_names n JOIN authors u ON u.id = n.author_id"
        " WHERE n.folded = :folded AND n.author_id <> :id AND u.origin = 'found'"
        " AND (:domain = '' OR n.domain = :domain) AND (:exact = 0 OR n.name = :name)",
        {
            "folded": rows_of.fold(name),
            "id": author_id,
            "domain": domain,
            "exact": int(is_exact),
            "name": name,
        },
    )
    for row in rows:
        merge(engine, row["author_id"], author_id, now)
    rows_of.take_name(engine, author_id, name, domain)


def split(engine: Engine, author_id: int, name: str, domain: str | None, now: datetime) -> int:
    """The articles signed with that name (at that publisher) become another author's, whose id is the answer.

    Who was merged before comes back with their own address. Raises RequestError if there is nothing to take off.
    """
    folded = rows_of.fold(name)
    rows = engine.rows(
        "SELECT folded, domain, name FROM author_names WHERE author_id = :id ORDER BY folded, domain",
        {"id": author_id},
    )
    chosen = [row for row in rows if row["folded"] == folded and domain in (None, row["domain"])]
    if not chosen:
        known = ", ".join(f"{row['name']} ({row['domain'] or 'any publisher'})" for row in rows)
        raise RequestError(f"Nothing of that author goes by {name!r} there. Known are: {known}.")
    if len(chosen) == len(rows):
        raise RequestError("That is all there is of that author: nobody would be left to split from.")
    domains = {row["domain"] for row in chosen}
    signed = [
        (row["article_id"], row["position"])
        for row in engine.rows(
            "SELECT b.article_id, b.position, b.name, a.canonical_url, s.domain AS at FROM article_authors b"
            " JOIN articles a ON a.id = b.article_id JOIN sources s ON s.id = a.source_id WHERE b.author_id = :id",
            {"id": author_id},
        )
        if rows_of.fold(row["name"]) == folded
        and ("" in domains or (url_domain(row["canonical_url"]) or row["at"]) in domains)
    ]
    new = _former(engine, author_id, folded, domains, now)
    if new is None:
        new = rows_of.add(engine, chosen[0]["name"], min(domains), "found", None, now)
    engine.run_many(
        "UPDATE author_names SET author_id = :new WHERE folded = :folded AND domain = :domain",
        [{"new": new, "folded": folded, "domain": one} for one in domains],
    )
    engine.run_many(
        "UPDATE article_authors SET author_id = :new WHERE article_id = :article AND position = :place",
        [{"new": new, "article": article, "place": place} for article, place in signed],
    )
    _resettle(engine, dict(signed), (author_id, new), now)
    return new


def _former(engine: Engine, author_id: int, folded: str, domains: Iterable[str], now: datetime) -> int | None:
    """Who was merged into the author and bore that name at that publisher, brought back."""
    wanted = set(domains)
    rows = engine.rows(
        "SELECT id, slug, name, domain FROM authors WHERE merged_into = :id ORDER BY id", {"id": author_id}
    )
    found = next(
        (row for row in rows if row["domain"] in wanted and rows_of.fold(row["name"]) == folded), None
    )
    if found is None:
        return None
    engine.run("UPDATE authors SET merged_into = NULL WHERE id = :id", {"id": found["id"]})
    engine.run(
        "UPDATE slugs SET target_id = :id WHERE kind = 'author' AND slug = :slug",
        {"id": found["id"], "slug": found["slug"]},
    )
    slugs.give(engine, "author", found["slug"], found["id"], now)
    feeds.reopen(engine, "author", found["id"])
    back: int = found["id"]
    return back


def _articles(engine: Engine, author_id: int) -> list[int]:
    rows = engine.rows("SELECT article_id FROM article_authors WHERE author_id = :id", {"id": author_id})
    return [row["article_id"] for row in rows]


def _resettle(engine: Engine, articles: Iterable[int], pair: tuple[int, int], now: datetime) -> None:
    """Articles that stand in feeds stand in those of whoever of the pair wrote them; all their feeds are told."""
    feed_of = {one: feeds.row_id(engine, "author", one, rows_of.must(engine, one).slug, now) for one in pair}
    for article_id in articles:
        present = memberships.feeds_of(engine, article_id)
        if not present:
            continue
        wrote = engine.rows(
            "SELECT author_id FROM article_authors WHERE article_id = :id AND author_id IN (:pair*)",
            {"id": article_id, "pair": list(pair)},
        )
        wanted = (set(present) - set(feed_of.values())) | {feed_of[row["author_id"]] for row in wrote}
        memberships.sync(engine, article_id, wanted, now, is_changed=True, fields=("authors",))
    for feed in feed_of.values():
        memberships.touch_all(engine, feed, now)


def possessions_of(engine: Engine, author_id: int) -> dict[str, object]:
    """What the author holds, and into whom they were merged: what a merge is taken back with."""
    rows = {
        table: [list(row.values()) for row in engine.rows(sql, {"id": author_id})]
        for table, sql in _POSSESSIONS.items()
    }
    facts = engine.rows(
        "SELECT merged_into, slug, role, bio, picture_url, links FROM authors WHERE id = :id",
        {"id": author_id},
    )[0]
    links = msgspec.json.decode(facts["links"]) if facts["links"] else []
    return {**rows, **facts, "links": links}


def unmerge(
    engine: Engine, author_id: int, possessions: dict[str, list[list[object]]], now: datetime
) -> None:
    """A merged author has again what they held, as far as it is still with whom they were merged into."""
    row = engine.rows("SELECT merged_into, slug FROM authors WHERE id = :id", {"id": author_id})[0]
    other, slug = row["merged_into"], row["slug"]
    if other is None:
        raise RequestError("They are two already.")
    engine.run("UPDATE authors SET merged_into = NULL WHERE id = :id", {"id": author_id})
    for table, keys in _KEYS.items():
        condition = " AND ".join(f"{key} = :{key}" for key in keys)
        engine.run_many(
            f"UPDATE {table} SET author_id = :one WHERE {condition} AND author_id = :other",
            [
                {**dict(zip(keys, values, strict=True)), "one": author_id, "other": other}
                for values in possessions.get(table, [])
            ],
        )
    engine.run(
        "UPDATE slugs SET target_id = :id WHERE kind = 'author' AND slug = :slug",
        {"id": author_id, "slug": slug},
    )
    slugs.give(engine, "author", slug, author_id, now)
    feeds.reopen(engine, "author", author_id)
    articles = {int(str(article)) for article, _ in possessions.get("article_authors", [])}
    _resettle(engine, sorted(articles), (author_id, other), now)


_KEYS = {
    "article_authors": ("article_id", "position"),
    "author_names": ("folded", "domain"),
    "author_links": ("link", "folded"),
}
_POSSESSIONS = {
    table: f"SELECT {', '.join(keys)} FROM {table} WHERE author_id = :id ORDER BY {', '.join(keys)}"
    for table, keys in _KEYS.items()
}


def id_of_slug(engine: Engine, slug: str) -> int | None:
    """Who has the slug, or had it."""
    row = one(
        engine.rows("SELECT target_id FROM slugs WHERE kind = 'author' AND slug = :slug", {"slug": slug})
    )
    return row["target_id"] if row else None
