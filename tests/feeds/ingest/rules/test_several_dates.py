"""Entries that state a date more than once: which one counts, in every format; a second copy is no edit."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from feeds.ingest.formats.sitemap import parse_sitemap
from feeds.ingest.pages.page import read_page
from feeds.ingest.rules.normalize import normalize
from feeds.model.articles import Draft
from tests.fakes import NOON
from tests.feeds.ingest.reading import FEED_URL, atom, read, read_one, source

EARLY, LATE, AHEAD = "2026-05-01T10:00:00Z", "2026-05-02T10:00:00Z", "2099-05-02T10:00:00Z"
ON_EARLY, ON_LATE = datetime(2026, 5, 1, 10, tzinfo=UTC), datetime(2026, 5, 2, 10, tzinfo=UTC)
ONE_COUNTS = [(AHEAD, EARLY), (EARLY, AHEAD), (EARLY, ""), ("", EARLY), ("soon", EARLY), (EARLY, "soon"), (EARLY, EARLY)]  # fmt: skip


def rss(*fields: str) -> Draft:
    return read_one(
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">'
        "<channel><title>Harbour</title><link>https://harbour.example/</link><description>Boats</description><item>"
        f"<title>Boats are back</title><guid>b1</guid>{''.join(fields)}</item></channel></rss>"
    )


def named(name: str, dates: tuple[str, ...]) -> str:
    return "".join(f"<{name}>{one}</{name}>" for one in dates)


def drafts_of(name: str, dates: tuple[str, ...]) -> list[Draft]:
    """Entries of RSS, Atom, JSON Feed and a page that state these dates."""
    of_rss, of_atom, of_json, of_page = {
        "published": ("pubDate", "published", "date_published", "dt-published"),
        "updated": ("atom:updated", "updated", "date_modified", "dt-updated"),
    }[name]
    entry = f"<entry><title>Boats</title><id>tag:harbour.example,2026:b</id>{named(of_atom, dates)}</entry>"
    item = {"id": "b", "title": "Boats are back", "content_text": "Boats.", of_json: list(dates)}
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "items": [item]}
    times = "".join(f'<time class="{of_page}" datetime="{one}">then</time>' for one in dates)
    entries = "".join(
        f'<article class="h-entry"><a class="u-url p-name" href="/{place}">Boats of {place}</a>{times}'
        '<div class="e-content"><p>Boats came back.</p></div></article>'
        for place in ("may", "june")
    )
    return [
        rss(named(of_rss, dates)),
        read_one(atom(entry)),
        read_one(json.dumps(document), content_type="application/feed+json"),
        *read(
            f'<html><body><div class="h-feed">{entries}</div></body></html>', content_type="text/html"
        ).drafts,
    ]


@pytest.mark.parametrize("dates", ONE_COUNTS)
def test_a_date_that_is_one_and_has_come_counts_wherever_it_stands(dates: tuple[str, str]) -> None:
    published, updated = drafts_of("published", dates), drafts_of("updated", dates)
    assert {(one.published_at, one.is_date_guessed) for one in published} == {(ON_EARLY, False)}
    assert {one.modified_at for one in updated} == {ON_EARLY}


@pytest.mark.parametrize("dates", ONE_COUNTS)
def test_so_it_does_in_a_sitemap(dates: tuple[str, str]) -> None:
    news = f"<news:news><news:title>Boats</news:title>{named('news:publication_date', dates)}</news:news>"
    parsed = parse_sitemap(
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>https://harbour.example/a</loc>{news}{named('lastmod', dates)}</url></urlset>".encode()
    )
    (draft,) = normalize(parsed, source=source(), url=FEED_URL, now=NOON, max_entries=10).drafts
    assert (draft.published_at, draft.modified_at) == (ON_EARLY, ON_EARLY)


def test_of_several_that_have_come_feeds_mean_the_last_and_all_else_the_first() -> None:
    assert [one.published_at for one in drafts_of("published", (EARLY, LATE))] == [ON_LATE, ON_LATE, ON_EARLY, ON_EARLY, ON_EARLY]  # fmt: skip
    assert rss(named("dc:date", (EARLY, LATE, AHEAD))).published_at == ON_LATE


def test_a_second_copy_of_a_date_is_no_edit() -> None:
    once, twice = rss(named("pubDate", (EARLY,))), rss(named("pubDate", (EARLY, EARLY)))
    assert once == twice


def test_several_dates_that_have_all_not_come_are_a_guess() -> None:
    draft = rss(named("pubDate", (AHEAD, AHEAD)))
    assert (draft.published_at, draft.is_date_guessed) == (NOON, True)


_TEXT = "<p>The harbour was full before breakfast, and forty skiffs came round the breakwater early.</p>" * 3


@pytest.mark.parametrize(
    "head",
    [
        *(
            "".join(f'<meta property="article:published_time" content="{one}">' for one in dates)
            for dates in ((AHEAD, EARLY), ("soon", EARLY), (EARLY, AHEAD), ("", EARLY))
        ),
        *(
            f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Boats", "datePublished": {date}}}</script>'
            f'<meta property="article:published_time" content="{EARLY}">'
            for date in (f'"{AHEAD}"', '"soon"', f'["{AHEAD}", "{EARLY}"]', f'["{EARLY}"]')
        ),
        '<div itemscope itemtype="http://schema.org/Article">'
        f'<meta itemprop="datePublished" content="{AHEAD}"><meta itemprop="datePublished" content="{EARLY}"></div>',
    ],
)
def test_a_page_counts_the_first_date_that_is_one_and_has_come(head: str) -> None:
    text = f"<html><head><title>Boats</title>{head}</head><body><article><h1>Boats</h1>{_TEXT}</article></body></html>"
    read = read_page(
        text.encode(), url="https://harbour.example/b", content_type="text/html; charset=utf-8", now=NOON
    )
    assert read.entry.published == EARLY
