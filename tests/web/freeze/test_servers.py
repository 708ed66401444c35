"""A frozen site behind a real nginx and a real Caddy: every address answers as the running site does."""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import Client

from feeds.text.dates import http_date
from tests.conftest import open_store
from tests.web.freeze.frozen import BASE, SECRET, ask, caddy, frozen, furnish, nginx, running_app

EQUAL = (
    "Content-Type", "ETag", "Last-Modified", "Cache-Control", "Vary", "Content-Encoding", "Content-Length", "Link",
    "X-Robots-Tag", "Access-Control-Allow-Origin", "Content-Security-Policy", "X-Content-Type-Options",
    "Referrer-Policy", "Permissions-Policy", "Content-Usage", "Location",
)  # fmt: skip
_LINKS = re.compile(rf'(?:href|xmlUrl|htmlUrl|url)="([^"]+)"|<loc>([^<]+)|"({BASE}[^"]+)"')
ENDED = re.compile(r"/(?:search|mix|test|p|hub|cloud|websub|ping|admin|api|mcp|digest)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The running site and the frozen one."""

    web: Client
    port: int
    folder: Path
    server: str

    def asked(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """What the frozen site answers: status, headers by lower-case names, body."""
        return ask(
            self.port, path, method=method, **{name.replace("_", "-"): one for name, one in headers.items()}
        )

    def addresses(self) -> dict[str, int]:
        """All that links of the running site lead to, with what it answers."""
        found: dict[str, int] = {}
        waiting = [
            "/",
            "/sitemap.xml",
            "/feeds.opml",
            "/all.ninjs",
            "/changes",
            "/robots.txt",
            "/nowhere",
            "/feed",
        ]
        waiting += [
            "/topics/see",
            "/topics/see.rss",
            "/topics/see/archive/1.json",
            "/topics/old",
            "/topics/old.atom",
        ]
        while waiting:
            path = waiting.pop()
            if path in found or ENDED.match(path):
                continue
            with self.web.get(path) as answer:
                found[path], text = answer.status_code, answer.get_data(as_text=True)
            for links in _LINKS.findall(text):
                link = unescape(next(filter(None, links))).removeprefix(BASE)
                link = path.partition("?")[0] + link if link.startswith("?") else link
                if link.startswith("/") and not link.startswith("//"):
                    waiting.append(link.partition("#")[0])
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[tuple[Client, Path]]:
    """The running site, and where it is frozen."""
    folder = tmp_path_factory.mktemp("freeze")
    (folder / "site.db").write_bytes(sqlite_template.read_bytes())
    store = open_store(str(folder / "site.db"))
    room = furnish(store)
    web = running_app(room, folder).test_client()
    for path in ("/all.atom", "/topics/sea.rss"):
        web.get(path)
    room.clock.move(hours=1)
    frozen(room, folder)
    yield web, folder
    store.close()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def both(request: pytest.FixtureRequest, site: tuple[Client, Path]) -> Iterator[Both]:
    """Both of them, behind each server that is installed."""
    web, folder = site
    with {"nginx": nginx, "caddy": caddy}[request.param](folder) as port:
        yield Both(web=web, port=port, folder=folder, server=request.param)


def is_of_caddy(name: str, path: str, coding: str) -> bool:
    """What Caddy's file server says otherwise: compressed files go in chunks, and every file may have a twin."""
    return (name == "Content-Length" and bool(coding)) or (name == "Vary" and path.startswith("/static/"))


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_every_address_answers_as_the_running_site(both: Both, coding: str) -> None:
    led = 0
    known = both.addresses()
    assert len(known) > 300
    for path, status in known.items():
        with both.web.get(path, headers={"Accept-Encoding": coding}) as there:
            there.get_data()
        here = both.asked(path, Accept_Encoding=coding)
        if status == 200 and here[0] == 307 and "before=" in path and not path.endswith("Z-0"):
            # That place stands in an earlier month than the page that leads there: the frozen site leads to the month.
            led += 1
            assert re.search(r"\?before=[\d:.T-]+Z-0$", here[1]["location"]), path
            continue
        assert here[0] == status, path
        if status == 404 or (path.endswith("/") and path != "/"):
            # With a slash more, the running page does not mark where it is.
            continue
        if status in (200, 410):
            assert here[2] == there.data, path
        names = {200: EQUAL, 410: ("Cache-Control", "X-Robots-Tag", "Content-Type")}.get(
            status, ("Location",)
        )
        for name in names:
            if both.server == "caddy" and is_of_caddy(name, path, coding):
                continue
            assert here[1].get(name.lower()) == there.headers.get(name), f"{name} of {path}"
    assert led < len(known) / 5


@pytest.mark.parametrize(
    "path", ["/all.atom", "/topics/sea.rss", "/all/archive/1.json", "/all", "/static/site.css"]
)
def test_who_holds_it_from_the_running_site_gets_304_and_the_other_way_round(both: Both, path: str) -> None:
    for mine, theirs in itertools.product(("", "gzip"), repeat=2):
        with both.web.get(path, headers={"Accept-Encoding": mine}) as there:
            etag, modified = there.headers["ETag"], there.headers.get("Last-Modified")
        here = both.asked(path, Accept_Encoding=theirs, If_None_Match=f'"other", W/{etag}')
        assert (here[0], here[2]) == (304, b""), f"{mine} {theirs}"
        shown = both.asked(path, Accept_Encoding=theirs)[1]
        assert [here[1].get(name) for name in ("etag", "cache-control")] == [
            shown[name] for name in ("etag", "cache-control")
        ]
        with both.web.get(path, headers={"If-None-Match": shown["etag"]}) as back:
            assert back.status_code == 304
        if modified is not None:
            assert both.asked(path, If_Modified_Since=modified)[0] == 304
            stale = http_date(datetime(2026, 1, 1, tzinfo=UTC))
            assert both.asked(path, If_Modified_Since=stale)[0] == 200
            assert both.asked(path, If_Modified_Since=modified, If_None_Match='"other"')[0] == 200
    assert both.asked(path, If_None_Match="*")[0] == 304
    if path == "/all":
        assert both.asked(path, If_Modified_Since=http_date(datetime(2040, 1, 1, tzinfo=UTC)))[0] == 200


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [("gzip", True), ("br, gzip;q=0.8", True), ("GZIP", True), ("gzip;q=0", False), ("deflate", False), ("", False),
     ("identity", False), ("gzip;q=0.0, *;q=0", False)],
)  # fmt: skip
def test_the_coding_is_chosen_as_the_running_site_does(both: Both, accepted: str, is_packed: bool) -> None:
    there = both.web.get("/all.atom", headers={"Accept-Encoding": accepted})
    here = both.asked("/all.atom", Accept_Encoding=accepted)
    if both.server == "caddy" and accepted == "GZIP":
        is_packed = "content-encoding" in here[1]  # Caddy compares by letter; plain is always right
    else:
        assert ("Content-Encoding" in there.headers) is is_packed
    assert ("content-encoding" in here[1]) is is_packed
    body = gzip.decompress(here[2]) if is_packed else here[2]
    assert body == both.web.get("/all.atom").data


@pytest.mark.parametrize(
    "path",
    ["/search", "/search?q=sea", "/search.atom?q=sea", "/mix", "/mix/topics/sea", "/mix/topics/sea.atom", "/test.rss",
     "/p/token/all.atom", "/p/token/all", "/admin", "/admin/sources", "/hub", "/cloud", "/websub/x", "/ping/x", "/api", "/api/v1/articles", "/mcp", "/digest/end/x"],
)  # fmt: skip
def test_what_needs_the_program_has_ended_and_says_so(both: Both, path: str) -> None:
    status, headers, body = both.asked(path)
    assert (status, headers["content-type"]) == (410, "text/html; charset=utf-8")
    assert b"This site is kept as it was on 23 December 2026." in body
    assert both.asked(path, method="POST")[0] == 410


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/healthz", "/metrics", "/readyz", "/topics/nobody", "/topics/nobody.atom",
     "/articles/99999", "/all.html", "/all.atom.gz", "/all.atom.etag", "/all.h1", "/index", "/index.html", "/all?before=x",
     "/all?before=2026-09-01T00:00:00.000Z-0", "/topics?page=77", "/all/archive/99.atom", "/=1/index", "/nginx.conf",
     "/Caddyfile", "/addresses.map", "/gone/topics/old.html", "/all/before/2026-11-30T23.00.00.000Z-0",
     "/sources/quicksilver", "/sources/quicksilver.atom", "/authors/mona-quicksilver", "/topics/..%2fCaddyfile"],
)  # fmt: skip
def test_nothing_else_is_there(both: Both, path: str) -> None:
    status, headers, body = both.asked(path)
    assert status == 404
    assert headers["x-robots-tag"] == "noindex"
    assert b"There is no page at this address." in body


def test_an_address_may_be_spelled_as_the_running_site_takes_it(both: Both) -> None:
    whole = both.asked("/all")[2]
    for path in ("/all?utm_source=x", "/all/", "/all?page=3"):
        assert both.asked(path)[::2] == (200, whole)
    assert both.asked("/topics?page=1")[2] == both.asked("/topics")[2]
    assert both.asked("/all.atom?x=1")[2] == both.asked("/all.atom")[2]
    [place, *_] = re.findall(r'href="\?before=([^"]+Z-0)"', whole.decode())
    assert both.asked(f"/all?before={place.replace(':', '%3A')}")[2] == both.asked(f"/all?before={place}")[2]


def test_readers_in_browsers_may_ask(both: Both) -> None:
    status, headers, _ = both.asked("/all.atom", method="OPTIONS")
    assert (status, headers["access-control-allow-origin"]) == (200, "*")
    assert "If-None-Match" in headers["access-control-allow-headers"]
    assert both.asked("/all.atom", method="POST")[0] == 405
    head = both.asked("/all.atom", method="HEAD")
    assert head[2] == b""
    assert head[1]["content-length"] == str(len(both.web.get("/all.atom").data))


def test_following_the_months_misses_no_article(both: Both) -> None:
    stood = set(re.findall(r"/articles/(\d+)", both.asked("/sources/harbour-example")[2].decode()))
    found: set[str] = set()
    months = re.findall(r'href="\?before=([^"]+Z-0)"', both.asked("/sources/harbour-example")[2].decode())
    assert len(months) >= 4
    waiting = ["/sources/harbour-example", f"/sources/harbour-example?before={months[0]}"]
    for start in waiting:
        path: str | None = start
        found, steps = set(), 0
        while path is not None:
            status, headers, body = both.asked(path)
            if status == 307:
                path = headers["location"].removeprefix(BASE)
                continue
            assert status == 200
            steps += 1
            assert steps < 40, "going back in time comes to an end"
            found |= set(re.findall(r'href="/articles/(\d+)"', body.decode()))
            older = re.search(r'rel="next" href="(\?[^"]+)"', body.decode())
            path = f"/sources/harbour-example{unescape(older[1])}" if older else None
        assert len(found) == 219, "220 but the withdrawn one"
    assert stood <= found


def test_nothing_private_is_in_it(site: tuple[Client, Path]) -> None:
    assert site[0].get("/authors/mona-quicksilver").status_code == 404, "as the running site says"
    files = [path for path in (site[1] / "frozen").rglob("*") if path.is_file()]
    assert len(files) > 1000
    for path in files:
        body = path.read_bytes()
        body = gzip.decompress(body) if path.suffix == ".gz" else body
        assert SECRET.lower().encode() not in body.lower(), path
        assert b"/p/token" not in body, path
        assert SECRET.lower() not in str(path).lower()
