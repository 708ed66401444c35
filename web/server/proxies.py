"""Who really asks, behind the proxies that `[web] trusted_proxies` names: address and scheme as these forward them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network = IPv4Network | IPv6Network


class TrustedProxies:
    """A WSGI app that sees the client, not the proxy. What strangers forward is not believed."""

    def __init__(self, app: WSGIApplication, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = networks_of(trusted)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """What the app answers to the client."""
        if self._trusted and is_in(environ.get("REMOTE_ADDR", ""), self._trusted):
            client = _last_stranger(environ.get("HTTP_X_FORWARDED_FOR", ""), self._trusted)
            if client is not None:
                environ["REMOTE_ADDR"] = client
                environ["feedwright.is_forwarded"] = True
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").split(",")[-1].strip().lower()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._app(environ, start_response)


def networks_of(trusted: Sequence[str]) -> tuple[Network, ...]:
    """The networks that are written so."""
    return tuple(ip_network(one, strict=False) for one in trusted)


def forwarded_client(address: str, forwarded_for: str, trusted: Sequence[Network]) -> str | None:
    """Whom the proxy at that address speaks for; None if it is none of ours, or forwards nothing usable."""
    return _last_stranger(forwarded_for, trusted) if is_in(address, trusted) else None


def _last_stranger(forwarded_for: str, trusted: Sequence[Network]) -> str | None:
    """The last address of the list that is no proxy of ours; None if nothing usable was forwarded.

    Each proxy appends whom it saw. What stands further left was sent by the client, and may be a lie.
    """
    for text in reversed(forwarded_for.split(",")):
        address = _plain(text.strip())
        try:
            ip_address(address)
        except ValueError:
            return None
        if not is_in(address, trusted):
            return address
    return None


def is_in(text: str, networks: Sequence[Network]) -> bool:
    """True if the address lies in one of the networks; IPv4 inside IPv6 counts as IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in networks)


def _plain(text: str) -> str:
    """The address without a port, as some proxies send one."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
