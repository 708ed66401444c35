"""Where a request comes from: the real address behind proxies of our own, and whether it may open admin pages."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import Request

Address = IPv4Address | IPv6Address


def address_of(request: Request, trusted: Sequence[str]) -> str:
    """The address of who asks: the last one in X-Forwarded-For that no proxy of ours wrote for itself."""
    found = _read(request.remote_addr or "")
    if found is None:
        return request.remote_addr or "unknown"
    named = [
        part.strip()
        for line in request.headers.getlist("X-Forwarded-For")
        for part in line.split(",")
        if part.strip()
    ]
    while named and _is_within(found, trusted):
        before = _read(named.pop())
        if before is None:
            break
        found = before
    return str(found)


def is_within(address: str, networks: Sequence[str]) -> bool:
    """True if the address lies in one of these networks."""
    found = _read(address)
    return found is not None and _is_within(found, networks)


def _read(text: str) -> Address | None:
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_within(address: Address, networks: Sequence[str]) -> bool:
    return any(address in ip_network(one, strict=False) for one in networks)
