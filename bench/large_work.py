"""The operations that `bench.large` measures over one store: pages and feeds first, then what schedulers do."""

from __future__ import annotations

import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from bench.large_store import COMMONEST, MIDDLING, RARE, SOURCES, TOPICS, opened, save_new
from db import archives
from db.store import Store
from feeds.actions.declaring.partner_keys import make_key
from feeds.actions.gathering.poll import claim_due
from feeds.actions.operating.tidy import tidy
from feeds.actions.publishing import publish
from feeds.actions.publishing.publish import Renderer, publish_touched
from feeds.actions.sorting.matching import rematch_articles
from feeds.model.deltas import Place
from feeds.model.mixes import parse_mix
from feeds.model.outgoing import FeedKey, Format, SiteInfo
from feeds.model.partners import PartnerSpec
from feeds.model.settings import KeepSettings, PollSettings, PublishSettings, Settings, SiteSettings
from feeds.publish.feed_paths import KINDS
from tests.fakes import NOON
from web.api.endpoints import changes_cursor
from web.app import create_app
from web.context import WebContext

ROUNDS = 3
FEED_NAMES = ("topic of 1 %", "topic of 20 %", "/all", "author", "source")
FORMAT: Format = "atom"
REMATCHED = 500
HELD, MIXES = 15, 200


class Stopwatch:
    """Milliseconds of operations, by name."""

    def __init__(self, *, is_wall: bool) -> None:
        self._clock = time.perf_counter if is_wall else time.process_time
        self.told: dict[str, float] = {}

    def time(
        self,
        name: str,
        work: Callable[[], object],
        *,
        before: Callable[[], object] | None = None,
        rounds: int = ROUNDS,
    ) -> None:
        """The median of a few runs, each after what is to be done before it."""
        spans = []
        for _ in range(rounds):
            if before is not None:
                before()
            started = self._clock()
            work()
            spans.append((self._clock() - started) * 1000)
        self.told[name] = statistics.median(spans)


def measured(url: str) -> dict[str, float]:
    """All operations, in milliseconds, and the memory of the process after all pages, in MB."""
    watch = Stopwatch(is_wall=url.startswith("postgresql:"))
    # The window would fill feeds with what two days brought: more entries, the larger the store.
    publish.WINDOW = timedelta(0)

    def open_store() -> None:
        opened(url).feeds.seq()

    open_store()
    watch.time("open the store", open_store, rounds=5)
    store = opened(url)
    _web(watch, store, url)
    _scheduling(watch, store)
    return watch.told


def _app(url: str, entries: int) -> Flask:
    settings = Settings(
        path=Path(tempfile.gettempdir()) / "feedwright-large" / "config.toml",
        site=SiteSettings(title="Large", base_url="https://reader.example"),
        publish=PublishSettings(entries=entries),
    )
    return create_app(
        settings=settings, store_factory=lambda: opened(url), clock=lambda: NOON, is_refreshing=False
    )


def _web(watch: Stopwatch, store: Store, url: str) -> None:
    web = _fresh(url, 50)
    feeds = [path + ".atom" for path in _feed_paths(store)]
    pages = _page_paths(web, store)
    for path in (*pages.values(), *feeds, "/feeds.opml"):
        _get(web, path)
    # One web process that was asked for everything once; what follows makes many.
    watch.told["memory of the process after all pages, MB"] = _memory()
    for entries in (50, 500):
        for name, path in zip(FEED_NAMES, feeds, strict=True):
            apps = iter([_fresh(url, entries) for _ in range(ROUNDS)])
            watch.time(
                f"{name} never read, {entries} entries",
                partial(_get_of_next, apps, path),
                before=lambda: _forget_rendered(store),
            )
    for name, path in pages.items():
        apps = iter([_fresh(url, 50) for _ in range(ROUNDS)])
        watch.time(name, partial(_get_of_next, apps, path))
    lists = _fresh(url, 50)
    watch.time("/feeds.opml, first", lambda: _get(lists, "/feeds.opml"), rounds=1)
    watch.time("/feeds.opml, again", lambda: _get(lists, "/feeds.opml"))
    _archives(watch, store)
    _changes(watch, store, url)
    _mixes(watch, store)
    _refresh(watch, store, url)


def _archives(watch: Stopwatch, store: Store) -> None:
    """The middle document of each feed's archives, made anew."""
    for name, path in zip(FEED_NAMES, _feed_paths(store), strict=True):
        whole = _key_of(path)
        info = store.feeds.info(whole)
        number = (info.article_count if info is not None else 0) // archives.SIZE // 2
        if number:
            key = replace(whole, archive=number)
            watch.time(
                f"archive document of {name}",
                partial(_made, store, key),
                before=lambda: _forget_rendered(store),
            )


def _changes(watch: Stopwatch, store: Store, url: str) -> None:
    """What `/api/v1/changes` costs whoever begins, whoever is half-way, and whoever comes every few minutes."""
    web, key = _fresh(url, 50), _partner_key(store)
    for name, path in zip(FEED_NAMES, _feed_paths(store), strict=True):
        info = store.feeds.info(_key_of(path))
        assert info is not None
        for words, place in (
            ("from the beginning", None),
            ("half-way", Place(start=info.changed_seq, position=info.changed_seq // 2)),
            ("what is new", Place.at(max(0, info.changed_seq - 60))),
        ):
            since = "" if place is None else f"&since={changes_cursor(info, place, 0)}"
            watch.time(
                f"/api/v1/changes of {name}, {words}",
                partial(_get, web, f"/api/v1/changes?feed={info.key.path()[1:]}&limit=50{since}", key),
            )


def _partner_key(store: Store) -> str:
    spec = PartnerSpec(slug="bench", name="Bench")
    partner = store.partners.put(spec, origin="admin", now=NOON)
    for held in store.partners.keys(partner.id):
        store.partners.drop_key(partner.id, held.begin)
    return make_key(store, partner, os.urandom, NOON)


def _mixes(watch: Stopwatch, store: Store) -> None:
    """Mixes by chance, of two and three terms, each made anew: the 95th percentile, and the slowest."""
    chance = random.Random(1)
    words: dict[str, list[str]] = {
        "topics": [f"topic-{place}" for place in range(TOPICS)],
        "sources": [f"press{place}-example" for place in range(SOURCES)],
        "authors": [one.key.slug for one in store.feeds.largest("author", most=200)],
        "languages": ["en", "de", "fr"],
    }
    spans = []
    for _ in range(MIXES):
        kinds = chance.sample(sorted(words), chance.choice((2, 2, 3)))
        terms = [
            f"{'not-' if place and chance.random() < 0.2 else ''}{kind}/"
            + ",".join(sorted(set(chance.choices(words[kind], k=chance.choice((1, 1, 2, 4))))))
            for place, kind in enumerate(kinds)
        ]
        key = FeedKey(kind="query", slug=parse_mix("/".join(terms)).path())
        _forget_rendered(store)
        watch.time("mix", partial(_made, store, key), rounds=1)
        spans.append(watch.told.pop("mix"))
    spans.sort()
    watch.told[f"mix, 95th percentile of {MIXES}"] = spans[int(MIXES * 0.95)]
    watch.told["mix, the slowest"] = spans[-1]


def _made(store: Store, key: FeedKey) -> None:
    settings = PublishSettings(entries=50)
    site = SiteInfo(title="Large", base_url="https://reader.example", language="en")
    if Renderer(store, site=site, publish=settings, now=NOON).feed(key, FORMAT) is None:
        raise RuntimeError(f"there is no {key.path()}")


def _key_of(path: str) -> FeedKey:
    kind, _, slug = path.strip("/").partition("/")
    return FeedKey(kind=KINDS[kind], slug=slug) if slug else FeedKey(kind="all")


def _feed_paths(store: Store) -> list[str]:
    largest = [store.feeds.largest(kind, most=1)[0].key.path() for kind in ("author", "source")]
    return ["/topics/topic-1", "/topics/topic-0", "/all", *largest]


def _page_paths(web: FlaskClient, store: Store) -> dict[str, str]:
    """Addresses of pages by what they show."""
    older = re.search(r"\?before=[^\"&]+", _get(web, "/all", coding="identity"))
    middle = NOON - timedelta(days=340)
    return {
        "home": "/",
        "list of topics": "/topics",
        "list of authors": "/authors",
        "list of authors, page 10": "/authors?page=10",
        "list of sources": "/sources",
        "page of a topic of 1 %": "/topics/topic-1",
        "page of a topic of 20 %": "/topics/topic-0",
        "page /all": "/all",
        "page /all, older": f"/all{older[0] if older else ''}",
        "page /all, a year back": f"/all?before={middle:%Y-%m-%dT%H:%M:%S}.000Z-0",
        "page of an author": _feed_paths(store)[3],
        "search, commonest word": f"/search?q={COMMONEST}",
        "search, commonest two": f"/search?q={COMMONEST}+w1",
        "search, middling word": f"/search?q={MIDDLING}",
        "search, rare word": f"/search?q={RARE}",
        "search, beginning of 111 words": "/search?q=w15*",
        "/metrics": "/metrics",
    }


def _refresh(watch: Stopwatch, store: Store, url: str) -> None:
    """One new article; five of the fifteen feeds held show it."""
    app = _app(url, 50)
    context = app.extensions["feedwright"]
    assert isinstance(context, WebContext)
    changing = store.feeds.info(FeedKey(kind="source", slug="press1-example"))
    assert changing is not None
    keys = [FeedKey(kind="all"), changing.key]
    keys += [FeedKey(kind="topic", slug=f"topic-{place}") for place in range(9)]
    keys += [one.key for one in store.feeds.largest("author", most=2)]
    keys += [one.key for one in store.feeds.largest("source", most=2)]
    context.cache.refresh()

    def change() -> None:
        for key in keys:
            context.cache.get(key, FORMAT)
        context.cache.refresh()
        for key in keys:
            context.cache.kept(key, FORMAT)
        save_new(store)
        publish_touched(store, NOON)

    watch.time(f"refresh after a change, {HELD} feeds held", context.cache.refresh, before=change)
    watch.time("refresh without a change", context.cache.refresh)


def _fresh(url: str, entries: int) -> FlaskClient:
    """An app that holds nothing yet, with its connection opened."""
    web = _app(url, entries).test_client()
    _get(web, "/readyz")
    _get(web, "/bot")
    return web


def _get(web: FlaskClient, path: str, key: str | None = None, *, coding: str = "gzip") -> str:
    named = {"Accept-Encoding": coding} | ({"Authorization": f"Bearer {key}"} if key else {})
    answer = web.get(path, headers=named)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return answer.text if coding == "identity" else ""


def _get_of_next(apps: Iterator[FlaskClient], path: str) -> None:
    _get(next(apps), path)


def _forget_rendered(store: Store) -> None:
    with store.write():
        store.engine.run("DELETE FROM rendered")


def _memory() -> float:
    """Megabytes of this process that are in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _scheduling(watch: Stopwatch, store: Store) -> None:
    settings = PollSettings(pause=timedelta(0))
    rows = [store.sources.get(f"press{place}-example") for place in range(20, 25)]
    due = [row.source.id for row in rows if row is not None]

    def claim() -> None:
        claim_due(store, owner="bench", now=NOON, settings=settings)

    def release() -> None:
        store.polls.release(owner="bench")
        later = NOON + timedelta(days=1)
        store.sources.poll_soon(due, later)

    def some_due() -> None:
        release()
        store.sources.poll_soon(due, NOON)

    watch.time("idle claim", claim, before=release)
    watch.time("claim of 5", claim, before=some_due)
    release()
    watch.time("save with 1 new", lambda: save_new(store), rounds=5)

    def save_five() -> None:
        publish_touched(store, NOON)
        for _ in range(5):
            save_new(store)

    watch.time("publish tick of 5", lambda: publish_touched(store, NOON), before=save_five)
    watch.time("idle publish tick", lambda: publish_touched(store, NOON))
    read = [(one.key, FORMAT) for one in store.feeds.largest("topic", most=12)]
    watch.time("note_read of 12 feeds", lambda: store.feeds.note_read(read, NOON))
    topics = [one for one in store.topics.every() if one.slug == "topic-1"]
    ids = list(range(1_000, 1_000 + REMATCHED))
    watch.time(
        f"re-matching one topic, {REMATCHED} articles", lambda: rematch_articles(store, ids, topics, NOON)
    )
    for name, keep in (
        ("tidy, all kept", KeepSettings()),
        ("tidy, none too old", KeepSettings(articles=timedelta(days=800))),
        ("tidy, half too old, not yet allowed", KeepSettings(articles=timedelta(days=340))),
    ):
        watch.time(name, partial(tidy, store, keep, NOON))
    if store.engine.name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            watch.time("backup", lambda: store.upkeep.backup(f"{folder}/copy.db"), rounds=1)
