"""The address guard: which addresses may be connected to. Pure.

Python's own `is_global` changes with its version, so what is not public is listed here, after the IANA registries of
special-purpose addresses (RFC 6890, as of November 2026), with what clouds keep for their own servers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24"
        " 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24"
        " 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
        # Azure's own services, reached from its virtual machines only.
        " 168.63.129.16/32"
    ).split()
)
NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "::/128 ::1/128 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7"
        " fe80::/10 fec0::/10 ff00::/8"
    ).split()
)
UNICAST_6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out; anything else is reserved, or carries an IPv4 address."""
NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"),)
LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
"""For translation inside one network (RFC 8215): never public."""
COMPATIBLE = ipaddress.IPv6Network("::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Which addresses may be connected to: public ones, the admin's networks, the run's own samples."""

    networks: tuple[Network, ...] = ()
    sample: tuple[str, int] | None = None

    @lru_cache(maxsize=4096)  # noqa: B019 - guards are made once a process
    def is_open(self, host: str, port: int, *, is_sample: bool) -> bool:
        """True if a connection to this address literal may be made."""
        if is_sample:
            return (host, port) == self.sample
        address = ipaddress.ip_address(host.split("%", 1)[0])
        return is_public(address) or any(address in network for network in self.networks)


def guard_of(allow: Sequence[str], sample_base: str | None = None) -> Guard:
    """The guard for `[fetch] allow` and the address at which the run serves its own samples."""
    sample = None
    if sample_base:
        parts = urlsplit(sample_base)
        sample = (parts.hostname or "", parts.port or 80)
    return Guard(networks=tuple(ipaddress.ip_network(text, strict=False) for text in allow), sample=sample)


def is_public(address: IPAddress) -> bool:
    """True if the address, and every IPv4 address that hides in it, is globally reachable unicast."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    if address in LOCAL_NAT64 or _is_isatap(address):
        return False
    hidden = _hidden(address)
    if hidden:
        return all(is_public(inner) for inner in hidden)
    return address in UNICAST_6 and not any(address in network for network in NOT_PUBLIC_6)


def _is_isatap(address: ipaddress.IPv6Address) -> bool:
    """True for an interface id that carries an IPv4 address inside a site (RFC 5214 section 6.1)."""
    return (int(address) >> 32) & 0xFCFFFFFF == 0x00005EFE


def _hidden(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if address in COMPATIBLE or any(address in network for network in NAT64):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return []
