"""robots.txt (RFC 9309): whether a page may be read, and how far apart a host wants its pages asked for.

It is honoured for articles' own pages and for guessed addresses, not for a feed that an admin added.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from feeds.http.requests import Request, Response, Transport
from feeds.model.fetched import Failed

AGENT = "Feedwright"
KEEP = timedelta(hours=24)
"""RFC 9309 section 2.4."""
KEEP_UNREACHABLE = timedelta(hours=1)
MOST_BYTES = 512_000
"""RFC 9309 section 2.5: at least 500 KiB; what stands behind is not read."""
MOST_HOSTS = 2_000
LONGEST_DELAY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotRules:
    """What one host's robots.txt says to us."""

    rules: Protego | None = None
    """None: the same for every address, as `is_open` says."""
    is_open: bool = True

    def may_read(self, url: str) -> bool:
        """True if the page may be read by us."""
        return self.is_open if self.rules is None else bool(self.rules.can_fetch(url, AGENT))

    def delay(self) -> timedelta:
        """How long to wait between two pages, at most a minute; zero where nothing is asked."""
        seconds = self.rules.crawl_delay(AGENT) if self.rules is not None else None
        return min(timedelta(seconds=max(float(seconds or 0), 0)), LONGEST_DELAY)


def rules_of(answer: Response | Failed) -> RobotRules:
    """What an answer to `/robots.txt` means: no such file opens everything, an error of the host nothing."""
    if isinstance(answer, Failed):
        return RobotRules(is_open=answer.state == "large")
    if answer.status in (200, 203):
        text = answer.body[:MOST_BYTES].decode("utf-8-sig", "replace")
        try:
            return RobotRules(rules=Protego.parse(text))
        except (ValueError, IndexError, RecursionError):
            return RobotRules()
    return RobotRules(is_open=400 <= answer.status < 500 and answer.status != 429)


class Robots:
    """The rules of hosts asked lately, each asked for once a day."""

    def __init__(self, send: Transport, clock: Callable[[], datetime]) -> None:
        self._send = send
        self._clock = clock
        self._known: OrderedDict[str, tuple[datetime, RobotRules]] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def of(
        self,
        url: str,
        *,
        wait_for_slot: Callable[[str], Awaitable[None]] | None,
        timeout: timedelta,
        is_sample: bool,
    ) -> RobotRules:
        """The rules of the address' host; `wait_for_slot` is waited for before the host is asked for them."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        lock = self._asking.setdefault(origin, asyncio.Lock())
        async with lock:
            known = self._known.get(origin)
            if known is not None and known[0] > self._clock():
                self._asking.pop(origin, None)
                return known[1]
            address = f"{origin}/robots.txt"
            if wait_for_slot is not None and not is_sample:
                await wait_for_slot(address)
            answer = await self._send.get(
                Request(
                    url=address,
                    timeout=timeout,
                    max_bytes=MOST_BYTES * 4,
                    is_sample=is_sample,
                    is_to_source=True,
                )
            )
            rules = rules_of(answer)
            keep = KEEP if rules.is_open or rules.rules is not None else KEEP_UNREACHABLE
            self._known[origin] = (self._clock() + keep, rules)
        self._asking.pop(origin, None)
        while len(self._known) > MOST_HOSTS:
            self._known.popitem(last=False)
        return rules
