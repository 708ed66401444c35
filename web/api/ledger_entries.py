"""What an answer of the API gave a partner, as entries of the ledger. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feeds.model.statements import LedgerEntry, LedgerEvent
from feeds.publish.api_answers import ArticleAnswer, ArticleList, ChangeList

_EVENTS: dict[str, LedgerEvent] = {
    "entered": "fetched",
    "changed": "corrected",
    "left": "left",
    "withdrawn": "withdrawn",
}


def taken(answer: Any, *, partner_id: int, feed: str, at: datetime) -> Iterator[LedgerEntry]:
    """An entry for each article of the answer; nothing where it holds none."""

    def entry(urn: str, event: LedgerEvent = "fetched", seq: int = 0) -> LedgerEntry:
        return LedgerEntry(partner_id=partner_id, at=at, event=event, way="api", feed=feed, urn=urn, seq=seq)

    if isinstance(answer, ArticleAnswer):
        yield entry(answer.id)
    elif isinstance(answer, ArticleList):
        yield from (entry(one.id) for one in answer.articles)
    elif isinstance(answer, ChangeList):
        yield from (entry(one.id, _EVENTS[one.change], one.seq) for one in answer.changes)
