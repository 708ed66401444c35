"""A new admin's first afternoon in a real browser: twenty sources of all kinds, topics, a merge, corrections, an undone mistake."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from feeds.http.requests import Request, Response
from feeds.model.fetched import Failed
from tests.fakes import NOON, FakeWeb, item, rss
from tests.web.admin.office import Office
from tests.web.admin.test_browser import begin, browser, scheduler, served
from tests.web.test_browser import CHROMIUM

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
__all__ = ["browser", "served"]

PASSWORD = "env:LOCKED_PW"
"""The office takes references to secrets as they are written."""
BY = "<dc:creator>{}</dc:creator>"
TOPICS = {"Harbour": "ferry", "Council": "council", "Weather": "gale", "Seals": "seal", "Trains": "train"}
PAGE = (
    "<html><head><title>{0}</title></head><body><main><article><h1>{0}</h1>"
    "<p>By Ada Lindqvist</p><p>{1}</p></article></main></body></html>"
)
LONG = "The council met about the pier on Thursday, and nobody wanted to pay for the new lamps. " * 6


class LockedWeb(FakeWeb):
    """Asks for a name and password at one host."""

    async def get(self, request: Request) -> Response | Failed:
        """401 without the right ones."""
        wanted = "Basic " + base64.b64encode(f"desk:{PASSWORD}".encode()).decode()
        if "locked.example" in request.url and dict(request.own_headers).get("Authorization") != wanted:
            return Response(url=request.url, status=401, headers=(("WWW-Authenticate", "Basic"),), body=b"")
        return await super().get(request)


def feed(name: str, *entries: str) -> str:
    return rss(*entries, title=name)


def entry(number: int, title: str, by: str, host: str) -> str:
    return item(
        number,
        title=title,
        guid=f"{host}-{number}",
        link=f"https://{host}/{number}",
        date=NOON - timedelta(hours=number),
        extra=BY.format(by),
    )


def outside(office: Office) -> None:
    """Twenty sources as they lie about in the world."""
    web = office.web
    words = list(TOPICS.values())
    for number in range(16):
        host = f"paper{number}.example"
        by = "Ines Halvorsen" if number == 0 else f"Writer {number}"
        first = entry(1, f"The {words[number % 5]} of day {number}", by, host)
        web.put(
            f"https://{host}/feed",
            feed(f"Paper {number}", first, entry(2, f"Notice {number}", by, host)),
        )
    web.put(
        "https://maps.example/sitemap.xml",
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://maps.example/a</loc>'
        "<lastmod>2026-11-21</lastmod></url></urlset>",
    )
    web.put("https://maps.example/a", PAGE.format("A council on the map", LONG), Content_Type="text/html")
    web.put(
        "https://list.example/news",
        '<html><body><main><h2><a href="/one">One ferry</a></h2></main></body></html>',
        Content_Type="text/html",
    )
    web.put("https://list.example/one", PAGE.format("One ferry", LONG), Content_Type="text/html")
    web.put(
        "https://locked.example/feed",
        feed("Locked", entry(1, "Behind a door", "Olav Sund", "locked.example")),
    )
    web.put("https://broken.example/feed", "<html>No feed here", status=200, Content_Type="text/html")


def opml() -> str:
    outlines = "".join(
        f'<outline type="rss" text="Paper {number}" xmlUrl="https://paper{number}.example/feed"/>'
        for number in range(16)
    )
    return f'<opml version="2.0"><body>{outlines}</body></opml>'


def leads(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}/admin{path}", wait_until="load")


def notice(page: Page) -> str:
    return page.locator(".notice").first.inner_text()


def look(page: Page, office: Office, site: str, address: str, **more: str) -> None:
    """Types an address, with what it needs, and waits for what it would bring."""
    leads(page, site, "/add/source")
    page.get_by_label("Address", exact=True).fill(address)
    if more:
        page.get_by_text("A sitemap, a page without a feed").click()
    for label, text in more.items():
        field = page.get_by_label(
            {
                "kind": "What is there",
                "links": "Links to articles (optional)",
                "user": "User name (optional)",
                "password": "Where its password stands (optional)",
            }[label]
        )
        if label == "kind":
            field.select_option(text)
        else:
            field.fill(text)
    page.get_by_role("button", name="Look").click()
    page.wait_for_url("**/jobs/*", wait_until="load")
    scheduler(office, Office.work)
    page.get_by_role("link", name="Look now").click()
    page.wait_for_url("**/add/source/*", wait_until="load")


def add_twenty(page: Page, office: Office, site: str) -> None:
    """Sixteen by a list, the others each in its own way."""
    leads(page, site, "/add/sources")
    page.get_by_label("Or its text (optional)").fill(opml())
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/jobs/*", wait_until="load")
    scheduler(office, Office.work)
    page.get_by_role("link", name="Look now").click()
    page.get_by_text("16 added").wait_for()
    look(page, office, site, "https://maps.example/sitemap.xml", kind="sitemap")
    page.get_by_role("button", name="Add", exact=True).click()
    look(page, office, site, "https://list.example/news", kind="page", links="main h2 a")
    page.get_by_role("button", name="Add", exact=True).click()
    look(page, office, site, "https://locked.example/feed", user="desk", password=PASSWORD)
    page.get_by_role("button", name="Add", exact=True).click()
    # What holds no feed is said before it is a source; one that breaks later is shown as such.
    office.web.put("https://broken.example/feed", feed("Broken", entry(1, "Once", "Nils", "broken.example")))
    look(page, office, site, "https://broken.example/feed")
    page.get_by_role("button", name="Add", exact=True).click()
    scheduler(office, lambda one: one.room.round())
    office.web.put("https://broken.example/feed", "", status=410)
    scheduler(office, lambda one: one.room.again())


def test_an_afternoon(browser: Browser, served: tuple[Office, str]) -> None:
    office, site = served
    office.web = office.room.web = LockedWeb()
    outside(office)
    page = browser.new_context().new_page()
    begin(office, page, site)
    add_twenty(page, office, site)
    leads(page, site, "/sources")
    assert page.locator("h1 .count").inner_text() == "20"
    states = page.locator("tbody .state").all_inner_texts()
    assert len(states) == 20
    assert page.locator("tbody th").first.inner_text().startswith("Broken")
    assert "Gone for good" in states[0]
    assert office.store.sources.get("locked") is not None

    for title, word in TOPICS.items():
        leads(page, site, "/add/topic")
        page.get_by_label("Title").fill(title)
        page.get_by_label("Words (optional)").fill(word)
        page.get_by_role("button", name="See what changes").click()
        page.get_by_role("button", name="Save").click()
        scheduler(office, Office.work)
    leads(page, site, "/topics")
    assert page.locator("tbody tr").count() == 5

    leads(page, site, "/merges")
    page.get_by_role("button", name="Merge").first.click()
    assert "Merged into Ada Lindqvist" in notice(page)
    scheduler(office, Office.work)

    leads(page, site, "/articles?q=Notice+3")
    page.locator("tbody th a").first.click()
    page.get_by_role("button", name="Withdraw …").click()
    page.get_by_label("Reason").fill("It was never true.")
    page.get_by_role("button", name="Withdraw it").click()
    assert "withdrawn" in notice(page)

    leads(page, site, "/articles?q=Notice+4")
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("What was wrong").fill("The day was another.")
    page.get_by_role("button", name="Correct").click()
    assert "Corrected" in notice(page)

    leads(page, site, "/articles?q=of+day+0")
    page.locator("tbody th a").first.click()
    address = page.url
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Title", exact=True).fill("The ferry sails")
    page.get_by_role("button", name="Save").click()
    changed = entry(1, "The ferry of day zero", "Ines Halvorsen", "paper0.example")
    office.web.put("https://paper0.example/feed", feed("Paper 0", changed))
    scheduler(office, lambda one: one.room.again())
    page.goto(address)
    assert page.locator("h1").inner_text() == "The ferry sails"
    assert page.get_by_text("The ferry of day zero").first.is_visible()

    leads(page, site, "/sources")
    for number in range(5, 9):
        page.get_by_label(f"Choose Paper {number}", exact=True).check()
    page.get_by_role("button", name="Remove …").click()
    page.get_by_role("button", name="Remove").last.click()
    leads(page, site, "/sources")
    assert page.locator("h1 .count").inner_text() == "16"
    leads(page, site, "/log")
    page.locator(".changes a, tbody a", has_text="removed").first.click()
    page.get_by_role("button", name="Undo").first.click()
    assert "Taken back" in notice(page)
    leads(page, site, "/sources")
    assert page.locator("h1 .count").inner_text() == "20"
    page.context.close()
