"""Articles that an aggregator brought first become their publisher's, quietly; nobody else's. Over both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.actions.publishing.publish import publish_touched
from feeds.http.requests import Response
from feeds.model.articles import Article, Tombstone
from feeds.model.fetched import Hop
from feeds.model.outgoing import FeedKey
from feeds.text.markup import text_of_html
from tests.db.test_store_contract import page, titles
from tests.fakes import NOON, Newsroom, item, rss

PLANET, HARBOUR = "https://planet.example/feed", "https://harbour.example/feed"


def links(*bodies: str, host: str = "harbour.example", extra: str = "") -> str:
    """Stories of these bodies, each with one address as guid and link."""
    return rss(
        *(
            item(n, link=f"https://{host}/{n}", guid=f"https://{host}/{n}", body=body)
            for n, body in enumerate(bodies, 1)
        ),
        extra=extra,
    )


def graves(*numbers: int) -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">'
        "<title>Harbour</title><id>tag:harbour.example,2026:f</id><updated>2026-11-22T10:00:00Z</updated>"
        + "".join(
            f'<at:deleted-entry ref="https://harbour.example/{n}" when="2026-11-22T11:00:00Z"/>'
            for n in numbers
        )
        + "</feed>"
    )


def articles(newsroom: Newsroom) -> dict[int, Article]:
    return {one.id: one for one in page(newsroom.store).articles}


def only(newsroom: Newsroom) -> Article:
    (article,) = page(newsroom.store).articles
    return article


def text(newsroom: Newsroom) -> str:
    return text_of_html(only(newsroom).content_html)


def both(newsroom: Newsroom, *, first: str = PLANET, second: str = HARBOUR) -> Article:
    """One story that the first source tells as a teaser, then the second in full; the article as it was before."""
    newsroom.add(first, links("A ferry."))
    newsroom.round()
    before = only(newsroom)
    newsroom.add(second, links("The ferry runs again, and everybody is on it."))
    newsroom.again()
    return before


def test_the_publisher_makes_an_aggregators_article_its_own_and_readers_are_not_told(
    newsroom: Newsroom,
) -> None:
    newsroom.add(PLANET, links(*["A teaser."] * 50, extra="<copyright>Planet</copyright>"))
    newsroom.round()
    before = articles(newsroom)
    spec = replace(spec_at(HARBOUR), share="excerpt")
    newsroom.store.sources.add(spec, newsroom.clock())
    newsroom.web.put(HARBOUR, links(*["The whole text of it."] * 50, extra="<copyright>Harbour</copyright>"))
    newsroom.again()
    after = articles(newsroom)
    assert after.keys() == before.keys()
    for key, article in after.items():
        assert text_of_html(article.content_html) == "The whole text of it."
        assert (article.source.slug, article.source.share) == ("harbour-example", "excerpt")
        assert article.source.rights == "Harbour"
        was = before[key]
        assert (article.urn, article.sort_at, article.effective_at) == (
            was.urn,
            was.sort_at,
            was.effective_at,
        )
        assert article.updated_at == was.updated_at
    for slug in ("planet-example", "harbour-example"):
        assert len(titles(newsroom.store, FeedKey(kind="source", slug=slug))) == 50


def test_later_edits_of_the_publisher_count_and_the_aggregators_do_not(newsroom: Newsroom) -> None:
    before = both(newsroom)
    newsroom.web.put(PLANET, links("What the planet made of it."))
    (told,) = [one for one in newsroom.again() if one.polled.due.source.fetch_url == PLANET]
    assert told.report is not None
    assert told.report.changed_count == 0
    assert text(newsroom) == "The ferry runs again, and everybody is on it."
    newsroom.web.put(HARBOUR, links("No ferry runs."))
    newsroom.again()
    assert text(newsroom) == "No ferry runs."
    assert only(newsroom).updated_at == newsroom.clock.now > before.updated_at


def test_what_both_tell_alike_changes_hands_and_no_version(newsroom: Newsroom) -> None:
    newsroom.add(PLANET, links("A ferry."))
    newsroom.round()
    newsroom.add(HARBOUR, links("A ferry."))
    newsroom.again()
    assert only(newsroom).source.slug == "harbour-example"
    assert newsroom.store.articles.versions(only(newsroom).id) == ()
    again = newsroom.again()
    assert [one.report.changed_count for one in again if one.report is not None] == [0, 0]


def test_a_takeover_is_no_change_of_ids(newsroom: Newsroom) -> None:
    newsroom.add(HARBOUR, rss())
    newsroom.add(PLANET, links(*["A teaser."] * 12))
    newsroom.round()
    newsroom.web.put(HARBOUR, links(*["In full."] * 12))
    newsroom.again()
    assert {one.source.slug for one in articles(newsroom).values()} == {"harbour-example"}
    assert newsroom.store.alerts.open_ones() == ()


@pytest.mark.parametrize("is_told", [True, False])
def test_the_publisher_takes_back_what_an_aggregator_brought(newsroom: Newsroom, is_told: bool) -> None:
    newsroom.add(PLANET, links("One.", "Two."))
    newsroom.round()
    newsroom.add(HARBOUR, links("One.") if is_told else graves(1))
    newsroom.again()
    newsroom.web.put(HARBOUR, graves(1))
    newsroom.again()
    assert titles(newsroom.store) == ["Story 2"]
    newsroom.web.put(PLANET, links("One, once more.", "Two."))
    newsroom.again()
    assert titles(newsroom.store) == ["Story 2"]


@pytest.mark.parametrize("first", [PLANET, "https://news.harbour.example/all"])
@pytest.mark.parametrize("second", ["https://evil.example/feed", "https://harbour.example.evil.example/feed"])
def test_nobody_but_the_publisher_takes_over(newsroom: Newsroom, first: str, second: str) -> None:
    both(newsroom, first=first, second=second)
    newsroom.web.put(second, graves(1))
    newsroom.again()
    assert text(newsroom) == "A ferry."


def test_sources_of_one_domain_take_nothing_from_each_other(newsroom: Newsroom) -> None:
    both(newsroom, first="https://sport.harbour.example/feed", second=HARBOUR)
    assert text(newsroom) == "A ferry."
    newsroom.web.put(HARBOUR, graves(1))
    newsroom.again()
    assert titles(newsroom.store) == ["Story 1"]


def test_blogs_of_one_platform_are_two_publishers(newsroom: Newsroom) -> None:
    newsroom.add(PLANET, links("A ferry.", host="harbour.blogspot.com"))
    newsroom.round()
    newsroom.add("https://evil.blogspot.com/feed", links("Pills.", host="harbour.blogspot.com"))
    newsroom.again()
    assert text(newsroom) == "A ferry."
    newsroom.add("https://harbour.blogspot.com/feed", links("The ferry runs.", host="harbour.blogspot.com"))
    newsroom.again()
    assert text(newsroom) == "The ferry runs."


def answer(url: str, body: str) -> Response:
    hops = (Hop(status=302, from_url="https://harbour.example/out?to=1", to_url=url),)
    return Response(url=url, status=200, headers=(), body=body.encode(), hops=hops)


@pytest.mark.parametrize(
    ("answered_by", "is_taken"),
    [("https://evil.example/feed", False), ("https://www.harbour.example/feed", True)],
)
def test_an_open_redirect_of_the_publisher_proves_nothing(
    newsroom: Newsroom, answered_by: str, is_taken: bool
) -> None:
    newsroom.add(PLANET, links("A ferry."))
    newsroom.round()
    out = "https://harbour.example/out?to=1"
    newsroom.add(out)
    newsroom.web.pages[out] = answer(answered_by, links("Pills."))
    newsroom.again()
    assert text(newsroom) == ("Pills." if is_taken else "A ferry.")
    newsroom.web.pages[out] = answer(answered_by, graves(1))
    newsroom.again()
    assert titles(newsroom.store) == ([] if is_taken else ["Story 1"])


def test_a_source_that_moved_away_speaks_for_its_former_domain_no_more(newsroom: Newsroom) -> None:
    newsroom.add(PLANET, links("A ferry."))
    newsroom.round()
    source = newsroom.add(HARBOUR)
    # As following a permanent redirect leaves it: the former domain stays what its authors are known by.
    newsroom.web.put("https://evil.example/feed", links("Pills."))
    moved = replace(spec_at("https://evil.example/feed"), domain=source.domain)
    newsroom.store.sources.change(source.id, moved, newsroom.clock())
    newsroom.again()
    assert text(newsroom) == "A ferry."


def test_what_was_withdrawn_is_taken_over_by_nobody(newsroom: Newsroom) -> None:
    newsroom.add(PLANET, links("A ferry."))
    newsroom.round()
    article = only(newsroom)
    newsroom.store.articles.withdraw(article.id, reason="asked for", now=newsroom.clock())
    newsroom.add(HARBOUR, links("In full."))
    newsroom.again()
    assert isinstance(newsroom.store.articles.get(article.id), Tombstone)
    newsroom.store.articles.restore(article.id, newsroom.clock())
    publish_touched(newsroom.store, newsroom.clock())
    assert text(newsroom) == "A ferry."


def test_what_its_publisher_let_end_is_withdrawn(newsroom: Newsroom) -> None:
    newsroom.add(PLANET, links("A ferry."))
    newsroom.round()
    ended = (
        '<dcterms:valid xmlns:dcterms="http://purl.org/dc/terms/">end=2026-11-22T11:00:00Z</dcterms:valid>'
    )
    one = "https://harbour.example/1"
    newsroom.add(HARBOUR, rss(item(1, link=one, guid=one, extra=ended)))
    newsroom.again()
    assert titles(newsroom.store) == []


# whose source is removed


def remove(newsroom: Newsroom, url: str) -> None:
    row = newsroom.store.sources.at(url)
    assert row is not None
    newsroom.store.sources.set_state(row.source.id, "removed", newsroom.clock())


def told(newsroom: Newsroom, url: str, body: str) -> datetime:
    newsroom.web.put(url, links(body))
    newsroom.again()
    return only(newsroom).updated_at


@pytest.mark.parametrize(
    ("first", "second"),
    [(PLANET, "https://other.example/feed"), ("https://sport.harbour.example/feed", HARBOUR)],
)
def test_who_is_left_takes_over_from_a_removed_source(newsroom: Newsroom, first: str, second: str) -> None:
    before = both(newsroom, first=first, second=second)
    assert text(newsroom) == "A ferry."
    remove(newsroom, first)
    assert told(newsroom, second, "It runs late.") == before.updated_at
    assert text(newsroom) == "It runs late."
    assert told(newsroom, second, "It stays in the harbour.") == newsroom.clock.now
    assert text(newsroom) == "It stays in the harbour."


def test_nobody_inherits_what_a_removed_publisher_brought(newsroom: Newsroom) -> None:
    both(newsroom, first=HARBOUR, second=PLANET)
    remove(newsroom, HARBOUR)
    told(newsroom, PLANET, "Pills.")
    assert text(newsroom) == "A ferry."
    newsroom.web.put(PLANET, graves(1))
    newsroom.again()
    assert text(newsroom) == "A ferry."


def test_who_inherits_cannot_take_an_article_to_another_domain(newsroom: Newsroom) -> None:
    other = "https://other.example/feed"
    both(newsroom, second=other)
    remove(newsroom, PLANET)
    one = "https://harbour.example/1"
    newsroom.web.put(other, rss(item(1, link="https://other.example/pills", guid=one, body="Pills.")))
    newsroom.again()
    assert (only(newsroom).url, text(newsroom)) == (one, "A ferry.")


def test_articles_without_an_address_are_nobodys_to_inherit(newsroom: Newsroom) -> None:
    for url, body in ((PLANET, "A ferry."), ("https://other.example/feed", "Pills.")):
        newsroom.add(url, rss(item(1, link="", guid="tag:harbour.example,2026:1", body=body)))
        newsroom.again()
        remove(newsroom, PLANET)
    newsroom.web.put(
        "https://other.example/feed", rss(item(1, link="", guid="tag:harbour.example,2026:1", body="More."))
    )
    newsroom.again(days=1)
    assert text(newsroom) == "A ferry."
    assert only(newsroom).effective_at == NOON - timedelta(hours=2)
