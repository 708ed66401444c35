"""Topics, and which articles belong to them and why (tables `topics`, `article_topics`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

import msgspec

from db import feeds, memberships, overrides, retold, slugs
from db.engines.engine import Engine, Row, chunks
from db.languages import LANGUAGE
from feeds.clock import to_ms
from feeds.config.expressions import with_source_renamed
from feeds.errors import NotFoundError
from feeds.model.articles import Topic, TopicMatch, TopicRule
from feeds.model.kept import CategoryCount, Matchable

_MATCHABLE = (
    f"SELECT a.id, a.source_id, a.title, a.canonical_url, a.url, {LANGUAGE} AS language,"
    " c.summary, c.content_html FROM articles a JOIN contents c ON c.article_id = a.id"
    " JOIN sources s ON s.id = a.source_id"
)
_COLUMNS = "t.id, t.slug, t.title, t.description, t.rule, t.origin, t.state"


def put(
    engine: Engine, *, slug: str, title: str, description: str, rule: TopicRule, origin: str, now: datetime
) -> Topic:
    """Adds the topic or changes it; its title and subjects show in every feed that holds its articles.

    Raises RequestError for a slug that leads to a topic which is called otherwise now.
    """
    values = {
        "slug": slug,
        "title": title,
        "description": description,
        "rule": msgspec.json.encode(_by_present_names(engine, rule)).decode(),
        "origin": origin,
        "now": to_ms(now),
    }
    owner = slugs.present(engine, "topic", slug)
    if owner is None:
        rows = engine.rows(
            "INSERT INTO topics (slug, title, description, rule, origin, state, added_at)"
            " VALUES (:slug, :title, :description, :rule, :origin, 'active', :now) RETURNING id",
            values,
        )
        owner = rows[0]["id"]
        slugs.give(engine, "topic", slug, owner, now)
        feeds.row_id(engine, "topic", owner, slug, now)
    else:
        before = _topic(engine.rows(f"SELECT {_COLUMNS} FROM topics t WHERE t.id = :id", {"id": owner})[0])
        engine.run(
            "UPDATE topics SET title = :title, description = :description, rule = :rule, origin = :origin,"
            " state = 'active' WHERE id = :id",
            values | {"id": owner},
        )
        feeds.reopen(engine, "topic", owner)
        memberships.touch_all(engine, feeds.row_id(engine, "topic", owner, slug, now), now)
        if (before.title, before.rule.medtop) != (title, rule.medtop):
            _touch_labelled(engine, owner, now)
    return _topic(engine.rows(f"SELECT {_COLUMNS} FROM topics t WHERE t.id = :id", {"id": owner})[0])


def rename(engine: Engine, old: str, new: str, now: datetime) -> None:
    """A new slug; the old one leads to it."""
    topic_id = id_of(engine, old)
    slugs.require_free(engine, "topic", new, topic_id)
    slugs.give(engine, "topic", new, topic_id, now)
    engine.run("UPDATE topics SET slug = :slug WHERE id = :id", {"slug": new, "id": topic_id})
    follow_rename(engine, "topic", old, new)
    memberships.touch_all(engine, feeds.row_id(engine, "topic", topic_id, new, now), now)
    retold.begin(engine, "topic", topic_id, ("topics",))


def follow_rename(engine: Engine, kind: Literal["source", "topic"], old: str, new: str) -> None:
    """Rules that name a source, or the topic above them, by its former slug name it by the present one."""
    for row in engine.rows("SELECT id, rule FROM topics ORDER BY id"):
        rule = msgspec.json.decode(row["rule"], type=TopicRule)
        after = _renamed(rule, kind, old, new)
        if after != rule:
            engine.run(
                "UPDATE topics SET rule = :rule WHERE id = :id",
                {"rule": msgspec.json.encode(after).decode(), "id": row["id"]},
            )


def _by_present_names(engine: Engine, rule: TopicRule) -> TopicRule:
    """The rule as it is meant, where the config file still has the former names of what was renamed since."""
    for kind, old, new in slugs.former(engine, ("source", "topic")):
        rule = _renamed(rule, kind, old, new)
    return rule


def _renamed(rule: TopicRule, kind: str, old: str, new: str) -> TopicRule:
    if kind == "topic":
        return replace(rule, parent=new) if rule.parent == old else rule
    return replace(
        rule,
        source_slugs=tuple(dict.fromkeys(new if one == old else one for one in rule.source_slugs)),
        expressions=tuple(with_source_renamed(one, old, new) for one in rule.expressions),
        exclude=tuple(with_source_renamed(one, old, new) for one in rule.exclude),
    )


def set_state(engine: Engine, slug: str, state: str) -> None:
    """active or paused."""
    engine.run("UPDATE topics SET state = :state WHERE id = :id", {"state": state, "id": id_of(engine, slug)})


def give_articles(engine: Engine, old: str, new: str) -> list[int]:
    """Moves the matches of one topic to another; returns the articles that it had."""
    ids = {"old": id_of(engine, old), "new": id_of(engine, new)}
    rows = engine.rows("SELECT article_id FROM article_topics WHERE topic_id = :old ORDER BY article_id", ids)
    engine.run(
        "INSERT INTO article_topics (article_id, topic_id, evidence)"
        " SELECT article_id, :new + 0, evidence FROM article_topics WHERE topic_id = :old"
        " ON CONFLICT (article_id, topic_id) DO NOTHING",
        ids,
    )
    engine.run("DELETE FROM article_topics WHERE topic_id = :old", ids)
    return [row["article_id"] for row in rows]


def end(engine: Engine, old: str, new: str, now: datetime) -> None:
    """A topic without articles is no more; all its slugs, and rules that name it, lead to another."""
    ended, heir = id_of(engine, old), id_of(engine, new)
    follow_rename(engine, "topic", old, new)
    slugs.move(engine, "topic", ended, heir)
    feeds.retire(engine, "topic", ended, now)
    engine.run("DELETE FROM topics WHERE id = :id", {"id": ended})
    memberships.touch_all(engine, feeds.row_id(engine, "topic", heir, new, now), now)


def retire(engine: Engine, slug: str, now: datetime) -> list[int]:
    """Ends the topic and its feed; returns which articles it held. Its slug stays its own."""
    topic_id = id_of(engine, slug)
    rows = engine.rows(
        "DELETE FROM article_topics WHERE topic_id = :id RETURNING article_id", {"id": topic_id}
    )
    engine.run("UPDATE topics SET state = 'retired' WHERE id = :id", {"id": topic_id})
    feeds.retire(engine, "topic", topic_id, now)
    return [row["article_id"] for row in rows]


def every(engine: Engine) -> tuple[Topic, ...]:
    """All topics by slug, without those that were retired."""
    rows = engine.rows(f"SELECT {_COLUMNS} FROM topics t WHERE t.state <> 'retired' ORDER BY t.slug")
    return tuple(_topic(row) for row in rows)


def by_id(engine: Engine, topic_id: int, *, is_retired: bool = False) -> Topic | None:
    """The topic of that id, living or retired as asked for."""
    found = "t.state = 'retired'" if is_retired else "t.state <> 'retired'"
    rows = engine.rows(f"SELECT {_COLUMNS} FROM topics t WHERE t.id = :id AND {found}", {"id": topic_id})
    return _topic(rows[0]) if rows else None


def of_articles(engine: Engine, ids: Sequence[int]) -> dict[int, tuple[Topic, ...]]:
    """The topics of each article, by title."""
    found: dict[int, list[Topic]] = {}
    for part in chunks(ids):
        rows = engine.rows(
            f"SELECT m.article_id, {_COLUMNS} FROM article_topics m JOIN topics t ON t.id = m.topic_id"
            " WHERE m.article_id IN (:ids*) ORDER BY m.article_id, t.title, t.id",
            {"ids": part},
        )
        for row in rows:
            found.setdefault(row["article_id"], []).append(_topic(row))
    return {key: tuple(several) for key, several in found.items()}


def set_of_article(engine: Engine, article_id: int, matches: Sequence[TopicMatch]) -> bool:
    """Gives an article these topics with their evidence; True if its topics changed."""
    before = {
        row["topic_id"]
        for row in engine.rows(
            "SELECT topic_id FROM article_topics WHERE article_id = :id", {"id": article_id}
        )
    }
    engine.run("DELETE FROM article_topics WHERE article_id = :id", {"id": article_id})
    return add_to_article(engine, article_id, matches) != before


def add_to_article(engine: Engine, article_id: int, matches: Sequence[TopicMatch]) -> set[int]:
    """Gives an article topics that it has not yet; returns their ids. Slugs that no topic has are left out."""
    return add_to_articles(engine, [(article_id, matches)])[0]


def add_to_articles(engine: Engine, several: Sequence[tuple[int, Sequence[TopicMatch]]]) -> list[set[int]]:
    """The same for several articles, each met once."""
    wanted = dict.fromkeys(match.slug for _, matches in several for match in matches)
    ids = {slug: slugs.holder(engine, "topic", slug) for slug in wanted}
    found = [
        {topic_id: match.evidence for match in matches if (topic_id := ids[match.slug]) is not None}
        for _, matches in several
    ]
    engine.run_many(
        "INSERT INTO article_topics (article_id, topic_id, evidence) VALUES (:id, :topic, :evidence)",
        [
            {"id": article_id, "topic": topic_id, "evidence": text}
            for (article_id, _), about in zip(several, found, strict=True)
            for topic_id, text in about.items()
        ],
    )
    return [set(about) for about in found]


def ids_of_article(engine: Engine, article_id: int) -> list[int]:
    """The ids of an article's topics."""
    rows = engine.rows("SELECT topic_id FROM article_topics WHERE article_id = :id", {"id": article_id})
    return [row["topic_id"] for row in rows]


def category_counts(engine: Engine, most: int) -> tuple[CategoryCount, ...]:
    """Labels that sources use, most used first."""
    rows = engine.rows(
        "SELECT min(c.label) AS label, count(*) AS articles, count(DISTINCT a.source_id) AS sources"
        " FROM article_categories c JOIN articles a ON a.id = c.article_id GROUP BY c.folded"
        " ORDER BY count(*) DESC, min(c.label) LIMIT :most",
        {"most": most},
    )
    return tuple(
        CategoryCount(label=row["label"], article_count=row["articles"], source_count=row["sources"])
        for row in rows
    )


def matchable(engine: Engine, *, after_id: int, most: int) -> tuple[Matchable, ...]:
    """Published articles by id, as topic rules see them."""
    rows = engine.rows(
        f"{_MATCHABLE} WHERE a.id > :after AND a.status = 'published' ORDER BY a.id LIMIT :most",
        {"after": after_id, "most": most},
    )
    return _matchables(engine, rows)


def matchable_of(engine: Engine, ids: Sequence[int]) -> tuple[Matchable, ...]:
    """The same of these articles, those that are held back among them."""
    rows: list[Row] = []
    for part in chunks(ids):
        rows += engine.rows(
            f"{_MATCHABLE} WHERE a.id IN (:ids*) AND a.status IN ('published', 'held') ORDER BY a.id",
            {"ids": part},
        )
    return _matchables(engine, rows)


def _matchables(engine: Engine, rows: Sequence[Row]) -> tuple[Matchable, ...]:
    ids = [row["id"] for row in rows]
    carriers, by_whom = _carriers(engine, ids), _names(engine, ids)
    laid = overrides.values_of(engine, ids)
    labels: dict[int, list[str]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT article_id, label FROM article_categories WHERE article_id IN (:ids*) ORDER BY article_id, position",
            {"ids": part},
        ):
            labels.setdefault(row["article_id"], []).append(row["label"])
    return tuple(
        Matchable(
            id=row["id"],
            # The source that brought it first stands in front.
            source_slugs=tuple(
                slug for _, slug, _ in sorted(carriers[row["id"]], key=lambda one: one[0] != row["source_id"])
            ),
            source_topics=tuple(
                dict.fromkeys(topic for _, _, topics in carriers[row["id"]] for topic in topics)
            ),
            title=_laid(laid, row, "title"),
            summary=_laid(laid, row, "summary"),
            text_html=row["content_html"],
            url=row["canonical_url"] or row["url"],
            categories=tuple(labels.get(row["id"], ())),
            authors=tuple(dict.fromkeys(by_whom.get(row["id"], ()))),
            language=row["language"],
        )
        for row in rows
    )


def _laid(laid: dict[int, dict[str, str]], row: Row, field: str) -> str:
    """What somebody set over the field, else what the source says."""
    over = laid.get(row["id"], {})
    return over[field] if field in over else str(row[field])


def matches_of(engine: Engine, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The topics of each article by their slugs, with the evidence."""
    found: dict[int, dict[str, str]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT m.article_id, t.slug, m.evidence FROM article_topics m JOIN topics t ON t.id = m.topic_id"
            " WHERE m.article_id IN (:ids*)",
            {"ids": part},
        ):
            found.setdefault(row["article_id"], {})[row["slug"]] = row["evidence"]
    return found


def _carriers(engine: Engine, ids: Sequence[int]) -> dict[int, list[tuple[int, str, tuple[str, ...]]]]:
    """Id, slug and own topics of every source that carries each article."""
    found: dict[int, list[tuple[int, str, tuple[str, ...]]]] = {}
    carriers: dict[int, tuple[int, str, tuple[str, ...]]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT DISTINCT g.article_id, s.id, s.slug, s.topic_slugs FROM sightings g"
            " JOIN sources s ON s.id = g.source_id WHERE g.article_id IN (:ids*) ORDER BY g.article_id, s.id",
            {"ids": part},
        ):
            if row["id"] not in carriers:
                slugs_ = msgspec.json.decode(row["topic_slugs"], type=tuple[str, ...])
                carriers[row["id"]] = (row["id"], row["slug"], slugs_)
            found.setdefault(row["article_id"], []).append(carriers[row["id"]])
    return found


def _names(engine: Engine, ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of each article's authors: by which we know them, and as they are written there."""
    found: dict[int, list[str]] = {}
    for part in chunks(ids):
        for row in engine.rows(
            "SELECT m.article_id, a.name, m.name AS written FROM article_authors m JOIN authors a ON a.id = m.author_id"
            " WHERE m.article_id IN (:ids*) ORDER BY m.article_id, m.position",
            {"ids": part},
        ):
            found.setdefault(row["article_id"], []).extend((row["name"], row["written"]))
    return found


def _touch_labelled(engine: Engine, topic_id: int, now: datetime) -> None:
    """Articles bear the titles of their topics as labels, in whatever feed they stand."""
    retold.begin(engine, "topic", topic_id, ("topics",))
    engine.run(
        "INSERT INTO touched (feed_id, article_id, what, touched_at)"
        " SELECT DISTINCT m.feed_id, 0, 'header', :now + 0 FROM article_topics b"
        " JOIN memberships m ON m.article_id = b.article_id AND m.left_seq IS NULL WHERE b.topic_id = :topic",
        {"topic": topic_id, "now": to_ms(now)},
    )


def id_of(engine: Engine, slug: str) -> int:
    owner = slugs.holder(engine, "topic", slug)
    if owner is None:
        raise NotFoundError(f"There is no topic {slug!r}.")
    return owner


def _topic(row: Row) -> Topic:
    return Topic(
        id=row["id"],
        slug=row["slug"],
        title=row["title"],
        description=row["description"],
        rule=msgspec.json.decode(row["rule"], type=TopicRule),
        origin=row["origin"],
        state=row["state"],
    )
