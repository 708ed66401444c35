"""Real feed readers poll topic, author and mixed feeds through twelve states: nothing repeated, lost or risen from the dead."""

from __future__ import annotations

import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from db.store import Store
from feeds.actions import article_edits, edits, topics
from feeds.actions.changes import Desk
from feeds.actions.matching import rematch_articles
from feeds.actions.publish import publish_touched
from feeds.model.articles import TopicRule
from feeds.model.kept import ArticleFilter
from feeds.model.people import Actor
from feeds.model.settings import Settings, SiteSettings
from tests.conftest import open_store
from tests.fakes import NOON, Newsroom, item, rss
from tests.test_deploy import free_port
from tests.test_readers import got, program
from web.app import create_app

FEED, OTHER = "https://harbour.example/feed", "https://tideline.example/feed"
ALL = ArticleFilter()
FEEDS = ("/topics/ferries", "/authors/jane-roe", "/mix/topics/ferries/authors/jane-roe", "/all")
Ids = dict[str, set[str]]
"""What a reader holds of each feed: the ids of its entries."""


class Told:
    """What the source tells of each of its entries, from which its feed is made."""

    def __init__(self) -> None:
        self.titles = {number: f"Ferry and tide {number}" for number in range(5)}
        self.bodies = {number: f"Text of number {number}, long enough to be one." for number in range(5)}
        self.authors: dict[int, tuple[str, ...]] = dict.fromkeys(range(5), ("Jane Roe",))
        self.labels = dict.fromkeys(range(5), "ferry")
        self.guids = {number: f"guid-{number}" for number in range(5)}

    def feed(self) -> str:
        """The RSS document."""
        return rss(
            *(
                item(
                    number,
                    title=title,
                    guid=self.guids[number],
                    body=self.bodies[number],
                    extra="".join(f"<dc:creator>{name}</dc:creator>" for name in self.authors[number])
                    + f"<category>{self.labels[number]}</category>",
                )
                for number, title in self.titles.items()
            )
        )


@pytest.fixture
def newsroom(sqlite_store: Store) -> Newsroom:
    made = Newsroom(sqlite_store)
    for slug, label in (("ferries", "ferry"), ("council", "council")):
        rule = TopicRule(categories=(label,))
        made.store.topics.put(
            slug=slug, title=slug.title(), description="", rule=rule, origin="admin", now=NOON
        )
    made.add(FEED, rss())
    return made


@pytest.fixture
def served(newsroom: Newsroom, tmp_path: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """The address of the running site, and what makes it look at what has changed."""
    opened: list[Store] = []

    def factory() -> Store:
        opened.append(open_store(str(tmp_path / "test.db")))
        return opened[-1]

    port = free_port()
    place = SiteSettings(title="Reader", base_url=f"http://127.0.0.1:{port}")
    settings = Settings(path=tmp_path / "config.toml", site=place)
    app = create_app(settings=settings, store_factory=factory, clock=newsroom.clock, is_refreshing=False)
    server = make_server("127.0.0.1", port, app)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}", app.extensions["feedwright"].cache.refresh
    server.shutdown()
    thread.join()
    server.server_close()
    for store in opened:
        store.close()


def states(room: Newsroom) -> Iterator[tuple[str, int]]:
    """Brings about one state after another; its name, and how many articles the topic has ever held."""
    told = Told()

    def poll() -> None:
        room.web.put(FEED, told.feed())
        room.again()

    def desk() -> Desk:
        settings = Settings(path=Path("config.toml"))
        return Desk(
            store=room.store, actor=Actor(name="mara"), settings=settings, now=room.clock.move(seconds=5)
        )

    poll()
    yield "new", 5
    told.titles[0] = "Ferry and tide, at last in other words altogether"
    told.bodies[0] = "Everything was different: the boat sailed after all, with nobody on board."
    poll()
    yield "corrected", 5
    told.bodies[1] = told.bodies[1].replace("enough", "enuogh")
    poll()
    yield "minor edit", 5
    told.authors[2] = ("Jane Roe", "Ann Poe")
    poll()
    yield "second author", 5
    told.labels[3] = "council"
    poll()
    yield "moved to another topic", 5
    article = next(
        one.id for one in room.store.changes.article_page(ALL, most=9, offset=0) if one.title.endswith("4")
    )
    article_edits.withdraw(desk(), [article], "It was wrong.")
    yield "withdrawn", 5
    article_edits.restore(desk(), article)
    yield "restored", 5
    room.store.topics.rename("ferries", "boats", room.clock())
    yield "renamed topic", 5
    edits.change_source(desk(), "harbour-example", {"slug": "the-harbour", "title": "The Harbour"})
    yield "renamed source", 5
    told.guids = {number: f"other-{number}" for number in told.guids}
    poll()
    yield "rotated ids", 5
    room.web.put(OTHER, told.feed().replace("guid-", "theirs-").replace("other-", "theirs-"))
    room.add(OTHER, room.web.pages[OTHER].body.decode())  # type: ignore[union-attr]
    room.round()
    rematch_articles(room.store, [1, 2, 3, 4, 5], room.store.topics.every(), room.clock())
    yield "seen in a second source", 5
    told.titles[5], told.bodies[5], told.authors[5] = "Ferry and tide 5", "One more.", ("Jane Roe",)
    told.labels[5], told.guids[5] = "ferry", "other-5"
    poll()
    yield "one more", 6
    topics.retire_topic(room.store, "boats", settings=desk().settings, now=room.clock())
    yield "retired", 6


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
    read: Callable[[Path, list[str]], Ids],
    ending: str,
    served: tuple[str, Callable[[], object]],
    newsroom: Newsroom,
    tmp_path: Path,
) -> None:
    site, refresh = served
    urls = [f"{site}{path}.{ending}" for path in FEEDS]
    home = tmp_path / "reader"
    home.mkdir()
    before: Ids = {url: set() for url in urls}
    for state, count in states(newsroom):
        publish_touched(newsroom.store, newsroom.clock())
        newsroom.clock.move(minutes=10)
        refresh()
        held = read(home, urls)
        for url in urls:
            assert before[url] <= held[url], (state, url, "lost")
            assert len(held[url]) == count, (state, url, held[url])
        before = held
