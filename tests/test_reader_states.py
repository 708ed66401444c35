"""Real feed readers poll topic, author and mixed feeds through thirteen states: nothing repeated, lost or risen from the dead."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.store import Store
from tests.fakes import Newsroom
from tests.test_readers import got, program
from tests.walk import FEEDS, Ids, Site, served_site, walk, walking_newsroom


@pytest.fixture
def newsroom(sqlite_store: Store) -> Newsroom:
    return walking_newsroom(sqlite_store)


@pytest.fixture
def site(newsroom: Newsroom, tmp_path: Path) -> Iterator[Site]:
    with served_site(newsroom, tmp_path / "test.db") as running:
        yield running


def newsboat(home: Path, urls: list[str]) -> Ids:
    """What newsboat keeps after one more reading; a place for each feed, since it keeps an id once over all of them."""
    held: Ids = {}
    for number, url in enumerate(urls):
        place = home / str(number)
        place.mkdir(exist_ok=True)
        (place / "urls").write_text(url)
        (place / "config").write_text("")
        words: list[str | Path] = [
            "-u",
            place / "urls",
            "-c",
            place / "cache.db",
            "-C",
            place / "config",
            "-x",
            "reload",
        ]
        subprocess.run(
            [program("newsboat"), *words],
            check=True,
            timeout=60,
            capture_output=True,
            env={"HOME": str(place)},
        )
        with sqlite3.connect(place / "cache.db") as kept:
            held[url] = {guid for (guid,) in kept.execute("SELECT guid FROM rss_item")}
        kept.close()
    return held


def sfeed(home: Path, urls: list[str]) -> Ids:
    """The ids that sfeed has read so far; what a feed does not hold any more stays in its file."""
    held: Ids = {}
    for number, url in enumerate(urls):
        file = home / f"sfeed-{number}"
        known = set(file.read_text().split("\n")) - {""} if file.exists() else set()
        try:
            body = got(url)
        except OSError:
            body = b""
        done = subprocess.run([program("sfeed")], input=body, check=True, timeout=30, capture_output=True)
        known |= {line.split("\t")[5] for line in done.stdout.decode().splitlines()}
        file.write_text("\n".join(sorted(known)))
        held[url] = known
    return held


@pytest.mark.parametrize("ending", ["atom", "rss"])
@pytest.mark.parametrize("read", [newsboat, sfeed])
def test_a_reader_sees_each_article_once_through_all_states(
    read: Callable[[Path, list[str]], Ids], ending: str, site: Site, tmp_path: Path
) -> None:
    urls = [f"{site.address}{path}.{ending}" for path in FEEDS]
    home = tmp_path / "reader"
    home.mkdir()
    before: Ids = {url: set() for url in urls}
    for state, count in walk(site):
        held = read(home, urls)
        for url in urls:
            assert before[url] <= held[url], (state, url, "lost")
            assert len(held[url]) == count, (state, url, held[url])
        before = held
