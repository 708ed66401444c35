"""Between granian and the WSGI app: bodies wait without holding a thread, and end when they are too long or too slow.

A feed held in memory is answered in the event loop; everything else runs in a few threads. Four unfinished POSTs
would otherwise hold all of them, since WSGI reads a body by blocking. A request whose client has gone before its
turn came is dropped.
"""

from __future__ import annotations

import asyncio
import atexit
import io
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feeds.errors import FeedwrightError
from feeds.http.client_address import client_of
from web.server.conditional import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

BODY_WITHIN_S = 20.0
"""A body that is not whole by then is given up (408)."""
MOST_BODIES, MOST_OF_ONE = 256, 24
"""Bodies that are being received at one time, from all and from one client; further ones are told to come again."""
MOST_HELD = 64_000_000
"""Bytes of all bodies that are being received; what would go beyond is told to come again."""
MOST_WAITING = 512
"""Requests that wait for a thread; further ones are told to come again."""

Headers = list[tuple[str, str]]
Fast = Callable[[str, str, Any, str], Answer | None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not taken."""

    status: int
    text: str


TOO_LONG = Refusal(413, "That is more than this address takes.")
TOO_SLOW = Refusal(408, "The body did not arrive in time.")
CUT_SHORT = Refusal(400, "The body ended before it was whole.")
TOO_MANY = Refusal(503, "Too many requests at this moment; try again in a few seconds.")
TOO_MANY_OF_YOURS = Refusal(429, "Too many of your requests are still being received; finish these first.")

log = logging.getLogger(__name__)

Explain = Callable[[str, str, Refusal], tuple[Headers, bytes]]
ClientOf = Callable[[str, str], str]
"""Which client sends a request, by the address that connected and the header `X-Forwarded-For`."""


def plainly(_method: str, _path: str, why: Refusal) -> tuple[Headers, bytes]:
    """A refusal as a line of text."""
    return [("content-type", "text/plain; charset=utf-8")], f"{why.text}\n".encode()


def _who_connected(address: str, _forwarded_for: str) -> str:
    return client_of(address)


def _nothing() -> None:
    """Nothing is left to do."""


def _end_process() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


class Bridge:
    """The app as granian calls it (RSGI).

    `fast` answers from memory by method, path and headers, or says None; `most_body` says how many bytes a path takes;
    `tell` says how a refusal is told to who asked a path by a method; `client` says whose bodies count together;
    `finish` is called once, when the worker has answered all and ends.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        fast: Fast,
        most_body: Callable[[str], int],
        threads: int,
        tell: Explain = plainly,
        client: ClientOf = _who_connected,
        finish: Callable[[], None] = _nothing,
        body_within_s: float = BODY_WITHIN_S,
    ) -> None:
        self._app, self._fast, self._most_body = app, fast, most_body
        self._tell, self._client, self._finish = tell, client, finish
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="request")
        self._within = body_within_s
        self._bodies: Counter[str] = Counter()
        self._held = self._waiting = 0

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answers one request."""
        given = self._fast(scope.method, scope.path, scope.headers, scope.query_string)
        if given is not None:
            protocol.response_bytes(given.status, list(given.headers), given.body)
            return
        body = await self._body(scope, protocol) if _has_body(scope) else b""
        if isinstance(body, Refusal):
            self._refuse(scope, protocol, body)
            return
        if self._waiting >= MOST_WAITING:
            self._refuse(scope, protocol, TOO_MANY)
            return
        await self._run(environ_of(scope, body), protocol)

    def __rsgi_del__(self, _loop: Any) -> None:
        """The worker has stopped serving: the process ends once its threads are done, without taking Python down first.

        Before Python 3.13 a thread of granian's that comes back to Python meanwhile aborts the process, with a trace.
        """
        self._threads.shutdown()
        try:
            self._finish()
        except FeedwrightError as fault:
            log.warning("what this process still held could not be written down: %s", fault)
        # What is registered last is called first.
        atexit.register(_end_process)

    def _refuse(self, scope: Any, protocol: Any, why: Refusal) -> None:
        headers, body = self._tell(scope.method, scope.path, why)
        headers = [*headers, ("cache-control", "no-store"), ("connection", "close")]
        if why.status in (429, 503):
            headers.append(("retry-after", "5"))
        protocol.response_bytes(why.status, headers, body)

    async def _body(self, scope: Any, protocol: Any) -> bytes | Refusal:
        most = self._most_body(scope.path)
        stated = scope.headers.get("content-length") or ""
        if stated.isdigit() and int(stated[:18]) > most:
            return TOO_LONG
        client = self._client(_connected(scope)[0], ",".join(scope.headers.get_all("x-forwarded-for")))
        if self._bodies[client] >= MOST_OF_ONE:
            return TOO_MANY_OF_YOURS
        if self._bodies.total() >= MOST_BODIES:
            return TOO_MANY
        self._bodies[client] += 1
        try:
            async with asyncio.timeout(self._within):
                body = await self._received(protocol, most)
            # A client that went away in the middle did not mean the beginning of what it sent.
            is_short = isinstance(body, bytes) and stated.isdigit() and len(body) < int(stated[:18])
            return CUT_SHORT if is_short else body
        except TimeoutError:
            return TOO_SLOW
        finally:
            self._bodies[client] -= 1
            if not self._bodies[client]:
                del self._bodies[client]

    async def _received(self, protocol: Any, most: int) -> bytes | Refusal:
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in protocol:
                size += len(chunk)
                self._held += len(chunk)
                if size > most:
                    return TOO_LONG
                if self._held > MOST_HELD:
                    return TOO_MANY
                chunks.append(chunk)
        finally:
            self._held -= size
        return b"".join(chunks)

    async def _run(self, environ: WSGIEnvironment, protocol: Any) -> None:
        self._waiting += 1
        answering = asyncio.get_running_loop().run_in_executor(self._threads, self._call, environ)
        gone = asyncio.ensure_future(protocol.client_disconnect())
        try:
            await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
            # Nobody waits for the answer any more: if no thread has taken it up, none will.
            if not answering.done() and answering.cancel():
                return
            status, headers, body = await answering
            protocol.response_bytes(status, headers, body)
        finally:
            self._waiting -= 1
            gone.cancel()

    def _call(self, environ: WSGIEnvironment) -> tuple[int, Headers, bytes]:
        found: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: Headers, _error: object = None) -> Callable[[bytes], object]:
            found.append((int(status.split(" ", 1)[0]), headers))
            return _no_write

        chunks: Iterable[bytes] = self._app(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = found[-1]
        return status, [(name.lower(), value) for name, value in headers], body


def _connected(scope: Any) -> tuple[str, str]:
    address, _, port = scope.client.rpartition(":")
    return address.strip("[]"), port


def environ_of(scope: Any, body: bytes) -> WSGIEnvironment:
    """The request as WSGI tells it (PEP 3333)."""
    host, _, port = scope.server.rpartition(":")
    client, client_port = _connected(scope)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client,
        "REMOTE_PORT": client_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in _joined(scope.headers.items()):
        environ[name] = value
    environ.setdefault("HTTP_HOST", scope.authority or scope.server)
    if body or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def threads_of(most: int) -> int:
    """How many threads answer what is not held: each may hold a connection, and one lock is all they share."""
    return min(most, 2 * (os.cpu_count() or 1) + 1)


def _joined(headers: Sequence[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joint}{value}" if key in found else value
    # The body is whole by now: how it was cut says nothing any more.
    found.pop("HTTP_TRANSFER_ENCODING", None)
    return found.items()


def _has_body(scope: Any) -> bool:
    length = scope.headers.get("content-length")
    return (length is not None and length.strip() != "0") or "transfer-encoding" in scope.headers


def _no_write(_data: bytes) -> None:
    """Nothing here uses the old way of writing."""
