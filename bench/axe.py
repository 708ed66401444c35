"""What axe finds on every page, public and admin, in each language, narrow and wide, light and dark: `python -m bench.axe AXE.min.js [de …]`.

The file is `axe.min.js` of the npm package axe-core. Languages that are named are looked at alone. Exit code 1 where it finds anything.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from tests.conftest import SITE
from tests.serving import serving
from tests.web.admin.office import PASSWORD, Office
from tests.web.admin.test_languages import busy
from tests.web.admin.test_routes import routes
from web.language import languages

PUBLIC = (
    "/", "/all", "/topics", "/topics/sea", "/authors", "/authors/mara", "/sources", "/sources/harbour-example",
    "/articles/1", "/articles/4", "/search?q=ferry", "/mix", "/mix/topics/sea", "/mixes/coast", "/changes", "/contract", "/api",
    "/bot", "/nowhere", "/admin/sign-in",
)  # fmt: skip
ADMIN = (
    "/admin/sources/harbour-example", "/admin/sources/harbour-example/settings", "/admin/sources/harbour-example/articles",
    "/admin/sources/lost-example", "/admin/feeds/partners/daily", "/admin/feeds/push/daily.example", "/admin/authors/mara",
    "/admin/articles/2", "/admin/articles/4", "/admin/articles?mark=withdrawn", "/admin/hosts?q=nobody", "/admin/log?q=nobody",
)  # fmt: skip
"""Beside those that the URL map names."""
FILES = ("/admin/settings/export", ".csv")
Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[int, Scheme], ...] = ((400, "light"), (400, "dark"), (1300, "light"), (1300, "dark"))


def main() -> int:
    """Prints each finding with the page that has it; returns the exit code."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("axe", type=Path, metavar="AXE.min.js")
    options.add_argument("languages", nargs="*", metavar="LANGUAGE", help="look at these alone")
    chosen = options.parse_args()
    axe = chosen.axe.read_text(encoding="utf-8")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium is installed", file=sys.stderr)
        return 2
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    found = 0
    for language in chosen.languages or languages():
        # Its polls run in a loop of their own, which Playwright's would not allow beside it.
        with tempfile.TemporaryDirectory() as folder, served(Path(folder), language) as (office, site):
            paths = (*PUBLIC, *admin_paths(office))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                lines = list(findings(browser, site, paths, axe))
                browser.close()
        found += len(lines)
        print("\n".join(f"{language}: {line}" for line in lines), end="\n" * bool(lines))
        print(f"{language}: {len(paths)} pages in {len(LOOKS)} looks, {len(lines)} findings")
    return int(found > 0)


def admin_paths(office: Office) -> tuple[str, ...]:
    """Every page that an admin can open."""
    every = {path for _, path in routes(office, "GET")} | set(ADMIN)
    return tuple(sorted(path for path in every if not path.endswith(FILES)))


def findings(browser: Browser, site: str, paths: Sequence[str], axe: str) -> Iterator[str]:
    """A line for each finding of the pages, seen by somebody who is signed in."""
    # Colours are read right after the scheme changes: none may still be on its way.
    page = browser.new_context(bypass_csp=True, reduced_motion="reduce").new_page()
    page.goto(f"{site}/admin/sign-in")
    page.fill("#name", "mara")
    page.fill("#password", PASSWORD)
    page.click("button.filled")
    page.wait_for_url(f"{site}/admin/")
    for path in paths:
        if path == "/admin/sign-in":
            # Whoever is signed in is led on.
            continue
        page.goto(site + path)
        yield from _of_page(page, path, axe)
    page.context.clear_cookies()
    if "/admin/sign-in" in paths:
        page.goto(f"{site}/admin/sign-in")
        yield from _of_page(page, "/admin/sign-in", axe)
    page.context.close()


def _of_page(page: Page, path: str, axe: str) -> Iterator[str]:
    page.evaluate(axe)
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for one in page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
            for node in one["nodes"]:
                what = f"{one['impact']}: {one['help']} ({one['id']}): {node['html'][:120]}"
                yield f"{path}, {width} px, {scheme}: {what}"


@contextmanager
def served(folder: Path, language: str) -> Iterator[tuple[Office, str]]:
    """A site in that language in which much has happened, and where it is served."""
    engine = SqliteEngine(folder / "site.db")
    migrate(engine)
    Store(engine).kept.site_id(lambda: SITE)
    engine.close()
    office = Office(folder, folder / "site.db", language=language)
    busy(office)
    with serving(office.app) as address:
        yield office, address
    office.store.close()


if __name__ == "__main__":
    raise SystemExit(main())
