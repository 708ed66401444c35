"""`A-IM: feed` (RFC 3229): a reader is sent what it lacks, and holds what a reader of whole feeds holds."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from lxml import etree
from werkzeug.test import Client

from db import feed_states
from db.store import Store
from feeds.actions.editing import withdrawals
from feeds.actions.operating.tidy import tidy
from feeds.actions.publishing.publish import publish_touched
from feeds.clock import Clock
from feeds.errors import StoreBusyError
from feeds.model.settings import KeepSettings, PublishSettings, Settings, SiteSettings
from tests.conftest import open_store
from tests.db.test_walks import Walk
from tests.fakes import NOON, Newsroom, item, rss
from tests.web.newsroom import context_of
from web.app import create_app
from web.server.conditional import wants_part

SOURCE = "https://harbour.example/feed"
_numbers = itertools.count()
GZIP = {"Accept-Encoding": "gzip"}
FEEDPARSER = feedparser.http.ACCEPT_HEADER


@dataclass(slots=True)
class Site:
    """The site's web over a store, and what comes to it."""

    web: Client
    cache: Any

    @classmethod
    def over(cls, store: Store, folder: Path, clock: Clock, *, entries: int = 50) -> Site:
        app = create_app(
            settings=Settings(
                path=folder / "config.toml",
                site=SiteSettings(title="Reader", base_url="https://reader.example"),
                publish=PublishSettings(entries=entries),
            ),
            store_factory=lambda: store,
            clock=clock,
            is_refreshing=False,
        )
        return cls(web=app.test_client(), cache=context_of(app).cache)

    def get(self, path: str = "/all.json", etag: str | None = None, a_im: str | None = "feed") -> Any:
        self.cache.refresh()
        headers = {"If-None-Match": etag, "A-IM": a_im}
        return self.web.get(path, headers={name: value for name, value in headers.items() if value})


@dataclass(slots=True)
class Reader:
    """Somebody who keeps every entry as it came last, by whole feeds or by what they lack."""

    a_im: str | None
    etag: str | None = None
    held: dict[str, Any] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    entries: int = 0

    def poll(self, site: Site, path: str) -> None:
        answer = site.get(path, self.etag, self.a_im)
        self.statuses.append(answer.status_code)
        if answer.status_code == 304:
            return
        assert answer.status_code in (200, 226)
        self.etag = answer.headers["ETag"]
        told = json.loads(answer.data)["items"]
        self.entries += len(told)
        self.held.update({one["id"]: one for one in told})


@pytest.fixture
def site(newsroom: Newsroom, tmp_path: Path) -> Site:
    newsroom.add(SOURCE, rss(*(item(number, body="The ferry runs. " * 20) for number in range(1, 5))))
    newsroom.round()
    return Site.over(newsroom.store, tmp_path, newsroom.clock)


def correct(newsroom: Newsroom, *extra: str) -> None:
    """The third story is corrected, the fourth withdrawn, and what is given comes in."""
    newsroom.web.put(
        SOURCE, rss(item(1, body="The ferry runs. " * 20), item(3, title="No, not so"), *extra), status=200
    )
    newsroom.again()
    withdrawals.withdraw(newsroom.store, 4, "It was wrong", newsroom.clock())
    publish_touched(newsroom.store, newsroom.clock())


def test_only_what_entered_changed_or_was_withdrawn_is_sent(newsroom: Newsroom, site: Site) -> None:
    for path in ("/all.atom", "/all.rss", "/all.json"):
        assert site.get(path).status_code == 200
    first = {path: site.get(path) for path in ("/all.atom", "/all.rss", "/all.json")}
    correct(newsroom, item(9, title="Quite new", date=NOON))
    for path, before in first.items():
        whole = site.get(path, a_im=None)
        part = site.get(path, before.headers["ETag"])
        assert part.status_code == 226
        assert part.headers["IM"] == "feed"
        assert part.headers["ETag"] == whole.headers["ETag"]
        assert part.headers["Delta-Base"] == before.headers["ETag"]
        assert part.headers["Cache-Control"] == "no-store"
        assert part.headers["Vary"] == "Accept-Encoding, A-IM, If-None-Match"
        assert part.headers["Content-Type"] == whole.headers["Content-Type"]
        assert part.headers["Last-Modified"] == whole.headers["Last-Modified"]
        assert part.headers["Access-Control-Allow-Origin"] == "*"
        for word in (b"No, not so", b"Quite new", b"It was wrong"):
            assert word in part.data
        assert b"Story 1" not in part.data
        assert b"Story 2" not in part.data
        assert len(part.data) < len(whole.data)
        assert site.get(path, part.headers["ETag"]).status_code == 304
    part = site.get("/all.atom", first["/all.atom"].headers["ETag"])
    tree = etree.fromstring(part.data)
    assert len(tree.findall("{http://www.w3.org/2005/Atom}entry")) == 3
    assert len(tree.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")) == 1


def test_whoever_cannot_be_sent_a_part_gets_the_whole(newsroom: Newsroom, site: Site) -> None:
    (source,) = newsroom.store.sources.every()
    mix = f"/mix/sources/{source.source.slug}.json"
    ever = [site.get(path) for path in ("/all.json", "/all.ninjs", mix, "/changes.json")]
    assert [one.status_code for one in ever] == [200] * 4
    etag = ever[0].headers["ETag"]
    correct(newsroom)
    whole = site.get(a_im=None)
    for tag, a_im in (
        ('"0123"', "feed"),
        ("nonsense", "feed"),
        ("", "feed"),
        (etag, "vcdiff, gzip"),
        (etag, "feed;q=0"),
        (etag, None),
    ):
        given = site.get(etag=tag, a_im=a_im)
        assert given.status_code == 200, (tag, a_im)
        assert (given.data, given.headers["Vary"]) == (whole.data, "Accept-Encoding")
        assert "IM" not in given.headers
    assert site.get("/all.ninjs", ever[1].headers["ETag"]).status_code == 200
    by_cache = site.web.get(
        "/all.json", headers={"If-None-Match": etag, "A-IM": "feed", "Via": "1.1 varnish"}
    )
    assert (by_cache.status_code, by_cache.data) == (200, whole.data)
    # Of what is made for one reader, no former state is known.
    for path, before in ((mix, ever[2]), ("/changes.json", ever[3])):
        given = site.get(path, before.headers["ETag"])
        assert (given.status_code, "IM" in given.headers) == (200, False)
    head = site.web.head("/all.json", headers={"If-None-Match": etag, "A-IM": "feed"})
    assert (head.status_code, head.headers["Cache-Control"][:6]) == (200, "public")


def test_while_the_store_is_busy_the_whole_is_sent(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = site.get().headers["ETag"]
    correct(newsroom)

    def busy(*_: object) -> None:
        raise StoreBusyError("The database is busy.")

    with monkeypatch.context() as patched:
        patched.setattr(feed_states, "former", busy)
        patched.setattr(newsroom.store, "close", lambda: None)
        assert site.get(etag=etag).status_code == 200
    assert site.get(etag=etag).status_code == 226, "what failed is tried again"


def test_any_coding_of_a_former_state_is_known_and_the_part_is_coded_too(
    newsroom: Newsroom, site: Site
) -> None:
    etag = site.web.get("/all.json", headers=GZIP).headers["ETag"]
    assert etag.endswith('-gzip"')
    correct(newsroom)
    site.cache.refresh()
    for tags in (etag, f"W/{etag}", f'"other", {etag}'):
        part = site.web.get("/all.json", headers=GZIP | {"If-None-Match": tags, "A-IM": "gzip, feed"})
        assert (part.status_code, part.headers["Content-Encoding"]) == (226, "gzip")
        assert part.headers["Delta-Base"] == etag
        assert part.headers["ETag"].endswith('-gzip"')


def test_where_nothing_stayed_the_whole_is_sent(newsroom: Newsroom, site: Site) -> None:
    etag = site.get().headers["ETag"]
    newsroom.web.put(SOURCE, rss(*(item(number, title=f"Other {number}") for number in range(1, 5))))
    newsroom.again()
    assert site.get(etag=etag).status_code == 200


def test_an_entry_that_comes_back_into_the_feed_is_sent(newsroom: Newsroom, tmp_path: Path) -> None:
    """A reader that began when it had dropped out of the feed never had it."""
    days = [item(number, date=NOON - timedelta(days=3 * number)) for number in range(1, 5)]
    newsroom.add(SOURCE, rss(*days))
    newsroom.round()
    site = Site.over(newsroom.store, tmp_path, newsroom.clock, entries=2)
    plain, lacking = Reader(None), Reader("feed")
    for reader in (plain, lacking):
        reader.poll(site, "/sources/harbour-example.json")
    before = len(plain.held)
    newest = max(plain.held.values(), key=lambda one: one["date_published"])
    (row,) = newsroom.store.engine.rows("SELECT id FROM articles WHERE urn = :urn", {"urn": newest["id"]})
    withdrawals.withdraw(newsroom.store, row["id"], "no", newsroom.clock())
    publish_touched(newsroom.store, newsroom.clock())
    for reader in (plain, lacking):
        reader.poll(site, "/sources/harbour-example.json")
    assert lacking.statuses == [200, 226]
    assert lacking.held == plain.held
    assert len(plain.held) >= before


def test_former_states_are_let_go_of_a_week_after_they_ended(newsroom: Newsroom, site: Site) -> None:
    etag = site.get().headers["ETag"]
    newsroom.clock.move(days=30)
    # Somebody has it still: what is read is kept.
    assert site.get(etag=etag).status_code == 304
    site.cache.refresh()
    tidy(newsroom.store, KeepSettings(), newsroom.clock())
    correct(newsroom)
    assert site.get(etag=etag).status_code == 226, "it was the present one until now"
    tidy(newsroom.store, KeepSettings(), newsroom.clock() + timedelta(days=8))
    rows = newsroom.store.engine.rows("SELECT etag FROM feed_states")
    assert {f'"{row["etag"]}"' for row in rows} == {site.get(a_im=None).headers["ETag"]}


def test_who_comes_back_to_a_feed_that_nobody_read_gets_the_whole(newsroom: Newsroom, site: Site) -> None:
    etag = site.get().headers["ETag"]
    site.cache.refresh()
    newsroom.clock.move(days=8)
    tidy(newsroom.store, KeepSettings(), newsroom.clock())
    correct(newsroom)
    assert site.get(etag=etag).status_code == 200


def test_a_feed_that_changes_all_the_time_keeps_a_bounded_number(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_states, "MOST_STATES", 3)
    tags = [site.get().headers["ETag"]]
    for number in range(5):
        newsroom.web.put(SOURCE, rss(item(1, title=f"Number {number}"), item(2), item(3), item(4)))
        newsroom.again()
        tags.append(site.get(a_im=None).headers["ETag"])
    (row,) = newsroom.store.engine.rows("SELECT count(*) AS n FROM feed_states WHERE format = 'jsonfeed'")
    assert row["n"] == 3
    assert [site.get(etag=tag).status_code for tag in tags] == [200, 200, 200, 226, 226, 304]


def test_a_feed_that_returns_to_a_former_state_is_known_by_its_tag(newsroom: Newsroom, site: Site) -> None:
    store = newsroom.store
    first = site.get().headers["ETag"]
    with store.write():
        (row,) = store.engine.rows("SELECT id FROM feeds WHERE kind = 'all'")
        prints = [bytes([number]) * 16 for number in range(3)]
        for etag, several in (("b", prints[:2]), ("a", prints[:1]), ("b", prints[:2])):
            feed_states.note(store.engine, row["id"], "jsonfeed", etag, several, 1)
        store.engine.run("UPDATE rendered SET etag = 'b' WHERE format = 'jsonfeed' AND variant = ''")
        told = {
            tag: feed_states.former(store.engine, row["id"], "jsonfeed", [tag], "b") for tag in ("a", "b")
        }
    assert told["a"] is not None
    assert told["b"] is not None
    assert told["a"].unchanged == {prints[0]}
    assert told["b"].unchanged == {prints[0], prints[1]}
    assert first


@pytest.mark.parametrize(
    ("header", "is_meant"),
    [
        ("feed", True),
        ("FEED", True),
        ("vcdiff, feed;q=0.5", True),
        ("feed;q=0", False),
        ("feeds", False),
        ("", False),
        (",;=", False),
    ],
)
def test_what_the_header_means(header: str, is_meant: bool) -> None:
    assert wants_part(header, "application/rss+xml, */*;q=0.5") is is_meant
    assert not wants_part(header, FEEDPARSER)


class PartialWalk(Walk):
    """The walk over everything that changes what feeds hold; two readers of each feed come by, always together."""

    folder: Path
    saved: tuple[int, int] = (0, 0)

    def __init__(self) -> None:
        self.readers: dict[str, tuple[Reader, Reader]] = {}
        self.chance = Random(11)
        super().__init__()
        self.site = Site.over(self.store, self.folder, lambda: self.now, entries=3)

    @invariant()
    def both_hold_the_same(self) -> None:
        publish_touched(self.store, self.now)
        for info in self.store.feeds.every():
            if self.chance.random() < 0.4:
                continue
            plain, lacking = self.readers.setdefault(info.feed_urn, (Reader(None), Reader("feed")))
            for reader in (plain, lacking):
                reader.poll(self.site, f"{info.key.path()}.json")
            assert lacking.held == plain.held, info.key
            assert lacking.etag == plain.etag

    def teardown(self) -> None:
        for plain, lacking in self.readers.values():
            sent = PartialWalk.saved
            PartialWalk.saved = (
                sent[0] + lacking.statuses.count(226),
                sent[1] + plain.entries - lacking.entries,
            )
        super().teardown()


def test_a_reader_of_parts_holds_what_a_reader_of_wholes_holds(tmp_path: Path, sqlite_template: Path) -> None:
    @contextmanager
    def opened() -> Iterator[Newsroom]:
        store = open_store(str(shutil.copy(sqlite_template, tmp_path / f"walk-{next(_numbers)}.db")))
        yield Newsroom(store)
        store.close()

    machine = type("Partials", (PartialWalk,), {"opened": staticmethod(opened), "folder": tmp_path})
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=5,
            stateful_step_count=25,
            derandomize=True,
            phases=(Phase.generate,),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert PartialWalk.saved[0] > 20, "hardly any part was sent, so that this says nothing"
