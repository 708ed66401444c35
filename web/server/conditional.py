"""Conditional requests and compression (RFC 9110 sections 8.8, 12.5.3, 13): `ETag`, 200, 304 or headers only; `Cache-Control`. Pure.

Knows neither Flask nor WSGI, so that the app and the layer before it answer alike.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import brotli

from feeds.publish.render import etag_of
from feeds.text.dates import http_date, parse_http_date

SMALL = 600
"""Bytes below which compressing gains nothing."""
BRIEFLY = "public, max-age=5"
STALE, STALE_IF_ERROR = 30, 86400
"""Seconds. A correction is to be seen within a minute of `max-age`; a site that is down for a day loses no reader."""
FEEDPARSER_ACCEPTS = "application/x-netcdf"
"""Stands in the `Accept` of feedparser, whatever name the program gives itself, and of what took the list from there."""
_TAG = re.compile(r"(?:W/)?\"([^\"]*)\"")
_CODED = re.compile(r"-(?:gzip|br)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """A body ready to be sent, in its codings."""

    body: bytes
    gzipped: bytes | None
    brotlied: bytes | None = None
    """Of what many ask for: a twentieth smaller than gzip."""
    media_type: str
    etag: str
    """Hash of the body, without quotes."""
    changed_at: datetime | None = None
    last_modified: str | None = None
    """`changed_at` as the header says it."""
    is_brief: bool = False
    """Nothing stands in it yet, so that it may be kept for seconds only."""
    links: str = ""
    """The `Link` header: who tells of changes, and of which address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers and body of the response to a GET or HEAD."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def represent(
    body: bytes,
    media_type: str,
    *,
    etag: str | None = None,
    changed_at: datetime | None = None,
    level: int = 6,
    is_brief: bool = False,
    links: str = "",
    is_shared: bool = False,
) -> Representation:
    """The body with its tag and its compressed twins; same bytes in, same bytes out. `is_shared`: many ask for it."""
    return Representation(
        body=body,
        gzipped=gzip.compress(body, level, mtime=0) if len(body) > SMALL else None,
        brotlied=brotli.compress(body, quality=5) if len(body) > SMALL and is_shared else None,
        media_type=media_type,
        etag=etag or etag_of(body),
        changed_at=changed_at,
        last_modified=http_date(changed_at) if changed_at is not None else None,
        is_brief=is_brief,
        links=links,
    )


def answer(shown: Representation, *, method: str, headers: Mapping[str, str], cache_control: str) -> Answer:
    """What a GET or HEAD with these request headers (names in lower case) gets."""
    body, coding = coded(shown, headers.get("accept-encoding", ""))
    sent = [
        ("ETag", f'"{shown.etag}-{coding}"' if coding else f'"{shown.etag}"'),
        ("Cache-Control", BRIEFLY if shown.is_brief else cache_control),
        ("Vary", "Accept-Encoding"),
    ]
    if shown.last_modified is not None:
        sent.append(("Last-Modified", shown.last_modified))
    if shown.links:
        sent.append(("Link", shown.links))
    if is_unchanged(shown, headers):
        return Answer(status=304, headers=tuple(sent), body=b"")
    sent += [("Content-Type", shown.media_type), ("Content-Length", str(len(body)))]
    if coding:
        sent.append(("Content-Encoding", coding))
    return Answer(status=200, headers=tuple(sent), body=b"" if method == "HEAD" else body)


def partial_answer(part: Representation, *, since: str, headers: Mapping[str, str]) -> Answer:
    """226 IM Used (RFC 3229): a part of a feed, under the tag of the whole, for a reader that has the state `since`.

    No cache may keep it: one that knows neither 226 nor what it varies by would give the part to everybody.
    """
    whole = answer(part, method="GET", headers=headers, cache_control="no-store")
    given = next(
        (tag for tag in _TAG.findall(headers.get("if-none-match", "")) if _CODED.sub("", tag) == since), since
    )
    sent = dict(whole.headers) | {
        "Vary": "Accept-Encoding, A-IM, If-None-Match",
        "IM": "feed",
        "Delta-Base": f'"{given}"',
    }
    return Answer(status=226, headers=tuple(sent.items()), body=whole.body)


def wants_part(a_im: str, accept: str) -> bool:
    """True if an `A-IM` header names `feed`, and the program behind it knows what that means.

    feedparser sends it with every request, in the name of programs that never heard of it: some take 226 for a fault,
    and would read nothing new until their tag is forgotten.
    """
    return FEEDPARSER_ACCEPTS not in accept and any(
        name == "feed" and weight > 0 for name, weight in _weights(a_im)
    )


def tags_of(if_none_match: str) -> tuple[str, ...]:
    """The tags of bodies that the header names, without quotes and without the coding that they came in."""
    return tuple(dict.fromkeys(_CODED.sub("", tag) for tag in _TAG.findall(if_none_match)))


def is_unchanged(shown: Representation, headers: Mapping[str, str]) -> bool:
    """True if the client holds this already: by tag if it sent any, else by date.

    The comparison is weak, and the tag of any coding of the same body counts: a reader that once
    got it compressed still holds the same words.
    """
    tags = headers.get("if-none-match")
    if tags is not None:
        if tags.strip() == "*":
            return True
        current = {shown.etag, f"{shown.etag}-gzip", f"{shown.etag}-br"}
        return any(tag in current for tag in _TAG.findall(tags))
    since = parse_http_date(headers.get("if-modified-since"))
    return since is not None and shown.changed_at is not None and shown.changed_at <= since


def coded(shown: Representation, accept_encoding: str) -> tuple[bytes, str]:
    """The body in the coding that the client likes best of those that are ready, and that coding's name."""
    for name in liked(accept_encoding):
        body = shown.brotlied if name == "br" else shown.gzipped
        if body is not None:
            return body, name
    return shown.body, ""


@lru_cache(maxsize=256)
def liked(accept_encoding: str) -> tuple[str, ...]:
    """`br` and `gzip`, of these what is accepted and liked no less than the plain body; the smaller one first."""
    weights = dict(_weights(accept_encoding))
    plain, others = weights.get("identity", 0.0), weights.get("*", 0.0)
    found = {
        "br": weights.get("br", others),
        "gzip": weights.get("gzip", weights.get("x-gzip", others)),
    }
    wanted = [name for name, weight in found.items() if weight > 0 and weight >= plain]
    return tuple(sorted(wanted, key=lambda name: -found[name]))


def cache_control(max_age: timedelta) -> str:
    """Anyone may keep it for so long; longer while it is asked for anew, or cannot be had (RFC 5861)."""
    seconds = max(0, int(max_age.total_seconds()))
    return f"public, max-age={seconds}, stale-while-revalidate={STALE}, stale-if-error={STALE_IF_ERROR}"


def _weights(accept_encoding: str) -> list[tuple[str, float]]:
    weights = []
    for part in accept_encoding.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if name:
            weights.append((name, weight))
    return weights
