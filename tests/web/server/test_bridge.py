"""What anybody outside can do to the running web: bodies that never end, absurd headers, clients that go away."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from feeds.actions.declaring.partner_keys import make_key
from feeds.clock import system_clock
from feeds.config.load import load
from feeds.model.partners import PartnerSpec
from parts.store import open_store
from web.server.bridge import MOST_HELD, MOST_OF_ONE, TOO_MANY, Bridge, Refusal

ROOT = Path(__file__).resolve().parents[3]
THREADS = 4


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def web(folder: Path) -> Iterator[tuple[int, psutil.Process]]:
    config = folder / "config.toml"
    config.write_text(
        '[site]\ntitle = "Quay"\n[poll]\nis_on = false\n[web]\ntrusted_proxies = ["127.0.0.1"]\n'
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDWRIGHT_")}
    environ |= {"FEEDWRIGHT_CONFIG": str(config), "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    subprocess.run(
        [sys.executable, "-m", "commands", "db", "migrate", "--quiet"], cwd=ROOT, env=environ, check=True
    )
    port = free_port()
    options = f"--interface rsgi --workers 1 --no-ws --log-level warning --port {port} web.rsgi:app"
    running = subprocess.Popen([sys.executable, "-m", "granian", *options.split()], cwd=ROOT, env=environ)
    try:
        ends_at = time.monotonic() + 120
        while status(port, "/healthz") != 200:
            assert time.monotonic() < ends_at
            time.sleep(0.05)
        yield port, psutil.Process(running.pid)
    finally:
        running.terminate()
        running.wait(60)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, psutil.Process]]:
    with web(tmp_path_factory.mktemp("site")) as running:
        yield running


def status(port: int, path: str, headers: dict[str, str] | None = None) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers or {})
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def begun(port: int, path: str, length: int, client: str) -> socket.socket:
    """A POST of that client whose body does not come."""
    opened = socket.create_connection(("127.0.0.1", port), timeout=60)
    opened.sendall(
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Forwarded-For: {client}\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    return opened


def test_posts_that_are_never_finished_hold_nobody_up(served: tuple[int, psutil.Process]) -> None:
    port, _ = served
    with contextlib.ExitStack() as stack:
        for path in ("/hub", "/ping/1-x", "/websub/unknown") * (THREADS * 2):
            stack.enter_context(begun(port, path, 8000, "192.0.2.9"))
        began = time.monotonic()
        assert [status(port, path) for path in ("/", "/all.atom", "/topics", "/healthz")] == [200] * 4
        # Far below the time that a body is given; a thread held by each would make it wait for that.
        assert time.monotonic() - began < 15


def test_a_chunked_body_is_cut_off_at_the_limit_of_its_address(served: tuple[int, psutil.Process]) -> None:
    port, _ = served
    chunk = b"2000\r\n" + b"x" * 8192 + b"\r\n"
    for path, most in (("/hub", 8_192), ("/websub/x", 5_000_000), ("/search", 2_000_000)):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as opened:
            opened.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            sent = 0
            with contextlib.suppress(OSError):
                while sent < most + 20_000_000:
                    opened.sendall(chunk)
                    sent += len(chunk)
            with contextlib.suppress(ConnectionResetError):
                assert opened.recv(100).startswith(b"HTTP/1.1 413")
            assert sent < most + 20_000_000, f"{path} took all of it"
    assert status(port, "/") == 200


@pytest.mark.parametrize("path", ["/all.atom", "/", "/topics"])
@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 2024 00:00:00 +9999999999999999",
        "Mon, 01 Jan 99999 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "x" * 5000,
        "Mon, 32 Foo 2024 99:99:99 GMT",
    ],
)
def test_absurd_dates_are_no_dates(served: tuple[int, psutil.Process], path: str, date: str) -> None:
    port, _ = served
    # Twice: the second time a feed is held, and answered before the app is asked.
    assert [status(port, path, {"If-Modified-Since": date}) for _ in range(2)] == [200, 200]


def test_no_redirect_is_made_from_the_host_header(served: tuple[int, psutil.Process]) -> None:
    port, _ = served
    for path in ("/static//site.css", "//topics", "/topics//", "/feed"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path, headers={"Host": "evil.example"})
        assert "evil.example" not in (connection.getresponse().headers.get("Location") or "")
        connection.close()


def test_names_in_addresses_and_headers_arrive_as_they_were_sent(served: tuple[int, psutil.Process]) -> None:
    port, _ = served
    for path, expected in (
        ("/topics/%C3%A9", 404),
        ("/search?q=%C3%A9%20x", 200),
        ("/topics/%FF", 404),
        ("/%00", 404),
    ):
        assert status(port, path) == expected
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.close()


def test_a_body_that_ends_too_early_is_not_taken_for_the_whole(served: tuple[int, psutil.Process]) -> None:
    port, _ = served
    body = b"hub.mode=publish&hub.url=https://harbour.example/feed"
    head = b"POST /hub HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
    for missing, right in ((0, b"HTTP/1.1 404"), (1, b"HTTP/1.1 400")):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as opened:
            opened.sendall(head % (len(body) + missing) + body)
            if missing:
                opened.shutdown(socket.SHUT_WR)
            assert opened.recv(100).startswith(right)


def test_half_open_connections_keep_nobody_out(served: tuple[int, psutil.Process]) -> None:
    port, _ = served
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            opened = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert status(port, "/all.atom") == 200


def test_one_client_cannot_keep_the_bodies_of_others_out(served: tuple[int, psutil.Process]) -> None:
    port, _ = served
    body = b"hub.mode=publish&hub.url=https://harbour.example/feed"
    head = (
        "POST /hub HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )

    def answered(client: str) -> tuple[bytes, bytes]:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as opened:
            opened.sendall((head % client).encode() + body)
            status_line, _, rest = opened.makefile("rb").read().partition(b"\r\n")
            return status_line, rest

    with contextlib.ExitStack() as stack:
        for _ in range(MOST_OF_ONE * 3):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)).sendall(
                (head % "203.0.113.7").encode()
            )
        # Only once the server has begun to receive them does another of the same client find no room.
        ends_at = time.monotonic() + 60
        while (refused := answered("203.0.113.7"))[0].split()[1] != b"429":
            assert time.monotonic() < ends_at
        assert b"retry-after: 5" in refused[1]
        assert answered("198.51.100.2")[0].startswith(b"HTTP/1.1 404")
    ends_at = time.monotonic() + 60
    while answered("203.0.113.7")[0].split()[1] != b"404":
        assert time.monotonic() < ends_at


def test_bodies_together_hold_no_more_than_fits_in_memory() -> None:
    class Endless:
        def __init__(self) -> None:
            self.left = 40

        def __aiter__(self) -> Endless:
            return self

        async def __anext__(self) -> bytes:
            await asyncio.sleep(0)
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return b"x" * 100_000

    async def send_all(count: int) -> list[bytes | Refusal]:
        scopes = [
            SimpleNamespace(path="/", client=f"198.51.100.{number}:80", headers=Headers({}))
            for number in range(count)
        ]
        return await asyncio.gather(*(bridge._body(scope, Endless()) for scope in scopes))

    class Headers(dict[str, str]):
        def get_all(self, _name: str) -> list[str]:
            return []

    bridge = Bridge(None, fast=lambda *_: None, most_body=lambda _: 5_000_000, threads=1)  # type: ignore[arg-type]
    found = asyncio.run(send_all(30))
    assert {len(one) for one in found if isinstance(one, bytes)} == {4_000_000}
    assert {one for one in found if not isinstance(one, bytes)} == {TOO_MANY}
    assert 10 <= sum(isinstance(one, bytes) for one in found) <= MOST_HELD // 4_000_000
    # Nothing of it is left counted.
    assert all(isinstance(one, bytes) for one in asyncio.run(send_all(16)))


def test_a_slow_body_is_given_up(served: tuple[int, psutil.Process]) -> None:
    port, _ = served
    with begun(port, "/hub", 8000, "192.0.2.10") as opened:
        assert opened.recv(100).startswith(b"HTTP/1.1 408")


def test_a_worker_that_stopped_serving_ends_once_its_threads_are_done() -> None:
    """Python is not taken down around granian's threads: one of them that came back to it would abort the process."""
    code = (
        "import sys, threading, time\n"
        "from web.server.bridge import Bridge\n"
        "class Kept:\n"
        "    def __del__(self): sys.stdout.write('torn down')\n"
        "kept = Kept()\n"
        "bridge = Bridge(None, fast=None, most_body=None, threads=1)\n"
        "begun = threading.Event()\n"
        "def answer():\n"
        "    begun.set()\n"
        "    time.sleep(0.2)\n"
        "    sys.stdout.write('answered')\n"
        "bridge._threads.submit(answer)\n"
        "begun.wait()\n"
        "bridge.__rsgi_del__(None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "answered", "")


def test_requests_of_a_partner_are_written_down_before_the_process_ends(tmp_path: Path) -> None:
    now = system_clock()
    with web(tmp_path) as (port, _):
        store = open_store(load(tmp_path / "config.toml", {}))
        partner = store.partners.put(PartnerSpec(slug="daily", name="The Daily"), origin="admin", now=now)
        key = make_key(store, partner, secrets.token_bytes, now)
        # The first is written at once, the others only after a while.
        for _ in range(3):
            assert status(port, "/api/v1/articles", {"Authorization": f"Bearer {key}"}) == 200
    assert store.partners.used(partner.id, now.date()) == 3
    store.close()
