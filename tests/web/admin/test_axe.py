"""What axe finds on the pages that are used most, in another language than English: its words are longer. `bench.axe` looks at every page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from bench.axe import findings, served
from tests.web.test_browser import CHROMIUM
from web.language import languages

AXE = os.environ.get("FEEDWRIGHT_AXE")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.skipif(AXE is None, reason="FEEDWRIGHT_AXE names no axe.min.js (npm package axe-core)"),
]
PATHS = (
    "/", "/articles/4", "/changes", "/mix/topics/sea", "/admin/", "/admin/sources", "/admin/sources/lost-example",
    "/admin/sources/harbour-example/settings", "/admin/add/source", "/admin/topics", "/admin/topics/sea/rule", "/admin/articles",
    "/admin/articles/1", "/admin/articles/1/change", "/admin/authors", "/admin/feeds/mixes", "/admin/log", "/admin/sign-in",
)  # fmt: skip


@pytest.mark.parametrize("language", [one for one in languages() if one != "en"])
def test_axe_finds_nothing_narrow_or_wide_light_or_dark(tmp_path: Path, language: str) -> None:
    axe = Path(AXE or "").read_text(encoding="utf-8")
    # Served before Playwright begins: its polls run in a loop of their own, which Playwright's would not allow beside it.
    with served(tmp_path, language) as (_, site), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        assert list(findings(browser, site, PATHS, axe)) == []
        browser.close()
