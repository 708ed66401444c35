"""What `bench.endpoints` sends: every address of the URL map with odd words, parameters, headers, methods and bodies."""

from __future__ import annotations

import contextlib
import json
import random
import re
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.routing import Rule

from bench.endpoint_site import METRICS, Besieged
from web.api.endpoints import ENDPOINTS
from web.api.parameters import cursor_of
from web.api.write_endpoints import WRITES

PLACE = re.compile(r"<(?:[^<>:]+:)?(\w+)>")
MARK = "<xss-9>'\"><script>alert(9)</script>"
EVIL = "evil.example"
INJECTED = "x\r\nX-Injected: 9\r\n\r\n<xss-9>"
SAFE = ("GET", "HEAD", "OPTIONS")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

ODD = (
    "%00", "a%00b", "%C3%28", "%ED%A0%80", "%F0%9F%98%80", "%EF%BF%BF", "%FF%FE", "%0d%0aX-Injected:%209", "..%2f..%2fetc%2fpasswd",
    "%2e%2e", "%2e%2e%2f", "%5c%5cevil.example", "%25s%25(x)s", "{0.__class__}", "{{7*7}}", "a" * 4000, "9" * 18, "9" * 19,
    "9" * 400, "-1", "0", "1e3", "%E2%80%AE", "%27%22%3B--", "%", "%zz", "+", "*", ":a", "1-%C3%A9", "1-%FF", "%EF%BC%91",
    "%C2%B2", quote(MARK, safe=""), "%3Cxss-9%3E", "//evil.example", "%2f%2fevil.example", "a/../../b", "~", "%7f", "%09",
)  # fmt: skip
"""For places in an address, as they stand in the request's first line."""
WORDS = (
    "\0", "a\0b", "%", "\ufffe", "\U0001f600", "\u202e", INJECTED, MARK, "9" * 19, "9" * 400, "-1", "0", "1e9", "NaN", "\xb2", "\uff11",
    "a" * 3000, '"', "'", "\\", "*", '"a" -b* OR', "(" * 500, "all", "//evil.example", "https://evil.example/", "javascript:alert(9)",
    "=cmd|'/c calc'!A1", "../../etc/passwd", "2026-13", "0000-00", "99999-01", "{{7*7}}", "%s%(x)s",
    "9999-12-31T23:59:59.999Z-999999999999999999", "0001-01-01T00:00:00.000Z-0", "2026-11-28T00:00:00.000Z-1", "9999-12", "2000-01",
    "\uff12\uff10\uff12\uff16-11", "2026-11\n", "begin*", '"a b" c* d* e*', "a* " * 60, "mix/topics/harbour", "mix/" + "topics/a,b/" * 40,
    *(cursor_of(kind, *numbers) for kind, numbers in (("a", (0, 0)), ("a", (10**17, 10**17)), ("a", (253402300799000, 2**61)),
      ("s", (3000,)), ("s", (10**9,)), ("l", (10**6,)), ("l", (10**17,)))),
)  # fmt: skip
"""For parameters and fields, before they are quoted."""
RAW = ("%ED%A0%80", "%FF", "%C3%28", "%", "%zz", "%00%00", "%u0041", "&&&=&=", ";;", "[]=1", "+%2B")
"""For parameters, as they stand in the request's first line."""
PARAMETERS = tuple(
    dict.fromkeys(
        (
            "q", "before", "limit", "excerpt", "profile", "month", "asked", "page", "next", "topic", "kind", "all", "who", "tried",
            "text", "state", "source", "plain", "path", "mark", "label", "iss", "feed", "error", "code", "author", "topics",
            "not-topics", "languages", "callback", "hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds", "hub.reason",
            *(one.name for endpoint in ENDPOINTS for one in endpoint.parameters if one.where == "query"),
        )
    )
)  # fmt: skip
"""Of any address; each is tried at all of them."""
VALUES: tuple[Any, ...] = (
    None, 1, -1, 2**63, 2**64, 10**30, 1.5, True, [], {}, [[]], {"a": {"b": []}}, ["x"] * 1000,
)  # fmt: skip
"""For fields of JSON, beside words."""
HEADERS: tuple[tuple[str, str], ...] = (
    ("Host", EVIL), ("Host", f"127.0.0.1@{EVIL}"), ("Host", ""), ("X-Forwarded-Host", EVIL), ("X-Forwarded-Server", EVIL),
    ("X-Forwarded-Proto", "javascript"), ("X-Forwarded-Prefix", f"//{EVIL}"), ("X-Forwarded-Port", "9"), ("X-Script-Name", f"//{EVIL}"),
    ("Forwarded", f"host={EVIL};proto=https;for=127.0.0.1"), ("X-Original-URL", "/admin/"), ("X-Rewrite-URL", "/metrics"),
    ("X-HTTP-Method-Override", "DELETE"), ("X-Method-Override", "PUT"), ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-For", "\xff, unknown"), ("X-Real-IP", "127.0.0.1"), ("Referer", f"https://{EVIL}/{MARK}"),
    ("User-Agent", MARK), ("Accept", MARK), ("Accept-Language", "x" * 3000), ("Accept-Encoding", "gzip;q=²,br;q=nan"),
    ("If-None-Match", '"' * 3000), ("If-None-Match", "W/" * 2000), ("If-Modified-Since", "Sun, 99 Foo 99999 99:99:99 GMT"),
    ("If-Modified-Since", "\xff"), ("If-Match", '"x"'), ("Range", "bytes=0-0,1-2,-9999999999999999999"), ("A-IM", "feed" + ",x" * 900),
    ("Authorization", "Bearer \xff\xfe"), ("Authorization", "Bearer " + "a" * 4000), ("Authorization", "Basic ="),
    ("Authorization", "bearer"), ("Cookie", "session=\xff; feedwright_session=eyJhbGciOiJub25lIn0.e30."), ("Cookie", "a=" * 1500),
    ("Content-Type", "multipart/form-data"), ("Origin", f"https://{EVIL}"), ("Origin", "null"), ("Prefer", "x"),
    ("MCP-Protocol-Version", "\xff"), ("Idempotency-Key", "\xff"), ("Connection", "Transfer-Encoding, Authorization"),
    ("Expect", "x"), ("Upgrade", "websocket"), ("X-Long", "x" * 60_000),
)  # fmt: skip
METHODS = (
    "HEAD",
    "OPTIONS",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "FOO",
    "get",
    "X" * 100,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request."""

    endpoint: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    has_length: bool = True
    """False: the body is sent in chunks."""

    def text(self) -> str:
        """All that it holds, as we would know it again in an answer."""
        return f"{self.target} {self.headers} {self.body[:100_000].decode('latin-1')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; status 0: nothing."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """The value of a header; empty if it is not there."""
        return next((value for key, value in self.headers if key == name), "")


def ask(port: int, sent: Sent, *, timeout: float = 20.0) -> Answer:
    """Sends it byte by byte as it is, each from another client, and reads all that comes."""
    client = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
    headers = {"Host": f"127.0.0.1:{port}", "X-Forwarded-For": client, "Connection": "close"}
    names = {name.title() for name, _ in sent.headers}
    lines = [f"{sent.method} {sent.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name not in names]
    lines += [f"{name}: {value}" for name, value in sent.headers]
    body = sent.body
    if body and not sent.has_length:
        lines.append("Transfer-Encoding: chunked")
        parts = [body[at : at + 60_000] for at in range(0, len(body), 60_000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    elif body or sent.method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    began = time.monotonic()
    return read(port, head + body, began, timeout, is_head=sent.method == "HEAD")


def read(port: int, data: bytes, began: float, timeout: float, *, is_head: bool = False) -> Answer:
    """What is answered to these bytes."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        # Refused before all was sent, the answer may be there all the same.
        with contextlib.suppress(OSError):
            connection.sendall(data)
        with contextlib.suppress(OSError):
            while chunk := connection.recv(65536):
                received += chunk
                if _is_whole(received, is_head=is_head):
                    break
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    pairs = [line.partition(":") for line in rest]
    return Answer(
        status=int(words[1]) if len(words) > 1 and words[1].isdigit() else 0,
        headers=tuple((name.strip().lower(), value.strip()) for name, _, value in pairs),
        body=body,
        seconds=time.monotonic() - began,
    )


def _is_whole(received: bytes, *, is_head: bool) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return False
    found = re.search(rb"\r\ncontent-length: (\d+)", head)
    return is_head or (found is not None and len(body) >= int(found[1]))


def places(site: Besieged, endpoint: str) -> dict[str, str]:
    """A right value for each place of an address; raises KeyError for an address that nobody has thought of."""
    made = site.tokens
    token = {
        "private.feed": made["private"], "private.article": made["private"], "partner_page.page": made["page of daily"],
        "partner_page.statement_file": made["page of daily"], "partner_page.test": made["page of daily"],
        "subscriber_page.page": made["subscription"], "callbacks.ping": made["ping"], "callbacks.confirm": made["websub"],
        "callbacks.receive": made["websub"], "digests.confirm_page": made["confirm"], "digests.confirm": made["confirm"],
        "digests.end_page": made["end"], "digests.end": made["end"], "admin.start": made["start"], "admin.do_start": made["start"],
    }  # fmt: skip
    path = "all.atom" if endpoint == "private.feed" else "topics/harbour/languages/en"
    extension = "csv" if endpoint == "partner_page.statement_file" else "atom"
    slug = "harbour-example" if "source" in endpoint or endpoint == "robots.own_articles" else "harbour"
    numbers = dict.fromkeys(("number", "job_id", "change_id", "person_id", "address_id", "receiver_id"), "1")
    return {
        "kind": "topics", "slug": slug, "extension": extension, "path": path, "filename": "site.css", "key": "abc", "month": "2026-11",
        "id": quote(site.urns["public"]), "article_id": str(site.ids["public"]), "host": "callback.example", "rest": "nowhere",
        "token": token.get(endpoint, ""), "ending": "png", **numbers,
    }  # fmt: skip


def target_of(site: Besieged, rule: Rule, **odd: str) -> str:
    """The rule's address, its places filled rightly but for the odd ones."""
    right = places(site, rule.endpoint) | odd
    return PLACE.sub(lambda found: right[found[1]], rule.rule)


def bodies(site: Besieged) -> dict[str, tuple[str, bytes]]:
    """A right body, with its type, for each endpoint that takes one; empty if it takes none."""
    topic = f"{site.base}/all.atom"
    hub = {"hub.mode": "subscribe", "hub.callback": "https://callback.example/x", "hub.topic": topic}
    cloud = {"port": "80", "path": "/x", "protocol": "http-post", "url1": f"{site.base}/all.rss"}
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"q": "ferry"}},
    }
    words = {
        "title": "x",
        "summary": "x",
        "authors": ["x"],
        "rights": "x",
        "credit": "x",
        "picture": "https://a.example/p.png",
    }
    written: dict[str, dict[str, Any]] = {
        "add_source": {"url": "https://new.example/feed", "kind": "feed", "title": "x", "slug": "new", "interval": "2h", "topics": []},
        "change_source": {
            "interval": "2h", "title": "x", "slug": "harbour-example", "topics": ["harbour"], "author": "x", "language": "en",
            "timezone": "UTC", "share": "full", "links": "a", "timeout": "9", "max_bytes": 9_999, "state": "active",
        },
        "change_article": {**words, "held": False, "pinned": False},
        "correct_article": {"note": "x", **words},
        "put_topic": {
            "title": "x", "description": "x", "phrases": ["ferry"], "categories": ["x"], "url_parts": ["x"], "sources": [],
            "match": ["ferry"], "exclude": ["x"], "parent": None, "medtop": [],
        },
    }  # fmt: skip
    return {
        "callbacks.at_hub": (FORM, urlencode(hub).encode()),
        "callbacks.at_cloud": (FORM, urlencode(cloud).encode()),
        "callbacks.ping": (FORM, b""),
        "callbacks.receive": ("application/rss+xml", b"<rss/>"),
        "digests.ask": (
            FORM,
            urlencode({"feed": "/topics/harbour", "rhythm": "daily", "email": f"a@{EVIL}"}).encode(),
        ),
        "digests.confirm": (FORM, b""),
        "digests.end": (FORM, b""),
        "partner_page.test": (FORM, b""),
        "mcp.call": (JSON, json.dumps(call).encode()),
        "mcp.nothing": (JSON, b""),
        **{
            f"api.{one.name}": (JSON, json.dumps(written[one.name]).encode() if one.body else b"")
            for one in WRITES
        },
    }


def authorization(site: Besieged, endpoint: str) -> tuple[tuple[str, str], ...]:
    """What lets a write in, so that its body is looked at."""
    names = {f"api.{one.name}" for one in WRITES}
    if endpoint == "health.metrics":
        return (("Authorization", f"Bearer {METRICS}"),)
    if endpoint not in names:
        return ()
    told = (("Authorization", f"Bearer {random.choice(site.pool)}"),)
    return (*told, ("If-Match", "*")) if endpoint == "api.put_topic" else told


def in_addresses(site: Besieged, rule: Rule, method: str, odd: Sequence[str]) -> Iterator[Sent]:
    """Odd words in each place of the address, the other places right; and behind it."""
    for word in odd:
        for name in sorted(rule.arguments) or [""]:
            target = target_of(site, rule, **{name: word}) if name else f"{target_of(site, rule)}/{word}"
            yield Sent(endpoint=rule.endpoint, method=method, target=target.replace(" ", "%20"))


def in_questions(site: Besieged, rule: Rule, words: Sequence[str], *, is_each: bool) -> Iterator[Sent]:
    """Odd words in parameters: in all at once, and, `is_each`, in one after the other."""
    target, leave = target_of(site, rule), authorization(site, rule.endpoint)
    for word in words:
        questions = [urlencode([(name, word) for name in PARAMETERS])]
        questions += [urlencode({name: word}) for name in PARAMETERS] if is_each else []
        for question in questions:
            yield Sent(endpoint=rule.endpoint, method="GET", target=f"{target}?{question}", headers=leave)
    for raw in RAW:
        yield Sent(
            endpoint=rule.endpoint,
            method="GET",
            target=f"{target}?q={raw}&{raw}={raw}&limit={raw}",
            headers=leave,
        )
    many = "&".join(f"p{number}=1" for number in range(5_000))
    for question in (
        many,
        "q=1&" * 5_000,
        f"q={'x' * 60_000}",
        "q=" + "%41" * 18_000,
        "?" * 9_000,
        "a[" * 4_000,
    ):
        yield Sent(endpoint=rule.endpoint, method="GET", target=f"{target}?{question}", headers=leave)


def in_headers(site: Besieged, rule: Rule, method: str) -> Iterator[Sent]:
    """Odd headers, one after the other; and methods that the address does not know."""
    target = target_of(site, rule)
    for one in HEADERS:
        yield Sent(endpoint=rule.endpoint, method=method, target=target, headers=(one,))
    for other in METHODS:
        yield Sent(endpoint=rule.endpoint, method=other, target=target)


def in_bodies(site: Besieged, rule: Rule, method: str, words: Sequence[str]) -> Iterator[Sent]:
    """Odd bodies: of another type, too long, malformed, with odd words in each field of a right one."""
    kind, right = bodies(site).get(rule.endpoint, (FORM, b""))
    target = target_of(site, rule)
    for type_, body in (*odd_bodies(), *odd_fields(kind, right, words)):
        for has_length in (True, False):
            yield Sent(
                endpoint=rule.endpoint, method=method, target=target, body=body, has_length=has_length,
                headers=(("Content-Type", type_ or kind), *authorization(site, rule.endpoint)),
            )  # fmt: skip
    for type_ in (
        "",
        "text/plain",
        "text/xml",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        MARK,
    ):
        yield Sent(
            endpoint=rule.endpoint,
            method=method,
            target=target,
            body=right,
            headers=(("Content-Type", type_), *authorization(site, rule.endpoint)),
        )


def odd_bodies() -> Iterator[tuple[str, bytes]]:
    """Bodies that nobody sends who means well, with a media type; empty: the one that the address takes."""
    deep = 30_000
    yield from (
        ("", b""), ("", b"\0"), ("", b"\xff\xfe"), ("", b"x" * 9_000), ("", b"x" * 300_000), ("", b"x" * 6_000_000),
        (JSON, b"[" * deep), (JSON, b'{"a":' * deep), (JSON, b"[" * deep + b"]" * deep), (JSON, b"nul"), (JSON, b"NaN"),
        (JSON, b'{"a": NaN}'), (JSON, b'{"a": 1e999}'), (JSON, b'{"a": %s}' % (b"9" * 5_000)), (JSON, b'{"url":"a","url":"b"}'),
        (JSON, b'{"title": "\xed\xa0\x80"}'), (JSON, b'{"title": "\\ud800"}'), (JSON, b'{"title": "\\u0000"}'), (JSON, b"\xef\xbb\xbf{}"),
        (JSON, b'{"title": "%s"}' % (b"x" * 150_000)), (JSON, b"[]"), (JSON, b'"x"'), (JSON, b"1"), (JSON, b"null"), (JSON, b"{} {}"),
        (FORM, b"&".join(b"f%d=1" % number for number in range(3_000))), (FORM, b"%ED%A0%80=%FF&=&&%"), (FORM, b"=" * 5_000),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"hub.mode\"\r\n\r\nsubscribe\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 1_500), ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"" + b"a" * 8_000),
    )  # fmt: skip


def odd_fields(kind: str, right: bytes, words: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The right body with an odd word in one field, for each field and word."""
    if not right:
        return
    if kind == JSON:
        fields = json.loads(right)
        for name in fields:
            yield from ((JSON, json.dumps(fields | {name: value}).encode()) for value in (*words, *VALUES))
        return
    for pair in right.split(b"&"):
        if kind == FORM:
            name = pair.partition(b"=")[0].decode()
            for word in words:
                yield FORM, right + b"&" + urlencode({name: word}).encode()
                yield FORM, right.replace(pair, urlencode({name: word}).encode())
