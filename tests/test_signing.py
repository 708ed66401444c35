"""Polls are signed: what leaves is checked by a library that others wrote, with the keys that the site itself lists."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageVerifier,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.resolvers import MappingKeyResolver

from commands.root import cli
from db.store import Store
from feeds.actions.gathering import signing_keys
from feeds.clock import system_clock
from feeds.errors import RequestError, StoreBusyError
from feeds.http.requests import Request, Response
from feeds.ingest.poll.requests import Asking, request_of
from feeds.ingest.poll.robots import Robots
from feeds.model.settings import FetchSettings, Settings, SiteSettings
from parts.polling import open_signer, open_transport
from tests.conftest import open_store
from tests.fakes import NOON, MovedClock, Newsroom
from tests.feeds.http.test_transport import server
from web.app import create_app

BASE = "https://news.example"
COVERED = ("@authority", '"signature-agent";key="sig1"')


@dataclass(slots=True)
class Message:
    """A request as the verifier wants it."""

    url: str
    headers: dict[str, str]
    method: str = "GET"


@dataclass(slots=True)
class Answered:
    """A response as the verifier wants it."""

    headers: dict[str, str]
    request: Message
    status_code: int = 200


@dataclass(slots=True)
class Reading:
    """A host that keeps what it is asked."""

    asked: list[Message] = field(default_factory=list)
    answers: dict[str, Callable[[], web.Response]] = field(default_factory=dict)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        # As a verifier behind a proxy sees it: the Host header is all that is known of the authority.
        url = f"http://{request.headers['Host']}{request.path_qs}"
        self.asked.append(Message(url, dict(request.headers), request.method))
        answer = self.answers.get(request.path)
        return answer() if answer else web.Response(text="ok")


def stated(folder: Path, *, base: str | None = BASE, is_signed: bool = True) -> Settings:
    return Settings(
        path=folder / "config.toml",
        site=SiteSettings(base_url=base),
        fetch=FetchSettings(allow=("127.0.0.0/8",), signed=is_signed),
    )


def client_of(store: Store, settings: Settings, clock: MovedClock) -> Any:
    return create_app(
        settings=settings, store_factory=lambda: store, clock=clock, is_refreshing=False
    ).test_client()


def verifier(listed: dict[str, Any]) -> HTTPMessageVerifier:
    keys = {
        one["kid"]: Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(one["x"] + "="))
        for one in listed["keys"]
    }
    resolver = MappingKeyResolver(public_keys=keys, private_keys={})
    return HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)


def checked(message: Message, listed: dict[str, Any]) -> Any:
    """What the signature of a request says, once it is proved; raises InvalidSignature."""
    (result,) = verifier(listed).verify(message, expect_tag="web-bot-auth", require_components=COVERED)
    assert message.headers["Signature-Agent"] == f'sig1="{BASE}"'
    return result


def list_of(store: Store, settings: Settings, clock: MovedClock) -> dict[str, Any]:
    answer = client_of(store, settings, clock).get("/.well-known/http-message-signatures-directory")
    assert answer.status_code == 200
    assert answer.content_type == "application/http-message-signatures-directory+json"
    found: dict[str, Any] = json.loads(answer.data)
    return found


def tried(
    store: Store,
    settings: Settings,
    clock: MovedClock,
    work: Callable[[Any, int, Reading], Awaitable[None]],
) -> Reading:
    """What hosts on loopback were asked while `work` used the transport of the settings."""
    reading = Reading()

    async def in_store(job: Any) -> Any:
        return job(store)

    async def run() -> None:
        async with AsyncExitStack() as stack:
            port = await stack.enter_async_context(server(**{"{path:.*}": reading.serve}))
            send = open_transport(settings, sign=open_signer(settings, clock, in_store))
            stack.push_async_callback(send.close)
            await work(send, port, reading)

    asyncio.run(run())
    return reading


def ask(url: str, **changes: Any) -> Request:
    wanted: dict[str, Any] = {
        "timeout": timedelta(seconds=5),
        "max_bytes": 100_000,
        "is_to_source": True,
    } | changes
    return Request(url=url, **wanted)


def test_each_hop_is_signed_for_its_own_authority_and_keeps_what_it_carries(
    store: Store, tmp_path: Path
) -> None:
    settings, clock = stated(tmp_path), MovedClock(system_clock())

    async def work(send: Any, port: int, reading: Reading) -> None:
        reading.answers["/moved"] = lambda: web.Response(
            status=301, headers={"Location": f"http://127.0.0.2:{port}/feed"}
        )
        source = Newsroom(store).add(f"http://127.0.0.1:{port}/moved")
        request = request_of(
            source, Asking(limits=settings.fetch), headers=(("If-None-Match", '"one"'), ("Accept", "a/b"))
        )
        assert isinstance(request, Request)
        assert isinstance(await send.get(request), Response)
        rules = await Robots(send, clock).of(
            f"http://127.0.0.3:{port}/page", wait_for_slot=None, timeout=timedelta(seconds=5), is_sample=False
        )
        assert rules.is_open

    reading = tried(store, settings, clock, work)
    listed = list_of(store, settings, clock)
    results = [checked(one, listed) for one in reading.asked]
    hosts = [one.covered_components['"@authority"'].rpartition(":")[0] for one in results]
    assert hosts == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    assert reading.asked[0].headers["If-None-Match"] == '"one"'
    assert [one.headers.get("Accept") for one in reading.asked[:2]] == ["a/b", "a/b"]
    assert len({one.nonce for one in results}) == 3
    for one in results:
        assert one.parameters["expires"] - one.parameters["created"] == 300
    # The same signature at another host, or for another agent, proves nothing.
    with pytest.raises(InvalidSignature):
        checked(replace(reading.asked[0], url=reading.asked[1].url), listed)
    other = {**reading.asked[0].headers, "Signature-Agent": 'sig1="https://other.example"'}
    with pytest.raises(InvalidSignature):
        verifier(listed).verify(replace(reading.asked[0], headers=other), expect_tag="web-bot-auth")


def test_a_signature_ends(store: Store, tmp_path: Path) -> None:
    settings, clock = stated(tmp_path), MovedClock(system_clock() - timedelta(minutes=6))

    async def work(send: Any, port: int, _reading: Reading) -> None:
        await send.get(ask(f"http://127.0.0.1:{port}/feed"))

    reading = tried(store, settings, clock, work)
    with pytest.raises(InvalidSignature, match="expires"):
        checked(reading.asked[0], list_of(store, settings, clock))


def test_through_a_proxy_it_is_signed_for_the_source(sqlite_store: Store, tmp_path: Path) -> None:
    settings, clock = stated(tmp_path), MovedClock(system_clock())

    async def work(send: Any, port: int, _reading: Reading) -> None:
        # The proxy is the same server: it sees the whole address, and the source's name as Host.
        answer = await send.get(ask("http://127.0.0.9:9/feed", proxy=f"http://127.0.0.1:{port}"))
        assert isinstance(answer, Response), answer

    reading = tried(sqlite_store, settings, clock, work)
    result = checked(reading.asked[0], list_of(sqlite_store, settings, clock))
    assert result.covered_components['"@authority"'] == "127.0.0.9:9"


def test_nothing_else_is_signed(sqlite_store: Store, tmp_path: Path) -> None:
    clock = MovedClock(system_clock())

    async def work(send: Any, port: int, _reading: Reading) -> None:
        url = f"http://127.0.0.1:{port}/hook"
        await send.get(ask(url, is_to_source=False))
        await send.get(ask(url, is_to_source=False, method="POST", body=b"{}"))
        # Whoever gives a source a signature of its own means that one.
        await send.get(ask(url, own_headers=(("Signature", "mine"),)))

    async def plain(send: Any, port: int, _reading: Reading) -> None:
        await send.get(ask(f"http://127.0.0.1:{port}/feed"))

    asked = tried(sqlite_store, stated(tmp_path), clock, work).asked
    for settings in (
        stated(tmp_path, is_signed=False),
        stated(tmp_path, base=None),
        stated(tmp_path, base="http://news.example"),
    ):
        asked += tried(sqlite_store, settings, clock, plain).asked
        answer = client_of(sqlite_store, settings, clock).get(
            "/.well-known/http-message-signatures-directory"
        )
        assert answer.status_code == 404
    assert [one.headers.get("Signature") for one in asked] == [None, None, "mine", None, None, None]
    assert not any("Signature-Agent" in one.headers for one in asked)


def test_the_site_is_named_as_programs_compare_it(sqlite_store: Store, tmp_path: Path) -> None:
    clock = MovedClock(system_clock())
    settings = stated(tmp_path, base="https://Kai-Ä.example:443")

    async def in_store(job: Any) -> Any:
        return job(sqlite_store)

    sign = open_signer(settings, clock, in_store)
    assert sign is not None
    headers: dict[str, str] = asyncio.run(sign("a.example"))  # type: ignore[arg-type]
    assert headers["Signature-Agent"] == 'sig1="https://xn--kai--ooa.example"'
    assert client_of(sqlite_store, settings, clock).get("/bot").status_code == 200


def test_a_store_that_is_busy_stops_no_poll(sqlite_store: Store, tmp_path: Path) -> None:
    settings, clock = stated(tmp_path), MovedClock(system_clock())
    is_busy = True

    async def in_store(job: Any) -> Any:
        if is_busy:
            raise StoreBusyError("The database does not answer.")
        return job(sqlite_store)

    sign = open_signer(settings, clock, in_store)
    assert sign is not None
    assert asyncio.run(sign("a.example")) == {}  # type: ignore[arg-type]
    is_busy = False
    assert set(asyncio.run(sign("a.example"))) == {"Signature-Agent", "Signature-Input", "Signature"}  # type: ignore[arg-type]


def test_a_new_key_is_listed_before_it_signs_and_the_former_one_after(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    settings, clock = stated(tmp_path), MovedClock()
    numbers = iter(range(9))

    def entropy(count: int) -> bytes:
        return bytes([next(numbers)] * count)

    (first,) = signing_keys.make_first(store, entropy, NOON)
    assert signing_keys.make_first(store, entropy, NOON) == (first,)
    second, former = signing_keys.rotate(store, entropy, clock())
    assert former.secret == first.secret
    with pytest.raises(RequestError, match="waits already"):
        signing_keys.rotate(store, entropy, clock())
    other = open_store(database_url)
    try:
        # Another process reads the same.
        for minutes, used, count in (
            (0, first, 2),
            (59, first, 2),
            (1, second, 2),
            (23 * 60, second, 2),
            (61, second, 1),
        ):
            now = clock.move(minutes=minutes)
            keys = signing_keys.listed(other, now)
            found = signing_keys.in_use(keys, now)
            assert found is not None
            assert (found.secret, len(keys)) == (used.secret, count), minutes
            assert len(list_of(store, settings, clock)["keys"]) == count
    finally:
        other.close()
    (third,) = signing_keys.rotate(store, entropy, clock(), at_once=True)
    assert signing_keys.listed(store, clock()) == (third,)
    assert signing_keys.in_use((replace(third, used_from=NOON + timedelta(days=99)),), NOON) is not None


def test_the_list_is_signed_with_each_of_its_keys(sqlite_store: Store, tmp_path: Path) -> None:
    settings, clock = stated(tmp_path), MovedClock(system_clock())
    signing_keys.make_first(sqlite_store, lambda count: b"a" * count, clock())
    signing_keys.rotate(sqlite_store, lambda count: b"b" * count, clock())
    answer = client_of(sqlite_store, settings, clock).get(
        "/.well-known/http-message-signatures-directory",
        headers={"Host": "evil.example", "Accept-Encoding": "gzip"},
    )
    listed = json.loads(answer.data)
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=3600, no-transform"
    proof = Answered(dict(answer.headers), Message(f"{BASE}/x", {}))
    results = verifier(listed).verify(
        proof,
        expect_tag="http-message-signatures-directory",
        require_components=('"@authority";req', "content-digest"),
        body=answer.data,
    )
    assert [one.parameters["keyid"] for one in results] == [one["kid"] for one in listed["keys"]]
    assert [set(one) - {"exp"} for one in listed["keys"]] == [{"kty", "crv", "kid", "x", "use", "nbf"}] * 2
    elsewhere = replace(proof, request=Message("https://evil.example/x", {}))
    with pytest.raises(InvalidSignature):
        verifier(listed).verify(elsewhere, expect_tag="http-message-signatures-directory")


def test_the_page_of_who_asks_names_the_key_and_how_much_is_asked(store: Store, tmp_path: Path) -> None:
    settings, clock = stated(tmp_path), MovedClock()
    newsroom = Newsroom(store)
    newsroom.add("https://harbour.example/feed")
    newsroom.add("https://pier.example/feed")
    shown = client_of(store, settings, clock).get("/bot").text
    assert list_of(store, settings, clock)["keys"][0]["kid"] in shown
    assert "about 48 requests a day to 2 feeds" in shown
    plain = client_of(store, stated(tmp_path, is_signed=False), clock).get("/bot").text
    assert "Signature" not in plain
    assert "48 requests" in plain


def test_the_command_shows_and_changes_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDWRIGHT_CONFIG", "")
    folder = tmp_path / "site"
    assert CliRunner().invoke(cli, ["init", str(folder), "--title", "My site", "--yes"]).exit_code == 0
    file = folder / "config.toml"
    text = file.read_text()

    def run(*words: str, code: int = 0) -> Any:
        done = CliRunner().invoke(cli, ["--config", str(file), *words])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if "--json" in words else done.output

    assert "set [fetch] signed = true" in run("signing", "show", code=1)
    file.write_text(f"{text}\n[fetch]\nsigned = true\n")
    assert "nothing comes of [fetch] signed" in run("doctor", code=1)
    start = text.replace("[site]", '[site]\nbase_url = "http://127.0.0.1"', 1)
    assert start != text
    file.write_text(f"{start}\n[fetch]\nsigned = true\n")
    assert "http://127.0.0.1 is not https; nothing comes of [fetch] signed" in run("doctor", code=1)
    file.write_text(f"{start.replace('http://127', 'https://127')}\n[fetch]\nsigned = true\n")
    (first,) = run("signing", "show", "--json")
    assert first["state"] == "signs"
    new, former = run("signing", "rotate", "--json")
    assert (former["key_id"], former["state"], new["state"]) == (first["key_id"], "signs", "waits")
    assert "within a minute" in run("signing", "rotate", "--at-once")
    assert [one["state"] for one in run("signing", "show", "--json")] == ["signs"]
