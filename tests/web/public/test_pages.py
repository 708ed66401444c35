"""The pages: what stands on them, what they keep back, and how they answer when things go wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from lxml import html
from werkzeug.test import Client

from feeds.errors import StoreError
from feeds.model.articles import Tombstone
from tests.fakestore import JON, MARA, NOON, FakeStore, article
from tests.web.newsroom import context_of, make_app, newsroom
from web.server.security import POLICY

PAGES = (
    "/", "/all", "/topics", "/authors", "/sources", "/topics/tides", "/authors/jon-abara",
    "/sources/tideline", "/articles/1", "/articles/2", "/articles/3", "/articles/4", "/articles/5",
)  # fmt: skip


@pytest.fixture
def store() -> FakeStore:
    return newsroom()


@pytest.fixture
def app(store: FakeStore, tmp_path: Path) -> Flask:
    return make_app(store, tmp_path)


@pytest.fixture
def web(app: Flask) -> Client:
    return app.test_client()


def page(web: Client, path: str) -> html.HtmlElement:
    answer = web.get(path)
    assert answer.status_code == 200, path
    return html.document_fromstring(answer.text)


def links(tree: html.HtmlElement, rel: str) -> list[str]:
    return [link.get("href", "") for link in tree.iter("link") if link.get("rel") == rel]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_scriptless_and_loads_nothing_from_elsewhere(web: Client, path: str) -> None:
    answer = web.get(path)
    tree = html.document_fromstring(answer.text)
    assert len(tree.findall(".//h1")) == 1
    assert [one.tag for one in tree.iter("header", "main", "footer", "nav") if one.tag == "main"] == ["main"]
    assert tree.xpath("//a[@class='skip']/@href") == ["#main"]
    assert not list(tree.iter("script", "style", "iframe", "form"))
    assert not tree.xpath("//@style | //@onclick | //@onload")
    assert all(address.startswith("/static/") for address in links(tree, "stylesheet"))
    for picture in tree.iter("img"):
        assert (picture.get("referrerpolicy"), picture.get("loading")) == ("no-referrer", "lazy")
        assert picture.get("alt") is not None
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"].startswith("public, max-age=300, ")
    assert answer.headers["Referrer-Policy"]
    assert "evil.example" not in web.get(path, headers={"Host": "evil.example"}).text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_tag_and_answers_304(web: Client, path: str) -> None:
    first = web.get(path, headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = web.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", PAGES)
def test_every_link_within_the_site_leads_somewhere(web: Client, path: str) -> None:
    tree = page(web, path)
    for link in tree.iter("a", "link"):
        address = (link.get("href") or "").replace("https://reader.example", "", 1)
        if address.startswith("/"):
            with web.get(address) as answer:
                assert answer.status_code == 200, address


def test_atom_alone_is_advertised_and_every_format_is_listed(web: Client) -> None:
    tree = page(web, "/topics/tides")
    assert links(tree, "alternate") == ["https://reader.example/topics/tides.atom"]
    box = tree.find(".//details[@class='subscribe']")
    assert [code.text for code in box.iter("code")] == [
        "https://reader.example/topics/tides.atom",
        "https://reader.example/topics/tides.rss",
        "https://reader.example/topics/tides.json",
    ]


def test_an_article_of_others_is_kept_from_search_engines_and_names_its_address(web: Client) -> None:
    answer = web.get("/articles/1")
    tree = html.document_fromstring(answer.text)
    assert links(tree, "canonical") == ["https://harbour.example/2026/11/1"]
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "First published by" in answer.text
    assert "Ida Storm / Harbour Pictures" in answer.text


def test_an_article_of_ours_may_be_found(web: Client) -> None:
    answer = web.get("/articles/4")
    tree = html.document_fromstring(answer.text)
    assert links(tree, "canonical") == ["https://reader.example/articles/4"]
    assert not tree.xpath("//meta[@name='robots']")
    assert "X-Robots-Tag" not in answer.headers
    assert "First published by" not in answer.text


def test_a_page_shows_no_more_than_the_source_shares(web: Client) -> None:
    excerpt = web.get("/articles/2").text
    assert "Nobody on the quay" not in excerpt
    assert "<img" not in excerpt
    assert "Read the whole article at" in excerpt
    headline = web.get("/articles/3").text
    assert "The crossing" not in headline
    assert "shares the headline only" in headline


def test_a_list_leads_to_the_source_where_our_page_would_show_less(web: Client) -> None:
    tree = page(web, "/all")
    titles = {link.text: link.get("href") for link in tree.xpath("//article//h3/a")}
    assert titles["Ferry number 1 waits for the tide"] == "/articles/1"
    assert titles["Council votes for a second bridge"] == "https://harbour.example/2026/11/2"
    assert titles["Agenda of Thursday"] == "https://harbour.example/2026/11/3"
    assert titles["How we work"] == "/articles/4"


def test_pictures_in_lists_are_credited(web: Client) -> None:
    tree = page(web, "/all")
    for figure in tree.xpath("//figure[@class='thumb']"):
        assert figure.findtext("figcaption") == "Ida Storm / Harbour Pictures"


def test_times_are_in_the_sites_zone_with_the_moment_for_machines(web: Client) -> None:
    moment = page(web, "/articles/1").find(".//time")
    local = article(1).effective_at.astimezone(ZoneInfo("Europe/Oslo"))
    assert moment.get("datetime") == local.isoformat() == "2026-11-20T12:00:00+01:00"
    assert moment.text == "20 November 2026, 12:00"


def test_another_language_is_said_and_its_direction_found(web: Client) -> None:
    title = page(web, "/articles/5").find(".//h1")
    assert (title.get("lang"), title.get("dir")) == ("ar", "auto")


def test_what_has_no_date_says_when_it_was_seen(web: Client) -> None:
    for path in ("/articles/5", "/all"):
        assert "seen 20 November 2026, 08:05" in page(web, path).text_content()


def test_headings_of_a_source_do_not_compete_with_ours(tmp_path: Path) -> None:
    web = make_app(FakeStore([article(1, content_html="<h1>Big</h1><p>x</p>")]), tmp_path).test_client()
    assert "<h2>Big</h2>" in web.get("/articles/1").text


def test_words_of_a_source_stay_words(tmp_path: Path) -> None:
    wild = "<script>alert(1)</script>\"'&"
    web = make_app(
        FakeStore([article(1, title=wild, summary=wild, categories=(wild,), rights=wild)]), tmp_path
    ).test_client()
    for path in ("/", "/all", "/articles/1"):
        assert "<script" not in web.get(path).text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/articles/99", 404), ("/articles/x", 404), (f"/articles/{10**30}", 404), ("/nothing", 404)],
)
def test_what_is_not_here_is_said_on_a_page(web: Client, path: str, status: int) -> None:
    answer = web.get(path)
    assert answer.status_code == status
    assert html.document_fromstring(answer.text).findtext(".//h1") == "Nothing is here"
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_a_withdrawn_article_is_gone(web: Client, store: FakeStore) -> None:
    store.tombs[1] = Tombstone(urn=article(1).urn, withdrawn_at=NOON, reason="asked")
    answer = web.get("/articles/1")
    assert answer.status_code == 410
    assert "withdrawn" in answer.text
    store.held[2] = article(2, status="withdrawn")
    assert web.get("/articles/2").status_code == 410


def test_a_busy_store_is_a_page_that_asks_to_come_back(web: Client, store: FakeStore) -> None:
    store.is_busy = True
    answer = web.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Busy for a moment" in answer.text


@pytest.mark.parametrize(("breaks", "status"), [(1, 200), (2, 503)])
def test_a_store_that_broke_is_opened_anew_and_asked_once_more(
    tmp_path: Path, breaks: int, status: int
) -> None:
    broken, sound = newsroom(), newsroom()
    opened = [sound, *[broken] * breaks]

    def lost() -> int:
        raise StoreError("The connection is lost.")

    broken.feeds = SimpleNamespace(
        **vars(broken.feeds) | {"page": lambda *_, **__: lost(), "every": lambda *_: lost()}
    )
    app = make_app(broken, tmp_path)
    stores = context_of(app).stores
    stores._factory = lambda: opened.pop().as_store()
    web = app.test_client()
    assert web.get("/").status_code == status
    assert web.get("/").status_code == 200
    assert not opened


def test_a_fault_of_ours_is_a_page_without_its_secrets(store: FakeStore, tmp_path: Path) -> None:
    app = make_app(store, tmp_path)

    def broken() -> str:
        raise ValueError("the secret")

    app.add_url_rule("/broken", view_func=broken)
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "the secret" not in answer.text


def test_an_empty_site_says_what_to_expect(tmp_path: Path) -> None:
    web = make_app(FakeStore(), tmp_path).test_client()
    for path in ("/", "/topics", "/authors", "/sources", "/all"):
        assert "yet" in web.get(path).text


def test_a_site_below_a_path_links_to_itself(store: FakeStore, tmp_path: Path) -> None:
    web = make_app(store, tmp_path, base_url="https://town.example/reader").test_client()
    text = web.get("/topics/tides").text
    addresses = re.findall(r'(?:href|src)="(/[^"]*)"', text)
    assert addresses
    assert all(address.startswith("/reader/") for address in addresses)
    assert "https://town.example/reader/topics/tides.atom" in text


def test_the_style_sheet_is_kept_for_long_under_an_address_of_its_own(web: Client) -> None:
    address = links(page(web, "/"), "stylesheet")[0]
    answer = web.get(address)
    assert "?v=" in address
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    answer.close()


def test_an_authors_page_says_who_they_are(tmp_path: Path) -> None:
    mara = replace(
        MARA,
        role="Harbour <editor>",
        picture_url="https://harbour.example/mara.jpg",
        links=("https://mara.example/", "https://social.example/@mara"),
        bio="Covers the tides.",
    )
    web = make_app(FakeStore([article(1, authors=(mara,))]), tmp_path).test_client()
    tree = page(web, "/authors/mara-lindqvist")
    main = tree.find(".//main")
    assert main is not None
    (portrait,) = main.xpath(".//img[@class='portrait']")
    assert (portrait.get("src"), portrait.get("loading"), portrait.get("alt")) == (
        mara.picture_url,
        "lazy",
        "",
    )
    assert set(mara.links) <= {one.get("href") for one in main.iter("a")}
    said = " ".join(main.text_content().split())
    assert "Harbour <editor>" in said
    assert "Covers the tides." in said


def test_an_article_names_its_authors_for_the_fediverse(store: FakeStore, tmp_path: Path) -> None:
    known = replace(JON, fediverse="@jon@example.social")
    store.held[1] = article(1, authors=(MARA, known))
    page = make_app(store, tmp_path).test_client().get("/articles/1").text
    assert page.count('<meta name="fediverse:creator" content="@jon@example.social">') == 1
