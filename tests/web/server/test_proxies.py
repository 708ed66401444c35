"""Behind trusted proxies the real address counts; what strangers forward is not believed."""

from __future__ import annotations

from typing import Any

import pytest

from web.server.proxies import TrustedProxies

OURS = ("127.0.0.0/8", "10.0.0.0/8", "::1")


def seen(trusted: tuple[str, ...], **sent: str) -> tuple[str, str]:
    found: list[tuple[str, str]] = []

    def app(environ: Any, _start: Any) -> list[bytes]:
        found.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]))
        return []

    environ = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", **sent}
    TrustedProxies(app, trusted)(environ, lambda *_: lambda _: None)
    return found[0]


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("unknown", "127.0.0.1"),
        ("1.2.3.4, _hidden", "127.0.0.1"),
        ("10.0.0.1, 10.0.0.2", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_is_the_client(forwarded: str, expected: str) -> None:
    assert seen(OURS, HTTP_X_FORWARDED_FOR=forwarded)[0] == expected


def test_a_stranger_is_not_believed() -> None:
    sent = {"HTTP_X_FORWARDED_FOR": "1.2.3.4", "HTTP_X_FORWARDED_PROTO": "https"}
    assert seen(OURS, REMOTE_ADDR="203.0.113.7", **sent) == ("203.0.113.7", "http")
    assert seen((), **sent) == ("127.0.0.1", "http")


def test_the_scheme_is_that_of_the_nearest_proxy() -> None:
    assert seen(OURS, HTTP_X_FORWARDED_PROTO="https")[1] == "https"
    assert seen(OURS, HTTP_X_FORWARDED_PROTO="http, https")[1] == "https"
    assert seen(OURS, HTTP_X_FORWARDED_PROTO="gopher")[1] == "http"


def test_a_proxy_that_shows_itself_as_ipv4_within_ipv6_is_known() -> None:
    assert seen(OURS, REMOTE_ADDR="::ffff:127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")[0] == "203.0.113.7"
