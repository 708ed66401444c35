"""How one request to a source is put together: `[fetch]`, then what the source wants otherwise. Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from feeds.config.secrets import split_header
from feeds.http.requests import Request, Room
from feeds.model.fetched import Failed
from feeds.model.incoming import Source
from feeds.model.settings import FetchSettings
from feeds.text.urls import host_of, shown_url


def _as_written(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What putting requests together needs: limits, how secrets are looked up, the declared proxies."""

    limits: FetchSettings
    secret: Callable[[str], str] = _as_written
    """What a reference stands for; raises ValueError that says what is missing."""
    proxies: Mapping[str, str] = field(default_factory=dict)
    """Address (or reference to it) by name."""


def request_of(
    source: Source,
    asking: Asking,
    *,
    url: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    room: Room | None = None,
) -> Request | Failed:
    """The GET for a source, or for a page of it at `url`; Failed where a secret or a proxy is missing.

    What the source's settings add (headers, credentials) goes to the source's own host only, and
    never unencrypted where the source itself is asked over https.
    """
    options, limits = source.options, asking.limits
    target = url or source.fetch_url
    is_own = target == source.fetch_url or host_of(target) == host_of(source.fetch_url)
    try:
        is_adding = bool(options.headers) or options.user is not None
        own = _own_headers(source, asking) if is_adding and is_own and _is_veiled(target, source) else ()
        proxy = asking.secret(_proxy(options.proxy, asking)) if options.proxy else None
    except ValueError as error:
        return Failed(
            url=shown_url(target), state="settings", detail=f"Its settings cannot be used: {error}."
        )
    return Request(
        url=target,
        headers=headers,
        own_headers=own,
        timeout=options.timeout or limits.timeout,
        max_bytes=options.max_bytes or limits.max_bytes,
        max_redirects=limits.max_redirects,
        user_agent=options.user_agent,
        proxy=proxy,
        is_sample=source.is_sample and is_own,
        is_to_source=True,
        room=room,
    )


def _is_veiled(target: str, source: Source) -> bool:
    return urlsplit(target).scheme == "https" or urlsplit(source.fetch_url).scheme != "https"


def _own_headers(source: Source, asking: Asking) -> tuple[tuple[str, str], ...]:
    options = source.options
    found = [(name, asking.secret(value)) for name, value in map(split_header, options.headers)]
    if options.user is not None and options.password is not None:
        pair = f"{options.user}:{asking.secret(options.password)}".encode()
        found.append(("Authorization", f"Basic {base64.b64encode(pair).decode()}"))
    if any(ord(one) < 32 for _, value in found for one in value):
        raise ValueError("a header's value has more than one line")
    return tuple(found)


def _proxy(name: str, asking: Asking) -> str:
    if name not in asking.proxies:
        raise ValueError(f"no [[proxy]] has the name {name}")
    return asking.proxies[name]
