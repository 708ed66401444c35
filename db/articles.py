"""Articles and their contents (tables `articles`, `contents`, `versions`, `tombstones`, `article_categories`)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import msgspec

from db import article_columns, authors, overrides, sources, topics, versions, withdrawals
from db.engines.engine import Engine, Row, chunks, one
from db.languages import LANGUAGE
from db.withdrawals import KEPT_NO_LONGER
from feeds.clock import from_ms, to_ms
from feeds.model.articles import Article, Draft, NewArticle, SourceCredit, Tombstone
from feeds.model.incoming import Enclosure, Image
from feeds.model.passed_on import with_passed_on
from feeds.model.rights import Terms
from feeds.model.withdrawals import GONE, ended_word
from feeds.text.urls import published_url

_COLUMNS = (
    f"{LANGUAGE} AS language,"
    " a.id, a.urn, a.effective_at, a.updated_at, a.first_seen_at, a.sort_at, a.status, a.taken_back, s.options,"
    f" {article_columns.SHOWN}, s.slug AS source_slug, COALESCE(s.title, s.feed_title, s.host) AS source_title,"
    " s.home_url AS source_home, s.public_url AS source_feed, s.first_url AS source_first, s.is_ours, s.is_private, s.share,"
    " s.rights AS source_rights"
)

_GIVEN_HERE = ("urn", "source_id", "effective_at", "updated_at", "first_seen_at", "sort_at", "status")
"""Columns of a new article that are no part of its draft."""

_PURGED = (
    # The whole row: an empty one would keep its page of the file, which nothing else can use.
    "contents",
    "versions",
    "article_categories",
    "article_authors",
    "article_topics",
    "overrides",
    "hand_picks",
    "own_texts",
    "pins",
)
"""Tables that hold nothing of an article that is kept no longer."""


def add(engine: Engine, source_id: int, several: Sequence[NewArticle], now: datetime) -> list[int]:
    """Stores articles for the first time; returns their ids, which rise in their order."""
    engine.run_many(
        article_columns.insertion("articles", _GIVEN_HERE),
        [
            article_columns.values_of(new.draft, "articles")
            | {
                "urn": new.urn,
                "source_id": source_id,
                "effective_at": to_ms(new.effective_at),
                "updated_at": to_ms(new.updated_at),
                "first_seen_at": to_ms(now),
                "sort_at": to_ms(new.sort_at),
                "status": "published",
            }
            for new in several
        ],
    )
    ids: dict[str, int] = {}
    for part in chunks(new.urn for new in several):
        rows = engine.rows("SELECT urn, id FROM articles WHERE urn IN (:urns*)", {"urns": part})
        ids.update({row["urn"]: row["id"] for row in rows})
    added = [(ids[new.urn], new.draft) for new in several]
    engine.run_many(
        article_columns.insertion("contents", ("article_id",)),
        [
            article_columns.values_of(draft, "contents") | {"article_id": article_id}
            for article_id, draft in added
        ],
    )
    _add_categories(engine, [(article_id, draft.categories) for article_id, draft in added])
    return [article_id for article_id, _ in added]


def remark(engine: Engine, several: Sequence[tuple[int, str]]) -> None:
    """Other hashes for articles that show what they showed."""
    engine.run_many(
        "UPDATE articles SET hash = :hash WHERE id = :id", [{"id": key, "hash": one} for key, one in several]
    )


def change(
    engine: Engine,
    source_id: int,
    article_id: int,
    draft: Draft,
    *,
    is_major: bool,
    updated_at: datetime,
    is_quiet: bool = False,
    now: datetime,
) -> None:
    """Keeps the present state as a version and puts the draft in its place; the article is the source's from now on.

    Of a quiet change no version is kept: it would be what we made of the same words before.
    """
    if not is_quiet:
        versions.keep(engine, article_id, draft, is_major=is_major, now=now)
    engine.run(
        f"UPDATE articles SET {article_columns.assignments('articles')}, source_id = :source, updated_at = :updated,"
        " is_spoken = 0 WHERE id = :id",
        article_columns.values_of(draft, "articles")
        | {"id": article_id, "source": source_id, "updated": to_ms(updated_at)},
    )
    engine.run(
        f"UPDATE contents SET {article_columns.assignments('contents')} WHERE article_id = :id",
        article_columns.values_of(draft, "contents") | {"id": article_id},
    )
    engine.run("DELETE FROM article_categories WHERE article_id = :id", {"id": article_id})
    _add_categories(engine, [(article_id, draft.categories)])


def ids_of(engine: Engine, urns: Sequence[str]) -> tuple[int, ...]:
    """The ids of the articles that have these urns."""
    found = "SELECT id FROM articles WHERE urn IN (:urns*) ORDER BY id"
    return tuple(row["id"] for part in chunks(urns) for row in engine.rows(found, {"urns": part}))


def withdraw(engine: Engine, article_id: int, *, reason: str, now: datetime, is_silent: bool = False) -> None:
    """Marks the article as withdrawn and leaves its tombstone."""
    engine.run("UPDATE articles SET status = 'withdrawn' WHERE id = :id", {"id": article_id})
    engine.run(
        "INSERT INTO tombstones (urn, article_id, withdrawn_at, reason, is_silent)"
        " SELECT urn, id, :now, :reason, :silent FROM articles WHERE id = :id ON CONFLICT (urn) DO NOTHING",
        {"id": article_id, "now": to_ms(now), "reason": reason, "silent": int(is_silent)},
    )


def restore(engine: Engine, article_id: int, now: datetime) -> bool:
    """A withdrawn article published again, whatever its source said till now; False if it was not withdrawn."""
    row = one(
        engine.rows(
            "SELECT expires_at FROM articles WHERE id = :id AND status = 'withdrawn' /*for update*/",
            {"id": article_id},
        )
    )
    if row is None:
        return False
    if row["expires_at"] is not None and row["expires_at"] <= to_ms(now):
        withdrawals.add(engine, article_id, ended_word(from_ms(row["expires_at"])))
        engine.run("UPDATE articles SET expires_at = NULL WHERE id = :id", {"id": article_id})
    engine.run("UPDATE articles SET status = 'published' WHERE id = :id", {"id": article_id})
    engine.run("DELETE FROM tombstones WHERE article_id = :id", {"id": article_id})
    return True


def source_of(engine: Engine, article_id: int) -> int:
    """The source that the article belongs to."""
    found: int = engine.rows("SELECT source_id FROM articles WHERE id = :id", {"id": article_id})[0][
        "source_id"
    ]
    return found


def set_held(engine: Engine, article_id: int, *, is_held: bool) -> bool:
    """The article held back, or published again; False if it was neither."""
    before, after = ("published", "held") if is_held else ("held", "published")
    return bool(
        engine.run(
            "UPDATE articles SET status = :after WHERE id = :id AND status = :before",
            {"id": article_id, "before": before, "after": after},
        )
    )


def to_check(
    engine: Engine, *, seen_before: datetime, seen_since: datetime, checked_before: datetime, most: int
) -> list[tuple[int, str, int]]:
    """Id, address and source of published articles whose pages are due to be looked at, oldest look first."""
    # CROSS JOIN: else SQLite walks over the addresses of all articles there ever were, and asks each for its source.
    rows = engine.rows(
        "SELECT a.id, a.canonical_url, a.source_id FROM sources s CROSS JOIN articles a"
        " WHERE a.source_id = s.id AND s.options IS NOT NULL AND s.options LIKE :wanted AND s.state = 'active' AND a.status = 'published'"
        " AND a.canonical_url IS NOT NULL AND a.first_seen_at <= :before AND a.first_seen_at >= :since"
        " AND (a.checked_at IS NULL OR a.checked_at <= :checked)"
        " AND (a.taken_back IS NULL OR a.taken_back NOT LIKE :gone)"
        " ORDER BY COALESCE(a.checked_at, 0), a.id LIMIT :most",
        {
            "wanted": '%"check_pages":true%',
            # An admin knows that the page is gone, and restored the article all the same.
            "gone": f'%"{GONE}"%',
            "before": to_ms(seen_before),
            "since": to_ms(seen_since),
            "checked": to_ms(checked_before),
            "most": most,
        },
    )
    return [(row["id"], row["canonical_url"], row["source_id"]) for row in rows]


def note_checked(engine: Engine, article_id: int, now: datetime) -> None:
    """The article's page was looked at."""
    engine.run("UPDATE articles SET checked_at = :now WHERE id = :id", {"id": article_id, "now": to_ms(now)})


def first_place(engine: Engine, source_id: int) -> datetime | None:
    """The time by which the source's oldest article is sorted; None if it has none."""
    row = engine.rows("SELECT min(sort_at) AS first FROM articles WHERE source_id = :id", {"id": source_id})[
        0
    ]
    return None if row["first"] is None else from_ms(row["first"])


def older(engine: Engine, *, before: datetime, most: int) -> list[int]:
    """Ids of published and of withdrawn articles that were published here before then, oldest first."""
    # One after the other, since each has an index of its own.
    found: list[int] = []
    for status in ("published", "withdrawn"):
        rows = engine.rows(
            f"SELECT id FROM articles WHERE status = '{status}' AND sort_at < :before ORDER BY sort_at LIMIT :most",
            {"before": to_ms(before), "most": most - len(found)},
        )
        found += [row["id"] for row in rows]
    return found


def count_older(engine: Engine, *, before: datetime) -> int:
    """How many published and withdrawn articles were published here before then."""
    counts = (
        f"(SELECT count(*) FROM articles WHERE status = '{status}' AND sort_at < :before)"
        for status in ("published", "withdrawn")
    )
    found: int = engine.rows(f"SELECT {' + '.join(counts)} AS n", {"before": to_ms(before)})[0]["n"]
    return found


def purge(engine: Engine, article_id: int, *, now: datetime) -> None:
    """Removes everything of the article but its identity, and leaves its tombstone."""
    withdraw(engine, article_id, reason=KEPT_NO_LONGER, now=now)
    one_id = {"id": article_id}
    engine.run("UPDATE articles SET status = 'purged', title = '', rights = NULL WHERE id = :id", one_id)
    for table in _PURGED:
        engine.run(f"DELETE FROM {table} WHERE article_id = :id", one_id)


def by_id(engine: Engine, article_id: int) -> Article | Tombstone | None:
    """One article whole, or the sign that it left."""
    grave = one(
        engine.rows(
            "SELECT t.urn, t.withdrawn_at, t.reason, t.is_silent, a.status, s.is_private FROM tombstones t"
            " JOIN articles a ON a.id = t.article_id JOIN sources s ON s.id = a.source_id WHERE t.article_id = :id",
            {"id": article_id},
        )
    )
    if grave:
        return Tombstone(
            urn=grave["urn"],
            withdrawn_at=from_ms(grave["withdrawn_at"]),
            reason=grave["reason"],
            is_silent=bool(grave["is_silent"]),
            is_purged=withdrawals.is_purged(grave),
            is_private=bool(grave["is_private"]),
        )
    return next(iter(by_ids(engine, [article_id])), None)


def by_ids(engine: Engine, ids: Sequence[int], *, is_original: bool = False) -> tuple[Article, ...]:
    """Articles whole, in the order asked for; those unknown are left out.

    With what people set over their sources' words, unless `is_original`.
    """
    rows: dict[int, Row] = {}
    categories: dict[int, list[str]] = {}
    for part in chunks(ids):
        found = engine.rows(
            f"SELECT {_COLUMNS} FROM articles a JOIN contents c ON c.article_id = a.id"
            " JOIN sources s ON s.id = a.source_id WHERE a.id IN (:ids*)",
            {"ids": part},
        )
        rows.update({row["id"]: row for row in found})
        for row in engine.rows(
            "SELECT article_id, label FROM article_categories WHERE article_id IN (:ids*) ORDER BY article_id, position",
            {"ids": part},
        ):
            categories.setdefault(row["article_id"], []).append(row["label"])
    by_whom = authors.of_articles(engine, ids)
    if is_original:
        by_whom |= {
            key: authors.of_ids(engine, [one for one, _ in authors.as_merged(engine, names)])
            for key, names in overrides.beneath(engine, ids).items()
        }
    about = topics.of_articles(engine, ids)
    laid = {} if is_original else overrides.of_articles(engine, ids)
    return tuple(
        _article(
            overrides.laid_over(rows[i], laid[i]) if i in laid else rows[i],
            tuple(categories.get(i, ())),
            by_whom.get(i, ()),
            about.get(i, ()),
        )
        for i in ids
        if i in rows
    )


def _article(row: Row, categories: tuple[str, ...], by_whom: tuple, about: tuple) -> Article:  # type: ignore[type-arg]
    options = sources.options_of(row["options"])
    article = Article(
        id=row["id"],
        urn=row["urn"],
        url=published_url(row["url"], row["canonical_url"]),
        title=row["title"],
        summary=row["summary"],
        content_html=row["content_html"],
        language=row["language"],
        rights=row["rights"],
        published_at=None if row["published_at"] is None else from_ms(row["published_at"]),
        effective_at=from_ms(row["effective_at"]),
        updated_at=from_ms(row["updated_at"]),
        first_seen_at=from_ms(row["first_seen_at"]),
        sort_at=from_ms(row["sort_at"]),
        authors=by_whom,
        categories=categories,
        topics=about,
        enclosures=msgspec.json.decode(row["enclosures"], type=tuple[Enclosure, ...]),
        images=msgspec.json.decode(row["images"], type=tuple[Image, ...]),
        source=SourceCredit(
            slug=row["source_slug"],
            title=row["source_title"],
            home_url=row["source_home"],
            feed_url=row["source_feed"],
            feed_id=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, row['source_first'])}",
            is_ours=bool(row["is_ours"]),
            is_private=bool(row["is_private"]),
            share=row["share"],
            rights=row["source_rights"],
            pictures=options.pictures,
        ),
        status=row["status"],
        is_date_guessed=bool(row["is_date_guessed"]),
        is_title_guessed=bool(row["is_title_guessed"]),
        is_restricted=bool(row["is_restricted"]) and not options.terms_agreed,
        terms=msgspec.json.decode(row["terms"], type=tuple[Terms, ...]) if row["terms"] else (),
        overruled=withdrawals.words_of(row["taken_back"]) if row["status"] == "published" else (),
    )
    return with_passed_on(article, article_columns.passed_on(row))


def _add_categories(engine: Engine, several: Sequence[tuple[int, Sequence[str]]]) -> None:
    engine.run_many(
        "INSERT INTO article_categories (article_id, position, label, folded)"
        " VALUES (:id, :position, :label, :folded)",
        [
            {"id": article_id, "position": place, "label": label, "folded": label.casefold()}
            for article_id, labels in several
            for place, label in enumerate(labels)
        ],
    )
