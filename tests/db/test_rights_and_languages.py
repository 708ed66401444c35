"""Licences, what a source forbids, pictures without credit, languages found out: from the feed to the document."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds.actions.declaring.specs import spec_at
from feeds.actions.publishing.publish import publish_touched
from feeds.actions.sorting.explain import explain_share
from feeds.actions.sorting.languages import detect_batch
from feeds.ingest.poll.workers import InlineWorkers
from feeds.ingest.rules.languages import contradicts, detect, main_script
from feeds.model.articles import Article
from feeds.model.incoming import SourceOptions
from feeds.model.outgoing import DocumentEntry, FeedKey, SiteInfo
from feeds.model.rights import Share, Terms
from feeds.publish.compose import compose_entry
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
CC = "https://creativecommons.org/licenses/by/4.0/"
NAMES = (
    'xmlns:cc="http://creativecommons.org/ns#" xmlns:rsl="https://rslstandard.org/rsl"'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:old="http://backend.userland.com/creativeCommonsRssModule"'
)


def feed(*items: str, extra: str = "") -> str:
    return rss(*items, extra=extra).replace("<rss ", f"<rss {NAMES} ", 1)


def first(newsroom: Newsroom) -> Article:
    article = newsroom.store.articles.get(1)
    assert isinstance(article, Article)
    return article


def shown(newsroom: Newsroom) -> DocumentEntry:
    site = SiteInfo(title="T", base_url="https://t.example", language="en")
    return compose_entry(first(newsroom), site, excerpt_chars=300)


@pytest.mark.parametrize(
    ("entry", "head"),
    [
        (f'<cc:license rdf:resource="{CC}"/>', ""),
        (f"<old:license>{CC}</old:license>", ""),
        (f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="license" href="{CC}"/>', ""),
        ("", f'<cc:license rdf:resource="{CC}"/>'),
    ],
)
def test_a_licence_is_kept_and_passed_on(newsroom: Newsroom, entry: str, head: str) -> None:
    newsroom.add(FEED, feed(item(1, extra=entry), extra=head))
    newsroom.round()
    assert first(newsroom).license_url == CC
    assert shown(newsroom).license_url == CC


def test_a_licence_in_the_headers_of_a_source_is_its_licence(newsroom: Newsroom) -> None:
    own = "https://licenses.example/own"
    said = f'<cc:license rdf:resource="{own}"/>'
    newsroom.add(FEED, "x")
    body = feed(item(1), item(2, extra=said))
    newsroom.web.put(FEED, body, Link=f'<{CC}>; rel="license"', ETag='"1"')
    newsroom.round()
    kept = newsroom.store.articles.get(1), newsroom.store.articles.get(2)
    assert {one.license_url for one in kept if isinstance(one, Article)} == {CC, own}
    row = newsroom.store.sources.at(FEED)
    assert row is not None
    assert (row.license_url, row.poll.license_url) == (CC, CC)
    # A 304, the same body again, another article: nothing is lost, and nothing changes.
    newsroom.again()
    newsroom.web.put(FEED, body, Link=f'<{CC}>; rel="license"')
    newsroom.again()
    newsroom.web.put(FEED, feed(item(1), item(2, extra=said), item(3)), Link=f"<{CC}>; rel=license")
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert (saved.report.new_count, saved.report.changed_count) == (1, 0)
    assert {first(newsroom).license_url, newsroom.store.articles.get(3).license_url} == {CC}  # type: ignore[union-attr]


@pytest.mark.parametrize("is_told_by_304", [False, True])
def test_another_licence_in_the_headers_counts_as_another_one_of_the_feed(
    newsroom: Newsroom, is_told_by_304: bool
) -> None:
    newsroom.add(FEED, "x")
    newsroom.web.put(FEED, feed(item(1)), Link=f'<{CC}>; rel="license"', ETag='"1"')
    newsroom.round()
    updated_at = first(newsroom).updated_at
    tag = '"1"' if is_told_by_304 else '"2"'
    newsroom.web.put(FEED, feed(item(1)), Link='</terms>; rel="license"', ETag=tag)
    newsroom.again()
    if is_told_by_304:
        assert first(newsroom).license_url == CC
        newsroom.again()
    assert first(newsroom).license_url == "https://harbour.example/terms"
    assert shown(newsroom).license_url == "https://harbour.example/terms"
    assert first(newsroom).updated_at == updated_at
    assert len(newsroom.store.articles.versions(1)) == 1
    # It comes to rest: with the same licence, a 304 is one again.
    newsroom.again()
    asked = newsroom.web.asked[-1]
    assert dict(asked.headers).get("If-None-Match") == tag
    newsroom.web.put(FEED, feed(item(1)), ETag='"3"')
    newsroom.again()
    assert first(newsroom).license_url is None


def test_a_licence_that_a_page_names_is_that_of_its_article(newsroom: Newsroom) -> None:
    spec = replace(spec_at(FEED), options=SourceOptions(full_text=True))
    newsroom.store.sources.add(spec, newsroom.clock())
    text = "<p>The last drifter left the quay before the fog came in over the sound.</p>" * 4
    page = (
        "<html><head><title>Story</title>{}</head><body><article><h1>Story</h1>"
        + text
        + "</article></body></html>"
    )
    own = "https://licenses.example/own"
    newsroom.web.put(
        "https://harbour.example/1",
        page.format(f'<link rel="license" href="{own}">'),
        Link=f"<{CC}>; rel=license",
    )
    newsroom.web.put("https://harbour.example/2", page.format(""), Link=f"<{CC}>; rel=license")
    newsroom.web.put(FEED, feed(item(1), item(2, date=NOON - timedelta(hours=3))))
    newsroom.round()
    found = [newsroom.store.articles.get(number) for number in (1, 2)]
    assert sorted((one.title, one.license_url) for one in found if isinstance(one, Article)) == [
        ("Story 1", own),
        ("Story 2", CC),
    ]


def test_terms_in_a_page_hold_for_its_article(newsroom: Newsroom) -> None:
    spec = replace(spec_at(FEED), options=SourceOptions(full_text=True))
    newsroom.store.sources.add(spec, newsroom.clock())
    text = "<p>The last drifter left the quay before the fog came in over the sound.</p>" * 4
    rsl = (
        '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license><prohibits type="usage">all</prohibits>'
        "</license></content></rsl>"
    )
    for number, script in ((1, rsl), (2, rsl[:-9]), (3, rsl.replace('url="/"', 'url="/shop"'))):
        page = (
            f'<html><head><title>Story</title><script type="application/rsl+xml">{script}</script></head>'
            f"<body><article><h1>Story</h1>{text}</article></body></html>"
        )
        newsroom.web.put(f"https://harbour.example/{number}", page)
    newsroom.web.put(FEED, feed(*(item(n, date=NOON - timedelta(hours=n)) for n in (1, 2, 3))))
    newsroom.round()
    found = [newsroom.store.articles.get(number) for number in (1, 2, 3)]
    restricted = {one.title: one.is_restricted for one in found if isinstance(one, Article)}
    assert restricted == {"Story 1": True, "Story 2": False, "Story 3": False}


def test_what_rsl_prohibits_altogether_is_not_passed_on(newsroom: Newsroom) -> None:
    terms = '<rsl:content url="/1"><rsl:license><rsl:prohibits type="usage">{}</rsl:prohibits></rsl:license></rsl:content>'
    newsroom.add(FEED, feed(item(1, body="All of it.", extra=terms.format("all"))))
    newsroom.round()
    assert first(newsroom).is_restricted
    assert shown(newsroom).content_html == ""
    assert "All of it" not in shown(newsroom).summary
    newsroom.web.put(FEED, feed(item(1, body="All of it.", extra=terms.format("ai-train ai-input"))))
    newsroom.again()
    assert "All of it" in shown(newsroom).content_html


def licensed(*parts: str, about: str = "") -> str:
    licenses = "".join(f"<rsl:license>{one}</rsl:license>" for one in parts)
    return f'<rsl:content url="/">{licenses}{about}</rsl:content>'


SEARCH = '<rsl:permits type="usage">search</rsl:permits><rsl:prohibits type="usage">ai-all</rsl:prohibits>'
LONG = f"https://harbour.example/{'terms/' * 50}"
ABOUT = f"<rsl:copyright>Harbour News</rsl:copyright><rsl:terms>{LONG}</rsl:terms>"


def test_terms_of_a_source_are_kept_as_declared_with_it_and_its_articles(newsroom: Newsroom) -> None:
    own = licensed(
        '<rsl:payment type="attribution"><rsl:standard>https://licenses.example/by</rsl:standard></rsl:payment>'
    )
    newsroom.add(FEED, feed(item(1, body="All of it.", extra=own), extra=licensed(SEARCH, about=ABOUT)))
    newsroom.round()
    site = Terms(
        permits=("usage:search",),
        prohibits=("usage:ai-all",),
        terms_url=LONG,
        copyright="Harbour News",
    )
    row = newsroom.store.sources.at(FEED)
    assert row is not None
    assert row.terms == (site,)
    assert first(newsroom).terms == (
        Terms(payments=("attribution",), standard_urls=("https://licenses.example/by",)),
        site,
    )
    entry = shown(newsroom)
    assert "All of it" in entry.content_html
    assert entry.terms_urls == ("https://licenses.example/by", LONG)
    assert explain_share(first(newsroom)) == "full, as its source harbour-example is set"
    # Other terms are told of, and obeyed; nobody is told of a change in the text.
    updated_at = first(newsroom).updated_at
    paid = licensed(SEARCH, '<rsl:payment type="subscription"/>', about=ABOUT)
    newsroom.web.put(FEED, feed(item(1, body="All of it.", extra=own), extra=paid))
    newsroom.again()
    assert "All of it" not in shown(newsroom).content_html
    assert "they ask for payment (subscription)" in explain_share(first(newsroom))
    assert first(newsroom).updated_at == updated_at
    newsroom.web.put(FEED, feed(item(1, body="All of it.")))
    newsroom.again()
    assert (first(newsroom).terms, shown(newsroom).terms_urls) == ((), ())
    row = newsroom.store.sources.at(FEED)
    assert row is not None
    assert row.terms == ()


@pytest.mark.parametrize(
    ("terms", "is_whole"),
    [
        (licensed(SEARCH), True),
        (licensed('<rsl:permits type="usage">ai-train</rsl:permits><rsl:payment type="purchase"/>'), True),
        (licensed('<rsl:permits type="usage">all</rsl:permits><rsl:payment type="free"/>'), True),
        (licensed('<rsl:payment type="training"><rsl:amount currency="USD">5</rsl:amount></rsl:payment>'), True),
        (licensed('<rsl:permits type="usage">all</rsl:permits>', '<rsl:prohibits type="usage">ALL</rsl:prohibits>'), False),
        (licensed('<rsl:payment type="crawl"/>'), False),
        (licensed('<rsl:payment/>'), False),
        (licensed('<rsl:permits type="geo">is</rsl:permits>'), False),
        (licensed('<rsl:prohibits type="user">non-commercial</rsl:prohibits>'), False),
        (licensed(SEARCH).replace('url="/"', 'url="https://[broken"'), True),
        (licensed('<rsl:prohibits type="usage">all</rsl:prohibits>').replace('url="/"', 'url="https://[broken"'), False),
        (licensed('<rsl:prohibits>' + " ".join(f"t{n}" for n in range(2000)) + " all</rsl:prohibits>"), False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["entry", "head"])
def test_terms_leave_the_article_or_its_headline(
    newsroom: Newsroom, terms: str, is_whole: bool, place: str
) -> None:
    inside, head = (terms, "") if place == "entry" else ("", terms)
    newsroom.add(FEED, feed(item(1, body="All of it.", extra=inside), extra=head))
    newsroom.round()
    assert ("All of it" in shown(newsroom).content_html) is is_whole
    # Who has their leave may pass it on, and what is ours is ours to give.
    source = newsroom.store.sources.at(FEED)
    assert source is not None
    before = newsroom.store.feeds.seq()
    agreed = replace(spec_at(FEED), options=SourceOptions(terms_agreed=True))
    newsroom.store.sources.change(source.source.id, agreed, newsroom.clock())
    assert "All of it" in shown(newsroom).content_html
    publish_touched(newsroom.store, newsroom.clock())
    assert newsroom.store.feeds.seq() > before
    newsroom.store.sources.change(source.source.id, replace(spec_at(FEED), is_ours=True), newsroom.clock())
    assert "All of it" in shown(newsroom).content_html


def test_terms_of_another_part_of_the_site_and_hostile_ones_say_nothing_here(newsroom: Newsroom) -> None:
    elsewhere = licensed('<rsl:prohibits type="usage">all</rsl:prohibits>').replace('url="/"', 'url="/shop/"')
    hostile = "".join(
        licensed(f'<rsl:payment type="free"><rsl:custom>{url}</rsl:custom></rsl:payment>', about=f"<rsl:copyright>{n}</rsl:copyright>")
        for n, url in enumerate(["javascript:alert(1)", "https://u:p@a.example/", "https://a.example/?token=s3cret"] * 50)
    )  # fmt: skip
    newsroom.add(FEED, feed(item(1, body="All of it.", extra=hostile), extra=elsewhere))
    newsroom.round()
    assert "All of it" in shown(newsroom).content_html
    assert shown(newsroom).terms_urls == ()
    assert len(first(newsroom).terms) == 5


def test_very_many_terms_are_few_and_what_forbids_something_is_among_them(newsroom: Newsroom) -> None:
    many = [f'<rsl:permits type="usage">t{n}</rsl:permits>' for n in range(500)]
    many += ['<rsl:prohibits type="usage">all</rsl:prohibits>']
    newsroom.add(FEED, feed(item(1, body="All of it."), extra=licensed(*many)))
    newsroom.round()
    assert "All of it" not in shown(newsroom).content_html
    assert len(first(newsroom).terms) == 5


def test_no_credit_no_picture_where_the_source_is_set_so(newsroom: Newsroom) -> None:
    pictures = "".join(
        f'<media:content url="https://harbour.example/{name}.jpg" medium="image">{credit}</media:content>'
        for name, credit in (("a", "<media:credit>Omar Haddad</media:credit>"), ("b", ""))
    )
    body = (
        "&lt;p&gt;Text&lt;/p&gt;&lt;figure&gt;&lt;img src='https://harbour.example/b.jpg'&gt;"
        "&lt;figcaption&gt;The quay&lt;/figcaption&gt;&lt;/figure&gt;&lt;img src='https://harbour.example/a.jpg'&gt;"
    )
    source = newsroom.add(FEED, feed(item(1, body=body, extra=pictures)))
    newsroom.round()
    assert len(shown(newsroom).images) == 2
    spec = replace(spec_at(FEED), options=SourceOptions(pictures="credited"))
    newsroom.store.sources.change(source.id, spec, newsroom.clock())
    entry = shown(newsroom)
    assert [image.url for image in entry.images] == ["https://harbour.example/a.jpg"]
    assert "b.jpg" not in entry.content_html
    assert "The quay" not in entry.content_html
    assert "a.jpg" in entry.content_html
    spec = replace(spec_at(FEED), options=SourceOptions(pictures="none"))
    newsroom.store.sources.change(source.id, spec, newsroom.clock())
    assert shown(newsroom).images == ()
    assert "<img" not in shown(newsroom).content_html


# languages

NYNORSK = (
    "Ferja går att etter to dagar med skodde, og ingen veit kvifor kapteinen ikkje sa noko til hamnevakta."
)
GERMAN = (
    "Die Fähre fährt nach zwei Tagen Nebel wieder, und niemand weiß, warum der Kapitän nichts gesagt hat."
)
RUSSIAN = "Паром снова ходит после двух дней тумана, и никто не знает, почему капитан ничего не сказал."


def look(newsroom: Newsroom) -> int:
    async def in_store(work: Any) -> Any:
        return work(newsroom.store)

    count = asyncio.run(detect_batch(in_store, InlineWorkers(), newsroom.clock()))
    publish_touched(newsroom.store, newsroom.clock())
    return count


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        (None, GERMAN, "de"),
        ("en", RUSSIAN, "ru"),
        ("en", GERMAN, "en"),
        ("ru", RUSSIAN, "ru"),
        (None, "Kort.", None),
    ],
)
def test_a_language_is_found_out_where_none_or_an_impossible_one_is_declared(
    newsroom: Newsroom, declared: str | None, text: str, expected: str | None
) -> None:
    extra = f"<language>{declared}</language>" if declared else ""
    newsroom.add(FEED, rss(item(1, title="1", body=text), extra=extra))
    newsroom.round()
    before = newsroom.store.feeds.seq()
    assert look(newsroom) == 1
    assert look(newsroom) == 0
    assert first(newsroom).language == expected
    assert (newsroom.store.feeds.seq() > before) is (expected not in (declared, None))
    newsroom.again()
    assert first(newsroom).updated_at == NOON - timedelta(hours=2)


def test_an_edited_article_is_looked_at_again(newsroom: Newsroom) -> None:
    newsroom.add(FEED, rss(item(1, title="1", body=GERMAN)))
    newsroom.round()
    look(newsroom)
    newsroom.web.put(FEED, rss(item(1, title="1", body=RUSSIAN)))
    newsroom.again()
    look(newsroom)
    assert first(newsroom).language == "ru"


def test_scripts_contradict_languages_that_are_not_written_in_them() -> None:
    assert main_script(RUSSIAN) == "CYRILLIC"
    assert main_script("Kort.") is None
    assert contradicts("de", RUSSIAN)
    assert not contradicts("uk", RUSSIAN)
    assert not contradicts("nn-NO", NYNORSK)
    assert not contradicts("x-klingon", RUSSIAN)
    assert detect("ok") is None


@pytest.mark.parametrize("share", ["headline", "full"])
def test_what_an_article_says_of_its_author_goes_out_only_where_its_text_does(
    newsroom: Newsroom, share: Share
) -> None:
    text = "".join(f"<p>The {one} drifter left the quay before the fog.</p>" for one in ("first", "last"))
    life = "Jane Roe is a reporter who covers the harbour."
    extra = (
        f"<dc:creator>Jane Roe</dc:creator><content:encoded><![CDATA[{text}<p>{life}</p>]]></content:encoded>"
    )
    newsroom.store.sources.add(replace(spec_at(FEED), share=share), newsroom.clock())
    newsroom.web.put(FEED, rss(item(1, extra=extra)))
    newsroom.round()
    jane = newsroom.store.feeds.info(FeedKey(kind="author", slug="jane-roe"))
    assert jane is not None
    assert jane.description == (life if share == "full" else "")
