"""Sends alerts to people: once when one opens, when it changes, when it ends; grouped, at most one message a minute.

What each channel took is kept with the alert, so that a channel that fails gets its messages later, and a new
scheduler repeats nothing. A channel that fails is an alert itself, told through the others.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from db.store import Store
from feeds.errors import StoreBusyError, StoreUnwritableError
from feeds.model.alerts import KINDS, UNKNOWN, How, Line, Notice, over
from feeds.model.kept import Alert

CHANNEL, DATABASE, NETWORK = "channel", "database", "network"
TURN = "alerts_turn"
PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
"""A channel that keeps failing is tried this often."""
MOST_LINES = 30
BUSY_FOR = timedelta(minutes=2)
"""People are alerted after the database has been busy for so long; a shorter time may be somebody's upkeep."""
PROBE_EVERY = timedelta(seconds=30)
SEVERAL = 3
"""From so many alerts of one kind and host on, the message has one line for all of them."""

log = logging.getLogger("feedwright.alerts")


class Channel(Protocol):
    """One way to people."""

    @property
    def name(self) -> str:
        """A word that stays the same for the same way: `mail`, `webhook`, `command`."""
        ...

    async def send(self, notice: Notice, now: datetime) -> str | None:
        """Hands the message on; returns what went wrong."""
        ...


@dataclass(slots=True)
class _Pace:
    """When a channel that failed is tried again."""

    next_at: datetime | None = None
    pause: timedelta = PAUSE


class Teller:
    """What one scheduler remembers of the messages that it sent. What must survive a restart is in the store."""

    def __init__(self, channels: Sequence[Channel], *, site: str, base_url: str | None) -> None:
        self.channels = tuple(channels)
        self._site, self._base_url = site, base_url
        self._paces = {one.name: _Pace() for one in self.channels}
        self._unwritable: Alert | None = None
        self._busy_since: datetime | None = None
        self._probed_at: datetime | None = None

    async def send(self, in_store: Callable[[Callable[[Store], Any]], Awaitable[Any]], now: datetime) -> int:
        """Sends what is to be told; returns how many channels took a message."""
        if not self.channels:
            return 0
        try:
            pending: tuple[Alert, ...] = await in_store(lambda store: self._pending(store, now))
            hosts: dict[str, str] = await in_store(lambda store: _hosts(store, pending))
        except StoreUnwritableError as error:
            return await self._send_unwritable(str(error), now)
        except StoreBusyError as error:
            self._busy_since = self._busy_since or now
            if now - self._busy_since < BUSY_FOR:
                raise
            return await self._send_unwritable(str(error), now)
        self._busy_since = None
        if self._unwritable is not None:
            await self._send_all(self._notice((_line("closed", self._unwritable),)), now)
            self._unwritable = None
        sent = 0
        for channel in self.channels:
            if self._is_resting(channel, now):
                continue
            due = due_for(channel.name, pending)
            if not due:
                continue
            lines = grouped(due, hosts, channel.name)[:MOST_LINES]
            taken = tuple(one for line in lines for one in line.alerts)
            fault = await channel.send(self._notice(lines), now)
            self._note(channel, fault, now)
            is_quiet = any(one.kind == NETWORK and one.closed_at is None for one in pending)
            await in_store(lambda store: _noted(store, channel.name, taken, fault, is_quiet, now))  # noqa: B023
            sent += fault is None
        return sent

    def _pending(self, store: Store, now: datetime) -> tuple[Alert, ...]:
        found = store.alerts.unsent()
        if any(due_for(one.name, found) for one in self.channels):
            return found if store.kept.take_turn(TURN, now, PAUSE) else ()
        if self._probed_at is None or abs(now - self._probed_at) >= PROBE_EVERY:
            # This write only tests the database: else nobody would notice that it refuses writes while nothing else happens.
            store.kept.beat("telling", now)
            self._probed_at = now
        return ()

    async def _send_unwritable(self, message: str, now: datetime) -> int:
        """Alerts people that the database refuses writes. It cannot store that either, so this process remembers it."""
        if self._unwritable is not None:
            return 0
        self._unwritable = Alert(kind=DATABASE, subject="", message=message, opened_at=now)
        return await self._send_all(self._notice((_line("opened", self._unwritable),)), now)

    async def _send_all(self, notice: Notice, now: datetime) -> int:
        faults = await asyncio.gather(*(one.send(notice, now) for one in self.channels))
        for channel, fault in zip(self.channels, faults, strict=True):
            self._note(channel, fault, now)
        return sum(fault is None for fault in faults)

    def _notice(self, lines: Sequence[Line]) -> Notice:
        return Notice(site=self._site, base_url=self._base_url, lines=tuple(lines))

    def _is_resting(self, channel: Channel, now: datetime) -> bool:
        next_at = self._paces[channel.name].next_at
        return next_at is not None and now < next_at <= now + LONGEST_PAUSE

    def _note(self, channel: Channel, fault: str | None, now: datetime) -> None:
        pace = self._paces[channel.name]
        if fault is None:
            pace.next_at, pace.pause = None, PAUSE
            return
        log.warning("alerts by %s: %s", channel.name, fault)
        pace.next_at = now + pace.pause
        pace.pause = min(pace.pause * 2, LONGEST_PAUSE)


def due_for(channel: str, pending: Sequence[Alert]) -> tuple[Alert, ...]:
    """Alerts that the channel has not sent yet; none about sources while our own network is down."""
    is_quiet = any(one.kind == NETWORK and one.closed_at is None for one in pending)
    return tuple(
        one
        for one in pending
        if how_of(one, channel) is not None
        and not (is_quiet and KINDS.get(one.kind, UNKNOWN).is_of_sources)
        and not (one.kind == CHANNEL and one.subject == channel)
    )


def how_of(alert: Alert, channel: str) -> How | None:
    """What is new about an alert to a channel; other figures in the same words are nothing new."""
    before = alert.told.get(channel)
    if alert.closed_at is not None:
        return None if before is None else "closed"
    if before is None:
        return "opened"
    return "changed" if _words(before) != _words(alert.message) else None


def grouped(due: Sequence[Alert], hosts: Mapping[str, str], channel: str) -> tuple[Line, ...]:
    """The alerts as lines: several of one kind and host, with the same news, are one line. Grave ones first."""
    groups: dict[tuple[How, str, str], list[Alert]] = {}
    for alert in due:
        how = how_of(alert, channel)
        assert how is not None
        groups.setdefault((how, alert.kind, hosts.get(alert.subject, "")), []).append(alert)
    lines: list[Line] = []
    for (how, kind, host), several in groups.items():
        if host and len(several) >= SEVERAL:
            named = ", ".join(one.subject for one in several[:10]) + (", …" if len(several) > 10 else "")
            text = (
                over(kind, f"{len(several)} of {host}: {named}", several[0].message)
                if how == "closed"
                else f"{len(several)} sources of {host} ({named}): {several[0].message}"
            )
            lines.append(Line(how=how, kind=kind, text=text, alerts=tuple(several)))
        else:
            lines += [_line(how, one) for one in several]
    return tuple(sorted(lines, key=lambda line: not KINDS.get(line.kind, UNKNOWN).is_grave))


def _line(how: How, alert: Alert) -> Line:
    text = over(alert.kind, alert.subject, alert.message) if how == "closed" else alert.message
    return Line(how=how, kind=alert.kind, text=text, alerts=(alert,))


def _hosts(store: Store, pending: Sequence[Alert]) -> dict[str, str]:
    if not any(KINDS.get(one.kind, UNKNOWN).is_of_sources for one in pending):
        return {}
    return {row.source.slug: row.host for row in store.sources.every()}


def _noted(
    store: Store,
    channel: str,
    taken: tuple[Alert, ...],
    fault: str | None,
    is_quiet: bool,
    now: datetime,
) -> None:
    if fault is None:
        store.alerts.note_sent(taken, channel)
        store.alerts.close(CHANNEL, channel, now)
    elif not is_quiet:
        message = f"Alerts do not get through by {channel}. {fault} `./run alert test` tries it again."
        store.alerts.open(CHANNEL, channel, message, now)


def _words(message: str) -> str:
    """The message without its figures."""
    return re.sub(r"\d[\d.,:]*", "#", message)
