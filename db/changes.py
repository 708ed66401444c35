"""The log of what people changed; rows are added and marked as undone, never altered (tables `changes`, `change_subjects`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from db.engines.engine import Engine, Row, chunks, one
from db.words import holds
from feeds.clock import from_ms, to_ms
from feeds.model.people import Actor, Change, Effect, Step, Wording

_COLUMNS = "c.id, c.made_at, c.who, c.via, c.kind, c.what, c.steps, c.effects, c.undoes_id, c.undone_by_id"


def add(
    engine: Engine,
    actor: Actor,
    *,
    kind: str,
    what: str,
    steps: Sequence[Step],
    effects: Sequence[Effect],
    undoes_id: int | None,
    now: datetime,
) -> Change:
    """A new line of the log."""
    rows = engine.rows(
        "INSERT INTO changes (made_at, who, via, kind, what, steps, effects, undoes_id) VALUES (:now, :who, :via, :kind,"
        " :what, :steps, :effects, :undoes) RETURNING id",
        {
            "now": to_ms(now),
            "who": actor.name,
            "via": actor.via,
            "kind": kind,
            "what": what,
            "steps": msgspec.json.encode(steps).decode(),
            "effects": msgspec.json.encode(effects).decode(),
            "undoes": undoes_id,
        },
    )
    change_id: int = rows[0]["id"]
    engine.run_many(
        "INSERT INTO change_subjects (change_id, subject) VALUES (:change, :subject)",
        [
            {"change": change_id, "subject": subject}
            for subject in dict.fromkeys(step.subject for step in steps)
        ],
    )
    if undoes_id is not None:
        engine.run("UPDATE changes SET undone_by_id = :by WHERE id = :id", {"id": undoes_id, "by": change_id})
    found = by_id(engine, change_id)
    assert found is not None
    return found


def by_id(engine: Engine, change_id: int) -> Change | None:
    """One line of the log."""
    row = one(engine.rows(f"SELECT {_COLUMNS} FROM changes c WHERE c.id = :id", {"id": change_id}))
    return _change(row) if row else None


def find(
    engine: Engine,
    *,
    who: str,
    kind: str,
    words: str,
    wordings: Mapping[str, Sequence[Wording]],
    subject: str,
    most: int,
    offset: int,
) -> tuple[Change, ...]:
    """The newest lines that fit; an empty text fits all.

    Words fit where the line is stored with them in a row, or where each stands in it or is one that `wordings` knows it by.
    """
    each, patterns = _each_word(wordings)
    whole = holds("c.what", words, patterns)
    # Of one subject or one person, the log is not read to its end.
    lines = (
        "change_subjects s JOIN changes c ON c.id = s.change_id WHERE s.subject = :subject"
        if subject
        else "changes c WHERE :subject = ''"
    )
    by_whom = " AND c.who = :who" if who else " AND :who = ''"
    rows = engine.rows(
        f"SELECT {_COLUMNS} FROM {lines}{by_whom} AND (:kind = '' OR c.kind = :kind)"
        f" AND (:words = '' OR {whole}{each}) ORDER BY c.id DESC LIMIT :most OFFSET :offset",
        {
            "who": who,
            "kind": kind,
            "words": words,
            "subject": subject,
            "most": most,
            "offset": offset,
            **patterns,
        },
    )
    return tuple(_change(row) for row in rows)


def _each_word(by_word: Mapping[str, Sequence[Wording]]) -> tuple[str, dict[str, Any]]:
    """The condition that each word fits by itself, and its parameters."""
    patterns: dict[str, Any] = {}

    def like(pattern: str) -> str:
        return f"c.what LIKE :{_named(patterns, pattern)}"

    words: list[str] = []
    for word, wordings in by_word.items():
        ways = [holds("c.what", word, patterns)]
        for wording in wordings:
            but = "".join(f" AND NOT {like(pattern)}" for pattern in wording.but)
            ways.append(f"({like(wording.like)}{but})" if but else like(wording.like))
        words.append(f"({' OR '.join(ways)})")
    return (f" OR ({' AND '.join(words)})" if words else ""), patterns


def _named(patterns: dict[str, Any], pattern: str) -> str:
    name = f"p{len(patterns)}"
    patterns[name] = pattern
    return name


def later(engine: Engine, subjects: Sequence[str], after: int) -> tuple[Change, ...]:
    """Changes of these subjects after that one which still hold, newest first."""
    ids: set[int] = set()
    for part in chunks(subjects):
        ids |= {
            row["change_id"]
            for row in engine.rows(
                "SELECT change_id FROM change_subjects WHERE subject IN (:subjects*) AND change_id > :after",
                {"subjects": part, "after": after},
            )
        }
    found = [one for one in (by_id(engine, key) for key in sorted(ids, reverse=True)) if one is not None]
    return tuple(one for one in found if one.undone_by_id is None and one.undoes_id is None)


def names(engine: Engine) -> tuple[str, ...]:
    """Everybody who changed something."""
    # From one name to the next in the index: DISTINCT would read every line.
    rows = engine.rows(
        "WITH RECURSIVE found (who) AS (SELECT min(who) FROM changes UNION ALL"
        " SELECT (SELECT min(c.who) FROM changes c WHERE c.who > f.who) FROM found f WHERE f.who IS NOT NULL)"
        " SELECT who FROM found WHERE who IS NOT NULL"
    )
    return tuple(row["who"] for row in rows)


def _change(row: Row) -> Change:
    return Change(
        id=row["id"],
        made_at=from_ms(row["made_at"]),
        who=row["who"],
        via=row["via"],
        kind=row["kind"],
        what=row["what"],
        steps=msgspec.json.decode(row["steps"], type=tuple[Step, ...]),
        effects=msgspec.json.decode(row["effects"], type=tuple[Effect, ...]),
        undoes_id=row["undoes_id"],
        undone_by_id=row["undone_by_id"],
    )
