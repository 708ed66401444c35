"""Bytes that are no HTTP, or nearly: lengths that contradict each other, broken chunks, odd request lines. For `bench.endpoints`."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.endpoint_requests import EVIL, read
from bench.endpoint_site import Besieged

HEAD = b"Host: x\r\nConnection: close\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
PATIENT_S = 3.0
BODIES = (
    b"Content-Length: 5\r\n" + CHUNKED + b"0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"Content-Length: -1\r\n\r\nabcdef",
    b"Content-Length: +5\r\n\r\nabcdef",
    b"Content-Length: 99999999999999999999999\r\n\r\nabcdef",
    b"Content-Length: 99999999999999\r\n\r\nabcdef",
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    CHUNKED + b"ZZ\r\nx\r\n0\r\n\r\n",
    CHUNKED + b"ffffffffffffffffff\r\nx",
    CHUNKED + b"1;" + b"x" * 20_000 + b"\r\nx\r\n0\r\n\r\n",
    CHUNKED + b"1\r\nx\r\n0\r\nX-Trailer: y\r\n\r\n",
)
LINES = (
    b"GET http://evil.example/ HTTP/1.1", b"GET http://evil.example/topics/ HTTP/1.1", b"OPTIONS * HTTP/1.1", b"GET * HTTP/1.1",
    b"CONNECT evil.example:443 HTTP/1.1", b"GET evil HTTP/1.1", b"GET  / HTTP/1.1", b"GET / HTTP/9.9", b"GET /", b"GET / HTTP/1.0",
    b"GET /\xff\xfe HTTP/1.1", b"GET /\x00 HTTP/1.1", b"GET /all.atom?\xff HTTP/1.1", b"GET /" + b"a" * 200_000 + b" HTTP/1.1",
    b"GET //evil.example HTTP/1.1", b"GET //evil.example/ HTTP/1.1", b"GET /topics// HTTP/1.1", b"GET /\\evil.example/ HTTP/1.1",
    b"GET /mix?topics=//evil.example HTTP/1.1", b"GET /mix?topics=%0d%0aX-Injected:1 HTTP/1.1", b"\x16\x03\x01\x02\x00\x01\x00",
)  # fmt: skip
HEADERS = (
    b"Host: a\r\nHost: b\r\n", b"X: a\r\n b\r\n", b"X\x00: a\r\n", b"X: a\x00b\r\n", b"X: y\r\n" * 500, b"X: " + b"y" * 2_000_000 + b"\r\n",
    b"Expect: 100-continue\r\nContent-Length: 0\r\n", b": x\r\n", b"X y: z\r\n", b"\xff: z\r\n",
)  # fmt: skip
REFUSED = (0, 400, 413, 414, 431)
"""By what is no HTTP; 0: the connection was closed without a word."""


def malformed(site: Besieged) -> Iterator[str]:
    """Each is refused or answered, at once, and nothing in it is believed."""
    targets = (b"/hub", b"/mcp", b"/api/v1/sources", b"/digest", b"/websub/" + site.tokens["websub"].encode())
    several = [
        (b"POST %s HTTP/1.1\r\n" % target + HEAD + FORM + body, True) for target in targets for body in BODIES
    ]
    several += [(line + b"\r\n" + HEAD + b"\r\n", False) for line in LINES]
    several += [(b"GET / HTTP/1.1\r\n" + HEAD + one + b"\r\n", False) for one in HEADERS]
    for data, has_body in several:
        answer = read(site.port, data, time.monotonic(), PATIENT_S)
        shown = data[:90]
        if answer.status >= 500 or answer.seconds >= PATIENT_S:
            yield f"{shown!r}: {answer.status} after {answer.seconds:.1f} s"
        elif (
            has_body and answer.status < 400 and b"/websub/" not in shown
        ):  # unsigned, it is answered and thrown away
            yield f"{shown!r}: taken, with {answer.status}"
        elif (
            not has_body and not 200 <= answer.status < 400 and answer.status not in (*REFUSED, 404, 405, 100)
        ):
            yield f"{shown!r}: {answer.status}"
        if EVIL in answer.header("location").removeprefix(f"{site.base}/") and "/mix/" not in answer.header(
            "location"
        ):
            yield f"{shown!r}: leads to {answer.header('location')}"
        if answer.header("x-injected") or b"feedwright_http_" in answer.body:
            yield f"{shown!r}: is believed"
