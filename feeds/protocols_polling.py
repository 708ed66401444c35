"""What polling asks of a store: claims and leave, what is known of a document, and what a poll found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from feeds.model.articles import (
    Changes,
    DraftFeed,
    Known,
    PollReport,
)
from feeds.model.incoming import DueSource, Fetched, Source
from feeds.model.pages import PageMark


class PollingStore(Protocol):
    """Whose turn it is, what is known, and what polls found."""

    def claim(
        self,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        most: int,
        pause: timedelta,
        busy: Collection[str] = (),
    ) -> tuple[DueSource, ...]:
        """Due sources of hosts that nobody holds (at most `most`), each with its domain's leave.

        `busy` names hosts that the owner is still working on; they are never claimed again.
        """
        ...

    def extend_claims(self, hosts_held: Collection[str], *, owner: str, until: datetime) -> frozenset[str]:
        """Holds these hosts for longer; answers those that are still the owner's."""
        ...

    def release(self, *, owner: str, hosts_done: Sequence[str] | None = None) -> None:
        """Lets go of the owner's hosts (all, where none is named)."""
        ...

    def check_claim(self, host: str, claim_no: int) -> None:
        """Locks the host's row for this transaction; raises ClaimLostError where the number moved."""
        ...

    def lost_claims(self, claims: Mapping[str, int]) -> frozenset[str]:
        """The hosts (of these, with their claim numbers) that others claimed since; locks the rest as above."""
        ...

    def take_slot(self, domain: str, *, now: datetime, pause: timedelta) -> datetime:
        """When the domain gives leave for a request."""
        ...

    def cool(self, domain: str, *, until: datetime) -> None:
        """No request to the domain before then."""
        ...

    def cool_until(self, domain: str) -> datetime | None:
        """Until when the domain is to be left alone; None where nobody said so."""
        ...

    def rest_host(self, host: str, *, until: datetime) -> None:
        """No source of the host is due before then."""
        ...

    def known(self, source: Source, feed: DraftFeed, urns: Iterable[str]) -> Known:
        """What deciding about the document needs."""
        ...

    def save_poll(
        self, source: Source, report: PollReport, feed: DraftFeed | None, changes: Changes, now: datetime
    ) -> None:
        """Writes what a poll found: state, articles, memberships, and what was touched."""
        ...

    def save_changes(self, source: Source, feed: DraftFeed, changes: Changes, now: datetime) -> None:
        """Writes what a document brought, without a poll: articles, memberships, what was touched."""
        ...

    def save_unchanged(self, reports: Sequence[PollReport]) -> None:
        """Writes polls that were answered 304, or with the same body as before, all at once."""
        ...

    def page_marks(self, source_id: int, guids: Sequence[str]) -> dict[str, PageMark]:
        """What is remembered of the source's article pages, by guid."""
        ...

    def keep_answer(self, url: str, answer: Fetched, now: datetime) -> None:
        """Keeps what an address answered, so that its first poll need not ask again."""
        ...

    def kept_answer(self, url: str, *, since: datetime) -> Fetched | None:
        """The answer kept for the address since then."""
        ...

    def drop_answers(self, *, before: datetime, url: str | None = None) -> int:
        """Forgets answers kept before then (only that address', where one is named); answers how many."""
        ...
