"""Articles read from their own pages and files: full text, sitemaps, pages of links, folders, poll by poll."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.actions.declaring.specs import folder_spec, spec_at, stored_spec
from feeds.http.requests import Response
from feeds.ingest.formats.folder import list_folder
from feeds.model.articles import Article
from feeds.model.fetched import Failed
from feeds.model.incoming import Source, SourceOptions
from feeds.model.settings import FetchSettings
from tests.fakes import NOON, Newsroom, item, rss

FEED = "https://harbour.example/feed"
MAP = "https://harbour.example/sitemap.xml"
MAP_TOO = "https://harbour.example/all.xml"
WORDS = (
    "The crane came on a barge that was longer than the quay, and by noon half of the town stood on the breakwater.",
    "Nobody had told the ferry, which waited outside for two hours, while its captain had coffee and said nothing.",
    "It is painted blue, because the harbour master likes blue, and because there was no other paint left in the shed.",
)


def page(
    title: str, *, date: str = "2026-11-20T08:00:00+01:00", url: str = "", words: tuple[str, ...] = WORDS
) -> str:
    canonical = f'<link rel="canonical" href="{url}">' if url else ""
    text = "".join(f"<p>{one}</p>" for one in words)
    return (
        f"<!doctype html><html lang=en><head><title>{title} | Harbour News</title>{canonical}"
        f'<meta property="og:title" content="{title}"><meta property="article:published_time" content="{date}">'
        '<meta name="author" content="Ines Halvorsen"></head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{title}</h1>{text}</article><footer>All rights kept</footer></body></html>"
    )


def add(newsroom: Newsroom, url: str, kind: Any = "feed", **options: Any) -> Source:
    spec = replace(spec_at(url), kind=kind, options=SourceOptions(**options))
    return newsroom.store.sources.add(spec, newsroom.clock())


def articles(newsroom: Newsroom) -> dict[str, Article]:
    found = [newsroom.store.articles.get(number) for number in range(1, 60)]
    return {one.title: one for one in found if isinstance(one, Article)}


def asked(newsroom: Newsroom, path: str) -> int:
    return sum(request.url == f"https://harbour.example{path}" for request in newsroom.web.asked)


@pytest.mark.parametrize(
    ("options", "detail"),
    [
        ({}, "The host asks for a user name and password."),
        (
            {"user": "desk", "password": "env:PASS"},
            "The host does not take the user name and password that are set.",
        ),
    ],
)
def test_a_password_that_is_missing_is_told_apart_from_a_wrong_one(
    newsroom: Newsroom, options: dict[str, str], detail: str
) -> None:
    add(newsroom, FEED, **options)
    newsroom.web.put(FEED, "", status=401)
    (saved,) = newsroom.round()
    assert saved.report is not None
    assert (saved.report.status, saved.report.detail) == ("credentials", detail)
    (alert,) = newsroom.store.alerts.open_ones()
    assert f"{detail} Set the right ones" in alert.message


# full text


def test_a_teaser_becomes_a_whole_article_and_what_the_feed_said_stays(newsroom: Newsroom) -> None:
    add(newsroom, FEED, full_text=True)
    newsroom.web.put(FEED, rss(item(1, title="A crane", body="It came on a barge.")))
    newsroom.web.put("https://harbour.example/1", page("The blue crane came"))
    newsroom.round()
    article = articles(newsroom)["A crane"]
    assert WORDS[2] in article.content_html
    assert article.summary == "It came on a barge."
    assert article.published_at == NOON - timedelta(hours=2)
    assert [author.name for author in article.authors] == ["Ines Halvorsen"]
    newsroom.again()
    newsroom.web.put(FEED, rss(item(1, title="A crane", body="It came on a barge."), item(2)))
    newsroom.web.put("https://harbour.example/2", page("Second"))
    newsroom.again()
    assert (asked(newsroom, "/1"), asked(newsroom, "/2")) == (1, 1)
    assert len(newsroom.store.articles.versions(article.id)) == 0


def test_a_page_that_says_less_than_the_feed_does_not_win(newsroom: Newsroom) -> None:
    add(newsroom, FEED, full_text=True)
    whole = "".join(f"&lt;p&gt;{one}&lt;/p&gt;" for one in WORDS)
    newsroom.web.put(FEED, rss(item(1, body=whole)))
    newsroom.web.put(
        "https://harbour.example/1",
        page("Story 1", words=("Please log in to read on, it is easy and free.",)),
    )
    newsroom.round()
    assert WORDS[2] in articles(newsroom)["Story 1"].content_html


def test_robots_txt_is_obeyed_and_the_teaser_published(newsroom: Newsroom) -> None:
    add(newsroom, FEED, full_text=True)
    newsroom.web.put("https://harbour.example/robots.txt", "User-agent: Feedwright\nDisallow: /")
    newsroom.web.put(FEED, rss(item(1, body="A teaser.")))
    newsroom.web.put("https://harbour.example/1", page("Story 1"))
    (saved,) = newsroom.round()
    assert asked(newsroom, "/1") == 0
    assert "teaser" in articles(newsroom)["Story 1"].content_html
    assert saved.report is not None
    assert "robots.txt" in saved.report.detail
    newsroom.again()
    assert asked(newsroom, "/1") == 0


def test_a_page_that_fails_is_tried_again_later_and_an_edit_of_the_feed_reads_it_anew(
    newsroom: Newsroom,
) -> None:
    add(newsroom, FEED, full_text=True)
    newsroom.web.put(FEED, rss(item(1, body="A teaser.")), ETag='"1"')
    newsroom.web.pages["https://harbour.example/1"] = Failed(url="x", state="slow", detail="Too slow.")
    newsroom.round()
    assert "teaser" in articles(newsroom)["Story 1"].content_html
    newsroom.again(minutes=30)
    assert asked(newsroom, "/1") == 1
    newsroom.web.put("https://harbour.example/1", page("Story 1"))
    newsroom.again(hours=1)
    assert WORDS[0] in articles(newsroom)["Story 1"].content_html
    newsroom.web.put(FEED, rss(item(1, body="Another teaser.")), ETag='"2"')
    newsroom.web.put(
        "https://harbour.example/1",
        page(
            "Story 1",
            words=(*WORDS, "Since then the crane was painted red by night, and nobody knows by whom."),
        ),
    )
    newsroom.again()
    assert "painted red" in articles(newsroom)["Story 1"].content_html


def test_while_a_page_that_was_read_fails_its_article_keeps_the_text(newsroom: Newsroom) -> None:
    add(newsroom, FEED, full_text=True)
    newsroom.web.put(FEED, rss(item(1, body="A teaser.")), ETag='"1"')
    newsroom.web.put("https://harbour.example/1", page("Story 1"))
    newsroom.round()
    before = articles(newsroom)["Story 1"]
    newsroom.web.put(FEED, rss(item(1, title="Story 1, corrected", body="A teaser.")), ETag='"2"')
    newsroom.web.pages["https://harbour.example/1"] = Failed(url="x", state="slow", detail="Too slow.")
    newsroom.again()
    newsroom.again(hours=1)
    assert asked(newsroom, "/1") == 3
    assert articles(newsroom) == {"Story 1": before}
    newsroom.web.put("https://harbour.example/1", page("Story 1"))
    newsroom.again(hours=2)
    after = articles(newsroom)["Story 1, corrected"]
    assert after.content_html == before.content_html
    assert len(newsroom.store.articles.versions(before.id)) == 1


def test_where_a_page_stays_shut_the_feed_speaks_for_it_until_its_next_date(newsroom: Newsroom) -> None:
    add(newsroom, FEED, full_text=True)
    newsroom.web.put(FEED, rss(item(1, body="A teaser.")), ETag='"1"')
    newsroom.web.put("https://harbour.example/1", page("Story 1"))
    newsroom.round()
    newsroom.web.put(FEED, rss(item(1, title="Story 1, corrected", body="A teaser.")), ETag='"2"')
    newsroom.web.pages["https://harbour.example/1"] = Response(
        url="https://harbour.example/1", status=403, headers=(), body=b"Pay."
    )
    newsroom.again()
    assert "teaser" in articles(newsroom)["Story 1, corrected"].content_html
    newsroom.again(hours=9)
    assert asked(newsroom, "/1") == 2


def test_a_page_that_waits_keeps_no_import_open(newsroom: Newsroom) -> None:
    add(newsroom, FEED, full_text=True)
    newsroom.web.put(FEED, rss(item(1)))
    newsroom.web.pages["https://harbour.example/1"] = Failed(url="x", state="slow", detail="Too slow.")
    newsroom.round()
    old = item(2, date=NOON - timedelta(days=30))
    newsroom.web.put(FEED, rss(item(1), old))
    newsroom.web.put("https://harbour.example/2", page("Story 2"))
    newsroom.again(minutes=10)
    # It is new here, whatever its date: a reader sees it.
    assert articles(newsroom)["Story 2"].sort_at == newsroom.clock()


def test_a_page_that_is_gone_is_not_asked_for_again(newsroom: Newsroom) -> None:
    add(newsroom, FEED, full_text=True)
    newsroom.web.put(FEED, rss(item(1)))
    newsroom.round()
    for _ in range(3):
        newsroom.again(days=1)
    assert asked(newsroom, "/1") == 1


def test_a_host_that_asks_for_rest_ends_the_visits_and_cools(newsroom: Newsroom) -> None:
    add(newsroom, FEED, full_text=True)
    newsroom.web.put(FEED, rss(*(item(n) for n in range(5))))
    newsroom.web.put("https://harbour.example/0", "", status=429, Retry_After="600")
    newsroom.round()
    pages = [
        request.url for request in newsroom.web.asked if "robots" not in request.url and request.url != FEED
    ]
    assert len(pages) == 1
    until = newsroom.store.polls.cool_until("harbour.example")
    assert until is not None
    assert until >= NOON + timedelta(seconds=600)


def test_one_poll_reads_no_more_pages_than_allowed_and_the_next_ones_the_rest(newsroom: Newsroom) -> None:
    newsroom.fetching = FetchSettings(max_pages=3)
    add(newsroom, FEED, full_text=True)
    newsroom.web.put(FEED, rss(*(item(n, date=NOON - timedelta(days=n)) for n in range(7))), ETag='"1"')
    for n in range(7):
        newsroom.web.put(f"https://harbour.example/{n}", page(f"Story {n}"))
    newsroom.round()
    assert sorted(articles(newsroom)) == ["Story 0", "Story 1", "Story 2"]
    newsroom.again()
    newsroom.again()
    found = articles(newsroom)
    assert len(found) == 7
    # It was one first import: everything stands in the past, where it belongs.
    assert [found[f"Story {n}"].sort_at for n in range(1, 7)] == [
        NOON - timedelta(days=n) for n in range(1, 7)
    ]
    newsroom.again()
    assert sum(asked(newsroom, f"/{n}") for n in range(7)) == 7


# sitemaps


def sitemap(*numbers: int, date: str = "2026-11-2{n}") -> str:
    urls = "".join(
        f"<url><loc>https://harbour.example/{n}</loc><lastmod>{date.format(n=n % 3)}</lastmod></url>"
        for n in numbers
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def test_a_sitemap_brings_articles_with_their_own_titles_and_dates(newsroom: Newsroom) -> None:
    url = "https://harbour.example/sitemap.xml"
    add(newsroom, url, "sitemap", only=("harbour.example/",))
    newsroom.web.put(url, sitemap(1, 2))
    for n in (1, 2, 3):
        newsroom.web.put(
            f"https://harbour.example/{n}", page(f"Page {n}", url=f"https://harbour.example/{n}?x=1")
        )
    newsroom.round()
    found = articles(newsroom)
    assert sorted(found) == ["Page 1", "Page 2"]
    assert found["Page 1"].published_at is not None
    assert found["Page 1"].published_at.isoformat() == "2026-11-20T07:00:00+00:00"
    newsroom.web.put(url, sitemap(1, 2, 3))
    newsroom.again()
    assert sorted(articles(newsroom)) == ["Page 1", "Page 2", "Page 3"]
    assert asked(newsroom, "/1") == 1


def test_an_index_is_followed_and_a_child_that_fails_is_a_fault(newsroom: Newsroom) -> None:
    url = "https://harbour.example/sitemap.xml"
    add(newsroom, url, "sitemap")
    children = "".join(f"<sitemap><loc>https://harbour.example/{name}.xml</loc></sitemap>" for name in "ab")
    newsroom.web.put(url, f"<sitemapindex>{children}</sitemapindex>")
    newsroom.web.put("https://harbour.example/a.xml", sitemap(1))
    newsroom.web.put("https://harbour.example/1", page("Page 1"))
    (saved,) = newsroom.round()
    assert list(articles(newsroom)) == ["Page 1"]
    assert saved.report is not None
    assert "b.xml" in saved.report.detail


@pytest.mark.parametrize("date", ["", "<lastmod>2026-11-24</lastmod>"])
def test_children_of_an_index_that_stays_as_it_is_are_read_again(newsroom: Newsroom, date: str) -> None:
    url = "https://harbour.example/sitemap.xml"
    add(newsroom, url, "sitemap")
    child = "https://harbour.example/a.xml"
    newsroom.web.put(
        url, f"<sitemapindex><sitemap><loc>{child}</loc>{date}</sitemap></sitemapindex>", ETag='"1"'
    )
    newsroom.web.put(child, sitemap(1))
    for n in (1, 2):
        newsroom.web.put(f"https://harbour.example/{n}", page(f"Page {n}"))
    newsroom.round()
    newsroom.web.put(child, sitemap(1, 2))
    newsroom.again()
    assert sorted(articles(newsroom)) == ["Page 1", "Page 2"]
    assert asked(newsroom, "/1") == 1


def test_an_index_that_dates_its_children_speaks_for_them_unless_one_could_not_be_read(
    newsroom: Newsroom,
) -> None:
    url = "https://harbour.example/sitemap.xml"
    add(newsroom, url, "sitemap")
    dated = "<lastmod>2026-11-24T08:00:00Z</lastmod>"
    children = "".join(
        f"<sitemap><loc>https://harbour.example/{name}.xml</loc>{dated}</sitemap>" for name in "ab"
    )
    newsroom.web.put(url, f"<sitemapindex>{children}</sitemapindex>", ETag='"1"')
    newsroom.web.put("https://harbour.example/a.xml", sitemap(1))
    newsroom.web.put("https://harbour.example/1", page("Page 1"))
    newsroom.web.put("https://harbour.example/2", page("Page 2"))
    newsroom.round()
    newsroom.web.put("https://harbour.example/b.xml", sitemap(2))
    newsroom.again()
    newsroom.again()
    assert sorted(articles(newsroom)) == ["Page 1", "Page 2"]
    assert asked(newsroom, "/b.xml") == 2


def test_the_archive_of_a_new_sitemap_stays_where_it_is(newsroom: Newsroom) -> None:
    url = "https://harbour.example/sitemap.xml"
    newsroom.fetching = FetchSettings(max_pages=100)
    add(newsroom, url, "sitemap")
    newsroom.web.put(url, sitemap(*range(80)))
    for n in range(81):
        newsroom.web.put(f"https://harbour.example/{n}", page(f"Page {n}"))
    newsroom.round()
    assert len(articles(newsroom)) == 50
    newsroom.web.put(url, sitemap(*range(81)))
    newsroom.again()
    assert "Page 80" in articles(newsroom)
    assert sum(asked(newsroom, f"/{n}") for n in range(81)) == 51


# pages of links


def test_pages_that_all_name_one_address_as_their_own_are_several_articles(newsroom: Newsroom) -> None:
    add(newsroom, MAP, "sitemap")
    section = "https://harbour.example/news"
    for n in range(1, 4):
        words = (f"Only story {n} tells this, at some length and in its own words.", *WORDS)
        newsroom.web.put(f"https://harbour.example/{n}", page(f"Story {n}", url=section, words=words))
        newsroom.web.put(MAP, sitemap(*range(1, n + 1)))
        newsroom.again()
    assert sorted(articles(newsroom)) == ["Story 1", "Story 2", "Story 3"]


def test_a_page_without_a_feed_is_read_by_its_links(newsroom: Newsroom) -> None:
    url = "https://harbour.example/news"
    add(newsroom, url, "page", links="main h2 a")
    front = '<html><head><title>News</title></head><body><nav><a href="/x">x</a></nav><main>{}</main></body></html>'
    newsroom.web.put(url, front.format('<h2><a href="/1">One</a></h2>'))
    newsroom.web.put("https://harbour.example/1", page("Page 1"))
    newsroom.web.put("https://harbour.example/2", page("Page 2", date=""))
    newsroom.round()
    newsroom.web.put(url, front.format('<h2><a href="/2">Two</a></h2><h2><a href="/1">One, again</a></h2>'))
    (saved,) = newsroom.again()
    assert sorted(articles(newsroom)) == ["Page 1", "Page 2"]
    assert saved.report is not None
    assert saved.report.new_count == 1
    assert asked(newsroom, "/x") == 0


def test_a_selector_that_finds_nothing_is_told(newsroom: Newsroom) -> None:
    add(newsroom, "https://harbour.example/news", "page", links="main .gone a")
    newsroom.web.put(
        "https://harbour.example/news", "<html><body><main><p>Redesigned</p></main></body></html>"
    )
    (saved,) = newsroom.round()
    assert saved.report is not None
    assert saved.report.status == "not-a-feed"
    assert "finds no links" in saved.report.detail


# folders


def put(folder: Path, name: str, text: str, at: float) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))


def test_a_folder_of_files_is_a_source(newsroom: Newsroom, tmp_path: Path) -> None:
    folder = tmp_path / "pieces"
    put(folder, "the-blue-crane.txt", "\n\n".join(WORDS), 1_700_000_000)
    put(
        folder,
        "deep/fog.md",
        f"---\ntitle: Fog\nauthor: Tomas Okello\n---\n\n{WORDS[0]}\n\n{WORDS[1]}\n",
        1_700_000_000,
    )
    put(folder, "page.html", page("A page"), 1_700_000_000)
    put(folder, ".hidden.txt", "no", 1_700_000_000)
    put(folder, "notes.pdf", "no", 1_700_000_000)
    newsroom.store.sources.add(folder_spec("pieces", tmp_path), newsroom.clock())
    (saved,) = newsroom.round()
    found = articles(newsroom)
    assert sorted(found) == ["A page", "Fog", "The blue crane"]
    assert [author.name for author in found["Fog"].authors] == ["Tomas Okello"]
    assert saved.report is not None
    assert saved.report.poll.interval == timedelta(minutes=1)
    put(
        folder,
        "the-blue-crane.txt",
        "\n\n".join((*WORDS, "It has a name now, which is Agnes.")),
        1_700_000_100,
    )
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert (saved.report.new_count, saved.report.changed_count) == (0, 1)
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert (saved.report.status, saved.report.changed_count) == ("unchanged", 0)
    assert newsroom.web.asked == []


def test_a_folder_that_vanished_says_so_and_its_articles_stay(newsroom: Newsroom, tmp_path: Path) -> None:
    folder = tmp_path / "pieces"
    put(folder, "a.txt", "\n\n".join(WORDS), 1_700_000_000)
    newsroom.store.sources.add(folder_spec("pieces", tmp_path), newsroom.clock())
    newsroom.round()
    (folder / "a.txt").unlink()
    newsroom.again()
    assert len(articles(newsroom)) == 1
    folder.rmdir()
    (saved,) = newsroom.again()
    assert saved.report is not None
    assert saved.report.status == "missing"
    assert len(articles(newsroom)) == 1


def test_links_out_of_the_folder_are_passed_over(newsroom: Newsroom, tmp_path: Path) -> None:
    folder = tmp_path / "pieces"
    put(tmp_path, "secret.txt", "\n\n".join(WORDS), 1_700_000_000)
    put(folder, "a.txt", "\n\n".join(WORDS), 1_700_000_000)
    (folder / "b.txt").symlink_to(tmp_path / "secret.txt")
    newsroom.store.sources.add(folder_spec("pieces", tmp_path), newsroom.clock())
    newsroom.round()
    assert list(articles(newsroom)) == ["A"]


def test_a_file_that_may_be_read_at_last_is_read(newsroom: Newsroom) -> None:
    user = os.geteuid()
    # The folders of pytest are closed to all others, and root may read everything.
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        root = Path(place)
        root.chmod(0o755)
        put(root / "pieces", "a.txt", "\n\n".join(WORDS), 1_700_000_000)
        (root / "pieces" / "a.txt").chmod(0)
        source = newsroom.store.sources.add(folder_spec("pieces", root), newsroom.clock())
        states: list[str | None] = []
        for mode in (0o000, 0o644):
            (root / "pieces" / "a.txt").chmod(mode)
            if not user:
                os.seteuid(65534)
            try:
                listed = list_folder(source)
            finally:
                os.seteuid(user)
            assert not isinstance(listed, Failed)
            states += [listed[0].body_hash, listed[1].drafts[0].hash]
        # Both what spares the folder and what spares the file say that something is new.
        assert len(set(states)) == 4


def test_a_name_that_is_no_text_is_told_and_keeps_no_other_file_from_being_read(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    folder = tmp_path / "pieces"
    put(folder, "a.txt", "\n\n".join(WORDS), 1_700_000_000)
    newsroom.store.sources.add(folder_spec("pieces", tmp_path), newsroom.clock())
    newsroom.round()
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))
    try:
        odd.write_text("\n\n".join(WORDS))
    except OSError:
        pytest.skip("this file system takes no such name")
    (told,) = newsroom.again()
    put(folder, "b.txt", "\n\n".join(WORDS), 1_700_000_000)
    (saved,) = newsroom.again()
    assert list(articles(newsroom)) == ["A", "B"]
    for one in (told, saved):
        assert one.report is not None
        assert (one.report.status, one.report.detail) == (
            "faults",
            "caf\ufffd.txt: the name is not in UTF-8; rename the file.",
        )


@pytest.mark.parametrize("name", ["big.txt", "empty.txt"])
def test_a_file_that_is_no_article_is_a_fault_and_the_others_are_read(
    newsroom: Newsroom, tmp_path: Path, name: str
) -> None:
    newsroom.fetching = FetchSettings(max_bytes=10_000)
    folder = tmp_path / "pieces"
    put(folder, name, "x" * 20_000 if name == "big.txt" else "", 1_700_000_000)
    put(folder, "good.txt", "\n\n".join(WORDS), 1_700_000_000)
    newsroom.store.sources.add(folder_spec("pieces", tmp_path), newsroom.clock())
    (saved,) = newsroom.round()
    assert list(articles(newsroom)) == ["Good"]
    assert saved.report is not None
    assert saved.report.status == "faults"
    assert name in saved.report.detail


@pytest.mark.parametrize(
    "changed",
    [{"title": "Another title"}, {"options": SourceOptions(only=("harbour",))}, {"fetch_url": MAP_TOO}],
)
def test_changed_settings_do_not_make_news_of_an_archive(newsroom: Newsroom, changed: dict[str, Any]) -> None:
    url = "https://harbour.example/sitemap.xml"
    newsroom.fetching = FetchSettings(max_pages=100)
    source = add(newsroom, url, "sitemap")
    for address in (url, MAP_TOO):
        newsroom.web.put(address, sitemap(*range(80)))
    for n in range(82):
        newsroom.web.put(f"https://harbour.example/{n}", page(f"Page {n}", date="2026-10-20T08:00:00+01:00"))
    newsroom.round()
    assert len(articles(newsroom)) == 50
    row = newsroom.store.sources.of_id(source.id)
    assert row is not None
    newsroom.store.sources.change(
        source.id, replace(stored_spec(row.source, row.host), **changed), newsroom.clock()
    )
    newsroom.again()
    assert len(articles(newsroom)) == 50
    for address in (url, MAP_TOO):
        newsroom.web.put(address, sitemap(*range(81)))
    newsroom.again()
    found = articles(newsroom)
    assert "Page 80" in found
    assert len(found) == 51
    assert all(one.sort_at < NOON - timedelta(days=9) for title, one in found.items() if title != "Page 80")
