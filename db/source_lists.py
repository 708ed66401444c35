"""Sources page by page, those that need somebody in front (spans tables)."""

from __future__ import annotations

from collections.abc import Sequence

from db.engines.engine import Engine, Params
from db.words import holds
from feeds.model.kept import SourceFilter, SourceTally

_FROM = " FROM sources s JOIN poll_states p ON p.source_id = s.id"
_LIVE = "s.state IN ('active', 'gone')"
_TROUBLED = f"{_LIVE} AND p.status IN (:trouble*)"
_ODD = f"{_LIVE} AND p.status NOT IN (:trouble*) AND COALESCE(p.oddity, '') <> ''"
_GROUPS = {
    "all": "s.state <> 'removed'",
    "trouble": _TROUBLED,
    "odd": _ODD,
    "paused": "s.state = 'paused'",
}

_NAME = "lower(COALESCE(s.title, s.feed_title, s.host))"
_ORDERS = {
    "harm": f"CASE WHEN {_TROUBLED} THEN 0 WHEN {_ODD} THEN 1 ELSE 2 END, ",
    "name": "",
    "new": "COALESCE(p.last_new_at, 0) DESC, ",
    "polled": "COALESCE(p.last_polled_at, 0) DESC, ",
    "next": "CASE WHEN p.next_poll_at IS NULL THEN 1 ELSE 0 END, p.next_poll_at, ",
}


def find(
    engine: Engine, wanted: SourceFilter, trouble: Sequence[str], *, most: int, offset: int
) -> list[int]:
    """Ids of the sources that fit, most harm first."""
    where, values = _where(wanted, trouble)
    rows = engine.rows(
        f"SELECT s.id{_FROM} WHERE {where} ORDER BY {_ORDERS[wanted.order]}{_NAME}, s.id LIMIT :most OFFSET :offset",
        {**values, "most": most, "offset": offset},
    )
    return [row["id"] for row in rows]


def count(engine: Engine, wanted: SourceFilter, trouble: Sequence[str]) -> int:
    """How many sources fit."""
    where, values = _where(wanted, trouble)
    found: int = engine.rows(f"SELECT count(*) AS found{_FROM} WHERE {where}", values)[0]["found"]
    return found


def tally(engine: Engine, trouble: Sequence[str]) -> SourceTally:
    """How many sources there are of each group."""
    parts = ", ".join(
        f"sum(CASE WHEN {text} THEN 1 ELSE 0 END) AS n_{name}" for name, text in _GROUPS.items()
    )
    row = engine.rows(f"SELECT {parts}{_FROM}", {"trouble": list(trouble)})[0]
    return SourceTally(**{name: int(row[f"n_{name}"] or 0) for name in _GROUPS})


def _where(wanted: SourceFilter, trouble: Sequence[str]) -> tuple[str, Params]:
    parts = ["s.state <> 'removed'", f"({_GROUPS[wanted.group]})"]
    values: dict[str, object] = {"trouble": list(trouble)}
    if wanted.words:
        columns = ("COALESCE(s.title, s.feed_title, '')", "s.slug", "s.host")
        parts.append(f"({' OR '.join(holds(column, wanted.words, values) for column in columns)})")
    if wanted.kind:
        parts.append("COALESCE(s.kind, 'feed') = :kind")
        values["kind"] = wanted.kind
    if wanted.topic:
        parts.append("s.topic_slugs LIKE :topic")
        values["topic"] = f'%"{wanted.topic}"%'
    if wanted.origin:
        parts.append("s.origin = :origin" if wanted.origin == "file" else "s.origin <> 'file'")
        values["origin"] = wanted.origin
    return " AND ".join(parts), values
