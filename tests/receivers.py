"""Real receivers on loopback: they answer a hub's questions, take what it sends, and can be slow, dead or lying."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    status: int = 0
    """What it was answered, where it was sent something."""


@dataclass(slots=True)
class Receivers:
    """Any number of callbacks, one for each path; what came, and what each answers."""

    host: str
    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    status: dict[str, int] = field(default_factory=dict)
    """Of what is sent to a path; 204 where nothing is said."""
    no: set[str] = field(default_factory=set)
    """Paths that did not mean it: questions are answered 404."""
    lies: set[str] = field(default_factory=set)
    """Paths that answer questions with something else than the challenge."""
    hangs: set[str] = field(default_factory=set)
    """Paths that answer nothing until `let_go` is set."""
    drops: set[str] = field(default_factory=set)
    """Paths that take what is sent and close the connection without an answer."""
    moved: dict[str, str] = field(default_factory=dict)
    """Where what is sent to a path is redirected to, with the status of `status`."""
    bodies: dict[str, bytes] = field(default_factory=dict)
    """What is answered to what is sent to a path, where it may have a body."""
    let_go: threading.Event = field(default_factory=threading.Event)
    was_let_go: bool = False
    """Whether what hung was let go, and did not wait in vain."""
    on_post: Callable[[], object] = bool
    """Called when something was sent."""

    def url(self, path: str) -> str:
        """The address of a path here."""
        return f"http://{self.host}:{self.port}{path}"

    def questions(self) -> list[Arrived]:
        """What a hub asked."""
        return [one for one in self.arrived if one.method == "GET"]

    def sent(self, path: str | None = None) -> list[Arrived]:
        """What was sent, to one path or to all."""
        return [one for one in self.arrived if one.method == "POST" and path in (None, one.path)]


@contextmanager
def receivers(host: str = "127.0.0.1", port: int = 0) -> Iterator[Receivers]:
    """Receivers that live as long as the context."""
    land = Receivers(host)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._take(b"")

        def do_POST(self) -> None:
            self._take(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def _take(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            land.arrived.append(
                Arrived(
                    self.command,
                    parts.path,
                    query,
                    headers,
                    body,
                    0 if parts.path in land.drops else land.status.get(parts.path, 204),
                )
            )
            if parts.path in land.drops:
                self.close_connection = True
                return
            if parts.path in land.hangs:
                land.was_let_go = land.let_go.wait(8)
            elif self.command == "POST":
                land.on_post()
            challenge = query.get("hub.challenge") or query.get("challenge", "")
            if self.command == "GET" and parts.path in land.no:
                self._send(404, b"")
            elif self.command == "GET":
                self._send(200, b"yes" if parts.path in land.lies else challenge.encode())
            else:
                body = land.bodies.get(parts.path, b"")
                self._send(land.status.get(parts.path, 204), body, land.moved.get(parts.path))

        def _send(self, status: int, body: bytes, to: str | None = None) -> None:
            self.send_response(status)
            if to is not None:
                self.send_header("Location", to)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Tells of faults; that a sender does not wait for the answer of one that hangs is none."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    server = Server((host, port), Handler)
    land.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield land
    finally:
        land.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
