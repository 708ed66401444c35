"""Whatever stands in an address or a form, on either engine: what is not here is a 404, never a fault of ours."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from flask import Flask
from werkzeug.routing import Rule

from feeds.model.push import HubSubscription
from feeds.model.settings import Settings, SiteSettings
from tests.fakes import Newsroom, item, rss
from web.app import create_app

FEED = "https://harbour.example/feed"
TOKEN = "t" * 43
ODD = (
    "%00", "a%00b", "1%00", "1-%00", "%00-1", "harbour-example%00", "%00harbour-example", "%C3%28", "%ED%A0%80",
    "%F0%9F%98%80", "%EF%BF%BF", "%FF%FE", "%0d%0aX:1", "..%2f..%2fetc%2fpasswd", "%2e%2e", "%25s%25(x)s", "{0}",
    "a" * 4000, "9" * 18, "9" * 19, "9" * 40, "-1", "1e3", "%E2%80%AE", "%27%22%3B--", "%", "%zz", "+", "*", ":a",
)  # fmt: skip


@pytest.fixture
def app(newsroom: Newsroom, tmp_path: Path) -> Flask:
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    newsroom.store.hubs.put_subscription(
        HubSubscription(
            source_id=newsroom.store.sources.every()[0].source.id, hub_url="https://hub.example/",
            hub_urls=("https://hub.example/",), feed_url=FEED, document_url=FEED, token=TOKEN, secret="s" * 43,
            state="asked", pending="subscribe", pending_until_at=newsroom.clock() + timedelta(hours=1),
        )
    )  # fmt: skip
    made = create_app(
        settings=Settings(
            path=tmp_path / "config.toml",
            site=SiteSettings(title="Reader", base_url="https://reader.example"),
        ),
        store_factory=lambda: newsroom.store,
        clock=newsroom.clock,
        is_refreshing=False,
    )
    # A fault of ours shall be seen as the server would see it.
    made.testing = False
    return made


def paths(app: Flask, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every route with every odd word in each of its places."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            for word in words:
                for kind in ("topics", "authors", "sources") if "kind" in rule.arguments else ("",):
                    yield method, filled(rule, word, kind)


def filled(rule: Rule, word: str, kind: str) -> str:
    """The rule's address with the word in every place but the kind's."""
    text = "".join(part if not is_place else f"<{part}>" for is_place, part in rule._trace)
    text = text.partition("|")[2].replace("<kind>", kind).replace("<extension>", "atom")
    for name in rule.arguments:
        text = text.replace(f"<{name}>", word)
    return text if rule.arguments else f"{text.rstrip('/')}/{word}"


def status_of(app: Flask, method: str, path: str) -> int:
    """What the app answers, asked as a server asks it: with the bytes that stand in the request's first line."""
    plain, _, question = path.partition("?")
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(plain).decode("latin-1"),
        "QUERY_STRING": question, "REQUEST_URI": path, "SERVER_NAME": "reader.example", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "reader.example", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": "0", "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http", "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    told: list[str] = []

    def begin(status: str, _headers: object, _error: object = None) -> Callable[[bytes], object]:
        told.append(status)
        return len

    answer = app(environ, begin)
    b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return int(told[-1].split()[0])


def test_no_word_in_an_address_is_a_fault_of_ours(app: Flask) -> None:
    asked = set(paths(app, ODD))
    assert len(asked) > 300
    for method, path in sorted(asked):
        status = status_of(app, method, path)
        assert status < 500, (method, path, status)
        if "%00" in path:
            assert status == 404, (method, path, status)


def test_words_drawn_by_chance_are_no_fault_of_ours(app: Flask) -> None:
    chance = random.Random(7)
    for _ in range(25):
        word = "".join(f"%{chance.randrange(256):02X}" for _ in range(chance.randint(1, 12)))
        for method, path in paths(app, (word,)):
            assert status_of(app, method, path) < 500, (method, path)


@pytest.mark.parametrize(
    "odd", ["\0", "https://harbour.example/\0feed", "\ufffe", "x" * 7000, "a\r\nb", "\U0001f600"]
)
def test_no_word_in_a_question_or_form_is_a_fault_of_ours(app: Flask, odd: str) -> None:
    client = app.test_client()
    assert client.post("/hub", data={"hub.mode": "publish", "hub.url": odd}).status_code == 404
    assert client.post("/hub", data={"hub.mode": odd, "hub.topic": odd}).status_code in (400, 413)
    for mode in ("subscribe", "unsubscribe", odd):
        question = {
            "hub.mode": mode, "hub.topic": odd, "hub.challenge": odd, "hub.lease_seconds": odd, "hub.reason": odd,
        }  # fmt: skip
        assert client.get(f"/websub/{TOKEN}", query_string=question).status_code == 404
    assert client.get("/all.atom", query_string={odd: odd}).status_code == 200
    assert client.get(
        "/all.atom", headers={"If-None-Match": odd.replace("\r\n", "").encode().decode("latin-1")}
    )
    denied = {"hub.mode": "denied", "hub.topic": FEED, "hub.reason": odd}
    assert client.get(f"/websub/{TOKEN}", query_string=denied).status_code == 200
