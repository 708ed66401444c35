"""Cookies along one chain of redirects: some hosts lead in a circle whoever brings none. Forgotten with its end."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import SimpleCookie

import aiohttp
from yarl import URL

MOST_COOKIES = 50


class ChainCookies:
    """What the hosts of one chain set, each for itself."""

    def __init__(self) -> None:
        self._jar: aiohttp.CookieJar | None = None

    def keep(self, url: str, given: SimpleCookie) -> None:
        """Takes over what the answer from that address set."""
        if not given or len(given) > MOST_COOKIES:
            return
        if self._jar is None:
            self._jar = aiohttp.CookieJar(unsafe=True)
        self._jar.update_cookies(given, URL(url))

    def of(self, url: str, headers: Mapping[str, str]) -> dict[str, str]:
        """The header to send to that address, behind the source's own; empty if there is nothing to add."""
        kept = self._jar.filter_cookies(URL(url)) if self._jar is not None else {}
        if not kept:
            return {}
        own = [text for name, text in headers.items() if name.lower() == "cookie"]
        return {"Cookie": "; ".join((*own, *(f"{name}={one.coded_value}" for name, one in kept.items())))}
