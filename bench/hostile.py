"""A loopback server that answers as hostile as it can, or, at `/good/…`, as sources do; a process of its own.

    .venv/bin/python -m bench.hostile PORT LOG

Every request to a good source is written to LOG: seconds since 1970, and the source's number.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import itertools
import os
import random
import sys
import time
import zlib
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TextIO

import brotli

from bench.farm import ENTRIES, SEED, document, ending, paragraphs

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEGABYTE = 1_000_000
NEW_EVERY = 5
"""A good source has a new entry at every fifth request."""
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://bad.example/</link>'
numbers = itertools.count()
Write = asyncio.StreamWriter
Answer = Callable[[Write], Awaitable[None]]


def whole(body: bytes, *headers: bytes, length: int | None = None) -> bytes:
    """An answer of 200 with that body."""
    named = b"".join(one + b"\r\n" for one in headers)
    size = len(body) if length is None else length
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n%s" % (size, named, body)


def fresh(body: bytes, *headers: bytes) -> bytes:
    """The same, never the same twice, so that it is read each time."""
    return whole(b"%s<!-- %d -->" % (body, next(numbers)), *headers)


@cache
def bomb(coding: str) -> bytes:
    """A gigabyte of nothing, packed."""
    nothing = b"\0" * MEGABYTE
    if coding == "br":
        packer = brotli.Compressor(quality=5)
        return b"".join(packer.process(nothing) for _ in range(1000)) + bytes(packer.finish())
    if coding == "zstd":
        squeezer = zstd.ZstdCompressor()
        return b"".join(squeezer.compress(nothing) for _ in range(1000)) + squeezer.flush()
    deflater = zlib.compressobj(9, wbits=31)
    packed = b"".join(deflater.compress(nothing) for _ in range(1000)) + deflater.flush()
    return gzip.compress(packed) if coding == "gzip, gzip" else packed


@cache
def costly(kind: str) -> bytes:
    """A document that costs a reader as much as its kind can."""
    item = b"<item><title>a</title></item>"
    picture, link = b"&lt;img src='a.jpg'&gt;", b"&lt;a href='a'&gt;x&lt;/a&gt;"
    many = {
        "laughs": b'<!DOCTYPE l [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
        + b"]>" + RSS.split(b"?>")[1] + b"<item><title>&m;</title></item></channel></rss>",
        "outside": b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY % p SYSTEM 'http://127.0.0.1:9/'> %p;]>"
        + RSS.split(b"?>")[1] + b"<item><title>&x;</title></item></channel></rss>",
        "angles": RSS + b"<item><title>" + b"<" * (10 * MEGABYTE),
        "entries": RSS + b"&nope;" + item * 100_000,
        "entries well-formed": RSS + item * 100_000 + b"</channel></rss>",
        "ten megabytes": RSS + b"<item><description>&lt;p&gt;" + b"word " * (2 * MEGABYTE)
        + b"</description></item></channel></rss>",
        "pictures": RSS + (b"<item><description>" + picture * 45_000 + b"</description></item>") * 13,
        "links": RSS + (b"<item><description>" + link * 36_000 + b"</description></item>") * 13,
        "charset": b"<?xml version='1.0' encoding='utf-16'?>" + RSS.split(b"?>")[1] + b"\xff\xc3\x28" * MEGABYTE,
    }  # fmt: skip
    return many[kind]


async def endless(write: Write) -> None:
    """A body that has no end, in chunks."""
    write.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        write.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await write.drain()


async def drip(write: Write) -> None:
    """One byte a second."""
    write.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        write.write(b"x")
        await write.drain()
        await asyncio.sleep(1)


async def large_drip(write: Write) -> None:
    """Two megabytes at once, then one byte a second."""
    write.write(b"HTTP/1.1 200 OK\r\n\r\n" + RSS + b"x" * (2 * MEGABYTE))
    await drip(write)


async def slow_headers(write: Write) -> None:
    """Headers that come letter by letter."""
    write.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    await drip(write)


async def silence(_write: Write) -> None:
    """Nothing at all."""
    await asyncio.sleep(3600)


async def headers_without_end(write: Write) -> None:
    """Header after header."""
    write.write(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        write.write(b"X-Flood-%d: %s\r\n" % (number, b"y" * 1000))
        await write.drain()


async def long_header(write: Write) -> None:
    """One header line that does not end."""
    write.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        write.write(b"y" * 65_536)
        await write.drain()


async def long_status(write: Write) -> None:
    """A status line that does not end."""
    write.write(b"HTTP/1.1 200 ")
    while True:
        write.write(b"O" * 65_536)
        await write.drain()


async def hints(write: Write) -> None:
    """Interim answers, one after the other."""
    while True:
        write.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 100)
        await write.drain()


def fixed(make: Callable[[], bytes]) -> Answer:
    """An answer that is written at once."""

    async def answer(write: Write) -> None:
        write.write(make())
        await write.drain()

    return answer


def packed(coding: str) -> Answer:
    """A bomb in that coding."""
    return fixed(lambda: whole(bomb(coding), f"Content-Encoding: {coding}".encode()))


def document_of(kind: str, *headers: bytes) -> Answer:
    """A costly document."""
    return fixed(lambda: fresh(costly(kind), *headers))


def redirect(write_cookie: bool) -> Answer:
    """To itself, for ever."""
    cookie = b"Set-Cookie: a=" + b"b" * 3000 + b"\r\n" if write_cookie else b""
    return fixed(
        lambda: (
            b"HTTP/1.1 302 Found\r\nLocation: ?%d\r\n%sContent-Length: 0\r\n\r\n" % (next(numbers), cookie)
        )
    )


KINDS: dict[str, Answer] = {
    "pictures": document_of("pictures"),
    "gzip": packed("gzip"),
    "angles": document_of("angles"),
    "br": packed("br"),
    "links": document_of("links"),
    "zstd": packed("zstd"),
    "entries": document_of("entries"),
    "endless": endless,
    "large-drip": large_drip,
    "headers": headers_without_end,
    "drip": drip,
    "long-header": long_header,
    "laughs": document_of("laughs"),
    "long-status": long_status,
    "ten-megabytes": document_of("ten megabytes"),
    "slow-headers": slow_headers,
    "loop": redirect(write_cookie=True),
    "hints": hints,
    "charset": document_of("charset", b"Content-Type: text/xml; charset=utf-32"),
    "short": fixed(lambda: whole(RSS, length=5000)),
    "gzip-gzip": packed("gzip, gzip"),
    "outside": document_of("outside"),
    "entries-well-formed": document_of("entries well-formed"),
    "silence": silence,
    "long": fixed(lambda: whole(RSS * 10_000, length=50)),
    "path": fixed(lambda: whole(b"/etc/passwd")),
}
"""What is answered, by the first word of the path; the worst of each sort first."""


class Good:
    """Sources as they are: some 120 kB, validators, now and then a new entry."""

    def __init__(self, log: TextIO) -> None:
        self._log = log
        self._texts = paragraphs(random.Random(SEED))
        self._asked: dict[int, int] = {}
        self._made: dict[int, tuple[int, bytes]] = {}

    def answer(self, place: int, request: bytes) -> bytes:
        """A feed as it is now, or 304."""
        self._log.write(f"{time.time():.4f} {place}\n")
        self._log.flush()
        count = self._asked[place] = self._asked.get(place, place) + 1
        seen = ENTRIES + count // NEW_EVERY
        tag = b'"%d-%d"' % (place, seen)
        if tag in request:
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\nConnection: close\r\n\r\n" % tag
        if self._made.get(place, (0, b""))[0] != seen:
            self._made[place] = seen, document(place, seen, self._texts)
        kind = f"Content-Type: application/{ending(place)}+xml".encode()
        return whole(self._made[place][1], b"ETag: " + tag, kind)


async def serve(port: int, log: TextIO) -> None:
    """Answers until it is ended."""
    good = Good(log)

    async def handle(reader: asyncio.StreamReader, write: Write) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            request = await reader.readuntil(b"\r\n\r\n")
            kind, _, rest = request.split(b" ", 2)[1].decode("latin-1").strip("/").partition("/")
            if kind == "good":
                write.write(good.answer(int(rest), request))
                await write.drain()
            else:
                await KINDS[kind.partition("?")[0]](write)
        write.close()

    server = await asyncio.start_server(handle, "0.0.0.0", port, backlog=1000)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serves on the port."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("port", type=int)
    options.add_argument("log", type=Path)
    chosen = options.parse_args()
    if chosen.log == Path(os.devnull):
        for coding in ("gzip", "gzip, gzip", "br", "zstd"):
            bomb(coding)
    with chosen.log.open("a", encoding="ascii") as log:
        asyncio.run(serve(chosen.port, log))


if __name__ == "__main__":
    main()
