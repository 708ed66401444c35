"""Our own addresses, which may not become sources: a site that polls itself would take in what it published, for ever. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from feeds.text.urls import absolute_url

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104
_PORTS = {"http": 80, "https": 443}


def own_problem(url: str, bases: Iterable[str]) -> str | None:
    """A sentence where the address lies below one of these, in either scheme; None for the addresses of others."""
    for base in bases:
        if _is_below(url, base):
            return (
                f"{base} is this site's own address: a source there would bring back what is published here."
                " Give the address of the source itself."
            )
    return None


def _is_below(url: str, base: str) -> bool:
    whole, own = absolute_url(url), absolute_url(base)
    if whole is None or own is None:
        return False
    there, here = urlsplit(whole), urlsplit(own)
    if _host(there.hostname) != _host(here.hostname):
        return False
    ports = {part.port or _PORTS[part.scheme] for part in (there, here)}
    if len(ports) > 1 and ports != set(_PORTS.values()):
        return False
    path = here.path.rstrip("/")
    return there.path == path or there.path.startswith(f"{path}/")


def _host(name: str | None) -> str:
    host = (name or "").lower().rstrip(".").removeprefix("www.")
    return "localhost" if host in _LOOPBACK else host
