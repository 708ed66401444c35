"""The store's polling: claims and leave, what is known of a document, and what a poll found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from db import (
    answers,
    claims,
    domains,
    hosts,
    pages,
    poll_states,
    polls,
    rests,
    saving,
    sightings,
)
from db.engines.engine import Engine
from db.subject import Subject
from feeds.model.articles import (
    Changes,
    DraftFeed,
    Known,
    PollReport,
)
from feeds.model.fetched import Fetched
from feeds.model.incoming import DueSource, Source
from feeds.model.kept import Pulse, Rest
from feeds.model.pages import PageMark

POLLS_KEPT = 100
"""Of each source, the last polls that brought a document or failed."""


class Polls(Subject):
    """Claims and slots, what is known of a document, and what a poll found."""

    def __init__(self, engine: Engine, *, kept: int = POLLS_KEPT) -> None:
        super().__init__(engine)
        self._kept = kept

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
        """Due sources of hosts that nobody holds, each with its domain's leave."""
        with self.write():
            return claims.claim(
                self.engine, owner=owner, now=now, until=until, most=most, pause=pause, busy=busy
            )

    def pulse(self) -> Pulse:
        """Whether anything moves, over all sources that are polled."""
        return poll_states.pulse(self.engine)

    def pace(self) -> tuple[int, int]:
        """How many sources are polled, and how many polls that makes in a day."""
        return poll_states.pace(self.engine)

    def extend(self, claimed: Collection[str], *, owner: str, until: datetime) -> frozenset[str]:
        """Holds these hosts for longer; returns those that are still the owner's."""
        with self.write():
            domains.extend_holds(self.engine, claimed, owner=owner, until=until)
            return hosts.extend(self.engine, claimed, owner=owner, until=until)

    def release(
        self, *, owner: str, hosts_done: Sequence[str] | None = None, next_at: datetime | None = None
    ) -> None:
        """Lets go of the owner's hosts: those named, or all. Their domains are asked no earlier than `next_at`."""
        with self.write():
            hosts.release(self.engine, owner=owner, hosts=hosts_done)
            domains.let_go(self.engine, owner=owner, hosts=hosts_done, next_at=next_at)

    def check_claim(self, host: str, claim_no: int) -> None:
        """Raises ClaimLostError if the host was claimed by somebody else since."""
        hosts.check(self.engine, host, claim_no)

    def lost_claims(self, claims: Mapping[str, int]) -> frozenset[str]:
        """The hosts, of these with their claim numbers, that somebody else claimed since."""
        return hosts.lost(self.engine, claims)

    def take_slot(self, domain: str, *, now: datetime, pause: timedelta) -> datetime:
        """When the domain gives leave for a request."""
        return domains.take_slot(self.engine, domain, now=now, pause=pause)

    def cool(self, domain: str, *, until: datetime) -> None:
        """No request to the domain before then."""
        domains.cool(self.engine, domain, until=until)

    def cool_until(self, domain: str) -> datetime | None:
        """Until when the domain is to be left alone; None if nobody said so."""
        return domains.cool_until(self.engine, domain)

    def rest_host(self, host: str, *, until: datetime) -> None:
        """No source of the host is polled before then, not even one that is asked for."""
        with self.write():
            hosts.rest(self.engine, host, until)
            poll_states.rest_host(self.engine, host, until)

    def rests(self, *, now: datetime, words: str = "", most: int, offset: int = 0) -> tuple[Rest, ...]:
        """Hosts that rest or are asked less often, soonest end first; `words`: a part of the host's name."""
        return rests.find(self.engine, now=now, words=words, most=most, offset=offset)

    def rest_of(self, host: str, *, now: datetime) -> Rest | None:
        """Whether the host, or all of its domain, rests now; None if it does not."""
        return rests.of_host(self.engine, host, now=now)

    def rest_count(self, *, now: datetime, words: str = "") -> int:
        """How many hosts rest or are asked less often."""
        return rests.count(self.engine, now=now, words=words)

    def known(self, source: Source, feed: DraftFeed, urns: Iterable[str]) -> Known:
        """What deciding about the document needs."""
        return sightings.known(self.engine, source, feed, urns)

    def save(
        self, source: Source, report: PollReport, feed: DraftFeed | None, changes: Changes, now: datetime
    ) -> None:
        """Writes what a poll found: state, articles, memberships, and what was touched."""
        with self.write():
            saving.save_poll(self.engine, source, report, feed, changes, now)
            polls.note(self.engine, report, now, kept=self._kept)

    def save_changes(self, source: Source, feed: DraftFeed, changes: Changes, now: datetime) -> None:
        """Writes what a document brought, without a poll."""
        with self.write():
            saving.save_changes(self.engine, source, feed, changes, now)

    def save_unchanged(self, reports: Sequence[PollReport]) -> None:
        """Writes polls that found nothing new, together."""
        with self.write():
            poll_states.save_unchanged(
                self.engine, [(one.source_id, one.poll, one.was_due_at) for one in reports]
            )
            polls.count_quiet(self.engine, reports)

    def prune_quiet(self, *, before: datetime) -> int:
        """Forgets the oldest day of counts from before then; returns how many."""
        return polls.prune_quiet(self.engine, before=before)

    def page_marks(self, source_id: int, guids: Sequence[str]) -> dict[str, PageMark]:
        """What is remembered of the source's article pages."""
        return pages.marks(self.engine, source_id, guids)

    def keep_answer(self, url: str, answer: Fetched, now: datetime) -> None:
        """Keeps what an address answered for its first poll."""
        with self.write():
            answers.keep(self.engine, url, answer, now)

    def kept_answer(self, url: str, *, since: datetime) -> Fetched | None:
        """The answer kept for the address since then."""
        return answers.get(self.engine, url, since=since)

    def absent(
        self, source: Source, guids: Collection[str], *, most: int
    ) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Published articles of the source told under none of these guids, with what took them back before."""
        return tuple(sightings.absent(self.engine, source.id, guids, most=most))

    def returned(self, source: Source, guids: Collection[str], *, word: str) -> tuple[int, ...]:
        """Articles that the source took back by that word alone, and tells again."""
        return tuple(sightings.returned(self.engine, source.id, guids, word=word))

    def drop_answers(self, *, before: datetime, url: str | None = None) -> int:
        """Forgets answers kept before then."""
        with self.write():
            return answers.drop(self.engine, before=before, url=url)
