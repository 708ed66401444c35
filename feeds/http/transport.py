"""Makes the HTTP requests of polls and deliveries, each behind the address guard, with limits on everything.

The guard (`feeds.http.address_guard`) looks at the final address of every connection attempt (names and literals, every hop), so
there is nothing between check and use; a name that resolves to something else a moment later is
judged by what it resolves to then.
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urljoin, urlsplit, urlunsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError
from yarl import URL

from feeds.http.address_guard import Guard
from feeds.http.cookies import ChainCookies
from feeds.http.requests import Request, Response, Room
from feeds.model.fetched import Failed, Hop
from feeds.text.urls import host_of, shown_url

REDIRECTS = frozenset({301, 302, 303, 307, 308})
SAME_METHOD = frozenset({307, 308})
"""The redirects that a POST follows: the others would make a GET of it (RFC 9110 section 15.4)."""
CHUNK = 65_536
READ_AHEAD = 262_144
"""Decoded bytes that may wait in memory for us; most feeds fit, so that reading is seldom paused."""
PER_HOST = 4
"""Connections to one host and port at one time."""
MOST_INTERIM = 10
"""Answers of status 1xx before the final one (RFC 9110 section 15.2 sets no number; real hosts send one or two)."""
_ORDINARY = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[1-9]\d{0,3})?/")
"""What nearly all addresses begin with; taking one apart costs as much as everything else that is asked of it here."""
LARGE = 1_000_000
"""Bytes of a body that are read before there has to be room for more."""
_CREDENTIALS = frozenset({"authorization", "cookie", "if-none-match", "if-modified-since"})

WaitForSlot = Callable[[str], Awaitable[None]]
Sign = Callable[[str], Awaitable[Mapping[str, str]]]
"""The headers that sign a request to an authority."""
AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]


class RefusedAddressError(OSError):
    """A connection that the guard does not let through."""


class _TooLargeError(Exception):
    pass


class _Answer(aiohttp.ClientResponse):
    """An answer that does not follow interim ones (status 1xx) without end: reading them would take all our time."""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        protocol, heard = connection.protocol, itertools.count(1)
        assert protocol is not None
        read = protocol.read

        async def counted() -> object:
            if next(heard) > MOST_INTERIM:
                raise HttpProcessingError(code=502, message="too many interim answers")
            return await read()

        protocol.read = counted  # type: ignore[method-assign, assignment]
        try:
            return await super().start(connection)
        finally:
            del protocol.read  # the instance's; the class has its own


def is_unveiled(url: str, following: str) -> bool:
    """True if a redirect leads from an encrypted address to an unencrypted one."""
    return urlsplit(url).scheme.lower() == "https" and urlsplit(following).scheme.lower() != "https"


class HttpTransport:
    """Requests through aiohttp: own redirect loop, decoded size capped, one deadline over all hops."""

    def __init__(
        self,
        *,
        guard: Guard,
        user_agent: str,
        stall_timeout: timedelta,
        concurrency: int,
        wait_for_slot: WaitForSlot | None = None,
        resolver: AbstractResolver | None = None,
        per_host: int = PER_HOST,
        sign: Sign | None = None,
    ) -> None:
        self._guard = guard
        self._sign = sign
        self._per_host = per_host
        self._wait_for_slot = wait_for_slot
        self._stall = stall_timeout.total_seconds()
        self._agent = user_agent
        self._gate = asyncio.Semaphore(concurrency)
        self._sessions = {flag: self._session(is_sample=flag, resolver=resolver) for flag in (False, True)}
        self._resolver = resolver
        self._proxied: aiohttp.ClientSession | None = None

    async def get(self, request: Request) -> Response | Failed:
        """The answer of any status, or why there is none; redirects are followed."""
        async with self._gate:
            try:
                async with asyncio.timeout(request.timeout.total_seconds()) as limit:
                    return await self._followed(request, limit)
            except TimeoutError:
                seconds = round(request.timeout.total_seconds())
                return _failed(request.url, "slow", f"No whole answer within {seconds} s.")
            except _TooLargeError:
                return _failed(
                    request.url, "large", f"The answer is larger than {request.max_bytes:,} bytes."
                )
            except (
                aiohttp.ClientError,
                OSError,
                ValueError,
                ssl.SSLError,
                asyncio.IncompleteReadError,
            ) as error:
                return _explained(request.url, error)

    async def close(self) -> None:
        """Lets go of all connections."""
        for session in (*self._sessions.values(), *([self._proxied] if self._proxied else [])):
            await session.close()

    def _session(self, *, is_sample: bool, resolver: AbstractResolver | None) -> aiohttp.ClientSession:
        def checked(info: AddrInfo) -> socket.socket:
            family, kind, proto, _, address = info
            host, port = str(address[0]), int(str(address[1]))
            if not self._guard.is_open(host, port, is_sample=is_sample):
                raise RefusedAddressError(errno.EACCES, f"{host} is not a public address")
            return socket.socket(family, kind, proto)

        return self._session_over(checked, resolver)

    def _session_over(
        self, factory: Callable[[AddrInfo], socket.socket] | None, resolver: AbstractResolver | None
    ) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            socket_factory=factory,
            limit=0,
            limit_per_host=self._per_host,
            resolver=resolver,
            ttl_dns_cache=60,
            keepalive_timeout=15,
        )
        return aiohttp.ClientSession(
            connector=connector,
            response_class=_Answer,
            trust_env=False,
            read_bufsize=READ_AHEAD,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
            headers={"User-Agent": self._agent},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._stall, sock_read=self._stall),
        )

    async def _followed(self, request: Request, limit: asyncio.Timeout) -> Response | Failed:
        url, headers = request.url, {**dict(request.headers), **dict(request.own_headers)}
        if request.user_agent:
            headers["User-Agent"] = request.user_agent
        hops: list[Hop] = []
        cookies = ChainCookies()
        while True:
            refusal = _refused_scheme(url)
            if refusal:
                return _failed(request.url, "refused", refusal)
            sent = {**headers, **cookies.of(url, headers)}
            if self._sign is not None and request.is_to_source and not request.is_sample:
                sent |= await _signature(url, sent, self._sign)
            response = await self._once(url, sent, request, limit, hops, cookies)
            if isinstance(response, Response):
                return response
            status, target = response
            if len(hops) >= request.max_redirects:
                return _failed(request.url, "unreachable", f"More than {request.max_redirects} redirects.")
            following = urljoin(url, target)
            if request.method == "POST" and is_unveiled(url, following):
                return _failed(request.url, "refused", "It redirects from https to an unencrypted address.")
            if urlsplit(following).username is not None:
                return _failed(request.url, "refused", "It redirects to an address with a user name in it.")
            hops.append(Hop(status=status, from_url=url, to_url=following))
            is_elsewhere = host_of(following) != host_of(url)
            if is_elsewhere or (url.startswith("https:") and not following.startswith("https:")):
                own = _CREDENTIALS | {name.lower() for name, _ in request.own_headers}
                headers = {name: value for name, value in headers.items() if name.lower() not in own}
            if is_elsewhere and self._wait_for_slot is not None and not request.is_sample:
                await self._wait_for_slot(following)
            url = following

    def _by_proxy(self) -> aiohttp.ClientSession:
        """A session that connects to proxies only, which the admin chose: no guard looks at them."""
        if self._proxied is None:
            self._proxied = self._session_over(None, self._resolver)
        return self._proxied

    async def _judge(self, target: URL) -> None:
        """Raises where any address of the target is not open: the proxy would connect to it unseen by the guard."""
        host, port = target.host or "", target.port or 80
        loop = asyncio.get_running_loop()
        if self._resolver is not None:
            found = [one["host"] for one in await self._resolver.resolve(host, port, socket.AF_UNSPEC)]
        else:
            infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = [str(info[4][0]) for info in infos]
        if not found or not all(self._guard.is_open(one, port, is_sample=False) for one in found):
            raise RefusedAddressError(errno.EACCES, f"{host} is not a public address")

    async def _once(
        self,
        url: str,
        headers: dict[str, str],
        request: Request,
        limit: asyncio.Timeout,
        hops: Sequence[Hop],
        cookies: ChainCookies,
    ) -> Response | tuple[int, str]:
        session = self._sessions[request.is_sample]
        plain = _without_fragment(url)
        target = URL(plain, encoded=plain.isascii())
        proxy = None
        if request.proxy and not request.is_sample:
            await self._judge(target)
            session, proxy = self._by_proxy(), URL(request.proxy)
        body, redirects = (None, REDIRECTS) if request.method == "GET" else (request.body, SAME_METHOD)
        async with session.request(
            request.method, target, headers=headers, data=body, allow_redirects=False, proxy=proxy
        ) as answer:
            location = answer.headers.get("Location")
            if answer.status in redirects and location:
                cookies.keep(url, answer.cookies)
                return answer.status, location
            body = b""
            if answer.status in (200, 203):
                body = await _whole_body(answer, request, limit)
            elif answer.status != 304:
                body = await answer.content.read(CHUNK)
            # Bytes that are no text would poison whatever keeps them.
            found = tuple((name, value) for name, value in answer.headers.items() if _is_text(value))
            return Response(url=url, status=answer.status, headers=found, body=body, hops=tuple(hops))


async def _signature(url: str, headers: Mapping[str, str], sign: Sign) -> Mapping[str, str]:
    """The headers that sign this hop; none where its source is set to send a signature of its own."""
    if any(name.lower().startswith("signature") for name in headers):
        return {}
    # As aiohttp writes the Host header.
    return await sign(URL(_without_fragment(url), encoded=url.isascii()).host_port_subcomponent or "")


async def _whole_body(answer: aiohttp.ClientResponse, request: Request, limit: asyncio.Timeout) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_any():
        size += len(chunk)
        if size > request.max_bytes:
            raise _TooLargeError
        if size > LARGE and request.room is not None:
            await _enter(request.room, limit)
        chunks.append(chunk)
    return b"".join(chunks)


async def _enter(room: Room, limit: asyncio.Timeout) -> None:
    """Waits for room while the clock of the request stands still: others are the cause."""
    loop = asyncio.get_running_loop()
    ends_at, began = limit.when(), loop.time()
    limit.reschedule(None)
    await room.enter()
    if ends_at is not None:
        limit.reschedule(ends_at + loop.time() - began)


def _refused_scheme(url: str) -> str | None:
    if _ORDINARY.match(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "That is not an address."
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return "Only http and https addresses are fetched."
    return "Port 0 cannot be reached." if port == 0 else None


def _without_fragment(url: str) -> str:
    if "#" not in url:
        return url
    return urlunsplit((*urlsplit(url)[:4], ""))


def _failed(url: str, state: str, detail: str) -> Failed:
    return Failed(url=shown_url(url), state=state, detail=detail)


def _explained(url: str, error: BaseException) -> Failed:
    text = str(error)
    if isinstance(error, RefusedAddressError) or "is not a public address" in text:
        return _failed(
            url,
            "refused",
            "It leads to an address that is not public; `[fetch] allow` may let its network through.",
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        return _failed(url, "name", "The name of the host cannot be found.")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return _failed(url, "certificate", f"No trusted encrypted connection: {_short(error)}.")
    if isinstance(error, aiohttp.ServerTimeoutError | TimeoutError):
        return _failed(url, "slow", "The host stopped answering.")
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return _failed(url, "refused", "That is not an address that can be fetched.")
    if isinstance(error, aiohttp.ClientConnectorError) and error.errno:
        # What aiohttp says names no cause: `Cannot connect to host … ssl:default [Connect call failed (…)]`.
        return _failed(url, "unreachable", f"It cannot be connected to: {os.strerror(error.errno)}.")
    if isinstance(error, aiohttp.ClientPayloadError):
        return _failed(
            url, "unreachable", "The answer ended before it was whole, or was packed in a wrong way."
        )
    return _failed(url, "unreachable", f"No usable answer: {_short(error)}.")


def _short(error: BaseException) -> str:
    """What went wrong, without the address: it may hold a token."""
    text = error.message if isinstance(error, aiohttp.ClientResponseError) else str(error)
    clean = re.sub(r"https?://\S+", "…", " ".join((text or type(error).__name__).split()))
    return clean[:160].rstrip(".")


def _is_text(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
