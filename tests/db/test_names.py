"""Names and addresses that were given once: what is new never takes them over, and feeds tell of renames."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.store import Store
from feeds.actions.declaring.declare import declare
from feeds.actions.declaring.specs import spec_at, stored_spec
from feeds.actions.gathering import sources
from feeds.actions.publishing.publish import publish_touched
from feeds.config.load import parse
from feeds.errors import RequestError
from feeds.model.articles import Topic, TopicRule
from feeds.model.authors import Author
from feeds.model.declarations import SourceDeclaration
from feeds.model.incoming import Source
from feeds.model.outgoing import FeedKey, FeedKind
from feeds.model.settings import Settings
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
MOVED_TO = "https://harbour.example/new"
JANE = "<dc:creator>Jane Roe</dc:creator>"


def settings(text: str = "") -> Settings:
    return parse(text, Path("/site/config.toml"), {})


def put_topic(store: Store, slug: str, title: str) -> Topic:
    return store.topics.put(
        slug=slug,
        title=title,
        description="",
        rule=TopicRule(categories=(title,)),
        origin="admin",
        now=NOON,
    )


def put_author(store: Store, slug: str, name: str, bio: str = "") -> Author:
    return store.authors.put(slug=slug, name=name, known_as=[], bio=bio, links=[], origin="admin", now=NOON)


def seq_of(store: Store, kind: FeedKind, slug: str = "") -> int:
    info = store.feeds.info(FeedKey(kind=kind, slug=slug))
    assert info is not None
    return info.changed_seq


def moved(newsroom: Newsroom, source: Source) -> Source:
    target = spec_at(MOVED_TO)
    spec = replace(stored_spec(source, target.host), fetch_url=target.fetch_url, public_url=target.public_url)
    return newsroom.store.sources.change(source.id, spec, NOON)


def test_a_new_topic_never_takes_the_place_of_one_that_had_its_slug(store: Store) -> None:
    put_topic(store, "sea", "Sea")
    store.topics.rename("sea", "ocean", NOON)
    with pytest.raises(RequestError, match="'sea' was used for another topic before: choose another one"):
        put_topic(store, "sea", "Seaside")
    (ocean,) = store.topics.every()
    assert (ocean.slug, ocean.title, ocean.rule.categories) == ("ocean", "Sea", ("Sea",))
    assert put_topic(store, "ocean", "Ocean").id == ocean.id
    store.topics.rename("ocean", "sea", NOON)
    assert put_topic(store, "sea", "Sea again").id == ocean.id


def test_a_new_author_never_takes_the_place_of_one_who_had_their_slug(store: Store) -> None:
    jane = put_author(store, "jane", "Jane Roe", "Writes.")
    store.authors.rename("jane", "jane-roe", NOON)
    with pytest.raises(RequestError, match="'jane' was used for another author before"):
        put_author(store, "jane", "Jane Poe")
    (known,) = [author for author, _ in store.authors.every()]
    assert (known.slug, known.name, known.bio) == ("jane-roe", "Jane Roe", "Writes.")
    assert put_author(store, "jane", "Jane Roe", "Is back.").id == jane.id
    assert store.feeds.slug_now("author", "jane-roe") == "jane"


def test_the_file_hears_of_a_slug_that_was_used_and_the_rest_is_applied(store: Store) -> None:
    declare(store, settings('[[topic]]\nslug = "sea"\n[[author]]\nname = "Jane Roe"\nslug = "jane"'), NOON)
    kept = '[[topic]]\nslug = "ocean"\n{}title = "Ocean"\n[[author]]\nname = "Jane Roe"\nslug = "roe"\n{}'
    report = declare(store, settings(kept.format('was = ["sea"]\n', 'was = ["jane"]\n')), NOON)
    assert report.renamed == ["topic sea → ocean", "author jane → roe"]
    new = (
        '[[topic]]\nslug = "sea"\ntitle = "Seaside"\n[[author]]\nname = "Jane Poe"\nslug = "jane"\n'
        '[[topic]]\nslug = "land"\n'
    )
    report = declare(store, settings(new + kept.format("", "")), NOON)
    assert report.problems == [
        "line 1: The slug 'sea' was used for another topic before: choose another one.",
        "line 4: The slug 'jane' was used for another author before: choose another one.",
    ]
    assert (report.added, report.changed, report.paused) == (["topic land"], [], [])
    assert [(topic.slug, topic.title) for topic in store.topics.every()] == [
        ("land", "Land"),
        ("ocean", "Ocean"),
    ]
    assert [(author.slug, author.name) for author, _ in store.authors.every()] == [("roe", "Jane Roe")]


def test_where_a_source_was_polled_once_another_may_be(newsroom: Newsroom) -> None:
    store = newsroom.store
    first = newsroom.add(FEED)
    moved(newsroom, first)
    found = store.sources.at(FEED)
    assert found is not None
    assert found.source.id == first.id
    second = sources.add(store, SourceDeclaration(url=FEED), settings=settings(), now=NOON)
    assert second.id != first.id
    for url, wanted in ((FEED, second), (MOVED_TO, first)):
        found = store.sources.at(url)
        assert found is not None
        assert found.source.id == wanted.id
    for url in (FEED, MOVED_TO):
        with pytest.raises(RequestError, match="already polled"):
            sources.add(store, SourceDeclaration(url=url), settings=settings(), now=NOON)
        with pytest.raises(RequestError, match="already polls that address"):
            store.sources.add(spec_at(url), NOON)
    # Both have been at this address; the one that left it last is who a link to it means.
    target = spec_at("https://harbour.example/third")
    store.sources.change(
        second.id, replace(stored_spec(second, target.host), fetch_url=target.fetch_url), NOON
    )
    found = store.sources.at(FEED)
    assert found is not None
    assert found.source.id == second.id


def test_a_removed_source_of_that_very_address_comes_back_with_its_feed(newsroom: Newsroom) -> None:
    store = newsroom.store
    source = newsroom.add(FEED)
    store.sources.set_state(source.id, "removed", NOON)
    assert store.feeds.info(FeedKey(kind="source", slug=source.slug)) is None
    assert store.sources.add(spec_at(FEED), NOON).id == source.id
    assert store.feeds.info(FeedKey(kind="source", slug=source.slug)) is not None
    store.sources.set_state(source.id, "removed", NOON)
    store.sources.set_state(source.id, "active", NOON)
    assert store.feeds.info(FeedKey(kind="source", slug=source.slug)) is not None


def test_a_former_address_is_no_claim_to_a_source_that_the_file_has_elsewhere(store: Store) -> None:
    declare(store, settings(f'[[source]]\nurl = "{FEED}"\nslug = "harbour"'), NOON)
    there = f'[[source]]\nurl = "{MOVED_TO}"\nslug = "harbour"\n'
    declare(store, settings(there), NOON)
    declare(store, settings(f'[[source]]\nurl = "{FEED}"\nslug = "quay"\n' + there), NOON)
    assert {row.source.slug: row.source.fetch_url for row in store.sources.every()} == {
        "harbour": MOVED_TO,
        "quay": FEED,
    }


def test_renames_reach_every_feed_that_names_what_was_renamed(newsroom: Newsroom) -> None:
    store = newsroom.store
    put_topic(store, "sea", "Sea")
    source = newsroom.add(FEED, rss(item(1, extra=JANE + "<category>Sea</category>")))
    empty = newsroom.add("https://empty.example/feed", rss())
    newsroom.round()

    def seqs(*feeds: tuple[FeedKind, str]) -> list[int]:
        publish_touched(store, NOON)
        return [seq_of(store, kind, slug) for kind, slug in feeds]

    def rises(before: list[int], after: list[int]) -> list[bool]:
        return [late > early for early, late in zip(before, after, strict=True)]

    before = seqs(("topic", "sea"))
    store.topics.rename("sea", "ocean", NOON)
    assert rises(before, seqs(("topic", "ocean"))) == [True]
    everywhere: list[tuple[FeedKind, str]] = [("all", ""), ("topic", "ocean"), ("source", source.slug)]
    before = seqs(*everywhere)
    put_topic(store, "ocean", "Oceans")
    assert rises(before, seqs(*everywhere)) == [True, True, True]
    before = seqs(*everywhere, ("author", "jane-roe"))
    store.authors.rename("jane-roe", "jane", NOON)
    assert rises(before, seqs(*everywhere, ("author", "jane"))) == [True] * 4
    before = seqs(("source", empty.slug))
    store.sources.rename(empty.id, "empty-one", NOON)
    assert rises(before, seqs(("source", "empty-one"))) == [True]


def test_what_is_told_of_an_author_reaches_the_feeds_that_tell_it(newsroom: Newsroom) -> None:
    store = newsroom.store
    newsroom.add(FEED, rss(item(1, extra=JANE)))
    newsroom.round()
    put_author(store, "jane-roe", "Jane Roe")

    def seqs() -> tuple[int, int]:
        publish_touched(store, NOON)
        return seq_of(store, "author", "jane-roe"), seq_of(store, "all")

    first = seqs()
    put_author(store, "jane-roe", "Jane Roe", "Writes of ships.")
    told = seqs()
    assert (told[0] > first[0], told[1] == first[1]) == (True, True)
    put_author(store, "jane-roe", "Jane Roe", "Writes of ships.")
    assert seqs() == told
    put_author(store, "jane-roe", "Jane B. Roe", "Writes of ships.")
    renamed = seqs()
    assert (renamed[0] > told[0], renamed[1] > told[1]) == (True, True)


def test_the_sequence_moves_when_a_source_is_removed(newsroom: Newsroom) -> None:
    source = newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    before = newsroom.store.feeds.seq()
    newsroom.store.sources.set_state(source.id, "removed", NOON)
    publish_touched(newsroom.store, NOON)
    assert newsroom.store.feeds.seq() > before


def test_a_source_that_is_changed_in_part_keeps_the_title_that_it_gives_itself(newsroom: Newsroom) -> None:
    source = newsroom.add(FEED, rss(item(1), title="Harbour News"))
    newsroom.round()
    row = newsroom.store.sources.get(source.slug)
    assert row is not None
    assert (row.source.title, row.source.own_title) == ("Harbour News", None)
    moved(newsroom, row.source)
    newsroom.web.put(MOVED_TO, rss(item(1), title="The Harbour Paper"))
    newsroom.again()
    row = newsroom.store.sources.get(source.slug)
    assert row is not None
    assert row.source.title == "The Harbour Paper"


def test_settings_that_reading_depends_on_make_the_same_document_be_read_anew(newsroom: Newsroom) -> None:
    newsroom.web.put(FEED, rss(item(1)), ETag='"one"')
    source = newsroom.add(FEED)
    newsroom.round()
    store = newsroom.store
    row = store.sources.of_id(source.id)
    assert row is not None
    assert row.poll.etag == '"one"'
    spec = stored_spec(row.source, row.host)
    store.sources.change(source.id, replace(spec, interval=timedelta(hours=3)), NOON)
    row = store.sources.of_id(source.id)
    assert row is not None
    assert row.poll.etag == '"one"'
    store.sources.change(source.id, replace(spec, author_name="Jane Roe"), NOON)
    newsroom.again()
    assert [(author.name, count) for author, count in store.authors.every()] == [("Jane Roe", 1)]
    for changed in (replace(spec, timezone="Europe/Oslo"), replace(spec, title="Harbour")):
        newsroom.again()
        store.sources.change(source.id, changed, NOON)
        row = store.sources.of_id(source.id)
        assert row is not None
        assert (row.poll.etag, row.poll.last_modified, row.poll.body_hash, row.poll.prints) == (
            None,
            None,
            None,
            b"",
        )
