"""A farm of sources on loopback: a real HTTP server whose every path can be given an answer, each host its own address."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Farm:
    """What the server answers, and what it was asked."""

    port: int = 0
    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Host, path and If-None-Match of every request."""
    delay_s: float = 0.0
    most_at_once: int = 0
    """The most requests that one host had to answer at the same time."""
    under_way: Counter[str] = field(default_factory=Counter)
    times: list[tuple[str, str, float, float]] = field(default_factory=list)
    """Host, path, beginning and end of every request, as `time.monotonic` says."""

    def url(self, path: str, host: int = 1) -> str:
        """The address of a path at the host of that number (127.0.0.1 to 127.0.0.250)."""
        return f"http://127.0.0.{host}:{self.port}{path}"


@contextmanager
def farm() -> Iterator[Farm]:
    """A farm that lives as long as the context."""
    land = Farm()
    counting = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = self.headers.get("If-None-Match")
            land.asked.append((self.headers.get("Host", ""), self.path, sent))
            host = self.headers.get("Host", "")
            began = time.monotonic()
            with counting:
                land.under_way[host] += 1
                land.most_at_once = max(land.most_at_once, land.under_way[host])
            time.sleep(land.delay_s)
            with counting:
                land.under_way[host] -= 1
                land.times.append((host, self.path, began, time.monotonic()))
            body = land.pages.get(self.path)
            if body is None:
                self._answer(404, b"", {})
                return
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if sent == etag:
                self._answer(304, b"", {"ETag": etag})
            else:
                self._answer(200, body, {"ETag": etag, "Content-Type": "application/xml"})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that was killed is part of the test."""

    server = Server(("0.0.0.0", 0), Handler)
    land.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield land
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
