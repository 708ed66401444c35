"""Mixes that an admin saved (table `saved_mixes`), and which of them an article stands in.

A mix at `/mix/…` is a query; a saved one is a feed with memberships, so that it has archives and is rendered ahead.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from db import feeds, memberships, slugs
from db.engines.engine import Engine, Row, chunks
from db.languages import LANGUAGE
from feeds.clock import to_ms
from feeds.model.mixes import FEED_KINDS, Holding, MixTerm, SavedMix, holds, parse_mix

KIND: Final = "mix"
_COLUMNS = "x.id, x.slug, x.title, x.description, x.path, x.origin, x.state"


def put(
    engine: Engine, *, slug: str, title: str, description: str, path: str, origin: str, now: datetime
) -> SavedMix:
    """Adds the mix or changes it, and opens its feed; raises RequestError for a slug that leads elsewhere now."""
    values = {
        "slug": slug, "title": title, "description": description, "path": path, "origin": origin,
        "now": to_ms(now),
    }  # fmt: skip
    owner = slugs.present(engine, KIND, slug)
    if owner is None:
        rows = engine.rows(
            "INSERT INTO saved_mixes (slug, title, description, path, origin, state, added_at)"
            " VALUES (:slug, :title, :description, :path, :origin, 'active', :now) RETURNING id",
            values,
        )
        owner = rows[0]["id"]
        slugs.give(engine, KIND, slug, owner, now)
    else:
        engine.run(
            "UPDATE saved_mixes SET title = :title, description = :description, path = :path, origin = :origin,"
            " state = 'active' WHERE id = :id",
            values | {"id": owner},
        )
        feeds.reopen(engine, KIND, owner)
    memberships.touch_all(engine, feeds.row_id(engine, KIND, owner, slug, now), now)
    return _mix(engine.rows(f"SELECT {_COLUMNS} FROM saved_mixes x WHERE x.id = :id", {"id": owner})[0])


def every(engine: Engine) -> tuple[SavedMix, ...]:
    """All of them by slug, also those that were given up."""
    return tuple(_mix(row) for row in engine.rows(f"SELECT {_COLUMNS} FROM saved_mixes x ORDER BY x.slug"))


def set_state(engine: Engine, mix_id: int, state: str, now: datetime) -> None:
    """active, paused (it gets no more, and keeps what it has), or retired (its feed has ended)."""
    engine.run("UPDATE saved_mixes SET state = :state WHERE id = :id", {"id": mix_id, "state": state})
    if state == "retired":
        feeds.retire(engine, KIND, mix_id, now)
    else:
        feeds.reopen(engine, KIND, mix_id)


def rename(engine: Engine, mix_id: int, slug: str, now: datetime) -> None:
    """A new slug; the old one leads to it."""
    slugs.require_free(engine, KIND, slug, mix_id)
    slugs.give(engine, KIND, slug, mix_id, now)
    engine.run("UPDATE saved_mixes SET slug = :slug WHERE id = :id", {"id": mix_id, "slug": slug})
    memberships.touch_all(engine, feeds.row_id(engine, KIND, mix_id, slug, now), now)


def members(engine: Engine, mix_id: int) -> list[int]:
    """The articles that stand in it, or are about to."""
    rows = engine.rows(
        "SELECT m.article_id FROM memberships m JOIN feeds f ON f.id = m.feed_id"
        " WHERE f.kind = 'mix' AND f.target_id = :id AND m.left_seq IS NULL",
        {"id": mix_id},
    )
    return [row["article_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Standing:
    """The saved mixes as they are now; which of them an article stands in."""

    active: tuple[tuple[int, tuple[tuple[MixTerm, frozenset[int]], ...]], ...] = ()
    """Feed id, and each term with the ids that its words name; none for languages."""
    paused: tuple[int, ...] = ()
    """Feeds that keep what they have."""

    @property
    def asks_for_languages(self) -> bool:
        """True if it matters in which language an article is."""
        return any(term.kind == "languages" for _, terms in self.active for term, _ in terms)

    def feeds_of(self, holding: Holding) -> set[int]:
        """The feeds of the active ones in which such an article stands."""
        return {feed for feed, terms in self.active if holds(terms, holding)}


def standing(engine: Engine, now: datetime) -> Standing:
    """The saved mixes, their words resolved to what they name now; renamed and merged words lead on."""
    rows = engine.rows("SELECT id, slug, path, state FROM saved_mixes WHERE state <> 'retired' ORDER BY id")
    if not rows:
        return Standing()
    named: dict[tuple[str, str], int] = {}
    active: list[tuple[int, tuple[tuple[MixTerm, frozenset[int]], ...]]] = []
    paused: list[int] = []
    for row in rows:
        feed = feeds.row_id(engine, KIND, row["id"], row["slug"], now)
        if row["state"] != "active":
            paused.append(feed)
            continue
        terms = tuple((term, _named(engine, term, named)) for term in parse_mix(row["path"]).terms)
        active.append((feed, terms))
    return Standing(tuple(active), tuple(paused))


def _named(engine: Engine, term: MixTerm, known: dict[tuple[str, str], int]) -> frozenset[int]:
    kind = FEED_KINDS.get(term.kind)
    if kind is None:
        return frozenset()
    for word in term.words:
        if (kind, word) not in known:
            owner = slugs.holder(engine, kind, word)
            known[kind, word] = owner if owner is not None else -1
    return frozenset(known[kind, word] for word in term.words)


def paused_of(engine: Engine, article_id: int, mixes: Standing) -> set[int]:
    """The paused mixes that the article stands in: it stays there."""
    if not mixes.paused:
        return set()
    rows = engine.rows(
        "SELECT feed_id FROM memberships WHERE article_id = :id AND left_seq IS NULL AND feed_id IN (:feeds*)",
        {"id": article_id, "feeds": list(mixes.paused)},
    )
    return {row["feed_id"] for row in rows}


def languages_of(engine: Engine, ids: Sequence[int]) -> dict[int, str]:
    """Article id → its language as a tag in lower case; empty if nobody knows."""
    return {
        row["id"]: (row["language"] or "").lower()
        for part in chunks(ids)
        for row in engine.rows(
            f"SELECT a.id, {LANGUAGE} AS language FROM articles a JOIN sources s ON s.id = a.source_id"
            " WHERE a.id IN (:ids*)",
            {"ids": part},
        )
    }


def holding_of(
    *, topics: Collection[int], authors: Collection[int], sources: Collection[int], language: str
) -> Holding:
    """What an article has, as terms ask for it."""
    return Holding(
        named={"topics": frozenset(topics), "authors": frozenset(authors), "sources": frozenset(sources)},
        language=language,
    )


def _mix(row: Row) -> SavedMix:
    return SavedMix(
        id=row["id"], slug=row["slug"], title=row["title"], description=row["description"], path=row["path"],
        origin=row["origin"], state=row["state"],
    )  # fmt: skip
