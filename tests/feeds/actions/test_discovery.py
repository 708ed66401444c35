"""From looking at an address to its first poll; feeds that are lost and found again; archives read back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.actions.gathering import sources
from feeds.actions.gathering.backfill import backfill
from feeds.actions.gathering.preview import preview_source
from feeds.actions.operating.jobs import JobTools, run_next_job
from feeds.actions.publishing.publish import publish_touched
from feeds.errors import RequestError
from feeds.model.declarations import SourceDeclaration
from feeds.model.incoming import SourceOptions
from feeds.model.outgoing import FeedKey
from feeds.model.settings import FetchSettings
from tests.fakes import ALL_JOBS, NOON, Newsroom, fake_tools, item, rss
from tests.feeds.actions.test_sources import quiet, settings

FEED = "https://harbour.example/feed"


def tools(newsroom: Newsroom) -> JobTools:
    async def in_store(work: Any) -> Any:
        return work(newsroom.store)

    poll = fake_tools(newsroom.web, newsroom.clock, in_store, newsroom.fetching)
    return JobTools(
        in_store=in_store, poll=poll, settings=settings("[poll]\npause = 0\n"), clock=newsroom.clock
    )


def looked(newsroom: Newsroom, url: str, **wanted: Any) -> dict[str, Any]:
    return asyncio.run(preview_source(url, tools(newsroom), quiet, wanted))


def asked(newsroom: Newsroom, url: str) -> int:
    return sum(request.url == url for request in newsroom.web.asked)


def test_the_answer_to_the_look_is_the_first_poll(newsroom: Newsroom) -> None:
    newsroom.web.put(FEED, rss(item(1), item(2)), ETag='"one"')
    found = looked(newsroom, FEED)
    sources.add(
        newsroom.store, SourceDeclaration(url=found["url"]), settings=settings(), now=newsroom.clock()
    )
    (saved,) = newsroom.round()
    assert saved.report is not None
    assert saved.report.new_count == 2
    assert asked(newsroom, FEED) == 1
    assert newsroom.store.polls.kept_answer(FEED, since=NOON) is None
    newsroom.again()
    assert dict(newsroom.web.asked[-1].headers)["If-None-Match"] == '"one"'


def test_an_old_answer_is_none(newsroom: Newsroom) -> None:
    newsroom.web.put(FEED, rss(item(1)))
    looked(newsroom, FEED)
    newsroom.clock.move(hours=2)
    newsroom.add(FEED)
    newsroom.round()
    assert asked(newsroom, FEED) == 2


def test_who_asks_about_a_domain_that_rests_is_told_at_once(newsroom: Newsroom) -> None:
    newsroom.web.put(FEED, rss(item(1)))
    newsroom.store.polls.cool("harbour.example", until=NOON + timedelta(hours=5))
    with pytest.raises(RequestError, match=r"left alone until 2026-11-22 17:00 UTC. Try again later"):
        looked(newsroom, FEED)
    assert asked(newsroom, FEED) == 0


def test_a_page_with_several_feeds_shows_them_all(newsroom: Newsroom) -> None:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{name}">'
        for name in ("comments", "news", "sport")
    )
    newsroom.web.put("https://harbour.example/", f"<html><head>{links}</head></html>")
    newsroom.web.put("https://harbour.example/news", rss(item(1), title="News"))
    newsroom.web.put(
        "https://harbour.example/sport", rss(item(2, date=NOON - timedelta(days=9)), title="Sport")
    )
    newsroom.web.put("https://harbour.example/comments", rss(item(3), title="Comments"))
    found = looked(newsroom, "https://harbour.example/")
    assert [one["title"] for one in found["candidates"]] == ["News", "Sport", "Comments"]
    assert found["url"] == "https://harbour.example/news"
    assert found["others"] == ["https://harbour.example/sport", "https://harbour.example/comments"]
    assert [one["latest_at"][:10] for one in found["candidates"]] == [
        "2026-11-22",
        "2026-11-13",
        "2026-11-22",
    ]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (404, r"nothing at this address \(status 404\)\. Give the address of the site itself"),
        (410, r"gone for good \(status 410\)\. Look for its new address"),
        (
            401,
            r"user name and password\. Give the user name, and where the password stands: env:NAME or file:PATH",
        ),
        (403, r"refuses us \(status 403\)\. Ask the people who run it"),
        (429, r"too many requests \(status 429\)\. Try again later"),
        (503, r"a fault of its own \(status 503\)\. Try again later"),
        (304, r"status 304 unasked\. Try again later"),
    ],
)
def test_an_address_that_answers_no_document_is_told_with_what_to_do(
    newsroom: Newsroom, status: int, told: str
) -> None:
    newsroom.web.put(FEED, "", status=status)
    with pytest.raises(RequestError, match=told):
        looked(newsroom, FEED)


def test_the_licence_of_an_answers_headers_is_shown_before_it_becomes_a_source(newsroom: Newsroom) -> None:
    newsroom.web.put(FEED, rss(item(1)), Link='</licence>; rel="license"')
    assert looked(newsroom, FEED)["license_url"] == "https://harbour.example/licence"


def test_guesses_respect_robots_txt_and_what_the_page_offers_does_not_need_to(newsroom: Newsroom) -> None:
    newsroom.web.put("https://harbour.example/", "<html><body>nothing stated</body></html>")
    newsroom.web.put("https://harbour.example/robots.txt", "User-agent: *\nDisallow: /feed")
    newsroom.web.put(FEED, rss(item(1)))
    with pytest.raises(RequestError, match="No feed was found"):
        looked(newsroom, "https://harbour.example/")
    assert not asked(newsroom, FEED)
    stated = '<html><link rel="alternate" type="application/rss+xml" href="/feed"></html>'
    newsroom.web.put("https://harbour.example/", stated)
    assert looked(newsroom, "https://harbour.example/")["url"] == FEED


def test_where_there_is_only_a_sitemap_it_is_named(newsroom: Newsroom) -> None:
    newsroom.web.put("https://harbour.example/", "<html><body>no feed</body></html>")
    newsroom.web.put(
        "https://harbour.example/sitemap.xml", "<urlset><url><loc>https://x.example/</loc></url></urlset>"
    )
    with pytest.raises(
        RequestError, match=r"source add https://harbour\.example/sitemap\.xml --kind sitemap"
    ):
        looked(newsroom, "https://harbour.example/")


def test_a_feed_that_a_page_states_comes_before_entries_marked_up_in_it(newsroom: Newsroom) -> None:
    entries = "".join(
        f'<article class="h-entry"><a class="p-name u-url" href="/{n}">Story {n}</a></article>'
        for n in range(3)
    )
    stated = f'<link rel="alternate" type="application/rss+xml" href="{FEED}">'
    newsroom.web.put(
        "https://harbour.example/", f"<html><head>{stated}</head><body class='h-feed'>{entries}</body></html>"
    )
    newsroom.web.put(FEED, rss(item(1), item(2)))
    found = looked(newsroom, "https://harbour.example/")
    assert (found["url"], found["others"]) == (FEED, ["https://harbour.example/"])
    newsroom.web.put(
        "https://harbour.example/", f"<html><head></head><body class='h-feed'>{entries}</body></html>"
    )
    assert looked(newsroom, "https://harbour.example/")["format"] == "h-feed"


def test_a_page_behind_https_cannot_draw_its_headers_out_unencrypted(newsroom: Newsroom) -> None:
    open_feed = "http://harbour.example/open"
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{url}">' for url in (open_feed, FEED)
    )
    newsroom.web.put("https://harbour.example/", f"<html><head>{links}</head></html>")
    newsroom.web.put(FEED, rss(item(1)))
    newsroom.web.put(open_feed, rss(item(1)))
    looked(newsroom, "https://harbour.example/", headers=["X-Desk: north"])
    sent = {request.url: request.own_headers for request in newsroom.web.asked}
    assert sent[FEED] == (("X-Desk", "north"),)
    assert sent[open_feed] == ()


def test_a_sitemap_is_told_from_what_is_nothing(newsroom: Newsroom) -> None:
    url = "https://harbour.example/sitemap.xml"
    newsroom.web.put(url, "<urlset><url><loc>https://harbour.example/1</loc></url></urlset>")
    with pytest.raises(RequestError, match=r"is a sitemap.* source add \S+ --kind sitemap"):
        looked(newsroom, url)


def test_a_selector_that_cannot_be_read_is_refused_when_it_is_stated(newsroom: Newsroom) -> None:
    newsroom.web.put("https://harbour.example/", "<html><body><a href=/1>One</a></body></html>")
    for wrong in ("ul..news a", "..", "a[href", "a:nosuch"):
        with pytest.raises(RequestError, match="expected a CSS selector"):
            looked(newsroom, "https://harbour.example/", kind="page", links=wrong)
    assert not newsroom.web.asked


def test_settings_that_do_not_go_together_are_told_before_anything_is_asked(newsroom: Newsroom) -> None:
    with pytest.raises(RequestError, match="links: a page needs the CSS selector"):
        looked(newsroom, FEED, kind="page")
    with pytest.raises(RequestError, match="no such setting; did you mean headers"):
        looked(newsroom, FEED, header=["X: y"])
    assert newsroom.web.asked == []


# changing


def test_a_source_is_changed_in_parts(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    site = settings("")
    slug = newsroom.store.sources.every()[0].source.slug

    def change(**changes: Any) -> None:
        sources.change(newsroom.store, slug, changes, settings=site, now=newsroom.clock())

    change(author="Desk", interval="2h", headers=["X-Key: env:KEY"], user="me", password="env:PASS")
    source = newsroom.store.sources.every()[0].source
    assert (source.author_name, source.interval, source.options.headers) == (
        "Desk",
        timedelta(hours=2),
        ("X-Key: env:KEY",),
    )
    change(author=None, url="https://new.example/feed", headers=None)
    source = newsroom.store.sources.every()[0].source
    assert (source.author_name, source.fetch_url, source.first_url) == (
        None,
        "https://new.example/feed",
        FEED,
    )
    assert (source.options.headers, source.options.user) == ((), "me")
    with pytest.raises(RequestError, match="interval: expected a span"):
        change(interval="often")
    with pytest.raises(RequestError, match="user and password belong together"):
        change(password=None)


def test_another_source_keeps_its_address(newsroom: Newsroom) -> None:
    newsroom.add(FEED)
    newsroom.add("https://other.example/feed")
    slug = next(row.source.slug for row in newsroom.store.sources.every() if row.source.fetch_url == FEED)
    with pytest.raises(RequestError, match="already polled"):
        sources.change(
            newsroom.store, slug, {"url": "https://other.example/feed"}, settings=settings(""), now=NOON
        )


# lost and found


def run_jobs(newsroom: Newsroom) -> None:
    while asyncio.run(run_next_job(tools(newsroom), ALL_JOBS, owner="one")):
        pass


def moved_alerts(store: Store) -> list[str]:
    return [one.message for one in store.alerts.open_ones() if one.kind == "moved"]


@pytest.mark.parametrize("answer", ["page", "missing"])
def test_a_feed_that_was_lost_is_looked_for_and_proposed(newsroom: Newsroom, answer: str) -> None:
    newsroom.add(FEED, rss(*(item(n) for n in range(6))))
    newsroom.round()
    slug = newsroom.store.sources.every()[0].source.slug
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/new.xml"></head></html>'
    newsroom.web.put(FEED, page, status=200 if answer == "page" else 404)
    newsroom.web.put("https://harbour.example/", page)
    newsroom.web.put("https://harbour.example/new.xml", rss(*(item(n) for n in range(4, 9))))
    for _ in range(2):
        newsroom.again(days=1)
        run_jobs(newsroom)
        assert moved_alerts(newsroom.store) == []
    newsroom.again(days=1)
    run_jobs(newsroom)
    (message,) = moved_alerts(newsroom.store)
    assert f"./run source set {slug} --url https://harbour.example/new.xml" in message
    assert "holds 2 of its articles" in message
    # Nothing was taken over by itself; the admin does it, and no article comes twice.
    sources.change(
        newsroom.store,
        slug,
        {"url": "https://harbour.example/new.xml"},
        settings=settings(""),
        now=newsroom.clock(),
    )
    (saved,) = newsroom.round()
    assert saved.report is not None
    assert saved.report.new_count == 3


def test_nothing_is_proposed_where_nothing_is_found(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    newsroom.web.put(FEED, "gone", status=404)
    for _ in range(4):
        newsroom.again(days=1)
        run_jobs(newsroom)
    assert moved_alerts(newsroom.store) == []


# archives

NEXT = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="https://harbour.example/2"/>'


def archive(number: int, older: int | None) -> str:
    link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="prev-archive" href="/archive/{older}"/>'
    old = [item(f"{number}-{n}", date=NOON - timedelta(days=30 * number + n)) for n in range(3)]
    return rss(*old, extra=link if older is not None else "")


def test_archives_are_followed_when_asked_and_flood_nobody(newsroom: Newsroom) -> None:
    newsroom.add(FEED, archive(1, 2))
    newsroom.web.put("https://harbour.example/archive/2", archive(2, 3))
    newsroom.web.put("https://harbour.example/archive/3", archive(3, 2))
    newsroom.round()
    slug = newsroom.store.sources.every()[0].source.slug
    newsroom.clock.move(days=1)
    result = asyncio.run(backfill(slug, 10, tools(newsroom), quiet))
    assert (result["documents"], result["added"], result["stopped"]) == (3, 6, "there is nothing older")
    again = asyncio.run(backfill(slug, 10, tools(newsroom), quiet))
    assert again["added"] == 0
    row = newsroom.store.sources.get(slug)
    assert row is not None
    assert row.article_count == 9


def test_archives_without_dates_flood_nobody_either(newsroom: Newsroom) -> None:
    def undated(*numbers: int, older: str = "") -> str:
        link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{older}"/>'
        return rss(*(item(number, date=None) for number in numbers), extra=link if older else "")

    newsroom.add(FEED, undated(9, 8, 7, older="/2"))
    newsroom.web.put("https://harbour.example/2", undated(6, 5, 4, older="/3"))
    newsroom.web.put("https://harbour.example/3", undated(3, 2, 1))
    newsroom.round()
    newsroom.clock.move(days=3)
    slug = newsroom.store.sources.every()[0].source.slug
    assert asyncio.run(backfill(slug, 10, tools(newsroom), quiet))["added"] == 6
    publish_touched(newsroom.store, newsroom.clock())
    page = newsroom.store.feeds.page(
        FeedKey(kind="all", slug=""), entries=50, window=timedelta(days=2), most=50
    )
    assert page is not None
    assert [article.title for article in page.articles] == [f"Story {number}" for number in range(9, 0, -1)]


def test_an_old_telling_changes_no_article(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, body="The new telling."), extra="<link/>"))
    newsroom.round()
    link = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="https://harbour.example/2"/>'
    newsroom.web.put(FEED, rss(item(1, body="The new telling."), extra=link))
    newsroom.web.put("https://harbour.example/2", rss(item(1, body="An old telling."), item(2)))
    slug = newsroom.store.sources.every()[0].source.slug
    result = asyncio.run(backfill(slug, 5, tools(newsroom), quiet))
    assert result["added"] == 1
    article = newsroom.store.articles.get(1)
    assert "new telling" in getattr(article, "content_html", "")


def add_whole(newsroom: Newsroom) -> None:
    spec = replace(spec_at(FEED), options=SourceOptions(full_text=True))
    newsroom.store.sources.add(spec, newsroom.clock())


def whole_page(number: str) -> str:
    text = "".join(
        f"<p>Line {n} of story {number}, told at length by somebody who was there.</p>" for n in range(6)
    )
    return f"<html><head><title>Story {number}</title></head><body><article><h1>Story {number}</h1>{text}</article></body></html>"


def test_all_pages_of_an_archive_are_read_not_only_as_many_as_one_poll_reads(newsroom: Newsroom) -> None:
    newsroom.fetching = FetchSettings(max_pages=2)
    newsroom.web.put(FEED, archive(1, 2))
    add_whole(newsroom)
    old = [item(f"2-{n}", date=NOON - timedelta(days=60 + n), body="A teaser.") for n in range(5)]
    newsroom.web.put("https://harbour.example/archive/2", rss(*old))
    for name in [f"{number}-{n}" for number in (1, 2) for n in range(5)]:
        newsroom.web.put(f"https://harbour.example/{name}", whole_page(name))
    newsroom.round()
    newsroom.again()
    slug = newsroom.store.sources.every()[0].source.slug
    result = asyncio.run(backfill(slug, 10, tools(newsroom), quiet))
    assert result["added"] == 5
    row = newsroom.store.sources.get(slug)
    assert row is not None
    assert row.article_count == 8
    assert all("Line 5" in getattr(newsroom.store.articles.get(n), "content_html", "") for n in range(1, 9))


def test_what_the_present_document_changed_is_not_lost_to_a_backfill(newsroom: Newsroom) -> None:
    newsroom.web.put(FEED, rss(item(1, body="A teaser.")))
    add_whole(newsroom)
    newsroom.web.put("https://harbour.example/1", whole_page("1"))
    newsroom.round()
    newsroom.web.put(FEED, rss(item(1, body="Another teaser."), extra=NEXT))
    newsroom.web.put("https://harbour.example/2", rss(item(2)))
    newsroom.web.put("https://harbour.example/1", whole_page("1").replace("told", "told again"))
    slug = newsroom.store.sources.every()[0].source.slug
    asyncio.run(backfill(slug, 5, tools(newsroom), quiet))
    newsroom.again()
    assert "told again" in getattr(newsroom.store.articles.get(1), "content_html", "")


def test_a_source_without_archives_says_so(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1)))
    newsroom.round()
    slug = newsroom.store.sources.every()[0].source.slug
    with pytest.raises(RequestError, match="names no older documents"):
        asyncio.run(backfill(slug, 5, tools(newsroom), quiet))
