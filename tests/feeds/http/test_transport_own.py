"""What a source's own settings send, and by whom: headers for its host alone, proxies that see only judged targets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from aiohttp import web

from feeds.http.requests import Response
from feeds.model.fetched import Failed
from tests.feeds.http.test_transport import ask, server, transport

T = TypeVar("T")
OWN = (("X-Key", "hush"), ("Authorization", "Basic aHVzaA=="))
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def run(work: Callable[[], Awaitable[T]]) -> T:
    async def whole() -> T:
        return await work()

    return asyncio.run(whole())


def telling(seen: list[dict[str, str]], target: str | None = None) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(dict(request.headers))
        if target is not None:
            raise web.HTTPFound(target)
        return web.Response(text="ok")

    return answer


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_own_headers_go_to_the_host_alone(host: str) -> None:
    seen: list[dict[str, str]] = []

    async def work() -> None:
        async with server(second=telling(seen)) as port:
            there = f"http://{host}:{port}/second"
            first = telling(seen, there)
            async with server(first=first) as other, transport("127.0.0.0/8") as send:
                # Another port of the same name is another host too.
                url = f"http://127.0.0.1:{other}/first"
                answer = await send.get(
                    replace(ask(url), own_headers=OWN, headers=(("If-None-Match", '"a"'),))
                )
                assert isinstance(answer, Response)
                direct = await send.get(replace(ask(there), own_headers=OWN, user_agent="Desk reader"))
                assert isinstance(direct, Response)

    run(work)
    first, redirected, direct = seen
    assert (first["X-Key"], first["Authorization"]) == ("hush", "Basic aHVzaA==")
    assert not {"X-Key", "Authorization", "If-None-Match"} & set(redirected)
    assert (direct["X-Key"], direct["User-Agent"]) == ("hush", "Desk reader")


def test_own_headers_stay_along_a_redirect_within_the_host() -> None:
    seen: list[dict[str, str]] = []

    async def work() -> None:
        routes = {"first": telling(seen, "/second"), "second": telling(seen)}
        async with server(**routes) as port, transport("127.0.0.0/8") as send:
            await send.get(replace(ask(f"http://127.0.0.1:{port}/first"), own_headers=OWN))

    run(work)
    assert [one.get("X-Key") for one in seen] == ["hush", "hush"]


def test_a_proxy_is_asked_with_its_own_credentials_for_targets_that_the_guard_lets_through() -> None:
    seen: list[tuple[str, str | None]] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
        seen.append((head.split(" ")[1], lines.get("Proxy-Authorization")))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    async def work() -> tuple[Response | Failed, Response | Failed]:
        listening = await asyncio.start_server(proxy, "127.0.0.1", 0)
        by = f"http://me:pw@127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        names = {"open.example": ["127.9.9.9"], "inside.example": ["10.0.0.7"]}
        async with listening, transport("127.9.9.9", names=names) as send:
            good = await send.get(replace(ask("http://open.example/feed"), proxy=by))
            bad = await send.get(replace(ask("http://inside.example/feed"), proxy=by))
            return good, bad

    good, bad = run(work)
    assert isinstance(good, Response)
    assert good.body == b"ok"
    assert isinstance(bad, Failed)
    assert bad.state == "refused"
    assert seen == [("http://open.example/feed", "Basic bWU6cHc=")]


def test_a_proxy_that_is_down_is_told_without_its_password() -> None:
    async def work() -> Response | Failed:
        async with transport("127.9.9.9", names={"open.example": ["127.9.9.9"]}) as send:
            return await send.get(replace(ask("http://open.example/"), proxy="http://me:hush@127.0.0.1:9"))

    failed = run(work)
    assert isinstance(failed, Failed)
    assert failed.state == "unreachable"
    assert "hush" not in failed.detail


def test_cookies_live_for_one_chain_of_redirects_and_its_host() -> None:
    seen: list[tuple[str, str]] = []

    async def gate(request: web.Request) -> web.StreamResponse:
        seen.append((request.path, request.headers.get("Cookie", "")))
        if "pass=1" in request.headers.get("Cookie", ""):
            return web.Response(text="ok", status=203)
        found = web.HTTPFound("/gate")
        found.set_cookie("pass", "1")
        raise found

    async def work() -> None:
        async with server(gate=gate) as port, transport("127.0.0.0/8") as send:
            url = f"http://127.0.0.1:{port}/gate"
            for own in ((), (("Cookie", "mine=2"),)):
                answer = await send.get(replace(ask(url), own_headers=own))
                assert isinstance(answer, Response)
                # Status 203 is a whole answer too (RFC 9110 section 15.3.4).
                assert (answer.status, answer.body) == (203, b"ok")

    run(work)
    assert [cookie for _, cookie in seen] == ["", "pass=1", "mine=2", "mine=2; pass=1"]


def test_cookies_of_one_host_are_not_sent_to_another() -> None:
    seen: list[dict[str, str]] = []

    async def work() -> None:
        async with server(second=telling(seen)) as port:

            async def first(request: web.Request) -> web.StreamResponse:
                found = web.HTTPFound(f"http://127.0.0.2:{port}/second")
                found.set_cookie("pass", "1")
                raise found

            async with server(first=first) as other, transport("127.0.0.0/8") as send:
                await send.get(ask(f"http://127.0.0.1:{other}/first"))

    run(work)
    assert "Cookie" not in seen[0]
