"""What partners took: entries of the ledger, and what a statement of a month counts of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

LedgerEvent = Literal["delivered", "fetched", "corrected", "left", "withdrawn"]
"""A webhook took an article, the API answered it, or either told that it changed, left a feed, or was withdrawn."""
Way = Literal["webhook", "api"]
COUNTED: tuple[LedgerEvent, ...] = ("delivered", "fetched", "corrected", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One article that a partner took, or was told of; of a day, the first time counts."""

    partner_id: int
    at: datetime
    """When the API answered it, or the webhook was taken (2xx)."""
    event: LedgerEvent
    way: Way
    feed: str
    """The feed's path as it was called then; empty: asked for without a feed."""
    urn: str
    seq: int = 0
    """Of a change: its place in the order of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """An article that the partner had, or was told of, and that was withdrawn."""

    urn: str
    withdrawn_at: datetime
    fetched_at: datetime | None
    """When the API first told the partner so."""
    acknowledged_at: datetime | None
    """When one of its webhooks first took that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A partner's month. Numbers count articles, each once in the month, or once in a day."""

    partner: str
    begin: date
    end: date
    """The first day of the next month."""
    totals: dict[str, int]
    days: dict[date, dict[str, int]] = field(default_factory=dict)
    taken_back: tuple[TakenBack, ...] = ()


def month_of(text: str) -> tuple[date, date]:
    """The first day of a month as `2026-11`, and of the next one; raises ValueError."""
    parts = text.split("-")
    if [len(one) for one in parts] != [4, 2] or not all(one.isascii() and one.isdigit() for one in parts):
        raise ValueError("expected a month such as 2026-11")
    year, month = map(int, parts)
    if not (2000 <= year < 9999 and 1 <= month <= 12):
        raise ValueError("expected a month such as 2026-11")
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
