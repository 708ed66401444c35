"""The only way outside: what the address guard lets through, and what limits hold, against a real loopback server."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.http.address_guard import guard_of, is_public
from feeds.http.requests import Request, Response
from feeds.http.transport import HttpTransport, is_unveiled
from feeds.model.fetched import Failed

STAND_IN = "127.9.9.9"
"""Plays the public address in these tests: the guard is told to let it through."""
PUBLIC_HOSTS = ("1.1.1.1", "google.com", "example.com", "test", "307.r3dir.me")
PUBLIC_IN_THE_LIST = (
    "http://1.1.1.1",
    "http://google.com:80/",
    "http://ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ",
    "http://test???test.com",
    "https://307.r3dir.me/--to/?url=http://localhost",
    "https://62epax5fhvj3zzmzigyoe5ipkbn7fysllvges3a.302.r3dir.me",
    "https://example.com/ssrf.php?url=http://brutelogic.com.br/poc.svg",
)
"""Addresses of the hostile list that lead to public hosts; what they redirect to is judged on its own."""


@dataclass(slots=True)
class FakeResolver(AbstractResolver):
    """Names as told; numbers as the system reads them; each answer may differ from the last."""

    names: dict[str, list[str]] = field(default_factory=dict)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = self.names.get(host)
        if answers:
            found = answers.pop(0) if len(answers) > 1 else answers[0]
        else:
            found = str(socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)[0][4][0])
        kind = socket.AF_INET6 if ":" in found else socket.AF_INET
        return [ResolveResult(hostname=host, host=found, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to close."""


@asynccontextmanager
async def transport(*allow: str, names: dict[str, list[str]] | None = None) -> AsyncIterator[HttpTransport]:
    opened = HttpTransport(
        guard=guard_of(allow),
        user_agent="Feedwright/test",
        stall_timeout=timedelta(seconds=0.6),
        concurrency=10,
        resolver=FakeResolver(names or {}),
    )
    try:
        yield opened
    finally:
        await opened.close()


@asynccontextmanager
async def server(**routes: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[int]:
    app = web.Application()
    for name, handler in routes.items():
        app.router.add_route("*", f"/{name}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "0.0.0.0", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    try:
        yield port
    finally:
        await runner.cleanup()


def ask(url: str, **changes: object) -> Request:
    wanted: dict[str, object] = {
        "url": url,
        "timeout": timedelta(seconds=3),
        "max_bytes": 1_000_000,
    } | changes
    return Request(**wanted)  # type: ignore[arg-type]


async def hello(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="hello", headers={"ETag": 'W/"odd, etag"'})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1", "::ffff:127.0.0.1",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "fe80::1", "fd00:ec2::254",
        "ff02::1", "2001:db8::1", "2001:0:7f00:1::1", "2001:0:7f00:1::fefe:fefe", "2001:0:101:101::f5ff:fffe", "64:ff9b:1::101:101", "192.0.0.8", "168.63.129.16", "fec0::1",
        "3fff::1", "5f00::1", "100::1", "4000::1", "2a00::5efe:a00:1", "2a00::200:5efe:101:101", "192.88.99.1",
        "203.0.113.9", "::ffff:0:127.0.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


def test_the_samples_of_a_run_are_at_its_own_port_only() -> None:
    guard = guard_of((), "http://127.0.0.1:8080/x")
    assert guard.is_open("127.0.0.1", 8080, is_sample=True)
    assert not guard.is_open("127.0.0.1", 9090, is_sample=True)
    assert not guard.is_open("127.0.0.2", 8080, is_sample=True)
    assert not guard.is_open("127.0.0.1", 8080, is_sample=False)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_every_address_of_the_hostile_list_is_refused_but_the_public_ones(corpus: Path) -> None:
    listed = (corpus / "hostile" / "ssrf" / "ssrf_urls.txt").read_text().split("\n")
    names = {name: [STAND_IN] for name in ("google.com", "example.com", "test", "307.r3dir.me")}
    names["62epax5fhvj3zzmzigyoe5ipkbn7fysllvges3a.302.r3dir.me"] = [STAND_IN]
    names |= {
        name: ["127.0.0.1"] for name in ("localhost", "ip6-localhost", "ip6-loopback", "redirect-server")
    }

    async def states() -> dict[str, str]:
        async with transport(f"{STAND_IN}/32", names=names) as send:
            found = {}
            for url in filter(None, (line.strip() for line in listed)):
                if url == "http://1.1.1.1":
                    found[url] = "let through" if is_public(ip_address("1.1.1.1")) else "refused"
                    continue
                answer = await send.get(ask(url))
                assert isinstance(answer, Failed), url
                found[url] = answer.state
            return found

    found = asyncio.run(states())
    let_through = {url for url, state in found.items() if state not in ("refused", "name")}
    assert let_through == {url for url in PUBLIC_IN_THE_LIST if url in found}
    assert len(found) > 50


def test_a_name_that_leads_inside_is_refused_also_when_it_led_outside_before() -> None:
    async def tried() -> tuple[object, object]:
        async with (
            server(x=hello) as port,
            transport(f"{STAND_IN}/32", names={"rebind.example": [STAND_IN, "127.0.0.1"]}) as send,
        ):
            first = await send.get(ask(f"http://rebind.example:{port}/x"))
            send_again = HttpTransport(
                guard=guard_of([f"{STAND_IN}/32"]), user_agent="t", stall_timeout=timedelta(seconds=1),
                concurrency=1, resolver=FakeResolver({"rebind.example": ["127.0.0.1"]}),
            )  # fmt: skip
            second = await send_again.get(ask(f"http://rebind.example:{port}/x"))
            await send_again.close()
            return first, second

    first, second = asyncio.run(tried())
    assert isinstance(first, Response)
    assert first.body == b"hello"
    assert isinstance(second, Failed)
    assert second.state == "refused"


def test_a_redirect_inside_is_refused_and_drops_validators_on_the_way_out() -> None:
    seen: list[str | None] = []

    async def tried() -> list[object]:
        async def inside(_request: web.Request) -> web.StreamResponse:
            raise web.HTTPFound(f"http://127.0.0.1:{port}/x")

        async def over(_request: web.Request) -> web.StreamResponse:
            raise web.HTTPMovedPermanently(f"http://second.example:{port}/echo")

        async def echo(request: web.Request) -> web.StreamResponse:
            seen.append(request.headers.get("If-None-Match"))
            return web.Response(text="moved here")

        names = {"first.example": [STAND_IN], "second.example": [STAND_IN]}
        async with (
            server(inside=inside, over=over, echo=echo, x=hello) as port,
            transport(f"{STAND_IN}/32", names=names) as send,
        ):
            headers = (("If-None-Match", '"a"'),)
            return [
                await send.get(ask(f"http://first.example:{port}/inside")),
                await send.get(ask(f"http://first.example:{port}/over", headers=headers)),
            ]

    refused, moved = asyncio.run(tried())
    assert isinstance(refused, Failed)
    assert refused.state == "refused"
    assert isinstance(moved, Response)
    assert [(hop.status, hop.to_url.split("/")[-1]) for hop in moved.hops] == [(301, "echo")]
    assert seen == [None]


def test_limits_hold_against_servers_that_never_end() -> None:
    async def bomb(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"})

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x")
            await asyncio.sleep(0.1)
        return response

    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.Response()

    async def loop(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(str(request.rel_url))

    async def lying(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort")
        request.transport.close()
        return web.Response()

    async def tried() -> dict[str, str]:
        routes = {"bomb": bomb, "drip": drip, "silent": silent, "loop": loop, "lying": lying}
        async with server(**routes) as port, transport("127.0.0.0/8") as send:
            found = {}
            for name in routes:
                answer = await send.get(
                    ask(f"http://127.0.0.1:{port}/{name}", timeout=timedelta(seconds=1.5))
                )
                assert isinstance(answer, Failed), name
                found[name] = answer.state
            return found

    assert asyncio.run(tried()) == {
        "bomb": "large",
        "drip": "slow",
        "silent": "slow",
        "loop": "unreachable",
        "lying": "unreachable",
    }


def test_what_cannot_be_reached_says_why() -> None:
    async def tried() -> list[str]:
        async with transport("127.0.0.0/8") as send:
            urls = (
                "http://nowhere.example/",
                "http://127.0.0.1:1/",
                "ftp://a.example/",
                "http://a:b@[::1/",
                "http://x:0/",
            )
            answers = [await send.get(ask(url)) for url in urls]
        assert all(isinstance(answer, Failed) for answer in answers)
        return [answer.state for answer in answers if isinstance(answer, Failed)]

    assert asyncio.run(tried()) == ["name", "unreachable", "refused", "refused", "refused"]


def test_where_nobody_listens_the_cause_is_told_and_not_how_we_asked() -> None:
    async def tried() -> Response | Failed:
        async with transport("127.0.0.0/8") as send:
            return await send.get(ask("http://127.0.0.1:1/"))

    answer = asyncio.run(tried())
    assert isinstance(answer, Failed)
    assert answer.detail == "It cannot be connected to: Connection refused."


def test_the_samples_open_one_address_for_sample_sources_alone() -> None:
    async def tried() -> list[bool]:
        async with server(x=hello) as port:
            send = HttpTransport(
                guard=guard_of((), f"http://127.0.0.1:{port}"), user_agent="t",
                stall_timeout=timedelta(seconds=1), concurrency=1,
            )  # fmt: skip
            url = f"http://127.0.0.1:{port}/x"
            answers = [
                await send.get(ask(url, is_sample=True)),
                await send.get(ask(url)),
                await send.get(ask(url.replace("127.0.0.1", "127.0.0.2"), is_sample=True)),
            ]
            await send.close()
            return [isinstance(answer, Response) for answer in answers]

    assert asyncio.run(tried()) == [True, False, False]


def test_a_post_is_sent_again_where_307_and_308_lead_and_nowhere_else() -> None:
    seen: list[tuple[str, str, str]] = []

    async def tried() -> list[object]:
        async def echo(request: web.Request) -> web.StreamResponse:
            seen.append((request.method, await request.text(), request.headers.get("Content-Type", "")))
            return web.Response(status=202)

        def leads(status: int, target: str = "") -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
            async def redirect(_request: web.Request) -> web.StreamResponse:
                where = target or f"http://second.example:{port}/echo"
                return web.Response(status=status, headers={"Location": where})

            return redirect

        names = {"first.example": [STAND_IN], "second.example": [STAND_IN]}
        routes = {f"r{status}": leads(status) for status in (301, 302, 303, 307, 308)}
        async with (
            server(echo=echo, inside=leads(307, "http://127.0.0.1/"), **routes) as port,
            transport(f"{STAND_IN}/32", names=names) as send,
        ):
            wanted = {"method": "POST", "body": b"a=1", "headers": (("Content-Type", "text/x"),)}
            return [
                await send.get(ask(f"http://first.example:{port}/{name}", **wanted))
                for name in (*routes, "inside")
            ]

    *answers, inside = asyncio.run(tried())
    assert [getattr(answer, "status", None) for answer in answers] == [301, 302, 303, 202, 202]
    assert seen == [("POST", "a=1", "text/x")] * 2
    assert isinstance(inside, Failed)
    assert inside.state == "refused"


def test_a_form_never_leaves_encryption_by_a_redirect() -> None:
    assert is_unveiled("https://hub.example/", "http://hub.example/")
    assert is_unveiled("HTTPS://hub.example/", "HTTP://hub.example/")
    assert not is_unveiled("https://hub.example/", "https://other.example/")
    assert not is_unveiled("http://hub.example/", "http://hub.example/x")
