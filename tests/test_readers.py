"""Real feed readers read our feeds over HTTP, twice: everything is there, and nothing comes again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from db.store import Store
from feeds.model.articles import TopicRule
from feeds.model.settings import Settings, SiteSettings
from tests.conftest import open_store
from tests.fakes import NOON, Newsroom, item, rss
from tests.serving import serving
from web.app import create_app

FEED = "https://harbour.example/feed"
BYLINES = "<dc:creator>Jane Roe</dc:creator><dc:creator>Ann Poe</dc:creator><category>ferry</category>"


def documents(count: int) -> str:
    return rss(*(item(n, title=f"Ferry & tide {n}", extra=BYLINES) for n in range(count)))


@pytest.fixture
def newsroom(sqlite_store: Store) -> Newsroom:
    made = Newsroom(sqlite_store)
    made.store.topics.put(
        slug="ferries",
        title="Ferries",
        description="",
        rule=TopicRule(categories=("ferry",)),
        origin="admin",
        now=NOON,
    )
    made.add(FEED, documents(5))
    made.round()
    return made


@pytest.fixture
def site(newsroom: Newsroom, tmp_path: Path) -> Iterator[str]:
    """The address of the running site."""
    opened: list[Store] = []

    def factory() -> Store:
        opened.append(open_store(str(tmp_path / "test.db")))
        return opened[-1]

    settings = Settings(
        path=tmp_path / "config.toml", site=SiteSettings(title="Reader", base_url="https://reader.example")
    )
    app = create_app(settings=settings, store_factory=factory, clock=newsroom.clock, is_refreshing=True)
    with serving(app, is_threaded=False) as address:
        yield address
        app.extensions["feedwright"].cache.stop()
    for store in opened:
        store.close()


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def newsboat(home: Path, *urls: str) -> list[tuple[str, str, str]]:
    """Title, address and author of what newsboat keeps after reading the feeds."""
    (home / "urls").write_text("\n".join(urls))
    (home / "config").write_text("")
    command = [
        program("newsboat"),
        "-u",
        str(home / "urls"),
        "-c",
        str(home / "cache.db"),
        "-C",
        str(home / "config"),
    ]
    subprocess.run(
        [*command, "-x", "reload"], check=True, timeout=60, capture_output=True, env={"HOME": str(home)}
    )
    with sqlite3.connect(home / "cache.db") as kept:
        rows = kept.execute("SELECT title, url, author FROM rss_item ORDER BY title, id").fetchall()
    kept.close()
    return rows


@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_newsboat_reads_topic_and_author_feeds_and_sees_nothing_twice(
    site: str, newsroom: Newsroom, tmp_path: Path, ending: str
) -> None:
    home = tmp_path / "newsboat"
    home.mkdir()
    urls = (f"{site}/topics/ferries.{ending}", f"{site}/authors/jane-roe.{ending}")
    first = newsboat(home, *urls)
    # newsboat keeps an entry once that stands in several feeds: our ids are the same in each.
    assert len(first) == 5
    assert {title for title, _, _ in first} == {f"Ferry & tide {n}" for n in range(5)}
    assert {url for _, url, _ in first} == {f"https://harbour.example/{n}" for n in range(5)}
    assert all("Poe" in author for _, _, author in first)
    assert newsboat(home, *urls) == first
    newsroom.web.put(FEED, documents(6))
    newsroom.again()
    wait_for(f"{urls[0]}", b"tide 5")
    assert len(newsboat(home, *urls)) == 6


@pytest.mark.parametrize("path", ["/topics/ferries", "/authors/ann-poe", "/all"])
@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_sfeed_reads_every_entry(site: str, path: str, ending: str) -> None:
    body = got(f"{site}{path}.{ending}")
    done = subprocess.run([program("sfeed")], input=body, check=True, timeout=30, capture_output=True)
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert {line[1] for line in lines} == {f"Ferry & tide {n}" for n in range(5)}
    assert all(line[0].isdigit() and line[2].startswith("https://harbour.example/") for line in lines)


@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_feedparser_is_answered_200_with_the_whole_feed(site: str, newsroom: Newsroom, ending: str) -> None:
    """It asks for parts (`A-IM: feed`) unknown to the program that uses it, and rss2email takes 226 for a fault."""
    url = f"{site}/topics/ferries.{ending}"
    first = feedparser.parse(url, agent="rss2email/3.13.1")
    newsroom.web.put(FEED, documents(6))
    newsroom.again()
    wait_for(url, b"tide 5")
    then = feedparser.parse(url, agent="rss2email/3.13.1", etag=first.etag, modified=first.modified)
    assert (first.status, len(first.entries)) == (200, 5)
    assert (then.status, len(then.entries)) == (200, 6)


def got(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        body: bytes = answer.read()
    return body


def wait_for(url: str, text: bytes) -> None:
    for _ in range(100):
        if text in got(url):
            return
        threading.Event().wait(0.1)
    pytest.fail(f"{text!r} did not come to {url}")
