"""What every store must do, told through a newsroom, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.operating.tidy import tidy
from feeds.errors import ClaimLostError, RequestError
from feeds.http.requests import Response
from feeds.model.articles import Article, Tombstone, TopicRule
from feeds.model.fetched import Failed, Hop
from feeds.model.outgoing import FeedKey, FeedPage, RenderedFeed
from feeds.model.settings import KeepSettings
from tests.conftest import open_store
from tests.fakes import NOON, Newsroom, item, rss

ALL = FeedKey(kind="all")
FEED = "https://harbour.example/feed"


def page(store: Store, key: FeedKey = ALL, entries: int = 50, most: int = 500) -> FeedPage:
    found = store.feeds.page(key, entries=entries, window=timedelta(hours=48), most=most)
    assert found is not None
    return found


def titles(store: Store, key: FeedKey = ALL) -> list[str]:
    return [article.title for article in page(store, key).articles]


def test_articles_of_a_new_source_stand_in_its_feed_newest_first(newsroom: Newsroom) -> None:
    newsroom.add(
        FEED,
        rss(
            item(1, date=NOON - timedelta(days=3)), item(2, date=NOON - timedelta(days=1)), item(3, date=None)
        ),
    )
    newsroom.round()
    assert titles(newsroom.store) == ["Story 3", "Story 2", "Story 1"]
    assert titles(newsroom.store, FeedKey(kind="source", slug="harbour-example")) == titles(newsroom.store)


def test_feeds_begin_with_a_first_poll_that_brings_nothing(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss())
    newsroom.round()
    for key in (ALL, FeedKey(kind="source", slug="harbour-example")):
        info = newsroom.store.feeds.info(key)
        assert info is not None
        assert info.changed_at == newsroom.clock.now


def test_an_unchanged_document_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1), item(2)))
    newsroom.round()
    before = newsroom.store.feeds.seq()
    newsroom.web.put(FEED, rss(item(1), item(2), extra="<lastBuildDate>now</lastBuildDate>"))
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert (saved.report.new_count, saved.report.changed_count) == (0, 0)
    assert newsroom.store.feeds.seq() == before


def test_a_new_article_stands_on_top_even_where_its_date_is_old(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    newsroom.web.put(FEED, rss(item(2, date=NOON - timedelta(days=400)), item(1)))
    newsroom.again()
    assert titles(newsroom.store) == ["Story 2", "Story 1"]


def test_an_edit_changes_the_article_and_keeps_its_id_and_place(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1), item(2)))
    newsroom.round()
    before = {one.urn: one for one in page(newsroom.store).articles}
    newsroom.web.put(FEED, rss(item(1, body="The ferry does not run."), item(2)))
    newsroom.again()
    after = {one.urn: one for one in page(newsroom.store).articles}
    assert before.keys() == after.keys()
    (changed,) = [one for one in after.values() if one != before[one.urn]]
    assert "does not run" in changed.content_html
    assert changed.updated_at == newsroom.clock.now
    assert changed.sort_at == before[changed.urn].sort_at


def test_white_space_is_a_minor_change_and_does_not_move_updated(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, body="The &lt;b&gt;ferry&lt;/b&gt; runs.")))
    newsroom.round()
    (before,) = page(newsroom.store).articles
    newsroom.web.put(FEED, rss(item(1, body="The &lt;i&gt;ferry&lt;/i&gt;   runs.")))
    newsroom.again()
    (after,) = page(newsroom.store).articles
    assert after.updated_at == before.updated_at
    assert "<i>" in after.content_html


def test_two_articles_with_one_guid_are_two(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, guid="same"), item(2, guid="same")))
    newsroom.round()
    assert sorted(titles(newsroom.store)) == ["Story 1", "Story 2"]
    newsroom.web.put(FEED, rss(item(1, guid="same"), item(2, guid="same"), item(3, guid="same")))
    newsroom.again()
    newsroom.again()
    assert sorted(titles(newsroom.store)) == ["Story 1", "Story 2", "Story 3"]


def test_guids_that_rotate_bring_nothing_back(newsroom: Newsroom) -> None:
    newsroom.add(
        FEED, rss(item(1, guid="http://harbour.example/1"), item(2, guid="http://harbour.example/2"))
    )
    newsroom.round()
    newsroom.web.put(
        FEED, rss(item(1, guid="https://harbour.example/?p=1"), item(2, guid="https://harbour.example/?p=2"))
    )
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert saved.report.new_count == 0
    assert len(page(newsroom.store).articles) == 2


def test_an_article_in_two_sources_is_one_in_both_feeds(newsroom: Newsroom) -> None:
    guid = "https://harbour.example/1"
    newsroom.add(FEED, rss(item(1, guid=guid)))
    newsroom.round()
    newsroom.add("https://planet.example/feed", rss(item(1, guid=guid), title="Planet"))
    newsroom.again()
    (article,) = page(newsroom.store).articles
    assert article.urn == guid
    assert titles(newsroom.store, FeedKey(kind="source", slug="planet-example")) == ["Story 1"]


def test_nobody_takes_over_the_id_of_another_publisher(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, guid="https://harbour.example/1")))
    newsroom.round()
    newsroom.add(
        "https://thief.example/feed",
        rss(item(9, guid="https://harbour.example/1", link="https://thief.example/9", title="Fake")),
    )
    newsroom.again()
    articles = {one.title: one for one in page(newsroom.store).articles}
    assert articles["Story 1"].urn == "https://harbour.example/1"
    assert articles["Fake"].urn.startswith("urn:uuid:")


def test_authors_are_names_within_one_publisher(newsroom: Newsroom) -> None:
    jane = "<dc:creator>Jane Roe</dc:creator>"
    newsroom.add(FEED, rss(item(1, extra=jane + "<dc:creator>Ann Poe</dc:creator>")))
    newsroom.add("https://other.example/feed", rss(item(2, link="https://other.example/2", extra=jane)))
    newsroom.round()
    by_slug = {author.slug: count for author, count in newsroom.store.authors.every()}
    assert by_slug == {"jane-roe": 1, "jane-roe-2": 1, "ann-poe": 1}
    assert titles(newsroom.store, FeedKey(kind="author", slug="ann-poe")) == ["Story 1"]


def test_a_declared_author_joins_those_found_and_old_addresses_lead_to_it(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, extra="<dc:creator>J. Roe</dc:creator>")))
    newsroom.add(
        "https://other.example/feed",
        rss(item(2, link="https://other.example/2", extra="<dc:creator>Jane Roe</dc:creator>")),
    )
    newsroom.round()
    newsroom.store.authors.put(
        slug="jane",
        name="Jane Roe",
        known_as=["J. Roe"],
        bio="Writes.",
        links=[],
        origin="file",
        now=newsroom.clock(),
    )
    newsroom.round()
    assert sorted(titles(newsroom.store, FeedKey(kind="author", slug="jane"))) == ["Story 1", "Story 2"]
    assert newsroom.store.feeds.slug_now("author", "j-roe") == "jane"
    newsroom.web.put(FEED, rss(item(3, extra="<dc:creator>jane  roe</dc:creator>")))
    newsroom.again()
    assert len(titles(newsroom.store, FeedKey(kind="author", slug="jane"))) == 3


def test_topics_take_articles_by_their_rule_and_give_them_back(newsroom: Newsroom) -> None:
    rule = TopicRule(categories=("Ferries",))
    newsroom.store.topics.put(
        slug="ferries", title="Ferries", description="", rule=rule, origin="admin", now=NOON
    )
    newsroom.add(FEED, rss(item(1, extra="<category>ferries</category>"), item(2)))
    newsroom.round()
    key = FeedKey(kind="topic", slug="ferries")
    assert titles(newsroom.store, key) == ["Story 1"]
    (article,) = page(newsroom.store, key).articles
    assert newsroom.store.topics.set_matches(article.id, (), newsroom.clock())
    newsroom.store.feeds.number_touched(newsroom.clock())
    assert titles(newsroom.store, key) == []
    assert len(titles(newsroom.store)) == 2


def test_a_renamed_topic_is_found_by_its_old_slug_for_ever(newsroom: Newsroom) -> None:
    for slug in ("ships", "boats"):
        newsroom.store.topics.put(
            slug=slug, title=slug, description="", rule=TopicRule(), origin="admin", now=NOON
        )
    before = newsroom.store.feeds.info(FeedKey(kind="topic", slug="ships"))
    newsroom.store.topics.rename("ships", "vessels", NOON)
    after = newsroom.store.feeds.info(FeedKey(kind="topic", slug="vessels"))
    assert before is not None
    assert after is not None
    assert before.feed_urn == after.feed_urn
    assert newsroom.store.feeds.slug_now("topic", "ships") == "vessels"
    assert newsroom.store.feeds.slug_given_at("topic", "vessels") == NOON
    assert newsroom.store.feeds.slug_given_at("topic", "ships") is None
    with pytest.raises(RequestError, match="was used for another topic"):
        newsroom.store.topics.rename("boats", "ships", NOON)


def test_a_withdrawn_article_leaves_every_feed_and_no_source_brings_it_back(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1), item(2)))
    newsroom.round()
    gone = next(one for one in page(newsroom.store).articles if one.title == "Story 1")
    newsroom.store.articles.withdraw(gone.id, reason="a mistake", now=newsroom.clock())
    newsroom.web.put(FEED, rss(item(1, body="again"), item(2)))
    newsroom.again()
    assert titles(newsroom.store) == ["Story 2"]
    found = newsroom.store.articles.get(gone.id)
    assert isinstance(found, Tombstone)
    assert found.urn == gone.urn


def test_a_feed_holds_the_newest_and_the_last_two_days(newsroom: Newsroom) -> None:
    old = [item(n, date=NOON - timedelta(days=10 + n)) for n in range(10)]
    busy = [item(100 + n, date=NOON - timedelta(minutes=n)) for n in range(30)]
    newsroom.add(FEED, rss(*busy, *old))
    newsroom.round()
    assert len(page(newsroom.store, entries=5).articles) == 30
    assert len(page(newsroom.store, entries=35).articles) == 35
    assert len(page(newsroom.store, entries=5, most=20).articles) == 20


def test_a_claimed_host_is_nobody_elses_until_the_claim_runs_out(
    newsroom: Newsroom, database_url: str
) -> None:
    newsroom.add(FEED, rss(item(1)))
    other = open_store(database_url)
    now = newsroom.clock()

    def claim(store: Store, owner: str, later: float = 0) -> int:
        at = now + timedelta(seconds=later)
        return len(
            store.polls.claim(
                owner=owner, now=at, until=at + timedelta(seconds=60), most=50, pause=timedelta(0)
            )
        )

    assert claim(newsroom.store, "one") == 1
    assert claim(other, "two") == 0
    host = "harbour.example"
    assert newsroom.store.polls.extend([host], owner="one", until=now + timedelta(seconds=90)) == {host}
    newsroom.store.engine.run("UPDATE domains SET held_until_at = 0")
    assert claim(other, "two", later=70) == 0
    assert claim(other, "two", later=91) == 1
    assert newsroom.store.polls.extend([host], owner="one", until=now + timedelta(seconds=200)) == set()
    other.polls.release(owner="two")
    assert claim(newsroom.store, "one", later=92) == 1
    other.close()


def test_a_worker_whose_claim_was_taken_over_writes_nothing(newsroom: Newsroom, database_url: str) -> None:
    newsroom.add(FEED, rss(item(1)))
    now = newsroom.clock()
    (late,) = newsroom.store.polls.claim(owner="one", now=now, until=now, most=50, pause=timedelta(0))
    other = open_store(database_url)
    (taken,) = other.polls.claim(owner="two", now=now, until=now, most=50, pause=timedelta(0))
    assert taken.claim_no == late.claim_no + 1
    with pytest.raises(ClaimLostError), newsroom.store.write():
        newsroom.store.polls.check_claim(late.host, late.claim_no)
    with other.write():
        other.polls.check_claim(taken.host, taken.claim_no)
    other.close()


def test_a_domain_gives_leave_once_a_pause_to_all_processes(newsroom: Newsroom) -> None:
    for number in range(4):
        newsroom.store.sources.add(spec_at(f"https://a{number}.harbour.example/feed"), newsroom.clock())
    pause = timedelta(seconds=8)
    dues = newsroom.store.polls.claim(
        owner="one", now=NOON, until=NOON + timedelta(minutes=1), most=50, pause=pause
    )
    assert [due.slot_at - NOON for due in dues] == [timedelta(0), pause, 2 * pause]
    assert newsroom.store.polls.take_slot("harbour.example", now=NOON, pause=pause) == NOON + 3 * pause
    newsroom.store.polls.cool("harbour.example", until=NOON + timedelta(hours=1))
    assert newsroom.store.polls.take_slot("harbour.example", now=NOON, pause=pause) == NOON + timedelta(
        hours=1
    )


def test_numbers_are_gap_free_and_memberships_remember_them(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1), item(2), item(3)))
    newsroom.round()
    rows = newsroom.store.engine.rows("SELECT seq FROM touched ORDER BY seq")
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert newsroom.store.feeds.seq() == len(rows)
    joined = newsroom.store.engine.rows("SELECT joined_seq FROM memberships")
    assert sorted(row["joined_seq"] for row in joined) == [row["seq"] for row in rows]


def test_equal_bytes_keep_their_time_and_time_never_goes_back(store: Store) -> None:
    def keep(body: bytes, seq: int, minutes: int) -> RenderedFeed:
        made = RenderedFeed(
            body=body,
            media_type="application/atom+xml",
            etag=body.hex(),
            changed_at=NOON + timedelta(minutes=minutes),
        )
        return store.feeds.keep_rendered(ALL, "atom", "r1", seq, made)

    assert store.feeds.info(ALL) is not None
    assert keep(b"a", 1, 0).changed_at == NOON
    assert keep(b"a", 2, 5).changed_at == NOON
    assert keep(b"b", 3, 6).changed_at == NOON + timedelta(minutes=6)
    assert keep(b"c", 4, 1).changed_at == NOON + timedelta(minutes=6)
    kept = store.feeds.rendered(ALL, "atom", "r1")
    assert kept is not None
    assert (kept[0], kept[1].body) == (4, b"c")
    assert store.feeds.rendered(ALL, "atom", "r2") is None


def test_jobs_are_done_once_and_taken_over_when_their_worker_falls_silent(store: Store) -> None:
    number = store.jobs.add("rematch", {"topic": "x"}, asked_by="admin", now=NOON)
    job = store.jobs.claim(owner="one", now=NOON, until=NOON + timedelta(minutes=1))
    assert job is not None
    assert (job.id, job.arguments, job.state) == (number, {"topic": "x"}, "running")
    assert store.jobs.claim(owner="two", now=NOON, until=NOON) is None
    later = NOON + timedelta(minutes=2)
    assert store.jobs.claim(owner="two", now=later, until=later) is not None
    store.jobs.finish(number, owner="two", state="done", message="done", result={"moved": 3}, now=later)
    done = store.jobs.get(number)
    assert done is not None
    assert (done.state, done.result) == ("done", {"moved": 3})


def test_a_removed_source_comes_back_with_its_articles(newsroom: Newsroom) -> None:
    source = newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    newsroom.store.sources.set_state(source.id, "removed", newsroom.clock())
    assert newsroom.store.sources.every() == ()
    back = newsroom.add(FEED)
    assert back.id == source.id
    newsroom.again()
    assert titles(newsroom.store) == ["Story 1"]


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write():  # noqa: PT012 - the block is what fails
        store.kept.put("a", "1")
        raise RuntimeError
    assert store.kept.get("a") is None
    with store.write():
        store.kept.put("a", "1")
        with pytest.raises(RuntimeError), store.write():  # noqa: PT012 - the block is what fails
            store.kept.put("b", "2")
            raise RuntimeError
    assert (store.kept.get("a"), store.kept.get("b")) == ("1", None)


def test_an_article_is_whole(newsroom: Newsroom) -> None:
    media = (
        '<media:content url="/boat.jpg" medium="image"><media:credit>Ann Poe / Agency</media:credit>'
        "<media:description>A boat</media:description></media:content>"
    )
    newsroom.add(FEED, rss(item(1, extra=media + '<enclosure url="/a.mp3" type="audio/mpeg" length="7"/>')))
    newsroom.round()
    (article,) = page(newsroom.store).articles
    assert isinstance(article, Article)
    (image,) = article.images
    assert (image.url, image.credit, image.caption) == (
        "https://harbour.example/boat.jpg",
        "Ann Poe / Agency",
        "A boat",
    )
    assert [(one.url, one.length) for one in article.enclosures] == [("https://harbour.example/a.mp3", 7)]
    assert article.source.title == "Harbour News"


def test_a_domain_is_asked_by_one_process_at_a_time(newsroom: Newsroom, database_url: str) -> None:
    for host in ("a", "b"):
        newsroom.store.sources.add(spec_at(f"https://{host}.harbour.example/feed"), NOON)
    until = NOON + timedelta(minutes=1)

    def claim(store: Store, owner: str, most: int = 50) -> list[str]:
        dues = store.polls.claim(owner=owner, now=NOON, until=until, most=most, pause=timedelta(0))
        return [due.host for due in dues]

    other = open_store(database_url)
    assert claim(newsroom.store, "one", most=1) == ["a.harbour.example"]
    assert claim(other, "two") == []
    assert claim(newsroom.store, "one") == ["b.harbour.example"]
    newsroom.store.polls.release(owner="one", hosts_done=["a.harbour.example"])
    newsroom.store.sources.poll_soon([row.source.id for row in newsroom.store.sources.every()], NOON)
    assert claim(other, "two") == []
    newsroom.store.polls.release(owner="one", hosts_done=["b.harbour.example"])
    assert len(claim(other, "two")) == 2
    other.close()


def test_whoever_asks_a_domain_next_waits_for_the_pause_after_it_was_let_go(newsroom: Newsroom) -> None:
    newsroom.store.sources.add(spec_at("https://harbour.example/feed"), NOON)
    pause, until = timedelta(seconds=3), NOON + timedelta(minutes=1)
    store = newsroom.store
    (due,) = store.polls.claim(owner="one", now=NOON, until=until, most=5, pause=pause)
    assert due.slot_at == NOON
    # The answer took ten seconds, longer than the pause between the beginnings of two requests.
    store.polls.release(owner="one", next_at=NOON + timedelta(seconds=10) + pause)
    store.sources.poll_soon([due.source.id], NOON)
    later = NOON + timedelta(seconds=11)
    (due,) = store.polls.claim(owner="two", now=later, until=until, most=5, pause=pause)
    assert due.slot_at == NOON + timedelta(seconds=13)
    store.polls.release(owner="two", next_at=NOON)
    assert store.polls.take_slot("harbour.example", now=later, pause=pause) == NOON + timedelta(seconds=16)


def test_a_429_rests_the_whole_domain_and_a_503_the_host(newsroom: Newsroom) -> None:
    urls = [f"https://{host}.harbour.example/{n}" for host in ("a", "b") for n in (1, 2)]
    for url in urls:
        newsroom.add(url, rss(item(url)))
    newsroom.web.put(urls[0], "", status=503)
    newsroom.round()
    newsroom.again(minutes=5)
    assert [asked.url for asked in newsroom.web.asked[4:]].count(urls[1]) == 0
    newsroom.web.put(urls[2], "", status=429, Retry_After="7200")
    newsroom.again(minutes=30)
    before = len(newsroom.web.asked)
    newsroom.again(minutes=100)
    assert len(newsroom.web.asked) == before
    newsroom.clock.move(minutes=21)
    newsroom.round()
    assert len(newsroom.web.asked) > before


def test_a_source_that_keeps_failing_is_told_of_once_and_well_again_when_it_answers(
    newsroom: Newsroom,
) -> None:
    newsroom.add(FEED, rss(item(1)))
    newsroom.web.put(FEED, "", status=500)
    for _ in range(6):
        newsroom.again(days=1)
    (alert,) = newsroom.store.alerts.open_ones()
    assert (alert.kind, alert.subject) == ("source", "harbour-example")
    assert "status 500" in alert.message
    (row,) = newsroom.store.sources.every()
    assert row.source.state == "active"
    newsroom.web.put(FEED, rss(item(1)))
    newsroom.again(days=1)
    assert newsroom.store.alerts.open_ones() == ()


def test_when_our_network_is_gone_no_source_is_blamed(newsroom: Newsroom) -> None:
    urls = [f"https://s{n}.example/feed" for n in range(6)]
    for url in urls:
        newsroom.add(url, rss(item(url, link=url + "/1")))
    newsroom.round()
    for url in urls:
        newsroom.web.pages[url] = Failed(
            url=url, state="name", detail="The name of the host cannot be found."
        )
    newsroom.again()
    (alert,) = newsroom.store.alerts.open_ones()
    assert alert.kind == "network"
    assert {(row.poll.failure_count, row.poll.status) for row in newsroom.store.sources.every()} == {
        (0, "well")
    }
    for url in urls:
        newsroom.web.put(url, rss(item(url, link=url + "/1")))
    newsroom.again()
    assert newsroom.store.alerts.open_ones() == ()


def test_what_a_source_asks_for_is_kept_beside_its_rhythm(newsroom: Newsroom) -> None:
    dates = [NOON - timedelta(hours=4 * n) for n in range(1, 6)]
    skips = "<ttl>600</ttl><skipHours><hour>22</hour><hour>23</hour></skipHours>"
    newsroom.add(FEED, rss(*(item(n, date=date) for n, date in enumerate(dates)), extra=skips))
    newsroom.round()
    (row,) = newsroom.store.sources.every()
    assert (row.poll.gap, row.poll.asked) == (timedelta(hours=4), timedelta(hours=10))
    assert row.poll.skips.hours == frozenset({22, 23})
    assert row.poll.next_poll_at == NOON + timedelta(hours=12)
    assert row.poll.reason == "the source asks for it"


def test_a_permanent_redirect_is_believed_after_days_and_a_temporary_one_never(newsroom: Newsroom) -> None:
    new = "https://new.harbour.example/feed"
    newsroom.add(FEED, rss(item(1)))

    def moved(status: int) -> None:
        body = rss(item(1)).encode()
        hops = (Hop(status=status, from_url=FEED, to_url=new),)
        newsroom.web.pages[FEED] = Response(url=new, status=200, headers=(), body=body, hops=hops)

    def address() -> str:
        (row,) = newsroom.store.sources.every()
        return row.source.fetch_url

    moved(302)
    for _ in range(9):
        newsroom.again(days=1)
    assert address() == FEED
    moved(301)
    for _ in range(3):
        newsroom.again(hours=2)
    assert address() == FEED
    newsroom.web.put(FEED, rss(item(1)))
    newsroom.again(days=4)
    moved(308)
    for _ in range(5):
        assert address() == FEED
        newsroom.again(days=1)
    assert address() == new
    newsroom.web.put(new, rss(item(1), item(2)))
    newsroom.again()
    assert sorted(titles(newsroom.store)) == ["Story 1", "Story 2"]
    row = newsroom.store.sources.at(FEED)
    assert row is not None
    assert row.source.first_url == FEED


def test_what_is_kept_no_longer_loses_its_content_and_no_source_brings_it_back(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, date=NOON - timedelta(days=40)), item(2)))
    newsroom.round()
    old = next(one for one in page(newsroom.store).articles if one.title == "Story 1")
    assert tidy(newsroom.store, KeepSettings(), newsroom.clock()) == 0
    keep = KeepSettings(articles=timedelta(days=30), versions=timedelta(days=1))
    assert tidy(newsroom.store, keep, newsroom.clock()) == 1
    newsroom.web.put(FEED, rss(item(1, body="Told anew.", date=NOON - timedelta(days=40)), item(2)))
    newsroom.again()
    assert titles(newsroom.store) == ["Story 2"]
    found = newsroom.store.articles.get(old.id)
    assert isinstance(found, Tombstone)
    rows = newsroom.store.engine.rows(
        "SELECT content_html FROM contents WHERE article_id = :id", {"id": old.id}
    )
    assert rows == []
    assert newsroom.store.upkeep.check() == ()


def test_work_that_ended_is_let_go_and_what_waits_is_not(store: Store) -> None:
    old, waiting = (store.jobs.add("look", {"url": "x"}, asked_by="test", now=NOON) for _ in range(2))
    store.jobs.claim(owner="one", now=NOON, until=NOON + timedelta(minutes=2))
    store.jobs.finish(old, owner="one", state="done", message="", result={"url": "x"}, now=NOON)
    assert store.jobs.forget(before=NOON) == 0
    assert store.jobs.forget(before=NOON + timedelta(days=7)) == 1
    assert store.jobs.get(old) is None
    assert store.jobs.get(waiting) is not None


def test_a_site_without_anything_shows_its_first_page(store: Store) -> None:
    assert page(store).articles == ()
    assert store.feeds.info(ALL) is not None
