"""A question to a server that the admin named, asked in the calling thread: small, bounded, behind the address guard.

For single sign-on alone, where a person waits for the answer. Nothing is followed, no cookie kept, no proxy of the
environment used; the address is judged when the connection is made.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from feeds.http.address_guard import Guard
from feeds.text.urls import shown_url

WITHIN_S = 10.0
MOST_BYTES = 1_000_000
CHUNK = 16_384


class AskedInVainError(Exception):
    """No usable answer; the text says why, as part of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks one question after the other, each over a connection of its own."""

    guard: Guard
    user_agent: str
    within_s: float = WITHIN_S

    def ask(self, url: str, *, form: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a GET, or to the form by POST; raises AskedInVainError."""
        try:
            return self._asked(url, form, {"User-Agent": self.user_agent, **(headers or {})})
        except TimeoutError as error:
            raise AskedInVainError(
                f"{shown_url(url)} did not answer within {self.within_s:g} seconds"
            ) from error
        except ssl.SSLError as error:
            raise AskedInVainError(
                f"{shown_url(url)} has no trusted certificate ({error.reason or 'unknown'})"
            ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise AskedInVainError(f"{shown_url(url)} cannot be reached ({_short(error)})") from error

    def _asked(self, url: str, form: str | None, headers: dict[str, str]) -> Answer:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError("that is no http address")
        kind = _GuardedTls if parts.scheme == "https" else _Guarded
        # Stated: else a port would be looked for in an address of IPv6.
        port = parts.port or kind.default_port
        connection = kind(parts.hostname, port, ends=time.monotonic() + self.within_s, guard=self.guard)
        watch = threading.Timer(self.within_s, connection.give_up)
        watch.daemon = True
        watch.start()
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
                connection.request("POST", path, form.encode(), sent)
            answer = connection.getresponse()
            body = b""
            while chunk := answer.read(CHUNK):
                body += chunk
                if len(body) > MOST_BYTES:
                    raise ValueError("its answer is too long")
            if connection.is_late:
                raise TimeoutError
            if answer.length:
                raise ValueError("its answer ended early")
            return Answer(status=answer.status, body=body)
        except (OSError, http.client.HTTPException, ValueError):
            if connection.is_late:
                raise TimeoutError from None
            raise
        finally:
            watch.cancel()
            connection.close()


class _Guarded(http.client.HTTPConnection):
    """A connection to the first address of the host that the guard lets through."""

    def __init__(self, host: str, port: int, *, ends: float, guard: Guard) -> None:
        super().__init__(host, port)
        self._guard, self._ends = guard, ends
        self.is_late = False

    def connect(self) -> None:
        """Connects."""
        self.sock = connected(self.host, self.port, self._ends, self._guard)

    def give_up(self) -> None:
        """Ends it from another thread: a host that sends a byte now and then would hold the first one for long."""
        self.is_late = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                # Not by the method of an encrypted socket, which is not made for two threads.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _GuardedTls(_Guarded):
    """The same, encrypted and with the host's certificate checked."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connects."""
        super().connect()
        # Kept before the handshake, so that this can be given up, too.
        self.sock = encrypted = ssl.create_default_context().wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        encrypted.do_handshake()


def connected(host: str, port: int, ends: float, guard: Guard) -> socket.socket:
    """A connection to the first address of the host that the guard lets through, before `ends` (of the monotonic clock)."""
    last: OSError = OSError(errno.EHOSTUNREACH, f"{host} has no address")
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not guard.is_open(str(address[0]), port, is_sample=False):
            last = OSError(
                errno.EACCES, f"{host} is not at a public address: [fetch] allow may let its network through"
            )
            continue
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            return socket.create_connection((str(address[0]), port), left)
        except OSError as error:
            last = error
    raise last


def _short(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join((text or type(error).__name__).split())[:160].rstrip(".")
