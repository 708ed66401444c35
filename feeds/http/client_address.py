"""Which addresses count as one client, where each client may make so many requests. Pure."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

IPV6_BITS = 64
"""Of an IPv6 network that one client has: it may speak from each address in it."""


def client_of(address: str) -> str:
    """An IPv4 address, or the network of an IPv6 one; what is no address stands for itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    # A socket for both families shows IPv4 so; as IPv6, all of it would be one client.
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, IPV6_BITS), strict=False)) if found.version == 6 else str(found)
