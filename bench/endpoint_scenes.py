"""Attacks of several steps for `bench.endpoints`: forged and replayed tokens, guesses, ways inside, requests without an end."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote, urlencode

from bench.endpoint_requests import FORM, JSON, Answer, Sent, ask, bodies
from bench.endpoint_site import FEED, HIDDEN, Besieged
from bench.endpoint_wire import malformed
from feeds.actions.delivering.webhook_tests import ask_for_tests
from feeds.actions.delivering.webhooks import sync_webhooks
from feeds.clock import system_clock
from feeds.model import partners
from parts.postman import Postman
from parts.store import open_store
from parts.writer import Writer

TOKEN_PLACES = {
    "/p/{}/all.atom": "private",
    "/partner/{}": "page of daily",
    "/partner/{}/statement.csv": "page of daily",
    "/subscription/{}": "subscription",
    "/digest/confirm/{}": "confirm",
    "/digest/end/{}": "end",
    "/websub/{}?hub.mode=subscribe&hub.topic=x&hub.challenge=y": "websub",
}
"""Addresses that a token opens, and which one."""
SHUT = (303, 401, 403, 404, 410)
AT_ONCE, FROM_ONE = 100, "X-Forwarded-For: 203.0.113.9\r\n"
PATIENT_S = 3.0
LEAST_TRIED = 5
INSIDE = (
    "http://127.0.0.1:{}/", "http://localhost:{}/", "http://localhost.:{}/", "http://127.1:{}/", "http://2130706433:{}/",
    "http://0x7f000001:{}/", "http://0x7f.1:{}/", "http://017700000001:{}/", "http://[::1]:{}/", "http://[::ffff:127.0.0.1]:{}/",
    "http://[::ffff:7f00:1]:{}/", "http://[64:ff9b::7f00:1]:{}/", "http://0.0.0.0:{}/", "http://[::]:{}/", "http://0:{}/",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460:{}/", "http://127\u30020\u30020\u30021:{}/", "http://user@127.0.0.1:{}/",
    "http://public.example@127.0.0.1:{}/", "http://127.0.0.1:{}#@public.example/", "http://127.0.0.1:{}\\@public.example/",
    "http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/", "http://metadata.google.internal/", "http://10.0.0.1:{}/",
    "file:///etc/passwd", "gopher://127.0.0.1:{}/x", "ftp://127.0.0.1:{}/", "//127.0.0.1:{}/", "http:127.0.0.1:{}/", "http:///x",
    "http://ip6-localhost:{}/", "http://127.0.0.1%00.example:{}/", "http://127.0.0.1%2f@x:{}/",
)  # fmt: skip
"""Addresses that lead to this machine or its network, with a port to be put in."""


def get(site: Besieged, target: str, *headers: tuple[str, str], method: str = "GET") -> Answer:
    """The answer to a request without a body."""
    return ask(site.port, Sent(endpoint="", method=method, target=target, headers=headers))


def post(
    site: Besieged, target: str, kind: str, body: bytes, *headers: tuple[str, str], method: str = "POST"
) -> Answer:
    """The answer to a request with one."""
    sent = Sent(
        endpoint="", method=method, target=target, headers=(("Content-Type", kind), *headers), body=body
    )
    return ask(site.port, sent)


def forged(site: Besieged) -> Iterator[str]:
    """Tokens of another kind, cut, lengthened, signed with nothing or with what is known, open nothing."""
    made = site.tokens
    for place, right in TOKEN_PLACES.items():
        own = made[right]
        begin = re.split(r"[.-](?=[^.-]*$)", own)[0]
        other = made["page of former"].rpartition(".")[2]
        wrong = [
            value for name, value in made.items() if name not in (right, "confirm", "end") or place[1] != "d"
        ]
        wrong = [value for value in wrong if value not in (own, made["page of former"])]
        wrong += [
            own[:-1],
            own + "0",
            own.upper(),
            begin,
            f"{begin}.",
            f"{begin}-",
            f"{begin}.{other}",
            f"{begin}-{other}",
            "",
        ]
        wrong += [f"{begin}.{signed(begin, key)}" for key in ("", "None", "null", "secret", begin)]
        wrong += [f"{begin}-{signed(begin, key)[:32]}" for key in ("", "None")]
        wrong += [
            own.replace("daily", "former"),
            re.sub(r"\.\d+\.", ".99999999999.", own),
            re.sub(r"\.\d+\.", ".-1.", own),
        ]
        wrong += [f"{own}\u00e9", f"\u0131{own}", re.sub(r"^\d", "\uff11", own)]
        for token in wrong:
            target = place.format(quote(token, safe=""))
            if token != own and get(site, target).status not in SHUT:
                yield f"a forged token opens {target}"
    for name in (
        "private",
        "page of daily",
        "webhook secret",
        "start",
        "confirm",
        "subscription",
        "key of former",
    ):
        for target in ("/api/v1/articles", "/api/v1/statement?month=2026-11", "/metrics", "/admin/"):
            answer = get(site, target, ("Authorization", f"Bearer {made[name]}"))
            if answer.status not in SHUT:
                yield f"{name} is let in at {target}: {answer.status}"
    for name in ("key of daily", "key of former", "token of viewer", "private", "start"):
        answer = post(
            site,
            "/api/v1/topics/forged",
            JSON,
            b'{"title": "x"}',
            ("Authorization", f"Bearer {made[name]}"),
            method="PUT",
        )
        if answer.status not in (401, 403):
            yield f"{name} may write: {answer.status}"
    answer = get(site, "/api/v1/articles", ("Authorization", f"Bearer {made['key of daily']}"))
    if answer.status != 403 or b"topics/harbour" not in answer.body:
        yield "a partner's key opens a feed that is not its own"
    yield from _wrongly_signed(site)


def signed(text: str, key: str) -> str:
    """An HMAC under a key that anybody might guess."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _wrongly_signed(site: Besieged) -> Iterator[str]:
    body, secret = (
        b"<rss version='2.0'><channel><title>forged</title></channel></rss>",
        site.tokens["websub secret"],
    )
    right = hmac.new(secret.encode(), body, "sha256").hexdigest()
    wrong = (
        "", "sha256=", f"sha256={right[:-1]}0x", f"md5={'0' * 32}", f"none={right}", f"sha256={signed('x', '')}",
        f"sha1={right}", f"={right}", right, f"sha256={right}, sha256=x", "sha256=\xff" + right[1:], f"SHA256 ={'0' * 64}",
    )  # fmt: skip
    target = f"/websub/{site.tokens['websub']}"
    for one in wrong:
        post(site, target, "application/rss+xml", body, *((("X-Hub-Signature", one),) if one else ()))
    waiting = site.store.engine.rows("SELECT count(*) AS n FROM pushes")[0]["n"]
    if waiting:
        yield f"{waiting} wrongly signed pushes are kept"


def replayed(site: Besieged) -> Iterator[str]:
    """What was sent once does nothing the second time, and no more than its sender may."""
    confirm, end = (f"/digest/{name}/{site.tokens[name]}" for name in ("confirm", "end"))
    steps = [
        (confirm, (200, 404)),
        (confirm, (200, 404)),
        (end, (200, 404)),
        (end, (200, 404)),
        (confirm, (404,)),
    ]
    for target, right in steps:
        answer = post(site, target, FORM, b"")
        if answer.status not in right:
            yield f"replayed, {target} answers {answer.status}"
    question = {
        "hub.mode": "subscribe",
        "hub.topic": FEED,
        "hub.challenge": "c" * 30,
        "hub.lease_seconds": "9999",
    }
    target = f"/websub/{site.tokens['websub']}?{urlencode(question)}"
    seen = [get(site, target).status for _ in range(3)]
    if seen[1:] != [seen[1]] * 2 or any(status >= 500 for status in seen):
        yield f"WebSub's question, asked again, is answered {seen}"
    first, second = site.pool[0], site.pool[-1]
    key = ("Idempotency-Key", "the same")

    def put(token: str, title: str) -> Answer:
        body = json.dumps({"title": title, "phrases": ["ferry"]}).encode()
        leave = (("Authorization", f"Bearer {token}"), key)
        return post(site, "/api/v1/topics/replayed", JSON, body, *leave, method="PUT")

    answers = [put(first, "a"), put(first, "a"), put(first, "b"), put(second, "a")]
    if [one.status for one in answers] != [201, 201, 422, 428] or answers[0].body != answers[1].body:
        yield f"idempotency keys: {[(one.status, one.body[:200]) for one in answers]}"
    for _ in range(3):
        post(site, f"/ping/{site.tokens['ping']}", FORM, b"")


def guessed(site: Besieged) -> Iterator[str]:
    """What is private, held back or not there is answered alike."""
    slug = next(row.source.slug for row in site.store.sources.every() if row.source.is_private)
    # As near to names that are there as the right one: what is near is shown with what is not found.
    nobody = f"{slug[:-1]}x"
    for pattern in (
        "/sources/{}", "/sources/{}.atom", "/sources/{}.json", "/sources/{}/archive/1.atom", "/sources.opml?q={}", "/api/v1/sources/{}",
        "/api/v1/articles?feed=sources/{}", "/api/v1/changes?feed=sources/{}", "/mix/sources/{}", "/mix/sources/{}.atom",
        "/sitemap/{}/2026-11.xml",
    ):  # fmt: skip
        yield from _alike(site, pattern, slug, nobody)
    unknown = "urn:uuid:00000000-0000-4000-8000-000000000000"
    for name in ("private", "held"):
        yield from _alike(site, "/api/v1/articles/{}", site.urns[name], unknown)
        yield from _alike(site, "/articles/{}", str(site.ids[name]), "99999")
    yield from _alike(site, "/partner/{}.99999999999." + "0" * 64, "daily", "dayly")
    yield from _alike(site, "/admin/sources/{}", slug, nobody)
    told = {
        post(site, "/hub", FORM, urlencode({"hub.mode": "publish", "hub.url": url}).encode()).status
        for url in (HIDDEN, "https://nobody.example/feed")
    }
    if told != {404}:
        yield f"the hub tells which private addresses are polled: {told}"
    feeds = (f"{site.base}/sources/{slug}.atom", f"{site.base}/sources/nobody.atom")
    asked = [
        post(site, "/hub", FORM, urlencode({"hub.mode": "subscribe", "hub.callback": "https://c.example/", "hub.topic": url}).encode())
        for url in feeds
    ]  # fmt: skip
    if asked[0].body != asked[1].body:
        yield "the hub tells private feeds from unknown ones"
    emails = ("reader@besieged.example", "stranger@besieged.example")
    forms = [
        urlencode({"feed": "/topics/harbour", "rhythm": "daily", "email": one}).encode() for one in emails
    ]
    pages = [
        post(site, "/digest", FORM, form).body.replace(one.encode(), b"")
        for one, form in zip(emails, forms, strict=True)
    ]
    if pages[0] != pages[1]:
        yield "the form tells who gets a feed by e-mail"


def _alike(site: Besieged, pattern: str, there: str, nowhere: str) -> Iterator[str]:
    seen = []
    for word in (there, nowhere):
        answer = get(site, pattern.format(quote(word, safe="")))
        text = re.sub(
            rf"\b({re.escape(word)}|{re.escape(quote(word, safe=''))})\b", "…", answer.body.decode()
        )
        seen.append((answer.status, re.sub(r'value="[\w.-]{30,}"', "", text)))
    if seen[0] != seen[1]:
        yield f"{pattern} tells {there} from what is not there: {seen[0][0]}, {seen[1][0]}"


def led_inside(site: Besieged) -> Iterator[str]:
    """Nothing is sent to this machine or its network, whatever address a stranger gives."""
    with listener() as (port, met):
        for pattern in INSIDE:
            url = pattern.format(port)
            form = {"hub.mode": "subscribe", "hub.callback": url, "hub.topic": f"{site.base}/all.atom"}
            answer = post(site, "/hub", FORM, urlencode(form).encode())
            if answer.status not in (202, 400):
                yield f"/hub answers {answer.status} to {url}"
            host = url.partition("://")[2].rpartition(f":{port}")[0] or "169.254.169.254"
            cloud = {
                "port": str(port),
                "path": "/",
                "protocol": "http-post",
                "url1": f"{site.base}/all.rss",
                "domain": host,
            }
            answer = post(site, "/cloud", FORM, urlencode(cloud).encode())
            if answer.status not in (200, 400):
                yield f"/cloud answers {answer.status} to {host}"
        for path in ("@127.0.0.1/", "//127.0.0.1/", "/\r\nHost: x", "/?\x00", "/#", "http://127.0.0.1/"):
            cloud = {"port": "80", "path": path, "protocol": "http-post", "url1": f"{site.base}/all.rss"}
            answer = post(site, "/cloud", FORM, urlencode(cloud).encode(), ("X-Forwarded-For", "127.0.0.1"))
            if answer.status != 400:
                yield f"/cloud takes a reader on this machine: {path!r} {answer.status}"
        _give_webhooks(site, port)
        deliver(site)
        yield from (f"somebody inside was asked: {first!r}" for first in met)
        tried = site.store.engine.rows(
            "SELECT count(*) AS n FROM receivers WHERE detail LIKE '%not public%'"
        )[0]["n"]
        if tried < LEAST_TRIED:
            yield f"only {tried} addresses were tried: this shows nothing"


def _give_webhooks(site: Besieged, port: int) -> None:
    """A partner's addresses lead inside, too, and are told something."""
    store, now = site.store, system_clock()
    partner = store.partners.get("daily")
    assert partner is not None
    hooks = tuple(pattern.format(port) for pattern in INSIDE[: partners.MOST_HOOKS])
    store.partners.put(replace(partner.spec, webhooks=hooks), origin="admin", now=now)
    sync_webhooks(store, site.settings, now)
    ask_for_tests(store, partner, now)


def deliver(site: Besieged) -> None:
    """Whatever waits in the outbox is sent."""

    async def deliver_all() -> None:
        writer = Writer(lambda: open_store(site.settings))
        postman = Postman(site.settings, system_clock, lambda: 0.0, "bench", writer.run, writer.run)
        await postman.deliver_all()
        await postman.stop(1)
        writer.close()

    asyncio.run(deliver_all())


@contextmanager
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, on IPv4, and what arrives there."""
    met: list[bytes] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.settimeout(1)
                        met.append(connection.recv(200))

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield server.getsockname()[1], met


def unfinished(site: Besieged) -> Iterator[str]:
    """Requests that never end keep nobody else waiting."""
    targets = ["/hub", "/cloud", "/mcp", "/digest", "/api/v1/sources", "/admin/sign-in"]
    targets += [f"/{name}/{site.tokens[name]}" for name in ("ping", "websub")]
    targets += [f"/partner/{site.tokens['page of daily']}/test", f"/digest/end/{site.tokens['end']}"]
    ends = (b"Content-Length: 5000\r\n\r\nx", b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", b"X-Half: ")
    with contextlib.ExitStack() as stack:
        for number in range(AT_ONCE):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=5))
            head = f"POST {targets[number % len(targets)]} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n{FROM_ONE}"
            connection.sendall(head.encode() + ends[number % len(ends)])
        for target in ("/all.atom", "/", "/api/v1/topics", "/healthz"):
            answer = get(site, target)
            if answer.status != 200 or answer.seconds > PATIENT_S:
                yield f"{target} waits for others: {answer.status} after {answer.seconds:.1f} s"
        kind, call = bodies(site)["mcp.call"]
        answer = post(site, "/mcp", kind, call.encode() if isinstance(call, str) else call)
        if answer.status != 200 or answer.seconds > PATIENT_S:
            yield f"what others send waits: {answer.status} after {answer.seconds:.1f} s"


def batched(site: Besieged) -> Iterator[str]:
    """`/mcp` takes one message at a time, whatever its number and method are."""
    kind, right = bodies(site)["mcp.call"]
    call = json.loads(right)
    several = [
        [call] * 500, call | {"id": "x" * 60_000}, call | {"id": {"a": [1] * 100}}, call | {"id": 10**30}, call | {"method": "x" * 50_000},
        call | {"method": {"a": 1}}, call | {"method": None}, call | {"params": [1]}, call | {"params": {"name": "__init__"}},
        call | {"params": {"name": "search", "arguments": {"q": "x" * 60_000}}}, call | {"jsonrpc": 2}, call | {"params": "x"},
        call | {"params": {"name": "search", "arguments": {"q": ["a", {"b": 1}]}}},
        call | {"params": {"name": "get_article", "arguments": {"id": None}}}, call | {"params": {"name": "why", "arguments": {"id": 7}}},
        call | {"params": {"name": "list_articles", "arguments": {"limit": 10**12}}}, call | {"method": "notifications/x"},
        call | {"method": "tools/list", "params": {"cursor": "x"}}, call | {"method": "resources/list"}, {"jsonrpc": "2.0"},
        call | {"params": {"name": "search", "arguments": {"q": "a", "__class__": "x", "caller": "x", "self": 1}}},
    ]  # fmt: skip
    for message in several:
        answer = post(site, "/mcp", kind, json.dumps(message).encode())
        if answer.status not in (200, 202, 400):
            yield f"/mcp answers {answer.status} to {json.dumps(message)[:100]}: {answer.body[:100]!r}"
        if len(answer.body) > 100_000:
            yield f"/mcp answers {len(answer.body):,} bytes to {json.dumps(message)[:100]}"


SCENES: dict[str, Callable[[Besieged], Iterator[str]]] = {
    "forged": forged,
    "guessed": guessed,
    "replayed": replayed,
    "batched": batched,
    "led inside": led_inside,
    "malformed": malformed,
    "unfinished": unfinished,
}
