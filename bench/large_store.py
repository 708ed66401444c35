"""A large store for `bench.large`: ten thousand articles through the real save path, then cloned by SQL.

Each base article becomes as many as are wanted, with ids in the order of their times, as in a store that has grown.
Topics and the feed of everything are shared by all clones; sources, hosts, authors and their feeds are cloned too.
Of the published changes only the newest are there, as `tidy` leaves them.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from db import archives
from db.engines.engine import Engine
from db.engines.postgres import PostgresEngine
from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.publishing.search import read_batch
from feeds.ingest.rules.decide import decide
from feeds.model.articles import Draft, DraftAuthor, DraftFeed, Known, Topic, TopicRule
from feeds.model.incoming import Source
from feeds.model.settings import PublishSettings
from tests.fakes import NOON, InStore

BASE = 10_000
SOURCES, AUTHORS_EACH = 200, 5
"""At 10,000 articles; a clone has as many again, under other names."""
TOPICS = 200
IN_ONE = 5
"""New articles of a source in one save."""
STEP = timedelta(minutes=100)
"""Between two articles of the base: 694 days in all. A clone stands between them."""
STRIDE = 10_000
"""Between the ids of a source, author or feed and those of its clones."""
SITE = "00000000-0000-4000-8000-000000000000"
COMMONEST, MIDDLING, RARE = "w0", "w1500", "zeppelin"
RARE_EVERY = 2_500
KEPT_CHANGES = 2_000
DAY_MS = 86_400_000
WORDS = tuple(f"w{number}" for number in range(4_000))
WEIGHTS = tuple(itertools.accumulate(1 / (place + 1) for place in range(len(WORDS))))

_fresh_numbers = itertools.count(time.time_ns() // 1000)

_SHARED = "(SELECT id FROM {base}.feeds WHERE kind IN ('all', 'topic'))"
_ARTICLE = "CASE WHEN b.{name} = 0 THEN 0 ELSE (b.{name} - 1) * {times} + c.k + 1 END"
_SEQ = "CASE WHEN b.{name} > 0 THEN (b.{name} - 1) * {times} + c.k + 1 ELSE b.{name} END"
_OWN = "b.{name} + c.k * {stride}"
_HOST = "CASE WHEN c.k = 0 THEN b.{name} ELSE 'c' || c.k || '-' || b.{name} END"
_URL = "CASE WHEN c.k = 0 THEN b.{name} ELSE replace(b.{name}, '://', '://c' || c.k || '-') END"
_URN = (
    "CASE WHEN c.k = 0 THEN b.{name} WHEN replace(b.{name}, '://', '') <> b.{name}"
    " THEN replace(b.{name}, '://', '://c' || c.k || '-')"
    " ELSE b.{name} || '-c' || c.k END"
)
_SLUG = "CASE WHEN c.k = 0 THEN b.{name} ELSE b.{name} || '-c' || c.k END"
_TIME = "b.{name} + c.k * {step}"
_RULES = {
    "article_id": _ARTICLE, "articles.id": _ARTICLE, "memberships.id": _ARTICLE,
    "joined_seq": _SEQ, "left_seq": _SEQ, "touched.seq": "b.{name} * {times}", "sequence.seq": "b.{name} * {times}",
    "changed_seq": "b.{name} * {times}",
    "feeds.article_count": "CASE WHEN b.kind IN ('all', 'topic') THEN b.{name} * {times} ELSE b.{name} END",
    "source_id": _OWN, "sources.id": _OWN, "author_id": _OWN, "authors.id": _OWN,
    "feeds.id": _OWN, "target_id": _OWN,
    "feed_id": "CASE WHEN b.{name} IN {shared} THEN b.{name} ELSE b.{name} + c.k * {stride} END",
    "host": _HOST, "domain": _HOST, "url_key": _HOST,
    "urn": _URN, "guid": _URN, "url": _URL, "canonical_url": _URL, "fetch_url": _URL, "first_url": _URL,
    "public_url": _URL, "home_url": _URL,
    "slug": _SLUG, "key": _SLUG, "authors.name": "CASE WHEN c.k = 0 THEN b.{name} ELSE b.{name} || ' ' || c.k END",
    "sort_at": _TIME, "published_at": _TIME, "effective_at": _TIME, "updated_at": _TIME,
}  # fmt: skip
"""What becomes of a column in clone `c.k` of row `b`; all others stay as they are."""
_ONCE = {
    "kept": "1 = 1", "sequence": "1 = 1", "topics": "1 = 1", "touched": "1 = 1",
    "slugs": "b.kind = 'topic'", "feeds": "b.kind IN ('all', 'topic')",
}  # fmt: skip
"""Rows that are not cloned."""
_EACH = "domains hosts sources source_addresses poll_states slugs articles contents sightings article_categories authors"
_TABLES = (
    *("kept", "sequence", "topics"),
    *_EACH.split(),
    *("author_names", "article_authors", "article_topics", "feeds", "memberships", "touched", "texts"),
)
_NUMBERED = ("sources", "articles", "authors", "topics", "feeds", "memberships", "touched")
_INDEXING = {
    "sqlite": "INSERT INTO _words (rowid, words) SELECT article_id, words FROM texts ORDER BY article_id",
    "postgres": "INSERT INTO _words (article_id, vector) SELECT article_id, to_tsvector('simple', words) FROM texts",
}


def opened(url: str) -> Store:
    """A store over a connection of its own: a path, or the address of a PostgreSQL database."""
    return Store(PostgresEngine(url) if url.startswith("postgresql:") else SqliteEngine(Path(url)))


def prepared(url: str) -> Store:
    """A store with the present schema."""
    store = opened(url)
    migrate(store.engine)
    store.kept.site_id(lambda: SITE)
    return store


def draft(number: int, source: int, chance: random.Random) -> Draft:
    """An article of 1.1 kB of HTML, with an author of its source and one to three labels."""
    text = " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=270))
    if number % RARE_EVERY == 0:
        text += f" {RARE}"
    url = f"https://press{source}.example/{number}"
    labels = [f"Label {place}" for place in chance.choices(range(1, TOPICS), cum_weights=_LABELS, k=1)]
    if chance.random() < 0.5:
        labels.append(f"Label {chance.choices(range(1, TOPICS), cum_weights=_LABELS, k=1)[0]}")
    if chance.random() < 0.2:
        labels.append("Label 0")
    published_at = NOON - STEP * (BASE - number)
    return Draft(
        guid=url, is_guid_given=True, url=url, canonical_url=url, summary="", content_html=f"<p>{text}</p>",
        title=" ".join(chance.choices(WORDS, k=8)).capitalize(), published_at=published_at, modified_at=None,
        authors=(DraftAuthor(name=f"Writer {chance.randrange(AUTHORS_EACH)} of {source}"),), language="en",
        categories=tuple(dict.fromkeys(labels)), hash=str(number),
    )  # fmt: skip


_LABELS = tuple(itertools.accumulate(1 - place / (2 * TOPICS) for place in range(1, TOPICS)))
"""Topic 1 has twice the articles of the last one: 1 % and 0.5 %."""


def build_base(url: str) -> None:
    """Saves the first ten thousand articles, publishes them and has them read for the search."""
    store, chance = prepared(url), random.Random(7)
    for place in range(TOPICS):
        rule = TopicRule(categories=(f"Label {place}",))
        store.topics.put(
            slug=f"topic-{place}", title=f"Topic {place}", description="", rule=rule, origin="admin", now=NOON
        )
    topics = store.topics.every()
    sources = [
        store.sources.add(spec_at(f"https://press{place}.example/feed"), NOON) for place in range(SOURCES)
    ]
    for start in range(0, BASE, IN_ONE):
        place = start // IN_ONE % SOURCES
        save(store, sources[place], topics, [draft(start + one, place, chance) for one in range(IN_ONE)])
        if start % 1_000 == 0:
            publish_touched(store, NOON)
            _tell(f"{start} articles")
    publish_touched(store, NOON)
    while asyncio.run(read_batch(_with(store), excerpt_chars=PublishSettings().excerpt_chars, now=NOON)):
        pass
    with store.write():
        store.engine.run(f"UPDATE poll_states SET next_poll_at = next_poll_at + {DAY_MS}, is_imported = 1")
        store.engine.run(f"UPDATE hosts SET next_due_at = next_due_at + {DAY_MS}")
        store.engine.run("UPDATE articles SET is_spoken = 1")
        last = store.feeds.seq()
        store.engine.run("DELETE FROM touched WHERE seq <= :last", {"last": last - KEPT_CHANGES})
    store.upkeep.checkpoint(is_whole=True)
    store.close()


def _with(store: Store) -> InStore[Any]:
    async def in_store(work: Callable[[Store], Any]) -> Any:
        return work(store)

    return in_store


def on_sqlite(folder: Path, size: int) -> Path:
    """A store of that many articles in the folder, built where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    base, path = folder / "base.db", folder / f"{size}.db"
    if not base.exists():
        new = folder / "base.new"
        build_base(str(new))
        new.rename(base)
    if not path.exists():
        new = folder / f"{size}.new"
        _cloned(str(base), str(new), size)
        new.rename(path)
    return path


def on_postgres(url: str, size: int, *, is_first: bool) -> str:
    """The stores follow each other in one database; the base is a schema beside them."""
    if is_first:
        build_base(url)
    engine = PostgresEngine(url)
    engine.run("ALTER SCHEMA public RENAME TO base" if is_first else "DROP SCHEMA public CASCADE")
    engine.run("CREATE SCHEMA public")
    engine.close()
    _cloned("base", url, size)
    return url


def _cloned(base: str, url: str, size: int) -> None:
    started = time.perf_counter()
    clone(base, url, size // BASE)
    _tell(f"\r{size} articles cloned in {time.perf_counter() - started:.0f} s{' ' * 40}\n")


def save_new(store: Store) -> str:
    """Saves another article of the second source, with topics 0 and 1; returns its address."""
    number = next(_fresh_numbers)
    found = store.sources.get("press1-example")
    assert found is not None
    one = replace(draft(9_999, 1, random.Random(number)), categories=("Label 0", "Label 1"))
    url = f"https://press1.example/new-{number}"
    save(
        store,
        found.source,
        store.topics.every(),
        [replace(one, guid=url, url=url, canonical_url=url, hash=url)],
    )
    return url


def save(store: Store, source: Source, topics: tuple[Topic, ...], drafts: list[Draft]) -> None:
    """Saves them as a poll's document that is held against what is known."""
    feed = DraftFeed(format="x", drafts=tuple(drafts))
    known = store.polls.known(source, feed, [one.guid for one in drafts])
    store.polls.save_changes(
        source, feed, decide(source, feed, known or Known(), topics=topics, is_import=True, now=NOON), NOON
    )


def clone(base: str, url: str, times: int) -> None:
    """Fills a fresh store with so many of each article of the base: a path, or a schema of the same database."""
    store = prepared(url)
    engine = store.engine
    schema = _loosened(engine, base)
    indexes = _dropped_indexes(engine)
    for table in ("kept", "sequence"):
        engine.run(f"DELETE FROM {table}")
    engine.run("CREATE TEMP TABLE copies (k INTEGER PRIMARY KEY)")
    engine.run_many("INSERT INTO copies (k) VALUES (:k)", [{"k": one} for one in range(times)])
    for table in _TABLES:
        _tell(table)
        _clone_table(engine, schema, table, times)
    engine.run("UPDATE kept SET value = (SELECT seq FROM sequence) WHERE name = 'search_seq'")
    _tell("words")
    engine.run(_INDEXING[engine.name])
    for statement in indexes:
        _tell(statement[:60])
        engine.run(statement)
    _tighten(engine)
    _tell("archives")
    with store.write():
        archives.close_full(engine, [row["id"] for row in engine.rows("SELECT id FROM feeds")])
    store.close()


def _clone_table(engine: Engine, schema: str, table: str, times: int) -> None:
    rows = engine.rows(f"SELECT * FROM {schema}.{table} LIMIT 1")
    if not rows:
        return
    columns = list(rows[0])
    values = {"times": times, "stride": STRIDE, "step": STEP // timedelta(milliseconds=1) // times}
    told = [
        (_RULES.get(f"{table}.{name}") or _RULES.get(name) or "b.{name}").format(
            name=name, shared=_SHARED.format(base=schema), **values
        )
        for name in columns
    ]
    once = _ONCE.get(table)
    where = f" WHERE c.k = 0 OR NOT ({once})" if once else ""
    order = " ORDER BY b.ctid, c.k" if engine.name == "postgres" else ""
    engine.run(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(told)}"
        f" FROM {schema}.{table} b CROSS JOIN copies c{where}{order}"
    )


def _loosened(engine: Engine, base: str) -> str:
    """Makes ready for much writing; returns under which name the base is reached."""
    if engine.name == "postgres":
        engine.run("SET statement_timeout = 0")
        engine.run("SET session_replication_role = replica")
        engine.run("SET maintenance_work_mem = '1GB'")
        return base
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -1000000"):
        engine.rows(f"PRAGMA {pragma}")
    engine.run("ATTACH :path AS base", {"path": base})
    return "base"


def _tighten(engine: Engine) -> None:
    if engine.name == "postgres":
        for table in _NUMBERED:
            engine.rows(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table})) AS last"
            )
        engine.run("VACUUM ANALYZE")
        return
    engine.run("DETACH base")
    engine.rows("PRAGMA journal_mode = WAL")


def _dropped_indexes(engine: Engine) -> list[str]:
    """Takes all indexes away but those of keys; returns what makes them again."""
    rows = engine.rows(
        "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public'"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        if engine.name == "postgres"
        else "SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    )
    for row in rows:
        engine.run(f"DROP INDEX {row['name']}")
    return [row["sql"] for row in rows]


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:<60}", end="", file=sys.stderr, flush=True)
