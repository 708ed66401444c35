"""Claims: who may poll a host, and the number that makes a late writer harmless (table `hosts`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from db.engines.engine import Engine, Row, chunks, one
from feeds.clock import to_ms
from feeds.errors import ClaimLostError


def add(engine: Engine, host: str, domain: str) -> None:
    """The host's row, if there is none."""
    engine.run(
        "INSERT INTO hosts (host, domain, claim_no, claimed_until_at) VALUES (:host, :domain, 0, 0)"
        " ON CONFLICT (host) DO NOTHING",
        {"host": host, "domain": domain},
    )


def due(engine: Engine, *, owner: str, now: datetime, most: int, busy: Collection[str] = ()) -> list[Row]:
    """Hosts with something due that nobody holds, nor their domain, and that do not rest, longest overdue first.

    `busy` names hosts that the owner is still working on: they are left out even where their claim has run out,
    because a second claim would void what is under way. The rows are locked.
    """
    return engine.rows(
        "SELECT host, domain FROM hosts WHERE next_due_at IS NOT NULL AND next_due_at <= :now"
        " AND claimed_until_at <= :now AND (rest_until_at IS NULL OR rest_until_at <= :now)"
        f"{except_busy(busy)} AND NOT EXISTS (SELECT 1 FROM domains d WHERE d.domain = hosts.domain"
        " AND d.held_until_at > :now AND d.held_by <> :owner)"
        " ORDER BY next_due_at LIMIT :most /*skip locked*/",
        {"now": to_ms(now), "most": most, "owner": owner, "busy": sorted(busy)},
    )


def except_busy(busy: Collection[str]) -> str:
    """The clause that leaves out the hosts of `:busy`; nothing where there are none."""
    return " AND host NOT IN (:busy*)" if busy else ""


def claim(engine: Engine, hosts: Sequence[str], *, owner: str, until: datetime) -> dict[str, int]:
    """Gives the hosts to the owner; returns each one's new claim number."""
    numbers: dict[str, int] = {}
    for part in chunks(hosts):
        rows = engine.rows(
            "UPDATE hosts SET claim_no = claim_no + 1, claimed_by = :owner, claimed_until_at = :until"
            " WHERE host IN (:hosts*) RETURNING host, claim_no",
            {"owner": owner, "until": to_ms(until), "hosts": part},
        )
        numbers.update({row["host"]: row["claim_no"] for row in rows})
    return numbers


def extend(engine: Engine, hosts: Collection[str], *, owner: str, until: datetime) -> frozenset[str]:
    """Holds these hosts for longer; returns those that are still the owner's."""
    kept: set[str] = set()
    for part in chunks(sorted(hosts)):
        rows = engine.rows(
            "UPDATE hosts SET claimed_until_at = :until WHERE claimed_by = :owner AND host IN (:hosts*)"
            " RETURNING host",
            {"owner": owner, "until": to_ms(until), "hosts": part},
        )
        kept.update(row["host"] for row in rows)
    return frozenset(kept)


def release(engine: Engine, *, owner: str, hosts: Sequence[str] | None) -> None:
    """Lets go of the owner's hosts: those named, or all."""
    if hosts is None:
        engine.run(
            "UPDATE hosts SET claimed_by = NULL, claimed_until_at = 0 WHERE claimed_by = :owner",
            {"owner": owner},
        )
        return
    for part in chunks(hosts):
        engine.run(
            "UPDATE hosts SET claimed_by = NULL, claimed_until_at = 0"
            " WHERE claimed_by = :owner AND host IN (:hosts*)",
            {"owner": owner, "hosts": part},
        )


def rest(engine: Engine, host: str, until: datetime) -> None:
    """Nothing of the host is claimed before then, whatever becomes due."""
    engine.run(
        "UPDATE hosts SET rest_until_at = :until WHERE host = :host",
        {"host": host, "until": to_ms(until)},
    )


def check(engine: Engine, host: str, claim_no: int) -> None:
    """Raises ClaimLostError if somebody claimed the host since; else holds the row as it is."""
    row = one(engine.rows("SELECT claim_no FROM hosts WHERE host = :host /*for share*/", {"host": host}))
    if row is None or row["claim_no"] != claim_no:
        raise ClaimLostError(f"The claim on {host} was taken over; what it found is left to the new holder.")


def lost(engine: Engine, claims: Mapping[str, int]) -> frozenset[str]:
    """The hosts that somebody claimed since; the rows of the others are held as they are."""
    numbers: dict[str, int] = {}
    for part in chunks(sorted(claims)):
        rows = engine.rows(
            "SELECT host, claim_no FROM hosts WHERE host IN (:hosts*) ORDER BY host /*for share*/",
            {"hosts": part},
        )
        numbers.update({row["host"]: row["claim_no"] for row in rows})
    return frozenset(host for host, claim_no in claims.items() if numbers.get(host) != claim_no)


def set_due_of(engine: Engine, source_ids: Sequence[int]) -> None:
    """Brings the next due time of the sources' hosts in line."""
    for part in chunks(source_ids):
        engine.run(
            "UPDATE hosts SET next_due_at = (SELECT min(next_poll_at) FROM poll_states"
            " WHERE poll_states.host = hosts.host)"
            " WHERE host IN (SELECT host FROM poll_states WHERE source_id IN (:ids*))",
            {"ids": part},
        )


def set_due(engine: Engine, hosts: Sequence[str]) -> None:
    """Brings the hosts' next due time in line with their sources."""
    for part in chunks(sorted(set(hosts))):
        engine.run(
            "UPDATE hosts SET next_due_at = (SELECT min(next_poll_at) FROM poll_states"
            " WHERE poll_states.host = hosts.host) WHERE host IN (:hosts*)",
            {"hosts": part},
        )
