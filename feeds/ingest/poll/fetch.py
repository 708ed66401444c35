"""One conditional GET: what a source's answer means."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import xxhash

from feeds.http.requests import Response, Room, Transport
from feeds.ingest.poll.requests import Asking, request_of
from feeds.ingest.rules.fingerprints import RULES
from feeds.ingest.rules.rights import license_of_headers
from feeds.model.fetched import Failed, Fetched, FetchResult, Gone, NotModified
from feeds.model.incoming import PollState, Source
from feeds.text.dates import parse_http_date
from feeds.text.markup import whole_number
from feeds.text.urls import shown_url

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
WHOLE = frozenset({200, 203})
"""A whole answer, which a proxy on the way may have changed (RFC 9110 section 15.3.4)."""
MAX_WAIT = timedelta(days=14)
"""The longest Retry-After that is believed."""


async def fetch(
    send: Transport,
    source: Source,
    poll: PollState,
    *,
    asking: Asking,
    now: datetime,
    url: str | None = None,
    room: Room | None = None,
) -> FetchResult:
    """What the source answers to a GET that carries the validators it gave last.

    `url` is another document of the source: a child of a sitemap index, an archive.
    """
    request = request_of(source, asking, url=url, headers=_headers(poll), room=room)
    if isinstance(request, Failed):
        return request
    answer = await send.get(request)
    if isinstance(answer, Failed):
        return answer
    found = judge(answer, now=now)
    if isinstance(found, Failed) and found.state == "credentials" and source.options.user:
        return replace(found, detail="The host does not take the user name and password that are set.")
    return found


def judge(answer: Response, *, now: datetime) -> FetchResult:
    """The meaning of a status: RFC 9110 section 15, and what hosts use it for."""
    license_url = license_of_headers(answer.headers, answer.url)
    if answer.status == 304:
        return NotModified(
            url=answer.url,
            etag=answer.header("ETag"),
            last_modified=answer.header("Last-Modified"),
            license_url=license_url,
            headers=answer.headers,
            hops=answer.hops,
        )
    if answer.status in WHOLE:
        return Fetched(
            url=answer.url,
            body=answer.body,
            content_type=answer.header("Content-Type") or "",
            body_hash=_hash(answer.body, license_url),
            etag=answer.header("ETag"),
            last_modified=answer.header("Last-Modified"),
            license_url=license_url,
            headers=answer.headers,
            hops=answer.hops,
        )
    shown = shown_url(answer.url)
    if answer.status == 410:
        return Gone(url=shown)
    wait = retry_after(answer.header("Retry-After"), now=now)
    state, detail = _trouble(answer)
    return Failed(url=shown, state=state, detail=detail, status=answer.status, retry_after=wait)


def retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """How long a Retry-After asks to wait: seconds or a date (RFC 9110 section 10.2.3)."""
    if not text:
        return None
    seconds = whole_number(text, digits=12)
    if seconds is not None:
        return min(timedelta(seconds=min(seconds, 10**8)), MAX_WAIT)
    until = parse_http_date(text)
    return min(until - now, MAX_WAIT) if until is not None and until > now else None


def _hash(body: bytes, license_url: str | None) -> str:
    """With the rules' version, so that after an update the same body is read anew, once; and with the licence.

    A source that makes two bodies of one hash (XXH3, 128 bits, no cryptographic hash) hides nothing but its own news.
    """
    made = xxhash.xxh3_128(body)
    if license_url is not None:
        made.update(b"\x1f" + license_url.encode())
    return f"{RULES.decode()}-{made.hexdigest()}"


def rules_of(body_hash: str | None) -> bytes:
    """By which rules the body of that hash was read; where none is known, by ours."""
    rules, _, rest = (body_hash or "").partition("-")
    return rules.encode() if rest else RULES


def is_same_body(before: str | None, after: str) -> bool:
    """True if both hashes are of one body, by whichever rules it was read."""
    return bool(before) and (before or "").partition("-")[2] == after.partition("-")[2] != ""


def _headers(poll: PollState) -> tuple[tuple[str, str], ...]:
    headers = [("Accept", ACCEPT)]
    if poll.etag:
        headers.append(("If-None-Match", poll.etag))
    if poll.last_modified:
        headers.append(("If-Modified-Since", poll.last_modified))
    return tuple(headers)


def _trouble(answer: Response) -> tuple[str, str]:
    status = answer.status
    if answer.header("cf-mitigated") or (status == 403 and b"challenge-platform" in answer.body):
        return "blocked", "The host asks visitors to prove that they are human."
    if status in (401, 407):
        return "credentials", "The host asks for a user name and password."
    if status in (429, 503) and answer.header("Retry-After"):
        return "waiting", f"The host asks to wait (status {status})."
    if status == 429:
        return "waiting", "The host says that there are too many requests (status 429)."
    if status == 403:
        return "blocked", "The host refuses us (status 403)."
    if status == 404:
        return "missing", "There is nothing at this address (status 404)."
    if status == 451:
        return "server", "The host may not show it, for legal reasons (status 451)."
    if 300 <= status < 400:
        return "server", f"The host redirects without saying where to (status {status})."
    if status >= 500:
        return "server", f"The host has a fault of its own (status {status})."
    return "server", f"The host answers with status {status}."
