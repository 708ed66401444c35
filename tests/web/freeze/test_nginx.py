"""A frozen site behind a real nginx: every address answers as the running site does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.conftest import open_store
from tests.test_deploy import asked, tool
from tests.web.freeze.frozen import BASE, frozen, furnish, nginx, running_app

EQUAL = (
    "Content-Type", "ETag", "Last-Modified", "Cache-Control", "Vary", "Content-Encoding", "Content-Length", "Link",
    "X-Robots-Tag", "Access-Control-Allow-Origin", "Content-Security-Policy", "X-Content-Type-Options",
    "Referrer-Policy", "Permissions-Policy", "Content-Usage", "Location",
)  # fmt: skip
_LINKS = re.compile(rf'(?:href|xmlUrl|htmlUrl|url)="([^"]+)"|<loc>([^<]+)|"({BASE}[^"]+)"')
ENDED = re.compile(r"/(?:search|mix|test|p|hub|cloud|websub|ping|admin)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The running site and the frozen one."""

    web: Client
    port: int
    folder: Path

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
def both(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Both]:
    tool("nginx")
    folder = tmp_path_factory.mktemp("freeze")
    store = open_store(str(folder / "site.db"))
    (folder / "site.db").write_bytes(sqlite_template.read_bytes())
    room = furnish(store)
    app = running_app(room, folder)
    web = app.test_client()
    for path in ("/all.atom", "/topics/sea.rss"):
        web.get(path)
    room.clock.move(hours=1)
    frozen(room, folder)
    with nginx(folder) as port:
        yield Both(web=web, port=port, folder=folder)
    store.close()


def is_of_a_month(path: str, known: dict[str, int]) -> bool:
    """True for a place that stands in an earlier month than the page that leads there: the frozen site leads on."""
    return "before=" in path and not path.endswith("Z-0")


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_every_address_answers_as_the_running_site(both: Both, coding: str) -> None:
    led = 0
    known = both.addresses()
    assert len(known) > 300
    for path, status in known.items():
        with both.web.get(path, headers={"Accept-Encoding": coding}) as there:
            there.get_data()
        here = asked(both.port, path, Accept_Encoding=coding)
        if status == 200 and here[0] == 307 and is_of_a_month(path, known):
            led += 1
            assert re.search(r"\?before=[\d:.T-]+Z-0$", here[1]["location"]), path
            continue
        assert here[0] == status, path
        if status == 404 or (path.endswith("/") and path != "/"):
            # With a slash more, the running page does not mark where it is.
            continue
        if status in (200, 410):
            assert here[2] == there.data, path
        for name in EQUAL if status == 200 else ("Location", "Cache-Control", "X-Robots-Tag"):
            if status >= 400 or status == 200 or name == "Location":
                assert here[1].get(name.lower()) == there.headers.get(name), f"{name} of {path}"
    assert led < len(known) / 5
