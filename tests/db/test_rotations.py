"""Ids that change, states that flap, articles that are taken back: over both engines, poll by poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.actions.editing import withdrawals
from feeds.actions.operating.tidy import tidy
from feeds.model.articles import Article, Tombstone
from feeds.model.incoming import SourceOptions
from feeds.model.outgoing import FeedKey
from feeds.model.settings import KeepSettings
from feeds.text.markup import text_of_html
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
TITLES = (
    "Ferry timetable changes",
    "Seals counted again",
    "Crane painted blue",
    "Fog over the quay",
    "Net loft sold",
)


def shown(newsroom: Newsroom) -> list[str]:
    page = newsroom.store.feeds.page(
        FeedKey(kind="all", slug=""), entries=50, window=timedelta(days=2), most=500
    )
    assert page is not None
    return sorted(article.title for article in page.articles)


def told(prefix: str, titles: tuple[str, ...] = TITLES, **changes: str) -> str:
    return rss(
        *(
            item(
                f"{prefix}{n}",
                title=title,
                link=f"https://harbour.example/{prefix}/{n}",
                date=NOON - timedelta(days=n + 1),
                body=changes.get("body", f"All about number {n}."),
            )
            for n, title in enumerate(titles)
        )
    )


def counts(newsroom: Newsroom, **span: float) -> tuple[int, int]:
    (saved,) = newsroom.again(**span)
    assert saved.report is not None
    return saved.report.new_count, saved.report.changed_count


def test_a_new_cms_with_other_ids_and_addresses_brings_nothing_new_and_is_told(newsroom: Newsroom) -> None:
    newsroom.add(FEED, told("old"))
    newsroom.round()
    before = [newsroom.store.articles.get(n) for n in range(1, 6)]
    newsroom.web.put(FEED, told("2026/new"))
    new, _ = counts(newsroom)
    assert new == 0
    after = [newsroom.store.articles.get(n) for n in range(1, 6)]
    assert all(isinstance(one, Article) for one in after)
    assert [getattr(one, "urn", "") for one in before] == [getattr(one, "urn", "") for one in after]
    assert {getattr(one, "url", "") for one in after} == {
        f"https://harbour.example/2026/new/{n}" for n in range(5)
    }
    assert [getattr(one, "updated_at", None) for one in before] == [
        getattr(one, "updated_at", None) for one in after
    ]
    assert any("other ids" in one.message for one in newsroom.store.alerts.open_ones())
    # From now on they are known by the new ids: one more article is one more.
    newsroom.web.put(FEED, told("2026/new", (*TITLES, "Something new")))
    assert counts(newsroom) == (1, 0)


def test_a_weekly_column_is_no_rotation(newsroom: Newsroom) -> None:
    column = [
        item(n, title="The week", date=NOON - timedelta(days=7 * n), body=f"Week {n}") for n in range(1, 6)
    ]
    newsroom.add(FEED, rss(*column))
    newsroom.round()
    later = [
        item(100 + n, title="The week", date=NOON + timedelta(days=7 * n), body=f"Later {n}")
        for n in range(5)
    ]
    newsroom.clock.move(days=40)
    newsroom.web.put(FEED, rss(*later))
    assert counts(newsroom) == (5, 0)


def test_two_new_articles_with_known_titles_are_new(newsroom: Newsroom) -> None:
    newsroom.add(FEED, told("a"))
    newsroom.round()
    newsroom.web.put(FEED, told("b", TITLES[:2]))
    assert counts(newsroom) == (2, 0)


def test_a_source_that_flaps_between_two_states_stays_still(newsroom: Newsroom) -> None:
    states = [rss(item(1, body=body)) for body in ("The ferry runs.", "The ferry stops.")]
    newsroom.add(FEED, states[0])
    newsroom.round()
    newsroom.web.put(FEED, states[1])
    assert counts(newsroom) == (0, 1)
    for number in range(6):
        newsroom.web.put(FEED, states[number % 2])
        assert counts(newsroom) == (0, 0)
    assert len(newsroom.store.articles.versions(1)) == 1
    newsroom.web.put(FEED, rss(item(1, body="The ferry is sold.")))
    assert counts(newsroom) == (0, 1)
    assert [version.number for version in newsroom.store.articles.versions(1)] == [2, 1]


RUNS, STOPS = "The ferry runs.", "The ferry stops."


def told_as(newsroom: Newsroom, body: str, *others: str) -> None:
    """The source tells that text from now on, and answers 304 for as long as it stays."""
    document = rss(*others, item(1, body=body))
    newsroom.web.put(FEED, document, ETag=f'"{len(document)}-{hash(document)}"')


def gone_back(newsroom: Newsroom) -> None:
    """An article that changed, and whose source has just gone back to the former text."""
    newsroom.add(FEED, "x")
    for body, counted in ((RUNS, (1, 0)), (STOPS, (0, 1)), (RUNS, (0, 0))):
        told_as(newsroom, body)
        assert counts(newsroom) == counted
    assert text_of(newsroom) == STOPS


def text_of(newsroom: Newsroom) -> str:
    article = newsroom.store.articles.get(1)
    assert isinstance(article, Article)
    return text_of_html(article.content_html)


def is_asked_whole(newsroom: Newsroom) -> bool:
    return "If-None-Match" not in dict(newsroom.web.asked[-1].headers)


def test_a_source_that_went_back_for_good_is_believed_after_a_day(newsroom: Newsroom) -> None:
    gone_back(newsroom)
    hours, told = 0, (0, 0)
    while told == (0, 0) and hours < 40:
        hours += 2
        told = counts(newsroom, hours=2)
        assert is_asked_whole(newsroom) is (told != (0, 0))
    assert (told, text_of(newsroom)) == ((0, 1), RUNS)
    assert 24 <= hours <= 28
    assert [version.number for version in newsroom.store.articles.versions(1)] == [2, 1]
    for _ in range(30):
        assert counts(newsroom, hours=2) == (0, 0)
        assert not is_asked_whole(newsroom)
    assert newsroom.store.sources.every()[0].poll.returned == ()
    # What it went back from is a former text now.
    told_as(newsroom, STOPS)
    assert counts(newsroom) == (0, 0)
    assert text_of(newsroom) == RUNS


def test_a_source_that_is_polled_daily_has_to_stand_for_ten_polls(newsroom: Newsroom) -> None:
    gone_back(newsroom)
    assert [counts(newsroom, days=1) for _ in range(9)] == [(0, 0)] * 9
    assert counts(newsroom, days=1) == (0, 1)
    assert text_of(newsroom) == RUNS


def test_a_source_that_flaps_for_weeks_stays_still_whatever_else_it_tells(newsroom: Newsroom) -> None:
    gone_back(newsroom)
    for number in range(60):
        # Sometimes one state for a while, and new articles meanwhile.
        told_as(newsroom, (RUNS, RUNS, RUNS, STOPS)[number % 4], item(100 + number))
        assert counts(newsroom, hours=7) == (1, 0)
        assert counts(newsroom, hours=1) == (0, 0)
    assert text_of(newsroom) == STOPS
    assert len(newsroom.store.articles.versions(1)) == 1


def test_other_news_does_not_end_the_waiting(newsroom: Newsroom) -> None:
    gone_back(newsroom)
    changed = 0
    for number in range(16):
        told_as(newsroom, RUNS, item(100 + number))
        changed += counts(newsroom, hours=2)[1]
    assert (changed, text_of(newsroom)) == (1, RUNS)


def test_an_article_of_its_own_page_is_believed_too(newsroom: Newsroom) -> None:
    spec = replace(spec_at(FEED), options=SourceOptions(full_text=True))
    newsroom.store.sources.add(spec, newsroom.clock())

    def tell(words: str) -> None:
        told_as(newsroom, words)
        text = f"<p>{words} Nobody on the quay had expected that so early in the year, least of all its captain.</p>"
        newsroom.web.put(
            "https://harbour.example/1",
            f"<html><head><title>Story 1</title></head><body><article><h1>Story 1</h1>{text * 3}</article></body></html>",
        )

    for words, counted in ((RUNS, (1, 0)), (STOPS, (0, 1)), (RUNS, (0, 0))):
        tell(words)
        assert counts(newsroom) == counted
    assert text_of(newsroom).startswith(STOPS)
    assert sum(counts(newsroom, hours=2)[1] for _ in range(20)) == 1
    assert text_of(newsroom).startswith(RUNS)


def test_an_article_that_left_the_document_is_not_waited_for_for_ever(newsroom: Newsroom) -> None:
    gone_back(newsroom)
    newsroom.web.put(FEED, rss(item(2)), ETag='"other"')
    asked = 0
    for _ in range(30):
        newsroom.again(hours=2)
        asked += is_asked_whole(newsroom)
    assert (asked, text_of(newsroom)) == (1, STOPS)
    assert newsroom.store.sources.every()[0].poll.returned == ()


def test_one_guid_for_several_articles_is_never_believed_again(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, guid="x"), item(2, guid="x")))
    newsroom.round()
    newsroom.web.put(FEED, rss(item(3, guid="x")))
    assert counts(newsroom) == (1, 0)
    assert newsroom.store.sources.every()[0].poll.identity == "address"
    newsroom.web.put(FEED, rss(item(4, guid="y")))
    counts(newsroom)
    newsroom.web.put(FEED, rss(item(5, guid="y")))
    assert counts(newsroom) == (1, 0)


# taking back


def atom(*entries: str) -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"><title>Harbour</title><id>tag:harbour.example,2026:f</id>'
        f"<updated>2026-11-22T10:00:00Z</updated>{''.join(entries)}</feed>"
    )


def entry(number: int, extra: str = "") -> str:
    return (
        f"<entry><id>tag:harbour.example,2026:{number}</id><title>Story {number}</title>"
        f'<link href="https://harbour.example/{number}"/><updated>2026-11-22T09:00:00Z</updated>{extra}</entry>'
    )


def grave(number: int, host: str = "harbour.example") -> str:
    return (
        f'<at:deleted-entry ref="tag:{host},2026:{number}" when="2026-11-22T11:00:00Z">'
        "<at:comment>Names a minor</at:comment></at:deleted-entry>"
    )


def test_a_source_takes_back_its_own_and_no_source_brings_it_again(newsroom: Newsroom) -> None:
    newsroom.add(FEED, atom(entry(1), entry(2)))
    newsroom.round()
    newsroom.web.put(FEED, atom(entry(2), grave(1)))
    newsroom.again()
    assert shown(newsroom) == ["Story 2"]
    found = newsroom.store.articles.get(1)
    if not isinstance(found, Tombstone):
        found = newsroom.store.articles.get(2)
    assert isinstance(found, Tombstone)
    assert found.reason == "Names a minor"
    newsroom.web.put(FEED, atom(entry(1), entry(2)))
    newsroom.again()
    assert shown(newsroom) == ["Story 2"]


def test_nobody_takes_back_what_another_brought(newsroom: Newsroom) -> None:
    newsroom.add(FEED, atom(entry(1), entry(2)))
    newsroom.round()
    newsroom.add("https://other.example/feed", atom(entry(1), grave(2), grave(1)))
    newsroom.again()
    assert shown(newsroom) == ["Story 1", "Story 2"]


@pytest.mark.parametrize(
    "valid",
    [
        "end=2026-11-22T11:00:00Z",
        "start=2026-01-01; end=2026-11-20; scheme=W3C-DTF",
        "2026-01-01/2026-11-20",
        "2026-11-20",
    ],
)
def test_what_its_source_let_end_is_withdrawn(newsroom: Newsroom, valid: str) -> None:
    newsroom.add(FEED, atom(entry(1), entry(2)))
    newsroom.round()
    newsroom.web.put(FEED, atom(entry(1, f"<dcterms:valid>{valid}</dcterms:valid>"), entry(2)))
    newsroom.again()
    assert shown(newsroom) == ["Story 2"]


def test_an_end_to_come_is_kept_until_then(newsroom: Newsroom) -> None:
    newsroom.add(FEED, atom(entry(1, "<dcterms:valid>end=2026-11-25T00:00:00Z</dcterms:valid>"), entry(2)))
    newsroom.round()
    assert shown(newsroom) == ["Story 1", "Story 2"]
    keep = KeepSettings()
    assert tidy(newsroom.store, keep, newsroom.clock.move(days=1)) == 0
    assert tidy(newsroom.store, keep, newsroom.clock.move(days=2)) == 1
    newsroom.again()
    assert shown(newsroom) == ["Story 2"]


def test_a_period_without_an_end_ends_nothing(newsroom: Newsroom) -> None:
    newsroom.add(FEED, atom(entry(1, "<dcterms:valid>start=2020-01-01</dcterms:valid>")))
    newsroom.round()
    assert shown(newsroom) == ["Story 1"]


def test_an_admin_withdraws_and_restores(newsroom: Newsroom) -> None:
    newsroom.add(FEED, atom(entry(1), entry(2)))
    newsroom.round()
    newsroom.store.articles.withdraw(1, reason="asked for", now=newsroom.clock())
    newsroom.again()
    assert len(shown(newsroom)) == 1
    assert newsroom.store.articles.restore(1, newsroom.clock())
    assert not newsroom.store.articles.restore(1, newsroom.clock())
    newsroom.again()
    assert shown(newsroom) == ["Story 1", "Story 2"]


def test_lists_count_what_is_published(newsroom: Newsroom) -> None:
    def signed(ids: str) -> str:
        by = "<dc:creator>Jane Roe</dc:creator>"
        return rss(*(item(f"{ids}/{n}", title=f"Story {n}", extra=by) for n in range(8)))

    def counts() -> tuple[int, int]:
        (row,), ((_, articles_of_jane),) = newsroom.store.sources.every(), newsroom.store.authors.every()
        return row.article_count, articles_of_jane

    newsroom.add(FEED, signed("a"))
    newsroom.round()
    assert counts() == (8, 8)
    newsroom.web.put(FEED, signed("b"))
    newsroom.again()
    assert counts() == (8, 8)
    withdrawals.withdraw(newsroom.store, 1, "a mistake", newsroom.clock())
    assert counts() == (7, 7)
