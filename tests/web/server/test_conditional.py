"""Conditional requests: what RFC 9110 sections 8.8, 12.5.3 and 13 ask of us."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import brotli
import pytest

from web.server.conditional import answer, cache_control, liked, represent

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BODY = b"<feed/>" * 200
SHOWN = represent(BODY, "application/atom+xml", etag="abc", changed_at=AT)
KEEP = "public, max-age=300, stale-while-revalidate=30, stale-if-error=86400"


def ask(method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    given = answer(SHOWN, method=method, headers=asked, cache_control=KEEP)
    return given.status, dict(given.headers), given.body


def test_a_plain_request_gets_everything() -> None:
    status, headers, body = ask()
    assert (status, body) == (200, BODY)
    assert headers == {
        "ETag": '"abc"',
        "Cache-Control": KEEP,
        "Vary": "Accept-Encoding",
        "Last-Modified": "Fri, 20 Nov 2026 12:00:00 GMT",
        "Content-Type": "application/atom+xml",
        "Content-Length": str(len(BODY)),
    }


def test_each_coding_has_its_own_tag() -> None:
    status, headers, body = ask(accept_encoding="gzip, br")
    assert status == 200
    assert gzip.decompress(body) == BODY
    assert (headers["ETag"], headers["Content-Encoding"]) == ('"abc-gzip"', "gzip")
    assert headers["Content-Length"] == str(len(body))


def test_compressing_the_same_body_gives_the_same_bytes() -> None:
    assert represent(BODY, "x").gzipped == represent(BODY, "x").gzipped


@pytest.mark.parametrize(
    "tags",
    ['"abc"', 'W/"abc"', '"abc-gzip"', 'W/"abc-gzip"', '"x", "abc"', '"x",W/"abc" , "y"', "*", ' "abc"'],
)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_the_tag_of_any_coding_matches_weakly(tags: str, coding: str) -> None:
    status, headers, body = ask(if_none_match=tags, accept_encoding=coding)
    assert (status, body) == (304, b"")
    assert set(headers) == {"ETag", "Cache-Control", "Vary", "Last-Modified"}


@pytest.mark.parametrize("tags", ['"abcd"', "abc", "", '"abc', '"ABC"', '"abc-zstd"'])
def test_other_tags_do_not_match(tags: str) -> None:
    assert ask(if_none_match=tags)[0] == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Fri, 20 Nov 2026 12:00:00 GMT", 304),
        ("Fri, 20 Nov 2026 12:00:01 GMT", 304),
        ("Fri, 20 Nov 2026 13:00:00 +0100", 304),
        ("Fri, 20 Nov 2026 11:59:59 GMT", 200),
        ("Friday, 20-Nov-26 12:00:00 GMT", 304),
        ("yesterday", 200),
        ("", 200),
    ],
)
def test_the_date_counts_where_no_tag_was_sent(since: str, status: int) -> None:
    assert ask(if_modified_since=since)[0] == status


def test_a_tag_takes_precedence_over_the_date() -> None:
    after = "Fri, 20 Nov 2027 12:00:00 GMT"
    assert ask(if_none_match='"old"', if_modified_since=after)[0] == 200
    before = "Fri, 20 Nov 2020 12:00:00 GMT"
    assert ask(if_none_match='"abc"', if_modified_since=before)[0] == 304


def test_head_has_the_headers_of_get_and_no_body() -> None:
    for coding in ("gzip", "identity"):
        status, headers, body = ask("HEAD", accept_encoding=coding)
        assert (status, body) == (200, b"")
        assert headers == ask("GET", accept_encoding=coding)[1]


@pytest.mark.parametrize(
    ("accepted", "is_wanted"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("x-gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("gzip;q=0.2, identity;q=0.8", False),
        ("gzip;q=nonsense", False),
        ("br, deflate", False),
    ],
)
def test_gzip_is_sent_to_who_wants_it(accepted: str, is_wanted: bool) -> None:
    assert ("gzip" in liked(accepted)) is is_wanted


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("identity", ""),
        ("br;q=0.2, identity;q=0.8", ""),
    ],
)
def test_feeds_are_sent_in_the_coding_that_is_liked_best(accepted: str, coding: str) -> None:
    shown = represent(BODY, "x", is_shared=True)
    given = answer(shown, method="GET", headers={"accept-encoding": accepted}, cache_control=KEEP)
    headers = dict(given.headers)
    assert headers.get("Content-Encoding", "") == coding
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding]
    assert decode(given.body) == BODY
    tag = headers["ETag"]
    again = answer(shown, method="GET", headers={"if-none-match": tag}, cache_control=KEEP)
    assert again.status == 304


def test_what_few_ask_for_is_not_made_in_every_coding() -> None:
    given = answer(
        represent(BODY, "x"), method="GET", headers={"accept-encoding": "br, gzip"}, cache_control=KEEP
    )
    assert ("Content-Encoding", "gzip") in given.headers


def test_small_bodies_stay_plain() -> None:
    assert represent(b"small", "text/plain").gzipped is None


def test_cache_control_is_in_whole_seconds() -> None:
    assert cache_control(timedelta(minutes=5)) == KEEP
    assert (
        cache_control(timedelta(seconds=-1))
        == "public, max-age=0, stale-while-revalidate=30, stale-if-error=86400"
    )


def test_what_is_empty_as_yet_is_kept_for_seconds_only() -> None:
    given = answer(represent(b"", "text/html", is_brief=True), method="GET", headers={}, cache_control=KEEP)
    assert ("Cache-Control", "public, max-age=5") in given.headers
