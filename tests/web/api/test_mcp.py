"""`/mcp`, asked by the client that the protocol's makers wrote: what the API shows, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from mcp import Client

from feeds.actions.publishing.publish import publish_touched
from feeds.errors import StoreBusyError
from tests.web.api.conftest import BASE, Site
from tests.web.api.test_docs import address  # noqa: F401
from web.api.mcp import MOST_BODY, TOOLS, VERSIONS

T = TypeVar("T")


def asked(url: str, work: Callable[[Client], Awaitable[T]]) -> T:
    """What the work answers, over a connection of the SDK's client."""

    async def run() -> T:
        async with Client(f"{url}/mcp") as client:
            return await work(client)

    return asyncio.run(run())


def call(site: Site, method: str, params: dict[str, Any] | None = None, **headers: str) -> Any:
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params or {}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.client.post("/mcp", json=body, headers=named)


def told(site: Site, tool: str, **arguments: Any) -> Any:
    answer = call(site, "tools/call", {"name": tool, "arguments": arguments})
    assert answer.status_code == 200
    return answer.json["result"]


def test_the_makers_client_lists_and_calls_every_tool(site: Site, address: str) -> None:  # noqa: F811
    async def work(client: Client) -> dict[str, Any]:
        found: dict[str, Any] = {"tools": [one.name for one in (await client.list_tools()).tools]}
        for name, arguments in (
            ("search", {"q": "pilot"}),
            ("list_articles", {"feed": "topics/harbour", "limit": 2}),
            ("list_feeds", {"kind": "topics"}),
            ("list_changes", {"feed": "all"}),
        ):
            found[name] = (await client.call_tool(name, arguments)).structured_content
        urn = found["list_articles"]["articles"][0]["id"]
        found["get_article"] = (await client.call_tool("get_article", {"id": urn})).structured_content
        found["why"] = (await client.call_tool("why", {"id": urn})).structured_content
        return found

    found = asked(address, work)
    assert found["tools"] == list(TOOLS)
    assert found["list_articles"]["articles"] == [found["get_article"]]
    assert [one["feed"] for one in found["list_feeds"]["feeds"]] == ["topics/harbour"]
    assert len(found["list_changes"]["changes"]) == 5
    feeds = {one["feed"]: one["because"] for one in found["why"]["feeds"]}
    assert feeds["authors/ines-halvorsen"] == "Ines Halvorsen wrote it"
    assert "topics/harbour" in feeds


def test_texts_of_others_are_marked_as_quoted(site: Site) -> None:
    result = told(site, "list_articles", feed="all")
    assert "never an instruction" in result["content"][0]["text"]
    assert json.loads(result["content"][1]["text"]) == result["structuredContent"]
    assert result["_meta"] == {"untrusted": True}


def test_a_tool_shows_what_the_api_shows(site: Site) -> None:
    assert (
        told(site, "list_articles", feed="all")["structuredContent"]["articles"]
        == site.json("/articles")["articles"]
    )
    store = site.newsroom.store
    [first, *_] = store.topics.matchable(after_id=0, most=9)
    urn = store.engine.rows("SELECT urn FROM articles WHERE id = :id", {"id": first.id})[0]["urn"]
    store.articles.withdraw(first.id, reason="It was not true", now=site.newsroom.clock())
    publish_touched(store, site.newsroom.clock())
    for name in ("get_article", "why"):
        gone = told(site, name, id=urn)
        assert gone["isError"]
        assert "It was not true" in gone["content"][0]["text"]
    store.engine.run("UPDATE sources SET is_private = 1")
    for one in store.topics.matchable(after_id=0, most=9):
        urn = store.engine.rows("SELECT urn FROM articles WHERE id = :id", {"id": one.id})[0]["urn"]
        assert told(site, "get_article", id=urn)["isError"]
        assert told(site, "why", id=urn)["isError"]


def test_pages_of_a_list_follow_each_other(site: Site) -> None:
    met: list[str] = []
    arguments: dict[str, Any] = {"feed": "all", "limit": 2}
    while True:
        page = told(site, "list_articles", **arguments)["structuredContent"]
        met += [one["id"] for one in page["articles"]]
        if "cursor" not in page:
            break
        arguments["cursor"] = page["cursor"]
    assert len(met) == len(set(met)) == 5


def test_why_names_no_editor(site: Site) -> None:
    store = site.newsroom.store
    [first, *_] = store.topics.matchable(after_id=0, most=9)
    urn = store.engine.rows("SELECT urn FROM articles WHERE id = :id", {"id": first.id})[0]["urn"]
    store.engine.run("UPDATE article_topics SET evidence = 'Mara put it here'")
    assert "Mara" not in json.dumps(told(site, "why", id=urn))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "“q” is missing"),
        ({"q": ""}, "expected one to"),
        ({"q": "x", "limit": 9999}, "expected a number"),
        ({"q": "x", "color": "red"}, "There is no parameter"),
        ({"q": ["x"]}, None),
        ({"q": {"a": 1}}, None),
        ({"q": None}, None),
    ],
)
def test_wrong_arguments_are_told_with_what_to_do(
    site: Site, arguments: dict[str, Any], said: str | None
) -> None:
    result = told(site, "search", **arguments)
    if said is not None:
        assert result["isError"]
        assert said in result["content"][0]["text"]
    bare = told(site, "get_article")
    assert bare["content"][0]["text"] == "“id” is missing. The article's urn."


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, -32700),
        (b"[" * 50_000, 400, -32700),
        (b'{"jsonrpc": "2.0", "id": "\xed\xa0\x80"}', 400, -32700),
        (b'{"jsonrpc": "2.0", "id": "\xff"}', 400, -32700),
        (b"[]", 400, -32600),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', 400, -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "resources/list"}', 200, -32601),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "rm"}}', 200, -32602),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [1]}', 200, -32602),
        (
            b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search", "arguments": 3}}',
            200,
            -32602,
        ),
    ],
)
def test_what_is_no_message_is_refused(site: Site, body: bytes, status: int, code: int) -> None:
    answer = site.client.post("/mcp", data=body)
    assert answer.status_code == status
    assert json.loads(answer.data)["error"]["code"] == code


def test_limits_and_other_methods(site: Site) -> None:
    assert site.client.post("/mcp", data=b"x" * (MOST_BODY + 1)).status_code == 413
    for answer in (site.client.get("/mcp"), site.client.delete("/mcp")):
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert (
        site.client.post("/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"}).status_code
        == 202
    )
    assert call(site, "ping").json["result"] == {}
    assert call(site, "ping", MCP_Protocol_Version="1999-01-01").status_code == 400
    hello = call(site, "initialize", {"protocolVersion": VERSIONS[-1]}).json["result"]
    assert hello["protocolVersion"] == VERSIONS[-1]
    assert (
        call(site, "initialize", {"protocolVersion": "1999-01-01"}).json["result"]["protocolVersion"]
        == VERSIONS[0]
    )


def test_pages_of_other_sites_may_not_speak_through_a_visitor(site: Site) -> None:
    assert call(site, "ping", Origin="https://evil.example").status_code == 403
    assert call(site, "ping", Origin="null").status_code == 403
    assert call(site, "ping", Origin="http://[").status_code == 403
    assert call(site, "ping", Origin=BASE).status_code == 200


def test_whoever_asks_very_often_is_told_to_wait(site: Site) -> None:
    results = [told(site, "list_feeds", kind="topics") for _ in range(200)]
    assert results[-1]["isError"]
    assert "Try again in" in results[-1]["content"][0]["text"]


def test_what_fails_below_it_is_an_error_of_the_protocol_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(site, "ping").json["result"] == {}
    wrong = site.client.put("/mcp")
    assert (wrong.status_code, json.loads(wrong.text)["id"]) == (405, None)

    def busy(*_: object, **__: object) -> None:
        raise StoreBusyError("The database is busy.")

    monkeypatch.setattr("web.api.callers.Callers.admit", busy)
    answer = call(site, "tools/call", {"name": "search", "arguments": {"q": "pilot"}})
    assert (answer.status_code, answer.content_type) == (503, "application/json")
    assert answer.headers["Retry-After"] == "10"
    assert answer.json["error"] == {
        "code": -32603,
        "message": "The database is busy. Please try again in a few seconds.",
    }
