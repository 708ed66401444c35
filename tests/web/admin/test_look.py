"""The look set in the browser: shown at once, taken back, never over what config.toml says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.web.admin.office import Office, words
from tests.web.admin.test_routes import copied
from web.app import create_app
from web.public.look import ASKED_EVERY

PAGE = "/admin/settings/look"


def test_colour_and_welcome_are_set_shown_and_undone(office_anywhere: Office) -> None:
    office = office_anywhere
    web = office.signed_in()
    assert "/look/accent.css" not in web.client.get("/").text
    page = web.send(PAGE, {"accent": "#8b0000", "welcome": "Along the *coast*"})
    assert "Saved." in words(page)
    office.clock.move(seconds=ASKED_EVERY.total_seconds())
    home = web.client.get("/").text
    assert "<em>coast</em>" in home
    assert "/look/accent.css?v=" in home
    assert "--accent: #8b0000" in web.client.get("/look/accent.css").text
    assert "set here" in words(web.get("/admin/settings"))
    assert "Nothing was changed" in words(
        web.send(PAGE, {"accent": "#8b0000", "welcome": "Along the *coast*"})
    )
    web.send(str(page.xpath("//div[@class='notice']//form/@action")[0]))
    office.clock.move(seconds=ASKED_EVERY.total_seconds())
    assert "coast" not in web.client.get("/").text
    assert web.client.get("/look/accent.css").status_code == 404


def test_a_pale_colour_is_refused_at_its_field_with_the_nearest_that_can_be_read(office: Office) -> None:
    web = office.signed_in()
    page = web.shown(PAGE, {"accent": "#ffcc00", "welcome": "kept"}, 400)
    assert "too pale" in page.get_element_by_id("accent-err").text
    assert page.get_element_by_id("welcome").text.strip() == "kept"
    assert office.store.looks.values() == {}


def test_what_the_file_says_holds_and_cannot_be_set(tmp_path: Path, sqlite_template: Path) -> None:
    office = Office(tmp_path, copied(sqlite_template, tmp_path))
    office.store.looks.put("accent", "#8b0000", office.clock())
    office.settings = replace(office.settings, site=replace(office.settings.site, accent="#0b5d5e"))
    office.app = create_app(
        settings=office.settings, store_factory=office.open_store, clock=office.clock, is_refreshing=False
    )
    web = office.signed_in()
    assert "--accent: #0b5d5e" in web.client.get("/look/accent.css").text
    page = web.get(PAGE)
    assert "config.toml owns this" in words(page)
    assert not page.xpath("//input[@name='accent']")
    web.send(PAGE, {"accent": "#111111", "welcome": "Hello"})
    assert office.store.looks.values() == {"accent": "#8b0000", "welcome": "Hello"}
    office.store.close()


def test_only_admins_set_it(office: Office) -> None:
    office.person("mara")
    web = office.signed_in("olav", "editor")
    assert "You may look." in words(web.get(PAGE))
    assert web.post(PAGE, {"accent": "#8b0000"}).status_code == 403
