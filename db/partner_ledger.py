"""What each partner took, and when (table `partner_ledger`): rows are added and never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time

from db.engines.engine import Row
from db.subject import Subject
from db.withdrawals import KEPT_NO_LONGER
from feeds.clock import from_ms, to_ms
from feeds.model.statements import COUNTED, LedgerEntry, Statement, TakenBack

BATCH = 1000
MOST_TAKEN_BACK = 10_000


class PartnerLedger(Subject):
    """What partners took."""

    def add(self, several: Sequence[LedgerEntry]) -> None:
        """Adds entries; of the same on one day, the first stays."""
        with self.write():
            self.engine.run_many(
                "INSERT INTO partner_ledger (partner_id, day, at, event, way, feed, urn, seq)"
                " VALUES (:partner, :day, :at, :event, :way, :feed, :urn, :seq)"
                " ON CONFLICT (partner_id, day, urn, event, way, feed, seq) DO NOTHING",
                # In one order, so that two who write the same do not wait for each other in a circle.
                sorted(
                    (_values(one) for one in several), key=lambda values: tuple(map(str, values.values()))
                ),
            )

    def entries(self, partner_id: int, begin: date, end: date) -> Iterator[LedgerEntry]:
        """All entries from one day on, before another, in the order in which they were written."""
        last = 0
        while True:
            rows = self.engine.rows(
                "SELECT * FROM partner_ledger WHERE partner_id = :partner AND day >= :begin AND day < :end"
                " AND id > :last ORDER BY id LIMIT :most",
                {**_span(partner_id, begin, end), "last": last, "most": BATCH},
            )
            yield from map(_entry, rows)
            if len(rows) < BATCH:
                return
            last = rows[-1]["id"]

    def latest(self, partner_id: int, *, most: int) -> tuple[LedgerEntry, ...]:
        """The newest entries, the newest first."""
        rows = self.engine.rows(
            "SELECT * FROM partner_ledger WHERE partner_id = :partner ORDER BY id DESC LIMIT :most",
            {"partner": partner_id, "most": most},
        )
        return tuple(map(_entry, rows))

    def statement(self, partner_id: int, slug: str, begin: date, end: date) -> Statement:
        """The statement of the days from one on, before another."""
        span = _span(partner_id, begin, end)
        where = "FROM partner_ledger WHERE partner_id = :partner AND day >= :begin AND day < :end"
        with self.engine.read():
            totals = self.engine.rows(f"SELECT event, count(DISTINCT urn) AS n {where} GROUP BY event", span)
            days = self.engine.rows(
                f"SELECT day, event, count(DISTINCT urn) AS n {where} GROUP BY day, event ORDER BY day", span
            )
            taken_back = self._taken_back(partner_id, begin, end)
        by_day: dict[date, dict[str, int]] = {}
        for row in days:
            if row["event"] in COUNTED:
                counts = by_day.setdefault(date.fromisoformat(row["day"]), dict.fromkeys(COUNTED, 0))
                counts[row["event"]] = row["n"]
        found = {row["event"]: row["n"] for row in totals}
        return Statement(
            partner=slug,
            begin=begin,
            end=end,
            totals={one: found.get(one, 0) for one in COUNTED},
            days=by_day,
            taken_back=taken_back,
        )

    def forget(self, before: date) -> int:
        """Lets go of what was written of days before that one; returns how many."""
        return self.engine.run("DELETE FROM partner_ledger WHERE day < :day", {"day": before.isoformat()})

    def _taken_back(self, partner_id: int, begin: date, end: date) -> tuple[TakenBack, ...]:
        # Told by any feed of it, also as having left one: what is withdrawn without a word is told so.
        rows = self.engine.rows(
            "SELECT t.urn, t.withdrawn_at,"
            " min(CASE WHEN l.way = 'api' AND l.event IN ('withdrawn', 'left') AND l.at >= t.withdrawn_at THEN l.at END)"
            " AS fetched_at,"
            " min(CASE WHEN l.way = 'webhook' AND l.event IN ('withdrawn', 'left') AND l.at >= t.withdrawn_at THEN l.at END)"
            " AS acknowledged_at"
            " FROM tombstones t JOIN articles a ON a.id = t.article_id"
            " JOIN partner_ledger l ON l.partner_id = :partner AND l.urn = t.urn"
            " WHERE t.withdrawn_at >= :from_ms AND t.withdrawn_at < :to_ms"
            f" AND t.reason <> '{KEPT_NO_LONGER}' AND a.status IN ('withdrawn', 'purged')"
            " GROUP BY t.urn, t.withdrawn_at ORDER BY t.withdrawn_at, t.urn LIMIT :most",
            {
                "partner": partner_id,
                "from_ms": to_ms(datetime.combine(begin, time(), UTC)),
                "to_ms": to_ms(datetime.combine(end, time(), UTC)),
                "most": MOST_TAKEN_BACK,
            },
        )
        return tuple(
            TakenBack(
                urn=row["urn"],
                withdrawn_at=from_ms(row["withdrawn_at"]),
                fetched_at=None if row["fetched_at"] is None else from_ms(row["fetched_at"]),
                acknowledged_at=None if row["acknowledged_at"] is None else from_ms(row["acknowledged_at"]),
            )
            for row in rows
        )


def _span(partner_id: int, begin: date, end: date) -> dict[str, int | str]:
    return {"partner": partner_id, "begin": begin.isoformat(), "end": end.isoformat()}


def _values(one: LedgerEntry) -> dict[str, int | str]:
    return {
        "partner": one.partner_id,
        "day": one.at.date().isoformat(),
        "urn": one.urn,
        "event": one.event,
        "way": one.way,
        "feed": one.feed,
        "seq": one.seq,
        "at": to_ms(one.at),
    }


def _entry(row: Row) -> LedgerEntry:
    return LedgerEntry(
        partner_id=row["partner_id"],
        at=from_ms(row["at"]),
        event=row["event"],
        way=row["way"],
        feed=row["feed"],
        urn=row["urn"],
        seq=row["seq"],
    )
