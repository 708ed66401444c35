"""What the last polls of a source left behind, and when it is due (table `poll_states`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from db import hosts
from db.engines.engine import Engine, Row, chunks
from feeds.clock import from_ms, to_ms
from feeds.model.incoming import NO_SKIPS, Move, PollState, Skips
from feeds.model.kept import Pulse
from feeds.model.pages import NO_DATES, PageDates
from feeds.model.reverts import Returned

COLUMNS = (
    "p.host, p.etag, p.last_modified, p.body_hash, p.prints, p.is_imported, p.failure_count, p.next_poll_at,"
    " p.last_polled_at, p.last_ok_at, p.last_new_at, p.status, p.status_detail,"
    " p.interval_ms AS poll_interval_ms, p.gap_ms, p.asked_ms, p.skips, p.reason, p.move, p.oddity, p.identity,"
    " p.told_until_at, p.license_url, p.returned, p.page_dates"
)


AGAIN_AFTER = timedelta(minutes=1)
"""How long after a poll a source is polled again that was asked for while it was being polled."""
_NEXT = (
    "CASE WHEN next_poll_at IS NULL OR :next_poll_at IS NULL THEN NULL"
    # Whoever asked for the source since it was claimed moved this time.
    " WHEN next_poll_at = :was_due OR next_poll_at >= :next_poll_at THEN :next_poll_at"
    " WHEN next_poll_at > :soonest THEN next_poll_at ELSE :soonest END"
)


def add(engine: Engine, source_id: int, host: str, now: datetime) -> None:
    """A fresh state, due at once."""
    engine.run(
        "INSERT INTO poll_states (source_id, host, is_imported, failure_count, next_poll_at, status,"
        " status_detail, interval_ms) VALUES (:id, :host, 0, 0, :now, 'new', '', 3600000)",
        {"id": source_id, "host": host, "now": to_ms(now)},
    )
    hosts.set_due(engine, [host])


def read(row: Row) -> PollState:
    """The state in a row that holds `COLUMNS`."""
    return PollState(
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        prints=bytes(row["prints"] or b""),
        is_imported=bool(row["is_imported"]),
        failure_count=row["failure_count"],
        next_poll_at=_time(row["next_poll_at"]),
        last_polled_at=_time(row["last_polled_at"]),
        last_ok_at=_time(row["last_ok_at"]),
        last_new_at=_time(row["last_new_at"]),
        status=row["status"],
        status_detail=row["status_detail"],
        interval=timedelta(milliseconds=row["poll_interval_ms"]),
        reason=row["reason"] or "",
        gap=_span(row["gap_ms"]),
        asked=_span(row["asked_ms"]),
        move=msgspec.json.decode(row["move"], type=Move) if row["move"] else None,
        oddity=row["oddity"] or "",
        identity=row["identity"] or "guid",
        skips=msgspec.json.decode(row["skips"], type=Skips) if row["skips"] else NO_SKIPS,
        told_until_at=_time(row["told_until_at"]),
        license_url=row["license_url"],
        returned=msgspec.json.decode(row["returned"], type=tuple[Returned, ...]) if row["returned"] else (),
        page_dates=msgspec.json.decode(row["page_dates"], type=PageDates) if row["page_dates"] else NO_DATES,
    )


def save(engine: Engine, source_id: int, poll: PollState, was_due_at: datetime | None) -> None:
    """Writes the state after a poll that had been due then.

    A source that was paused meanwhile stays without a next poll; one that was asked for while it was being
    polled is polled again, `AGAIN_AFTER` later: what the ping told of may have been missed.
    """
    engine.run(
        "UPDATE poll_states SET etag = :etag, last_modified = :last_modified, body_hash = :body_hash, prints = :prints,"
        " is_imported = :is_imported, failure_count = :failure_count,"
        f" next_poll_at = {_NEXT},"
        " last_polled_at = :last_polled_at, last_ok_at = :last_ok_at, last_new_at = :last_new_at,"
        " status = :status, status_detail = :detail, interval_ms = :interval, reason = :reason, gap_ms = :gap,"
        " asked_ms = :asked, skips = :skips, move = :move, returned = :returned, oddity = :oddity, identity = :identity,"
        " license_url = :license, page_dates = :page_dates WHERE source_id = :id",
        {
            **_values(source_id, poll, was_due_at),
            "gap": _span_ms(poll.gap),
            "asked": _span_ms(poll.asked),
            "skips": None if poll.skips == NO_SKIPS else msgspec.json.encode(poll.skips).decode(),
            "prints": poll.prints,
            "license": poll.license_url,
            "page_dates": None
            if poll.page_dates == NO_DATES
            else msgspec.json.encode(poll.page_dates).decode(),
            "identity": None if poll.identity == "guid" else poll.identity,
            "is_imported": int(poll.is_imported),
            "last_new_at": _ms(poll.last_new_at),
        },
    )


def save_unchanged(engine: Engine, polls: Sequence[tuple[int, PollState, datetime | None]]) -> None:
    """Writes the states of sources that were found unchanged: what only a document changes stays.

    Each comes with its id and with when it had been due.
    """
    engine.run_many(
        "UPDATE poll_states SET etag = :etag, last_modified = :last_modified, body_hash = :body_hash,"
        " failure_count = :failure_count,"
        f" next_poll_at = {_NEXT},"
        " last_polled_at = :last_polled_at, last_ok_at = :last_ok_at, status = :status,"
        " status_detail = :detail, interval_ms = :interval, reason = :reason, move = :move, oddity = :oddity,"
        " returned = :returned WHERE source_id = :id",
        [_values(*one) for one in polls],
    )
    hosts.set_due_of(engine, [source_id for source_id, _, _ in polls])


def save_rhythm(engine: Engine, source_id: int, poll: PollState) -> None:
    """Writes what a hub's push taught of a source's rhythm; all else is for polls to say."""
    engine.run(
        "UPDATE poll_states SET last_new_at = :last_new_at, gap_ms = :gap WHERE source_id = :id",
        {"id": source_id, "last_new_at": _ms(poll.last_new_at), "gap": _span_ms(poll.gap)},
    )


def move(engine: Engine, source_id: int, host: str) -> None:
    """The source is polled at another host; validators of the old address are forgotten."""
    rows = engine.rows("SELECT host FROM poll_states WHERE source_id = :id", {"id": source_id})
    engine.run(
        "UPDATE poll_states SET host = :host, etag = NULL, last_modified = NULL, body_hash = NULL,"
        " prints = NULL, move = NULL WHERE source_id = :id",
        {"id": source_id, "host": host},
    )
    hosts.set_due(engine, [host, *(row["host"] for row in rows)])


def forget_document(engine: Engine, source_id: int) -> None:
    """The next poll asks for the whole document and reads all of it, as if it had never been read."""
    engine.run(
        "UPDATE poll_states SET etag = NULL, last_modified = NULL, body_hash = NULL, prints = NULL,"
        " page_dates = NULL WHERE source_id = :id",
        {"id": source_id},
    )


def set_next(engine: Engine, source_ids: Sequence[int], when: datetime | None) -> None:
    """When the sources are due; None: never."""
    touched: list[str] = []
    for part in chunks(source_ids):
        rows = engine.rows(
            "UPDATE poll_states SET next_poll_at = :at WHERE source_id IN (:ids*) RETURNING host",
            {"at": _ms(when), "ids": part},
        )
        touched += [row["host"] for row in rows]
    hosts.set_due(engine, touched)


def postpone(engine: Engine, times: Sequence[tuple[int, int]]) -> None:
    """Moves sources (id, ms) to a later time without counting that as a poll."""
    engine.run_many(
        "UPDATE poll_states SET next_poll_at = :at WHERE source_id = :id",
        [{"id": source_id, "at": at} for source_id, at in times],
    )


def rest_host(engine: Engine, host: str, until: datetime) -> None:
    """No source of the host is due before then."""
    engine.run(
        "UPDATE poll_states SET next_poll_at = :until WHERE host = :host AND next_poll_at < :until",
        {"host": host, "until": to_ms(until)},
    )
    hosts.set_due(engine, [host])


def _values(source_id: int, poll: PollState, was_due_at: datetime | None) -> dict[str, object]:
    following, last = poll.next_poll_at, poll.last_polled_at
    soonest = min(following, last + AGAIN_AFTER) if following is not None and last is not None else following
    return {
        "id": source_id,
        "was_due": _ms(was_due_at),
        "soonest": _ms(soonest),
        "etag": poll.etag,
        "last_modified": poll.last_modified,
        "body_hash": poll.body_hash,
        "failure_count": poll.failure_count,
        "next_poll_at": _ms(poll.next_poll_at),
        "last_polled_at": _ms(poll.last_polled_at),
        "last_ok_at": _ms(poll.last_ok_at),
        "status": poll.status,
        "detail": poll.status_detail[:500],
        "interval": _span_ms(poll.interval),
        "reason": poll.reason,
        "oddity": poll.oddity or None,
        "returned": msgspec.json.encode(poll.returned).decode() if poll.returned else None,
        "move": None if poll.move is None else msgspec.json.encode(poll.move).decode(),
    }


def _span(ms: int | None) -> timedelta | None:
    return None if ms is None else timedelta(milliseconds=ms)


def _span_ms(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(milliseconds=1)


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def pace(engine: Engine) -> tuple[int, int]:
    """How many sources are polled, and how many polls their present intervals make in a day."""
    row = engine.rows(
        "SELECT count(*) AS sources, sum(86400000.0 / p.interval_ms) AS polls"
        " FROM poll_states AS p JOIN sources AS s ON s.id = p.source_id"
        " WHERE s.state = 'active' AND p.next_poll_at IS NOT NULL AND p.interval_ms > 0"
    )[0]
    return row["sources"], round(row["polls"] or 0)


def pulse(engine: Engine) -> Pulse:
    """Whether anything moves, over all sources that are polled."""
    row = engine.rows(
        "SELECT count(*) AS source_count, min(s.added_at) AS first_added_at, max(p.last_polled_at) AS last_polled_at,"
        " max(p.last_ok_at) AS last_ok_at, min(p.next_poll_at) AS first_due_at,"
        " (SELECT min(touched_at) FROM touched WHERE seq IS NULL) AS unpublished_since"
        " FROM sources AS s JOIN poll_states AS p ON p.source_id = s.id WHERE s.state = 'active'"
        # What is gone is not polled any more, and says nothing of the rest.
        " AND p.next_poll_at IS NOT NULL"
    )[0]
    return Pulse(
        source_count=row["source_count"],
        first_added_at=_time(row["first_added_at"]),
        last_polled_at=_time(row["last_polled_at"]),
        last_ok_at=_time(row["last_ok_at"]),
        first_due_at=_time(row["first_due_at"]),
        unpublished_since=_time(row["unpublished_since"]),
    )
