"""A site that goes through thirteen states while feed readers look on: shared by tests of readers and `bench.clients`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from db.store import Store
from feeds.actions.editing import article_edits, source_edits
from feeds.actions.editing.changes import Desk
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting import topics
from feeds.actions.sorting.matching import rematch_articles
from feeds.model.articles import TopicRule
from feeds.model.kept import ArticleFilter
from feeds.model.people import Actor
from feeds.model.settings import Settings, SiteSettings
from tests.conftest import open_store
from tests.fakes import NOON, Newsroom, item, rss
from tests.serving import serving
from tests.test_deploy import free_port
from web.app import create_app

FEED, OTHER = "https://harbour.example/feed", "https://tideline.example/feed"
ALL = ArticleFilter()
FEEDS = ("/topics/ferries", "/authors/jane-roe", "/mix/topics/ferries/authors/jane-roe", "/all")
WITHDRAWN = "Ferry and tide 4"
"""The title of the article that is withdrawn, and restored later."""
Ids = dict[str, set[str]]
"""What a reader holds of each feed: the ids of its entries."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running site over a newsroom's store."""

    address: str
    room: Newsroom
    refresh: Callable[[], object]
    """Makes the running app look at what has changed."""

    def show(self) -> None:
        """What happened in the newsroom is published and served."""
        publish_touched(self.room.store, self.room.clock())
        self.room.clock.move(minutes=10)
        self.refresh()


class Claim:
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


def walking_newsroom(store: Store) -> Newsroom:
    """A newsroom with two topics and a source that tells nothing yet."""
    made = Newsroom(store)
    for slug, label in (("ferries", "ferry"), ("council", "council")):
        rule = TopicRule(categories=(label,))
        made.store.topics.put(
            slug=slug, title=slug.title(), description="", rule=rule, origin="admin", now=NOON
        )
    made.add(FEED, rss())
    return made


@contextmanager
def served_site(room: Newsroom, database: Path) -> Iterator[Site]:
    """The newsroom's site on loopback, over connections of its own to the database."""
    opened: list[Store] = []

    def factory() -> Store:
        opened.append(open_store(str(database)))
        return opened[-1]

    port = free_port()
    place = SiteSettings(title="Reader", base_url=f"http://127.0.0.1:{port}")
    settings = Settings(path=database.parent / "config.toml", site=place)
    app = create_app(settings=settings, store_factory=factory, clock=room.clock, is_refreshing=False)
    try:
        with serving(app, port=port, is_threaded=False) as address:
            yield Site(address, room, app.extensions["feedwright"].cache.refresh)
    finally:
        for store in opened:
            store.close()


def walk(site: Site) -> Iterator[tuple[str, int]]:
    """Each state once it is served; its name, and how many articles each of `FEEDS` has ever held."""
    for state in states(site.room):
        site.show()
        yield state


def desk_of(room: Newsroom) -> Desk:
    """Somebody at work in the newsroom, a moment later."""
    settings = Settings(path=Path("config.toml"))
    return Desk(store=room.store, actor=Actor(name="mara"), settings=settings, now=room.clock.move(seconds=5))


def states(room: Newsroom) -> Iterator[tuple[str, int]]:
    """Brings about one state after another; its name, and how many articles the topic has ever held."""
    told = Claim()

    def poll() -> None:
        room.web.put(FEED, told.feed())
        room.again()

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
        one.id for one in room.store.changes.article_page(ALL, most=9, offset=0) if one.title == WITHDRAWN
    )
    article_edits.withdraw(desk_of(room), [article], "It was wrong.")
    yield "withdrawn", 5
    article_edits.restore(desk_of(room), article)
    yield "restored", 5
    room.store.topics.rename("ferries", "boats", room.clock())
    yield "renamed topic", 5
    source_edits.change_source(
        desk_of(room), "harbour-example", {"slug": "the-harbour", "title": "The Harbour"}
    )
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
    topics.retire_topic(room.store, "boats", settings=desk_of(room).settings, now=room.clock())
    yield "retired", 6
