"""What the API answers where it can't do what was asked: problem details (RFC 9457), each with what to do."""

from __future__ import annotations

import msgspec
from flask import Response

from feeds.publish.api_answers import Problem

PREFIX, MCP_PATH = "/api/v1", "/mcp"
RPC_FAILED = -32603
"""*Internal error* of JSON-RPC 2.0: the message was not at fault, or nobody read it."""
KINDS: dict[str, tuple[int, str, str]] = {
    "bad-request": (
        400,
        "This request can't be understood",
        "A parameter is missing, unknown or not of its kind.",
    ),
    "unknown-cursor": (
        400,
        "This cursor is none of ours",
        "Cursors belong to one list or feed of this site, and are opaque. After a restore from a backup they may lie"
        " ahead of us. Ask again without it.",
    ),
    "unknown-key": (
        401,
        "This key is unknown",
        "It was mistyped, or taken back, or there is none where one is needed. Without a key, public things can be read.",
    ),
    "not-yours": (
        403,
        "This key does not reach that",
        "A key may be limited to some feeds, or may have ended; a token may do what its role may.",
    ),
    "not-found": (404, "Nothing is here", "There is no such article, feed or address."),
    "not-allowed": (405, "This can't be done here", "`Allow` says what can."),
    "too-slow": (408, "The body did not arrive", "A body has to be whole within twenty seconds."),
    "owned-by-file": (
        409,
        "config.toml owns this",
        "It is changed in the file, at the line that `detail` names.",
    ),
    "under-way": (
        409,
        "The same is under way",
        "Another request under this `Idempotency-Key` has no answer yet. Wait as long as `Retry-After` says.",
    ),
    "gone": (410, "Gone", "The article was withdrawn, or the feed was given up. Delete your copy."),
    "changed-since": (
        412,
        "It is not as you know it",
        "`If-Match` names another state than the present one. Read it again, then decide again.",
    ),
    "too-large": (413, "This body is too large", "A write takes 200 KB at most."),
    "not-json": (415, "This body is not JSON", "Send `Content-Type: application/json`."),
    "refused": (422, "This can't be done", "It was understood, but can't be done so; `detail` says why."),
    "key-reused": (
        422,
        "This key was used for something else",
        "An `Idempotency-Key` stands for one request: take a new one for another.",
    ),
    "needs-condition": (
        428,
        "Say which state you mean",
        "This replaces the whole: send the `ETag` that you read as `If-Match`.",
    ),
    "too-many-requests": (429, "Too many requests", "Wait as long as `Retry-After` says."),
    "broken": (500, "Something went wrong on our side", "It has been logged. Try again later."),
    "unavailable": (503, "Busy for a moment", "Wait as long as `Retry-After` says."),
}
"""By name: status, title, and what `/api` says of it."""
READING = ("GET", "HEAD", "OPTIONS")
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, RateLimit, RateLimit-Policy, Retry-After",
}
"""What is public may be read by a page of anybody (CORS)."""


class ApiError(Exception):
    """A request that is answered by a problem of that name."""

    def __init__(self, name: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.name, self.detail, self.headers = name, detail, headers or {}


def problem(name: str, detail: str, base_url: str, headers: dict[str, str] | None = None) -> Response:
    """The answer that tells of a problem."""
    status, title, _ = KINDS[name]
    body = Problem(type=f"{base_url}/api#{name}", title=title, status=status, detail=detail)
    response = Response(msgspec.json.encode(body), status=status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    for key, value in {**OPEN, **(headers or {})}.items():
        response.headers[key] = value
    return response


def problem_of(status: int, detail: str, base_url: str) -> bytes:
    """The body of a problem of that status."""
    title = KINDS[(name := _name_of(status))][1]
    return msgspec.json.encode(
        Problem(type=f"{base_url}/api#{name}", title=title, status=status, detail=detail)
    )


def rpc_problem(message: str, *, code: int = RPC_FAILED) -> bytes:
    """The body of an answer of `/mcp` to what is no call, or could not be taken up."""
    return msgspec.json.encode({"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": message}})


def problem_headers(method: str) -> list[tuple[str, str]]:
    """What goes with it where no view was reached; a page of another site is to learn nothing of a write."""
    opened = OPEN.items() if method in READING else ()
    return [("content-type", "application/problem+json"), *((name.lower(), value) for name, value in opened)]


def problem_of_status(status: int, detail: str, base_url: str) -> Response:
    """The same for what the server itself refuses: an address without anything, a method, a busy database."""
    return problem(_name_of(status), detail, base_url)


def _name_of(status: int) -> str:
    found = next((name for name, (code, _, _) in KINDS.items() if code == status), "")
    return found or ("broken" if status >= 500 else "bad-request")
