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

FIRST, SECOND, AHEAD = "2026-05-01T10:00:00Z", "2026-05-02T10:00:00Z", "2099-05-02T10:00:00Z"
ON_FIRST, ON_SECOND = datetime(2026, 5, 1, 10, tzinfo=UTC), datetime(2026, 5, 2, 10, tzinfo=UTC)
ORDERS = [(FIRST, SECOND), (SECOND, FIRST), (AHEAD, FIRST), (FIRST, AHEAD), (FIRST, ""), ("", FIRST), ("soon", FIRST), (FIRST, "soon"), (FIRST, FIRST)]  # fmt: skip


def rss(*fields: str) -> Draft:
    return read_one(
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">'
        "<channel><title>Harbour</title><link>https://harbour.example/</link><description>Boats</description><item>"
        f"<title>Boats are back</title><guid>b1</guid>{''.join(fields)}</item></channel></rss>"
    )


def named(name: str, dates: tuple[str, ...]) -> str:
    return "".join(f"<{name}>{one}</{name}>" for one in dates)


@pytest.mark.parametrize("dates", ORDERS)
def test_the_first_date_of_publishing_that_has_come_counts(dates: tuple[str, str]) -> None:
    entry = (
        "<entry><title>Boats are back</title><id>tag:harbour.example,2026:b</id>"
        f"{named('published', dates)}<updated>{SECOND}</updated></entry>"
    )
    item = {"id": "b", "title": "Boats are back", "content_text": "Boats.", "date_published": list(dates)}
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "items": [item]}
    drafts = [
        rss(named("pubDate", dates)),
        read_one(atom(entry)),
        read_one(json.dumps(document), content_type="application/feed+json"),
    ]
    assert [(one.published_at, one.is_date_guessed) for one in drafts] == [(ON_FIRST, False)] * 3


@pytest.mark.parametrize("dates", ORDERS)
def test_the_first_of_a_page_and_of_a_sitemap_counts(dates: tuple[str, str]) -> None:
    times = "".join(f'<time class="dt-published" datetime="{one}">then</time>' for one in dates)
    entries = "".join(
        f'<article class="h-entry"><a class="u-url p-name" href="/{name}">Boats of {name}</a>{times}'
        '<div class="e-content"><p>Boats came back.</p></div></article>'
        for name in ("may", "june")
    )
    page = read(f'<html><body><div class="h-feed">{entries}</div></body></html>', content_type="text/html")
    news = f"<news:news><news:title>Boats</news:title>{named('news:publication_date', dates)}</news:news>"
    parsed = parse_sitemap(
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>https://harbour.example/a</loc>{news}</url></urlset>".encode()
    )
    listed = normalize(parsed, source=source(), url=FEED_URL, now=NOON, max_entries=10)
    assert {one.published_at for one in (*page.drafts, *listed.drafts)} == {ON_FIRST}


@pytest.mark.parametrize(
    "dates", [(FIRST, SECOND), (SECOND, FIRST), (SECOND, AHEAD), (AHEAD, SECOND), (SECOND, "")]
)
def test_the_last_date_of_change_that_has_come_counts(dates: tuple[str, str]) -> None:
    of_rss = rss(f"<pubDate>{FIRST}</pubDate>", named("atom:updated", dates))
    entry = (
        "<entry><title>Boats are back</title><id>tag:harbour.example,2026:b</id>"
        f"<published>{FIRST}</published>{named('updated', dates)}</entry>"
    )
    of_atom = read_one(atom(entry))
    assert {(one.published_at, one.modified_at) for one in (of_rss, of_atom)} == {(ON_FIRST, ON_SECOND)}


def test_of_dates_that_say_nothing_of_publishing_the_first_does() -> None:
    draft = rss(named("dc:date", (SECOND, FIRST, AHEAD)))
    assert (draft.published_at, draft.modified_at) == (ON_FIRST, ON_SECOND)


def test_a_second_copy_of_a_date_is_no_edit() -> None:
    once, twice = rss(named("pubDate", (FIRST,))), rss(named("pubDate", (FIRST, FIRST)))
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
            for dates in ((AHEAD, FIRST), ("soon", FIRST), (FIRST, AHEAD), ("", FIRST))
        ),
        *(
            f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Boats", "datePublished": {date}}}</script>'
            f'<meta property="article:published_time" content="{FIRST}">'
            for date in (f'"{AHEAD}"', '"soon"', f'["{AHEAD}", "{FIRST}"]', f'["{FIRST}"]')
        ),
        '<div itemscope itemtype="http://schema.org/Article">'
        f'<meta itemprop="datePublished" content="{AHEAD}"><meta itemprop="datePublished" content="{FIRST}"></div>',
    ],
)
def test_a_page_counts_the_first_date_that_is_one_and_has_come(head: str) -> None:
    text = f"<html><head><title>Boats</title>{head}</head><body><article><h1>Boats</h1>{_TEXT}</article></body></html>"
    read = read_page(
        text.encode(), url="https://harbour.example/b", content_type="text/html; charset=utf-8", now=NOON
    )
    assert read.entry.published == FIRST
