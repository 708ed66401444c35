"""Random walks over everything that changes what feeds hold: after each step they tell what is stored, and no more."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from feeds.actions.declaring.declare import declare
from feeds.actions.editing import withdrawals
from feeds.actions.gathering import sources
from feeds.actions.operating.jobs import run_next_job
from feeds.actions.operating.tidy import tidy
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting import topics
from feeds.actions.sorting.authors import merge_authors, split_author
from feeds.actions.sorting.matching import note_languages
from feeds.config.stated import stated_source
from feeds.errors import RequestError
from feeds.ingest.rules.topics import above, match_topics
from feeds.model.articles import Article, TopicRule
from feeds.model.kept import Matchable
from feeds.model.outgoing import FeedInfo, FeedKey, FeedPage, SiteInfo
from feeds.model.settings import KeepSettings
from feeds.publish.compose import compose
from tests import postgres
from tests.conftest import open_store
from tests.fakes import ALL_JOBS, NOON, Newsroom, item, rss
from tests.feeds.actions.test_discovery import tools
from tests.feeds.actions.test_sources import settings

WALKS = int(os.environ.get("FEEDWRIGHT_WALKS", "0"))
"""How many walks of other ways each run takes on each engine; 0: few, and the same ones each time."""
SECRET = "?token=5fd2a1b39c0e4f6788d1"
SITE = SiteInfo(title="Harbour", base_url="https://feeds.example", language="en")
ADDRESSES = tuple(f"https://harbour.example/{name}" for name in ("first", "second", "third"))
SLUGS = ("sea", "town", "fog", "quay")
NAMES = ("harbour", "pier", "mole", *SLUGS)
SHARES = ("full", "excerpt", "headline")
WRITERS = ("Jane Roe", "J. M. Roe", "Ann Poe")
BYLINES = ("", "Jane Roe", "J. M. Roe", "Jane Roe and Ann Poe", "Harbour Desk")
TERMS = (
    "ferry",
    "fog -ice",
    'author:"Jane Roe"',
    'author:"J. M. Roe"',
    "source:harbour",
    "source:pier OR ice",
    "language:nn",
)
RULES: tuple[Any, ...] = (
    {"phrases": ("ferry",)},
    {"phrases": ("fog",), "exclude": ("title:ice",)},
    {"categories": ("Sea",)},
    {"phrases": ("news",), "exclude": ("language:nn",)},
    *({"expressions": (term,)} for term in TERMS),
)

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Story:
    """What a source tells under one address."""

    words: str
    byline: str
    category: str
    body: str

    def item(self, number: int) -> str:
        by = f"<dc:creator>{self.byline}</dc:creator>" if self.byline else ""
        label = f"<category>{self.category}</category>" if self.category else ""
        return item(
            number,
            title=f"{self.words} {number}",
            body=self.body,
            date=NOON - timedelta(hours=number + 1),
            extra=by + label,
        )


STORIES = st.builds(
    Story,
    words=st.sampled_from(("Ferry", "Fog", "Ferry and ice", "Council")),
    byline=st.sampled_from(BYLINES),
    category=st.sampled_from(("", "Sea")),
    body=st.sampled_from(("News.", "News of the ferry.", "Other news.")),
)
NUMBERS = st.integers(min_value=0, max_value=4)
DOCUMENTS = st.dictionaries(NUMBERS, STORIES, min_size=2, max_size=5)
PLACES = st.integers(min_value=0, max_value=2)


class Walk(RuleBasedStateMachine):
    """Three sources that carry some of the same stories, topics, authors, and whoever changes them."""

    opened: Callable[[], Any]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.newsroom: Newsroom = self.stack.enter_context(self.opened())
        self.addresses = list(ADDRESSES)
        self.told: list[dict[int, Story]] = [{} for _ in ADDRESSES]
        self.ever: set[str] = set()
        self.withdrawn: set[str] = set()
        self.file = settings("")
        self.purged: set[str] = set()
        self.places: dict[str, tuple[str, datetime]] = {}
        self.moved: dict[str, datetime] = {}
        self.slugs: dict[tuple[str, str], str] = {}
        self.pages: dict[str, tuple[object, int]] = {}
        self.is_taken = False
        for place, (address, slug) in enumerate(zip(ADDRESSES, NAMES, strict=False)):
            source = self.newsroom.add(address, self._document(place))
            self.store.sources.rename(source.id, slug, self.now)
        self.newsroom.round()

    def teardown(self) -> None:
        self.stack.close()

    @property
    def store(self) -> Any:
        return self.newsroom.store

    @property
    def now(self) -> datetime:
        return self.newsroom.clock()

    @initialize(
        documents=st.lists(DOCUMENTS, min_size=3, max_size=3),
        rules=st.lists(st.sampled_from(RULES), min_size=2, max_size=4),
    )
    def begin(self, documents: list[dict[int, Story]], rules: list[Any]) -> None:
        for slug, stated in zip(SLUGS, rules, strict=False):
            self._put_topic(slug, TopicRule(**stated))
        for place, stories in enumerate(documents):
            self.tell(place, stories)

    @rule(place=PLACES, stories=DOCUMENTS)
    def tell(self, place: int, stories: dict[int, Story]) -> None:
        if self._is_removed(place):
            return
        self.told[place] = stories
        self.ever |= {f"https://harbour.example/{number}" for number in stories}
        self.newsroom.web.put(self.addresses[place], self._document(place))
        self.is_taken = True
        self.newsroom.again()

    @rule()
    def poll_again(self) -> None:
        before = self.store.feeds.seq()
        self.newsroom.again()
        assert self.store.feeds.seq() == before

    @rule(
        slug=st.sampled_from(SLUGS),
        stated=st.sampled_from(RULES),
        parent=st.sampled_from((None, *SLUGS)),
        source=st.sampled_from((None, *NAMES)),
    )
    def put_topic(self, slug: str, stated: Any, parent: str | None, source: str | None) -> None:
        asked = TopicRule(**stated, parent=parent, source_slugs=(source,) if source else ())
        self._try(lambda: self._put_topic(slug, asked))

    @rule(old=st.sampled_from(NAMES), new=st.sampled_from(NAMES))
    def rename_topic(self, old: str, new: str) -> None:
        self._try(lambda: topics.rename_topic(self.store, old, new, settings=self.file, now=self.now))

    @rule(slug=st.sampled_from(NAMES), is_on=st.booleans())
    def pause_or_resume_topic(self, slug: str, is_on: bool) -> None:
        given: dict[str, Any] = {"settings": self.file, "now": self.now}
        if is_on:
            self._try(lambda: topics.resume_topic(self.store, slug, asked_by="test", **given))
        else:
            self._try(lambda: topics.pause_topic(self.store, slug, **given))

    @rule(place=PLACES, new=st.sampled_from(NAMES))
    def rename_source(self, place: int, new: str) -> None:
        self._try(lambda: self._change(place, slug=new))

    @rule(place=PLACES, share=st.sampled_from(SHARES))
    def share(self, place: int, share: str) -> None:
        self._try(lambda: self._change(place, share=share))

    @rule(place=PLACES, language=st.sampled_from((None, "nn", "en")))
    def set_language(self, place: int, language: str | None) -> None:
        self._try(lambda: self._change(place, language=language))

    @rule(found=st.dictionaries(st.integers(1, 5), st.sampled_from(("nn", "de", "-")), max_size=3))
    def find_out_languages(self, found: dict[int, str]) -> None:
        known = {one.id for one in self.store.topics.matchable(after_id=0, most=500)}
        told = [(number, language) for number, language in found.items() if number in known]
        note_languages(self.store, told, self.now)

    @rule(place=PLACES, topic=st.sampled_from((None, *SLUGS)))
    def default_topic(self, place: int, topic: str | None) -> None:
        self._try(lambda: self._change(place, topics=[topic] if topic else []))

    @rule(place=PLACES, is_private=st.booleans())
    def move_source(self, place: int, is_private: bool) -> None:
        declared = {one.url for one in self.file.declarations.sources}
        if not self._is_removed(place) and self.addresses[place] not in declared:
            self.addresses[place] = f"{ADDRESSES[place]}-{next(_numbers)}{SECRET if is_private else ''}"
            self.newsroom.web.put(self.addresses[place], self._document(place))
            # With a secret in its address it would be private, and its articles stand nowhere.
            self._change(place, url=self.addresses[place], audience="public")
            self.newsroom.again()

    @rule(place=PLACES)
    def remove_source(self, place: int) -> None:
        self._try(lambda: sources.remove(self.store, self._slug(place), settings=self.file, now=self.now))

    @rule(
        place=PLACES,
        stated=st.sampled_from(({}, {"share": "headline"}, {"title": "The Pier"}, {"topics": ["sea"]})),
    )
    def add_source_again(self, place: int, stated: dict[str, Any]) -> None:
        if self._is_removed(place):
            wanted = stated_source({"url": self.addresses[place], "audience": "public", **stated}, self.file)
            self._try(lambda: sources.add(self.store, wanted, settings=self.file, now=self.now))
            self.is_taken = True
            self.newsroom.again()

    @rule(one=st.integers(0, 9), other=st.integers(0, 9))
    def merge(self, one: int, other: int) -> None:
        known = [author.slug for author, _ in self.store.authors.every()]
        if known:
            old, new = known[one % len(known)], known[other % len(known)]
            self._try(lambda: merge_authors(self.store, old, new, self.now))

    @rule(one=st.integers(0, 9), name=st.sampled_from(WRITERS))
    def split(self, one: int, name: str) -> None:
        known = [author.slug for author, _ in self.store.authors.every()]
        if known:
            slug = known[one % len(known)]
            self._try(lambda: split_author(self.store, slug, name, None, self.now))

    @rule(one=st.integers(0, 9))
    def rename_author(self, one: int) -> None:
        known = [author.slug for author, _ in self.store.authors.every()]
        if known:
            self._try(
                lambda: self.store.authors.rename(
                    known[one % len(known)], f"author-{next(_numbers)}", self.now
                )
            )

    @rule(number=NUMBERS)
    def withdraw(self, number: int) -> None:
        article = self._stored(number)
        if article is not None and article.status == "published" and article.url not in self.withdrawn:
            withdrawals.withdraw(self.store, article.id, "a mistake", self.now)
            self.withdrawn.add(str(article.url))

    @rule(number=NUMBERS)
    def restore(self, number: int) -> None:
        url = f"https://harbour.example/{number}"
        if url in self.withdrawn:
            row = self._row(url)
            withdrawals.restore(self.store, row["id"], self.now)
            self.withdrawn.discard(url)

    @rule(hours=st.sampled_from((3, 6, 40)))
    def let_go_of_the_old(self, hours: int) -> None:
        tidy(self.store, KeepSettings(articles=timedelta(hours=hours)), self.now)
        rows = self.store.engine.rows("SELECT url FROM articles WHERE status = 'purged'")
        self.purged |= {row["url"] for row in rows}
        self.withdrawn -= self.purged

    @rule(chance=st.randoms(use_true_random=False))
    def edit_file(self, chance: Random) -> None:
        slugs = chance.sample(SLUGS, chance.randint(0, 3))
        former = [name for name in NAMES if name not in slugs]
        tables = [
            _table(
                "topic",
                slug=slug,
                **_in_file(chance.choice(RULES)),
                # Only those in front of it: none stands above itself.
                parent=chance.choice(("", *slugs[:place])),
                was=chance.choice(((), [former.pop(chance.randrange(len(former)))])),
            )
            for place, slug in enumerate(slugs)
        ]
        listed = chance.sample(range(3), chance.randint(0, 2))
        tables += [
            _table(
                "source",
                url=self.addresses[place],
                slug=chance.choice(("", NAMES[place], NAMES[place + 3])),
                topics=chance.choice(((), slugs[:1])),
                share=chance.choice(SHARES),
                # With a secret in its address it would be private, and its articles stand nowhere.
                audience="public",
            )
            for place in listed
        ]
        tables += [
            _table("author", name=name, known_as=chance.choice(((), [f"{name[0]}. {name.split()[-1]}"])))
            for name in chance.sample(WRITERS, chance.randint(0, 2))
        ]
        self.file = settings("".join(tables))
        self.is_taken = any(self._is_removed(place) for place in listed)
        declare(self.store, self.file, self.now)

    @invariant()
    def feeds_tell_what_is_stored(self) -> None:
        while asyncio.run(run_next_job(tools(self.newsroom), ALL_JOBS, owner="test")):
            pass
        publish_touched(self.store, self.now)
        everything = self._page(FeedKey(kind="all"))
        self._no_article_is_lost_repeated_or_moved(everything)
        self._topics_are_as_the_rules_say()
        for info in self.store.feeds.every():
            page = self._page(info.key)
            self._holds_its_own(info, page, everything)
            self._change_is_told(info, page)
        self._addresses_lead_on()
        self.is_taken = False
        self.newsroom.clock.move(minutes=1)

    def _no_article_is_lost_repeated_or_moved(self, everything: FeedPage) -> None:
        shown = {str(one.url): one for one in everything.articles}
        assert len(shown) == len(everything.articles)
        assert set(shown) == self.ever - self.withdrawn - self.purged
        for url, one in shown.items():
            assert self.places.setdefault(url, (one.urn, one.sort_at)) == (one.urn, one.sort_at)
            if not self.is_taken:
                assert self.moved.get(url, one.updated_at) == one.updated_at
            self.moved[url] = one.updated_at

    def _topics_are_as_the_rules_say(self) -> None:
        every = self.store.topics.every()
        by_slug = {topic.slug: topic for topic in every}
        # A paused topic keeps what it has, and those above it keep that too.
        settled = {
            slug
            for topic in every
            if topic.state == "paused"
            for slug in (topic.slug, *above(topic.slug, by_slug))
        }
        stored: tuple[Matchable, ...] = self.store.topics.matchable(after_id=0, most=500)
        held = self.store.topics.matches_of([one.id for one in stored])
        for one in stored:
            expected = {match.slug for match in match_topics(every, one)} - settled
            assert set(held.get(one.id, {})) - settled == expected, (one, every)

    def _holds_its_own(self, info: FeedInfo, page: FeedPage, everything: FeedPage) -> None:
        key = info.key
        carried = {one.id: one.source_slugs for one in self.store.topics.matchable(after_id=0, most=500)}

        def belongs(article: Article) -> bool:
            if key.kind == "topic":
                return key.slug in {topic.slug for topic in article.topics}
            if key.kind == "author":
                return key.slug in {author.slug for author in article.authors}
            return key.kind != "source" or key.slug in carried[article.id]

        assert page.articles == tuple(one for one in everything.articles if belongs(one)), key
        assert info.article_count == len(page.articles)

    def _change_is_told(self, info: FeedInfo, page: FeedPage) -> None:
        shows = replace(compose(page, SITE, excerpt_chars=280), updated_at=NOON)
        assert SECRET not in repr(shows)
        before = self.pages.get(info.feed_urn)
        if before is not None and before[0] != shows:
            assert info.changed_seq > before[1], info.key
        self.pages[info.feed_urn] = (shows, info.changed_seq)

    def _addresses_lead_on(self) -> None:
        for info in self.store.feeds.every():
            self.slugs.setdefault((info.key.kind, info.key.slug), info.feed_urn)
        present = {(info.key.kind, info.key.slug) for info in self.store.feeds.every()}
        for kind, slug in self.slugs:
            if kind in ("topic", "author"):
                assert (kind, self.store.feeds.slug_now(kind, slug)) in present

    def _page(self, key: FeedKey) -> FeedPage:
        page = self.store.feeds.page(key, entries=500, window=timedelta(days=2), most=500)
        assert isinstance(page, FeedPage)
        return page

    def _stored(self, number: int) -> Article | None:
        row = self._row(f"https://harbour.example/{number}")
        found = self.store.articles.get(row["id"]) if row else None
        return found if isinstance(found, Article) else None

    def _row(self, url: str) -> Any:
        rows = self.store.engine.rows("SELECT id FROM articles WHERE url = :url", {"url": url})
        return rows[0] if rows else None

    def _put_topic(self, slug: str, asked: TopicRule) -> None:
        topics.put_topic(
            self.store,
            slug=slug,
            title=slug,
            description="",
            rule=asked,
            settings=self.file,
            now=self.now,
            asked_by="test",
        )

    def _slug(self, place: int) -> str:
        return str(self.store.sources.of_id(place + 1).source.slug)

    def _is_removed(self, place: int) -> bool:
        return bool(self.store.sources.of_id(place + 1).source.state == "removed")

    def _change(self, place: int, **changes: Any) -> None:
        sources.change(self.store, self._slug(place), changes, settings=self.file, now=self.now)

    def _document(self, place: int) -> str:
        return rss(*(story.item(number) for number, story in self.told[place].items()))

    def _try(self, act: Callable[[], object]) -> None:
        """Does it, unless it is refused with a word to whoever asked."""
        with suppress(RequestError):
            act()


def _in_file(stated: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {"match" if part == "expressions" else part: given for part, given in stated.items()}


def _table(kind: str, **stated: object) -> str:
    return f"[[{kind}]]\n" + "".join(
        f"{key} = {json.dumps(value)}\n" for key, value in stated.items() if value
    )


def walks(opened: Callable[[], Any], count: int) -> None:
    machine = type("Walk", (Walk,), {"opened": staticmethod(opened)})
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=WALKS or count,
            stateful_step_count=30,
            derandomize=not WALKS,
            phases=(Phase.generate, Phase.shrink),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_walks_over_sqlite(tmp_path: Path, sqlite_template: Path) -> None:
    @contextmanager
    def opened() -> Iterator[Newsroom]:
        path = tmp_path / f"walk-{next(_numbers)}.db"
        store = open_store(str(shutil.copy(sqlite_template, path)))
        yield Newsroom(store)
        store.close()

    walks(opened, 5)


def test_walks_over_postgres(postgres_server: str) -> None:
    @contextmanager
    def opened() -> Iterator[Newsroom]:
        with postgres.database(postgres_server, f"walk_{os.getpid()}_{next(_numbers)}") as url:
            store = open_store(url)
            yield Newsroom(store)
            store.close()

    walks(opened, 3)
