"""What axe finds on every page, public and admin, narrow and wide, light and dark: `python -m bench.axe AXE.min.js`.

The file is `axe.min.js` of the npm package axe-core. Exit code 1 where it finds anything.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions import article_edits, partner_edits
from feeds.actions.changes import Desk
from feeds.actions.matching import rematch_articles
from feeds.actions.publish import publish_touched
from feeds.model.articles import TopicRule
from feeds.model.partners import PartnerSpec
from tests.conftest import SITE
from tests.web.admin.office import PASSWORD, Office
from tests.web.admin.test_routes import routes

PUBLIC = (
    "/", "/all", "/topics", "/topics/sea", "/authors", "/authors/ada-lindqvist", "/sources", "/sources/harbour-example",
    "/articles/1", "/articles/3", "/search?q=ferry", "/mix", "/mix/topics/sea", "/changes", "/contract", "/api", "/bot",
    "/nowhere", "/admin/sign-in",
)  # fmt: skip
ADMIN = (
    "/admin/sources/harbour-example", "/admin/sources/harbour-example/settings", "/admin/sources/harbour-example/articles",
    "/admin/feeds/partners/daily", "/admin/authors/ada-lindqvist", "/admin/articles/2", "/admin/articles/3",
)  # fmt: skip
FILES = ("/admin/settings/export", ".csv")
LOOKS = ((400, "light"), (1300, "dark"))


def main() -> int:
    """Prints each finding with the page that has it; answers the exit code."""
    axe = Path(sys.argv[1]).read_text(encoding="utf-8")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium is installed", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        office = _office(Path(folder))
        server = make_server("127.0.0.1", 0, office.app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pages, found = 0, 0
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for width, scheme in LOOKS:
                page = browser.new_context(
                    viewport={"width": width, "height": 900},
                    color_scheme="dark" if scheme == "dark" else "light",
                    bypass_csp=True,
                ).new_page()
                for line in _findings(page, office, f"http://127.0.0.1:{server.server_port}", axe):
                    pages += not line
                    found += bool(line)
                    if line:
                        print(f"{width} px, {scheme}: {line}")
            browser.close()
        server.shutdown()
    print(f"{pages} pages looked at, {found} findings")
    return int(found > 0)


def _findings(page: Page, office: Office, site: str, axe: str) -> Iterator[str]:
    """A line for each finding, and an empty one after each page."""
    for path in PUBLIC:
        yield from _of_page(page, site, path, axe)
    page.goto(f"{site}/admin/sign-in")
    page.fill("#name", "mara")
    page.fill("#password", PASSWORD)
    page.click("button.filled")
    page.wait_for_url(f"{site}/admin/")
    for path in sorted({path for _, path in routes(office, "GET")} | set(ADMIN)):
        if not path.endswith(FILES):
            yield from _of_page(page, site, path, axe)


def _of_page(page: Page, site: str, path: str, axe: str) -> Iterator[str]:
    page.goto(site + path)
    page.evaluate(axe)
    for one in page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
        for node in one["nodes"]:
            yield f"{path}: {one['impact']}: {one['help']} ({one['id']}): {node['html'][:120]}"
    yield ""


def _office(folder: Path) -> Office:
    engine = SqliteEngine(folder / "site.db")
    migrate(engine)
    Store(engine).kept.site_id(lambda: SITE)
    engine.close()
    office = Office(folder, folder / "site.db")
    office.harbour()
    office.person()
    store, now = office.store, office.clock()
    desk = Desk(store=store, actor=office.actor(), settings=office.settings, now=now)
    rule = TopicRule(phrases=("seals",))
    store.topics.put(slug="sea", title="Sea", description="", rule=rule, origin="admin", now=now)
    rematch_articles(store, [1, 2, 3], store.topics.every(), now)
    hook = "https://daily.example/hook"
    partner_edits.add_partner(desk, PartnerSpec(slug="daily", name="The Daily", webhooks=(hook,)))
    article_edits.override(desk, 1, {"authors": "Ada Lindqvist"})
    article_edits.hold(desk, [2])
    article_edits.withdraw(desk, [3], "It was wrong.")
    publish_touched(store, now)
    return office


if __name__ == "__main__":
    raise SystemExit(main())
