"""The pages in a real browser: narrow and wide, light and dark, by keyboard, without a word of script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.serving import serving
from tests.web.newsroom import in_one_piece, make_app, newsroom

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

PATHS = ("/", "/topics/tides", "/authors", "/articles/1", "/articles/2", "/articles/5", "/topics/tidez")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = make_app(newsroom(), tmp_path_factory.mktemp("site"))
    with serving(in_one_piece(app)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


def open_page(browser: Browser, address: str, **options: Any) -> tuple[Page, list[str]]:
    """The page, and what it asked for beyond itself; nothing from elsewhere is let through."""
    context = browser.new_context(**options)
    page, asked = context.new_page(), []
    here = address.split("/", 3)[2]

    def judge(route: Any) -> None:
        asked.append(route.request.url)
        if route.request.url.split("/", 3)[2] == here:
            route.continue_()
        else:
            route.fulfill(
                status=200, content_type="image/svg+xml", body="<svg xmlns='http://www.w3.org/2000/svg'/>"
            )

    page.route("**/*", judge)
    page.goto(address)
    return page, asked


@pytest.mark.parametrize("width", [400, 1300])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_can_be_read(browser: Browser, site: str, width: int, scheme: str) -> None:
    page, _ = open_page(browser, site + "/", viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in PATHS:
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        for selector in ("h1", "p, li, time, code, figcaption", "a"):
            assert contrast(page, selector) >= 4.5, (path, selector)
    page.context.close()


def test_nothing_but_style_icon_and_pictures_is_asked_for(browser: Browser, site: str) -> None:
    page, asked = open_page(browser, site + "/articles/1")
    beyond = [address for address in asked if not address.startswith(site)]
    assert set(beyond) <= {"https://harbour.example/quay.jpg"}
    own = {address.removeprefix(site).split("?")[0] for address in asked if address.startswith(site)}
    assert own <= {"/articles/1", "/static/site.css", "/static/icon.svg", "/favicon.ico"}
    page.context.close()


def test_the_policy_is_broken_nowhere(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in PATHS:
        page.goto(site + path)
    assert [words for words in said if "Content Security Policy" in words or "Refused" in words] == []
    context.close()


def test_the_keyboard_finds_the_skip_link_first_and_opens_the_subscribe_box(
    browser: Browser, site: str
) -> None:
    page, _ = open_page(browser, site + "/topics/tides", java_script_enabled=True)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("summary").focus()
    assert not page.locator(".subscribe code").first.is_visible()
    page.keyboard.press("Enter")
    assert page.locator(".subscribe code").first.inner_text() == "https://reader.example/topics/tides.atom"
    assert page.evaluate("getComputedStyle(document.querySelector('summary')).outlineStyle") == "solid"
    page.context.close()


def test_everything_works_without_script(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, site + "/", java_script_enabled=False)
    page.locator("summary").click()
    assert page.locator(".subscribe code").first.is_visible()
    page.get_by_role("link", name="Ferry number 1 waits for the tide").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Ferry number 1 waits for the tide"
    page.get_by_role("link", name="Tides & Weather").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Tides & Weather"
    page.context.close()


def test_a_screen_reader_finds_landmarks_and_names(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, site + "/topics/tides")
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    assert page.get_by_role("navigation", name="Site").count() == 1
    assert page.get_by_role("article").count() == 3
    assert page.evaluate("[...document.links].every(link => link.textContent.trim() || link.ariaLabel)")
    page.context.close()


def contrast(page: Page, selector: str) -> float:
    """The contrast of the selector's text against what lies behind it (WCAG 2.2)."""
    ratio: float = page.evaluate(
        """selector => {
          const parse = colour => colour.match(/[\\d.]+/g).map(Number);
          const light = rgb => rgb.slice(0, 3).map(value => {
            const part = value / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          }).reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
          const behind = element => {
            for (let one = element; one; one = one.parentElement) {
              const colour = parse(getComputedStyle(one).backgroundColor);
              if (colour.length < 4 || colour[3] > 0) return colour;
            }
            return [255, 255, 255];
          };
          const worst = [...document.querySelectorAll(selector)].filter(one => one.offsetParent).map(one => {
            const pair = [light(parse(getComputedStyle(one).color)), light(behind(one))].sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
          });
          return Math.min(...worst, 21);
        }""",
        selector,
    )
    return ratio


SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')].filter(one => {
  const box = one.getBoundingClientRect();
  if (!box.width || one.closest('.skip, .unseen') || (box.height >= 24 && box.width >= 24)) return false;
  // Links within a sentence may be as low as its line.
  const isAlone = [...one.parentElement.childNodes].every(other => other === one || !other.textContent.trim());
  return isAlone || getComputedStyle(one).display !== 'inline';
}).map(one => `${one.tagName} ${one.textContent.trim().slice(0, 30)}`)"""


def test_fingers_find_what_can_be_pressed(browser: Browser, site: str) -> None:
    touch = {"viewport": {"width": 400, "height": 800}, "has_touch": True, "is_mobile": True}
    page, _ = open_page(browser, site + "/", **touch)
    for path in (*PATHS, "/topics", "/mix", "/search?q=tide", "/sources"):
        page.goto(site + path)
        assert page.evaluate(SMALL) == [], path
    page.context.close()


def test_a_card_runs_the_way_its_title_does(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, site + "/all", viewport={"width": 1300, "height": 900})
    cards = page.evaluate(
        """() => [...document.querySelectorAll('.card')].map(one => {
          const box = one.getBoundingClientRect();
          const facts = one.querySelector('.facts').firstElementChild.getBoundingClientRect();
          return [one.dir, facts.left - box.left < 2, box.right - facts.right < 2];
        })"""
    )
    assert {way for way, _, _ in cards} == {"ltr", "rtl"}
    for way, begins_left, begins_right in cards:
        assert (begins_left, begins_right) == ((True, False) if way == "ltr" else (False, True)), way
    page.context.close()
