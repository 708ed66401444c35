"""The first path in a real browser: with keys and without script, narrow and wide, light and dark."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from feeds.actions.editing import article_edits, topic_edits
from feeds.actions.editing.changes import Desk
from feeds.actions.gathering.sources import found_source
from feeds.model.articles import TopicRule
from feeds.model.kept import ArticleFilter
from feeds.model.people import Actor
from feeds.model.settings import FetchSettings, OidcSettings
from tests.fakes import item, rss
from tests.provider import CLIENT, SECRET, FakeProvider, running
from tests.serving import serving
from tests.web.admin.office import FEED, PASSWORD, Office
from tests.web.admin.test_routes import copied
from tests.web.newsroom import in_one_piece
from tests.web.test_browser import CHROMIUM, contrast
from web.app import create_app

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
SAMPLE = Path(__file__).resolve().parents[3] / "sample"
WORDS = "h1, h2, h3, p, li, td, th, dt, dd, label, legend, a, button, .state, .tag"
"""All that is to be read."""
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsvorstand"


@pytest.fixture
def served(tmp_path: Path, sqlite_template: Path) -> Iterator[tuple[Office, str]]:
    office = Office(tmp_path, copied(sqlite_template, tmp_path))
    office.web.put(
        "https://harbour.example/",
        f'<html><head><link rel="alternate" type="application/rss+xml" href="{FEED}"></head></html>',
    )
    entries = [
        item(1, title="Ferry stays in port", extra="<category>Ferries</category>"),
        item(2, title=f"The {LONG} meets"),
        item(3, title="العبارة تنتظر المد", body="Seals."),
    ]
    office.web.put(FEED, rss(*entries, title="The Harbour"))
    with serving(in_one_piece(office.app)) as address:
        yield office, address
    office.store.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


def scheduler(office: Office, task: Callable[[Office], object]) -> None:
    """What a scheduler does, in a thread of its own: the browser's runs a loop."""
    failed: list[BaseException] = []

    def run() -> None:
        other = Office(office.folder, office.database, clock=office.clock, web=office.web)
        try:
            task(other)
        except BaseException as problem:
            failed.append(problem)
        finally:
            other.store.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not failed, failed


def begin(office: Office, page: Page, site: str) -> None:
    """The first admin, by the link."""
    page.goto(site + office.link())
    page.fill("#name", "mara")
    page.fill("#password", PASSWORD)
    page.click("button.filled")
    page.wait_for_url(f"{site}/admin/", wait_until="load")


def walk(office: Office, page: Page, site: str) -> None:
    """A source added by its preview, its articles put under a topic, and undone; by what is on the pages alone."""
    page.get_by_role("link", name="Add a source").click()
    page.get_by_label("Address").fill("harbour.example")
    page.get_by_role("button", name="Look").click()
    page.get_by_text("waiting for its turn").wait_for()
    scheduler(office, Office.work)
    page.get_by_role("heading", name="What it would bring").wait_for(timeout=10_000)
    assert page.get_by_text("Ferry stays in port").is_visible()
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.locator(".notice").inner_text().startswith("The Harbour is added")
    scheduler(office, lambda one: one.room.round())
    page.get_by_role("navigation", name="Admin").get_by_role("link", name="Topics").click()
    page.get_by_role("link", name="Make a topic").first.click()
    page.get_by_label("Title").fill("The sea")
    page.get_by_label("Labels (optional)").fill("Ferries")
    page.get_by_role("button", name="See what changes").click()
    assert page.get_by_text("1 of 3 articles are in it then").is_visible()
    page.get_by_role("button", name="Save").click()
    scheduler(office, Office.work)
    page.locator(".notice").get_by_text("1 moved").wait_for(timeout=10_000)
    page.get_by_role("navigation", name="Admin").get_by_role("link", name="Articles").click()
    page.get_by_label("Choose العبارة تنتظر المد").check()
    page.get_by_role("button", name="Put into it").click()
    assert "1 article put into The sea" in page.locator(".notice").inner_text()
    page.locator(".notice").get_by_role("button", name="Undo").click()
    assert "Taken back" in page.locator(".notice").inner_text()


def test_the_first_path_without_script(browser: Browser, served: tuple[Office, str]) -> None:
    office, site = served
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    begin(office, page, site)
    walk(office, page, site)
    assert [one.title for one in office.store.topics.every()] == ["The sea"]
    context.close()


def test_every_page_fits_can_be_read_and_breaks_no_policy(
    browser: Browser, served: tuple[Office, str], request: pytest.FixtureRequest
) -> None:
    office, site = served
    # Colours are read right after the scheme changes: none may still be on its way.
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    begin(office, page, site)
    walk(office, page, site)
    office.web.put(FEED, "", status=404)
    scheduler(office, lambda one: one.room.again())
    slug = found_source(office.store, office.store.sources.every()[0].source.slug).source.slug
    paths = [
        "/", "/sources", f"/sources/{slug}", f"/sources/{slug}/articles", f"/sources/{slug}/settings", "/add/source",
        "/add/source/1", "/add/sources", "/topics", "/topics/the-sea", "/topics/the-sea/rule", "/topics/the-sea/rename",
        "/topics/the-sea/retire", "/add/topic", "/articles", "/articles/1", "/articles/2", "/articles/1/change",
        "/authors", "/merges", "/feeds", "/log", "/log/2", "/log/3", "/settings", "/people", "/me", "/me/second", "/nowhere",
    ]  # fmt: skip
    for path in paths:
        page.goto(f"{site}/admin{path}")
        assert page.evaluate("document.querySelectorAll('h1').length") == 1, path
        unnamed = page.evaluate(
            "[...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]"
            ".filter(one => !one.labels?.length && !one.ariaLabel).map(one => one.name)"
        )
        assert unnamed == [], path
        for width in (400, 1300):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert contrast(page, WORDS) >= 4.5, (path, width, scheme)
    faults = [words for words in said if "Content Security Policy" in words or "Refused" in words]
    assert faults == []
    context.close()


def test_keys_lead_everywhere_and_can_be_turned_off(browser: Browser, served: tuple[Office, str]) -> None:
    office, site = served
    scheduler(office, Office.harbour)
    context = browser.new_context()
    page = context.new_page()
    begin(office, page, site)
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/admin/sources", wait_until="load")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("gs")
    assert page.url.endswith("/admin/sources"), "keys are left alone inside fields"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("tbody input:checked").count() == 1
    assert page.locator(".bulk output").inner_text() == "1 chosen"
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/sources/harbour-example", wait_until="load")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    dialog.get_by_label("No keys in this browser").check()
    page.keyboard.press("Escape")
    page.goto(f"{site}/admin/", wait_until="load")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_timeout(200)
    assert page.url == f"{site}/admin/"
    context.close()


def test_a_passkey_of_the_browser_signs_in(browser: Browser, served: tuple[Office, str]) -> None:
    """With Chromium's own authenticator, over the developer tools' protocol."""
    office, site = served
    site = site.replace("127.0.0.1", "localhost")
    place = replace(office.settings.site, base_url=site)
    app = create_app(
        settings=replace(office.settings, site=place),
        store_factory=office.open_store,
        clock=office.clock,
        is_refreshing=False,
    )
    office.app.wsgi_app = app.wsgi_app  # type: ignore[method-assign]
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    begin(office, page, site)
    page.goto(f"{site}/admin/me")
    page.get_by_label("Name of the device").fill("phone")
    page.locator("#passkey-password").fill("not the password")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The password is wrong.").wait_for()
    page.locator("#passkey-password").fill(PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The passkey “phone” was added.").wait_for()
    page.locator("summary", has_text="mara").click()
    page.get_by_role("button", name="Sign out").click()
    for _ in range(2):
        page.goto(f"{site}/admin/sign-in?next=/admin/topics")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(f"{site}/admin/topics", wait_until="load")
        context.clear_cookies()
    assert [words for words in said if "Content Security Policy" in words] == []
    context.close()


def test_single_sign_on_leads_there_and_back(browser: Browser, served: tuple[Office, str]) -> None:
    """Another host, so the cookie of the trip has to outlast the way between two sites, and the policy to let it go."""
    office, site = served
    site = site.replace("127.0.0.1", "localhost")
    claims = {"sub": "u-17", "email": "olav@news.example", "email_verified": True}
    with running(FakeProvider(clock=office.clock, claims=claims)) as provider:
        settings = replace(
            office.settings,
            site=replace(office.settings.site, base_url=site),
            oidc=OidcSettings(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET),
            fetch=FetchSettings(allow=("127.0.0.0/8",)),
        )
        app = create_app(
            settings=settings, store_factory=office.open_store, clock=office.clock, is_refreshing=False
        )
        office.app.wsgi_app = app.wsgi_app  # type: ignore[method-assign]
        for is_scripted in (True, False):
            context = browser.new_context(java_script_enabled=is_scripted)
            page = context.new_page()
            if is_scripted:
                begin(office, page, site)
                page.goto(f"{site}/admin/people")
                page.get_by_label("Name").fill("olav")
                page.get_by_label("E-mail at single sign-on (optional)").fill("olav@news.example")
                page.get_by_role("button", name="Add").click()
                for width in (400, 1300):
                    page.set_viewport_size({"width": width, "height": 900})
                    assert page.evaluate("document.documentElement.scrollWidth") <= width
                context.clear_cookies()
            page.goto(f"{site}/admin/sign-in?next=/admin/topics")
            page.get_by_role("button", name="Single sign-on").click()
            page.wait_for_url(f"{site}/admin/topics", wait_until="load")
            assert page.get_by_text("olav", exact=True).is_visible()
            context.close()


def test_a_rule_answers_while_it_is_typed(browser: Browser, served: tuple[Office, str]) -> None:
    office, site = served
    scheduler(office, Office.harbour)
    context = browser.new_context()
    page = context.new_page()
    begin(office, page, site)
    page.goto(f"{site}/admin/add/topic")
    page.get_by_label("Title").fill("Sea")
    page.get_by_label("Words (optional)").fill("seals")
    page.locator(".result").get_by_text("1 of 3 articles").wait_for(timeout=5_000)
    page.get_by_label("Words (optional)").fill("seals\nferry")
    page.locator(".result").get_by_text("3 of 3 articles").or_(
        page.locator(".result").get_by_text("2 of 3 articles")
    ).wait_for(timeout=5_000)
    assert office.store.topics.every() == ()
    context.close()


def test_the_pictures_of_the_docs_show_what_the_pages_show(
    browser: Browser, served: tuple[Office, str]
) -> None:
    """With PICTURES=docs/pictures they are made anew."""
    office, site = served
    scheduler(office, demonstration)
    context = browser.new_context(viewport={"width": 1180, "height": 720}, color_scheme="light")
    page = context.new_page()
    begin(office, page, site)
    folder = os.environ.get("PICTURES")
    for name, path, shown in (
        ("admin-overview", "/", "Needs you"),
        ("admin-sources", "/sources", "The Skerry Wharf Post"),
        ("admin-rule", "/topics/harbour/rule", "What changes"),
        ("admin-article", "/articles/1", "Feeds it is in, and why"),
    ):
        page.goto(f"{site}/admin{path}")
        assert page.get_by_text(shown).first.is_visible()
        if path.endswith("/rule"):
            page.get_by_label("Words (optional)").fill("pilot boat\nstorm")
            page.locator(".result .effects").wait_for(timeout=10_000)
        page.wait_for_timeout(300)
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}.png"))
    context.close()


def demonstration(office: Office) -> None:
    """The newsroom of the demonstration, one of its sources lost, and somebody who has been at work."""
    office.web.pages.clear()
    names = {"harbour.rss": "skerry", "tideline.atom": "tideline", "netloft.json": "netloft"}
    for name, host in names.items():
        address = f"https://{host}.example/{name}"
        office.room.add(address, (SAMPLE / name).read_bytes())
    office.room.add(
        "https://lights.example/rss", rss(item(1, title="Gangway light mended"), title="Lighthouse Log")
    )
    office.room.round()
    office.web.put("https://lights.example/rss", "", status=404)
    office.room.again()
    desk = Desk(
        store=office.store,
        actor=Actor(name="olav"),
        settings=office.settings,
        now=office.clock.move(minutes=4),
    )
    rules = {"harbour": ("The harbour", ("Harbour", "Ferries")), "sea": ("Sea and weather", ("Tides", "Sea"))}
    for slug, (title, labels) in rules.items():
        rule = TopicRule(categories=labels)
        topic_edits.put_topic(desk, slug=slug, title=title, description="", rule=rule)
    office.work()
    article_edits.withdraw(
        desk, [office.store.changes.article_page(ArticleFilter(), most=1, offset=0)[0].id], "Told twice"
    )
    office.store.kept.beat("scheduler", office.clock())
