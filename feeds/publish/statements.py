"""Statements of partners as they are answered: JSON by struct, and the ledger's rows as CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from feeds.model.statements import LedgerEntry, Statement
from feeds.text.dates import rfc3339

COLUMNS = ("at", "event", "way", "feed", "id", "seq")
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Numbers(Struct, frozen=True, kw_only=True):
    """How many articles, each counted once."""

    delivered: Annotated[int, Meta(description="A webhook of yours took them when they entered a feed.")]
    fetched: Annotated[int, Meta(description="The API answered them to you.")]
    corrected: Annotated[int, Meta(description="You were told that they changed, either way.")]
    withdrawn: Annotated[int, Meta(description="You were told that they were withdrawn, either way.")]


class DayNumbers(Numbers, frozen=True, kw_only=True):
    """The same of one day (UTC)."""

    day: date


class Withdrawal(Struct, frozen=True, kw_only=True):
    """An article that you had, or were told of, and that was withdrawn in this month."""

    id: Annotated[str, Meta(description="The article's urn.")]
    withdrawn_at: datetime
    fetched_at: Annotated[datetime | None, Meta(description="When `/changes` first told you so.")]
    acknowledged_at: Annotated[datetime | None, Meta(description="When a webhook of yours first took that.")]


class StatementAnswer(Struct, frozen=True, kw_only=True):
    """What you took in a month (UTC), as the ledger has it."""

    partner: str
    month: Annotated[str, Meta(description="As `2026-11`.")]
    totals: Numbers
    days: tuple[DayNumbers, ...]
    withdrawals: Annotated[
        tuple[Withdrawal, ...],
        Meta(description="Where both times are null, you were not told yet: delete it. At most 10,000."),
    ]


def statement_answer(one: Statement) -> StatementAnswer:
    """The statement as it is answered."""
    return StatementAnswer(
        partner=one.partner,
        month=f"{one.begin:%Y-%m}",
        totals=Numbers(**one.totals),
        days=tuple(DayNumbers(day=day, **counts) for day, counts in sorted(one.days.items())),
        withdrawals=tuple(
            Withdrawal(
                id=each.urn,
                withdrawn_at=each.withdrawn_at,
                fetched_at=each.fetched_at,
                acknowledged_at=each.acknowledged_at,
            )
            for each in one.taken_back
        ),
    )


def csv_lines(entries: Iterable[LedgerEntry]) -> Iterator[str]:
    """The entries as CSV (RFC 4180), a line at a time, the names of the columns first."""
    yield _line(COLUMNS)
    for one in entries:
        yield _line((rfc3339(one.at), one.event, one.way, one.feed, one.urn, str(one.seq or "")))


def _line(values: Iterable[str]) -> str:
    text = io.StringIO()
    # A value that a spreadsheet would take for a formula is kept from being one.
    csv.writer(text).writerow([f"'{one}" if one.startswith(_BEGINS_FORMULA) else one for one in values])
    return text.getvalue()
