"""Declarations and the store: what the file says is done, once, and what it lets go is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.declaring.declare import REMATCH, declare, problems, refresh, require_not_declared
from feeds.actions.declaring.export import stored_declarations
from feeds.actions.declaring.specs import spec_at
from feeds.actions.publishing.publish import publish_touched
from feeds.config.load import parse
from feeds.config.toml_writer import declarations_toml
from feeds.errors import ConfigError, OwnedByFileError, RequestError
from feeds.model.articles import TopicRule
from feeds.model.outgoing import FeedKey
from feeds.model.settings import Settings
from tests.fakes import Newsroom, item, rss

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SITE = """
[[topic]]
slug = "sea"
categories = ["Sea"]

[[source]]
url = "https://news.example/feed"
slug = "news"
topics = ["sea"]

[[source]]
url = "https://me:secret@blog.example/rss"
title = "A Blog"

[[author]]
name = "Ines Halvorsen"
known_as = ["I. Halvorsen"]
"""


def settings(text: str) -> Settings:
    return parse(text, Path("/site/config.toml"), {})


def test_what_the_file_declares_comes_into_the_store(store: Store) -> None:
    report = declare(store, settings(SITE), NOW)
    assert report.added == ["topic sea", "source news", "source a-blog", "author ines-halvorsen"]
    assert not report.problems
    news, blog = store.sources.get("news"), store.sources.get("a-blog")
    assert news is not None
    assert blog is not None
    assert (news.source.origin, news.source.topic_slugs, news.source.public_url) == (
        "file",
        ("sea",),
        "https://news.example/feed",
    )
    assert (blog.source.fetch_url, blog.source.public_url) == ("https://me:secret@blog.example/rss", None)
    assert [topic.title for topic in store.topics.every()] == ["Sea"]
    assert [author.known_as for author, _ in store.authors.every()] == [("I. Halvorsen",)]


def test_the_same_file_is_applied_once(store: Store) -> None:
    declare(store, settings(SITE), NOW)
    assert declare(store, settings(SITE + "\n# a comment"), LATER).is_empty()


def test_changing_one_word_changes_one_thing(store: Store) -> None:
    declare(store, settings(SITE), NOW)
    report = declare(store, settings(SITE.replace('"A Blog"', '"The Blog"')), LATER)
    assert (report.added, report.changed, report.paused) == ([], ["source a-blog"], [])


def test_what_vanishes_is_paused_and_comes_back(store: Store) -> None:
    declare(store, settings(SITE), NOW)
    report = declare(store, settings('[site]\ntitle = "x"'), LATER)
    assert report.paused == ["topic sea", "source a-blog", "source news"]
    row = store.sources.get("news")
    assert row is not None
    assert row.source.state == "paused"
    assert row.poll.next_poll_at is None
    assert [(author.slug, author.origin) for author, _ in store.authors.every()] == [
        ("ines-halvorsen", "admin")
    ]
    again = declare(store, settings(SITE), LATER)
    assert set(again.changed) == {"topic sea", "source news", "source a-blog", "author ines-halvorsen"}
    assert again.added == []
    assert {row.source.state for row in store.sources.every()} == {"active"}


def test_renames_are_declared_and_old_slugs_lead_on(store: Store) -> None:
    declare(store, settings(SITE), NOW)
    text = (
        SITE.replace('slug = "sea"', 'slug = "ocean"\nwas = ["sea"]')
        .replace('topics = ["sea"]', 'topics = ["ocean"]')
        .replace('url = "https://news.example/feed"', 'url = "https://new.example/f"\nwas = ["https://news.example/feed"]')
        .replace('slug = "news"', 'slug = "paper"')
        .replace('name = "Ines Halvorsen"', 'name = "Ines Halvorsen"\nslug = "ines"\nwas = ["ines-halvorsen"]')
    )  # fmt: skip
    before = store.sources.get("news")
    report = declare(store, settings(text), LATER)
    assert report.renamed == ["topic sea → ocean", "source news → paper", "author ines-halvorsen → ines"]
    after = store.sources.get("news")
    assert before is not None
    assert after is not None
    assert (after.source.id, after.source.slug, after.source.fetch_url, after.source.first_url) == (
        before.source.id, "paper", "https://new.example/f", "https://news.example/feed",
    )  # fmt: skip
    assert store.feeds.slug_now("topic", "sea") == "ocean"
    assert store.feeds.slug_now("author", "ines-halvorsen") == "ines"
    assert report.problems == []


def test_what_cannot_be_is_told_and_the_rest_is_applied(store: Store) -> None:
    declare(store, settings(SITE), NOW)
    moved = SITE.replace('slug = "news"', 'slug = "paper"')
    declare(store, settings(moved), NOW)
    # A slug that once was another source's is never given again.
    text = (
        moved
        + """
[[source]]
url = "/sample/x.rss"
[[source]]
url = "https://third.example/"
slug = "news"
[[topic]]
slug = "new"
"""
    )
    report = declare(store, settings(text), LATER)
    assert report.added == ["topic new", "source news-2"]
    assert len(report.problems) == 2
    assert "in the demonstration only" in report.problems[0]
    assert "'news' was used before" in report.problems[1]
    assert problems(store) == tuple(report.problems)
    assert declare(store, settings(text), LATER).is_empty()
    assert problems(store) == tuple(report.problems)
    paper = store.sources.get("paper")
    assert paper is not None
    assert paper.source.fetch_url == "https://news.example/feed"


def test_a_broken_file_changes_nothing_and_is_told_until_mended(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(SITE)
    refresh(store, file, {}, NOW)
    file.write_text(SITE.replace("topics = ", "topcs = "))
    report = refresh(store, file, {}, LATER)
    assert report.problems == ["config.toml:9: source.topcs: no such setting; did you mean topics?"]
    assert problems(store) == tuple(report.problems)
    assert len(store.sources.every()) == 2
    file.write_text(SITE)
    assert refresh(store, file, {}, LATER).is_empty()
    assert problems(store) == ()


def test_a_source_of_the_store_becomes_the_files_when_declared(store: Store) -> None:
    store.sources.add(spec_at("https://news.example/feed"), NOW)
    report = declare(store, settings(SITE), NOW)
    row = store.sources.at("https://news.example/feed")
    assert row is not None
    assert (row.source.slug, row.source.origin) == ("news", "file")
    assert "source news" in report.changed


def test_what_the_file_owns_is_changed_there(store: Store) -> None:
    site = settings(SITE)
    with pytest.raises(OwnedByFileError, match=r"/site/config\.toml:6 declares this source"):
        require_not_declared(site, "source", "news")
    with pytest.raises(OwnedByFileError, match=r"config\.toml:15 declares this author"):
        require_not_declared(site, "author", "ines-halvorsen")
    require_not_declared(site, "topic", "news")


def test_no_job_holds_articles_against_new_rules_where_there_are_none(store: Store) -> None:
    declare(store, settings(SITE), NOW)
    assert store.jobs.claim(owner="x", now=NOW, until=LATER) is None
    assert REMATCH == "rematch"


def test_the_store_written_as_declarations_says_the_same_again(store: Store) -> None:
    declare(store, settings(SITE), NOW)
    text = declarations_toml(stored_declarations(store))
    again = declare(store, settings(text), LATER)
    assert again.added == again.renamed == again.paused == again.problems == []


def test_the_port_of_the_demonstration_may_change(store: Store) -> None:
    shipped = Path(__file__).resolve().parents[3] / "config.toml"
    text = shipped.read_text(encoding="utf-8")
    declare(store, parse(text, shipped, {}), NOW)
    ids = {row.source.slug: row.source.id for row in store.sources.every()}
    report = declare(store, parse(text, shipped, {"FEEDWRIGHT_WEB_PORT": "9999"}), LATER)
    assert report.added == report.paused == report.problems == []
    rows = store.sources.every()
    assert {row.source.slug: row.source.id for row in rows} == ids
    assert all(row.source.fetch_url.startswith("http://127.0.0.1:9999/sample/") for row in rows)
    assert all(row.source.is_sample for row in rows)


@pytest.mark.parametrize("url", ["ftp://a.example/", "news", "", "javascript:1", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(RequestError, match="no address"):
        spec_at(url)


def test_addresses_of_feed_readers_are_understood() -> None:
    assert spec_at("feed://a.example/x").fetch_url == "http://a.example/x"
    assert spec_at("feed:http://a.example/x").fetch_url == "http://a.example/x"
    assert spec_at("http://127.0.0.1:81/x").host == "127.0.0.1:81"
    assert spec_at("http://a.example/x?token=abc").public_url is None


TOPIC = '[[topic]]\nslug = "{slug}"\nphrases = ["pier", "quay"]\n{extra}\n'


def told(store: Store, *topics: str) -> list[str]:
    return list(declare(store, settings("".join(topics)), LATER).problems)


def test_a_renamed_topic_without_was_is_told_with_the_line_to_add(store: Store) -> None:
    told(store, TOPIC.format(slug="harbor", extra=""))
    (problem,) = told(store, TOPIC.format(slug="harbour", extra=""))
    assert 'add was = ["harbor"]' in problem
    assert problems(store) == (problem,)


def test_a_topic_that_is_new_beside_one_that_vanished_is_not_taken_for_it(store: Store) -> None:
    told(store, TOPIC.format(slug="harbor", extra=""))
    assert told(store, '[[topic]]\nslug = "weather"\ncategories = ["Weather"]\n') == []


def test_a_was_that_comes_later_makes_both_one(newsroom: Newsroom) -> None:
    store = newsroom.store
    told(store, TOPIC.format(slug="harbor", extra=""))
    newsroom.add("https://a.example/feed", rss(item(1, title="The pier")))
    newsroom.round()
    told(store, TOPIC.format(slug="harbour", extra=""))
    newsroom.web.put("https://a.example/feed", rss(item(1, title="The pier"), item(2, title="The quay")))
    newsroom.again()
    assert told(store, TOPIC.format(slug="harbour", extra='was = ["harbor"]')) == []
    publish_touched(store, newsroom.clock())
    assert [one.slug for one in store.topics.every()] == ["harbour"]
    assert store.feeds.slug_now("topic", "harbor") == "harbour"
    page = store.feeds.page(FeedKey(kind="topic", slug="harbour"), entries=9, window=timedelta(0), most=9)
    assert page is not None
    assert sorted(one.title for one in page.articles) == ["The pier", "The quay"]


def test_export_keeps_former_names_and_pauses_in_a_fresh_store(store: Store, tmp_path: Path) -> None:
    declare(store, settings(SITE + TOPIC.format(slug="pier", extra="paused = true")), NOW)
    store.topics.rename("sea", "ocean", LATER)
    news = store.sources.get("news")
    assert news is not None
    store.sources.rename(news.source.id, "newspaper", LATER)
    store.sources.set_state(news.source.id, "paused", LATER)
    store.authors.rename("ines-halvorsen", "ines", LATER)
    exported = declarations_toml(stored_declarations(store))
    engine = SqliteEngine(tmp_path / "fresh.db")
    migrate(engine)
    fresh = Store(engine)
    assert not declare(fresh, settings(exported), NOW).problems
    for kind, old, new in (
        ("topic", "sea", "ocean"),
        ("source", "news", "newspaper"),
        ("author", "ines-halvorsen", "ines"),
    ):
        assert fresh.feeds.slug_now(kind, old) == new  # type: ignore[arg-type]
    row = fresh.sources.get("newspaper")
    assert row is not None
    assert (row.source.state, row.source.topic_slugs) == ("paused", ("ocean",))
    assert {one.slug: one.state for one in fresh.topics.every()} == {"ocean": "active", "pier": "paused"}
    assert declarations_toml(stored_declarations(fresh)) == exported
    fresh.close()


def test_a_retired_topic_ends_and_may_begin_again(store: Store) -> None:
    rule = TopicRule(phrases=("pier",))
    store.topics.put(slug="pier", title="Pier", description="", rule=rule, origin="admin", now=NOW)
    store.changes.retire_topic("pier", NOW)
    assert store.feeds.info(FeedKey(kind="topic", slug="pier")) is None
    assert not store.feeds.is_hidden(FeedKey(kind="topic", slug="pier"))
    store.topics.put(slug="pier", title="Pier", description="", rule=rule, origin="admin", now=LATER)
    assert store.feeds.info(FeedKey(kind="topic", slug="pier")) is not None


def test_a_declared_handle_stands_with_the_author_and_survives_the_way_out(store: Store) -> None:
    text = "[site]\ntitle = 'x'\n[[author]]\nname = 'Ines Halvorsen'\nfediverse = 'ines@Example.social'\n"
    declare(store, parse(text, Path("config.toml"), {}), NOW)
    [found] = stored_declarations(store).authors
    assert found.fediverse == "@ines@example.social"
    with pytest.raises(ConfigError, match="expected a handle"):
        parse(text.replace("ines@Example.social", "https://example.social/@ines"), Path("config.toml"), {})
