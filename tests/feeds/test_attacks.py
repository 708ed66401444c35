"""Hosts that are hostile below the document: bombs, floods, trickles and lies, each by a server that tries it."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import brotli
import pytest
from aiohttp import StreamReader

from feeds.http.address_guard import guard_of
from feeds.http.requests import Request, Response
from feeds.http.transport import HttpTransport
from feeds.ingest.poll.lanes import Room
from feeds.model.fetched import Failed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
MEGABYTE = 1_000_000
MOST = 2 * MEGABYTE
MOST_SENT = 20 * MEGABYTE
"""What a host can send before it notices that nobody listens: our limit, and what sockets hold."""
OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def hostile(answer: Answer) -> AsyncIterator[str]:
    """A server that reads a request and then does what it wants."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
    finally:
        server.close()


@asynccontextmanager
async def opened() -> AsyncIterator[HttpTransport]:
    send = HttpTransport(
        guard=guard_of(["127.0.0.0/8"]), user_agent="t", stall_timeout=timedelta(seconds=0.5), concurrency=10
    )
    try:
        yield send
    finally:
        await send.close()


def asked(answer: Answer, *, seconds: float = 1.0) -> tuple[Response | Failed, int]:
    """What came of it, and how many bytes the host could send."""
    sent = 0

    async def counted(writer: asyncio.StreamWriter) -> None:
        write = writer.write

        def counting(text: bytes) -> None:
            nonlocal sent
            sent += len(text)
            write(text)

        writer.write = counting  # type: ignore[method-assign, assignment]
        await answer(writer)

    async def tried() -> Response | Failed:
        async with hostile(counted) as url, opened() as send:
            return await send.get(Request(url=url, timeout=timedelta(seconds=seconds), max_bytes=MOST))

    return asyncio.run(tried()), sent


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what was unpacked of bodies."""
    sizes: list[int] = []
    feed_data = StreamReader.feed_data

    def noted(reader: StreamReader, data: bytes, *more: Any) -> Any:
        sizes.append(len(data))
        return feed_data(reader, data, *more)

    monkeypatch.setattr(StreamReader, "feed_data", noted)
    return sizes


def once(text: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()

    return answer


def for_ever(start: bytes, again: Callable[[int], bytes], every_s: float = 0.0) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for number in itertools.count():
            writer.write(again(number))
            await writer.drain()
            await asyncio.sleep(every_s)

    return answer


def bomb(coding: str) -> bytes:
    nothing = b"\0" * MEGABYTE
    if coding == "br":
        packer = brotli.Compressor(quality=5)
        body = b"".join(packer.process(nothing) for _ in range(300)) + bytes(packer.finish())
    elif coding == "zstd":
        squeezer = zstd.ZstdCompressor()
        body = b"".join(squeezer.compress(nothing) for _ in range(300)) + squeezer.flush()
    else:
        deflater = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
        body = b"".join(deflater.compress(nothing) for _ in range(300)) + deflater.flush()
    return OK + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding.encode(), len(body)) + body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_let_go_once_it_is_too_large(coding: str, unpacked: list[int]) -> None:
    found, _ = asked(once(bomb(coding)), seconds=30)
    assert isinstance(found, Failed)
    assert found.state == "large"
    # Of 300 MB, as much as is read ahead.
    assert MOST < sum(unpacked) < 10 * MEGABYTE


def test_a_bomb_in_a_bomb_is_not_unpacked_twice(unpacked: list[int]) -> None:
    body = gzip.compress(gzip.compress(b"\0" * 50 * MEGABYTE))
    headers = b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    found, _ = asked(once(OK + headers + body))
    assert sum(unpacked) < 10 * MEGABYTE
    assert isinstance(found, Failed) or len(found.body) < MEGABYTE


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("large", for_ever(OK + b"Transfer-Encoding: chunked\r\n\r\n", lambda _: b"10000\r\n" + b"x" * 65536 + b"\r\n")),
        ("large", for_ever(OK + b"\r\n", lambda _: b"x" * 65536)),
        ("slow", for_ever(OK + b"Content-Length: 9999\r\n\r\n", lambda _: b"x", 0.1)),
        ("slow", for_ever(OK + b"Transfer-Encoding: chunked\r\n\r\n", lambda _: b"1\r\nx\r\n", 0.1)),
        ("slow", for_ever(OK + b"X-Slow: ", lambda _: b"y", 0.1)),
        ("slow", for_ever(b"", lambda number: b"HTTP/1.1 200 OK"[number : number + 1], 0.1)),
        ("unreachable", for_ever(OK, lambda number: b"X-%d: %s\r\n" % (number, b"y" * 500))),
        ("unreachable", for_ever(OK, lambda number: b"Set-Cookie: a%d=b\r\n" % number)),
        ("unreachable", for_ever(OK + b"X-Long: ", lambda _: b"y" * 65536)),
        ("unreachable", for_ever(b"HTTP/1.1 200 ", lambda _: b"O" * 65536)),
        ("unreachable", for_ever(b"", lambda _: b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 50)),
        ("unreachable", for_ever(b"", lambda _: b"HTTP/1.1 102 Processing\r\n\r\n", 0.01)),
        ("slow", for_ever(OK + b"Transfer-Encoding: chunked\r\n\r\n", lambda _: b"0" * 65536, 0.001)),
        ("unreachable", for_ever(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", lambda _: b"X-Trailer: y\r\n" * 50)),
        ("unreachable", once(OK + b"Content-Length: 500\r\n\r\nshort")),
        ("unreachable", once(OK + b"Content-Length: -5\r\n\r\nshort")),
        ("unreachable", once(OK + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\nshort")),
        ("unreachable", once(OK + b"Content-Length: 99999999999999999999999\r\n\r\nshort")),
        ("unreachable", once(OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffffff\r\nx")),
        ("unreachable", once(OK + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nno gzip!!")),
        ("unreachable", once(b"SSH-2.0-OpenSSH_9.2\r\n")),
        ("unreachable", once(b"HTTP/9.9 abc\r\n\r\n")),
    ],
    ids=["endless chunks", "endless", "drip", "drip in chunks", "slow headers", "slow status", "header flood", "cookies",
         "long header", "long status", "hints", "slow interim", "long chunk size", "trailers", "short", "negative length",
         "two lengths", "vast length", "vast chunk", "no gzip", "ssh", "no version"],
)  # fmt: skip
def test_a_hostile_answer_ends_soon_and_costs_little(state: str, answer: Answer) -> None:
    found, sent = asked(answer)
    assert isinstance(found, Failed), found
    assert found.state == state, found.detail
    # What holds nothing that we keep is ended by the clock alone.
    assert state == "slow" or sent < MOST_SENT


def test_a_body_longer_than_said_is_read_as_far_as_said() -> None:
    found, _ = asked(once(OK + b"Content-Length: 5\r\n\r\nshort and more of it"))
    assert isinstance(found, Failed) or found.body == b"short"


def test_one_or_two_interim_answers_are_well() -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    found, _ = asked(once(hint * 2 + OK + b"Content-Length: 5\r\n\r\nhello"))
    assert isinstance(found, Response)
    assert found.body == b"hello"


def test_a_redirect_to_itself_ends_whatever_cookies_it_sets() -> None:
    text = b"HTTP/1.1 302 Found\r\nLocation: /feed\r\nSet-Cookie: seen=%s\r\nContent-Length: 0\r\n\r\n" % (
        b"y" * 4000
    )
    seen: list[bytes] = []

    async def tried() -> Response | Failed:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    seen.append(await reader.readuntil(b"\r\n\r\n"))
                    writer.write(text)
                    await writer.drain()
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        async with opened() as send:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
            found = await send.get(Request(url=url, timeout=timedelta(seconds=3), max_bytes=MOST))
        server.close()
        return found

    found = asyncio.run(tried())
    assert isinstance(found, Failed)
    assert "redirects" in found.detail
    assert len(seen) == 6
    # A cookie is brought back along its own chain, since some hosts ask for that, and is no way out of the limit.
    assert [b"cookie" in one.lower() for one in seen] == [False] + [True] * 5


def test_a_large_body_waits_for_room_and_the_wait_is_not_held_against_it() -> None:
    body = OK + b"Content-Length: 1500000\r\n\r\n" + b"x" * 1_500_000

    async def tried() -> list[object]:
        async with hostile(once(body)) as url, opened() as send:
            leave = asyncio.Semaphore(1)
            inside = Room(leave)
            await inside.enter()
            async with Room(leave) as room:
                request = Request(url=url, timeout=timedelta(seconds=1), max_bytes=MOST, room=room)
                waiting = asyncio.create_task(send.get(request))
                await asyncio.sleep(1.4)
                was_done = waiting.done()
                await inside.__aexit__()
                found = await waiting
                is_held = leave.locked()
            return [was_done, found, is_held, leave.locked()]

    was_done, found, is_held, is_held_after = asyncio.run(tried())
    assert isinstance(found, Response)
    assert len(found.body) == 1_500_000
    assert (was_done, is_held, is_held_after) == (False, True, False)
