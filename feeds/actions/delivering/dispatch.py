"""Deliveries on their way: claimed by host, sent side by side, noted, tried again. Knows no kind of them.

A host is claimed by one scheduler at a time under a number that grows; what another took over is not noted. A host
that answers nothing costs at most `AT_ONCE` tries of `TIMEOUT` before it rests, and hosts that failed lately have
places of their own, so that none delays another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from db.store import Store
from feeds.actions.delivering.deliveries import PATIENCE, TIMEOUT, How, Letter, Sender, SendTools
from feeds.actions.gathering.poll import InStore
from feeds.errors import FeedwrightError
from feeds.model.deliveries import Delivery, HostClaim, Noted, Sent

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)
LONGEST_REST = timedelta(hours=1)
"""A host that does not answer is tried this often."""
CLAIM = timedelta(seconds=90)
ROUND = timedelta(seconds=30)
"""After so long no further delivery to a claimed host begins: well before the claim ends."""
AT_ONCE = 8
"""Deliveries under way to one host."""
SILENT_AFTER = 5
"""After so many tries in a row without an answer, the other deliveries to the host wait."""
PATIENT_S = 0.2
"""A tick waits so long for an answer before it leaves the rest to the next one."""
MOST_EACH = 400
MOST_HOSTS, MOST_FAILING = 200, 50
"""Hosts under way at one time: those that answer, and those that did not answer lately."""
MOST_AT_A_TIME = 20
"""Hosts that are claimed together: what goes to them is put together before the first of it leaves."""
_DROPPED, _UNKNOWN = object(), object()
"""Marks of messages whose outcome is stored without sending anything."""

log = logging.getLogger("feedwright.deliveries")


def pause_after(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many failures: doubling, a quarter more or less by chance."""
    pause: timedelta = min(FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 20)), LONGEST_PAUSE)
    return pause * (0.75 + chance / 2)


@dataclass(slots=True)
class _HostRound:
    """How it went with one claimed host."""

    claim: HostClaim
    ends_at: datetime
    is_taken: bool = False
    silent: int = 0
    fault: str = ""
    is_over: bool = False

    @property
    def is_stopped(self) -> bool:
        return not self.is_taken and self.silent >= SILENT_AFTER


@dataclass(slots=True)
class Dispatcher:
    """Sends what is due: claims hosts, sends side by side, notes what came of it."""

    in_store: InStore[Any]
    """Through the one writer."""
    in_renderer: InStore[Any]
    """Where documents are made, so that nobody waits for that."""
    senders: Mapping[str, Sender]
    tools: SendTools
    chance: Callable[[], float]
    owner: str
    timeout: timedelta = TIMEOUT
    _rounds: dict[str, _HostRound] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _done: list[tuple[Letter, Sent, int]] = field(default_factory=list)
    _noting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_stopping: bool = False

    async def tick(self) -> int:
        """Notes what came back, claims and sends while there is room and answers come; returns how many were begun."""
        total = 0
        while True:
            await self._note()
            total += await self._begin()
            done = set[asyncio.Task[None]]()
            if self._tasks:
                done, _ = await asyncio.wait(
                    self._tasks, timeout=PATIENT_S, return_when=asyncio.FIRST_COMPLETED
                )
            if not done:
                return total

    async def _begin(self) -> int:
        if self._is_stopping:
            return 0
        claims = await self._claimed()
        now = self.tools.clock()
        several = [one for claim in claims for one in claim.deliveries]
        letters: list[Letter] = (
            await self.in_renderer(lambda store: self._letters(store, several, now)) if several else []
        )
        by_host: dict[str, list[Letter]] = {}
        for letter in letters:
            by_host.setdefault(letter.deliveries[0].host, []).append(letter)
        for claim in claims:
            round_ = _HostRound(claim=claim, ends_at=now + ROUND)
            self._rounds[claim.host] = round_
            task = asyncio.create_task(self._host(round_, by_host.get(claim.host, [])))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(several)

    async def drain(self) -> None:
        """Sends until nothing is due and nothing under way."""
        while await self.tick() or self._rounds:
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def stop(self, within: float) -> None:
        """Waits a moment for what is under way, and notes it; what is not answered then is sent again some time."""
        self._is_stopping = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        try:
            await self._note()
            await self.in_store(lambda store: store.deliveries.let_go(self.owner))
        finally:
            await self.tools.transport.close()

    async def _claimed(self) -> tuple[HostClaim, ...]:
        failing = sum(1 for one in self._rounds.values() if one.claim.failure_count)
        well, now = len(self._rounds) - failing, self.tools.clock()
        busy = tuple(self._rounds)
        claims: tuple[HostClaim, ...] = await self.in_store(
            lambda store: store.deliveries.claim(
                owner=self.owner,
                now=now,
                until=now + CLAIM,
                most_hosts=min(MOST_HOSTS - well, MOST_AT_A_TIME),
                most_failing=min(MOST_FAILING - failing, MOST_AT_A_TIME),
                most_each=MOST_EACH,
                busy=busy,
            )
        )
        return claims

    def _letters(self, store: Store, several: Sequence[Delivery], now: datetime) -> list[Letter]:
        by_kind: dict[str, list[Delivery]] = {}
        for one in several:
            by_kind.setdefault(one.kind, []).append(one)
        letters: list[Letter] = []
        for kind, deliveries in by_kind.items():
            sender = self.senders.get(kind)
            if sender is None:
                # Of a newer program beside this one, or of a former one: it waits for whoever knows it.
                letters += [Letter(deliveries=(one,), note=_UNKNOWN) for one in deliveries]
                continue
            made = sender.letters(store, deliveries, self.tools, now)
            named = {one.id for letter in made for one in letter.deliveries}
            letters += made
            # These deliveries have nothing left to say: they are stored as dropped and not sent.
            letters += [Letter(deliveries=(one,), note=_DROPPED) for one in deliveries if one.id not in named]
        return sorted(letters, key=lambda letter: letter.deliveries[0].id)

    async def _host(self, round_: _HostRound, letters: Sequence[Letter]) -> None:
        """All that is due at one host: lanes of one receiver and kind side by side, within each one by one."""
        gate = asyncio.Semaphore(AT_ONCE)

        def lane_of(letter: Letter) -> tuple[int, str]:
            return letter.deliveries[0].receiver_id, letter.deliveries[0].kind

        async def lane(several: Sequence[Letter]) -> None:
            for letter in several:
                async with gate:
                    if round_.is_stopped or self.tools.clock() >= round_.ends_at:
                        return
                    sent = await self._sent(letter)
                self._done.append((letter, sent, round_.claim.claim_no))
                if letter.note in (_DROPPED, _UNKNOWN) or sent.status == 0:
                    pass  # nothing was sent: it says nothing of the host
                elif sent.status is not None:
                    round_.silent, round_.is_taken = 0, True
                else:
                    round_.silent, round_.fault = round_.silent + 1, sent.detail
                if not sent.is_taken and not sent.is_final:
                    return

        lanes = [tuple(several) for _, several in groupby(sorted(letters, key=lane_of), key=lane_of)]
        try:
            await asyncio.gather(*(lane(several) for several in lanes))
        finally:
            round_.is_over = True

    async def _sent(self, letter: Letter) -> Sent:
        if letter.note is _DROPPED:
            return Sent(is_taken=False, is_final=True)
        if letter.note is _UNKNOWN:
            return Sent(is_taken=False, status=0, detail="This program knows no such kind of delivery.")
        sender = self.senders[letter.deliveries[0].kind]
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                return await sender.send(letter, self.tools)
        except TimeoutError:
            return Sent(is_taken=False, detail=f"No whole answer within {self.timeout.total_seconds():g} s.")
        except (FeedwrightError, OSError, ValueError) as error:
            log.exception("a delivery of kind %s could not be sent", letter.deliveries[0].kind)
            return Sent(is_taken=False, detail=f"It could not be sent: {error}")

    async def _note(self) -> None:
        """Writes what came back, then lets go of hosts that are done."""
        async with self._noting:
            over = [one for one in self._rounds.values() if one.is_over]
            done = list(self._done)
            if not done and not over:
                return
            now = self.tools.clock()
            chances = [self.chance() for _ in done]
            await self.in_store(lambda store: self._written(store, done, over, chances, now))
            # Only now: where the store does not take it, it is noted the next time.
            del self._done[: len(done)]
            for one in over:
                del self._rounds[one.claim.host]

    def _written(
        self,
        store: Store,
        done: Sequence[tuple[Letter, Sent, int]],
        over: Sequence[_HostRound],
        chances: Sequence[float],
        now: datetime,
    ) -> None:
        with store.write():
            noted: list[Noted] = []
            for (letter, sent, claim_no), chance in zip(done, chances, strict=True):
                noted += [
                    self._one(delivery, letter, sent, claim_no, chance, now) for delivery in letter.deliveries
                ]
            how = {(one.delivery.id, one.claim_no): one.how for one in store.deliveries.note(noted, now)}
            for letter, sent, claim_no in done:
                became = how.get((letter.deliveries[0].id, claim_no))
                if became is not None and letter.note not in (_DROPPED, _UNKNOWN):
                    self.senders[letter.deliveries[0].kind].noted(store, letter, sent, became, now)
            for one in over:
                self._let_go(store, one, now)

    def _one(
        self, delivery: Delivery, letter: Letter, sent: Sent, claim_no: int, chance: float, now: datetime
    ) -> Noted:
        def noted(how: How, due_at: datetime | None = None) -> Noted:
            return Noted(
                delivery=delivery,
                claim_no=claim_no,
                how=how,
                told_seq=letter.told_seq,
                due_at=due_at,
                detail=sent.detail,
            )

        if sent.is_taken:
            return noted("told")
        if sent.is_final:
            return noted("dropped")
        sender = self.senders.get(delivery.kind)
        if now - delivery.since_at >= (sender.patience if sender is not None else PATIENCE):
            return noted("given-up")
        pause = pause_after(delivery.attempts + 1, chance)
        if sent.retry_after is not None:
            pause = max(pause, min(sent.retry_after, LONGEST_PAUSE))
        return noted("again", now + pause)

    def _let_go(self, store: Store, round_: _HostRound, now: datetime) -> None:
        claim = round_.claim
        is_silent = not round_.is_taken and bool(round_.fault)
        rest = min(FIRST_PAUSE * (1 << min(claim.failure_count, 12)), LONGEST_REST) if is_silent else None
        store.deliveries.release(
            claim.host,
            claim.claim_no,
            rest_until=None if rest is None else now + rest,
            is_taken=round_.is_taken,
            fault=round_.fault if is_silent else "",
            kinds={kind: now - sender.patience for kind, sender in self.senders.items()},
            now=now,
        )
