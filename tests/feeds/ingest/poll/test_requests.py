"""Requests to a source: limits, headers, credentials, proxies; secrets are looked up when they are needed."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.config.secrets import header_line, is_reference, reference, secret_of
from feeds.http.requests import Request
from feeds.ingest.poll.requests import Asking, request_of
from feeds.model.fetched import Failed
from feeds.model.incoming import Source, SourceOptions
from feeds.model.settings import FetchSettings

URL = "https://news.example/feed"


def source(**options: object) -> Source:
    spec = spec_at(URL)
    return Source(
        id=1,
        slug="news",
        title="News",
        fetch_url=spec.fetch_url,
        first_url=spec.fetch_url,
        public_url=spec.public_url,
        domain=spec.domain,
        options=SourceOptions(**options),  # type: ignore[arg-type]
    )


def asking(**environ: str) -> Asking:
    return Asking(
        limits=FetchSettings(),
        secret=lambda text: secret_of(text, environ, Path()),
        proxies={"office": "http://10.0.0.5:3128", "hidden": "env:PROXY"},
    )


def request(made: Request | Failed) -> Request:
    assert isinstance(made, Request)
    return made


def test_limits_of_the_source_win_over_those_of_fetch() -> None:
    made = request(
        request_of(source(timeout=timedelta(seconds=7), max_bytes=5_000, user_agent="Desk"), asking())
    )
    assert (made.timeout, made.max_bytes, made.user_agent) == (timedelta(seconds=7), 5_000, "Desk")
    plain = request(request_of(source(), asking()))
    assert (plain.timeout, plain.max_bytes, plain.user_agent) == (timedelta(seconds=30), 15_000_000, None)


def test_headers_and_credentials_are_resolved_and_meant_for_the_host_alone() -> None:
    one = source(headers=("Accept-Language: nn", "X-Key: env:KEY"), user="desk", password="env:PASS")
    made = request(request_of(one, asking(KEY="abc", PASS="s3:cret")))
    pair = base64.b64encode(b"desk:s3:cret").decode()
    assert made.own_headers == (
        ("Accept-Language", "nn"),
        ("X-Key", "abc"),
        ("Authorization", f"Basic {pair}"),
    )
    elsewhere = request(request_of(one, asking(KEY="abc", PASS="x"), url="https://other.example/article"))
    assert elsewhere.own_headers == ()


def test_credentials_never_go_unencrypted_to_a_page_of_a_source_behind_https() -> None:
    one = source(headers=("X-Key: env:KEY",))
    host = one.fetch_url.removeprefix("https://").split("/")[0]
    assert one.fetch_url.startswith("https://")
    assert request(request_of(one, asking(KEY="abc"), url=f"https://{host}/a")).own_headers
    assert request(request_of(one, asking(KEY="abc"), url=f"http://{host}/a")).own_headers == ()


@pytest.mark.parametrize(
    ("options", "environ", "told"),
    [
        ({"headers": ("X-Key: env:KEY",)}, {}, "the environment variable KEY is not set"),
        ({"user": "desk", "password": "file:nowhere"}, {}, "the file nowhere cannot be read"),
        ({"proxy": "home"}, {}, "no [[proxy]] has the name home"),
        ({"proxy": "hidden"}, {}, "the environment variable PROXY is not set"),
        ({"headers": ("X-Key: env:KEY",)}, {"KEY": "a\r\nHost: x"}, "more than one line"),
    ],
)
def test_what_is_missing_is_told_as_the_state_of_the_source(
    options: dict[str, object], environ: dict[str, str], told: str
) -> None:
    made = request_of(source(**options), asking(**environ))
    assert isinstance(made, Failed)
    assert made.state == "settings"
    assert told in made.detail


def test_a_proxy_is_named_and_its_address_looked_up() -> None:
    assert request(request_of(source(proxy="office"), asking())).proxy == "http://10.0.0.5:3128"
    found = request(request_of(source(proxy="hidden"), asking(PROXY="http://me:pw@10.0.0.6:1")))
    assert found.proxy == "http://me:pw@10.0.0.6:1"


def test_samples_reach_the_run_itself_only_at_their_own_host() -> None:
    sample = replace(source(), is_sample=True)
    assert request(request_of(sample, asking())).is_sample
    assert not request(request_of(sample, asking(), url="https://other.example/")).is_sample


@pytest.mark.parametrize(
    "line",
    [
        "no colon",
        "Host: evil.example",
        "User-Agent: x",
        "X-Api-Key: written-out",
        "Authorization: Bearer abc",
        "Cookie: a=b",
        "X: a\nb",
        "",
        "Bad Name: x",
    ],
)
def test_headers_that_are_none_or_secret_are_refused_without_repeating_them(line: str) -> None:
    with pytest.raises(ValueError, match="header") as caught:
        header_line(line)
    assert "written-out" not in str(caught.value)
    assert "abc" not in str(caught.value)


def test_references_and_secrets(tmp_path: Path) -> None:
    (tmp_path / "word").write_text(" hush \n", encoding="utf-8")
    assert secret_of("file:word", {}, tmp_path) == "hush"
    assert secret_of("plain", {}, tmp_path) == "plain"
    assert is_reference("env:A")
    assert not is_reference("env:")
    assert reference(" env:A ") == "env:A"
    with pytest.raises(ValueError, match="env:NAME") as caught:
        reference("hunter2")
    assert "hunter2" not in str(caught.value)
