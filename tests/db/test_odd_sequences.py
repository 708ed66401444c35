"""What publishers do to their documents, poll by poll, over both engines: nothing lost, repeated or flooded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.actions.operating.tidy import tidy
from feeds.actions.publishing.publish import publish_touched
from feeds.model.articles import Article
from feeds.model.incoming import SourceOptions
from feeds.model.outgoing import FeedKey
from feeds.model.settings import FetchSettings, KeepSettings
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"


def shown(newsroom: Newsroom) -> dict[str, Article]:
    """What the feed of everything holds, by title."""
    page = newsroom.store.feeds.page(
        FeedKey(kind="all", slug=""), entries=500, window=timedelta(days=2), most=500
    )
    assert page is not None
    found = {article.title: article for article in page.articles}
    assert len(found) == len(page.articles)
    return found


def counts(newsroom: Newsroom, **span: float) -> tuple[int, int]:
    (saved,) = newsroom.again(**span)
    assert saved.report is not None
    return saved.report.new_count, saved.report.changed_count


def release(number: int) -> str:
    return item(number, title=f"Version {number}", guid="", link=f"https://harbour.example/changes#v{number}")


def test_entries_without_guid_that_share_a_page_are_told_apart_by_their_fragments(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(release(2), release(1)))
    newsroom.round()
    before = shown(newsroom)
    assert sorted(before) == ["Version 1", "Version 2"]
    newsroom.web.put(FEED, rss(release(3), release(2), release(1)))
    assert counts(newsroom) == (1, 0)
    newsroom.web.put(FEED, rss(release(4), release(3)))
    assert counts(newsroom) == (1, 0)
    after = shown(newsroom)
    assert len(after) == 4
    assert {title: after[title].urn for title in before} == {title: one.urn for title, one in before.items()}


def test_a_fragment_that_comes_or_tracks_makes_no_other_article(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, guid=""), item(2, guid="")))
    newsroom.round()
    for fragment in ("#xtor=RSS-1", "#utm_source=rss", "#comments", "#xtor=RSS-2&amp;top"):
        told = [item(n, guid="", link=f"https://harbour.example/{n}{fragment}") for n in (1, 2)]
        newsroom.web.put(FEED, rss(*told))
        assert counts(newsroom)[0] == 0
    assert len(shown(newsroom)) == 2


def test_a_source_that_was_empty_at_first_floods_nobody_later(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss())
    newsroom.round()
    newsroom.again()
    newsroom.web.put(FEED, rss(*(item(n, date=NOON - timedelta(days=10 * n + 1)) for n in range(30))))
    assert counts(newsroom) == (30, 0)
    assert {title: one.sort_at for title, one in shown(newsroom).items()} == {
        f"Story {n}": NOON - timedelta(days=10 * n + 1) for n in range(30)
    }
    # That was the import: what comes now is news.
    newsroom.web.put(FEED, rss(item("late", title="Late", date=NOON - timedelta(days=400))))
    assert counts(newsroom) == (1, 0)
    assert shown(newsroom)["Late"].sort_at == newsroom.clock.now


def test_a_document_that_grew_by_its_archive_floods_nobody(newsroom: Newsroom) -> None:
    stories = [item(n, date=NOON - timedelta(days=n + 1)) for n in range(100)]
    newsroom.add(FEED, rss(*stories[:10]))
    newsroom.round()
    newsroom.web.put(FEED, rss(item("new", title="New", date=NOON), *stories))
    assert counts(newsroom) == (91, 0)
    found = shown(newsroom)
    assert found.pop("New").sort_at == newsroom.clock.now
    assert {title: one.sort_at for title, one in found.items()} == {
        f"Story {n}": NOON - timedelta(days=n + 1) for n in range(100)
    }


def test_old_articles_of_a_document_without_known_ones_are_told_now(newsroom: Newsroom) -> None:
    """On this day: every day other articles, each with the date of long ago."""
    newsroom.add(FEED, rss(*(item(n, date=NOON - timedelta(days=365 * (n + 1))) for n in range(12))))
    newsroom.round()
    newsroom.web.put(FEED, rss(*(item(n, date=NOON - timedelta(days=365 * n)) for n in range(20, 32))))
    assert counts(newsroom, days=1) == (12, 0)
    assert sum(one.sort_at > NOON for one in shown(newsroom).values()) == 12


SIGNS = ("Aries", "Taurus", "Gemini", "Cancer")


def issue(number: int, **step: float) -> str:
    return rss(
        *(
            item(
                f"{sign}-{number}",
                title=sign,
                date=NOON - timedelta(minutes=10) + timedelta(**step) * number,
                body=f"{sign} will hear of the number {number}.",
            )
            for sign in SIGNS
        )
    )


@pytest.mark.parametrize("step", [{"days": 1}, {"hours": 1}, {"hours": 23.9}])
def test_todays_issue_under_yesterdays_titles_is_new(newsroom: Newsroom, step: dict[str, float]) -> None:
    newsroom.add(FEED, issue(0, **step))
    newsroom.round()
    for number in range(1, 4):
        newsroom.web.put(FEED, issue(number, **step))
        assert counts(newsroom, **step) == (4, 0)


@pytest.mark.parametrize("hours", [0, 2, -5])
def test_a_new_cms_with_other_texts_and_clocks_brings_nothing_new(newsroom: Newsroom, hours: int) -> None:
    def told(ids: str, body: str, last: int, shift: float = 0) -> str:
        return rss(
            *(
                item(f"{ids}/{n}", title=f"Story {n}", date=NOON + timedelta(hours=12 * n + shift), body=body)
                for n in range(last, max(last - 10, -1), -1)
            )
        )

    newsroom.add(FEED, told("a", "All of it.", 0))
    newsroom.round()
    for n in range(1, 12):
        newsroom.web.put(FEED, told("a", "All of it.", n))
        assert counts(newsroom, hours=12) == (1, 0)
    newsroom.web.put(FEED, told("b", "A teaser.", 11, shift=hours))
    assert counts(newsroom)[0] == 0


def test_what_was_purged_does_not_come_back_under_other_ids(newsroom: Newsroom) -> None:
    def told(ids: str) -> str:
        dates = [NOON - timedelta(days=10 * n) for n in range(8)]
        return rss(*(item(f"{ids}/{n}", title=f"Story {n}", date=date) for n, date in enumerate(dates)))

    newsroom.add(FEED, told("a"))
    newsroom.round()
    tidy(newsroom.store, KeepSettings(articles=timedelta(days=25)), newsroom.clock())
    publish_touched(newsroom.store, newsroom.clock())
    assert len(shown(newsroom)) == 3
    newsroom.web.put(FEED, told("b"))
    assert counts(newsroom) == (0, 3)
    assert len(shown(newsroom)) == 3


def test_a_new_cms_of_a_source_whose_pages_are_read_a_few_at_a_time_brings_nothing_new(
    newsroom: Newsroom,
) -> None:
    def put(ids: str) -> str:
        for n in range(12):
            paragraphs = "".join(
                f"<p>Paragraph {k} of story {n}: the ferry was late again.</p>" for k in range(9)
            )
            newsroom.web.put(
                f"https://harbour.example/{ids}/{n}",
                f"<html><body><article><h1>Story {n}</h1>{paragraphs}</article></body></html>",
                Content_Type="text/html",
            )
        return rss(
            *(item(f"{ids}/{n}", title=f"Story {n}", date=NOON - timedelta(days=n + 1)) for n in range(12))
        )

    newsroom.fetching = FetchSettings(max_pages=4)
    newsroom.web.put(FEED, put("a"))
    spec = replace(spec_at(FEED), options=SourceOptions(full_text=True))
    newsroom.store.sources.add(spec, newsroom.clock())
    assert [counts(newsroom)[0] for _ in range(4)] == [4, 4, 4, 0]
    newsroom.web.put(FEED, put("b"))
    assert [counts(newsroom)[0] for _ in range(4)] == [0, 0, 0, 0]
    assert len(shown(newsroom)) == 12


def word_of_the_day(day: int, word: str, *, date: int) -> str:
    link = "https://harbour.example/word-of-the-day"
    return rss(item(f"{word}-{day}", title=word, link=link, date=NOON + timedelta(days=date, minutes=-5)))


def test_a_page_that_tells_one_thing_a_day_tells_another_each_day(newsroom: Newsroom) -> None:
    newsroom.add(FEED, word_of_the_day(0, "Bollard", date=0))
    newsroom.round()
    for day, word in enumerate(("Capstan", "Dory", "Ebb"), 1):
        newsroom.web.put(FEED, word_of_the_day(day, word, date=day))
        assert counts(newsroom, days=1) == (1, 0)


def test_a_single_entry_under_another_guid_is_the_same_unless_title_and_date_are_new(
    newsroom: Newsroom,
) -> None:
    newsroom.add(FEED, word_of_the_day(0, "Bollard", date=0))
    newsroom.round()
    newsroom.web.put(FEED, word_of_the_day(1, "Bollard", date=1))
    assert counts(newsroom, days=1)[0] == 0
    newsroom.web.put(FEED, word_of_the_day(2, "Bollards", date=0))
    assert counts(newsroom, days=1)[0] == 0


@pytest.mark.parametrize("link", ["https://harbour.example/", "https://harbour.example/news.html"])
@pytest.mark.parametrize("first", [1, 3])
def test_entries_without_guid_that_share_an_address_are_told_apart_by_title_and_date(
    newsroom: Newsroom, link: str, first: int
) -> None:
    """Hand-made feeds: every entry links to the one page of news."""

    def told(*numbers: int, body: str = "All of it.") -> str:
        dates = {number: NOON - timedelta(days=20 - number) for number in numbers}
        return rss(*(item(n, guid="", link=link, date=date, body=body) for n, date in dates.items()))

    newsroom.add(FEED, told(*range(first, 0, -1)))
    newsroom.round()
    assert len(shown(newsroom)) == first
    for last in range(first + 1, first + 4):
        newsroom.web.put(FEED, told(*range(last, 0, -1)))
        assert counts(newsroom) == (1, 0)
    before = {title: one.urn for title, one in shown(newsroom).items()}
    assert len(set(before.values())) == first + 3
    newsroom.web.put(FEED, told(2, 1, first + 3, body="Otherwise."))
    assert counts(newsroom) == (0, 3)
    newsroom.web.put(FEED, told(*range(first + 3, 0, -1), body="Otherwise."))
    assert counts(newsroom) == (0, first)
    assert {title: one.urn for title, one in shown(newsroom).items()} == before


def test_an_entry_without_guid_may_change_its_title_where_its_address_is_its_own(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, guid=""), item(2, guid=""), item(2, guid="")))
    newsroom.round()
    newsroom.web.put(FEED, rss(*(item(n, guid="", title=f"Edited {n}") for n in (1, 2, 2))))
    assert counts(newsroom) == (0, 2)
    assert sorted(shown(newsroom)) == ["Edited 1", "Edited 2"]
