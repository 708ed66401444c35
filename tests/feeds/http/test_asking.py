"""Asking a named server, against servers on loopback that are slow, long, elsewhere or not to be trusted."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from feeds.http.address_guard import guard_of
from feeds.http.asking import AskedInVainError, Asker

LOCAL = guard_of(("127.0.0.0/8",))


@contextmanager
def served(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that takes one connection and talks as it is told; returns its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                talk(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)
        assert not thread.is_alive(), "the connection was let go"


def ask(port: int, scheme: str = "http", within_s: float = 5.0) -> bytes:
    asker = Asker(guard=LOCAL, user_agent="Feedwright", within_s=within_s)
    return asker.ask(f"{scheme}://127.0.0.1:{port}/x?y").body


def drip(head: bytes) -> Callable[[socket.socket], None]:
    """Sends a beginning, and then a byte now and then until nobody listens."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        gone = threading.Event()
        while not gone.wait(0.05):
            connection.sendall(b"x")

    return talk


def test_what_is_asked_and_answered() -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with served(talk) as port:
        assert ask(port) == b"{}"
    assert heard[0].startswith(b"GET /x?y HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"User-Agent: Feedwright" in heard[0]


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b""]
)
def test_a_byte_now_and_then_holds_nobody(head: bytes) -> None:
    with (
        served(drip(head)) as port,
        pytest.raises(AskedInVainError, match=r"did not answer within 0\.3 seconds"),
    ):
        ask(port, within_s=0.3)


def test_a_handshake_that_never_ends_holds_nobody() -> None:
    # A record of the handshake that says it is long, and comes byte by byte.
    with (
        served(drip(b"\x16\x03\x03\x40\x00")) as port,
        pytest.raises(AskedInVainError, match=r"did not answer within 0\.3 seconds"),
    ):
        ask(port, "https", within_s=0.3)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_200_000, "its answer is too long"),
        (b"no http\r\n\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", "cannot be reached"),
        (b"", "cannot be reached"),
    ],
)
def test_answers_that_are_none(said: bytes, told: str) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(said)

    with served(talk) as port, pytest.raises(AskedInVainError, match=told):
        ask(port)


def test_only_open_addresses_are_connected_to() -> None:
    asker = Asker(guard=guard_of(()), user_agent="Feedwright")
    for url in ("http://127.0.0.1:9/", "https://localhost/", "http://[::1]/", "http://10.0.0.1/"):
        with pytest.raises(AskedInVainError, match="not at a public address"):
            asker.ask(url)
    for url in ("file:///etc/passwd", "ftp://a.example/", "https://", "http://u:p@127.0.0.1/", "http://[/"):
        with pytest.raises(AskedInVainError):
            asker.ask(url)
    with pytest.raises(AskedInVainError, match="cannot be reached"):
        asker.ask("http://127.0.0.1/a b\r\nX: y")


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "both.pem"
    plain = serialization.NoEncryption()
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(own + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(4096)

    with served(talk) as port, pytest.raises(AskedInVainError, match="has no trusted certificate"):
        ask(port, "https")
