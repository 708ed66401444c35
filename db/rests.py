"""Hosts that rest or are asked less often: until when, and which source's answer is the reason (spans tables)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from db.engines.engine import Engine, Params, Row, chunks
from db.words import holds
from feeds.clock import from_ms, to_ms
from feeds.model.kept import Rest, RestSource

SOURCES_SHOWN = 3
"""So many sources of a host come with it; their number is told."""

# Each part walks an index of what rests now; a host that is in several counts once, and a rest says more than a failure.
_FOUND = (
    "SELECT host, domain, max(rank) AS rank, CASE WHEN max(rank) > 0"
    " THEN max(CASE WHEN rank > 0 THEN until_at END) ELSE min(until_at) END AS until_at, max(first_at) AS first_at FROM ("
    "SELECT host, domain, 2 AS rank, rest_until_at AS until_at, NULL AS first_at FROM hosts WHERE rest_until_at > :now"
    " UNION ALL "
    "SELECT COALESCE(h.host, d.domain), d.domain, 1, d.cool_until_at, d.next_slot_at"
    " FROM domains d LEFT JOIN hosts h ON h.domain = d.domain WHERE d.cool_until_at > 0 AND d.cool_until_at > :now"
    " UNION ALL "
    "SELECT p.host, h.domain, 0, p.next_poll_at, NULL FROM poll_states p JOIN hosts h ON h.host = p.host"
    " WHERE p.status NOT IN ('well', 'unchanged', 'new') AND p.failure_count > 0 AND p.next_poll_at > :now"
    ") AS parts{where} GROUP BY host, domain"
)
_KINDS: tuple[str, ...] = ("failing", "domain", "host")
_SOURCE = "s.slug, COALESCE(s.title, s.feed_title, s.host) AS title, p.host, p.status, p.status_detail, p.failure_count"


def find(engine: Engine, *, now: datetime, words: str, most: int, offset: int) -> tuple[Rest, ...]:
    """The hosts that rest, soonest end first; `words`: a part of the host's name."""
    found, values = _query(now, words)
    rows = engine.rows(
        f"{found} ORDER BY until_at, host LIMIT :most OFFSET :offset",
        {**values, "most": most, "offset": offset},
    )
    return _read(engine, rows)


def of_host(engine: Engine, host: str, *, now: datetime) -> Rest | None:
    """The rest of the host, or of its domain; None if neither was asked for."""
    found = _FOUND.format(where=" WHERE host = :host AND rank > 0")
    rests = _read(engine, engine.rows(found, {"now": to_ms(now), "host": host}))
    return rests[0] if rests else None


def _read(engine: Engine, rows: Sequence[Row]) -> tuple[Rest, ...]:
    sources = _sources(engine, [row["host"] for row in rows])
    causes = _causes(engine, {row["domain"] for row in rows if row["rank"] == 1})
    return tuple(_rest(row, sources.get(row["host"], []), causes) for row in rows)


def count(engine: Engine, *, now: datetime, words: str) -> int:
    """How many hosts rest."""
    found, values = _query(now, words)
    number: int = engine.rows(f"SELECT count(*) AS number FROM ({found}) AS hosts_found", values)[0]["number"]
    return number


def _query(now: datetime, words: str) -> tuple[str, Params]:
    values: dict[str, Any] = {"now": to_ms(now)}
    if words:
        return _FOUND.format(where=f" WHERE {holds('host', words, values)}"), values
    return _FOUND.format(where=""), values


def _rest(row: Row, sources: Sequence[tuple[int, RestSource]], causes: dict[str, RestSource]) -> Rest:
    kind = _KINDS[row["rank"]]
    shown = tuple(one for _, one in sources)
    failing = next((one for one in shown if one.failure_count), None)
    first = row["first_at"]
    rest = Rest(
        host=row["host"],
        domain=row["domain"],
        kind="host",
        until_at=from_ms(row["until_at"]),
        first_at=from_ms(first) if first and first > row["until_at"] else None,
        source_count=sources[0][0] if sources else 0,
        sources=shown,
        cause=failing,
    )
    if kind == "host":
        return rest
    if kind == "domain":
        asked = failing if failing and failing.status == "waiting" else causes.get(row["domain"])
        return replace(rest, kind="domain", cause=asked)
    return replace(rest, kind="failing")


def _sources(engine: Engine, hosts: Sequence[str]) -> dict[str, list[tuple[int, RestSource]]]:
    """A few sources of each host, each with how many there are, failing ones first."""
    found: dict[str, list[tuple[int, RestSource]]] = {}
    for part in chunks(hosts):
        rows = engine.rows(
            f"SELECT * FROM (SELECT {_SOURCE}, count(*) OVER (PARTITION BY p.host) AS number, row_number() OVER"
            " (PARTITION BY p.host ORDER BY CASE WHEN p.failure_count > 0 THEN 0 ELSE 1 END,"
            " COALESCE(p.last_polled_at, 0) DESC, s.id) AS place"
            " FROM poll_states p JOIN sources s ON s.id = p.source_id"
            " WHERE p.host IN (:hosts*) AND s.state = 'active') AS placed WHERE place <= :most ORDER BY host, place",
            {"hosts": part, "most": SOURCES_SHOWN},
        )
        for row in rows:
            found.setdefault(row["host"], []).append((row["number"], _source(row)))
    return found


def _causes(engine: Engine, domains: set[str]) -> dict[str, RestSource]:
    """Of each domain, the source that was asked to wait last."""
    found: dict[str, RestSource] = {}
    for part in chunks(sorted(domains)):
        rows = engine.rows(
            f"SELECT * FROM (SELECT {_SOURCE}, h.domain, row_number() OVER"
            " (PARTITION BY h.domain ORDER BY COALESCE(p.last_polled_at, 0) DESC, s.id) AS place"
            " FROM hosts h JOIN poll_states p ON p.host = h.host JOIN sources s ON s.id = p.source_id"
            " WHERE h.domain IN (:domains*) AND p.status = 'waiting' AND s.state = 'active') AS placed WHERE place = 1",
            {"domains": part},
        )
        found.update({row["domain"]: _source(row) for row in rows})
    return found


def _source(row: Row) -> RestSource:
    return RestSource(
        slug=row["slug"],
        title=row["title"],
        host=row["host"],
        status=row["status"],
        detail=row["status_detail"],
        failure_count=row["failure_count"],
    )
