"""WebSub's wire rules: Link headers as servers write them, links in pages, signatures, the form that a hub is sent."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from feeds.http.websub import (
    METHODS,
    MOST_HUBS,
    is_signed,
    links_of_headers,
    links_of_page,
    request_form,
    signature,
)
from feeds.model.push import HubLinks

BASE = "https://quay.example/news/feed"
HUB, OWN = "https://hub.example/", "https://quay.example/news/feed"


@pytest.mark.parametrize(
    "values",
    [
        (f'<{HUB}>; rel="hub"', f'<{OWN}>; rel="self"'),
        (f"<{HUB}>;rel=hub,<{OWN}>;rel=self",),
        (f'<{HUB}> ; REL = "HUB" , <{OWN}>;title="a, <b>; rel=x \\" quoted";rel="alternate self"',),
        ('<//hub.example/>; rel=hub; rel=self, <feed>; type="text/html"; rel=self',),
        (f'<https://other.example/>; rel=hub; anchor="#x", <{HUB}>; rel=hub', f"<{OWN}>; rel=self"),
        (
            f"<>; rel=next, <javascript:alert(1)>; rel=hub, <{HUB}>; rel=hub, <{HUB}>; rel=hub",
            f"<{OWN}>;rel=self",
        ),
    ],
)
def test_link_headers_are_read_in_every_way_of_writing_them(values: tuple[str, ...]) -> None:
    assert links_of_headers(values, BASE) == HubLinks(hub_urls=(HUB,), feed_url=OWN)


def test_several_hubs_keep_their_order_and_are_not_too_many() -> None:
    values = [f"<https://hub{n}.example/>; rel=hub" for n in range(50)]
    found = links_of_headers(values, BASE)
    assert found.hub_urls == tuple(f"https://hub{n}.example/" for n in range(MOST_HUBS))
    assert found.feed_url is None


def test_credentials_in_a_hubs_address_are_not_used() -> None:
    found = links_of_headers(["<https://user:pass@hub.example/>; rel=hub"], BASE)
    assert found.hub_urls == (HUB,)


@pytest.mark.parametrize(
    "text", ["<" * 200_000, '<a>;b="' * 50_000, "<a>" + "; " * 100_000, "<a>;" + "a" * 200_000]
)
@pytest.mark.timeout(90)
def test_a_hostile_header_costs_nothing(text: str) -> None:
    assert links_of_headers([text] * 3, BASE) == HubLinks()


def test_101_a_pages_head_names_hub_and_self_and_its_body_does_not() -> None:
    page = (
        f'<!doctype html><html><head><base href="https://quay.example/news/"><link rel="hub" href="{HUB}">'
        '<link rel="self alternate" href="feed"></head><body><link rel="hub" href="https://evil.example/">'
    )
    assert links_of_page(page.encode(), "https://quay.example/") == HubLinks(hub_urls=(HUB,), feed_url=OWN)
    stray = b'<p>No head<body><link rel="hub" href="https://evil.example/">'
    assert links_of_page(stray, BASE) == HubLinks()


@pytest.mark.parametrize("method", METHODS)
def test_a_signature_is_the_hmac_of_the_body_in_hex(method: str) -> None:
    digest = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    assert signature("secret", b"body", method) == f"{method}={digest}"
    assert is_signed(f"{method}={digest}", "secret", b"body")
    assert is_signed(f" {method.upper()}={digest.upper()} ", "secret", b"body")
    assert not is_signed(f"{method}={digest}", "secret", b"body ")
    assert not is_signed(f"{method}={digest}", "Secret", b"body")
    assert not is_signed(f"{method}={digest[:-1]}", "secret", b"body")
    assert not is_signed(digest, "secret", b"body")


@pytest.mark.parametrize(
    "header", [None, "", "=", "sha256", "sha256=", "md5=" + "0" * 32, "sha1=" + "é" * 40, "sha224=x"]
)
def test_what_is_no_signature_is_not_believed(header: str | None) -> None:
    assert not is_signed(header, "secret", b"body")


def test_the_form_says_what_the_standard_asks_for() -> None:
    given: dict[str, Any] = {
        "callback_url": "https://reader.example/websub/a?b=c&d",
        "feed_url": "https://quay.example/é",
    }
    form = parse_qs(request_form("subscribe", secret="s&s", lease=timedelta(days=10), **given).decode())
    assert form == {
        "hub.mode": ["subscribe"],
        "hub.topic": ["https://quay.example/é"],
        "hub.callback": ["https://reader.example/websub/a?b=c&d"],
        "hub.lease_seconds": ["864000"],
        "hub.secret": ["s&s"],
    }
    assert "hub.secret" not in parse_qs(request_form("unsubscribe", secret="s", **given).decode())
